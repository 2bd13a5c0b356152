// Powers of roots: |x|, a length and the like have no second derivative at 0, but their powers do.
#pragma once

#include <functional>
#include <optional>

#include "graph/recorder.hpp"

namespace gradtape::core {

// The output of a node that is a power of a root, recorded anew as a smooth function of `inputs`. These are the inputs
// of the root, or the root itself.
struct SmoothPower {
  Tensor value;
  Tensors inputs;

  // True if a derivative goes through t: t lies between the value and the inputs.
  bool between(const Tensor& t) const;
};
// Nothing: the node is no such power, or something on the way stands for itself: a source, or not recorded.
std::optional<SmoothPower> smooth_power(const Node& node, const std::function<bool(const Tensor&)>& stands);

}  // namespace gradtape::core
