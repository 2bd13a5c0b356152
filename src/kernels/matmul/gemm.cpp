#include "kernels/matmul/gemm.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#define GRADTAPE_PARTS "kernels/matmul/gemm.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class T>
const GemmKernels<T>& gemm_kernels() {
  static const GemmKernels<T> best = best_of(baseline::Gemm<T>::table, avx2::Gemm<T>::table, avx512::Gemm<T>::table);
  return best;
}
template const GemmKernels<float>& gemm_kernels();
template const GemmKernels<double>& gemm_kernels();

}  // namespace gradtape::core::kernels
