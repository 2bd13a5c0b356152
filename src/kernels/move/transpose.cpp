// The transposition of this machine's instruction set.
#include "kernels/move/transpose.hpp"

#include <cstring>
#include <utility>

#define GRADTAPE_PARTS "kernels/move/transpose.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class T>
TransposeKernel<T> transpose_kernel() {
  return table_for_this_machine<T>();
}
template TransposeKernel<uint32_t> transpose_kernel();
template TransposeKernel<uint64_t> transpose_kernel();

}  // namespace gradtape::core::kernels
