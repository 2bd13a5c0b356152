// The matrix products of this machine's instruction set.
#include "kernels/matmul/gemm.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/ceil_div.hpp"

#define GRADTAPE_PARTS "kernels/matmul/gemm.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class T>
const GemmKernels<T>& gemm_kernels() {
  return table_for_this_machine<T>();
}
template const GemmKernels<float>& gemm_kernels();
template const GemmKernels<double>& gemm_kernels();

}  // namespace gradtape::core::kernels
