// The place on a route at which a gradient becomes zero.
#pragma once

#include <string>

#include "autodiff/route.hpp"

namespace gradtape::core {

// A line about the gradient of the target's sum by the source. It tells the size of the gradient, or the op behind
// which it is zero, or the error with which it fails.
std::string flow_of_gradient(const Tape& tape, const Tensor& target, const Source& source, const Route& route);

}  // namespace gradtape::core
