// The part of the graph that an evaluation has to compute: its nodes in order, the values they start from, and what
// must be kept.
#pragma once

#include <vector>

#include "graph/recorder.hpp"
#include "plan/structure_hash.hpp"

namespace gradtape::core {

struct Schedule {
  Recorder* recorder;
  bool fixed = false;          // a function's: constants never change, so that plans may be made for their values
  std::vector<Node*> nodes;    // by rising id: inputs come before their users
  std::vector<Tensor> leaves;  // tensors with values that the nodes read; slot i is leaf i
  std::vector<uint8_t> kept;   // per node: which outputs something outside still holds, as bits (keeps)
  uint32_t slots = 0;          // leaves first, then the outputs of the nodes in order
  StructureHash::Value hash;   // of the structure: ops, attributes, shapes, connections, what is kept

  // The outputs behind the first are held together.
  static constexpr uint8_t kFirst = 1, kLater = 2, kAll = kFirst | kLater;
  bool keeps(std::size_t node, std::size_t output) const { return (kept[node] & (output == 0 ? kFirst : kLater)) != 0; }
};

// Throws where a target has no value because it depends on a placeholder, or on an input of a function that is being
// recorded.
void check_computable(std::span<const Tensor> targets);
Schedule schedule(Recorder& recorder, std::span<const Tensor> targets);

// The schedule of one node, whose inputs count as leaves. The caller has their values.
Schedule schedule_of_node(Recorder& recorder, Node& node);

// The schedule of a recorded function. Its parameters count as leaves, and only the targets are kept.
Schedule schedule_of_function(Recorder& recorder, std::span<const Tensor> targets);
// The schedule of tensors that may depend on placeholders and parameters: these count as leaves. It serves for a plan that
// is measured, and not run.
Schedule schedule_of_symbols(Recorder& recorder, std::span<const Tensor> targets);
// The error of a body that computes with a tensor without a value that is none of its function's parameters.
[[noreturn]] void fail_without_value();

}  // namespace gradtape::core
