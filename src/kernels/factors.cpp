// Cholesky and QR factors, batch by batch.
#include <cmath>

#include "kernels/over_lanes.hpp"

namespace gradtape::kernels {

namespace {
template <class T>
BatchFailure cholesky_lanes(const KernelCall& c, int n, int64_t batch, const T* a, T* out) {
  using L = Lanes<T>;
  LaneRoom<T> room(c, n, 0);
  return over_lanes<T>(c, batch, cube(n) / 6, [&](int64_t first, int matrices, int w, typename L::Mask& info) {
    auto* m = room.matrices(w);
    L::load(a + first * n * n, matrices, n, n, m);
    L::cholesky(m, n, &info);
    for (int i = 0; i < n; ++i) std::fill(m + i * n + i + 1, m + (i + 1) * n, typename L::Vector{});
    L::store(m, matrices, n * n, out + first * n * n);
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
  for (int i = 0; i < n; ++i)
    std::fill(a + static_cast<std::size_t>(i) * n + i + 1, a + static_cast<std::size_t>(i + 1) * n, T(0));
  return info;
}

template <class T>
BatchFailure cholesky_typed(const KernelCall& c, int n, int64_t batch, const T* x, T* out) {
  if (side_by_side<T>(n, batch)) return cholesky_lanes(c, n, batch, x, out);
  std::copy_n(x, c.out[0].elements(), out);
  return over_batch(c, n == 0 ? 0 : batch, cube(n) / 6,
                    [&](int64_t e, int) { return cholesky_of(out + e * area(n), n); });
}

// LAPACK sees x^T = L Q: its L^T and Q^T, as they lie in memory, are r and q by rows.
template <class T>
struct QrFactors {
  int m, n;
  bool positive;

  int work() const { return 64 * std::max(1, n); }
  int operator()(const T* x, T* q, T* r, T* room) const {
    std::copy_n(x, static_cast<std::size_t>(m) * n, q);
    T *tau = room, *scratch = room + n;
    const int lwork = work();
    int info = 0;
    pick<T>(sgelqf_, dgelqf_)(&n, &m, q, &n, tau, scratch, &lwork, &info);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) r[i * n + j] = j < i ? T(0) : q[static_cast<std::size_t>(i) * n + j];
    pick<T>(sorglq_, dorglq_)(&n, &m, &n, q, &n, tau, scratch, &lwork, &info);
    for (int i = 0; positive && i < n; ++i)
      if (r[i * n + i] < 0) {
        for (int j = i; j < n; ++j) r[i * n + j] = -r[i * n + j];
        for (int j = 0; j < m; ++j) q[static_cast<std::size_t>(j) * n + i] = -q[static_cast<std::size_t>(j) * n + i];
      }
    return 0;
  }
};
}  // namespace

void cholesky(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if (const auto failed = cholesky_typed(c, n, batch_size(s), c.in[0].as<T>(), c.out[0].as<T>()))
      invalid("{}: matrix {} of {} is not positive definite: its leading minor of order {} is not positive", c.name,
              failed.matrix, batch_size(s), failed.info);
  });
}

void qr(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int m = lapack_size(c, s, 2), n = lapack_size(c, s, 1);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const QrFactors<T> factors{m, n, c.flag("positive_diagonal")};
    const Room<T> room(c.workers, static_cast<std::size_t>(n + factors.work()));
    const std::size_t size = static_cast<std::size_t>(m) * n;
    const T* x = c.in[0].as<T>();
    T *q = c.out[0].as<T>(), *r = c.out[1].as<T>();
    over_batch(c, n == 0 ? 0 : batch_size(s), 2 * int64_t{m} * n * n,
               [&](int64_t e, int w) { return factors(x + e * size, q + e * size, r + e * area(n), room.of(w)); });
  });
}

}  // namespace gradtape::kernels
