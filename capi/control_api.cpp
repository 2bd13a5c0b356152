// Loops, branches, checkpoints and maps: ops whose operands are functions.
#include "capi/callbacks.hpp"
#include "capi/derivatives.hpp"
#include "control/checkpoint.hpp"
#include "control/cond.hpp"
#include "control/linearize.hpp"
#include "control/root.hpp"
#include "control/scan.hpp"
#include "control/vmap.hpp"
#include "control/while.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

// The arguments that all of them share.
struct SharedArguments {
  void* user_data;
  void (*free)(void*);
  gt_tensor* outputs;
  size_t capacity;
  size_t* n_outputs;
};

// Runs a call that records functions of the user's. They are recorded before it returns, and user_data is free then.
template <class Record>
gt_status with_bodies(gt_context ctx, const char* name, const SharedArguments& given, Record&& record) {
  clear_outputs(given.outputs, given.capacity, given.n_outputs);
  bool owned = false;
  const gt_status status = guarded(ctx, [&](Context& c) {
    const UserData owner(c.deferred(), given.free, given.user_data);
    owned = true;
    const Tensors outputs = record(c);
    check_capacity(name, outputs.size(), given.outputs, given.capacity);
    c.publish_all(outputs, given.outputs);
    if (given.n_outputs) *given.n_outputs = outputs.size();
    c.bound_pending();
  });
  if (!owned && given.free) given.free(given.user_data);
  return status;
}

FunctionBody function_of(Context& c, const char* name, const char* argument, gt_forward_fn f, void* user_data,
                         size_t capacity) {
  need_pointer(reinterpret_cast<const void*>(f), "{}: {}", name, argument);
  const std::string what = fmt::format("{}: {}", name, argument);
  return [&c, what, f, user_data, room = std::min(capacity, kMostOutputs)](const Tensors& in) {
    return call_forward(c, what, f, user_data, in, room);
  };
}

Tensors read_list(Context& c, const char* name, const char* argument, const gt_tensor* tensors, size_t n) {
  need_array(tensors, n, "{}: {}", name, argument);
  Tensors all;
  for (size_t i = 0; i < n; ++i) all.push_back(c.read(tensors[i], fmt::format("{}: {} {}", name, argument, i)));
  return all;
}

void need_zero(const char* name, int32_t reserved) {
  if (reserved != 0) invalid("{}: options.reserved must be 0, got {}", name, reserved);
}
bool need_flag(const char* name, const char* field, int32_t value) {
  if (value != 0 && value != 1) invalid("{}: options.{} must be 0 or 1, got {}", name, field, value);
  return value == 1;
}

int32_t need_choice(const char* name, const char* field, int32_t value, int32_t last) {
  if (value < 0 || value > last) invalid("{}: options.{} must be from 0 to {}, got {}", name, field, last, value);
  return value;
}
template <class T>
T need_positive(const char* name, const char* field, T value) {  // 0 stands for the default
  if (!(value >= 0)) invalid("{}: options.{} must not be negative, got {}", name, field, value);
  return value;
}

// All but the solver.
RootOptions root_options(const char* name, const gt_root_options& given) {
  RootOptions o;
  o.tolerance = need_positive(name, "tolerance", given.tolerance);
  o.max_steps = need_positive(name, "max_steps", given.max_steps);
  o.fixed_point = need_flag(name, "fixed_point", given.fixed_point);
  o.method = static_cast<RootMethod>(need_choice(name, "method", given.method, GT_ROOT_ANDERSON));
  o.linear.solver = static_cast<LinearSolver>(need_choice(name, "linear", given.linear, GT_ROOT_GMRES));
  o.history = need_positive(name, "history", given.history);
  o.damping = need_positive(name, "damping", given.damping);
  if (o.damping > 1) invalid("{}: options.damping must be 1 at most, got {}", name, o.damping);
  o.linear.tolerance = need_positive(name, "linear_tolerance", given.linear_tolerance);
  o.linear.max_steps = need_positive(name, "linear_max_steps", given.linear_max_steps);
  o.linear.restart = need_positive(name, "linear_restart", given.linear_restart);
  return o;
}

}  // namespace

extern "C" {

gt_status gt_scan(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*), const gt_tensor* initial,
                  size_t n_carried, const gt_tensor* sequences, size_t n_sequences, const gt_scan_options* options,
                  gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  constexpr const char* name = "gt_scan";
  return with_bodies(ctx, name, {user_data, free, outputs, capacity, n_outputs}, [&](Context& c) {
    gt_scan_options given{sizeof(gt_scan_options), -1, 0, 0, 0};
    if (options) given = read_struct("gt_scan: options", options);
    need_zero(name, given.reserved);
    if (given.length < -1) invalid("{}: options.length must be the number of steps, or -1, got {}", name, given.length);
    ScanOptions o;
    o.length = given.length;
    o.reverse = need_flag(name, "reverse", given.reverse);
    o.memory_budget = given.memory_budget;
    const FunctionBody step = function_of(c, name, "body", body, user_data, capacity);
    const Tensors carried = read_list(c, name, "initial", initial, n_carried);
    const Tensors rows = read_list(c, name, "sequences", sequences, n_sequences);
    return scan(c.recorder(), name, carried, rows, o, [&](const Tensors& carries, const Tensors& of_step) {
      Tensors in = carries;
      for (const Tensor& t : of_step) in.push_back(t);
      return step(in);
    });
  });
}

gt_status gt_while(gt_context ctx, gt_forward_fn condition, gt_forward_fn body, void* user_data, void (*free)(void*),
                   const gt_tensor* initial, size_t n, const gt_while_options* options, gt_tensor* outputs,
                   size_t capacity, size_t* n_outputs) {
  constexpr const char* name = "gt_while";
  return with_bodies(ctx, name, {user_data, free, outputs, capacity, n_outputs}, [&](Context& c) {
    const gt_while_options given = options ? read_struct("gt_while: options", options) : gt_while_options{};
    if (given.max_steps < 0) invalid("{}: options.max_steps must not be negative, got {}", name, given.max_steps);
    WhileOptions o;
    o.max_steps = given.max_steps;
    o.memory_budget = given.memory_budget;
    return while_loop(c.recorder(), name, read_list(c, name, "initial", initial, n), o,
                      function_of(c, name, "condition", condition, user_data, 1),
                      function_of(c, name, "body", body, user_data, capacity));
  });
}

gt_status gt_cond(gt_context ctx, gt_tensor predicate, gt_forward_fn yes, gt_forward_fn no, void* user_data,
                  void (*free)(void*), const gt_tensor* inputs, size_t n, gt_tensor* outputs, size_t capacity,
                  size_t* n_outputs) {
  constexpr const char* name = "gt_cond";
  return with_bodies(ctx, name, {user_data, free, outputs, capacity, n_outputs}, [&](Context& c) {
    const Tensor which = c.read(predicate, fmt::format("{}: predicate", name));
    return cond(c.recorder(), name, which, read_list(c, name, "inputs", inputs, n),
                function_of(c, name, "yes", yes, user_data, capacity),
                function_of(c, name, "no", no, user_data, capacity));
  });
}

gt_status gt_checkpoint(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*),
                        const gt_tensor* inputs, size_t n, const gt_checkpoint_options* options, gt_tensor* outputs,
                        size_t capacity, size_t* n_outputs) {
  constexpr const char* name = "gt_checkpoint";
  return with_bodies(ctx, name, {user_data, free, outputs, capacity, n_outputs}, [&](Context& c) {
    if (options) read_struct("gt_checkpoint: options", options);
    return checkpoint(c.recorder(), name, read_list(c, name, "inputs", inputs, n),
                      function_of(c, name, "body", body, user_data, capacity));
  });
}

gt_status gt_vmap(gt_context ctx, gt_forward_fn body, void* user_data, void (*free)(void*), const gt_tensor* inputs,
                  size_t n, const int32_t* in_axes, const int32_t* out_axes, const gt_vmap_options* options,
                  gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  constexpr const char* name = "gt_vmap";
  return with_bodies(ctx, name, {user_data, free, outputs, capacity, n_outputs}, [&](Context& c) {
    gt_vmap_options given{sizeof(gt_vmap_options), -1, 0, 0};
    if (options) given = read_struct("gt_vmap: options", options);
    if (given.size < -1) invalid("{}: options.size must be the number of samples, or -1, got {}", name, given.size);
    VmapOptions o;
    o.size = given.size;
    o.shares_draws = need_flag(name, "shared_draws", given.shared_draws);
    need_zero(name, given.reserved);
    const Tensors all = read_list(c, name, "inputs", inputs, n);
    o.in_axes = in_axes ? std::vector<int>(in_axes, in_axes + n) : std::vector<int>(n, 0);
    o.out_axes = out_axes;
    return vmap(c.recorder(), name, all, o, function_of(c, name, "body", body, user_data, capacity));
  });
}

gt_status gt_root(gt_context ctx, gt_forward_fn residual, void* user_data, void (*free)(void*), const gt_tensor* guess,
                  size_t n, const gt_root_options* options, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  constexpr const char* name = "gt_root";
  return with_bodies(ctx, name, {user_data, free, outputs, capacity, n_outputs}, [&](Context& c) {
    const gt_root_options given = options ? read_struct("gt_root: options", options) : gt_root_options{};
    RootOptions o = root_options(name, given);
    if (given.solver) o.solver = function_of(c, name, "solver", given.solver, user_data, n);
    return root(c.recorder(), name, read_list(c, name, "guess", guess, n), o,
                function_of(c, name, "residual", residual, user_data, capacity));
  });
}

gt_status gt_tape_linearize(gt_context ctx, gt_tape tape, const gt_tensor* targets, size_t n_targets,
                            const gt_tensor* sources, size_t n_sources, int32_t transposed, gt_function* map) {
  constexpr const char* name = "gt_tape_linearize";
  if (map) *map = nullptr;
  return guarded(ctx, [&](Context& c) {
    need_pointer(map, "gt_tape_linearize: map");
    if (transposed != 0 && transposed != 1) invalid("{}: transposed must be 0 or 1, got {}", name, transposed);
    const std::shared_ptr<Tape> t = c.tape(tape, "gt_tape_linearize: tape");
    const Tensors to = read_targets(c, targets, n_targets, name);
    const std::vector<Source> by = read_sources(c, sources, n_sources, name);
    Tape::Use use(*t, name);
    *map = reinterpret_cast<gt_function>(c.publish(linearize(t, c.evaluator().workers, to, by, transposed == 1)));
    use.done();
  });
}

}  // extern "C"
