// Second derivatives of a tape's recording: products, blocks, diagonals, and those of each sample of a batch. A target
// stands for the sum of its elements.
#pragma once

#include "autodiff/jacobian.hpp"

namespace gradtape::core {

// products[i] = sum over j of d^2 target / (d sources[i] d sources[j]) vectors[j]. vectors: empty ones are zero. Empty
// results: unconnected.
Tensors hvp(Tape& tape, const Tensor& target, std::span<const Source> sources, std::span<const Tensor> vectors,
            bool zero_unconnected);
// Block (i, j), row by row: d^2 target / (d sources[i] d sources[j]), of the shape of source i, then of source j.
Tensors hessian(Tape& tape, const Tensor& target, std::span<const Source> sources, const JacobianOptions& options);
// The diagonals of the blocks (i, i), of the shapes of the sources.
Tensors hessian_diagonal(Tape& tape, const Tensor& target, std::span<const Source> sources,
                         const JacobianOptions& options);
// The Hessian of each sample: target [batch, ...], source [batch, x...], result [batch, x..., x...].
Tensor batch_hessian(Tape& tape, const Tensor& target, const Source& source, const JacobianOptions& options);

}  // namespace gradtape::core
