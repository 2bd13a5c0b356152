// Jacobians and Hessians of tapes.
#include "autodiff/hessian.hpp"
#include "capi/callbacks.hpp"
#include "capi/derivatives.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

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

}  // namespace

extern "C" {

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

gt_status gt_tape_jacobian_rows(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                size_t n_sources, const gt_jacobian_options* options, gt_rows_fn rows,
                                void* user_data) {
  constexpr const char* name = "gt_tape_jacobian_rows";
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_pointer(reinterpret_cast<const void*>(rows), "gt_tape_jacobian_rows: rows");
    const JacobianOptions o = options_from(c, options, name);
    const Tensor to = c.peek(target, "gt_tape_jacobian_rows: target");
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tape::Use use(t, name);
    jacobian_rows(t, to, by, o, [&](int64_t first, int64_t count, const Tensors& given) {
      call_rows(c, name, rows, user_data, first, count, given);
    });
    use.done();
  });
}

gt_status gt_tape_hvp(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                      const gt_tensor* vectors, int32_t unconnected, gt_tensor* products) {
  constexpr const char* name = "gt_tape_hvp";
  clear_array(products, n_sources);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(products, n_sources, "gt_tape_hvp: products");
    need_array(vectors, n_sources, "gt_tape_hvp: vectors");
    const bool zero = zero_unconnected(unconnected, name);
    const Tensor of = c.peek(target, "gt_tape_hvp: target");
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tensors along;
    for (size_t i = 0; i < n_sources; ++i)
      along.push_back(vectors[i] ? c.read(vectors[i], fmt::format("{}: vector {}", name, i)) : Tensor());
    Tape::Use use(t, name);
    publish_derivatives(c, hvp(t, of, by, along, zero), products,
                        [&](std::size_t i) { return null_of_source(t, name, i, by[i]); });
    use.done();
  });
}

gt_status gt_tape_hessian(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                          const gt_jacobian_options* options, gt_tensor* blocks) {
  constexpr const char* name = "gt_tape_hessian";
  const size_t n_blocks = n_sources <= kMostElements ? n_sources * n_sources : n_sources;
  clear_array(blocks, n_blocks);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(blocks, n_blocks, "gt_tape_hessian: blocks");
    const JacobianOptions o = options_from(c, options, name);
    const Tensor of = c.peek(target, "gt_tape_hessian: target");
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tape::Use use(t, name);
    publish_derivatives(c, hessian(t, of, by, o), blocks,
                        [&](std::size_t k) { return null_of_source(t, name, k / n_sources, by[k / n_sources]); });
    use.done();
  });
}

gt_status gt_tape_hessian_diagonal(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                   size_t n_sources, const gt_jacobian_options* options, gt_tensor* diagonals) {
  constexpr const char* name = "gt_tape_hessian_diagonal";
  clear_array(diagonals, n_sources);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(diagonals, n_sources, "gt_tape_hessian_diagonal: diagonals");
    const JacobianOptions o = options_from(c, options, name);
    const Tensor of = c.peek(target, "gt_tape_hessian_diagonal: target");
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tape::Use use(t, name);
    publish_derivatives(c, hessian_diagonal(t, of, by, o), diagonals,
                        [&](std::size_t i) { return null_of_source(t, name, i, by[i]); });
    use.done();
  });
}

gt_status gt_tape_batch_hessian(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source,
                                const gt_jacobian_options* options, gt_tensor* hessian) {
  constexpr const char* name = "gt_tape_batch_hessian";
  clear_array(hessian, 1);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_pointer(hessian, "gt_tape_batch_hessian: hessian");
    const JacobianOptions o = options_from(c, options, name);
    const Tensor of = c.peek(target, "gt_tape_batch_hessian: target");
    const Source by = c.source(source, "gt_tape_batch_hessian: source");
    Tape::Use use(t, name);
    publish_derivatives(c, {batch_hessian(t, of, by, o)}, hessian,
                        [&](std::size_t i) { return null_of_source(t, name, i, by); });
    use.done();
  });
}

}  // extern "C"
