// Walking a graph from its targets back, without recursion.
#pragma once

#include <algorithm>
#include <vector>

#include "graph/recorder.hpp"

namespace gradtape::core {

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
  if (!std::ranges::is_sorted(found, {}, &Node::id)) std::ranges::sort(found, {}, &Node::id);
  return found;
}

}  // namespace gradtape::core
