// Lifetimes around callbacks: tapes that end inside a body, and recordings pushed out while they run. Also tensors that
// outlive their body, and callbacks that lead to themselves.
#include "support/tape_support.hpp"

namespace test {
namespace {

gt_spec floats(int64_t n) {
  gt_spec s{GT_FLOAT32, 1, {}};
  s.dims[0] = n;
  return s;
}
const gt_spec kScalar{GT_FLOAT32, 0, {}};

class Life : public TapeTest {
 public:
  gt_function make(gt_forward_fn body, gt_spec input = kScalar, void* user = nullptr) {
    return gt_function_create(c, body, user, nullptr, &input, 1);
  }
  gt_tensor call(gt_function f, gt_tensor x) {
    gt_tensor y = nullptr;
    EXPECT_EQ(gt_function_call(c, f, &x, 1, &y, 1, nullptr), GT_OK) << c.message();
    return y;
  }
};

// A change that a body makes to an outer tape stays.
gt_tape outer;
int how;
gt_status ends_outer(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  if (how == 0) {
    EXPECT_EQ(gt_release(c, outer), GT_OK);
  }
  if (how == 1) {
    EXPECT_EQ(gt_tape_end(c, outer), GT_OK);
  }
  if (how == 2) {
    EXPECT_EQ(gt_tape_stop_recording(c, outer), GT_OK);
  }
  if (how == 3) {
    EXPECT_EQ(gt_tape_reset(c, outer), GT_OK);
  }
  out[0] = gt_square(c, in[0]);
  *n = 1;
  return GT_OK;
}
TEST_F(Life, ABodyEndsATapeFromOutside) {
  for (how = 0; how < 4; ++how) {
    SCOPED_TRACE(how);
    gt_tensor x = num(3), v = gt_variable(c, x);
    outer = watching({x}, GT_TAPE_PERSISTENT);
    gt_tape beside = watching({x}, GT_TAPE_PERSISTENT);
    ASSERT_NE(make(ends_outer), nullptr) << c.message();
    gt_tensor y = x;
    for (int i = 0; i < 50; ++i) y = gt_sin(c, add(y, v));
    EXPECT_EQ(dgrad(beside, gt_square(c, x), x), 6);
    if (how == 0) {
      EXPECT_EQ(gt_tape_end(c, outer), GT_INVALID_HANDLE);
      c.take_error();
    } else if (how == 3) {
      EXPECT_EQ(gt_tape_stop_recording(c, outer), GT_OK) << "it records still";
    } else {
      EXPECT_EQ(gt_tape_stop_recording(c, outer), GT_FAILED_PRECONDITION);
      c.take_error();
      EXPECT_EQ(gt_tape_resume_recording(c, outer), GT_OK);
      EXPECT_EQ(dgrad(outer, gt_square(c, x), x), 6);
    }
  }
}
// A tape that a body begins, or lets record again, stops with the body.
TEST_F(Life, TapesBegunInABodyStopWithIt) {
  static gt_tape begun, resumed;
  const auto body = [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    begun = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    gt_tape_watch(c, begun, in[0]);
    EXPECT_EQ(gt_tape_resume_recording(c, resumed), GT_OK);
    out[0] = gt_square(c, in[0]);
    *n = 1;
    return GT_OK;
  };
  gt_tensor x = num(3);
  resumed = watching({x}, GT_TAPE_PERSISTENT);
  gt_tape_end(c, resumed);
  gt_function f = make(body);
  for (gt_tape t : {begun, resumed}) {
    EXPECT_EQ(gt_tape_stop_recording(c, t), GT_FAILED_PRECONDITION);
    c.take_error();
    EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  }
  EXPECT_EQ(dgrad(resumed, gt_square(c, x), x), 6);
  expect(call(f, x), {9});
}

// 70 other sizes come while a recording's ops are recorded anew.
gt_function evicted;
bool armed;
TEST_F(Life, ARecordingIsPushedOutWhileItIsInlined) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.infer = [](gt_context c, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
               size_t* n) -> gt_status {
    for (int64_t k = 2; std::exchange(armed, false) || (k > 2 && k < 140); ++k) {
      gt_tensor t = tensor<float>(c, {k}, std::vector<float>(static_cast<size_t>(k))), y = nullptr;
      EXPECT_EQ(gt_function_call(c, evicted, &t, 1, &y, 1, nullptr), GT_OK);
      gt_release(c, y);
      gt_release(c, t);
    }
    out[0] = in[0];
    *n = 1;
    return GT_OK;
  };
  d.compute = [](void*, const gt_spec* specs, const void* const* in, size_t, const gt_attr*, size_t, const gt_spec*,
                 void* const* out, size_t) -> gt_status {
    std::memcpy(out[0], in[0], static_cast<size_t>(specs[0].dims[0]) * 4);
    return GT_OK;
  };
  d.gradient = [](gt_context, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    dx[0] = dy[0];
    return GT_OK;
  };
  ASSERT_EQ(gt_register_op("life_evicts", &d, nullptr, nullptr), GT_OK);
  const auto body = [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    gt_tensor t = in[0], same = nullptr;
    for (int i = 0; i < 5; ++i) {
      gt_apply(c, "life_evicts", &t, 1, nullptr, 0, &same, 1, nullptr);
      t = gt_square(c, same);
    }
    out[0] = t;
    *n = 1;
    return GT_OK;
  };
  evicted = make(body, floats(-1));
  gt_tensor x = vec({1});
  expect(call(evicted, x), {1});
  gt_tape t = watching({x});
  armed = true;
  gt_tensor y = call(evicted, x);
  EXPECT_EQ(dgrad(t, y, x), 32);
}

// A tensor that one body keeps is a tensor without a value for everybody else.
gt_tensor kept;
gt_status keeps(gt_context c, void* of, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  kept = of ? gt_exp(c, in[0]) : gt_tensor_duplicate(c, in[0]);
  out[0] = gt_square(c, kept);
  *n = 1;
  return GT_OK;
}
gt_status uses_kept(gt_context c, void* how_used, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  out[0] = how_used ? gt_tensor_duplicate(c, kept) : gt_add(c, in[0], gt_sin(c, kept));
  *n = 1;
  return GT_OK;
}
TEST_F(Life, ATensorKeptByABodyHasNoValueElsewhere) {
  gt_tensor v = gt_variable(c, vec({1, 2})), x = vec({1, 2}), out = nullptr;
  static int yes;
  float values[2];
  for (void* of : {static_cast<void*>(nullptr), static_cast<void*>(&yes)}) {
    gt_function f = make(keeps, floats(2), of);
    ASSERT_NE(f, nullptr) << c.message();
    expect_error(gt_tensor_read(c, kept, values, 8), GT_FAILED_PRECONDITION, "belongs to a function's body");
    for (void* how_used : {static_cast<void*>(nullptr), static_cast<void*>(&yes)}) {
      EXPECT_EQ(make(uses_kept, floats(2), how_used), nullptr);
      EXPECT_EQ(c.message(),
                "a function's body computes with a tensor that has no value: one that another function's body made or "
                "was given, or the cotangent of a Jacobian that is being built");
    }
    EXPECT_EQ(gt_assign(c, v, kept), GT_FAILED_PRECONDITION);
    EXPECT_EQ(gt_variable(c, kept), nullptr);
    void* dl = nullptr;
    EXPECT_EQ(gt_tensor_to_dlpack(c, gt_cos(c, kept), &dl), GT_FAILED_PRECONDITION);
    gt_tape t = watching({kept});
    gt_tensor y = gt_tanh(c, kept);
    EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &kept, 1, nullptr, 0, &out), GT_OK);
    EXPECT_EQ(gt_eval(c, &out, 1), GT_FAILED_PRECONDITION);
    c.take_error();
    gt_tensor through = call(f, kept);
    EXPECT_EQ(gt_eval(c, &through, 1), GT_FAILED_PRECONDITION);
    c.take_error();
    expect(v, {1, 2});
    expect(call(f, x), of ? std::vector<double>{std::exp(2.0), std::exp(4.0)} : std::vector<double>{1, 4});
  }
}

// No call gets in while a kernel runs, wherever it runs from.
gt_context inside;
gt_function function_inside;
int entered, refused;
TEST_F(Life, NoCallFromACompute) {
  inside = c;
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.infer = [](gt_context, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
               size_t* n) -> gt_status {
    out[0] = in[0];
    *n = 1;
    return GT_OK;
  };
  d.compute = [](void*, const gt_spec*, const void* const* in, size_t, const gt_attr*, size_t, const gt_spec*,
                 void* const* out, size_t) -> gt_status {
    std::memcpy(out[0], in[0], 12);
    ++entered;
    size_t needed = 9;
    refused += gt_scalar(inside, 1) == nullptr &&
               gt_function_describe(inside, function_inside, GT_PLAN_TIMES, nullptr, 0, &needed) == GT_BUSY &&
               needed == 0;
    return GT_OK;
  };
  ASSERT_EQ(gt_register_op("life_peeps", &d, nullptr, nullptr), GT_OK);
  static gt_tensor constant;
  constant = vec({1, 2, 3});
  const auto peep = [](gt_context ctx, gt_tensor x) {
    gt_tensor y = nullptr;
    gt_apply(ctx, "life_peeps", &x, 1, nullptr, 0, &y, 1, nullptr);
    return y;
  };
  static const auto both = peep;
  const auto body = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    out[0] = gt_add(ctx, both(ctx, constant), both(ctx, in[0]));
    *n = 1;
    return GT_OK;
  };
  const auto expect_refused = [&](const char* where, const std::function<void()>& call) {
    entered = refused = 0;
    call();
    EXPECT_GT(entered, 0) << where;
    EXPECT_EQ(refused, entered) << where;
  };
  gt_tensor y = peep(c, constant), z = peep(c, constant), out = nullptr;
  size_t needed;
  expect_refused("eval", [&] { gt_eval(c, &y, 1); });
  expect_refused("times", [&] { gt_plan_describe(c, &z, 1, GT_PLAN_TIMES, nullptr, 0, &needed); });
  function_inside = make(body, floats(3));
  expect_refused("call", [&] { gt_function_call(c, function_inside, &constant, 1, &out, 1, nullptr); });
  expect_refused("function's times",
                 [&] { gt_function_describe(c, function_inside, GT_PLAN_TIMES, nullptr, 0, &needed); });
  const float from[3] = {1, 2, 3};
  float to[3];
  const void* in[] = {from};
  void* outs[] = {to};
  expect_refused("run", [&] { gt_function_run(c, function_inside, in, 1, outs, 1); });
  EXPECT_EQ(number(c, gt_square(c, num(3))), 9);
}

// A body that calls its function: with the same sizes it never ends, with others it may.
gt_function recursive;
int64_t step;
gt_status calls_itself(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  int64_t next = 0;
  if (const gt_status s = gt_tensor_shape(c, in[0], &next, 1, nullptr); s != GT_OK) return s;
  next += step;
  *n = 1;
  if (next == 0) {
    out[0] = gt_square(c, in[0]);
    return GT_OK;
  }
  gt_tensor other = tensor<float>(c, {next}, std::vector<float>(static_cast<size_t>(next), 2)), y = nullptr;
  const gt_status s = gt_function_call(c, recursive, &other, 1, &y, 1, nullptr);
  if (s == GT_OK) out[0] = gt_add(c, in[0], gt_reduce_sum(c, y, nullptr, 0, 0));
  return s;
}
TEST_F(Life, AFunctionThatCallsItself) {
  recursive = make(calls_itself, floats(-1));
  gt_tensor x = vec({1, 1, 1}), y = nullptr;
  step = 0;
  expect_error(gt_function_call(c, recursive, &x, 1, &y, 1, nullptr), GT_FAILED_PRECONDITION,
               "gt_function_call: the function's body calls the function itself with the same sizes");
  step = 1;
  expect_error(gt_function_call(c, recursive, &x, 1, &y, 1, nullptr), GT_FAILED_PRECONDITION,
               "does one lead to itself?");
  step = -1;
  expect(call(recursive, x), {1 + 2 * (2 + 4.0), 1 + 2 * (2 + 4.0), 1 + 2 * (2 + 4.0)});
}
TEST_F(Life, AnInferThatAppliesItsOwnOp) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.infer = [](gt_context ctx, void*, const gt_spec*, size_t, const gt_attr*, size_t, gt_spec*, size_t,
               size_t*) -> gt_status {
    gt_tensor x = gt_scalar(ctx, 1), y = nullptr;
    return gt_apply(ctx, "life_infers_itself", &x, 1, nullptr, 0, &y, 1, nullptr);
  };
  d.compute = [](void*, const gt_spec*, const void* const*, size_t, const gt_attr*, size_t, const gt_spec*,
                 void* const*, size_t) -> gt_status { return GT_OK; };
  ASSERT_EQ(gt_register_op("life_infers_itself", &d, nullptr, nullptr), GT_OK);
  gt_tensor x = num(1), y = nullptr;
  expect_error(gt_apply(c, "life_infers_itself", &x, 1, nullptr, 0, &y, 1, nullptr), GT_FAILED_PRECONDITION,
               "does one lead to itself?");
}

// A derivative that fails leaves its tape recording.
TEST_F(Life, AFailedDerivativeLeavesTheTape) {
  gt_tensor x = vec({1, 2}), wrong = num(1), out = nullptr;
  gt_tape t = watching({x});
  gt_tensor y = gt_square(c, x);
  EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, &wrong, 0, &out), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_tape_batch_jacobian(c, t, y, x, nullptr, &out), GT_INVALID_ARGUMENT);
  c.take_error();
  gt_tensor z = gt_square(c, y);
  expect(grad(t, z, x), {4, 32});
}
// A variable that only a failing call has read is not watched.
TEST_F(Life, AFailedOpLeavesTheTapes) {
  gt_tensor v = gt_variable(c, vec({1, 2})), w = gt_variable(c, num(1));
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_add(c, v, vec({1, 2, 3})), nullptr);
  c.take_error();
  size_t n = 9;
  EXPECT_EQ(gt_tape_watched_variables(c, t, nullptr, 0, &n), GT_OK);
  EXPECT_EQ(n, 0u);
  gt_tensor y = mul(w, w);
  EXPECT_EQ(gt_add(c, gt_add(c, w, w), gt_add(c, v, vec({1, 2, 3}))), nullptr);
  c.take_error();
  EXPECT_EQ(gt_tape_watched_variables(c, t, nullptr, 0, &n), GT_OK);
  EXPECT_EQ(n, 1u);
  EXPECT_EQ(dgrad(t, y, w), 2);
}

}  // namespace
}  // namespace test
