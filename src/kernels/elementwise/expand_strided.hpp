// A broadcast operand, spread over a run of the result.
#pragma once

#include "base/layout.hpp"

namespace gradtape::core::kernels {

// Elements at..at+n, in row-major order, of x seen through the layout's shape and strides (in elements, 0 repeats), to
// out. size: of an element.
void expand_strided(const void* x, std::size_t size, const Layout& layout, int64_t at, std::size_t n, void* out);

}  // namespace gradtape::core::kernels
