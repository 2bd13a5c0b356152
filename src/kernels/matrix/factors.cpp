// Cholesky and QR factors, batch by batch.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/matrix/lanes/over_lanes.hpp"

namespace gradtape::core::kernels {

namespace {
template <class T>
BatchFailure cholesky_lanes(const KernelCall& c, int n, int64_t batch, const T* a, T* out) {
  const auto& lanes = lane_kernels<T>();
  const LaneWorkspace<T> workspace(c, area(n));
  return over_lanes<T>(c, batch, cube(n) / 6, [&](int64_t first, int matrices, int w, int* info) {
    T* m = workspace.of(w);
    lanes.load(a + first * n * n, matrices, n, n, m);
    lanes.cholesky(m, n, info);
    lanes.store(m, matrices, n * n, out + first * n * n);
  });
}

// The lower factor in place, the rest 0. Returns the order of the first leading minor that is not positive.
template <class T>
int cholesky_of(T* a, int n) {
  int info = 0;
  if (n > kSmallOrder) {
    pick<T>(spotrf_, dpotrf_)("U", &n, a, &n, &info);
  } else {
    for (int i = 0; i < n && info == 0; ++i)
      for (int j = 0; j <= i; ++j) {
        T sum = a[i * n + j];
        for (int p = 0; p < j; ++p) sum -= a[i * n + p] * a[j * n + p];
        if (j < i)
          a[i * n + j] = sum / a[j * n + j];
        else if (sum > 0)
          a[i * n + i] = std::sqrt(sum);
        else
          info = i + 1;
      }
  }
  for (int i = 0; i < n; ++i) std::fill(a + int64_t{i} * n + i + 1, a + int64_t{i + 1} * n, T(0));
  return info;
}

template <class T>
BatchFailure cholesky_typed(const KernelCall& c, int n, int64_t batch, const T* x, T* out) {
  if (side_by_side<T>(n, n, batch)) return cholesky_lanes(c, n, batch, x, out);
  std::copy_n(x, c.out[0].elements(), out);
  return over_batch(c, n == 0 ? 0 : batch, cube(n) / 6,
                    [&](int64_t e, int) { return cholesky_of(out + e * area(n), n); });
}

// LAPACK sees x^T = L Q: its L^T and Q^T, as they lie in memory, are r and q by rows.
template <class T>
struct QrFactors {
  int m, n;
  bool positive;

  int64_t flops() const { return 2 * int64_t{m} * n * n; }
  int work() const { return 64 * std::max(1, n); }
  int operator()(const T* x, T* q, T* r, T* workspace) const {
    std::copy_n(x, int64_t{m} * n, q);
    T *tau = workspace, *scratch = workspace + n;
    const int lwork = work();
    int info = 0;
    pick<T>(sgelqf_, dgelqf_)(&n, &m, q, &n, tau, scratch, &lwork, &info);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) r[i * n + j] = j < i ? T(0) : q[int64_t{i} * n + j];
    pick<T>(sorglq_, dorglq_)(&n, &m, &n, q, &n, tau, scratch, &lwork, &info);
    for (int i = 0; positive && i < n; ++i)
      if (r[i * n + i] < 0) {
        for (int j = i; j < n; ++j) r[i * n + j] = -r[i * n + j];
        for (int j = 0; j < m; ++j) q[int64_t{j} * n + i] = -q[int64_t{j} * n + i];
      }
    return 0;
  }
};

template <class T>
void qr_lanes(const KernelCall& c, const QrFactors<T>& f, int64_t batch, const T* x, T* q, T* r) {
  const auto& lanes = lane_kernels<T>();
  const int64_t size = int64_t{f.m} * f.n;
  const LaneWorkspace<T> workspace(c, 2 * size + area(f.n) + f.n);
  over_lanes<T>(c, batch, f.flops(), [&](int64_t first, int matrices, int w, int*) {
    T *rows = workspace.of(w), *upper = rows + 2 * size * lanes.count;
    T* columns = load_lanes(x + first * size, matrices, f.m, f.n, true, rows);
    lanes.qr(columns, f.m, f.n, f.positive, upper, upper + area(f.n) * lanes.count);
    lanes.transpose(columns, f.n, f.m, rows);
    lanes.store(rows, matrices, f.m * f.n, q + first * size);
    lanes.store(upper, matrices, f.n * f.n, r + first * area(f.n));
  });
}
}  // namespace

void cholesky(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    if (const auto failed = cholesky_typed(c, n, batch_size(s), c.in[0].as<T>(), c.out[0].as<T>()))
      invalid("{}: matrix {} of {} is not positive definite: its leading minor of order {} is not positive", c.name,
              failed.matrix, batch_size(s), failed.info);
  });
}

namespace {
// Whether each column of a triangular matrix clearly leaves the space of those before it.
template <class T>
bool is_apart(const T* x, int64_t n) {
  for (int64_t k = 0; k < n; ++k) {
    T size = 0;
    for (int64_t i = 0; i < k; ++i) size = std::max(size, std::abs(x[i * n + k]));
    if (!(std::abs(x[k * n + k]) > T(1e-3) * size)) return false;
  }
  return true;
}
// The rank of a triangular matrix of order n but for rounding, whatever the scales of its columns. z solves x^T z = d
// for signs d that make z grow. A column that depends on those before it makes its entry of z exceed `most`.
template <class T>
int64_t rank_of(const T* x, int64_t n, T* z) {
  const T most = 1 / (std::numeric_limits<T>::epsilon() * static_cast<T>(4 * n));
  int64_t rank = n;
  for (int64_t k = 0; k < n; ++k) {
    T size = 0, sum = 0;
    for (int64_t i = 0; i <= k; ++i) size = std::max(size, std::abs(x[i * n + k]));
    for (int64_t i = 0; i < k; ++i) sum += x[i * n + k] / size * z[i];
    z[k] = (sum > 0 ? -1 - sum : 1 - sum) / (x[k * n + k] / size);
    if (size == 0 || std::abs(z[k]) >= most) {
      --rank;
      z[k] = 0;
    }
  }
  return rank;
}
}  // namespace

void full_rank(const KernelCall& c) {
  const int64_t n = c.in[0].shape->operator[](c.in[0].shape->rank() - 1), batch = batch_size(*c.in[0].shape);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    const T* x = c.in[0].as<T>();
    const Workspace<T> workspace(c, n);
    for (int64_t k = 0; k < batch; ++k) {
      if (is_apart(x + k * n * n, n)) continue;
      if (const int64_t rank = rank_of(x + k * n * n, n, workspace.of(0)); rank < n)
        invalid("{}: matrix {} of {} has rank {}, not {}; an l2_regularizer above 0 makes the solution unique", c.name,
                k, batch, rank, n);
    }
    std::copy(x, x + c.in[0].elements(), c.out[0].as<T>());
  });
}

void qr(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int m = lapack_size(c, s, 2), n = lapack_size(c, s, 1);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    const QrFactors<T> factors{m, n, c.flag("positive_diagonal")};
    const int64_t size = int64_t{m} * n;
    const int64_t batch = n == 0 ? 0 : batch_size(s);
    const T* x = c.in[0].as<T>();
    T *q = c.out[0].as<T>(), *r = c.out[1].as<T>();
    if (side_by_side<T>(m, n, batch)) return qr_lanes(c, factors, batch, x, q, r);
    const Workspace<T> workspace(c, n + factors.work());
    over_batch(c, batch, factors.flops(),
               [&](int64_t e, int w) { return factors(x + e * size, q + e * size, r + e * area(n), workspace.of(w)); });
  });
}

}  // namespace gradtape::core::kernels
