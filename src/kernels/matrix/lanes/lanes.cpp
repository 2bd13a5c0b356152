#include "kernels/matrix/lanes/lanes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#define GRADTAPE_PARTS "kernels/matrix/lanes/lanes.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class T>
const LaneKernels<T>& lane_kernels() {
  static const LaneKernels<T> best = best_of(baseline::table<T>, avx2::table<T>, avx512::table<T>);
  return best;
}
template const LaneKernels<float>& lane_kernels();
template const LaneKernels<double>& lane_kernels();

}  // namespace gradtape::core::kernels
