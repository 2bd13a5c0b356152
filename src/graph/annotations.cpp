#include "graph/annotations.hpp"

#include <algorithm>

#include "graph/op.hpp"

namespace gradtape::core {

void Annotations::set_label(const Tensor& t, std::string label) {
  Node& node = *t.node();
  if (label.empty() && !node.annotated) return;
  auto& labels = by_node_[&node].labels;
  node.annotated = true;
  std::erase_if(labels, [&](const auto& known) { return known.first == t.index(); });
  if (!label.empty()) labels.emplace_back(t.index(), std::move(label));
}

std::string_view Annotations::label_of(const Node& node, std::size_t output) const {
  if (!node.annotated) return {};
  for (const auto& [index, label] : by_node_.at(&node).labels)
    if (index == output) return label;
  return {};
}

void Annotations::set_origin(Node& node, OpOrigin origin) {
  by_node_[&node].origin = std::make_unique<OpOrigin>(std::move(origin));
  node.annotated = true;
}

const OpOrigin* Annotations::origin_of(const Node& node) const {
  return node.annotated ? by_node_.at(&node).origin.get() : nullptr;
}

OpOrigin Annotations::origin_for(const Node& node) const {
  if (const OpOrigin* known = origin_of(node)) return *known;
  OpOrigin origin{&node.op, node.within, node.id, {}};
  if (node.annotated)
    if (const auto& labels = by_node_.at(&node).labels; !labels.empty()) origin.label = labels[0].second;
  return origin;
}

void Annotations::copy(const Node& from, Node& to) {
  if (!from.annotated) return;
  const Annotation& known = by_node_.at(&from);
  Annotation copied{known.labels, known.origin ? std::make_unique<OpOrigin>(*known.origin) : nullptr};
  by_node_[&to] = std::move(copied);
  to.annotated = true;
}

std::string tidy_label(std::string_view given) {
  constexpr std::string_view kCut = "...";
  std::string label(given);
  if (label.size() > kLongestLabel) {
    std::size_t end = kLongestLabel - kCut.size();
    while (end > 0 && (static_cast<uint8_t>(label[end]) & 0xC0) == 0x80) --end;  // inside a character of UTF-8
    label.resize(end);
    label += kCut;
  }
  std::ranges::replace_if(
      label, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; }, ' ');
  return label;
}

}  // namespace gradtape::core
