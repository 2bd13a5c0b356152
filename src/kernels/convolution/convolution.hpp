// The geometry of a convolution of images x [n, h, w, groups * inputs] with filters [kh, kw, inputs, groups * outputs]
// to y [n, h', w', groups * outputs].
#pragma once

#include "kernels/kernels.hpp"

namespace gradtape::core::kernels {

// Output pixel p reads input pixels p * stride - padding + tap * dilation.
struct ConvolutionAxis {
  int64_t input, taps, output, stride, dilation, padding;

  // The output pixels that read inside the input through a tap: first..last.
  std::pair<int64_t, int64_t> inside(int64_t tap) const {
    const int64_t shift = padding - tap * dilation;  // input = p * stride - shift
    const int64_t first = shift > 0 ? ceil_div(shift, stride) : 0;
    const int64_t last = input - 1 + shift < 0 ? 0 : (input - 1 + shift) / stride + 1;
    return {std::min(first, output), std::max(std::min(first, output), std::min(last, output))};
  }
};

struct Convolution {
  int64_t images, groups, inputs, outputs;  // channels of one group
  ConvolutionAxis vertical, horizontal;
  Convolution(const KernelCall& c, const Shape& x, const Shape& w, const Shape& y);
};

// narrow_convolution.cpp: by loops, for groups of few channels (depthwise).
template <class T>
void narrow_convolution(const KernelCall& c, const Convolution& g, const T* x, const T* w, T* y);
template <class T>
void narrow_input(const KernelCall& c, const Convolution& g, const T* y, const T* w, T* x);
template <class T>
void narrow_filter(const KernelCall& c, const Convolution& g, const T* x, const T* y, T* w);

}  // namespace gradtape::core::kernels
