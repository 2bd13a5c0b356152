// Why a derivative is there, is zero, or is not there.
#pragma once

#include <string>

#include "autodiff/tape.hpp"

namespace gradtape::core {

// Text about the pair: the ways between them, or the place and the reason where the way ends. May call gradient
// functions of the user's, and computes the gradient where that can be done. The caller keeps tapes from recording.
std::string explain(const Tape& tape, const Tensor& target, const Source& source);

}  // namespace gradtape::core
