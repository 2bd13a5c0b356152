#include "plan/ir/reduction_axes.hpp"

namespace gradtape::core {

ReductionAxes reduction_axes(const Shape& space, const Ints& axes, std::size_t batch) {
  // Axes of size 1 may count either way.
  SmallVector<bool, 8> goes(space.rank(), false);
  for (int64_t a : axes) goes[a] = true;
  int changes = 0, first = -1, last = -1, split = 0;
  for (std::size_t i = batch; i < space.rank(); ++i) {
    if (space[i] == 1) continue;
    if (first < 0) first = goes[i];
    if (last >= 0 && last != goes[i]) {
      ++changes;
      split = static_cast<int>(i);
    }
    last = goes[i];
  }
  if (changes == 0 && first != 0) return {Direction::all, kFree};
  if (changes == 1) return {first ? Direction::columns : Direction::rows, split};
  return {Direction::mixed, kFree};
}

const Ints& axes_of(const Op& reduction, const Attrs& attrs) {
  return std::get<Ints>(attrs.values[reduction.attr_index("axis")]);
}
AttrsPtr with_axes(const Op& reduction, const Attrs& attrs, Ints axes) {
  auto changed = std::make_shared<Attrs>(attrs);
  changed->values[reduction.attr_index("axis")] = std::move(axes);
  return changed;
}

}  // namespace gradtape::core
