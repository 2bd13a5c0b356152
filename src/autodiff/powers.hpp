// Powers of what is itself a root. |x|, a length and the like have no second derivative at 0, their powers do.
#pragma once

#include <functional>
#include <optional>

#include "graph/recorder.hpp"

namespace gradtape::core {

// A node's output as a smooth function, recorded anew, of the inputs of the root that the node is a power of, or of the
// root.
struct SmoothPower {
  Tensor value;
  Tensors inputs;

  // Whether a derivative goes through t, which lies between the two.
  bool between(const Tensor& t) const;
};
// Nothing: the node is no such power, or something on the way stands for itself: a source, or not recorded.
std::optional<SmoothPower> smooth_power(const Node& node, const std::function<bool(const Tensor&)>& stands);

}  // namespace gradtape::core
