// Links as translations: a grid that fits the strides of all, and the offset of each.
#include "sparse/lattice_of_links.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
// The strides of the columns that links have, largest first. Each divides the one before.
std::optional<Shape> grid_of(const Links& links, int64_t columns) {
  Shape::Dims strides;
  for (const Link& link : links.all()) {
    if (link.row_list || link.column_list) return std::nullopt;
    for (const int64_t s : link.column.steps) {
      if (s <= 0) return std::nullopt;
      if (std::ranges::find(strides, s) == strides.end()) strides.push_back(s);
    }
  }
  if (std::ranges::find(strides, 1) == strides.end()) strides.push_back(1);
  std::ranges::sort(strides, std::greater<>());
  Shape grid;
  int64_t above = columns;
  for (const int64_t s : strides) {
    if (s > above || above % s != 0) return std::nullopt;
    grid.push_back(above / s);
    above = s;
  }
  return grid;
}
// The base point of an element moves along one axis of the grid with each parameter. By axis of the grid: the steps of
// the element's coordinates, which are the same for all links.
using Directions = std::vector<std::optional<Shape::Dims>>;

bool follow(const Link& link, const Shape::Dims& strides, Directions& directions) {
  for (std::size_t p = 0; p < link.box.size(); ++p) {
    const auto axis = static_cast<std::size_t>(std::ranges::find(strides, link.column.steps[p]) - strides.begin());
    Shape::Dims steps;
    for (const Affine& row : link.rows) steps.push_back(row.steps[p]);
    if (std::ranges::all_of(steps, [](int64_t s) { return s == 0; })) return false;
    if (!directions[axis]) directions[axis] = steps;
    if (!std::ranges::equal(*directions[axis], steps)) return false;
  }
  return true;
}
}  // namespace

std::optional<Lattice> lattice_of_rows(const Links& links, int64_t columns) {
  if (links.empty() || columns == 0) return std::nullopt;
  const std::optional<Shape> grid = grid_of(links, columns);
  if (!grid) return std::nullopt;
  const Shape::Dims strides = strides_of(*grid);
  Directions directions(grid->rank());
  for (const Link& link : links.all())
    if (!follow(link, strides, directions)) return std::nullopt;
  // Element r of the tensor has the base point x with r = sum over q of directions[q] x[q]. Each axis of the tensor
  // belongs to one of the grid at the most, or its steps divide each other.
  Lattice lattice{*grid, {}};
  for (const Link& link : links.all()) {
    Shape::Dims offset(grid->rank(), 0);
    for (std::size_t q = 0; q < grid->rank(); ++q) offset[q] = link.column.first / strides[q] % (*grid)[q];
    for (std::size_t a = 0; a < link.rows.size(); ++a) {
      int64_t rest = link.rows[a].first;
      for (std::size_t q = 0; q < grid->rank(); ++q) {
        const int64_t step = directions[q] ? (*directions[q])[a] : 0;
        if (step == 0) continue;
        if (step < 0) return std::nullopt;
        offset[q] -= rest / step;
        rest %= step;
      }
      if (rest != 0) return std::nullopt;
    }
    if (std::ranges::find(lattice.offsets, offset) == lattice.offsets.end()) lattice.offsets.push_back(offset);
  }
  return lattice;
}

}  // namespace gradtape::core
