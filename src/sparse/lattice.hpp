// Lattice colourings: numbers for the points of a grid, by one formula.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/shape.hpp"

namespace gradtape::core {

// Points of a grid that belong together wherever a base point stands: the base plus each offset, as far as the grid
// reaches. Points are numbered in row-major order.
struct Lattice {
  Shape grid;
  std::vector<Shape::Dims> offsets;  // one number for each axis of the grid
};

// Point x has the colour factors · x mod modulus.
struct LatticeFormula {
  Shape::Dims factors;
  int32_t modulus = 1;
};

// The formula of the least modulus that gives points which belong together different colours; nothing: the search would
// take long.
std::optional<LatticeFormula> find_lattice_formula(const Lattice& lattice);
// By point of the grid.
std::vector<int32_t> lattice_colours(const Shape& grid, const LatticeFormula& formula);

}  // namespace gradtape::core
