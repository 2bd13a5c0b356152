// Direct recovery: from which product each entry of a compressed matrix is read.
#pragma once

#include "sparse/colouring.hpp"
#include "sparse/compression.hpp"

namespace gradtape::core {

// Colours of which no entry needs a product are dropped. Fails if an entry can be read from no product.
Compression recover_jacobian(const Pattern& p, const Pattern& t, Draft draft);
// `colouring`: of columns; products of rows are the same, by symmetry.
Compression recover_hessian(const Pattern& p, Draft draft);

}  // namespace gradtape::core
