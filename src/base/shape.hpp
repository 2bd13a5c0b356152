// Shapes of dense row-major tensors, and the integer arithmetic on sizes that must not overflow.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/small_vector.hpp"

namespace gradtape::core {

// Users give at most GT_MAX_RANK = 16 axes; a Jacobian of such by such has 32, and one more while its rows are computed
// together.
inline constexpr std::size_t kMaxRank = 40;
inline constexpr int64_t kMaxBytes = int64_t{1} << 62;

class Shape {
 public:
  using Dims = SmallVector<int64_t, 4>;

  Shape() = default;
  Shape(std::initializer_list<int64_t> dims) : dims_(dims) {}
  explicit Shape(std::span<const int64_t> dims) : dims_(dims.begin(), dims.end()) {}
  explicit Shape(Dims dims) : dims_(std::move(dims)) {}

  std::size_t rank() const { return dims_.size(); }
  int64_t operator[](std::size_t i) const { return dims_[i]; }
  int64_t& operator[](std::size_t i) { return dims_[i]; }
  const int64_t* begin() const { return dims_.begin(); }
  const int64_t* end() const { return dims_.end(); }
  std::span<const int64_t> dims() const { return dims_; }
  friend bool operator==(const Shape&, const Shape&) = default;

  // Number of elements. Shapes of recorded tensors are checked (check_bytes), so this does not overflow.
  int64_t elements() const { return product(0, rank()); }
  int64_t product(std::size_t first, std::size_t last) const {
    int64_t n = 1;
    for (std::size_t i = first; i < last; ++i) n *= dims_[i];
    return n;
  }

  void push_back(int64_t d) { dims_.push_back(d); }
  Shape with_leading(int64_t d) const;
  Shape without(std::size_t axis) const;
  Shape without_leading() const { return without(0); }
  Shape replaced(std::size_t axis, int64_t d) const;
  Shape inserted(std::size_t axis, int64_t d) const;

 private:
  Dims dims_;
};

template <>
inline constexpr bool kMovesByBytes<Shape> = true;

std::string to_string(const Shape& shape);  // "[2, 3]"
std::string to_string(std::span<const int64_t> values);

// The shape numpy's broadcasting rule gives, or false where the two do not fit.
bool broadcast_shapes(const Shape& a, const Shape& b, Shape& out);

// Throws unless every dim is >= 0, the rank is at most kMaxRank and elements * element_size fits.
void check_bytes(std::string_view op, const Shape& shape, std::size_t element_size);

// Row-major strides in elements; a dim of 1 broadcast against out's gets stride 0.
Shape::Dims strides_of(const Shape& shape);
Shape::Dims broadcast_strides(const Shape& shape, const Shape& out);

}  // namespace gradtape::core
