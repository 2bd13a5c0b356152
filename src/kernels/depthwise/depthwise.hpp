// Convolutions of each channel by itself: a row of pixels at a time, its sums in registers.
#pragma once

#include <cstdint>

namespace gradtape::kernels {

// Pixels of a row of the result, each channel of which is the sum over taps of w[tap][channel] times the channel of the
// source's pixel at[tap] elements from x, for the first; those of the next pixel lie x_step elements on.
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

template <class T>
using DepthwiseKernel = void (*)(const DepthwiseRow<T>&);

template <class T>
DepthwiseKernel<T> depthwise_kernel();  // for this machine

}  // namespace gradtape::kernels
