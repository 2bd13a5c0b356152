// Convolutions of each channel by itself (depthwise): a row of pixels at a time, with its sums in registers.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

// Pixels of a row of the result: y[channel] is the sum over taps of w[tap][channel] x[at[tap] + channel]. The next
// pixel reads from x + x_step and writes to y + y_step.
template <class T>
struct DepthwiseRow {
  int64_t pixels, channels;
  int taps;
  const int64_t* at;
  const T* const* w;
  const T* x;
  int64_t x_step;
  T* y;
  int64_t y_step;
};

// The gradient by w: sums[tap][channel] += the sum over pixels of x[at[tap] + channel] y[channel], with steps as above.
template <class T>
struct DepthwiseSums {
  int64_t pixels, channels;
  int taps;
  const int64_t* at;
  T* const* sums;
  const T* x;
  int64_t x_step;
  const T* y;
  int64_t y_step;
};

template <class T>
struct DepthwiseKernels {
  void (*row)(const DepthwiseRow<T>&);
  void (*sums)(const DepthwiseSums<T>&);
};

template <class T>
const DepthwiseKernels<T>& depthwise_kernels();  // for this machine

}  // namespace gradtape::core::kernels
