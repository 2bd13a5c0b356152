// Tapes and the derivatives taken of them.
#include "autodiff/jacobian.hpp"
#include "capi/marshal.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

Tensors read_targets(Context& c, const gt_tensor* handles, std::size_t n, const char* function) {
  need_array(handles, n, "{}: targets", function);
  Tensors targets;
  for (std::size_t i = 0; i < n; ++i) targets.push_back(c.peek(handles[i], fmt::format("{}: target {}", function, i)));
  return targets;
}
std::vector<Source> read_sources(Context& c, const gt_tensor* handles, std::size_t n, const char* function) {
  need_array(handles, n, "{}: sources", function);
  std::vector<Source> sources;
  for (std::size_t i = 0; i < n; ++i)
    sources.push_back(c.source(handles[i], fmt::format("{}: source {}", function, i)));
  return sources;
}

bool zero_unconnected(int32_t unconnected, const char* function) {
  if (unconnected != GT_UNCONNECTED_NULL && unconnected != GT_UNCONNECTED_ZERO)
    invalid("{}: unconnected must be GT_UNCONNECTED_NULL 0 or GT_UNCONNECTED_ZERO 1, got {}", function, unconnected);
  return unconnected == GT_UNCONNECTED_ZERO;
}

JacobianOptions options_from(Context& c, const gt_jacobian_options* given, const char* function) {
  const gt_jacobian_options o =
      given ? read_struct(fmt::format("{}: options", function), given) : gt_jacobian_options{};
  if (o.mode < GT_MODE_AUTO || o.mode > GT_MODE_REVERSE)
    invalid("{}: options.mode must be GT_MODE_AUTO 0, GT_MODE_FORWARD 1 or GT_MODE_REVERSE 2, got {}", function,
            o.mode);
  if (o.batch_dependence != GT_BATCH_INDEPENDENT && o.batch_dependence != GT_BATCH_SUM)
    invalid("{}: options.batch_dependence must be GT_BATCH_INDEPENDENT 0 or GT_BATCH_SUM 1, got {}", function,
            o.batch_dependence);
  if (o.reserved != 0) invalid("{}: options.reserved must be 0, got {}", function, o.reserved);
  JacobianOptions options;
  options.zero_unconnected = zero_unconnected(o.unconnected, function);
  options.mode = static_cast<Mode>(o.mode);
  options.memory_budget = o.memory_budget;
  options.sum_over_batch = o.batch_dependence == GT_BATCH_SUM;
  if (o.progress)
    options.progress = [&c, call = o.progress, data = o.progress_data](uint64_t done, uint64_t total) {
      const CallbackScope scope(c);
      return call(data, done, total) == 0;
    };
  return options;
}

// The message for a NULL in place of a derivative.
std::string null_message(const char* function, const char* what, std::size_t i, const Tensor& of, const char* why) {
  return fmt::format("{} gave NULL for {} {}, {}, which is not connected: {}", function, what, i, to_string(of.spec()),
                     why);
}
std::string null_of_source(const Tape& t, const char* function, std::size_t i, const Source& source) {
  const bool watched =
      t.recording().holds(source.tensor) || (source.variable && t.recording().read_of(source.variable.get()));
  return null_message(function, "source", i, source.tensor,
                      watched ? "it is watched, but no target was computed from it while the tape recorded"
                              : "was it watched before the ops that use it? gt_tape_watch comes first");
}
std::string null_of_target(const char* function, std::size_t i, const Tensor& target) {
  return null_message(function, "target", i, target, "it was computed from no source while the tape recorded");
}

// Gives the results out, and remembers the message of the first NULL among them (message: by index). The mistake behind
// it is often found only where the NULL comes back as an operand.
template <class Message>
void publish_derivatives(Context& c, const Tensors& results, gt_tensor* out, Message&& message) {
  std::string unconnected;
  const auto null = std::ranges::find_if(results, [](const Tensor& r) { return !r; });
  if (null != results.end()) unconnected = message(static_cast<std::size_t>(null - results.begin()));
  c.publish_all(results, out);
  if (null != results.end()) c.unconnected = std::move(unconnected);
}

template <class Body>
gt_status with_tape(gt_context ctx, gt_tape handle, const char* function, Body&& body) {
  return guarded(ctx, [&](Context& c) {
    body(c, *c.tape(handle, fmt::format("{}: tape", function)));
    c.bound_pending();
  });
}

}  // namespace

extern "C" {

gt_tape gt_tape_begin(gt_context ctx, uint32_t flags) {
  return guarded_object(ctx, [&](Context& c) {
    if (flags & ~uint32_t{GT_TAPE_PERSISTENT | GT_TAPE_MANUAL_WATCH})
      invalid("gt_tape_begin: flags are GT_TAPE_PERSISTENT 1 and GT_TAPE_MANUAL_WATCH 2, got {}", flags);
    return c.publish_tape(
        std::make_shared<Tape>(c.recorder(), (flags & GT_TAPE_PERSISTENT) != 0, (flags & GT_TAPE_MANUAL_WATCH) != 0));
  });
}

gt_status gt_tape_end(gt_context ctx, gt_tape tape) {
  return with_tape(ctx, tape, "gt_tape_end", [](Context&, Tape& t) { t.end(); });
}
gt_status gt_tape_watch(gt_context ctx, gt_tape tape, gt_tensor tensor) {
  return with_tape(ctx, tape, "gt_tape_watch",
                   [&](Context& c, Tape& t) { t.watch(c.source(tensor, "gt_tape_watch: tensor")); });
}
gt_status gt_tape_stop_recording(gt_context ctx, gt_tape tape) {
  return with_tape(ctx, tape, "gt_tape_stop_recording", [](Context&, Tape& t) { t.stop(); });
}
gt_status gt_tape_resume_recording(gt_context ctx, gt_tape tape) {
  return with_tape(ctx, tape, "gt_tape_resume_recording", [](Context&, Tape& t) { t.resume(); });
}
gt_status gt_tape_reset(gt_context ctx, gt_tape tape) {
  return with_tape(ctx, tape, "gt_tape_reset", [](Context&, Tape& t) { t.reset(); });
}

gt_status gt_tape_watched_variables(gt_context ctx, gt_tape tape, gt_tensor* variables, size_t capacity, size_t* n) {
  clear_array(variables, capacity);
  if (n) *n = 0;
  return with_tape(ctx, tape, "gt_tape_watched_variables", [&](Context& c, Tape& t) {
    need_array(variables, capacity, "gt_tape_watched_variables: variables");
    std::vector<Object> watched;
    for (const Recording::Read& read : t.recording().reads()) watched.emplace_back(read.variable);
    c.publish_all(std::span(watched).first(std::min(capacity, watched.size())), variables);
    if (n) *n = watched.size();
  });
}

gt_status gt_tape_gradient(gt_context ctx, gt_tape tape, const gt_tensor* targets, size_t n_targets,
                           const gt_tensor* sources, size_t n_sources, const gt_tensor* output_gradients,
                           int32_t unconnected, gt_tensor* gradients) {
  constexpr const char* name = "gt_tape_gradient";
  clear_array(gradients, n_sources);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(gradients, n_sources, "gt_tape_gradient: gradients");
    const bool zero = zero_unconnected(unconnected, name);
    const Tensors to = read_targets(c, targets, n_targets, name);
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tensors cotangents;
    for (size_t i = 0; output_gradients && i < n_targets; ++i)
      cotangents.push_back(c.read(output_gradients[i], fmt::format("{}: output gradient {}", name, i)));
    Tape::Use use(t, name);
    publish_derivatives(c, t.gradient(to, by, cotangents, zero), gradients,
                        [&](std::size_t i) { return null_of_source(t, name, i, by[i]); });
    use.done();
  });
}

gt_status gt_tape_jvp(gt_context ctx, gt_tape tape, const gt_tensor* targets, size_t n_targets,
                      const gt_tensor* sources, size_t n_sources, const gt_tensor* tangents, int32_t unconnected,
                      gt_tensor* jvps) {
  constexpr const char* name = "gt_tape_jvp";
  clear_array(jvps, n_targets);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(jvps, n_targets, "gt_tape_jvp: jvps");
    need_array(tangents, n_sources, "gt_tape_jvp: tangents");
    const bool zero = zero_unconnected(unconnected, name);
    const Tensors to = read_targets(c, targets, n_targets, name);
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tensors along;
    for (size_t i = 0; i < n_sources; ++i)
      along.push_back(tangents[i] ? c.read(tangents[i], fmt::format("{}: tangent {}", name, i)) : Tensor());
    Tape::Use use(t, name);
    publish_derivatives(c, t.jvp(to, by, along, zero), jvps,
                        [&](std::size_t i) { return null_of_target(name, i, to[i]); });
    use.done();
  });
}

gt_status gt_tape_jacobian(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                           const gt_jacobian_options* options, gt_tensor* jacobians) {
  constexpr const char* name = "gt_tape_jacobian";
  clear_array(jacobians, n_sources);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(jacobians, n_sources, "gt_tape_jacobian: jacobians");
    const JacobianOptions o = options_from(c, options, name);
    const Tensor to = c.peek(target, "gt_tape_jacobian: target");
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tape::Use use(t, name);
    publish_derivatives(c, jacobian(t, to, by, o), jacobians,
                        [&](std::size_t i) { return null_of_source(t, name, i, by[i]); });
    use.done();
  });
}

gt_status gt_tape_batch_jacobian(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source,
                                 const gt_jacobian_options* options, gt_tensor* jacobian) {
  constexpr const char* name = "gt_tape_batch_jacobian";
  clear_array(jacobian, 1);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_pointer(jacobian, "gt_tape_batch_jacobian: jacobian");
    const JacobianOptions o = options_from(c, options, name);
    const Tensor to = c.peek(target, "gt_tape_batch_jacobian: target");
    const Source by = c.source(source, "gt_tape_batch_jacobian: source");
    Tape::Use use(t, name);
    publish_derivatives(c, {batch_jacobian(t, to, by, o)}, jacobian,
                        [&](std::size_t i) { return null_of_source(t, name, i, by); });
    use.done();
  });
}

}  // extern "C"
