// Includes the file that GRADTAPE_PARTS names once for each instruction set, in a namespace of its own and with its
// kVectorBytes and kRegisters. What works on vectors must be compiled for its instruction set from the start: gcc takes
// vectors that a function's own instruction set does not have to pieces before it inlines anything. Pragmas must have
// literals, so the sets' names stand here and in base/isa.hpp.
#include "base/isa.hpp"

namespace gradtape::kernels {
namespace {
namespace baseline {
constexpr int kVectorBytes = 16;
#if defined(__x86_64__)
constexpr int kRegisters = 16;
#else
constexpr int kRegisters = 32;
#endif
#include GRADTAPE_PARTS
}  // namespace baseline

#if defined(__x86_64__) && !defined(GRADTAPE_BASELINE_ONLY)
#pragma GCC push_options
#pragma GCC target("avx2,fma,bmi,bmi2")
namespace avx2 {
constexpr int kVectorBytes = 32, kRegisters = 16;
#include GRADTAPE_PARTS
}  // namespace avx2
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,bmi,bmi2,prefer-vector-width=512")
namespace avx512 {
constexpr int kVectorBytes = 64, kRegisters = 32;
#include GRADTAPE_PARTS
}  // namespace avx512
#pragma GCC pop_options
#else
namespace avx2 = baseline;
namespace avx512 = baseline;
#endif

// The table of this machine's instruction set, of those that the parts make.
template <class Table>
Table best_of(Table (*for_baseline)(), Table (*for_avx2)(), Table (*for_avx512)()) {
  return isa() == Isa::avx512 ? for_avx512() : isa() == Isa::avx2 ? for_avx2() : for_baseline();
}
}  // namespace
}  // namespace gradtape::kernels
