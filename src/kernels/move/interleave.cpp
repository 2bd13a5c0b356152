// The interleaving of this machine's instruction set.
#include "kernels/move/interleave.hpp"

#include <array>
#include <cstring>
#include <utility>

#define GRADTAPE_PARTS "kernels/move/interleave.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class T>
InterleaveKernel<T> interleave_kernel(int64_t inputs) {
  return table_for_this_machine<T>()[static_cast<std::size_t>(inputs - 2)];
}
template InterleaveKernel<uint32_t> interleave_kernel(int64_t inputs);
template InterleaveKernel<uint64_t> interleave_kernel(int64_t inputs);

}  // namespace gradtape::core::kernels
