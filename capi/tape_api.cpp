// Tapes: their life, gradients and products.
#include "capi/derivatives.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

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
    const Tensors along = read_directions(c, tangents, n_sources, name, "tangent");
    Tape::Use use(t, name);
    publish_derivatives(c, t.jvp(to, by, along, zero), jvps,
                        [&](std::size_t i) { return null_of_target(name, i, to[i]); });
    use.done();
  });
}

}  // extern "C"
