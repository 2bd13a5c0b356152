// Bodies of loops: a function of the values that a loop carries, closed over what it uses from outside.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

// The outputs of one step: the new carries, then others.
using StepFunction = std::function<Tensors(const Tensors& carries, const Tensors& rows)>;

struct LoopBody {
  // Of the carries, the rows and what was captured. A body that draws random numbers carries one more value, the number
  // of its step, behind the others.
  BodyPtr body;
  Tensors initial;  // as the loop begins with them
  Tensors captured;
};
// flow: the carries are cotangents or tangents, whose zeros mean "not selected".
LoopBody close_loop(Recorder& r, std::string_view what, const Tensors& initial, std::span<const Parameter> rows,
                    bool flow, const StepFunction& step);

// Whether a derivative may be asked of what is recorded now on these inputs.
bool may_be_differentiated(Recorder& r, std::span<const Tensor> inputs);

}  // namespace gradtape::core
