// Dense Jacobians and Hessians that are mostly zeros: accumulated along links, and written between zeros.
#pragma once

#include <optional>

#include "autodiff/tape.hpp"

namespace gradtape::core {

// [target..., source...] of a target by a source that are tensors on the tape. symmetric: the matrix is known to be, and
// its lower triangle is mirrored. Nothing: products with vectors are the better way.
std::optional<Tensor> dense_by_links(const Tape& tape, const Tensor& target, const Source& source, bool symmetric);

}  // namespace gradtape::core
