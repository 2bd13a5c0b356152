// Elements of several arrays side by side.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

// out[i * inputs + j] = x[j][i], for i < n and j < inputs.
template <class T>
using InterleaveKernel = void (*)(const T* const* x, int64_t n, T* out);

constexpr int64_t kMostInterleaved = 8;

// For this machine and 2 to kMostInterleaved inputs. T: an unsigned integer of an element's size, 4 or 8 bytes.
template <class T>
InterleaveKernel<T> interleave_kernel(int64_t inputs);

}  // namespace gradtape::core::kernels
