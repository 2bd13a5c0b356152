// The definitions of windows.hpp.
#include "ops/windows.hpp"

#include <algorithm>

#include "base/ceil_div.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kMost = int64_t{1} << 30;  // of sizes, strides, dilations and paddings: their products fit 64 bits

int64_t check_least(const Inference& c, std::string_view attr, int64_t value, int64_t least) {
  if (value < least || value > kMost) invalid("{}: {} must lie in [{}, 2^30], got {}", c.name(), attr, least, value);
  return value;
}
}  // namespace

Ints pair_of(const Inference& c, std::string_view attr) {
  if (const auto* one = std::get_if<int64_t>(&c.attr(attr))) return Ints(2, check_least(c, attr, *one, 1));
  const Ints& two = c.ints(attr);
  if (two.size() == 1) return Ints(2, check_least(c, attr, two[0], 1));
  if (two.size() != 2)
    invalid("{}: {} must be one number or [vertical, horizontal], got {} numbers", c.name(), attr, two.size());
  return {check_least(c, attr, two[0], 1), check_least(c, attr, two[1], 1)};
}

Sliding sliding(const Inference& c, std::size_t axis, std::size_t axes, int64_t input, int64_t size, int64_t stride,
                int64_t dilation) {
  Sliding s{size, stride, dilation, 0, 0};
  if (size > kMost / dilation) invalid("{}: a window of {} entries, {} apart, is too large", c.name(), size, dilation);
  if (const auto* amounts = std::get_if<Ints>(&c.attr("padding"))) {
    if (amounts->size() != 2 * axes)
      invalid("{}: padding must be SAME, VALID or an amount before and after each of {} axes, got {} numbers", c.name(),
              axes, amounts->size());
    s.before = check_least(c, "padding", (*amounts)[2 * axis], 0);
    s.after = check_least(c, "padding", (*amounts)[2 * axis + 1], 0);
  } else if (std::get<std::string>(c.attr("padding")) == "SAME") {
    const int64_t count = ceil_div(input, stride);
    const int64_t total = std::max<int64_t>(0, (count - 1) * stride + s.reach() - input);
    s.before = total / 2;
    s.after = total - s.before;
  }
  return s;
}

}  // namespace gradtape::core
