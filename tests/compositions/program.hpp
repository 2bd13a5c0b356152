// A composition of ops: leaves and nodes in order, that can be built, drawn, checked, reduced and printed.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/samples.hpp"

namespace test {

using Dims = std::vector<int64_t>;
using Random = std::mt19937_64;

struct Ref {
  std::size_t node = 0, output = 0;
  bool operator==(const Ref&) const = default;
};

// A leaf (kind 's': a source, 'c': a constant, 'i': indices, 'b': a mask) or, with kind 'o', an op applied to earlier
// nodes.
struct ProgramNode {
  char kind = 'o';
  std::string op{};
  json attrs = json::object();
  std::vector<Ref> inputs{};
  Dims shape{};     // of a leaf
  Values values{};  // of a leaf

  bool is_leaf() const { return kind != 'o'; }
};

struct Program {
  std::vector<ProgramNode> nodes;
  Ref target;

  std::size_t add(ProgramNode node) {
    nodes.push_back(std::move(node));
    return nodes.size() - 1;
  }
  Ref leaf(char kind, const Dims& shape, const Values& values) { return {add({kind, "", {}, {}, shape, values}), 0}; }
  Ref apply(const std::string& op, const std::vector<Ref>& inputs, const json& attrs = json::object()) {
    return {add({'o', op, attrs, inputs, {}, {}}), 0};
  }
  std::vector<std::size_t> sources() const;
  // Without what the target does not need, but for sources.
  Program without_unused() const;
  // One node a line.
  std::string text() const;
};

// The tensor of a leaf, with other values than its own where `values` is given.
gt_tensor leaf_tensor(gt_context c, const ProgramNode& leaf, const Values* values = nullptr);

// All nodes' outputs; sources: tensors to stand for the sources. An op that fails gives no outputs, and stops it.
std::vector<std::vector<gt_tensor>> build(gt_context c, const Program& p, const std::vector<gt_tensor>& sources);

}  // namespace test
