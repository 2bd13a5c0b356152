// Systems of equations and determinants, batch by batch.
#include <cmath>

#include "kernels/lu.hpp"
#include "kernels/over_lanes.hpp"

namespace gradtape::kernels {

namespace {
template <class T>
BatchFailure solve_lanes(const KernelCall& c, int n, int k, int64_t batch, const T* a, const T* b, T* x) {
  const auto& lanes = lane_kernels<T>();
  const bool adjoint = c.flag("adjoint");
  const std::size_t square = area(n) * lanes.count, sides = static_cast<std::size_t>(n) * k * lanes.count;
  const LaneRoom<T> room(c, 2 * area(n) + static_cast<std::size_t>(n) * k + 1);
  return over_lanes<T>(c, batch, cube(n) / 3 + int64_t{n} * n * k, [&](int64_t first, int matrices, int w, int* info) {
    T *right = room.of(w) + 2 * square, *sign = right + sides;
    int none[kMostLanes];
    T* matrix = load_lanes(a + first * n * n, matrices, n, n, adjoint, room.of(w));
    lanes.load(b + first * n * k, matrices, n, k, right);
    lanes.eliminate(matrix, right, n, k, sign, info);
    lanes.substitute(matrix, right, n, k, false, none);
    lanes.store(right, matrices, n * k, x + first * n * k);
  });
}

// The triangle that is read, as it is or transposed, goes into the lanes.
template <class T>
BatchFailure substitute_lanes(const KernelCall& c, int n, int k, int64_t batch, const T* a, const T* b, T* x) {
  const auto& lanes = lane_kernels<T>();
  const bool adjoint = c.flag("adjoint"), lower = c.flag("lower") != adjoint;
  const std::size_t square = area(n) * lanes.count;
  const LaneRoom<T> room(c, 2 * area(n) + static_cast<std::size_t>(n) * k);
  return over_lanes<T>(c, batch, int64_t{n} * n * k / 2, [&](int64_t first, int matrices, int w, int* info) {
    T* right = room.of(w) + 2 * square;
    const T* matrix = load_lanes(a + first * n * n, matrices, n, n, adjoint, room.of(w));
    lanes.load(b + first * n * k, matrices, n, k, right);
    lanes.substitute(matrix, right, n, k, lower, info);
    lanes.store(right, matrices, n * k, x + first * n * k);
  });
}

template <class T>
BatchFailure solve_typed(const KernelCall& c, int n, int k, int64_t batch, const T* a, const T* b, T* x) {
  if (side_by_side<T>(n, n, batch)) return solve_lanes(c, n, k, batch, a, b, x);
  const std::size_t size = static_cast<std::size_t>(n) * k;
  const bool adjoint = c.flag("adjoint");
  const Room<T> room(c, area(n) + (n > kSmallOrder ? size : 0));
  const Room<int> pivots(c, static_cast<std::size_t>(n));
  return over_batch(c, n == 0 ? 0 : batch, cube(n) / 3 + int64_t{n} * n * k, [&](int64_t e, int w) {
    T* factors = std::copy_n(a + e * area(n), area(n), room.of(w)) - area(n);
    const Lu<T> lu(factors, pivots.of(w), n);
    std::copy_n(b + e * size, size, x + e * size);
    if (lu.info() == 0) lu.solve(adjoint, x + e * size, k, factors + area(n));
    return lu.info();
  });
}

// [T X = B] by rows is [X^T T^T = B^T] to BLAS, with the transpose of the triangle.
template <class T>
void substitute(const T* a, int n, bool lower, bool adjoint, T* x, int k) {
  if (n > kSmallOrder / 2) {
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

template <class T>
BatchFailure substitute_typed(const KernelCall& c, int n, int k, int64_t batch, const T* a, const T* b, T* x) {
  if (side_by_side<T>(n, n, batch)) return substitute_lanes(c, n, k, batch, a, b, x);
  const std::size_t size = static_cast<std::size_t>(n) * k;
  const bool lower = c.flag("lower"), adjoint = c.flag("adjoint");
  return over_batch(c, n == 0 ? 0 : batch, int64_t{n} * n * k / 2, [&](int64_t e, int) {
    const T* matrix = a + e * area(n);
    std::copy_n(b + e * size, size, x + e * size);
    for (int i = 0; i < n; ++i)
      if (matrix[static_cast<std::size_t>(i) * n + i] == 0) return i + 1;
    if (k > 0) substitute(matrix, n, lower, adjoint, x + e * size, k);
    return 0;
  });
}

// Hands on the diagonal [n] of each matrix's factor, and the sign of its permutation.
template <class T, class F>
void diagonal_lanes(const KernelCall& c, int n, int64_t batch, F&& f) {
  const auto& lanes = lane_kernels<T>();
  const LaneRoom<T> room(c, area(n) + 1);
  over_lanes<T>(c, batch, cube(n) / 3, [&](int64_t first, int matrices, int w, int*) {
    T *m = room.of(w), *sign = m + area(n) * lanes.count, diagonal[kSmallOrder];
    int singular[kMostLanes];
    lanes.load(c.in[0].as<T>() + first * n * n, matrices, n, n, m);
    lanes.eliminate(m, nullptr, n, 0, sign, singular);
    for (int lane = 0; lane < matrices; ++lane) {
      for (int i = 0; i < n; ++i) diagonal[i] = m[(i * n + i) * lanes.count + lane];
      f(first + lane, std::span<const T>(diagonal, static_cast<std::size_t>(n)), sign[lane]);
    }
  });
}

// The same by LAPACK.
template <class T, class F>
void diagonal_of_each(const KernelCall& c, int n, int64_t batch, F&& f) {
  const Room<T> room(c, area(n) + static_cast<std::size_t>(n));
  const Room<int> pivots(c, static_cast<std::size_t>(n));
  over_batch(c, batch, cube(n) / 3, [&](int64_t e, int w) {
    T* factors = std::copy_n(c.in[0].as<T>() + e * area(n), area(n), room.of(w)) - area(n);
    T* diagonal = factors + area(n);
    const Lu<T> lu(factors, pivots.of(w), n);
    T sign = 1;
    for (int i = 0; i < n; ++i) {
      diagonal[i] = lu.diagonal(i);
      if (lu.swaps(i)) sign = -sign;
    }
    f(e, std::span<const T>(diagonal, static_cast<std::size_t>(n)), sign);
    return 0;
  });
}

// Hands on the diagonals of the triangular factors, and the signs of the permutations.
template <class F>
void over_diagonals(const KernelCall& c, F&& f) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if (side_by_side<T>(n, n, batch_size(s)))
      diagonal_lanes<T>(c, n, batch_size(s), f);
    else
      diagonal_of_each<T>(c, n, batch_size(s), f);
  });
}
}  // namespace

void solve(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  const int n = order_of(c, as), k = lapack_size(c, bs, 1);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if (const auto failed = solve_typed(c, n, k, batch_size(as), c.in[0].as<T>(), c.in[1].as<T>(), c.out[0].as<T>()))
      invalid("{}: matrix {} of {} is singular: pivot {} is exactly 0", c.name, failed.matrix, batch_size(as),
              failed.info);
  });
}

void triangular_solve(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  const int n = order_of(c, as), k = lapack_size(c, bs, 1);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if (const auto failed =
            substitute_typed(c, n, k, batch_size(as), c.in[0].as<T>(), c.in[1].as<T>(), c.out[0].as<T>()))
      invalid("{}: matrix {} of {} is singular: entry {} of its diagonal is 0", c.name, failed.matrix, batch_size(as),
              failed.info - 1);
  });
}

void det(const KernelCall& c) {
  over_diagonals(c, [&]<class T>(int64_t e, std::span<const T> diagonal, T sign) {
    T det = sign;
    for (T d : diagonal) det *= d;
    c.out[0].as<T>()[e] = det;
  });
}

void slogdet(const KernelCall& c) {
  over_diagonals(c, [&]<class T>(int64_t e, std::span<const T> diagonal, T sign) {
    T log = 0;
    for (T d : diagonal) {
      sign *= d != d ? d : static_cast<T>((d > 0) - (d < 0));
      log += std::log(std::abs(d));
    }
    c.out[0].as<T>()[e] = sign;
    c.out[1].as<T>()[e] = log;
  });
}

}  // namespace gradtape::kernels
