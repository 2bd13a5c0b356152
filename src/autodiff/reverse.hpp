// Reverse mode: cotangents carried from targets back to sources, each step recorded as more nodes.
#pragma once

#include <functional>
#include <unordered_set>

#include "graph/recorder.hpp"

namespace gradtape::core {

// The tensors that a derivative may pass through: those on a tape, or all of a graph.
using Passable = std::function<bool(const Tensor&)>;
// True if t is computed from a placeholder. The derivative of a symbolic map passes through such tensors.
inline bool is_symbolic_result(const Tensor& t) { return t.node()->symbolic && !t.node()->inputs.empty(); }
// Passable are the results that are recorded after this call.
inline Passable recorded_since(const Recorder& r) {
  return [first = r.next_id()](const Tensor& t) { return t.node()->id >= first && !t.node()->inputs.empty(); };
}

struct ReverseRequest {
  std::span<const Tensor> targets;
  std::span<const Tensor> cotangents;  // one per target, of its shape and dtype
  std::span<const Tensor> sources;
  Passable passable;  // is this tensor the result of an op the derivative may go through
};
// One cotangent per source; empty where no target depends on it.
Tensors reverse(const ReverseRequest& request);

// The nodes between sources and targets, by rising id. A target is computed from each of them through passable tensors,
// and each depends on a source. Found without recursion.
struct Path {
  std::vector<Node*> nodes;
  std::function<bool(const Tensor&)> on_path;  // a source, or depends on one
};
// The floating tensors that the nodes of a path read.
std::unordered_set<Tensor, TensorHash, TensorSame> inputs_of(const Path& path);
Path path_between(std::span<const Tensor> targets, std::span<const Tensor> sources, const Passable& passable);

// The inputs and attributes of a node while a rule runs. The rule may compute the node, which then lets go of both.
struct Held {
  Tensors inputs;
  AttrsPtr attrs;
  explicit Held(const Node& node) : inputs(node.inputs), attrs(node.attrs) {}
};

// The error for an op without a derivative.
[[noreturn]] void no_derivative(const Op& op, const std::string& reason);

}  // namespace gradtape::core
