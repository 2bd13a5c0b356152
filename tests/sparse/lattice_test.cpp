// Lattice colourings: the least moduli of known stencils, and the colours of points.
#include "sparse/lattice.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sparse/compression.hpp"
#include "support/compressed.hpp"
#include "support/patterns.hpp"

namespace gradtape::core {
namespace {

Lattice on_line(int64_t points, std::initializer_list<int64_t> offsets) {
  Lattice lattice{{points}, {}};
  for (const int64_t offset : offsets) lattice.offsets.push_back({offset});
  return lattice;
}
// All points within `reach` of a point along each axis.
Lattice box(const Shape& grid, int64_t reach) {
  Lattice lattice{grid, {Shape::Dims()}};
  for (std::size_t axis = 0; axis < grid.rank(); ++axis) {
    std::vector<Shape::Dims> longer;
    for (const Shape::Dims& offset : lattice.offsets)
      for (int64_t step = -reach; step <= reach; ++step) longer.push_back(offset), longer.back().push_back(step);
    lattice.offsets = std::move(longer);
  }
  return lattice;
}
int32_t modulus(const Lattice& lattice) {
  const auto formula = find_lattice_formula(lattice);
  return formula ? formula->modulus : -1;
}

TEST(Formula, HasTheKnownModuli) {
  EXPECT_EQ(modulus(on_line(9, {})), 1);
  EXPECT_EQ(modulus(on_line(9, {0})), 1);
  EXPECT_EQ(modulus(on_line(9, {4})), 1);
  EXPECT_EQ(modulus(on_line(9, {-1, 0, 1})), 3);
  EXPECT_EQ(modulus(on_line(9, {0, 2})), 3) << "1 and 2 have a common factor";
  EXPECT_EQ(modulus(on_line(99, {0, 1, 12})), 5);
  EXPECT_EQ(modulus(on_line(9, {0, 232792560})), 23) << "the least number that does not divide the distance";
  EXPECT_EQ(modulus(diamond({9, 9}, 1)), 5);
  EXPECT_EQ(modulus(diamond({9, 9}, 2)), 13);
  EXPECT_EQ(modulus(diamond({9, 9, 9}, 1)), 7);
  EXPECT_EQ(modulus(diamond({4, 4, 4, 4, 4, 4}, 1)), 13);
  EXPECT_EQ(modulus(box({9, 9}, 1)), 9);
  EXPECT_EQ(modulus(box({9, 9, 9}, 1)), 27);
  EXPECT_EQ(modulus(box({9, 9, 9}, 2)), 125);
  EXPECT_EQ(modulus({{}, {{}}}), 1) << "one point";
}

TEST(Formula, IsNotFoundForAnOffsetThatIsThereTwice) { EXPECT_EQ(modulus(on_line(9, {0, 1, 0})), -1); }

TEST(LatticeColours, AreTheFormulaAtEachPoint) {
  for (const Shape& grid : {Shape{}, Shape{7}, Shape{1, 5}, Shape{3, 4}, Shape{4, 3, 5}, Shape{3, 0, 2}}) {
    LatticeFormula formula{{}, 11};
    for (std::size_t axis = 0; axis < grid.rank(); ++axis)
      formula.factors.push_back(3 + 4 * static_cast<int64_t>(axis));
    const std::vector<int32_t> colours = lattice_colours(grid, formula);
    ASSERT_EQ(static_cast<int64_t>(colours.size()), grid.elements());
    const Shape::Dims strides = strides_of(grid);
    for (int64_t i = 0; i < grid.elements(); ++i) {
      int64_t colour = 0;
      for (std::size_t axis = 0; axis < grid.rank(); ++axis)
        colour += formula.factors[axis] * (i / strides[axis] % grid[axis]);
      EXPECT_EQ(colours[i], colour % formula.modulus) << to_string(grid) << " at " << i;
    }
  }
}

TEST(LatticeColours, CompressAsManyEntriesAsTheStencilHas) {
  for (const auto& [lattice, products] :
       {std::pair(on_line(50, {-1, 0, 1}), 3), std::pair(diamond({12, 11}, 1), 5), std::pair(diamond({12, 11}, 2), 13),
        std::pair(diamond({6, 5, 7}, 1), 7), std::pair(box({9, 10}, 1), 9)}) {
    const Pattern p = on_lattice(lattice);
    Compression c = compress_hessian(p, &lattice);
    EXPECT_TRUE(check_compression(p, c, true)) << products;
    EXPECT_EQ(c.forward, products);
    c = compress_jacobian(p, {.columns = &lattice, .rows = &lattice});
    EXPECT_TRUE(check_compression(p, c)) << products;
    EXPECT_EQ(c.forward, products);
    EXPECT_EQ(c.reverse, 0);
    c = compress_jacobian(p, {.allowed = Sweeps::reverse, .columns = &lattice, .rows = &lattice});
    EXPECT_TRUE(check_compression(p, c)) << products;
    EXPECT_EQ(c.reverse, products);
  }
}

TEST(LatticeColours, GiveWayToFewerFirstFitColours) {
  // Each row has the middle one of the thirteen points alone.
  const Lattice lattice = diamond({12, 11}, 2);
  const Pattern diagonal = banded(132, 0);
  EXPECT_EQ(compress_hessian(diagonal, &lattice).forward, 1);
  EXPECT_EQ(compress_jacobian(diagonal, {.columns = &lattice}).forward, 1);
}

TEST(LatticeColours, OfAnotherGridAreRefused) {
  const Lattice lattice = diamond({12, 11}, 1);
  EXPECT_THROW(compress_hessian(banded(131, 1), &lattice), std::exception);
  // The pattern of thirteen points is no part of the lattice.
  const Pattern wider = on_lattice(diamond({12, 11}, 2));
  EXPECT_THROW(compress_hessian(wider, &lattice), std::exception);
}

}  // namespace
}  // namespace gradtape::core
