// Applying ops by name.
#include "capi/callbacks.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace gradtape::core::capi {

const Op& op_named(const char* name) {
  need_pointer(name, "gt_apply: op");
  const Op* op = Registry::instance().find(name);
  if (op) return *op;
  const std::string like = Registry::instance().suggestion(name);
  fail(Status::not_found, "gt_apply: no op is named \"{}\"{}", name,
       like.empty() ? "" : fmt::format("; is \"{}\" meant?", like));
}

Tensors read_inputs(Context& c, std::string_view op, const gt_tensor* inputs, std::size_t n, const Op* names) {
  need_array(inputs, n, "{}: inputs", op);
  // All handles are checked before any variable counts as read.
  SmallVector<const Object*, 4> objects;
  for (std::size_t i = 0; i < n; ++i) {
    objects.push_back(c.handles().find(bits_of(inputs[i])));
    if (!objects[i] || kind_of(bits_of(inputs[i])) != Kind::tensor)
      c.peek(inputs[i], names && !names->variadic && i < names->inputs.size()
                            ? fmt::format("{}: input {} ({})", op, i, names->inputs[i].name)
                            : fmt::format("{}: input {}", op, i));
  }
  Tensors tensors;
  for (const Object* object : objects)
    if (const auto* t = std::get_if<Tensor>(object))
      tensors.push_back(*t);
    else
      tensors.push_back(c.recorder().read(std::get<VariablePtr>(*object)));
  return tensors;
}

void check_capacity(std::string_view op, std::size_t outputs, const gt_tensor* slots, std::size_t capacity) {
  if (outputs > capacity) invalid("{}: has {} outputs, room for {} was given", op, outputs, capacity);
  need_array(slots, capacity, "{}: outputs", op);
}

namespace {
// How many outputs the call would have. An op with as many as a size says tells without making them.
std::size_t count_outputs(Context& c, const Op& op, const Tensors& in, const gt_attr* attrs, std::size_t n_attrs) {
  try {
    return c.recorder().record(op, in, attrs_from(op, attrs, n_attrs), 0).size();
  } catch (const NoRoom& e) {
    return e.outputs;
  }
}
}  // namespace

}  // namespace gradtape::core::capi

extern "C" {

gt_status gt_apply(gt_context ctx, const char* name, const gt_tensor* inputs, size_t n_inputs, const gt_attr* attrs,
                   size_t n_attrs, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  clear_outputs(outputs, capacity, n_outputs);
  return guarded(ctx, [&](Context& c) {
    const Op& op = op_named(name);
    const Tensors in = read_inputs(c, op.name, inputs, n_inputs, &op);
    if (n_outputs && !outputs && capacity == 0) return void(*n_outputs = count_outputs(c, op, in, attrs, n_attrs));
    Tensors out = n_attrs == 0 ? carry_in_rule(op, in) : Tensors();
    if (out.empty()) out = c.recorder().record(op, in, attrs_from(op, attrs, n_attrs), capacity);
    check_capacity(op.name, out.size(), outputs, capacity);
    c.publish_all(out, outputs);
    if (n_outputs) *n_outputs = out.size();
    c.bound_pending();
  });
}

gt_status gt_apply_with_gradient(gt_context ctx, const char* name, const char* rule_name, const gt_tensor* inputs,
                                 size_t n_inputs, const gt_attr* attrs, size_t n_attrs, gt_tensor* outputs,
                                 size_t capacity, size_t* n_outputs) {
  clear_outputs(outputs, capacity, n_outputs);
  return guarded(ctx, [&](Context& c) {
    const Op& op = op_named(name);
    need_pointer(rule_name, "gt_apply_with_gradient: rule_name");
    const std::optional<GradientFunction> rule = gradient_named(rule_name);
    if (!rule)
      fail(Status::not_found, "gt_apply_with_gradient: no gradient is registered under the name \"{}\"", rule_name);
    const Tensors in = read_inputs(c, op.name, inputs, n_inputs, &op);
    const std::shared_ptr<Attrs> given = attrs_from(op, attrs, n_attrs);
    auto custom = std::make_shared<CustomRule>();
    custom->name = op.name;
    custom->op = &op;
    custom->attrs = given ? std::make_shared<Attrs>(*given) : nullptr;
    custom->backward = [&c, rule = *rule](const CustomCall& call, const Tensors& cotangents) {
      return call_gradient(c, rule, call, cotangents);
    };
    custom->forward = [&c, &op, given, capacity](const Tensors& inputs) {
      const Recorder::Pause pause(c.recorder());
      return c.recorder().record(op, inputs, given ? std::make_shared<Attrs>(*given) : nullptr, capacity);
    };
    custom->draws = c.recorder().draws();
    const Tensors inner = custom->forward(in);
    const Tensors out = with_gradient(in, inner, std::move(custom));
    check_capacity(op.name, out.size(), outputs, capacity);
    c.publish_all(out, outputs);
    if (n_outputs) *n_outputs = out.size();
  });
}

}  // extern "C"
