// Keeps the list of a recording while nodes come, are watched and go.
#include "graph/recording.hpp"

#include <algorithm>
#include <utility>

#include "graph/recorder.hpp"

namespace gradtape::core {

bool Recording::holds(const Tensor& t, const Node::Membership& of_its_node) const {
  if (!of_its_node.watched || t.node()->outputs.size() == 1) return true;
  return std::ranges::any_of(watched_, [&](const Watched& w) { return w.tensor.same(t); });
}

bool Recording::recorded(const Tensor& t) const {
  const Node::Membership* m = t.node()->membership(this);
  return m && !m->watched;
}

bool Recording::watch(const Tensor& t) {
  if (holds(t)) return false;
  watched_.push_back({t, t.recorder().next_id()});
  if (t.node()->membership(this)) return true;  // another output of the same node is watched
  try {
    t.node()->join({this, 0, true});
  } catch (...) {
    watched_.pop_back();
    throw;
  }
  return true;
}

void Recording::unwatch(const Tensor& t) noexcept {
  const auto it = std::ranges::find_if(watched_, [&](const Watched& w) { return w.tensor.same(t); });
  if (it == watched_.end()) return;
  watched_.erase(it);
  if (std::ranges::none_of(watched_, [&](const Watched& w) { return w.tensor.node() == t.node(); }))
    t.node()->forget(this);
}

Recording::News Recording::watch(const VariablePtr& variable) {
  const Tensor& value = variable->value;
  const auto [it, is_new] = read_at_.try_emplace(variable.get(), reads_.size());
  try {
    if (is_new) reads_.push_back({variable, {}});
    Tensors& values = reads_[it->second].values;
    if (!values.empty() && values.back().same(value)) return {};
    // Most often the value is not held yet: then it is none of the values, however many there are.
    if (holds(value) && std::ranges::any_of(values, [&](const Tensor& v) { return v.same(value); })) return {};
    values.push_back(value);
    try {
      return {true, watch(value)};
    } catch (...) {
      values.pop_back();
      throw;
    }
  } catch (...) {
    if (is_new) forget_read(variable.get());
    throw;
  }
}

// A variable that was met last.
void Recording::forget_read(const Variable* variable) noexcept {
  if (!reads_.empty() && reads_.back().variable.get() == variable) reads_.pop_back();
  read_at_.erase(variable);
}

Recording::News Recording::note_read(const VariablePtr& variable) {
  if ((watches_variables_ && variable->trainable) || read_of(variable.get())) return watch(variable);
  return {};
}

void Recording::take_back(const Variable* variable, const Tensor& value, bool watched) noexcept {
  const auto it = read_at_.find(variable);
  if (it == read_at_.end()) return;
  Tensors& values = reads_[it->second].values;
  if (values.empty() || !values.back().same(value)) return;
  values.pop_back();
  if (values.empty()) forget_read(variable);
  if (watched) unwatch(value);
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

void Recording::begin_period(uint64_t now) {
  constexpr std::size_t kMostPeriods = 64;
  if (!periods_.empty() && periods_.back().end == now) {
    periods_.back().end = kOpen;
    return;
  }
  if (periods_.size() == kMostPeriods) {
    periods_[1].begin = periods_[0].begin;
    periods_.erase(periods_.begin());
    merged_ = true;
  }
  periods_.push_back({now, kOpen});
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

void Recording::forget_since(uint64_t id) noexcept {
  // Nodes are added by rising id. One that forgets may free others behind it, which null their entries.
  while (!nodes_.empty() && (!nodes_.back() || nodes_.back()->id >= id)) {
    Node* node = std::exchange(nodes_.back(), nullptr);
    if (node)
      node->forget(this);
    else
      --dropped_;
    nodes_.pop_back();
  }
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
  for (const Watched& w : watched_) w.tensor.node()->forget(this);
  watched_.clear();
  reads_.clear();
  read_at_.clear();
  periods_.clear();
  merged_ = false;
}

}  // namespace gradtape::core
