// Links that follow one affine function from different places on.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// The parameters of `a` at which `b` begins. Nothing: the two do not follow one function, or a list is among them.
std::optional<Shape::Dims> shift_between(const Link& a, const Link& b);

}  // namespace gradtape::core
