// The geometry of convolutions of images and of their gradients. x is [n, h, w, groups * inputs], the filter
// [kh, kw, inputs, groups * outputs], and y [n, h', w', groups * outputs].
#pragma once

#include <algorithm>
#include <utility>

#include "kernels/kernels.hpp"

namespace gradtape::core::kernels {

// first, first + step, and so on.
struct Sequence {
  int64_t first = 0, step = 1, count = 0;
  int64_t operator[](int64_t i) const { return first + i * step; }
};

// Along one axis, pixel p of the result reads the source at p * step + offset for the offset of each tap.
struct Taps {
  int64_t source, pixels, step;  // source and pixels: the sizes of both
  Sequence offsets;

  int64_t count() const { return offsets.count; }
  bool contiguous() const { return count() < 2 || offsets.step == 1; }
  bool is_identity() const { return pixels == source && step == 1 && count() == 1 && offsets.first == 0; }
  bool inside(int64_t pixel, int64_t tap) const {
    const int64_t from = pixel * step + offsets[tap];
    return from >= 0 && from < source;
  }
  bool all_inside(int64_t pixel) const { return inside(pixel, 0) && inside(pixel, count() - 1); }
};

// One axis of a convolution: output pixel p reads input pixels p * stride - padding + tap * dilation.
struct ConvolutionAxis {
  int64_t input, taps, output, stride, dilation, padding;

  // The output reads the input.
  Taps forward() const { return {input, output, stride, {-padding, dilation, taps}}; }
  // The input reads the output, where the stride is 1.
  Taps backward() const { return {output, input, 1, {padding, -dilation, taps}}; }

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

// The tensor that is computed from the other two.
enum class ConvolutionResult { output, input, filter };

}  // namespace gradtape::core::kernels
