// Every kind of callback, made to act once.
#include "callback_world.hpp"

#include <algorithm>
#include <cstring>

namespace test {

namespace {
World* world;

gt_status act(const gt_tensor* given, size_t n) {
  if (!world || world->acts++ > 0) return GT_OK;
  world->act(*world, std::vector<gt_tensor>(given, given + n));
  return world->answer;
}

gt_status square_body(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = gt_square(c, in[0]);
  *n = 1;
  return GT_OK;
}
}  // namespace
gt_status acting_body(gt_context c, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t, size_t* n) {
  const gt_status s = act(in, n_in);
  out[0] = gt_sin(c, in[0]);
  *n = 1;
  return s;
}
namespace {
gt_status acting_gradient(gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  const gt_status s = act(call->inputs, call->n_inputs);
  dx[0] = gt_multiply(c, dy[0], gt_scalar(c, 3));
  return s;
}
}  // namespace
gt_status plain_gradient(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_multiply(c, dy[0], gt_scalar(c, 3));
  return GT_OK;
}
namespace {
gt_status infer_like(gt_context, void* data, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
                     size_t* n) {
  const gt_status s = data ? act(nullptr, 0) : GT_OK;
  out[0] = in[0];
  *n = 1;
  return s;
}
gt_status copy(void* data, const gt_spec* specs, const void* const* in, size_t, const gt_attr*, size_t, const gt_spec*,
               void* const* out, size_t) {
  const gt_status s = data ? act(nullptr, 0) : GT_OK;
  size_t n = 4;
  for (int32_t i = 0; i < specs[0].rank; ++i) n *= static_cast<size_t>(specs[0].dims[i]);
  std::memcpy(out[0], in[0], n);
  return s;
}
gt_status acting_tangent(gt_context c, void*, const gt_call* call, const gt_tensor* in, gt_tensor* out) {
  const gt_status s = act(call->inputs, call->n_inputs);
  if (in[0]) out[0] = gt_multiply(c, in[0], gt_scalar(c, 3));
  return s;
}
gt_status acting_batch(gt_context c, void*, const gt_call* call, const uint8_t*, int64_t, gt_tensor* out) {
  const gt_status s = act(call->inputs, call->n_inputs);
  out[0] = gt_identity(c, call->inputs[0]);
  return s;
}
gt_status acting_composite(gt_context c, void*, const gt_tensor* in, size_t n_in, const gt_attr*, size_t,
                           gt_tensor* out, size_t, size_t* n) {
  const gt_status s = act(in, n_in);
  out[0] = gt_sin(c, in[0]);
  *n = 1;
  return s;
}
int32_t acting_progress(void*, uint64_t, uint64_t) { return act(nullptr, 0) == GT_OK ? 0 : 1; }
void acting_free(void*) { (void)act(nullptr, 0); }

}  // namespace
void register_acting_ops() {
  static int yes;
  const auto op = [](const char* name, auto set, void* data = nullptr) {
    gt_op_definition d{};
    d.struct_size = sizeof d;
    d.infer = infer_like;
    d.compute = copy;
    d.gradient = plain_gradient;
    set(d);
    ASSERT_EQ(gt_register_op(name, &d, data, nullptr), GT_OK) << name;
  };
  op(
      "state_infer",
      [](gt_op_definition& d) { d.compute = [](void*, auto... rest) { return copy(nullptr, rest...); }; }, &yes);
  op(
      "state_compute",
      [](gt_op_definition& d) {
        d.infer = [](gt_context c, void*, auto... rest) { return infer_like(c, nullptr, rest...); };
      },
      &yes);
  op("state_gradient", [](gt_op_definition& d) { d.gradient = acting_gradient; });
  op("state_tangent", [](gt_op_definition& d) { d.tangent = acting_tangent; });
  op("state_batch", [](gt_op_definition& d) { d.batch = acting_batch; });
  op("state_composite", [](gt_op_definition& d) {
    d = {};
    d.struct_size = sizeof d;
    d.composite = acting_composite;
  });
}
namespace {}  // namespace
gt_spec vector_of(int64_t n) {
  gt_spec s{GT_FLOAT32, 1, {}};
  s.dims[0] = n;
  return s;
}
namespace {}  // namespace
gt_tensor numbers_of(gt_context c, int64_t n) {
  return tensor<float>(c, {n}, std::vector<float>(static_cast<size_t>(n), 0.5f));
}
namespace {}  // namespace
World::World() {
  x = numbers_of(c, kSize);
  variable = gt_variable(c, x);
  pending = gt_exp(c, x);
  const gt_spec fixed_spec = vector_of(kSize), open_spec = vector_of(-1);
  fixed = gt_function_create(c, square_body, nullptr, nullptr, &fixed_spec, 1);
  open = gt_function_create(c, square_body, nullptr, nullptr, &open_spec, 1);
  other = gt_function_create(c, acting_body, nullptr, nullptr, &open_spec, 1);
  persistent = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  once = gt_tape_begin(c, 0);
  ended = gt_tape_begin(c, 0);
  paused = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  for (gt_tape t : {persistent, once, ended, paused}) gt_tape_watch(c, t, x);
  gt_tape_end(c, ended);
  gt_tape_stop_recording(c, paused);
  gt_scope_begin(c);
  scoped = gt_sin(c, x);
  world = this;
}
namespace {}  // namespace
World::~World() {
  world = nullptr;
  use_everything();
  gt_scope_end(c, nullptr, 0);
  c.take_error();
  EXPECT_EQ(number(c, gt_square(c, scalar32(c, 3))), 9);
}
namespace {

// Statuses may be anything now; that it ends is what counts.
}  // namespace
void World::use_everything() {
  std::vector<gt_tensor> all{x, variable, pending, scoped};
  all.insert(all.end(), kept.begin(), kept.end());
  std::vector<gt_tape> every{persistent, once, ended, paused};
  every.insert(every.end(), tapes.begin(), tapes.end());
  float values[4 * kSize];
  char text[400];
  for (gt_tensor t : all) {
    gt_tensor y = gt_tanh(c, gt_multiply(c, t, x)), g = nullptr;
    gt_tensor_describe(c, t, text, sizeof text, nullptr);
    gt_graph_describe(c, &y, 1, GT_GRAPH_TEXT, text, sizeof text, nullptr);
    gt_tensor_read(c, t, values, kSize * 4);
    for (gt_tape tape : every) {
      gt_tape_jvp(c, tape, &y, 1, &x, 1, &x, 0, &g);
      gt_tape_gradient(c, tape, &y, 1, &t, 1, nullptr, 0, &g);
      gt_eval(c, &g, g ? 1 : 0);
      gt_tape_jacobian(c, tape, y, &x, 1, nullptr, &g);
    }
    gt_eval(c, &y, 1);
    for (gt_function f : {fixed, open, other}) {
      gt_function_call(c, f, &t, 1, &y, 1, nullptr);
      gt_eval(c, &y, 1);
    }
    gt_variable(c, t);
    gt_assign(c, variable, t);
    // A body that uses what another left.
    static gt_tensor used;
    used = t;
    const gt_spec spec = vector_of(kSize);
    gt_function f = gt_function_create(
        c,
        [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
          out[0] = gt_add(ctx, in[0], gt_sin(ctx, used));
          *n = 1;
          return out[0] ? GT_OK : GT_INVALID_HANDLE;
        },
        nullptr, nullptr, &spec, 1);
    gt_function_call(c, f, &x, 1, &y, 1, nullptr);
    gt_eval(c, &y, 1);
  }
  for (gt_tape t : every) {
    size_t n = 0;
    gt_tensor watched[4];
    gt_tape_watched_variables(c, t, watched, 4, &n);
    gt_tape_resume_recording(c, t);
    gt_tape_reset(c, t);
  }
  gt_eval(c, all.data(), all.size());
}
namespace {

// ---- Kinds of callback: each sets off one that acts.
gt_tensor apply_one(World& w, const char* op, gt_tensor in) {
  gt_tensor out = nullptr;
  gt_apply(w.c, op, &in, 1, nullptr, 0, &out, 1, nullptr);
  return out;
}
void derive(World& w, const char* op, bool forward) {
  for (uint32_t flags : {0u, uint32_t{GT_TAPE_PERSISTENT}}) {
    gt_tape t = gt_tape_begin(w.c, flags);
    gt_tape_watch(w.c, t, w.x);
    gt_tensor y = apply_one(w, op, gt_square(w.c, w.x)), g = nullptr, tangent = numbers_of(w.c, kSize);
    if (forward)
      gt_tape_jvp(w.c, t, &y, 1, &w.x, 1, &tangent, 0, &g);
    else
      gt_tape_gradient(w.c, t, &y, 1, &w.x, 1, nullptr, 0, &g);
    if (g) gt_eval(w.c, &g, 1);
    gt_tape_jacobian(w.c, w.persistent, y, &w.x, 1, nullptr, &g);
    w.acts = std::min(w.acts, 1);
  }
}
gt_tensor custom(World& w, gt_forward_fn forward, gt_gradient_fn backward, void (*free)(void*) = nullptr) {
  gt_tensor y = nullptr;
  gt_custom_gradient(w.c, nullptr, forward, backward, nullptr, free, &w.x, 1, &y, 1, nullptr);
  return y;
}

const std::map<std::string, Trigger> all_kinds = {
    {"body",
     [](World& w) {
       const gt_spec s = vector_of(kSize);
       gt_tensor y = nullptr;
       gt_function f = gt_function_create(w.c, acting_body, nullptr, nullptr, &s, 1);
       gt_function_call(w.c, f, &w.x, 1, &y, 1, nullptr);
     }},
    {"body of a new size",
     [](World& w) {
       gt_tensor y = nullptr;
       gt_function_call(w.c, w.other, &w.x, 1, &y, 1, nullptr);
     }},
    {"body for its specs",
     [](World& w) {
       const gt_spec s = vector_of(kSize);
       gt_spec out;
       gt_function_output_specs(w.c, w.other, &s, 1, &out, 1, nullptr);
     }},
    {"body in a body",
     [](World& w) {
       const gt_spec s = vector_of(kSize);
       gt_function_create(
           w.c,
           [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
             *n = 1;
             return gt_function_call(c, world->other, in, 1, out, 1, nullptr);
           },
           nullptr, nullptr, &s, 1);
     }},
    {"forward", [](World& w) { custom(w, acting_body, plain_gradient); }},
    {"backward",
     [](World& w) {
       gt_tensor y = custom(w, square_body, acting_gradient), g = nullptr;
       gt_tape_gradient(w.c, w.once, &y, 1, &w.x, 1, nullptr, 0, &g);
     }},
    {"backward in a jacobian",
     [](World& w) {
       gt_tensor y = custom(w, square_body, acting_gradient), j = nullptr;
       gt_tape_jacobian(w.c, w.persistent, y, &w.x, 1, nullptr, &j);
     }},
    {"backward transposed",
     [](World& w) {
       gt_tensor y = custom(w, square_body, acting_gradient), j = nullptr;
       gt_tape_jvp(w.c, w.once, &y, 1, &w.x, 1, &w.x, 0, &j);
     }},
    {"infer", [](World& w) { apply_one(w, "state_infer", w.x); }},
    {"infer of an inlined op",
     [](World& w) {
       const int before = std::exchange(w.acts, 1);
       const gt_spec s = vector_of(-1);
       gt_function f = gt_function_create(
           w.c,
           [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
             gt_tensor y = nullptr;
             gt_apply(c, "state_infer", in, 1, nullptr, 0, &y, 1, nullptr);
             out[0] = gt_multiply(c, gt_sin(c, y), world->variable);
             gt_assign(c, world->variable, out[0]);
             *n = 1;
             return GT_OK;
           },
           nullptr, nullptr, &s, 1);
       w.open = f;
       gt_tensor y = nullptr;
       const gt_spec size = vector_of(kSize);
       gt_function_output_specs(w.c, f, &size, 1, nullptr, 0, nullptr);
       w.acts = before;
       gt_function_call(w.c, f, &w.x, 1, &y, 1, nullptr);
       if (y) gt_eval(w.c, &y, 1);
     }},
    {"compute",
     [](World& w) {
       gt_tensor y = apply_one(w, "state_compute", w.x);
       gt_eval(w.c, &y, 1);
     }},
    {"compute in a function",
     [](World& w) {
       const gt_spec s = vector_of(kSize);
       gt_function f = gt_function_create(
           w.c,
           [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) -> gt_status {
             gt_tensor y = nullptr;
             gt_apply(c, "state_compute", &world->x, 1, nullptr, 0, &y, 1, nullptr);
             out[0] = gt_add(c, in[0], y);
             *n = 1;
             return GT_OK;
           },
           nullptr, nullptr, &s, 1);
       gt_tensor y = nullptr;
       gt_function_call(w.c, f, &w.x, 1, &y, 1, nullptr);
       if (y) gt_eval(w.c, &y, 1);
     }},
    {"gradient", [](World& w) { derive(w, "state_gradient", false); }},
    {"tangent", [](World& w) { derive(w, "state_tangent", true); }},
    {"batch",
     [](World& w) {
       const auto rule = [](gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
         return gt_apply(c, "state_batch", dy, 1, nullptr, 0, dx, 1, nullptr);
       };
       gt_tensor y = custom(w, square_body, rule), j = nullptr;
       gt_tape_jacobian(w.c, w.once, y, &w.x, 1, nullptr, &j);
     }},
    {"composite",
     [](World& w) {
       apply_one(w, "state_composite", w.x);
       apply_one(w, "state_composite", w.variable);
     }},
    {"progress",
     [](World& w) {
       gt_tensor y = gt_tanh(w.c, w.x), j = nullptr;
       gt_jacobian_options o{};
       o.struct_size = sizeof o;
       o.progress = acting_progress;
       o.memory_budget = 1;
       gt_tape_jacobian(w.c, w.once, y, &w.x, 1, &o, &j);
     }},
    {"free",
     [](World& w) {
       gt_tensor y = custom(w, square_body, plain_gradient, acting_free);
       gt_release(w.c, y);
       for (gt_tape* t : {&w.persistent, &w.once}) gt_release(w.c, std::exchange(*t, nullptr));
       gt_scope_begin(w.c);
       gt_scope_end(w.c, nullptr, 0);
     }},
};

}  // namespace

const std::map<std::string, Trigger>& callback_kinds() { return all_kinds; }

}  // namespace test
