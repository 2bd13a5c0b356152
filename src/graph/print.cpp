// Prints tensors and graphs.
#include "graph/print.hpp"

#include "graph/walk.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kShown = 3;       // entries at either end of an axis
constexpr int64_t kShownWhole = 8;  // axes up to this size are shown whole

std::string element(const void* data, Dtype dtype, int64_t i) {
  return dispatch(dtype, [&]<class T>(Type<T>) { return fmt::format("{}", static_cast<const T*>(data)[i]); });
}

std::string values(const void* data, const Spec& spec, std::size_t axis, int64_t offset) {
  if (axis == spec.shape.rank()) return element(data, spec.dtype, offset);
  const int64_t n = spec.shape[axis], stride = spec.shape.product(axis + 1, spec.shape.rank());
  std::string text = "[";
  for (int64_t i = 0; i < n; ++i) {
    if (i > 0) text += ", ";
    if (n > kShownWhole && i == kShown) {
      text += "..., ";
      i = n - kShown;
    }
    text += values(data, spec, axis + 1, offset + i * stride);
  }
  return text + "]";
}

std::vector<Node*> all_behind(std::span<const Tensor> targets) {
  return nodes_behind(targets, [](const Tensor&) { return true; });
}

std::string attributes(const Node& node) {
  std::string text;
  for (std::size_t i = 0; node.attrs && i < node.attrs->values.size(); ++i)
    if (node.op.by_user || node.op.attrs[i].kinds != kAttrPayload)
      text +=
          fmt::format("{}{}={}", text.empty() ? "" : ", ",
                      node.op.by_user ? node.attrs->names[i] : node.op.attrs[i].name, to_string(node.attrs->values[i]));
  return text;
}

// For a string of the DOT language.
std::string escaped(const std::string& given) {
  std::string text;
  for (char c : given) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

std::string labelled(const Node& node, std::size_t output) {
  std::string text = to_string(node.outputs[output].spec);
  const std::string_view label = node.recorder.annotations.label_of(node, output);
  if (!label.empty()) text += fmt::format(" '{}'", label);
  return text;
}
std::string specs(const Node& node) {
  std::string text;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) text += (text.empty() ? "" : ", ") + labelled(node, i);
  return text;
}
}  // namespace

std::string labelled(const Tensor& t) { return labelled(*t.node(), t.index()); }

std::string describe(const Tensor& t) {
  const Node& node = *t.node();
  std::string text = fmt::format("{} {}", labelled(t), node.op.name);
  if (t.value())
    text += " = " + values(t.value()->data(), t.spec(), 0, 0);
  else
    text += node.symbolic ? " (symbolic: no value)" : " (pending)";
  return text;
}

std::string graph_as_text(std::span<const Tensor> targets) {
  std::string text;
  for (const Node* node : all_behind(targets)) {
    std::string inputs;
    for (const Tensor& input : node->inputs)
      inputs += fmt::format("{}%{}{}", inputs.empty() ? "" : ", ", input.node()->id,
                            input.node()->outputs.size() > 1 ? fmt::format(".{}", input.index()) : "");
    const std::string attrs = attributes(*node);
    text += fmt::format("%{} = {}({}){}: {}{}\n", node->id, node->op.name, inputs,
                        attrs.empty() ? "" : " {" + attrs + "}", specs(*node), node->evaluated ? "" : " pending");
  }
  return text;
}

std::string graph_as_dot(std::span<const Tensor> targets) {
  std::string text = "digraph gradtape {\n  rankdir=TB;\n  node [shape=box, fontname=\"monospace\"];\n";
  for (const Node* node : all_behind(targets)) {
    text += fmt::format("  n{} [label=\"{}\\n{}\"{}];\n", node->id, escaped(node->op.name), escaped(specs(*node)),
                        node->evaluated ? ", style=filled" : "");
    for (const Tensor& input : node->inputs) text += fmt::format("  n{} -> n{};\n", input.node()->id, node->id);
  }
  return text + "}\n";
}

}  // namespace gradtape::core
