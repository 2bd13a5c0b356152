// linearize: the derivative of what a tape recorded, as a function of tangents or of cotangents.
#pragma once

#include "autodiff/tape.hpp"
#include "run/function.hpp"

namespace gradtape::core {

// The function holds the values between, which are computed once. transposed: it takes cotangents of the targets and
// gives those of the sources; else tangents of the sources, and gives those of the targets. Zeros where nothing is
// connected.
std::shared_ptr<Function> linearize(const std::shared_ptr<Tape>& tape, const Workers& workers, const Tensors& targets,
                                    const std::vector<Source>& sources, bool transposed);

}  // namespace gradtape::core
