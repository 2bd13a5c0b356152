#include "kernels/depthwise/depthwise.hpp"

#include <cstring>
#include <utility>

#define GRADTAPE_PARTS "kernels/depthwise/rows.hpp"
#include "kernels/each_isa.hpp"

namespace gradtape::kernels {

template <class T>
DepthwiseKernel<T> depthwise_kernel() {
  static const DepthwiseKernel<T> best =
      best_of(baseline::Depthwise<T>::kernel, avx2::Depthwise<T>::kernel, avx512::Depthwise<T>::kernel);
  return best;
}
template DepthwiseKernel<float> depthwise_kernel();
template DepthwiseKernel<double> depthwise_kernel();

}  // namespace gradtape::kernels
