// A matrix whose rows become columns.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

// out[i * out_step + j] = x[i + j * step], for i < rows and j < columns.
template <class T>
using TransposeKernel = void (*)(const T* x, int64_t step, T* out, int64_t out_step, int64_t rows, int64_t columns);

template <class T>
TransposeKernel<T> transpose_kernel();  // for this machine; T: an unsigned integer of an element's size

}  // namespace gradtape::core::kernels
