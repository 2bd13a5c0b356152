// A broadcast operand, written out for some elements of the result.
#pragma once

#include "base/layout.hpp"

namespace gradtape::core::kernels {

// Writes elements [at, at + n) of x, seen through the layout in row-major order, to out. A stride of 0 repeats. size:
// of an element.
void expand_strided(const void* x, std::size_t size, const Layout& layout, int64_t at, std::size_t n, void* out);

}  // namespace gradtape::core::kernels
