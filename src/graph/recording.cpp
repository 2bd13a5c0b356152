#include "graph/recording.hpp"

#include <algorithm>

#include "graph/recorder.hpp"

namespace gradtape {

bool Recording::holds(const Tensor& t) const {
  const Node::Membership* m = t.node()->membership(this);
  if (!m) return false;
  if (!m->watched || t.node()->outputs.size() == 1) return true;
  return std::ranges::any_of(watched_, [&](const Tensor& w) { return w.same(t); });
}

bool Recording::recorded(const Tensor& t) const {
  const Node::Membership* m = t.node()->membership(this);
  return m && !m->watched;
}

void Recording::watch(const Tensor& t) {
  if (holds(t)) return;
  watched_.push_back(t);
  if (t.node()->membership(this)) return;  // another output of the same node is watched
  try {
    t.node()->memberships.push_back({this, 0, true});
  } catch (...) {
    watched_.pop_back();
    throw;
  }
}

void Recording::watch(const VariablePtr& variable) {
  auto it = std::ranges::find_if(reads_, [&](const Read& r) { return r.variable == variable; });
  if (it == reads_.end()) {
    reads_.push_back({variable, {}});
    it = reads_.end() - 1;
  }
  watch(variable->value);
  if (!std::ranges::any_of(it->values, [&](const Tensor& v) { return v.same(variable->value); }))
    it->values.push_back(variable->value);
}

void Recording::note_read(const VariablePtr& variable) {
  if ((watches_variables_ && variable->trainable) || read_of(variable.get())) watch(variable);
}

const Recording::Read* Recording::read_of(const Variable* variable) const {
  for (const Read& read : reads_)
    if (read.variable.get() == variable) return &read;
  return nullptr;
}

void Recording::add(Node& node) {
  if (dropped_ > 1024 && dropped_ * 2 > nodes_.size()) compact();
  if (nodes_.size() == nodes_.capacity()) nodes_.reserve(nodes_.size() * 2 + 16);
  node.memberships.push_back({this, static_cast<uint32_t>(nodes_.size()), false});
  nodes_.push_back(&node);
}

void Recording::compact() noexcept {
  std::size_t kept = 0;
  for (Node* node : nodes_) {
    if (!node) continue;
    for (Node::Membership& m : node->memberships)
      if (m.recording == this) m.index = static_cast<uint32_t>(kept);
    nodes_[kept++] = node;
  }
  nodes_.resize(kept);
  dropped_ = 0;
}

void Recording::clear() noexcept {
  // Detaching one node may free others of the list, which then null their entries: walk by index.
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (Node* node = nodes_[i]) {
      nodes_[i] = nullptr;
      node->forget(this);
    }
  nodes_.clear();
  dropped_ = 0;
  for (const Tensor& t : watched_) t.node()->forget(this);
  watched_.clear();
  reads_.clear();
}

}  // namespace gradtape
