// Systems of equations and determinants, batch by batch.
#include <cmath>

#include "kernels/matrix/lanes/over_lanes.hpp"
#include "kernels/matrix/lu.hpp"

namespace gradtape::core::kernels {

namespace {
// a x = b of `batch` systems, or a^T x = b; b null: the identity.
template <class T>
struct Systems {
  int n, k;
  int64_t batch;
  const T *a, *b;
  T* x;
  bool adjoint = false;
  int64_t size() const { return int64_t{n} * k; }
  int64_t work() const { return cube(n) / 3 + int64_t{n} * n * k; }
};

// In each of so many lanes.
template <class T>
void set_identity(T* x, int n, int lanes) {
  std::fill_n(x, area(n) * lanes, T(0));
  for (int i = 0; i < n; ++i) std::fill_n(x + int64_t{i * (n + 1)} * lanes, lanes, T(1));
}

template <class T>
BatchFailure solve_lanes(const KernelCall& c, const Systems<T>& s) {
  const auto& lanes = lane_kernels<T>();
  const int64_t square = area(s.n) * lanes.count, sides = s.size() * lanes.count;
  const LaneWorkspace<T> workspace(c, 2 * area(s.n) + s.size() + 1);
  return over_lanes<T>(c, s.batch, s.work(), [&](int64_t first, int matrices, int w, int* info) {
    T *right = workspace.of(w) + 2 * square, *sign = right + sides;
    int none[kMostLanes];
    T* matrix = load_lanes(s.a + first * s.n * s.n, matrices, s.n, s.n, s.adjoint, workspace.of(w));
    if (s.b)
      lanes.load(s.b + first * s.n * s.k, matrices, s.n, s.k, right);
    else
      set_identity(right, s.n, lanes.count);
    lanes.eliminate(matrix, right, s.n, s.k, sign, info);
    lanes.substitute(matrix, right, s.n, s.k, false, none);
    lanes.store(right, matrices, s.n * s.k, s.x + first * s.n * s.k);
  });
}

// The triangle that is read, as it is or transposed, goes into the lanes.
template <class T>
BatchFailure substitute_lanes(const KernelCall& c, int n, int k, int64_t batch, const T* a, const T* b, T* x) {
  const auto& lanes = lane_kernels<T>();
  const bool adjoint = c.flag("adjoint"), lower = c.flag("lower") != adjoint;
  const int64_t square = area(n) * lanes.count;
  const LaneWorkspace<T> workspace(c, 2 * area(n) + int64_t{n} * k);
  return over_lanes<T>(c, batch, int64_t{n} * n * k / 2, [&](int64_t first, int matrices, int w, int* info) {
    T* right = workspace.of(w) + 2 * square;
    const T* matrix = load_lanes(a + first * n * n, matrices, n, n, adjoint, workspace.of(w));
    lanes.load(b + first * n * k, matrices, n, k, right);
    lanes.substitute(matrix, right, n, k, lower, info);
    lanes.store(right, matrices, n * k, x + first * n * k);
  });
}

template <class T>
BatchFailure solve_each(const KernelCall& c, const Systems<T>& s) {
  if (side_by_side<T>(s.n, s.n, s.batch)) return solve_lanes(c, s);
  const Workspace<T> workspace(c, area(s.n) + (s.n > kSmallOrder ? s.size() : 0));
  const Workspace<int> pivots(c, s.n);
  return over_batch(c, s.n == 0 ? 0 : s.batch, s.work(), [&](int64_t e, int w) {
    T* factors = copy_to(workspace.of(w), s.a + e * area(s.n), area(s.n));
    const Lu<T> lu(factors, pivots.of(w), s.n);
    T* x = s.x + e * s.size();
    if (s.b)
      std::copy_n(s.b + e * s.size(), s.size(), x);
    else
      set_identity(x, s.n, 1);
    if (lu.info() == 0) lu.solve(s.adjoint, x, s.k, factors + area(s.n));
    return lu.info();
  });
}
template <class T>
void solve_all(const KernelCall& c, const Systems<T>& s) {
  if (const auto failed = solve_each(c, s))
    invalid("{}: matrix {} of {} is singular: pivot {} is exactly 0", c.name, failed.matrix, s.batch, failed.info);
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
  const int64_t size = int64_t{n} * k;
  const bool lower = c.flag("lower"), adjoint = c.flag("adjoint");
  return over_batch(c, n == 0 ? 0 : batch, int64_t{n} * n * k / 2, [&](int64_t e, int) {
    const T* matrix = a + e * area(n);
    std::copy_n(b + e * size, size, x + e * size);
    for (int i = 0; i < n; ++i)
      if (matrix[int64_t{i} * n + i] == 0) return i + 1;
    if (k > 0) substitute(matrix, n, lower, adjoint, x + e * size, k);
    return 0;
  });
}

// Hands on the diagonal [n] of each matrix's factor, and the sign of its permutation.
template <class T, class F>
void diagonal_lanes(const KernelCall& c, int n, int64_t batch, F&& f) {
  const auto& lanes = lane_kernels<T>();
  const LaneWorkspace<T> workspace(c, area(n) + 1);
  over_lanes<T>(c, batch, cube(n) / 3, [&](int64_t first, int matrices, int w, int*) {
    T *m = workspace.of(w), *sign = m + area(n) * lanes.count, diagonal[kSmallOrder];
    int singular[kMostLanes];
    lanes.load(c.in[0].as<T>() + first * n * n, matrices, n, n, m);
    lanes.eliminate(m, nullptr, n, 0, sign, singular);
    for (int lane = 0; lane < matrices; ++lane) {
      for (int i = 0; i < n; ++i) diagonal[i] = m[(i * n + i) * lanes.count + lane];
      f(first + lane, std::span<const T>(diagonal, n), sign[lane]);
    }
  });
}

// The same by LAPACK.
template <class T, class F>
void diagonal_of_each(const KernelCall& c, int n, int64_t batch, F&& f) {
  const Workspace<T> workspace(c, area(n) + n);
  const Workspace<int> pivots(c, n);
  over_batch(c, batch, cube(n) / 3, [&](int64_t e, int w) {
    T* factors = copy_to(workspace.of(w), c.in[0].as<T>() + e * area(n), area(n));
    T* diagonal = factors + area(n);
    const Lu<T> lu(factors, pivots.of(w), n);
    T sign = 1;
    for (int i = 0; i < n; ++i) {
      diagonal[i] = lu.diagonal(i);
      if (lu.swaps(i)) sign = -sign;
    }
    f(e, std::span<const T>(diagonal, n), sign);
    return 0;
  });
}

// Hands on the diagonals of the triangular factors, and the signs of the permutations.
template <class F>
void over_diagonals(const KernelCall& c, F&& f) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    if (side_by_side<T>(n, n, batch_size(s)))
      diagonal_lanes<T>(c, n, batch_size(s), f);
    else
      diagonal_of_each<T>(c, n, batch_size(s), f);
  });
}
}  // namespace

void solve(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    solve_all<T>(c, {order_of(c, as), lapack_size(c, bs, 1), batch_size(as), c.in[0].as<T>(), c.in[1].as<T>(),
                     c.out[0].as<T>(), c.flag("adjoint")});
  });
}

void inverse(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    solve_all<T>(c, {n, n, batch_size(s), c.in[0].as<T>(), nullptr, c.out[0].as<T>()});
  });
}

void triangular_solve(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  const int n = order_of(c, as), k = lapack_size(c, bs, 1);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
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

}  // namespace gradtape::core::kernels
