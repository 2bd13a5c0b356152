// Orders of the rows and columns of a square pattern that bring its entries near to the diagonal.
#pragma once

#include "sparse/pattern.hpp"

namespace gradtape::core {

// place[i] is the new place of row and column i: the order of Cuthill and McKee, reversed.
std::vector<int64_t> narrow_order(const Pattern& square);
std::vector<int64_t> same_order(int64_t n);

// The most places that an entry lies below, and above, the diagonal.
struct Bands {
  int64_t below = 0, above = 0;
};
Bands bands_of(const Pattern& square, std::span<const int64_t> place);

}  // namespace gradtape::core
