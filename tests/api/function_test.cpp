// Functions: recorded once, replayed with other inputs, called under tapes, with variables and random numbers inside.
#include <algorithm>
#include <cstring>

#include "support/function_support.hpp"

namespace test {
namespace {

TEST_F(FunctionTest, ReplaysWithOtherInputs) {
  gt_function f = make({spec(GT_FLOAT32, {3}), spec(GT_FLOAT32, {})}, [](gt_context c, const Tensors& in) {
    return Tensors{gt_multiply(c, gt_sin(c, in[0]), in[1]), gt_reduce_sum(c, in[0], nullptr, 0, 0)};
  });
  ASSERT_NE(f, nullptr) << c.message();
  for (float s : {1.0f, 2.0f, -3.0f}) {
    const Tensors out = call(f, {vec({s, 2 * s, 3 * s}), num(s)});
    ASSERT_EQ(out.size(), 2u);
    expect(out[0], {s * std::sin(s), s * std::sin(2 * s), s * std::sin(3 * s)});
    expect(out[1], {6 * s});
  }
  EXPECT_EQ(state.calls, 1);
  EXPECT_EQ(gt_release(c, f), GT_OK);
  gt_eval(c, nullptr, 0);  // callbacks that free run between calls
  EXPECT_EQ(state.freed, 1);
}

TEST_F(FunctionTest, RunsOnRawMemory) {
  gt_function f = make({spec(GT_FLOAT64, {2, 2})}, [](gt_context c, const Tensors& in) {
    return Tensors{gt_matmul(c, in[0], in[0], 0, 1), in[0], gt_transpose(c, in[0], nullptr, 0),
                   gt_matmul(c, in[0], in[0], 0, 1)};
  });
  const double x[] = {1, 2, 3, 4};
  double square[4], same[4], turned[4], again[4];
  const void* in[] = {x};
  void* out[] = {square, same, turned, again};
  ASSERT_EQ(gt_function_run(c, f, in, 1, out, 4), GT_OK) << c.message();
  EXPECT_EQ(std::vector<double>(square, square + 4), (std::vector<double>{5, 11, 11, 25}));
  EXPECT_EQ(std::vector<double>(same, same + 4), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(std::vector<double>(turned, turned + 4), (std::vector<double>{1, 3, 2, 4}));
  EXPECT_EQ(std::vector<double>(again, again + 4), (std::vector<double>{5, 11, 11, 25}));
  EXPECT_EQ(gt_function_run(c, f, in, 2, out, 4), GT_INVALID_ARGUMENT);
  expect_error(GT_INVALID_ARGUMENT, "1 input(s) and 4 output(s), got 2 and 4");
  void* hole[] = {square, nullptr, turned, again};
  EXPECT_EQ(gt_function_run(c, f, in, 1, hole, 4), GT_INVALID_ARGUMENT);
  expect_error(GT_INVALID_ARGUMENT, "output 1 is NULL");
}

// Some outputs of an op are results, some are only used, some are neither.
TEST_F(FunctionTest, SomeOutputsOfAnOp) {
  gt_function f = make({spec(GT_FLOAT32, {100})}, [](gt_context c, const Tensors& in) {
    const gt_tensor sorted = apply(c, "sort", {in[0]})[0], top = apply(c, "top_k", {in[0]}, {{"k", 2}})[1];
    const gt_tensor q = apply(c, "qr", {apply(c, "reshape", {in[0]}, {{"shape", {10, 10}}})[0]})[1];
    return Tensors{sorted, top, apply(c, "reshape", {q}, {{"shape", {100}}})[0]};
  });
  ASSERT_NE(f, nullptr) << c.message();
  std::vector<float> x(100), out[3];
  for (auto& o : out) o.resize(100);
  for (int i = 0; i < 100; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>((i * 37 + 11) % 101);
  for (int round = 0; round < 3; ++round) {
    const void* in[] = {x.data()};
    void* to[] = {out[0].data(), out[1].data(), out[2].data()};
    ASSERT_EQ(gt_function_run(c, f, in, 1, to, 3), GT_OK) << c.message();
    std::vector<float> want = x;
    std::sort(want.begin(), want.end());
    EXPECT_EQ(out[0], want);
    int32_t first[2];
    std::memcpy(first, out[1].data(), sizeof first);
    EXPECT_EQ(x[static_cast<std::size_t>(first[0])], want[99]);
    EXPECT_EQ(x[static_cast<std::size_t>(first[1])], want[98]);
    EXPECT_EQ(out[2][10], 0) << "below the diagonal of r";
    std::reverse(x.begin(), x.end());
  }
}
TEST_F(FunctionTest, GradientsJacobiansAndHessiansInside) {
  // x^3 summed: gradient 3 x^2, its Jacobian diag(6 x); the row sums of the Hessian through a nested tape.
  gt_function f = make({spec(GT_FLOAT32, {3})}, [](gt_context c, const Tensors& in) {
    gt_tensor x = in[0], g = nullptr, h = nullptr, j = nullptr;
    gt_tape outer = gt_tape_begin(c, GT_TAPE_PERSISTENT), inner = gt_tape_begin(c, 0);
    gt_tape_watch(c, outer, x);
    gt_tape_watch(c, inner, x);
    gt_tensor cube = gt_multiply(c, x, gt_square(c, x));
    gt_tensor y = gt_reduce_sum(c, cube, nullptr, 0, 0);
    gt_tape_gradient(c, inner, &y, 1, &x, 1, nullptr, 0, &g);
    gt_tape_jacobian(c, outer, g, &x, 1, nullptr, &h);
    gt_jacobian_options small{};
    small.struct_size = sizeof small;
    small.memory_budget = 1;
    gt_tape_jacobian(c, outer, cube, &x, 1, &small, &j);
    return Tensors{y, g, h, j};
  });
  ASSERT_NE(f, nullptr) << c.message();
  for (float s : {1.0f, -2.0f}) {
    const Tensors out = call(f, {vec({s, 2 * s, 3 * s})});
    ASSERT_EQ(out.size(), 4u);
    const float a = s, b = 2 * s, d = 3 * s;
    expect(out[0], {a * a * a + b * b * b + d * d * d});
    expect(out[1], {3 * a * a, 3 * b * b, 3 * d * d});
    expect(out[2], {6 * a, 0, 0, 0, 6 * b, 0, 0, 0, 6 * d});
    expect(out[3], {3 * a * a, 0, 0, 0, 3 * b * b, 0, 0, 0, 3 * d * d});
  }
}

TEST_F(FunctionTest, ACallIsDifferentiableToAnyOrder) {
  gt_function f = make({spec(GT_FLOAT32, {})}, [](gt_context c, const Tensors& in) {
    return Tensors{gt_multiply(c, in[0], gt_square(c, in[0]))};
  });
  gt_tensor x = num(2);
  gt_tape outer = watching({x}), inner = watching({x});
  gt_tensor y = call(f, {x})[0];
  expect(y, {8});
  gt_tensor g = grad(inner, y, x);
  expect(g, {12});
  expect(grad(outer, g, x), {12});
  gt_tape forward = watching({x});
  expect(jvp(forward, call(f, {x})[0], x, num(1)), {12});
}

TEST_F(FunctionTest, CallsFunctionsAndCapturesTensors) {
  gt_tensor outside = vec({10, 20});
  BodyState inner_state{[&](gt_context c, const Tensors& in) { return Tensors{gt_multiply(c, in[0], outside)}; }};
  const gt_spec pair = spec(GT_FLOAT32, {2});
  gt_function inner = gt_function_create(c, run_body, &inner_state, nullptr, &pair, 1);
  gt_function f = make({pair}, [&](gt_context c, const Tensors& in) {
    gt_tensor y = nullptr;
    size_t n = 0;
    EXPECT_EQ(gt_function_call(c, inner, in.data(), 1, &y, 1, &n), GT_OK);
    return Tensors{gt_add(c, y, gt_exp(c, gt_scalar(c, 0)))};
  });
  ASSERT_NE(f, nullptr) << c.message();
  expect(call(f, {vec({1, 2})})[0], {11, 41});
  // A tensor from outside that a tape knows is differentiated by as well.
  gt_tape t = watching({outside});
  gt_tensor x = vec({3, 4});
  EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
  expect(grads(t, {call(f, {x})[0]}, {outside})[0], {3, 4});
}

TEST_F(FunctionTest, ReadsAndAssignsVariables) {
  gt_tensor w = gt_variable(c, vec({1, 1})), count = gt_variable(c, num(0));
  // A training step: loss = sum((w - x)^2), w -= 0.25 dloss/dw.
  gt_function step = make({spec(GT_FLOAT32, {2})}, [&](gt_context c, const Tensors& in) {
    gt_tape t = gt_tape_begin(c, 0);
    gt_tensor loss = gt_reduce_sum(c, gt_square(c, gt_subtract(c, w, in[0])), nullptr, 0, 0), g = nullptr;
    gt_tape_gradient(c, t, &loss, 1, &w, 1, nullptr, 0, &g);
    gt_assign_sub(c, w, gt_multiply(c, g, gt_scalar(c, 0.25)));
    gt_assign_add(c, count, gt_scalar(c, 1));
    return Tensors{loss, gt_identity(c, w)};
  });
  ASSERT_NE(step, nullptr) << c.message();
  expect(w, {1, 1});  // recording assigns nothing
  Tensors out = call(step, {vec({3, 5})});
  expect(out[0], {20});
  expect(out[1], {2, 3});
  expect(w, {2, 3});
  gt_assign(c, w, vec({3, 4}));  // from outside
  const float x[] = {3, 5};
  float loss, after[2];
  const void* in[] = {x};
  void* results[] = {&loss, after};
  ASSERT_EQ(gt_function_run(c, step, in, 1, results, 2), GT_OK);
  EXPECT_EQ(loss, 1);
  expect(w, {3, 4.5});
  expect(count, {2});
  // Under a tape that watches w the step is recorded anew, and assigns as well.
  gt_tape t = tape();
  out = call(step, {vec({3, 5})});
  expect(grads(t, {out[0]}, {w})[0], {0, -1});
  expect(w, {3, 4.75});
  expect(count, {3});
}

TEST_F(FunctionTest, DrawsAnewInEachCall) {
  gt_function f = make({}, [](gt_context c, const Tensors&) {
    const int64_t four = 4;
    gt_tensor a = gt_random_normal(c, &four, 1, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT);
    return Tensors{a, gt_random_uniform(c, &four, 1, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT)};
  });
  ASSERT_NE(f, nullptr) << c.message();
  gt_random_seed(c, 7);
  const Tensors first = call(f, {}), second = call(f, {});
  EXPECT_NE(read<float>(c, first[0]), read<float>(c, second[0]));
  gt_random_seed(c, 7);
  const int64_t four = 4;
  gt_tensor eager = gt_random_normal(c, &four, 1, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT);
  EXPECT_EQ(read<float>(c, eager), read<float>(c, first[0]));
}

TEST_F(FunctionTest, OpenSizesAreRecordedOnceEach) {
  gt_function f = make({spec(GT_FLOAT32, {-1, 2})},
                       [](gt_context c, const Tensors& in) { return Tensors{gt_reduce_sum(c, in[0], nullptr, 0, 0)}; });
  ASSERT_NE(f, nullptr) << c.message();
  EXPECT_EQ(state.calls, 0);
  float y = 0;
  void* out[] = {&y};
  const float x[] = {1, 2, 3, 4};
  const void* in[] = {x};
  expect(call(f, {mat(1, 2, {1, 2})})[0], {3});
  EXPECT_EQ(gt_function_run(c, f, in, 1, out, 1), GT_FAILED_PRECONDITION);
  expect_error(GT_FAILED_PRECONDITION, "sizes are open");
  expect(call(f, {mat(2, 2, {1, 2, 3, 4})})[0], {10});
  expect(call(f, {mat(1, 2, {5, 6})})[0], {11});
  expect(call(f, {mat(0, 2, {})})[0], {0});
  EXPECT_EQ(state.calls, 3);
  expect(call(f, {mat(2, 2, {1, 1, 1, 1})})[0], {4});
  const gt_spec sizes = spec(GT_FLOAT32, {2, 2});
  const size_t in_bytes = 16, out_bytes = 4;
  ASSERT_EQ(gt_function_run_sized(c, f, &sizes, in, &in_bytes, 1, nullptr, out, &out_bytes, 1), GT_OK);
  EXPECT_EQ(y, 10);
  gt_tensor wrong = vec({1, 2});
  gt_tensor result = nullptr;
  EXPECT_EQ(gt_function_call(c, f, &wrong, 1, &result, 1, nullptr), GT_INVALID_ARGUMENT);
  expect_error(GT_INVALID_ARGUMENT, "input 0 must be float32[-1, 2], got float32[2]");
}

TEST_F(FunctionTest, AValueCannotBeReadInside) {
  gt_function f = make({spec(GT_FLOAT32, {2})}, [](gt_context c, const Tensors& in) {
    float value[2];
    gt_tensor y = gt_tanh(c, in[0]);
    EXPECT_EQ(gt_tensor_read(c, y, value, sizeof value), GT_FAILED_PRECONDITION);
    return Tensors{y};
  });
  expect_error(GT_FAILED_PRECONDITION, "tanh: this tensor has no value while a function is being recorded");
  EXPECT_NE(f, nullptr);  // the body went on and returned GT_OK
}

TEST_F(FunctionTest, FailuresInTheBodyReachTheCaller) {
  EXPECT_EQ(make({spec(GT_FLOAT32, {})},
                 [](gt_context c, const Tensors& in) { return Tensors{gt_matmul(c, in[0], in[0], 0, 0)}; }),
            nullptr);
  expect_error(GT_INVALID_ARGUMENT, "matmul: a and b must have at least 1 axis");
  EXPECT_EQ(state.freed, 1);
  state.status = GT_CANCELLED;
  EXPECT_EQ(make({}, [](gt_context, const Tensors&) { return Tensors{}; }), nullptr);
  expect_error(GT_CANCELLED, "");
  EXPECT_EQ(state.freed, 2);
  state.status = GT_OK;
  EXPECT_EQ(
      make({spec(GT_FLOAT32, {})}, [](gt_context c, const Tensors& in) { return Tensors{gt_variable(c, in[0])}; }),
      nullptr);
  expect_error(GT_FAILED_PRECONDITION, "a function's body cannot make a variable");
  EXPECT_EQ(gt_function_create(c, nullptr, &state, free_body, nullptr, 0), nullptr);
  expect_error(GT_INVALID_ARGUMENT, "body must not be NULL");
  EXPECT_EQ(state.freed, 4);
  expect(gt_square(c, num(3)), {9});
}

TEST_F(FunctionTest, WrongHandlesAreRefused) {
  gt_function f = make({spec(GT_FLOAT32, {})}, [](gt_context, const Tensors& in) { return Tensors{in[0]}; });
  gt_tensor x = num(1), out = nullptr;
  EXPECT_EQ(gt_function_call(c, reinterpret_cast<gt_function>(x), &x, 1, &out, 1, nullptr), GT_INVALID_HANDLE);
  expect_error(GT_INVALID_HANDLE, "is a tensor, not a function");
  EXPECT_EQ(gt_square(c, reinterpret_cast<gt_tensor>(f)), nullptr);
  expect_error(GT_INVALID_HANDLE, "is a function, not a tensor");
  EXPECT_EQ(gt_release(c, f), GT_OK);
  EXPECT_EQ(gt_function_call(c, f, &x, 1, &out, 1, nullptr), GT_INVALID_HANDLE);
  expect_error(GT_INVALID_HANDLE, "was released");
  gt_spec bad = spec(GT_FLOAT32, {-2});
  EXPECT_EQ(gt_function_create(c, run_body, &state, nullptr, &bad, 1), nullptr);
  expect_error(GT_INVALID_ARGUMENT, "");
}

TEST_F(FunctionTest, TapesFromOutsideSeeNothingOfTheRecording) {
  gt_tensor x = num(3);
  gt_tape t = watching({x});
  gt_function f =
      make({spec(GT_FLOAT32, {})}, [&](gt_context c, const Tensors& in) { return Tensors{gt_multiply(c, in[0], x)}; });
  gt_tensor y = gt_square(c, x);
  expect(grad(t, y, x), {6});
  expect(call(f, {num(2)})[0], {6});
}

TEST_F(FunctionTest, PlansAreDescribed) {
  gt_function f = make({spec(GT_FLOAT32, {100})}, [](gt_context c, const Tensors& in) {
    return Tensors{gt_reduce_sum(c, gt_tanh(c, in[0]), nullptr, 0, 0)};
  });
  char text[4096];
  for (int32_t format : {GT_PLAN_TEXT, GT_PLAN_DOT, GT_PLAN_TIMES}) {
    ASSERT_EQ(gt_function_describe(c, f, format, text, sizeof text, nullptr), GT_OK) << c.message();
    EXPECT_NE(std::string(text).find("tanh reduce_sum"), std::string::npos) << text;
  }
  EXPECT_EQ(gt_function_describe(c, f, 9, text, sizeof text, nullptr), GT_INVALID_ARGUMENT);
  expect_error(GT_INVALID_ARGUMENT, "format must be");
  gt_tensor y = gt_exp(c, vec({1, 2}));
  ASSERT_EQ(gt_plan_describe(c, &y, 1, GT_PLAN_TEXT, text, sizeof text, nullptr), GT_OK);
  EXPECT_NE(std::string(text).find("exp"), std::string::npos);
  ASSERT_EQ(gt_plan_describe(c, &y, 1, GT_PLAN_TIMES, text, sizeof text, nullptr), GT_OK);
  EXPECT_NE(std::string(text).find(" us "), std::string::npos) << text;
  expect(y, {std::exp(1.0), std::exp(2.0)});
}

}  // namespace
}  // namespace test
