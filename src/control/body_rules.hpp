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

// The body's results on inputs with values, computed op by op. `where` begins the message of one that fails.
Tensors computed(const Body& body, std::span<const Tensor> in, std::string_view where);

// The body with rows of `size` for the inputs that `batched` names. results_batched: by output.
Tensors on_batch(const Body& body, const Tensors& in, const std::vector<uint8_t>& batched, int64_t size,
                 std::vector<uint8_t>& results_batched);
// Brings a carried value after a step on a batch to the form that it had before. Rows of a carried value that depends
// on no row are alike: an op with bodies gives rows for each of its outputs.
void fit_batch(Tensor& result, uint8_t& made, bool wanted, int64_t size);
// The results of on_batch, those without rows repeated. made: its results_batched.
Tensors all_rows(Tensors results, const std::vector<uint8_t>& made, int64_t size);

// The inputs and outputs of an op that its derivative involves. given: the op's inputs but the first `skipped` ones,
// then the cotangents or the tangents.
struct Involved {
  std::vector<std::size_t> inputs, outputs;
  Tensors given;
};
// Outputs with cotangents; inputs whose cotangents are wanted and depend on those.
Involved involved_backwards(const Call& c, const Control& s, const Tensors& cotangents, std::size_t skipped = 0);
// Inputs with tangents; outputs that those move.
Involved involved_forwards(const Call& c, const Control& s, const Tensors& tangents, std::size_t skipped = 0);

}  // namespace gradtape::core
