// Kernels on many small matrices: as many at once as a vector has lanes.
#pragma once

#include "kernels/lanes.hpp"
#include "kernels/lapack.hpp"
#include "kernels/room.hpp"

namespace gradtape::kernels {

template <class T>
bool side_by_side(int n, int64_t batch) {
  return n > 0 && n <= kSmallOrder && batch >= Lanes<T>::count;
}
// What one worker needs for a set of lanes: matrices [n, n] and right sides [n, k].
template <class T>
struct LaneRoom {
  using Vector = typename Lanes<T>::Vector;
  Room<Vector> room;
  std::size_t size;
  LaneRoom(const KernelCall& c, int n, int k)
      : room(c.workers, area(n) + static_cast<std::size_t>(n) * k), size(area(n)) {}
  Vector* matrices(int worker) const { return room.of(worker); }
  Vector* rights(int worker) const { return matrices(worker) + size; }
};

// Calls f(first, matrices, worker, info) for each set of matrices that fill the lanes, the last one perhaps in part;
// info: what failed in each lane, 0 at first. work: multiply-adds of one matrix.
template <class T, class F>
BatchFailure over_lanes(const KernelCall& c, int64_t batch, int64_t work, F&& f) {
  constexpr int lanes = Lanes<T>::count, most = kSmallOrder + 1;
  BatchFailure failed = over_batch(c, (batch + lanes - 1) / lanes, work * lanes / 4, [&](int64_t set, int worker) {
    const int64_t first = set * lanes;
    const auto matrices = static_cast<int>(std::min<int64_t>(lanes, batch - first));
    typename Lanes<T>::Mask info{};
    f(first, matrices, worker, info);
    for (int lane = 0; lane < matrices; ++lane)
      if (info[lane] != 0) return lane * most + static_cast<int>(info[lane]);
    return 0;
  });
  if (failed) {
    failed.matrix = failed.matrix * lanes + failed.info / most;
    failed.info %= most;
  }
  return failed;
}

}  // namespace gradtape::kernels
