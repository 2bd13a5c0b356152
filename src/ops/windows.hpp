// Windows that slide over the height and width of images, for convolutions and pooling.
#pragma once

#include "ops/define.hpp"

namespace gradtape::core {

// One or two positive numbers: [vertical, horizontal].
Ints pair_of(const Inference& c, std::string_view attr);

// How windows of `size` positions, `dilation` apart, lie over an axis.
struct Sliding {
  int64_t size, stride, dilation, before, after;
  int64_t reach() const { return (size - 1) * dilation + 1; }
  int64_t count(int64_t input) const {
    const int64_t room = input + before + after - reach();
    return room < 0 ? 0 : room / stride + 1;
  }
};
// The attribute "padding": SAME, VALID, or [[top, bottom], [left, right]] ([[left, right]] for one axis).
Sliding sliding(const Inference& c, std::size_t axis, std::size_t axes, int64_t input, int64_t size, int64_t stride,
                int64_t dilation);

}  // namespace gradtape::core
