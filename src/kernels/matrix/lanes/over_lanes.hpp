// Kernels on many small matrices: as many at once as a vector has lanes.
#pragma once

#include "kernels/matrix/lanes/lanes.hpp"
#include "kernels/matrix/lapack.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

template <class T>
bool side_by_side(int64_t rows, int64_t columns, int64_t batch) {
  return rows * columns > 0 && rows * columns <= int64_t{kSmallOrder} * kSmallOrder && batch >= lane_kernels<T>().count;
}

// The workspace of each worker: `size` elements in each lane.
template <class T>
struct LaneWorkspace : Workspace<T> {
  LaneWorkspace(const KernelCall& c, int64_t size) : Workspace<T>(c, size * lane_kernels<T>().count) {}
};

// Matrices [rows, columns], or where `turned` their transposes, side by side. Returns where they lie in the workspace,
// which is for twice the size.
template <class T>
T* load_lanes(const T* x, int matrices, int rows, int columns, bool turned, T* workspace) {
  const auto& lanes = lane_kernels<T>();
  lanes.load(x, matrices, rows, columns, workspace);
  if (!turned) return workspace;
  T* transposes = workspace + int64_t{rows} * columns * lanes.count;
  lanes.transpose(workspace, rows, columns, transposes);
  return transposes;
}

// Calls f(first, matrices, worker, info) for each set of matrices that fill the lanes, the last one perhaps in part.
// info: the failure of each lane, 0 at first. work: multiply-adds of one matrix.
template <class T, class F>
BatchFailure over_lanes(const KernelCall& c, int64_t batch, int64_t work, F&& f) {
  const int lanes = lane_kernels<T>().count;
  constexpr int most = kSmallOrder * kSmallOrder + 1;
  BatchFailure failed = over_batch(c, ceil_div(batch, lanes), work * lanes / 4, [&](int64_t set, int worker) {
    const int64_t first = set * lanes;
    const int matrices = std::min<int64_t>(lanes, batch - first);
    int info[kMostLanes] = {};
    f(first, matrices, worker, info);
    for (int lane = 0; lane < matrices; ++lane)
      if (info[lane] != 0) return lane * most + info[lane];
    return 0;
  });
  if (failed) {
    failed.matrix = failed.matrix * lanes + failed.info / most;
    failed.info %= most;
  }
  return failed;
}

}  // namespace gradtape::core::kernels
