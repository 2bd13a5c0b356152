// Records user-defined derivatives, and applies them in reverse mode.
#include "ops/custom.hpp"

#include "ops/define.hpp"

namespace gradtape::core {

namespace {
thread_local int rules_running = 0;

// Inputs: those of the user, then the values to pass on, one per output.
std::size_t user_inputs(const Call& c) { return c.size() - c.outputs(); }

Tensors call_backward(const Call& c, const Tensors& cotangents) {
  const auto& rule = static_cast<const CustomRule&>(*std::get<PayloadPtr>(c.attr("rule")));
  const std::size_t n = user_inputs(c);
  Tensors outputs;
  for (std::size_t i = 0; i < c.outputs(); ++i) outputs.push_back(c.out(i));
  Tensors gradients = rule.backward({c, rule.name, c.inputs().first(n), outputs, rule.attrs, rule.op}, cotangents);
  gradients.resize(c.size());
  return gradients;
}

void infer_custom(Inference& c) {
  for (std::size_t i = static_cast<std::size_t>(c.integer("inputs")); i < c.size(); ++i) c.like(i, c.shape(i));
}

// A number that was given is none, 0 or not.
bool may_be_cotangent(const Tensor& t) {
  return is_floating(t.dtype()) && t.node()->sparse && (t.rank() > 0 || !t.value());
}

// The rule speaks of one row. While no tape records, only the values matter, and they are there already. A body that is
// recorded may be differentiated later.
Tensors batch_custom(const BatchCall& b) {
  if (b.call.recorder().has_active() || b.call.recorder().is_tracing()) return {};
  Tensors outputs;
  for (std::size_t i = user_inputs(b.call); i < b.in.size(); ++i) outputs.push_back(full_input(b, i));
  return outputs;
}
}  // namespace

std::string name_of(const Node& node) {
  std::string name = node.op.name;
  if (node.op == op<"custom_gradient"> && node.attrs) {
    const auto& payload = *std::get<PayloadPtr>(node.attrs->values[node.op.attr_index("rule")]);
    name = static_cast<const CustomRule&>(payload).name;
    if (name != node.op.name) name += " (custom gradient)";
  }
  if (node.within) name += fmt::format(" (in {})", node.within->name);
  return name;
}
std::string title_of(const Node& node) { return fmt::format("op {} {}", node.id, name_of(node)); }

RuleScope::RuleScope() { ++rules_running; }
RuleScope::~RuleScope() { --rules_running; }

Tensors carry_in_rule(const Op& of, std::span<const Tensor> in) {
  if (rules_running == 0 || (of != op<"multiply"> && of != op<"divide">) || in.size() != 2) return {};
  Shape shape;  // of bad operands the op itself tells
  if (in[0].dtype() != in[1].dtype() || !broadcast_shapes(in[0].shape(), in[1].shape(), shape)) return {};
  if (may_be_cotangent(in[0])) return {of == op<"multiply"> ? Flow(in[0]) * in[1] : Flow(in[0]) / in[1]};
  if (of == op<"multiply"> && may_be_cotangent(in[1])) return {Flow(in[1]) * in[0]};
  return {};
}

Tensors with_gradient(std::span<const Tensor> inputs, std::span<const Tensor> outputs,
                      std::shared_ptr<const CustomRule> rule) {
  if (outputs.empty()) return {};
  Tensors all(inputs.begin(), inputs.end());
  for (const Tensor& out : outputs) all.push_back(out);
  return apply(op<"custom_gradient">, all, {PayloadPtr(std::move(rule)), static_cast<int64_t>(inputs.size())});
}

void define_custom(Registry& r) {
  OpBuilder(r, "custom_gradient", "Values with a derivative that the user gives.")
      .internal()
      .variadic("values", InputKind::any)
      .dtypes(kAllDtypes)
      .attr("rule", kAttrPayload)
      .attr("inputs", kAttrInt)
      .infer(infer_custom)
      .alias()
      .rules(call_backward, nullptr)
      .batch(batch_custom);
}

}  // namespace gradtape::core
