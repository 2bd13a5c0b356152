// A call of each function of gradtape.h for ops, tapes, rules, functions and plans, with arguments that can go wrong one by one.
#include "header_call.hpp"

namespace test {
namespace {

using S = Surroundings;

gt_status enough(gt_tensor made) { return made ? GT_OK : GT_OUT_OF_MEMORY; }
gt_status square_forward_checked(gt_context c, void*, const gt_tensor* in, size_t n_in, gt_tensor* out, size_t capacity,
                                 size_t* n) {
  if (n_in == 0) return GT_INVALID_ARGUMENT;
  *n = 1;
  if (capacity == 0) return GT_OK;  // the call tells that there is no room
  out[0] = gt_square(c, in[0]);
  return enough(out[0]);
}
gt_status double_backward(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_add(c, dy[0], dy[0]);
  return enough(dx[0]);
}
gt_status infer_first(gt_context, void*, const gt_spec* in, size_t n_in, const gt_attr*, size_t, gt_spec* out, size_t,
                      size_t* n) {
  if (n_in == 0) return GT_INVALID_ARGUMENT;
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
gt_status compute_nothing(void*, const gt_spec*, const void* const*, size_t, const gt_attr*, size_t, const gt_spec*,
                          void* const*, size_t) {
  return GT_OK;
}
int32_t go_on(void*, uint64_t, uint64_t) { return 0; }

template <class F>
std::function<gt_status(S&, Call&)> on_tape(F f, gt_tape S::*tape) {
  return [=](S& s, Call& c) {
    gt_tape t = c.tape(s.*tape);
    return f(c.context(), t);
  };
}
template <class F>
std::function<gt_status(S&, Call&)> applying(F f) {
  return [=](S& s, Call& c) {
    static const double factor = 0.5;
    const gt_attr wrong{"no_such", GT_ATTR_FLOAT, 0, 1, &factor}, nameless{nullptr, GT_ATTR_FLOAT, 0, 1, &factor};
    const gt_attr attr = c.pick<gt_attr>({"alpha", GT_ATTR_FLOAT, 0, 1, &factor}, {wrong, nameless});
    const auto attrs = c.array<const gt_attr>(c.keep(std::vector<gt_attr>(9, attr)), 1);
    const auto in = c.tensors({s.unread});
    const auto out = c.outputs<gt_tensor>(1);
    size_t* n = c.output<size_t>();
    const char* op = c.pick<const char*>("leaky_relu", {nullptr, "", "no_such_op", "header_rule"});
    return f(s, c, op, in, attrs, out, n);
  };
}
// Values for the inputs of a function, and room for its outputs; the sizes of both.
struct Memory {
  Call::Array<const void*> in;
  Call::Array<void*> out;
};
Memory memory(Call& c) {
  float* room = c.keep(std::vector<float>(2 * kLength, 0.f));
  std::vector<const void*> in(9, c.pointer(numbers_given.data()));
  std::vector<void*> out(9, c.pick<float*>(room, {nullptr, const_cast<float*>(numbers_given.data()) + 1}));
  auto inputs = c.array<const void*>(c.keep(std::move(in)), 1);
  return {inputs, c.array<void*>(c.keep(std::move(out)), 1)};
}
gt_spec wrong_spec(int32_t rank, int64_t size, gt_dtype dtype) {
  gt_spec s = floats(size);
  s.rank = rank;
  s.dtype = dtype;
  return s;
}
gt_spec spec(Call& c, gt_spec right) {
  return c.pick(right, {wrong_spec(-1, 4, GT_FLOAT32), wrong_spec(17, 4, GT_FLOAT32), wrong_spec(1, -7, GT_FLOAT32),
                        wrong_spec(1, INT64_MAX, GT_FLOAT64), wrong_spec(1, 4, 77), floats(kLength + 1)});
}

gt_jacobian_options jacobian_options(Call& c) {
  gt_jacobian_options o{};
  o.struct_size = c.pick(sizeof o, {0, 7, sizeof o - 1, SIZE_MAX});
  o.mode = c.pick<int32_t>(GT_MODE_REVERSE, {-1, 9});
  o.unconnected = c.pick<int32_t>(GT_UNCONNECTED_NULL, {-1, 7});
  o.batch_dependence = c.pick<int32_t>(0, {-1, 7});
  o.reserved = c.pick<int32_t>(0, {1});
  o.progress = go_on;
  return o;
}
using OfSources = gt_status (*)(gt_context, gt_tape, gt_tensor, const gt_tensor*, size_t, const gt_jacobian_options*,
                                gt_tensor*);
std::function<gt_status(S&, Call&)> of_sources(OfSources function) {
  return [=](S& s, Call& c) {
    const gt_jacobian_options o = jacobian_options(c);
    const gt_jacobian_options* options = c.pick<const gt_jacobian_options*>(&o, {nullptr});
    gt_tape tape = c.tape(s.once);
    gt_tensor target = c.tensor(s.y);
    const auto by = c.tensors({s.x});
    const auto out = c.outputs<gt_tensor>(1);
    return function(c.context(), tape, target, by.data, std::min(by.n, out.n), options, out.data);
  };
}
using OfBatch = gt_status (*)(gt_context, gt_tape, gt_tensor, gt_tensor, const gt_jacobian_options*, gt_tensor*);
std::function<gt_status(S&, Call&)> of_batch(OfBatch function) {
  return [=](S& s, Call& c) {
    const gt_jacobian_options o = jacobian_options(c);
    const gt_jacobian_options* options = c.pick<const gt_jacobian_options*>(&o, {nullptr});
    gt_tape tape = c.tape(s.once);
    gt_tensor target = c.tensor(s.square), source = c.tensor(s.matrix);
    auto* out = c.output<gt_tensor>();
    return function(c.context(), tape, target, source, options, out);
  };
}
gt_status take_rows(gt_context, void*, int64_t, int64_t, const gt_tensor*, size_t) { return GT_OK; }

}  // namespace

std::vector<Row> rows_of_programs() {
  return {
      {"gt_apply", applying([](S&, Call& c, const char* op, auto in, auto attrs, auto out, size_t* n) {
         return gt_apply(c.context(), op, in.data, in.n, attrs.data, attrs.n, out.data, out.n, n);
       })},
      {"gt_tape_begin",
       [](S& s, Call& c) {
         const auto flags = c.pick<uint32_t>(1, {4, UINT32_MAX});
         return s.status_of(gt_tape_begin(c.context(), flags));
       }},
      {"gt_tape_end", on_tape(gt_tape_end, &S::once)},
      {"gt_tape_watch",
       [](S& s, Call& c) {
         gt_tape t = c.tape(s.persistent);
         gt_tensor x = c.tensor(s.unread);
         return gt_tape_watch(c.context(), t, x);
       }},
      {"gt_tape_stop_recording", on_tape(gt_tape_stop_recording, &S::once)},
      {"gt_tape_resume_recording", on_tape(gt_tape_resume_recording, &S::paused)},
      {"gt_tape_reset", on_tape(gt_tape_reset, &S::once)},
      {"gt_tape_watched_variables",
       [](S& s, Call& c) {
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         gt_tape t = c.tape(s.persistent);
         return gt_tape_watched_variables(c.context(), t, out.data, out.n, n);
       }},
      {"gt_tape_gradient",
       [](S& s, Call& c) {
         gt_tape t = c.tape(s.once);
         const auto to = c.tensors({s.y}), by = c.tensors({s.x, s.variable});
         gt_tensor weight = c.tensor(s.unread);
         const auto out = c.outputs<gt_tensor>(2);
         const int32_t unconnected = c.pick<int32_t>(0, {-1, 2});
         const gt_tensor* weights = c.keep(std::vector<gt_tensor>(9, weight));
         return gt_tape_gradient(c.context(), t, to.data, to.n, by.data, std::min(by.n, out.n), weights, unconnected,
                                 out.data);
       }},
      {"gt_tape_jvp",
       [](S& s, Call& c) {
         gt_tape t = c.tape(s.once);
         const auto to = c.tensors({s.y}), by = c.tensors({s.x}), along = c.tensors({s.unread});
         const auto out = c.outputs<gt_tensor>(1);
         const int32_t unconnected = c.pick<int32_t>(0, {-1, 2});
         return gt_tape_jvp(c.context(), t, to.data, std::min(to.n, out.n), by.data, std::min(by.n, along.n),
                            along.data, unconnected, out.data);
       }},
      {"gt_tape_jacobian", of_sources(gt_tape_jacobian)},
      {"gt_tape_batch_jacobian", of_batch(gt_tape_batch_jacobian)},
      {"gt_tape_jacobian_rows",
       [](S& s, Call& c) {
         const gt_jacobian_options o = jacobian_options(c);
         const gt_jacobian_options* options = c.pick<const gt_jacobian_options*>(&o, {nullptr});
         gt_tape tape = c.tape(s.once);
         gt_tensor target = c.tensor(s.y);
         const auto by = c.tensors({s.x});
         const auto rows = c.pick<gt_rows_fn>(take_rows, {nullptr});
         return gt_tape_jacobian_rows(c.context(), tape, target, by.data, by.n, options, rows, nullptr);
       }},
      {"gt_tape_hvp",
       [](S& s, Call& c) {
         gt_tape t = c.tape(s.once);
         gt_tensor target = c.tensor(s.y);
         const auto by = c.tensors({s.x}), along = c.tensors({s.unread});
         const auto out = c.outputs<gt_tensor>(1);
         const int32_t unconnected = c.pick<int32_t>(0, {-1, 2});
         return gt_tape_hvp(c.context(), t, target, by.data, std::min({by.n, along.n, out.n}), along.data, unconnected,
                            out.data);
       }},
      {"gt_tape_hessian", of_sources(gt_tape_hessian)},
      {"gt_tape_hessian_diagonal", of_sources(gt_tape_hessian_diagonal)},
      {"gt_tape_batch_hessian", of_batch(gt_tape_batch_hessian)},
      {"gt_label",
       [](S& s, Call& c) {
         gt_tensor t = c.tensor(s.x);
         return gt_label(c.context(), t, "x");
       }},
      {"gt_tape_explain",
       [](S& s, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         gt_tape t = c.tape(s.once);
         gt_tensor target = c.tensor(s.y), source = c.tensor(s.x);
         return gt_tape_explain(c.context(), t, target, source, text.data, text.n, needed);
       }},
      {"gt_tape_check",
       [](S& s, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         gt_check_options o{};
         o.struct_size = c.pick(sizeof o, {0, 7, sizeof o - 1, SIZE_MAX});
         o.compare = c.pick<uint32_t>(GT_COMPARE_MODES, {16, UINT32_MAX});
         o.reserved = c.pick<uint32_t>(0, {1});
         o.tolerance = c.pick<double>(0, {-1, 1, NAN});
         gt_tape t = c.tape(s.once);
         gt_tensor target = c.tensor(s.y);
         const auto by = c.tensors({s.x});
         return gt_tape_check(c.context(), t, target, by.data, by.n, &o, text.data, text.n, needed);
       }},
      {"gt_set_checks",
       [](S&, Call& c) {
         const auto checks = c.pick<uint32_t>(0, {2, UINT32_MAX});
         return gt_set_checks(c.context(), checks);
       }},
      {"gt_custom_gradient",
       [](S& s, Call& c) {
         const auto in = c.tensors({s.variable});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         const auto forward = c.pick<gt_forward_fn>(square_forward_checked, {nullptr});
         const auto backward = c.pick<gt_gradient_fn>(double_backward, {nullptr});
         return gt_custom_gradient(c.context(), "custom", forward, backward, &s, count_free, in.data, in.n, out.data,
                                   out.n, n);
       }},
      {"gt_register_op",
       [](S& s, Call& c) {
         gt_op_definition d{};
         d.struct_size = c.pick(sizeof d, {0, 9, SIZE_MAX});
         d.doc = "an op";
         d.infer = c.pick<gt_infer_fn>(infer_first, {nullptr});
         d.compute = c.pick<gt_compute_fn>(compute_nothing, {nullptr});
         d.gradient = double_backward;
         const char* name = c.pick<const char*>(s.name.c_str(), {nullptr, "", "tanh"});
         const gt_op_definition* given = c.pointer(&d);
         c.begin();
         return gt_register_op(name, given, &s, count_free);
       }},
      {"gt_register_gradient",
       [](S& s, Call& c) {
         const char* name = c.pick<const char*>(s.rule.c_str(), {nullptr, "", "tanh", "header_rule"});
         const auto gradient = c.pick<gt_gradient_fn>(double_backward, {nullptr});
         c.begin();
         return gt_register_gradient(name, gradient, &s, count_free);
       }},
      {"gt_apply_with_gradient", applying([](S&, Call& c, const char* op, auto in, auto attrs, auto out, size_t* n) {
         const char* rule = c.pick<const char*>("header_rule", {nullptr, "", "no_such_rule"});
         return gt_apply_with_gradient(c.context(), op, rule, in.data, in.n, attrs.data, attrs.n, out.data, out.n, n);
       })},
      {"gt_function_create",
       [](S& s, Call& c) {
         const auto in = c.array<const gt_spec>(c.keep(std::vector<gt_spec>(9, spec(c, floats(kLength)))), 1);
         const auto body = c.pick<gt_forward_fn>(S::count_body, {nullptr});
         return s.status_of(gt_function_create(c.context(), body, &s, count_free, in.data, in.n));
       }},
      {"gt_function_call",
       [](S& s, Call& c) {
         const auto in = c.tensors({s.unread});
         const auto out = c.outputs<gt_tensor>(1);
         size_t* n = c.output<size_t>();
         gt_function f = c.function(s.fixed);
         return gt_function_call(c.context(), f, in.data, in.n, out.data, out.n, n);
       }},
      {"gt_function_output_specs",
       [](S& s, Call& c) {
         const auto in = c.array<const gt_spec>(c.keep(std::vector<gt_spec>(9, spec(c, floats(kLength)))), 1);
         const auto out = c.outputs<gt_spec>(1);
         size_t* n = c.output<size_t>();
         gt_function f = c.function(s.open);
         return gt_function_output_specs(c.context(), f, in.data, in.n, out.data, out.n, n);
       }},
      {"gt_function_run_sized",
       [](S& s, Call& c) {
         const gt_spec* in = c.keep(std::vector<gt_spec>(9, spec(c, floats(kLength))));
         const gt_spec* out = c.keep(std::vector<gt_spec>(9, spec(c, floats(kLength))));
         const Memory m = memory(c);
         const size_t* in_bytes = c.pointer(c.keep(std::vector<size_t>(9, bytes(c))));
         const size_t* out_bytes = c.pointer(c.keep(std::vector<size_t>(9, bytes(c))));
         gt_function f = c.function(s.open);
         return gt_function_run_sized(c.context(), f, in, m.in.data, in_bytes, m.in.n, out, m.out.data, out_bytes,
                                      m.out.n);
       }},
      {"gt_function_run",
       [](S& s, Call& c) {
         const Memory m = memory(c);
         gt_function f = c.function(s.fixed);
         return gt_function_run(c.context(), f, m.in.data, m.in.n, m.out.data, m.out.n);
       }},
      {"gt_function_compile",
       [](S& s, Call& c) {
         gt_function f = c.function(s.fixed);
         return gt_function_compile(c.context(), f);
       }},
      {"gt_plan_describe",
       [](S& s, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         const auto in = c.tensors({s.sine});
         const int32_t format = c.pick<int32_t>(GT_PLAN_TIMES, {-1, 3});
         return gt_plan_describe(c.context(), in.data, in.n, format, text.data, text.n, needed);
       }},
      {"gt_function_describe",
       [](S& s, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         const int32_t format = c.pick<int32_t>(GT_PLAN_TIMES, {-1, 3});
         gt_function f = c.function(s.fixed);
         return gt_function_describe(c.context(), f, format, text.data, text.n, needed);
       }},
  };
}

}  // namespace test
