// Direct recovery: from which product each entry of a compressed matrix is read.
#pragma once

#include "sparse/colouring.hpp"
#include "sparse/compression.hpp"

namespace gradtape::core {

// Products that no entry needs are dropped. Fails if no product gives an entry.
Compression recover_jacobian(const Pattern& p, const Pattern& t, Draft draft);
// The draft has colours of columns alone. By symmetry they are those of rows.
Compression recover_hessian(const Pattern& p, Draft draft);

}  // namespace gradtape::core
