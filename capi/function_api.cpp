// Functions, and plans as text.
#include <algorithm>

#include "capi/callbacks.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

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
  if (c.recorder().is_sampling() && !f.trace().random_states.empty()) return true;  // samples draw apart
  if (!c.recorder().has_active()) return false;
  const auto seen = [&](const Tensor& t) { return c.recorder().is_held(t); };
  return std::ranges::any_of(inputs, seen) || !f.trace().variables.empty() || std::ranges::any_of(f.captured(), seen);
}

// Computes op by op, for the checks that a context may be set to.
FunctionResults checked(Context& c, const RecordedFunction& recording, const Tensors& inputs) {
  FunctionResults results = recording.inlined(inputs);
  Tensors wanted = results.outputs;
  for (const Tensor& t : results.assigned) wanted.push_back(t);
  c.evaluate(wanted);
  return results;
}
void run_checked(Context& c, RecordedFunction& recording, std::span<const void* const> inputs,
                 std::span<void* const> outputs) {
  recording.plan();                           // throws where a run cannot be
  const Recorder::Pause pause(c.recorder());  // a run is on no tape
  Tensors in;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Spec& spec = recording.inputs()[i];
    in.push_back(c.recorder().constant(spec, c.recorder().allocate(bytes_of(spec), "gt_function_run")));
    if (bytes_of(spec) > 0) std::memcpy(in.back().value()->data(), inputs[i], bytes_of(spec));
  }
  FunctionResults results = checked(c, recording, in);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (const Tensor& t = results.outputs[i]; t.bytes() > 0) std::memcpy(outputs[i], t.value()->data(), t.bytes());
  recording.assign(std::move(results.assigned));
}

// Writes handles for the outputs. Variables are assigned last, when nothing can fail any more.
std::size_t call(Context& c, Function& f, Tensors inputs, gt_tensor* outputs, std::size_t capacity) {
  std::vector<Spec> specs;
  for (const Tensor& t : inputs) specs.push_back(t.spec());
  for (std::size_t i = 0; i < std::min(specs.size(), f.inputs().size()); ++i)
    if (specs[i].weak && is_floating(f.inputs()[i].dtype)) {
      inputs[i] = cast(inputs[i], f.inputs()[i].dtype);
      specs[i] = inputs[i].spec();
    }
  const RecordedFunctionPtr recording = f.recording_for("gt_function_call", specs);
  check_capacity("gt_function_call", recording->outputs().size(), outputs, capacity);
  const bool symbolic = std::ranges::any_of(inputs, [](const Tensor& t) { return t.node()->symbolic; });
  FunctionResults results;
  if (symbolic || recording->is_open() || on_a_tape(c, *recording, inputs)) {
    results = recording->inlined(inputs);
  } else if (c.evaluator().checks_finite) {
    results = checked(c, *recording, inputs);
  } else {
    Tensors wanted = inputs;
    recording->collect_variables(wanted);
    c.evaluate(wanted);
    results = recording->call(inputs);
  }
  c.publish_all(results.outputs, outputs);
  recording->assign(std::move(results.assigned));
  return results.outputs.size();
}

// A function to run on memory. Throws in a function's body, which such a run cannot be part of.
std::shared_ptr<Function> runnable(Context& c, gt_function handle, const char* what, const char* argument) {
  std::shared_ptr<Function> f = c.function(handle, argument);
  if (c.recorder().is_tracing())
    fail(Status::failed_precondition, "{}: it cannot be part of a function's body; gt_function_call can", what);
  return f;
}

void check_counts(const char* what, const RecordedFunction& recording, std::size_t n_inputs, std::size_t n_outputs) {
  if (n_inputs != recording.inputs().size() || n_outputs != recording.outputs().size())
    invalid("{}: the function has {} input(s) and {} output(s), got {} and {}", what, recording.inputs().size(),
            recording.outputs().size(), n_inputs, n_outputs);
}

// recording: the one that the function used last.
void run(Context& c, const char* what, const Function& f, RecordedFunction& recording,
         std::span<const void* const> inputs, std::span<void* const> outputs) {
  recording.check_memory(what, inputs, outputs);
  if (c.evaluator().checks_finite) {
    const auto held = RecordedFunctionPtr(f.latest());  // callbacks run, which may record anew
    return run_checked(c, *held, inputs, outputs);
  }
  if (!recording.trace().variables.empty()) {
    Tensors wanted;
    recording.collect_variables(wanted);
    c.evaluate(wanted);
  }
  recording.run(inputs, outputs);
}

bool same(const gt_spec& given, const Spec& own) {
  return given.dtype == static_cast<gt_dtype>(own.dtype) && given.rank == static_cast<int32_t>(own.shape.rank()) &&
         std::equal(own.shape.begin(), own.shape.end(), given.dims);
}

// The recording for inputs of these specs, made now where there is none. inputs: NULL where the function's own say all.
RecordedFunction& recording_of(Function& f, const char* what, const gt_spec* inputs, std::size_t n) {
  if (n != f.inputs().size()) invalid("{}: the function takes {} input(s), got {}", what, f.inputs().size(), n);
  if (!inputs) {
    if (f.has_open_sizes()) invalid("{}: input_specs must not be NULL: the function's sizes are open (-1)", what);
    return f.only(what);
  }
  RecordedFunction* known = f.find([&](std::span<const Spec> own) {
    return std::equal(own.begin(), own.end(), inputs, [](const Spec& a, const gt_spec& b) { return same(b, a); });
  });
  if (known) return *known;
  std::vector<Spec> specs;
  for (std::size_t i = 0; i < n; ++i) specs.push_back(spec_from_c(inputs[i], fmt::format("{}: input {}", what, i)));
  return *f.recording_for(what, specs);
}

void check_memory(const char* what, const char* role, std::span<const Spec> specs, std::span<const std::size_t> bytes,
                  const size_t* given) {
  for (std::size_t i = 0; i < specs.size(); ++i)
    if (given[i] != bytes[i])
      invalid("{}: {} {} is {} of {} bytes, got {} bytes", what, role, i, to_string(specs[i]), bytes[i], given[i]);
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
    need_array(inputs, n_inputs, "gt_function_create: inputs");
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
    const std::size_t n = call(c, *f, read_inputs(c, "gt_function_call", inputs, n_inputs), outputs, capacity);
    if (n_outputs) *n_outputs = n;
    c.bound_pending();
  });
}

gt_status gt_function_run(gt_context ctx, gt_function function, const void* const* inputs, size_t n_inputs,
                          void* const* outputs, size_t n_outputs) {
  constexpr const char* name = "gt_function_run";
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = runnable(c, function, name, "gt_function_run: function");
    if (f->has_open_sizes())
      fail(
          Status::failed_precondition,
          "{}: the function's sizes are open (-1), and nothing says how long the memory is; gt_function_run_sized does",
          name);
    RecordedFunction& recording = f->only(name);
    check_counts(name, recording, n_inputs, n_outputs);
    need_array(inputs, n_inputs, "{}: inputs", name);
    need_array(outputs, n_outputs, "{}: outputs", name);
    run(c, name, *f, recording, {inputs, n_inputs}, {outputs, n_outputs});
  });
}

gt_status gt_function_run_sized(gt_context ctx, gt_function function, const gt_spec* input_specs,
                                const void* const* inputs, const size_t* input_bytes, size_t n_inputs,
                                const gt_spec* output_specs, void* const* outputs, const size_t* output_bytes,
                                size_t n_outputs) {
  constexpr const char* name = "gt_function_run_sized";
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = runnable(c, function, name, "gt_function_run_sized: function");
    if (n_inputs > 0 && (!inputs || !input_bytes)) invalid("{}: inputs and input_bytes must not be NULL", name);
    if (n_outputs > 0 && (!outputs || !output_bytes)) invalid("{}: outputs and output_bytes must not be NULL", name);
    RecordedFunction& recording = recording_of(*f, name, input_specs, n_inputs);
    check_counts(name, recording, n_inputs, n_outputs);
    check_memory(name, "input", recording.inputs(), recording.input_bytes(), input_bytes);
    check_memory(name, "output", recording.outputs(), recording.output_bytes(), output_bytes);
    for (std::size_t i = 0; output_specs && i < n_outputs; ++i)
      if (!same(output_specs[i], recording.outputs()[i]))
        invalid("{}: output {} is {}, got another spec", name, i, to_string(recording.outputs()[i]));
    run(c, name, *f, recording, {inputs, n_inputs}, {outputs, n_outputs});
  });
}

gt_status gt_function_compile(gt_context ctx, gt_function function) {
  return guarded(ctx, [&](Context& c) { c.function(function, "gt_function_compile: function")->compile(); });
}

gt_status gt_function_output_specs(gt_context ctx, gt_function function, const gt_spec* input_specs, size_t n_inputs,
                                   gt_spec* output_specs, size_t capacity, size_t* n_outputs) {
  constexpr const char* name = "gt_function_output_specs";
  clear_array(output_specs, capacity);
  if (n_outputs) *n_outputs = 0;
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = c.function(function, "gt_function_output_specs: function");
    need_array(output_specs, capacity, "{}: output_specs", name);
    const RecordedFunction& recording = recording_of(*f, name, input_specs, n_inputs);
    std::vector<gt_spec> specs;
    for (const Spec& spec : recording.outputs()) specs.push_back(spec_to_c(spec, name));
    std::copy_n(specs.begin(), std::min(capacity, specs.size()), output_specs);
    if (n_outputs) *n_outputs = specs.size();
  });
}

gt_status gt_plan_describe(gt_context ctx, const gt_tensor* tensors, size_t n, int32_t format, char* text,
                           size_t capacity, size_t* needed) {
  clear_text(text, capacity, needed);
  return guarded(ctx, [&](Context& c) {
    need_array(tensors, n, "gt_plan_describe: tensors");
    check_format("gt_plan_describe", format);
    Tensors targets;
    for (size_t i = 0; i < n; ++i) targets.push_back(c.peek(tensors[i], fmt::format("gt_plan_describe: tensor {}", i)));
    std::vector<double> seconds;
    PlanPtr plan;
    if (format == GT_PLAN_TIMES)
      plan = c.evaluator().evaluate_timed(targets, seconds);
    else
      plan = c.evaluator().plan(targets);
    write_text(described(*plan, format, seconds), text, capacity, needed);
  });
}

gt_status gt_function_describe(gt_context ctx, gt_function function, int32_t format, char* text, size_t capacity,
                               size_t* needed) {
  clear_text(text, capacity, needed);
  return guarded(ctx, [&](Context& c) {
    const std::shared_ptr<Function> f = c.function(function, "gt_function_describe: function");
    check_format("gt_function_describe", format);
    if (!f->latest())
      fail(Status::failed_precondition,
           "gt_function_describe: the function's sizes are open (-1) and no call has brought any yet");
    RecordedFunction& recording = *f->latest();
    std::vector<double> seconds;
    if (format == GT_PLAN_TIMES) recording.time_steps(seconds);
    write_text(described(recording.plan(), format, seconds), text, capacity, needed);
  });
}

}  // extern "C"
