// Links of one form at an even distance, as one link with a parameter more.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// Makes `a`, which holds links of b's form along one of its parameters, the union of it and b, if b comes next.
bool extend_line(Link& a, const Link& b);
// Replaces affine links that follow each other, in rows and in columns, by few.
void gather_lines(std::vector<Link>& links);

}  // namespace gradtape::core
