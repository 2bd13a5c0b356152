// Layouts: a shape with a stride for each axis says where the elements of a tensor lie in a block of memory.
#pragma once

#include <optional>

#include "base/shape.hpp"

namespace gradtape::core {

struct Layout {
  Shape shape;
  Shape::Dims strides;  // in elements; 0 repeats
  int64_t offset = 0;   // of the first element
};

template <>
inline constexpr bool kMovesByBytes<Layout> = true;

Layout row_major(const Shape& shape);
// Whether the elements lie one after the other in row-major order, from the offset on.
bool is_dense(const Layout& layout);
Layout broadcast(const Layout& layout, const Shape& shape);
Layout permute_axes(const Layout& layout, std::span<const int64_t> perm);
// The same elements in the same order under another shape, where strides can say that.
std::optional<Layout> reshape_layout(const Layout& layout, const Shape& shape);
// Neighbouring axes over which the elements run evenly become one; axes of size 1 go. At least one axis is left.
Layout merge_axes(const Layout& layout);

}  // namespace gradtape::core
