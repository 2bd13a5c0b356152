// The same source for each instruction set: what works on vectors must be compiled for it from the start, for gcc takes
// vectors that a function's own instruction set does not have to pieces before it inlines anything.
#include "kernels/lanes/lanes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/isa.hpp"

namespace gradtape::kernels::lanes_baseline {
constexpr int kVectorBytes = 16;
#include "kernels/lanes/parts.hpp"
}  // namespace gradtape::kernels::lanes_baseline

#if defined(__x86_64__) && !defined(GRADTAPE_BASELINE_ONLY)
#pragma GCC push_options
#pragma GCC target("avx2,fma,bmi,bmi2")
namespace gradtape::kernels::lanes_avx2 {
constexpr int kVectorBytes = 32;
#include "kernels/lanes/parts.hpp"
}  // namespace gradtape::kernels::lanes_avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi,bmi2,prefer-vector-width=512")
namespace gradtape::kernels::lanes_avx512 {
constexpr int kVectorBytes = 64;
#include "kernels/lanes/parts.hpp"
}  // namespace gradtape::kernels::lanes_avx512
#pragma GCC pop_options
#endif

namespace gradtape::kernels {

template <class T>
const LaneKernels<T>& lane_kernels() {
#if defined(__x86_64__) && !defined(GRADTAPE_BASELINE_ONLY)
  static const LaneKernels<T> best = isa() == Isa::avx512 ? lanes_avx512::table<T>()
                                     : isa() == Isa::avx2 ? lanes_avx2::table<T>()
                                                          : lanes_baseline::table<T>();
#else
  static const LaneKernels<T> best = lanes_baseline::table<T>();
#endif
  return best;
}
template const LaneKernels<float>& lane_kernels();
template const LaneKernels<double>& lane_kernels();

}  // namespace gradtape::kernels
