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

struct JacobianArguments {
  gt_tensor target;
  const gt_tensor* sources;
  size_t n_sources;
  const gt_jacobian_options* options;
};

// Derivatives of a target, `each` of them for a source, named `what` in errors.
template <class Derive>
gt_status by_sources(gt_context ctx, gt_tape tape, const char* name, const JacobianArguments& given, const char* what,
                     gt_tensor* out, size_t each, Derive&& derive) {
  clear_array(out, given.n_sources * each);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_array(out, given.n_sources * each, "{}: {}", name, what);
    const JacobianOptions o = options_from(c, given.options, name);
    const Tensor of = c.peek(given.target, fmt::format("{}: target", name));
    const std::vector<Source> by = read_sources(c, given.sources, given.n_sources, name);
    Tape::Use use(t, name);
    publish_derivatives(c, derive(t, of, by, o), out,
                        [&](std::size_t k) { return null_of_source(t, name, k / each, by[k / each]); });
    use.done();
  });
}

// The derivative of each sample of a target, by one source.
template <class Derive>
gt_status by_batch(gt_context ctx, gt_tape tape, const char* name, const JacobianArguments& given, const char* what,
                   gt_tensor* out, Derive&& derive) {
  clear_array(out, 1);
  return with_tape(ctx, tape, name, [&](Context& c, Tape& t) {
    need_pointer(out, "{}: {}", name, what);
    const JacobianOptions o = options_from(c, given.options, name);
    const Tensor of = c.peek(given.target, fmt::format("{}: target", name));
    const Source by = c.source(*given.sources, fmt::format("{}: source", name));
    Tape::Use use(t, name);
    publish_derivatives(c, {derive(t, of, by, o)}, out, [&](std::size_t i) { return null_of_source(t, name, i, by); });
    use.done();
  });
}

}  // namespace

extern "C" {

gt_status gt_tape_jacobian(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                           const gt_jacobian_options* options, gt_tensor* jacobians) {
  return by_sources(ctx, tape, "gt_tape_jacobian", {target, sources, n_sources, options}, "jacobians", jacobians, 1,
                    jacobian);
}

gt_status gt_tape_batch_jacobian(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source,
                                 const gt_jacobian_options* options, gt_tensor* jacobian) {
  return by_batch(ctx, tape, "gt_tape_batch_jacobian", {target, &source, 1, options}, "jacobian", jacobian,
                  [](const Tape& t, const Tensor& of, const Source& by, const JacobianOptions& o) {
                    return batch_jacobian(t, of, by, o);
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
    const Tensors along = read_directions(c, vectors, n_sources, name, "vector");
    Tape::Use use(t, name);
    publish_derivatives(c, hvp(t, of, by, along, zero), products,
                        [&](std::size_t i) { return null_of_source(t, name, i, by[i]); });
    use.done();
  });
}

gt_status gt_tape_hessian(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources, size_t n_sources,
                          const gt_jacobian_options* options, gt_tensor* blocks) {
  const size_t row = n_sources <= kMostElements ? n_sources : 1;
  return by_sources(ctx, tape, "gt_tape_hessian", {target, sources, n_sources, options}, "blocks", blocks, row,
                    hessian);
}

gt_status gt_tape_hessian_diagonal(gt_context ctx, gt_tape tape, gt_tensor target, const gt_tensor* sources,
                                   size_t n_sources, const gt_jacobian_options* options, gt_tensor* diagonals) {
  return by_sources(ctx, tape, "gt_tape_hessian_diagonal", {target, sources, n_sources, options}, "diagonals",
                    diagonals, 1, hessian_diagonal);
}

gt_status gt_tape_batch_hessian(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source,
                                const gt_jacobian_options* options, gt_tensor* hessian) {
  return by_batch(ctx, tape, "gt_tape_batch_hessian", {target, &source, 1, options}, "hessian", hessian, batch_hessian);
}

}  // extern "C"
