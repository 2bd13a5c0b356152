// Whether the derivative rules of the ops between sources and a target are right.
#pragma once

#include <string>

#include "autodiff/op_check.hpp"
#include "autodiff/tape.hpp"

namespace gradtape::core {

struct CheckReport {
  std::string text;   // a line for each op
  std::string fault;  // of the op that is furthest beyond its error; empty: none was found
};
// The caller keeps tapes from recording, and takes back what is drawn.
CheckReport check(const Tape& tape, const Tensor& target, std::span<const Source> sources, const CheckOptions& options);

}  // namespace gradtape::core
