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
    t.node()->join({this, 0, true});
  } catch (...) {
    watched_.pop_back();
    throw;
  }
}

void Recording::watch(const VariablePtr& variable) {
  const Tensor& value = variable->value;
  const auto [it, is_new] = read_at_.try_emplace(variable.get(), reads_.size());
  if (is_new) try {
      reads_.push_back({variable, {}});
    } catch (...) {
      read_at_.erase(it);
      throw;
    }
  Tensors& values = reads_[it->second].values;
  if (!values.empty() && values.back().same(value)) return;
  const bool known = holds(value);  // most often not: then it is none of the values, however many there are
  watch(value);
  if (!known || std::ranges::none_of(values, [&](const Tensor& v) { return v.same(value); })) values.push_back(value);
}

void Recording::note_read(const VariablePtr& variable) {
  if ((watches_variables_ && variable->trainable) || read_of(variable.get())) watch(variable);
}

const Recording::Read* Recording::read_of(const Variable* variable) const {
  const auto it = read_at_.find(variable);
  return it == read_at_.end() ? nullptr : &reads_[it->second];
}

void Recording::add(Node& node) {
  if (dropped_ > 1024 && dropped_ * 2 > nodes_.size()) compact();
  if (nodes_.size() == nodes_.capacity()) nodes_.reserve(nodes_.size() * 2 + 16);
  node.join({this, static_cast<uint32_t>(nodes_.size()), false});
  nodes_.push_back(&node);
}

void Recording::compact() noexcept {
  std::size_t kept = 0;
  for (Node* node : nodes_) {
    if (!node) continue;
    node->memberships[node->membership_at(this)].index = static_cast<uint32_t>(kept);
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
  read_at_.clear();
}

}  // namespace gradtape
