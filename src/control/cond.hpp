// cond: one of two bodies, chosen by a predicate.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

// predicate: bool[]. Both functions are recorded; the one that is chosen runs.
Tensors cond(Recorder& r, std::string_view what, const Tensor& predicate, const Tensors& inputs,
             const FunctionBody& yes, const FunctionBody& no);

}  // namespace gradtape::core
