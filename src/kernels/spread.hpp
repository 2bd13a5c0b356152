// A broadcast operand, spread over a run of the result.
#pragma once

#include "base/shape.hpp"

namespace gradtape::kernels {

// Elements at..at+n of x seen through the strides (in elements, 0 repeats) over `loop`, in row-major order, to out.
// size: of an element.
void spread(const void* x, std::size_t size, const Shape& loop, const Shape::Dims& strides, int64_t at, std::size_t n,
            void* out);

}  // namespace gradtape::kernels
