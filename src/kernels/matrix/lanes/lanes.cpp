// The kernels on small matrices of this machine's instruction set.
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
  return table_for_this_machine<T>();
}
template const LaneKernels<float>& lane_kernels();
template const LaneKernels<double>& lane_kernels();

}  // namespace gradtape::core::kernels
