// The depthwise kernels of this machine's instruction set.
#include "kernels/convolution/depthwise.hpp"

#include <cstring>
#include <utility>

#define GRADTAPE_PARTS "kernels/convolution/depthwise.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class T>
const DepthwiseKernels<T>& depthwise_kernels() {
  return table_for_this_machine<T>();
}
template const DepthwiseKernels<float>& depthwise_kernels();
template const DepthwiseKernels<double>& depthwise_kernels();

}  // namespace gradtape::core::kernels
