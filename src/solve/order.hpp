// Orders of unknowns that bring the entries of a sparse matrix near to its diagonal.
#pragma once

#include "solve/matrix.hpp"

namespace gradtape::solving {

// The unknowns that share an entry with each other, on either side of the diagonal.
struct Graph {
  std::vector<int64_t> offsets, neighbours;
  int64_t size() const { return static_cast<int64_t>(offsets.size()) - 1; }
  int64_t degree(int64_t i) const { return offsets[static_cast<size_t>(i) + 1] - offsets[static_cast<size_t>(i)]; }
};
Graph graph_of(const Matrix& square);

// place[i] is the new place of unknown i: the order of Cuthill and McKee, reversed.
std::vector<int64_t> narrow_order(const Graph& graph);

// The most places that an entry lies below, and above, the diagonal.
struct Bands {
  int64_t below = 0, above = 0;
};
Bands bands_of(const Matrix& square, const std::vector<int64_t>& place);

}  // namespace gradtape::solving
