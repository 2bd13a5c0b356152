// The vocabulary of batch rules: inputs and axes of a call on a batch.
#pragma once

#include "ops/functions.hpp"

namespace gradtape::core {

Tensor repeated(const Tensor& t, int64_t size);  // along a new leading axis
// Input i with the leading axis, repeated along it if it had none; all inputs.
Tensor full_input(const BatchCall& b, std::size_t i);
Tensors full_inputs(const BatchCall& b);
// All inputs, with axes of size 1 behind their leading axis, which then stands before the same number of axes in each.
// So they broadcast from the right.
Tensors aligned_inputs(const BatchCall& b);
// Axes of the call, counted with the leading axis.
Ints axes_in_batch(const Ints& axes);
Ints prepend(int64_t first, const Ints& values);

}  // namespace gradtape::core
