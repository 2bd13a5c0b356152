// Patterns of sparse matrices: random ones, and those of well-known problems.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "sparse/lattice.hpp"
#include "sparse/pattern.hpp"

namespace gradtape::core {

// Rows of columns, in any order and with repetitions.
inline Pattern pattern_of(int64_t columns, std::vector<std::vector<int32_t>> rows) {
  Pattern p{static_cast<int64_t>(rows.size()), columns, {0}, {}};
  for (std::vector<int32_t>& row : rows) {
    std::ranges::sort(row);
    const auto end = std::unique(row.begin(), row.end());
    p.indices.insert(p.indices.end(), row.begin(), end);
    p.offsets.push_back(p.nonzeros());
  }
  return p;
}
// Entry (i, j) is there if has(i, j).
template <class Has>
Pattern pattern_where(int64_t rows, int64_t columns, Has has) {
  std::vector<std::vector<int32_t>> all(rows);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      if (has(i, j)) all[i].push_back(static_cast<int32_t>(j));
  return pattern_of(columns, std::move(all));
}
inline Pattern random_pattern(int64_t rows, int64_t columns, double density, unsigned seed) {
  std::mt19937 random(seed);
  std::bernoulli_distribution there(density);
  return pattern_where(rows, columns, [&](int64_t, int64_t) { return there(random); });
}
// The entries of a square pattern, and their mirror images.
inline Pattern mirrored(const Pattern& p) {
  const Pattern t = transposed(p);
  std::vector<std::vector<int32_t>> all(p.rows);
  for (const Pattern* of : {&p, &t})
    for (int64_t i = 0; i < p.rows; ++i)
      all[i].insert(all[i].end(), of->indices.begin() + of->offsets[i], of->indices.begin() + of->offsets[i + 1]);
  return pattern_of(p.columns, std::move(all));
}

inline Pattern banded(int64_t n, int64_t half_width) {
  std::vector<std::vector<int32_t>> rows(n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = std::max<int64_t>(0, i - half_width); j <= std::min(n - 1, i + half_width); ++j)
      rows[i].push_back(static_cast<int32_t>(j));
  return pattern_of(n, std::move(rows));
}
// The first row and column, and the diagonal.
inline Pattern arrowhead(int64_t n) {
  std::vector<std::vector<int32_t>> rows(n);
  for (int32_t i = 0; i < n; ++i) rows[0].push_back(i), rows[i].push_back(i), rows[i].push_back(0);
  return pattern_of(n, std::move(rows));
}
inline Pattern blocks(int64_t count, int64_t size) {
  return pattern_where(count * size, count * size, [=](int64_t i, int64_t j) { return i / size == j / size; });
}
// Row x has the points x + offset of the grid.
inline Pattern on_lattice(const Lattice& lattice) {
  const Shape& grid = lattice.grid;
  const Shape::Dims strides = strides_of(grid);
  std::vector<std::vector<int32_t>> rows(grid.elements());
  for (int64_t i = 0; i < grid.elements(); ++i)
    for (const Shape::Dims& offset : lattice.offsets) {
      int64_t j = i;
      bool inside = true;
      for (std::size_t axis = 0; axis < grid.rank(); ++axis) {
        const int64_t x = i / strides[axis] % grid[axis] + offset[axis];
        inside = inside && x >= 0 && x < grid[axis];
        j += offset[axis] * strides[axis];
      }
      if (inside) rows[i].push_back(static_cast<int32_t>(j));
    }
  return pattern_of(grid.elements(), std::move(rows));
}
// The points at a distance of at most `reach` steps along the axes: 5 for reach 1, 13 for reach 2, in two dimensions.
inline Lattice diamond(const Shape& grid, int64_t reach) {
  Lattice lattice{grid, {Shape::Dims()}};
  for (std::size_t axis = 0; axis < grid.rank(); ++axis) {
    std::vector<Shape::Dims> longer;
    for (const Shape::Dims& offset : lattice.offsets) {
      int64_t left = reach;
      for (const int64_t step : offset) left -= std::abs(step);
      for (int64_t step = -left; step <= left; ++step) {
        longer.push_back(offset);
        longer.back().push_back(step);
      }
    }
    lattice.offsets = std::move(longer);
  }
  return lattice;
}
// Constraints x[k + 1] = f(x[k], u[k]) of a control problem: states of the next step alone, all of this one.
inline Pattern control_blocks(int64_t steps, int64_t states, int64_t controls) {
  const int64_t width = states + controls;
  return pattern_where((steps - 1) * states, steps * width, [=](int64_t i, int64_t j) {
    return j / width == i / states || j == (i / states + 1) * width + i % states;
  });
}
// Two ends for each edge.
inline Pattern edges(int64_t vertices, int64_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int32_t> vertex(0, static_cast<int32_t>(vertices) - 1);
  std::vector<std::vector<int32_t>> rows(count);
  for (std::vector<int32_t>& row : rows) row = {vertex(random), vertex(random)};
  return pattern_of(vertices, std::move(rows));
}

// A network that grows: each vertex joins three others, and those of many neighbours more often.
inline Pattern network(int64_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<int32_t>> rows(n);
  std::vector<int32_t> ends = {0};
  for (int32_t v = 0; v < n; ++v) {
    rows[v].push_back(v);
    for (int k = 0; k < 3; ++k) {
      rows[v].push_back(ends[random() % ends.size()]);
      ends.push_back(rows[v].back());
      ends.push_back(v);
    }
  }
  return mirrored(pattern_of(n, std::move(rows)));
}

struct Shaped {
  std::string name;
  Pattern pattern;
};
inline std::vector<Shaped> shaped_patterns() {
  return {
      {"diagonal", banded(9, 0)},
      {"tridiagonal", banded(30, 1)},
      {"band", banded(40, 4)},
      {"arrowhead", arrowhead(25)},
      {"five points", on_lattice(diamond({7, 8}, 1))},
      {"thirteen points", on_lattice(diamond({9, 7}, 2))},
      {"blocks", blocks(6, 4)},
      {"dense", blocks(1, 11)},
      {"empty", Pattern{5, 5, std::vector<int64_t>(6), {}}},
      {"one dense row", pattern_where(20, 20, [](int64_t i, int64_t j) { return i == j || i == 7; })},
      {"one dense column", pattern_where(20, 20, [](int64_t i, int64_t j) { return i == j || j == 7; })},
      {"control", control_blocks(7, 3, 2)},
      {"edges", edges(30, 50, 3)},
      {"network", network(60, 4)},
      {"no rows", Pattern{0, 4, {0}, {}}},
      {"no columns", Pattern{4, 0, std::vector<int64_t>(5), {}}},
      {"long rows", pattern_where(40, 700, [](int64_t i, int64_t j) { return i < 3 ? j % 2 == 0 : j % 40 == i; })},
  };
}

}  // namespace gradtape::core
