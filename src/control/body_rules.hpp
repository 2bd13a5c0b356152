// The derivatives of a body at its inputs, and the body on a batch.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

// Cotangents of the wanted inputs for those of the outputs; zeros where they are not connected. in: the body's inputs.
Tensors pull_back(const Body& body, const Tensors& in, const std::vector<std::size_t>& outputs,
                  const Tensors& cotangents, const std::vector<std::size_t>& wanted);
// All outputs, then tangents of those in `outputs` for the tangents of the inputs in `moved`.
Tensors push_forward(const Body& body, const Tensors& in, const std::vector<std::size_t>& moved,
                     const Tensors& tangents, const std::vector<std::size_t>& outputs);

// The body with rows of `size` for the inputs that `batched` names. results_batched: by output.
Tensors on_batch(const Body& body, const Tensors& in, const std::vector<uint8_t>& batched, int64_t size,
                 std::vector<uint8_t>& results_batched);

}  // namespace gradtape::core
