// Eigenvalues and singular values, batch by batch.
#include <numeric>

#include "kernels/matrix/lanes/over_lanes.hpp"
#include "kernels/matrix/singular_values.hpp"
#include "kernels/matrix/symmetric_eigen.hpp"

namespace gradtape::core::kernels {

namespace {
// The indices of n values of one lane, in the order of rising keys.
template <class F>
void sort_indices(int n, int* order, F&& key) {
  std::iota(order, order + n, 0);
  std::sort(order, order + n, [&](int i, int j) { return key(i) < key(j); });
}

// ---- Symmetric matrices

template <class T>
struct Eigen {
  const KernelCall& c;
  int n;
  bool vectors;
  int64_t batch;

  int64_t work() const { return (vectors ? 9 : 3) * cube(n); }
  const T* input(int64_t e) const { return c.in[0].as<T>() + e * area(n); }
  T* values(int64_t e) const { return c.out[0].as<T>() + e * n; }
  T* rows(int64_t e) const { return c.out[1].as<T>() + e * area(n); }

  BatchFailure one_by_one() const {
    const SymmetricEigen<T> solver(c, n, vectors);
    const Workspace<T> copies(c, vectors ? 0 : area(n));
    return over_batch(c, batch, work(), [&](int64_t e, int w) { return alone(solver, e, copies.of(w), w); });
  }

  BatchFailure many_at_once() const {
    const auto& lanes = lane_kernels<T>();
    const int64_t size = area(n) * lanes.count, few = n * lanes.count;
    const LaneWorkspace<T> workspace(c, 2 * area(n) + 5 * n);
    const SymmetricEigen<T> solver(c, n, vectors);
    const Workspace<T> copies(c, vectors ? 0 : area(n));
    return over_lanes<T>(c, batch, work(), [&](int64_t first, int matrices, int w, int* info) {
      T *a = workspace.of(w), *z = a + size, *d = z + size;
      alignas(kLaneAlignment) T scale[kMostLanes];
      int bad[kMostLanes], failed[kMostLanes];
      lanes.load(input(first), matrices, n, n, a);
      lanes.normalize(a, n * n, scale, bad);
      lanes.eigen(a, n, d, vectors ? z : nullptr, d + few, failed);
      if (vectors) lanes.store(z, matrices, n * n, a);
      for (int lane = 0; lane < matrices; ++lane) {
        if (failed[lane] || bad[lane])
          info[lane] = alone(solver, first + lane, copies.of(w), w);
        else
          write(first + lane, d + lane, scale[lane], a + lane * area(n));
      }
    });
  }

 private:
  void write(int64_t e, const T* d, T scale, const T* unsorted) const {
    const int count = lane_kernels<T>().count;
    int order[kSmallOrder];
    sort_indices(n, order, [&](int i) { return d[i * count]; });
    for (int i = 0; i < n; ++i) {
      values(e)[i] = scale * d[order[i] * count];
      if (vectors) std::copy_n(unsorted + order[i] * n, n, rows(e) + i * n);
    }
  }
  int alone(const SymmetricEigen<T>& solver, int64_t e, T* copy, int worker) const {
    T* a = vectors ? rows(e) : copy;
    std::copy_n(input(e), area(n), a);
    return solver(a, values(e), worker);
  }
};

template <class T>
void eigen_typed(const KernelCall& c, bool vectors) {
  const Shape& s = *c.in[0].shape;
  const Eigen<T> eigen{c, order_of(c, s), vectors, batch_size(s)};
  if (eigen.n == 0 || eigen.batch == 0) return;
  if (const auto failed = side_by_side<T>(eigen.n, eigen.n, eigen.batch) ? eigen.many_at_once() : eigen.one_by_one())
    no_convergence(c, failed);
}

// ---- Singular values

template <class T>
struct Singular {
  const KernelCall& c;
  int rows, columns;
  bool vectors;
  int64_t batch;
  int k = std::min(rows, columns), most = std::max(rows, columns);

  int64_t size() const { return int64_t{rows} * columns; }
  int64_t work() const { return (vectors ? 20 : 6) * size() * k; }
  const T* input(int64_t e) const { return c.in[0].as<T>() + e * size(); }
  T* values(int64_t e) const { return c.out[vectors ? 1 : 0].as<T>() + e * k; }
  T* u(int64_t e) const { return vectors ? c.out[0].as<T>() + e * rows * k : nullptr; }
  T* vt(int64_t e) const { return vectors ? c.out[2].as<T>() + e * k * columns : nullptr; }

  BatchFailure one_by_one() const {
    const SingularValues<T> solver(c, rows, columns, vectors);
    return over_batch(c, batch, work(), [&](int64_t e, int w) { return alone(solver, e, w); });
  }

  // Takes x or its transpose, whichever is taller: for the transpose, u and v change sides.
  BatchFailure many_at_once() const {
    const auto& lanes = lane_kernels<T>();
    const SingularValues<T> solver(c, rows, columns, vectors);
    const LaneWorkspace<T> workspace(c, 2 * size() + area(k) + 5 * k + most);
    return over_lanes<T>(c, batch, work(), [&](int64_t first, int matrices, int w, int* info) {
      T *own = workspace.of(w), *wide = own + 2 * size() * lanes.count;
      T* s = wide + area(k) * lanes.count;
      alignas(kLaneAlignment) T scale[kMostLanes];
      int bad[kMostLanes], failed[kMostLanes], order[kMostLanes][kSmallOrder] = {};
      T* tall = load_lanes(input(first), matrices, rows, columns, rows >= columns, own);
      T* other = tall == own ? own + size() * lanes.count : own;
      lanes.normalize(tall, rows * columns, scale, bad);
      lanes.svd(tall, most, k, s, vectors ? wide : nullptr, s + k * lanes.count, failed);
      const auto found = [&](int lane) { return !failed[lane] && !bad[lane]; };
      for (int lane = 0; lane < matrices; ++lane) {
        if (!found(lane)) {
          info[lane] = alone(solver, first + lane, w);
          continue;
        }
        sort_indices(k, order[lane], [&](int i) { return -s[i * lanes.count + lane]; });
        for (int i = 0; i < k; ++i) values(first + lane)[i] = scale[lane] * s[order[lane][i] * lanes.count + lane];
      }
      if (vectors) {
        lanes.store(tall, matrices, k * most, other);
        for (int lane = 0; lane < matrices; ++lane)
          if (found(lane)) write(first + lane, other + lane * size(), most, order[lane], rows >= columns);
        lanes.store(wide, matrices, k * k, other);
        for (int lane = 0; lane < matrices; ++lane)
          if (found(lane)) write(first + lane, other + lane * area(k), k, order[lane], rows < columns);
      }
    });
  }

 private:
  // k vectors of n entries, as rows, to the columns of u or the rows of vt.
  void write(int64_t e, const T* unsorted, int n, const int* order, bool left) const {
    for (int i = 0; i < k; ++i) {
      const T* from = unsorted + order[i] * n;
      if (left)
        for (int j = 0; j < n; ++j) u(e)[j * k + i] = from[j];
      else
        std::copy_n(from, n, vt(e) + i * n);
    }
  }
  int alone(const SingularValues<T>& solver, int64_t e, int worker) const {
    return solver(input(e), u(e), values(e), vt(e), worker);
  }
};

template <class T>
void svd_typed(const KernelCall& c, bool vectors) {
  const Shape& s = *c.in[0].shape;
  const Singular<T> singular{c, lapack_size(c, s, 2), lapack_size(c, s, 1), vectors, batch_size(s)};
  if (singular.k == 0 || singular.batch == 0) return;
  if (const auto failed = side_by_side<T>(singular.rows, singular.columns, singular.batch) ? singular.many_at_once()
                                                                                           : singular.one_by_one())
    no_convergence(c, failed);
}
}  // namespace

void eigen(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) { eigen_typed<T>(c, true); });
}
void eigenvalues(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) { eigen_typed<T>(c, false); });
}
void svd(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) { svd_typed<T>(c, true); });
}
void singular_values(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) { svd_typed<T>(c, false); });
}

}  // namespace gradtape::core::kernels
