#include "autodiff/part.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "graph/print.hpp"
#include "graph/walk.hpp"
#include "ops/custom.hpp"

namespace gradtape::core {

namespace {
std::shared_ptr<const CustomRule> rule_of(const Node& node) {
  if (node.op != op<"custom_gradient">) return nullptr;
  const AttrValue& payload = node.attrs->values[node.op.attr_index("rule")];
  return std::static_pointer_cast<const CustomRule>(std::get<PayloadPtr>(payload));
}
// A custom gradient has the values of its outputs as inputs, too.
std::size_t own_inputs(const Node& node) {
  return node.op == op<"custom_gradient"> ? node.inputs.size() - node.outputs.size() : node.inputs.size();
}
}  // namespace

Part::Part(Node& end, const Path& path) : draws_(end.recorder.draws()) {
  std::unordered_set<const Node*> inside{&end};
  const auto enters = [&](const Tensor& t) {
    const Node& node = *t.node();
    const bool same = &node == &end || (end.within && node.within == end.within && !node.inputs.empty());
    if (same) inside.insert(&node);
    return same;
  };
  nodes_ = nodes_behind(Tensors{Tensor(&end)}, enters);
  std::unordered_set<Tensor, TensorHash, TensorSame> met;
  for (Node* node : nodes_) {
    held_.push_back(Tensor(node));
    by_user_ |= node->op.by_user || node->op == op<"custom_gradient">;
    for (std::size_t i = 0; i < own_inputs(*node); ++i) {
      const Tensor& t = node->inputs[i];
      if (inside.contains(t.node()) || !met.insert(t).second) continue;
      if (is_floating(t.dtype()) && path.on_path(t)) carrying_.push_back(inputs_.size());
      inputs_.push_back(t);
    }
  }
}

void check_alike(const Node& node, const Tensors& again) {
  if (again.size() != node.outputs.size())
    fail(Status::callback_failed, "{}: run again, it gives {} output(s), and gave {}", title_of(node), again.size(),
         node.outputs.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    const Spec &now = again[i].spec(), &before = node.outputs[i].spec;
    if (!(now.shape == before.shape) || is_floating(now.dtype) != is_floating(before.dtype))
      fail(Status::callback_failed, "{}: run again, its output {} is {}, and was {}", title_of(node), i, to_string(now),
           to_string(before));
  }
}

Tensors Part::replay(const Tensors& inputs, std::unordered_set<const Node*>* made) const {
  std::unordered_map<Tensor, Tensor, TensorHash, TensorSame> now;
  for (std::size_t i = 0; i < inputs_.size(); ++i) now[inputs_[i]] = inputs[i];
  Tensors out;
  end().recorder.draw_from(draws_);
  for (Node* node : nodes_) {
    Tensors in;
    for (std::size_t i = 0; i < own_inputs(*node); ++i) in.push_back(now.at(node->inputs[i]));
    const auto rule = rule_of(*node);
    if (rule) end().recorder.draw_from(rule->draws);
    out = rule ? with_gradient(in, rule->forward(in), rule) : reapply_all(Call(*node), in);
    check_alike(*node, out);
    for (std::size_t k = 0; k < out.size(); ++k) now[Tensor(node, static_cast<uint32_t>(k))] = out[k];
    if (made) made->insert(out[0].node());
  }
  return out;
}

std::string Part::title() const {
  const auto list = [](const auto& tensors) {
    std::string text;
    for (std::size_t i = 0; i < tensors.size() && i < 4; ++i) text += (i > 0 ? ", " : "") + labelled(tensors[i]);
    return tensors.size() > 4 ? text + ", ..." : text;
  };
  Tensors in, out;
  for (const Tensor& t : inputs_)
    if (!t.node()->literal) in.push_back(t);
  for (std::size_t k = 0; k < end().outputs.size(); ++k) out.push_back(Tensor(&end(), static_cast<uint32_t>(k)));
  const std::string name = end().within ? fmt::format("op {} {}", end().id, end().within->name) : title_of(end());
  return fmt::format("{}({}) -> {}", name, list(in), list(out));
}

std::vector<Part> parts_of(const Path& path) {
  std::vector<Part> parts;
  std::unordered_set<const Node*> covered;
  for (std::size_t i = path.nodes.size(); i-- > 0;) {
    Node* node = path.nodes[i];
    if (covered.contains(node)) continue;
    parts.emplace_back(*node, path);
    for (const Node* inside : parts.back().nodes()) covered.insert(inside);
  }
  std::ranges::reverse(parts);
  return parts;
}

}  // namespace gradtape::core
