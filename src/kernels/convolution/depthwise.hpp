// Convolutions of each channel by itself: a row of pixels at a time, its sums in registers.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

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

// The gradient by w: added to sums[tap][channel] is the sum over pixels of the source's channel, as above, times y's.
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
