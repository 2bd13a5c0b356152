// Systems of equations, determinants, Cholesky and QR factors, batch by batch.
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/lu.hpp"

namespace gradtape::kernels {

namespace {
// Room for each worker: numbers and pivots.
template <class T>
struct Room {
  std::vector<T> numbers;
  std::vector<int> pivots;
  std::size_t size, order;
  Room(const KernelCall& c, std::size_t size, int order)
      : numbers(size * c.workers.threads()),
        pivots(static_cast<std::size_t>(order) * c.workers.threads()),
        size(size),
        order(static_cast<std::size_t>(order)) {}
  T* of(int worker) { return numbers.data() + size * static_cast<std::size_t>(worker); }
  int* pivots_of(int worker) { return pivots.data() + order * static_cast<std::size_t>(worker); }
};
constexpr std::size_t area(int n) { return static_cast<std::size_t>(n) * static_cast<std::size_t>(n); }
constexpr int64_t cube(int64_t n) { return n * n * n; }

template <class T>
void solve_typed(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  const int n = order_of(c, as), k = lapack_size(c, bs, 1);
  const std::size_t size = static_cast<std::size_t>(n) * k;
  const bool adjoint = c.flag("adjoint");
  Room<T> room(c, area(n) + (n > kSmallOrder ? size : 0), n);
  const T *a = c.in[0].as<T>(), *b = c.in[1].as<T>();
  T* x = c.out[0].as<T>();
  const auto failed =
      over_batch(c, n == 0 ? 0 : batch_size(as), cube(n) / 3 + int64_t{n} * n * k, [&](int64_t e, int w) {
        T* factors = std::copy_n(a + e * area(n), area(n), room.of(w)) - area(n);
        const Lu<T> lu(factors, room.pivots_of(w), n);
        std::copy_n(b + e * size, size, x + e * size);
        if (lu.info() == 0) lu.solve(adjoint, x + e * size, k, factors + area(n));
        return lu.info();
      });
  if (failed)
    invalid("{}: matrix {} of {} is singular: pivot {} is exactly 0", c.name, failed.matrix, batch_size(as),
            failed.info);
}

// [T X = B] by rows is [X^T T^T = B^T] to BLAS, with the transpose of the triangle.
template <class T>
void substitute(const T* a, int n, bool lower, bool adjoint, T* x, int k) {
  if (n > kSmallOrder) {
    const T one = 1;
    return pick<T>(strsm_, dtrsm_)("R", lower ? "U" : "L", adjoint ? "T" : "N", "N", &k, &n, &one, a, &n, x, &k);
  }
  const int row = adjoint ? 1 : n, column = adjoint ? n : 1;
  const bool forwards = lower != adjoint;
  for (int step = 0; step < n; ++step) {
    const int i = forwards ? step : n - 1 - step;
    T* y = x + i * k;
    for (int p = forwards ? 0 : i + 1; p < (forwards ? i : n); ++p) {
      const T factor = a[i * row + p * column];
      for (int j = 0; j < k; ++j) y[j] -= factor * x[p * k + j];
    }
    for (int j = 0; j < k; ++j) y[j] /= a[i * n + i];
  }
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

void solve(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) { solve_typed<typename decltype(type)::type>(c); });
}

void triangular_solve(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  const int n = order_of(c, as), k = lapack_size(c, bs, 1);
  const std::size_t size = static_cast<std::size_t>(n) * k;
  const bool lower = c.flag("lower"), adjoint = c.flag("adjoint");
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const T *a = c.in[0].as<T>(), *b = c.in[1].as<T>();
    T* x = c.out[0].as<T>();
    const auto failed = over_batch(c, n == 0 ? 0 : batch_size(as), int64_t{n} * n * k / 2, [&](int64_t e, int) {
      const T* matrix = a + e * area(n);
      std::copy_n(b + e * size, size, x + e * size);
      for (int i = 0; i < n; ++i)
        if (matrix[static_cast<std::size_t>(i) * n + i] == 0) return i + 1;
      if (k > 0) substitute(matrix, n, lower, adjoint, x + e * size, k);
      return 0;
    });
    if (failed)
      invalid("{}: matrix {} of {} is singular: entry {} of its diagonal is 0", c.name, failed.matrix, batch_size(as),
              failed.info - 1);
  });
}

void cholesky(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    std::copy_n(c.in[0].as<T>(), c.in[0].elements(), c.out[0].as<T>());
    const auto failed = over_batch(c, n == 0 ? 0 : batch_size(s), cube(n) / 6,
                                   [&](int64_t e, int) { return cholesky_of(c.out[0].as<T>() + e * area(n), n); });
    if (failed)
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
    Room<T> room(c, static_cast<std::size_t>(n + factors.work()), 0);
    const std::size_t size = static_cast<std::size_t>(m) * n;
    const T* x = c.in[0].as<T>();
    T *q = c.out[0].as<T>(), *r = c.out[1].as<T>();
    over_batch(c, n == 0 ? 0 : batch_size(s), 2 * int64_t{m} * n * n,
               [&](int64_t e, int w) { return factors(x + e * size, q + e * size, r + e * area(n), room.of(w)); });
  });
}

namespace {
// Factorises each matrix and hands it on.
template <class T, class F>
void over_factors(const KernelCall& c, F&& f) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  Room<T> room(c, area(n), n);
  over_batch(c, batch_size(s), cube(n) / 3, [&](int64_t e, int w) {
    T* factors = std::copy_n(c.in[0].as<T>() + e * area(n), area(n), room.of(w)) - area(n);
    f(e, n, Lu<T>(factors, room.pivots_of(w), n));
    return 0;
  });
}
}  // namespace

void det(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    over_factors<T>(c, [&](int64_t e, int, const Lu<T>& lu) { c.out[0].as<T>()[e] = lu.det(); });
  });
}

void slogdet(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    over_factors<T>(c, [&](int64_t e, int n, const Lu<T>& lu) {
      T sign = 1, log = 0;
      for (int i = 0; i < n; ++i) {
        const T d = lu.swaps(i) ? -lu.diagonal(i) : lu.diagonal(i);
        sign *= d != d ? d : static_cast<T>((d > 0) - (d < 0));
        log += std::log(std::abs(d));
      }
      c.out[0].as<T>()[e] = sign;
      c.out[1].as<T>()[e] = log;
    });
  });
}

}  // namespace gradtape::kernels
