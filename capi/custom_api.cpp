// Gradients and ops of the user's own.
#include <algorithm>
#include <cstring>

#include "capi/callbacks.hpp"
#include "control/closed_gradient.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

std::vector<gt_spec> specs_of(const Inference& c) {
  std::vector<gt_spec> specs;
  for (std::size_t i = 0; i < c.size(); ++i) specs.push_back(spec_to_c(c.in(i), c.name()));
  return specs;
}

constexpr std::size_t kMaxOutputs = 64;  // of a user's op

void infer_user_op(Inference& c, gt_infer_fn infer, void* data) {
  const std::vector<gt_spec> inputs = specs_of(c);
  std::vector<gt_spec> outputs(kMaxOutputs);
  const AttrArray attrs(&c.op(), c.attrs());
  std::size_t n = 0;
  Context& context = context_of(c.recorder());
  const Loan loan(context);
  const gt_status status = infer(context.handle(), data, inputs.data(), inputs.size(), attrs.data(), attrs.size(),
                                 outputs.data(), kMaxOutputs, &n);
  if (status != GT_OK) loan.failed(fmt::format("{}: the infer function", c.name()), status);
  if (n > kMaxOutputs) invalid("{}: the infer function has {} outputs; there can be {}", c.name(), n, kMaxOutputs);
  for (std::size_t i = 0; i < n; ++i) {
    Spec spec = spec_from_c(outputs[i], fmt::format("{}: output {}", c.name(), i));
    c.out(spec.dtype, std::move(spec.shape));
  }
}

void compute_user_op(const KernelCall& c, gt_compute_fn compute, void* data) {
  std::vector<gt_spec> in_specs, out_specs;
  std::vector<const void*> in;
  std::vector<void*> out;
  for (const View& v : c.in) {
    in_specs.push_back(spec_to_c({v.dtype, *v.shape, false}, c.op.name));
    in.push_back(v.data);
  }
  for (const MutableView& v : c.out) {
    out_specs.push_back(spec_to_c({v.dtype, *v.shape, false}, c.op.name));
    out.push_back(v.data);
    std::memset(
        v.data, 0,
        static_cast<std::size_t>(v.elements()) * size_of(v.dtype));  // what the callback forgets is 0, not chance
  }
  const AttrArray attrs(&c.op, c.attrs);
  const gt_status status = compute(data, in_specs.data(), in.data(), in.size(), attrs.data(), attrs.size(),
                                   out_specs.data(), out.data(), out.size());
  if (status != GT_OK)
    fail(callback_status(status), "{}", callback_failure(c.op.name + ": the compute function", status));
  for (const MutableView& v : c.out)  // any other byte is no bool
    if (v.dtype == Dtype::boolean)
      std::transform(v.as<uint8_t>(), v.as<uint8_t>() + v.elements(), v.as<uint8_t>(),
                     [](uint8_t b) { return static_cast<uint8_t>(b != 0); });
}

// One application, as its rules see it.
struct Application {
  Tensors outputs;
  CustomCall call;
  explicit Application(const Call& c) : call{c, c.op().name, c.inputs(), {}, c.attrs(), &c.op()} {
    for (std::size_t i = 0; i < c.outputs(); ++i) outputs.push_back(c.out(i));
    call.outputs = outputs;
  }
};

Tensors reverse_user_op(const Call& c, const Tensors& cotangents) {
  const std::optional<GradientFunction> gradient = gradient_named(c.op().name);
  if (!gradient) no_derivative(c.op(), "none was registered");
  return call_gradient(context_of(c.recorder()), *gradient, Application(c).call, cotangents);
}

Tensors user_composite(const Call& call, gt_composite_fn body, void* data) {
  Context& c = context_of(call.recorder());
  const AttrArray attrs(&call.op(), call.given());
  const auto with_attrs = [&](const gt_tensor* in, std::size_t n_in, gt_tensor* out, std::size_t capacity,
                              std::size_t* n) {
    return body(c.handle(), data, in, n_in, attrs.data(), attrs.size(), out, capacity, n);
  };
  return call_body(c, call.op().name, with_attrs, call.inputs(), kMaxOutputs);
}

gt_op_definition checked(const gt_op_definition* given) {
  const gt_op_definition d = read_struct("gt_register_op", given);
  if (d.composite ? d.infer || d.compute || d.gradient || d.tangent || d.batch : !d.infer || !d.compute)
    invalid("gt_register_op: infer and compute are needed, or composite alone");
  return d;
}

Op op_of(const char* name, const gt_op_definition& d, void* data) {
  Op op;
  op.name = name;
  op.doc = d.doc ? d.doc : "";
  op.inputs = {{"inputs", InputKind::any, true}};
  op.variadic = true;
  op.dtypes = kAllDtypes;
  op.many_outputs = true;
  if (d.composite) {
    op.computation = Composite([body = d.composite, data](const Call& c) { return user_composite(c, body, data); });
    return op;
  }
  op.infer = [infer = d.infer, data](Inference& c) { infer_user_op(c, infer, data); };
  op.computation = Kernel([compute = d.compute, data](const KernelCall& c) { compute_user_op(c, compute, data); });
  Rules rules{reverse_user_op, nullptr};
  if (d.tangent)
    rules.forward = [tangent = d.tangent, data](const Call& c, const Tensors& tangents) {
      return call_tangent(context_of(c.recorder()), tangent, data, Application(c).call, tangents);
    };
  op.derivative = std::move(rules);
  if (d.batch)
    op.batch = [batch = d.batch, data](const BatchCall& b) {
      return call_batch(context_of(b.call.recorder()), batch, data, b);
    };
  return op;
}

// Functions that need no context have nowhere to leave a message: the status is all.
template <class Body>
gt_status registering(void (*free)(void*), void* data, Body&& body) noexcept {
  try {
    body();
    return GT_OK;
  } catch (...) {
    if (free) free(data);
    return static_cast<gt_status>(current_failure().code);
  }
}

}  // namespace

extern "C" {

gt_status gt_custom_gradient(gt_context ctx, const char* given_name, gt_forward_fn forward, gt_gradient_fn backward,
                             void* user_data, void (*free)(void*), const gt_tensor* inputs, size_t n_inputs,
                             gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  clear_outputs(outputs, capacity, n_outputs);
  bool owned = false;
  const gt_status status = guarded(ctx, [&](Context& c) {
    auto owner = std::make_shared<UserData>(c.deferred(), free, user_data);
    owned = true;
    auto rule = std::make_shared<CustomRule>();
    rule->name = given_name ? given_name : "custom_gradient";
    if (!forward || !backward) invalid("{}: forward and backward must not be NULL", rule->name);
    need_array(outputs, capacity, "{}: outputs", rule->name);
    rule->backward = [&c, backward, owner](const CustomCall& call, const Tensors& cotangents) {
      return call_gradient(c, {backward, owner->data()}, call, cotangents);
    };
    rule->forward = [&c, forward, owner, name = rule->name, capacity](const Tensors& in) {
      const Recorder::Pause pause(c.recorder());  // what forward records is on no tape
      return call_forward(c, name, forward, owner->data(), in, capacity);
    };
    const Tensors in = read_inputs(c, rule->name, inputs, n_inputs);
    rule->draws = c.recorder().draws();
    const Tensors values = rule->forward(in);
    Tensors out;
    if (!values.empty())
      out = c.recorder().is_drafting() ? with_closed_gradient(c.recorder(), in, values, rule)
                                       : with_gradient(in, values, rule);
    c.publish_all(out, outputs);
    if (n_outputs) *n_outputs = out.size();
  });
  if (!owned && free) free(user_data);
  return status;
}

gt_status gt_register_op(const char* name, const gt_op_definition* definition, void* user_data, void (*free)(void*)) {
  return registering(free, user_data, [&] {
    need_pointer(name, "gt_register_op: name");
    need_pointer(definition, "gt_register_op: definition");
    if (name[0] == '\0') invalid("gt_register_op: a name is needed");
    const gt_op_definition d = checked(definition);
    if (d.gradient && gradient_named(name))
      fail(Status::already_exists, "a gradient named {} is registered already", name);
    Op op = op_of(name, d, user_data);
    if (d.gradient) register_gradient(name, {d.gradient, user_data});
    try {
      Registry::instance().add(std::move(op));
    } catch (...) {
      if (d.gradient) forget_gradient(name);
      throw;
    }
  });
}

gt_status gt_register_gradient(const char* name, gt_gradient_fn gradient, void* user_data, void (*free)(void*)) {
  return registering(free, user_data, [&] {
    need_pointer(name, "gt_register_gradient: name");
    if (name[0] == '\0' || !gradient) invalid("gt_register_gradient: a name and a function are needed");
    const Op* op = Registry::instance().find(name);
    if (op && !op->by_user)
      fail(Status::already_exists, "gt_register_gradient: {} is a built-in op and has its gradient", name);
    register_gradient(name, {gradient, user_data});
  });
}

}  // extern "C"
