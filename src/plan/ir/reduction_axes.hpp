// How a reduction leaves a space of rows by columns.
#pragma once

#include "graph/op.hpp"

namespace gradtape::core {

// By rows: the trailing axes go; by columns: the leading ones; or all of them.
enum class Direction : uint8_t { rows, columns, all, mixed };
inline constexpr int kFree = -1;  // no split

struct ReductionAxes {
  Direction direction;
  int split;  // how many leading axes are rows
};
// batch: so many leading axes count for nothing; no reduction goes over them.
ReductionAxes reduction_axes(const Shape& space, const Ints& axes, std::size_t batch = 0);

// The axes of a reduction's attributes, and the attributes with other axes.
const Ints& axes_of(const Op& reduction, const Attrs& attrs);
AttrsPtr with_axes(const Op& reduction, const Attrs& attrs, Ints axes);

}  // namespace gradtape::core
