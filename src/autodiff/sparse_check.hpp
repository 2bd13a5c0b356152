// A check of sparse values that knows nothing of links and colours.
#pragma once

#include "autodiff/sparsity.hpp"

namespace gradtape::core {

// Compares a product of the sparse matrix and a vector with that of the derivative itself, by the tape. The vector's
// numbers are fixed ones without a pattern. Throws, naming the element at which the two differ.
void check_sparse_values(Tape& tape, const Tensor& target, std::span<const Source> sources, const Sparsity& s,
                         const Tensor& values, const char* function);

}  // namespace gradtape::core
