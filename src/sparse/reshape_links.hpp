// Links through a change of shape.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// Adds the link of a tensor of shape `in` to those of the same elements under another shape.
void reshape_link(const Link& link, const Shape& in, Links& out);

}  // namespace gradtape::core
