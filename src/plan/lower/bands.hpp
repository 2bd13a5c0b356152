// Matrices that are 0 but on a few diagonals: the seeds of Jacobians, and what elementwise ops, slices and padding make
// of them. The planner follows them by their bands. A product with a diagonal matrix is then a scaling, and the Hessian
// of a sum of local terms is computed in its bands alone.
#pragma once

#include "plan/ir/program.hpp"

namespace gradtape::core {

// The entries at (column + offset, column) for `count` columns from `first` on.
struct Band {
  int64_t offset, first, count;
  Operand factors;  // what stands there: of the matrix's shape, but size 1 along the rows and `count` along the columns
  bool same_place(const Band& other) const {
    return offset == other.offset && first == other.first && count == other.count;
  }
};
struct Banded {
  Shape shape;
  std::size_t row, column;  // the two axes; along all others it may repeat, or its factors vary
  SmallVector<Band, 2> bands;

  Shape band_shape(const Band& b) const { return shape.replaced(row, 1).replaced(column, b.count); }
  // Whether it is square with all its ones, and nothing else.
  bool is_diagonal() const {
    return bands.size() == 1 && bands[0].offset == 0 && bands[0].first == 0 && bands[0].count == shape[column] &&
           shape[row] == shape[column];
  }
};

// The identity matrix of order n, seen through a layout over its memory. one: the number 1.
std::optional<Banded> identity_seen(int64_t n, const Layout& layout, uint32_t one);
// A banded slot, seen through a layout over its memory and broadcast to a shape.
std::optional<Banded> bands_seen(const Banded& slot, const Layout& layout, const Shape& shape);
// The same with zeros around: paddings before and after each axis.
std::optional<Banded> padded(const Banded& x, const Ints& paddings, const Shape& shape);
// The symmetric matrix with the same lower triangle; empty where rows and columns are not the last two axes.
std::optional<Banded> mirrored(const Banded& x);
// Any operand of the matrix's shape, restricted to a band.
Operand on_band(const Operand& x, const Banded& matrix, const Band& band);

}  // namespace gradtape::core
