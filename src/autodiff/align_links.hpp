// Links in one box, so that one loop computes the factors of all and writes them.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// A box of which each link's box is a part: all of it, but for some places along the first axis.
struct Alignment {
  Shape::Dims box;
  std::vector<int64_t> first;  // by link: the place along the first axis at which its own box begins

  int64_t elements_before(std::size_t link) const;
  int64_t elements() const;
};
// Elements of the box of equal parameters are in one row of the tensor. Nothing: no box has all links as such parts, or
// those would leave out more than a few of its elements.
std::optional<Alignment> alignment_of(const Links& links);

}  // namespace gradtape::core
