// Links without lists that hold all pairs of others.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// All elements of the tensor, by all columns between the first one and the last. The links are not empty.
Link regular_hull(std::span<const Link> links, const Shape& shape);

}  // namespace gradtape::core
