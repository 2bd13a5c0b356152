// Arithmetic on shapes: broadcasting, checks of sizes, and strides.
#include "base/shape.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace gradtape::core {

Shape Shape::with_leading(int64_t d) const { return inserted(0, d); }

Shape Shape::without(std::size_t axis) const {
  Shape s = *this;
  s.dims_.erase(axis);
  return s;
}

Shape Shape::replaced(std::size_t axis, int64_t d) const {
  Shape s = *this;
  s.dims_[axis] = d;
  return s;
}

Shape Shape::inserted(std::size_t axis, int64_t d) const {
  Shape s = *this;
  s.dims_.insert(axis, d);
  return s;
}

std::string to_string(std::span<const int64_t> values) { return fmt::format("[{}]", fmt::join(values, ", ")); }
std::string to_string(const Shape& shape) { return to_string(shape.dims()); }

bool broadcast_shapes(const Shape& a, const Shape& b, Shape& out) {
  const std::size_t rank = std::max(a.rank(), b.rank());
  Shape::Dims dims(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {
    const int64_t da = i + a.rank() >= rank ? a[i + a.rank() - rank] : 1;
    const int64_t db = i + b.rank() >= rank ? b[i + b.rank() - rank] : 1;
    if (da != db && da != 1 && db != 1) return false;
    dims[i] = da == 1 ? db : da;
  }
  out = Shape(std::move(dims));
  return true;
}

void check_bytes(std::string_view op, const Shape& shape, std::size_t element_size) {
  if (shape.rank() > kMaxRank)
    invalid("{}: a tensor has at most {} axes, got shape {}", op, kMaxRank, to_string(shape));
  int64_t n = static_cast<int64_t>(element_size);
  for (int64_t d : shape) {
    if (d < 0) invalid("{}: a dimension must not be negative, got shape {}", op, to_string(shape));
    if (d == 0) continue;
    if (__builtin_mul_overflow(n, d, &n) || n > kMaxBytes)
      invalid("{}: shape {} holds more bytes than memory can address", op, to_string(shape));
  }
}

Shape::Dims strides_of(const Shape& shape) {
  Shape::Dims strides(shape.rank(), 1);
  for (std::size_t i = shape.rank(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Shape::Dims broadcast_strides(const Shape& shape, const Shape& out) {
  const Shape::Dims own = strides_of(shape);
  Shape::Dims strides(out.rank(), 0);
  const std::size_t offset = out.rank() - shape.rank();
  for (std::size_t i = 0; i < shape.rank(); ++i)
    strides[offset + i] = shape[i] == 1 && out[offset + i] != 1 ? 0 : own[i];
  return strides;
}

}  // namespace gradtape::core
