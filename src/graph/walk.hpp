// Walking a graph from its targets back, without recursion.
#pragma once

#include <algorithm>
#include <vector>

#include "graph/recorder.hpp"

namespace gradtape::core {

// Nodes of one recording have ids close together: then each finds its place by its id.
inline void sort_by_id(std::vector<Node*>& nodes) {
  const auto [first, last] = std::ranges::minmax(nodes, {}, &Node::id);
  const uint64_t span = last->id - first->id + 1, begin = first->id;
  if (span / 4 > nodes.size()) {
    std::ranges::sort(nodes, {}, &Node::id);
    return;
  }
  std::vector<Node*> by_id(span, nullptr);
  for (Node* node : nodes) by_id[node->id - begin] = node;
  std::ranges::copy_if(by_id, nodes.begin(), [](const Node* node) { return node != nullptr; });
}

// The nodes behind the targets, by rising id: an input comes before its users. A tensor for which enter(t) is false
// ends the walk.
template <class Enter>
std::vector<Node*> nodes_behind(std::span<const Tensor> targets, Enter&& enter) {
  std::vector<Node*> stack, found;
  uint64_t visit = 0;
  const auto reach = [&](const Tensor& t) {
    if (!t || !enter(t)) return;
    if (visit == 0) visit = t.recorder().next_visit();
    if (t.node()->visit == visit) return;
    t.node()->visit = visit;
    stack.push_back(t.node());
  };
  for (const Tensor& t : targets) reach(t);
  while (!stack.empty()) {
    Node* node = stack.back();
    stack.pop_back();
    found.push_back(node);
    for (const Tensor& input : node->inputs) reach(input);
  }
  // The walk meets a chain backwards.
  std::ranges::reverse(found);
  if (!std::ranges::is_sorted(found, {}, &Node::id)) sort_by_id(found);
  return found;
}

}  // namespace gradtape::core
