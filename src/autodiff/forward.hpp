// Forward mode: tangents carried from sources to targets, from the same definitions as reverse mode.
#pragma once

#include "autodiff/reverse.hpp"

namespace gradtape::core {

struct ForwardRequest {
  std::span<const Tensor> targets;
  std::span<const Tensor> sources;
  std::span<const Tensor> tangents;  // one per source; empty: zero
  Passable passable;
};
// One tangent per target; empty where it depends on no source with a tangent.
Tensors forward(const ForwardRequest& request);

}  // namespace gradtape::core
