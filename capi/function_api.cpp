// Functions, and plans as text.
#include <algorithm>

#include "capi/callbacks.hpp"

using namespace gradtape;
using namespace gradtape::capi;

namespace {

constexpr std::size_t kMostOutputs = 256;

// A spec of a function's input: sizes may be -1.
Spec open_spec(const gt_spec& given, std::size_t i) {
  gt_spec known = given;
  for (int32_t k = 0; k < std::clamp<int32_t>(given.rank, 0, GT_MAX_RANK); ++k)
    if (known.dims[k] == -1) known.dims[k] = 0;
  Spec spec = spec_from_c(known, fmt::format("gt_function_create: input {}", i));
  for (std::size_t k = 0; k < spec.shape.rank(); ++k) spec.shape[k] = given.dims[k];
  return spec;
}

// Whether a tape that records now should see what the function does.
bool on_a_tape(Context& c, const RecordedFunction& f, const Tensors& inputs) {
  if (c.recorder().is_tracing()) return true;
  if (!c.recorder().has_active()) return false;
  const auto seen = [&](const Tensor& t) { return c.recorder().is_held(t); };
  return std::ranges::any_of(inputs, seen) || !f.trace().variables.empty();
}

Tensors call(Context& c, Function& f, Tensors inputs) {
  std::vector<Spec> specs;
  for (const Tensor& t : inputs) specs.push_back(t.spec());
  for (std::size_t i = 0; i < std::min(specs.size(), f.inputs().size()); ++i)
    if (specs[i].weak && is_floating(f.inputs()[i].dtype)) {
      inputs[i] = cast(inputs[i], f.inputs()[i].dtype);
      specs[i] = inputs[i].spec();
    }
  RecordedFunction& recording = f.recording_for(specs);
  const bool symbolic = std::ranges::any_of(inputs, [](const Tensor& t) { return t.node()->symbolic; });
  if (symbolic || on_a_tape(c, recording, inputs)) return recording.inlined(inputs);
  Tensors wanted = inputs;
  recording.collect_variables(wanted);
  c.evaluate(wanted);
  const Context::Evaluating running(c);
  return recording.call(inputs);
}

RecordedFunction& latest(const Function& f, const char* what) {
  if (!f.latest())
    fail(Status::failed_precondition, "{}: the function's sizes are open (-1) and no call has brought any yet", what);
  return *f.latest();
}

std::string described(const Plan& plan, int32_t format, std::span<const double> seconds) {
  return format == GT_PLAN_DOT ? plan_as_dot(plan) : plan_as_text(plan, seconds);
}
void check_format(const char* what, int32_t format) {
  if (format < GT_PLAN_TEXT || format > GT_PLAN_TIMES)
    invalid("{}: format must be GT_PLAN_TEXT 0, GT_PLAN_DOT 1 or GT_PLAN_TIMES 2, got {}", what, format);
}

}  // namespace

extern "C" {

gt_function gt_function_create(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*),
                               const gt_spec* inputs, size_t n_inputs) {
  bool owned = false;
  gt_function result = guarded_object(ctx, [&](Context& c) {
    auto owner = std::make_shared<UserData>(c.deferred(), free, user_data);
    owned = true;
    need_pointer(reinterpret_cast<const void*>(body), "gt_function_create: body");
    if (n_inputs > 0) need_pointer(inputs, "gt_function_create: inputs with n_inputs above 0");
    std::vector<Spec> specs;
    for (std::size_t i = 0; i < n_inputs; ++i) specs.push_back(open_spec(inputs[i], i));
    auto function = std::make_shared<Function>(
        c.recorder(), c.evaluator().workers, std::move(specs), [&c, body, owner](const Tensors& in) {
          return call_forward(c, "gt_function_create", body, owner->data(), in, kMostOutputs);
        });
    return reinterpret_cast<gt_function>(c.publish(std::move(function)));
  });
  if (!owned && free) free(user_data);
  return result;
}

gt_status gt_function_call(gt_context ctx, gt_function function, const gt_tensor* inputs, size_t n_inputs,
                           gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  clear_outputs(outputs, capacity, n_outputs);
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = c.function(function, "gt_function_call: function");
    const Tensors out = call(c, *f, read_inputs(c, "gt_function_call", inputs, n_inputs));
    check_capacity("gt_function_call", out.size(), outputs, capacity);
    c.publish_all(out, outputs);
    if (n_outputs) *n_outputs = out.size();
    c.bound_pending();
  });
}

gt_status gt_function_run(gt_context ctx, gt_function function, const void* const* inputs, size_t n_inputs,
                          void* const* outputs, size_t n_outputs) {
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = c.function(function, "gt_function_run: function");
    RecordedFunction& recording = latest(*f, "gt_function_run");
    if (c.recorder().is_tracing())
      fail(Status::failed_precondition,
           "gt_function_run: it cannot be part of a function's body; gt_function_call can");
    if (n_inputs != recording.inputs().size() || n_outputs != recording.outputs().size())
      invalid("gt_function_run: the function has {} input(s) and {} output(s), got {} and {}",
              recording.inputs().size(), recording.outputs().size(), n_inputs, n_outputs);
    for (std::size_t i = 0; i < n_inputs; ++i)
      if (!inputs || (!inputs[i] && recording.inputs()[i].shape.elements() > 0))
        invalid("gt_function_run: input {} is NULL", i);
    for (std::size_t i = 0; i < n_outputs; ++i)
      if (!outputs || (!outputs[i] && recording.outputs()[i].shape.elements() > 0))
        invalid("gt_function_run: output {} is NULL", i);
    if (!recording.trace().variables.empty()) {
      Tensors wanted;
      recording.collect_variables(wanted);
      c.evaluate(wanted);
    }
    const Context::Evaluating running(c);
    recording.run({inputs, n_inputs}, {outputs, n_outputs});
  });
}

gt_status gt_plan_describe(gt_context ctx, const gt_tensor* tensors, size_t n, int32_t format, char* text,
                           size_t capacity, size_t* needed) {
  if (needed) *needed = 0;
  return guarded(ctx, [&](Context& c) {
    if (n > 0) need_pointer(tensors, "gt_plan_describe: tensors with n above 0");
    check_format("gt_plan_describe", format);
    Tensors targets;
    for (size_t i = 0; i < n; ++i) targets.push_back(c.peek(tensors[i], fmt::format("gt_plan_describe: tensor {}", i)));
    std::vector<double> seconds;
    PlanPtr plan;
    if (format == GT_PLAN_TIMES) {
      const Context::Evaluating running(c);
      plan = c.evaluator().evaluate_timed(targets, seconds);
    } else {
      plan = c.evaluator().plan(targets);
    }
    write_text(described(*plan, format, seconds), text, capacity, needed);
  });
}

gt_status gt_function_describe(gt_context ctx, gt_function function, int32_t format, char* text, size_t capacity,
                               size_t* needed) {
  if (needed) *needed = 0;
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = c.function(function, "gt_function_describe: function");
    check_format("gt_function_describe", format);
    RecordedFunction& recording = latest(*f, "gt_function_describe");
    std::vector<double> seconds;
    if (format == GT_PLAN_TIMES) recording.time_steps(seconds);
    write_text(described(recording.plan(), format, seconds), text, capacity, needed);
  });
}

}  // extern "C"
