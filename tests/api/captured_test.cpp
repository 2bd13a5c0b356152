// Functions whose bodies use tensors from outside. A tape that knows one of them differentiates by it, as if the body's
// ops stood where the function is called.
#include "support/function_support.hpp"

namespace test {
namespace {

class Captured : public FunctionTest {
 public:
  uint64_t nodes() {
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
    return info.nodes;
  }
};

// x is handed in and captured: each way carries a derivative.
TEST_F(Captured, TheSameTensorHandedInAndCaptured) {
  gt_tensor x = num(3);
  gt_function f =
      function_of({number_spec}, [&](gt_context, const Tensors& in) { return Tensors{mul(mul(in[0], in[0]), x)}; });
  gt_tape t = watching({x});
  EXPECT_EQ(dgrad(t, value(f, x), x), 27);
  gt_tape forward = watching({x});
  expect(jvp(forward, value(f, x), x, num(1)), {27});
  gt_tape other = watching({x});
  EXPECT_EQ(dgrad(other, value(f, num(5)), x), 25);
  expect(value(f, num(5)), {75});
}

// Bodies of every kind of dependence, against the same ops where the function is called.
TEST_F(Captured, DerivativesAreThoseOfTheOps) {
  const auto exp_of = [](gt_context c, gt_tensor t) { return gt_exp(c, t); };
  using Two = std::function<gt_tensor(gt_context, gt_tensor, gt_tensor)>;
  const std::vector<std::pair<const char*, Two>> bodies = {
      {"product", [](gt_context c, gt_tensor t, gt_tensor z) { return gt_multiply(c, t, z); }},
      {"constant part", [&](gt_context c, gt_tensor t,
                            gt_tensor z) { return gt_multiply(c, gt_sin(c, gt_square(c, z)), exp_of(c, t)); }},
      {"without the input", [&](gt_context c, gt_tensor, gt_tensor z) { return exp_of(c, z); }},
      {"both sides", [&](gt_context c, gt_tensor t,
                         gt_tensor z) { return gt_add(c, gt_pow(c, exp_of(c, z), t), gt_divide(c, t, exp_of(c, z))); }},
      {"one of several outputs", [](gt_context c, gt_tensor t,
                                    gt_tensor z) { return gt_multiply(c, t, apply(c, "sort", {gt_square(c, z)})[0]); }},
      {"stopped in part", [](gt_context c, gt_tensor t,
                             gt_tensor z) { return gt_multiply(c, gt_multiply(c, gt_stop_gradient(c, z), z), t); }},
      {"a read of the constant part",
       [](gt_context c, gt_tensor t, gt_tensor z) {
         gt_tensor square = gt_square(c, z);
         read<float>(c, square);
         return gt_multiply(c, gt_sin(c, square), t);
       }},
      {"a derivative inside",
       [](gt_context c, gt_tensor t, gt_tensor z) {
         gt_tape tape = gt_tape_begin(c, 0);
         gt_tape_watch(c, tape, z);
         gt_tensor y = gt_multiply(c, gt_exp(c, z), gt_sin(c, t)), g = nullptr;
         EXPECT_EQ(gt_tape_gradient(c, tape, &y, 1, &z, 1, nullptr, 0, &g), GT_OK);
         return gt_multiply(c, g, z);
       }},
  };
  const std::vector<float> at = {0.5f, -1.25f};
  for (bool first_without_tape : {false, true})
    for (const auto& [what, body] : bodies) {
      SCOPED_TRACE(what);
      gt_tensor x = vec({1.5f, 0.75f}), z = vec(at);
      gt_function f = function_of({pair}, [&](gt_context c, const Tensors& in) { return Tensors{body(c, in[0], z)}; });
      if (first_without_tape) {
        read<float>(c, value(f, x));
        gt_tape by_x = watching({x});  // the constant part is computed, and kept
        grads(by_x, {value(f, x)}, {x});
      }
      const auto both = [&](const std::function<gt_tensor(gt_tape, gt_tensor)>& derivative) {
        std::vector<double> of[2];
        for (bool replayed : {false, true}) {
          gt_tape t = watching({z}, GT_TAPE_PERSISTENT);
          gt_tensor y = replayed ? value(f, x) : body(c, x, z);
          gt_tensor d = derivative(t, y);
          if (d) of[replayed] = numbers(c, d);
          gt_tape_end(c, t);
        }
        ASSERT_EQ(of[1].size(), of[0].size());
        expect_close(of[1], of[0], {1e-5, 1e-6}, what);
      };
      both([&](gt_tape t, gt_tensor y) { return grad(t, y, z); });
      both([&](gt_tape t, gt_tensor y) { return jvp(t, y, z, vec({1, 2})); });
      for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE})
        both([&](gt_tape t, gt_tensor y) { return jacobian(t, y, z, GT_UNCONNECTED_NULL, mode); });
      both([&](gt_tape t, gt_tensor y) { return jacobian(t, grad(t, y, z), z, GT_UNCONNECTED_ZERO); });
      both([&](gt_tape t, gt_tensor y) { return jvp(t, gt_square(c, jvp(t, y, z, vec({1, 2}))), z, vec({3, 1})); });
    }
}

TEST_F(Captured, ATapeThatKnowsNoneOfThemChangesNothing) {
  gt_tensor z = vec({2, 3}), other = vec({1, 1}), x = vec({5, 7});
  gt_function f = function_of({pair}, [&](gt_context, const Tensors& in) { return Tensors{mul(in[0], mul(z, z))}; });
  gt_tape t = watching({other});
  const uint64_t before = nodes();
  gt_tensor y = value(f, x);
  EXPECT_EQ(nodes(), before + 1) << "the call was not replayed";
  expect(y, {20, 63});
  EXPECT_EQ(grad(t, y, z), nullptr);
  // Nor does one that knows it through an op without a derivative.
  gt_function g =
      function_of({pair}, [&](gt_context c, const Tensors& in) { return Tensors{mul(in[0], gt_stop_gradient(c, z))}; });
  gt_tape by_z = watching({z});
  const uint64_t again = nodes();
  gt_tensor stopped = value(g, x);
  EXPECT_EQ(nodes(), again + 1);
  EXPECT_EQ(grad(by_z, stopped, z), nullptr);
}

TEST_F(Captured, PendingWhenTheBodyIsRecorded) {
  gt_tensor a = vec({1, 2});
  gt_tape t = watching({a}, GT_TAPE_PERSISTENT);
  gt_tensor z = mul(a, a);
  gt_function f = function_of({pair}, [&](gt_context, const Tensors& in) { return Tensors{mul(in[0], mul(z, z))}; });
  expect(grad(t, value(f, vec({1, 1})), a), {4, 32});
  expect(grad(t, value(f, vec({1, 1})), z), {2, 8});
  expect(z, {1, 4});
  expect(grad(t, value(f, vec({2, 1})), a), {8, 32});
  EXPECT_EQ(gt_release(c, z), GT_OK);  // the function holds it
  expect(grad(t, value(f, vec({1, 1})), a), {4, 32});
}

// The tape may begin before the function is made, between two calls, or end before a call.
TEST_F(Captured, WhateverCameFirst) {
  gt_tensor z = num(3), x = num(2);
  gt_tape before = watching({z});
  gt_function f =
      function_of({number_spec}, [&](gt_context, const Tensors& in) { return Tensors{mul(in[0], mul(z, z))}; });
  EXPECT_EQ(dgrad(before, value(f, x), z), 12);
  gt_tape persistent = watching({z}, GT_TAPE_PERSISTENT);
  gt_tensor one = value(f, x), two = mul(value(f, x), z);
  EXPECT_EQ(dgrad(persistent, one, z), 12);
  EXPECT_EQ(dgrad(persistent, two, z), 54);
  gt_tape_stop_recording(c, persistent);
  EXPECT_EQ(grad(persistent, value(f, x), z), nullptr);
  gt_tape_resume_recording(c, persistent);
  EXPECT_EQ(dgrad(persistent, value(f, x), z), 12);
  expect(value(f, x), {18});
}

TEST_F(Captured, GivenBackAsItIs) {
  gt_tensor z = vec({1, 2});
  gt_function f = function_of({pair}, [&](gt_context, const Tensors& in) {
    return Tensors{gt_tensor_duplicate(c, z), in[0], mul(z, z)};
  });
  gt_tape t = watching({z}, GT_TAPE_PERSISTENT);
  const Tensors out = call(f, {vec({5, 6})});
  expect(grad(t, out[0], z), {1, 1});
  EXPECT_EQ(grad(t, out[1], z), nullptr);
  expect(grad(t, out[2], z), {2, 4});
}

// A scalar without a dtype becomes a constant of the dtype that it meets: it is the scalar still.
TEST_F(Captured, ScalarsWithoutADtype) {
  gt_tensor z = gt_scalar(c, 3), x = num(2);
  mul(x, z);  // it has met one before
  gt_function f = function_of({number_spec}, [&](gt_context c, const Tensors& in) {
    gt_tensor y = mul(gt_pow(c, in[0], z), z);
    gt_tape inner = gt_tape_begin(c, 0);
    gt_tape_watch(c, inner, z);
    gt_tensor u = mul(in[0], z), g = nullptr;
    gt_tape_gradient(c, inner, &u, 1, &z, 1, nullptr, 0, &g);
    return Tensors{y, g};
  });
  expect(call(f, {x})[0], {24});
  expect(call(f, {x})[1], {2});
  gt_tape t = watching({z}, GT_TAPE_PERSISTENT);
  EXPECT_NEAR(dgrad(t, value(f, x), z), 8 + 24 * std::log(2), 1e-4);
  EXPECT_NEAR(number(c, jvp(t, value(f, x), z, gt_scalar(c, 1))), 8 + 24 * std::log(2), 1e-4);
}

TEST_F(Captured, ThroughFunctionsInFunctions) {
  gt_tensor z = num(3), x = num(2);
  gt_function inner =
      function_of({number_spec}, [&](gt_context c, const Tensors& in) { return Tensors{mul(in[0], gt_square(c, z))}; });
  gt_function outer = function_of({number_spec}, [&](gt_context c, const Tensors& in) {
    gt_tensor cube = mul(z, gt_square(c, z));
    // A function of this body's own captures what the body computed.
    gt_function own = function_of(
        {number_spec}, [&, cube](gt_context, const Tensors& t) { return Tensors{mul(cube, mul(cube, t[0]))}; });
    return Tensors{value(own, value(inner, in[0]))};  // z^8 x
  });
  expect(value(outer, x), {13122});
  gt_tape t = watching({z}, GT_TAPE_PERSISTENT);
  gt_tensor y = value(outer, x), g = grad(t, y, z);
  expect(g, {8 * 2187 * 2});
  expect(grad(t, g, z), {56 * 729 * 2});
  gt_function outermost =
      function_of({number_spec}, [&](gt_context, const Tensors& in) { return Tensors{value(outer, mul(in[0], z))}; });
  expect(grad(t, value(outermost, x), z), {9.0 * 6561 * 2});
  expect(value(outermost, x), {39366});
}

// A tape of a body that watches a tensor from outside sees the calls in that body.
TEST_F(Captured, ATapeInTheBodyAndOneOutside) {
  gt_tensor z = num(3);
  gt_function inner =
      function_of({number_spec}, [&](gt_context c, const Tensors& in) { return Tensors{mul(in[0], gt_square(c, z))}; });
  gt_function slope = function_of({number_spec}, [&](gt_context c, const Tensors& in) {
    gt_tape t = gt_tape_begin(c, 0);
    gt_tape_watch(c, t, z);
    gt_tensor y = value(inner, in[0]), g = nullptr;
    EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &z, 1, nullptr, 0, &g), GT_OK);
    return Tensors{g};
  });
  expect(value(slope, num(2)), {12});
  gt_tape t = watching({z});
  EXPECT_EQ(dgrad(t, value(slope, num(2)), z), 4);
}

TEST_F(Captured, BesideVariables) {
  gt_tensor w = var(2), z = num(3);
  gt_function step = function_of({number_spec}, [&](gt_context c, const Tensors& in) {
    gt_tensor y = mul(mul(w, z), in[0]);
    gt_assign_add(c, w, gt_square(c, z));
    return Tensors{y};
  });
  gt_tape t = watching({z}, GT_TAPE_PERSISTENT);
  const Tensors g = grads(t, {value(step, num(5))}, {z, w});
  expect(g[0], {10});
  expect(g[1], {15});
  expect(w, {11});
  expect(grad(t, value(step, num(1)), z), {11});
  expect(w, {20});
  EXPECT_EQ(grad(t, gt_identity(c, w), z), nullptr) << "an assignment cuts a value off";
}

// An assignment in the body cuts its value off; a tape meets the variable again where the body reads it afterwards.
TEST_F(Captured, VariablesReadAfterTheBodyAssignsThem) {
  const auto body = [this](gt_tensor w, gt_tensor x, bool number) {
    gt_tensor before = gt_square(c, w);
    EXPECT_EQ(gt_assign(c, w, number ? num(100) : mul(x, x)), GT_OK) << c.message();
    return mul(mul(gt_square(c, w), before), x);
  };
  for (bool number : {false, true})
    for (bool nested : {false, true}) {
      gt_tensor w = var(3), v = var(3), x = num(10);
      gt_function f =
          function_of({number_spec}, [&](gt_context, const Tensors& in) { return Tensors{body(w, in[0], number)}; });
      if (nested)
        f = function_of({number_spec},
                        [&, inner = f](gt_context, const Tensors& in) { return Tensors{value(inner, in[0])}; });
      gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
      gt_tensor y = body(v, x, number), z = value(f, x);
      expect(z, {900000});
      expect(w, {100});
      const Tensors want = grads(t, {y}, {x, v}), got = grads(t, {z}, {x, w});
      expect(got[0], {90000});
      expect(got[1], {18000 + 600000});
      for (std::size_t i : {0, 1}) EXPECT_EQ(numbers(c, got[i]), numbers(c, want[i]));
      expect(grad(t, gt_square(c, w), w), {200});
      EXPECT_EQ(gt_assign(c, w, num(3)), GT_OK);
      expect(value(f, x), {900000});
    }
}

// The memory of a value that the body assigned, read and assigned again serves another node: that one is no such value.
TEST_F(Captured, ValuesThatTheBodyAssignedAndDropped) {
  gt_tensor w = var(3), k = num(7);
  gt_function f = function_of({number_spec}, [&](gt_context c, const Tensors& in) {
    EXPECT_EQ(gt_assign(c, w, k), GT_OK);
    gt_release(c, gt_add(c, w, w));
    EXPECT_EQ(gt_assign(c, w, k), GT_OK);
    return Tensors{mul(in[0], in[0])};
  });
  gt_tensor x = num(5);
  expect(value(f, x), {25});
  gt_tape t = watching({x});
  gt_tensor y = value(f, x);
  expect(y, {25});
  expect(grad(t, y, x), {10});
}

// A function that a body makes may use what the body's inputs give: it is part of that body, and of no other.
TEST_F(Captured, AFunctionOfABodysOwn) {
  gt_function own = nullptr;
  gt_tensor kept = nullptr, z = num(3);
  gt_function f = function_of({number_spec}, [&](gt_context c, const Tensors& in) {
    gt_tensor square = mul(in[0], in[0]);
    own = function_of({number_spec}, [&, square](gt_context c, const Tensors& t) {
      kept = gt_exp(c, t[0]);
      return Tensors{mul(mul(square, z), t[0])};
    });
    return Tensors{gt_add(c, value(own, in[0]), value(own, z))};  // x^3 z + x^2 z^2
  });
  expect(value(f, num(2)), {24 + 36});
  gt_tensor x = num(2);
  gt_tape t = watching({x, z}, GT_TAPE_PERSISTENT);
  const Tensors g = grads(t, {value(f, x)}, {x, z});
  expect(g[0], {36 + 36});
  expect(g[1], {8 + 24});
  expect(jvp(t, value(f, x), x, num(1)), {72});
  gt_tensor out = nullptr;
  const char* no_value = "computes with a tensor that has no value";
  expect_error(gt_function_call(c, own, &x, 1, &out, 1, nullptr), GT_FAILED_PRECONDITION, no_value);
  const float in = 1;
  float y = 0;
  const void* inputs[] = {&in};
  void* outputs[] = {&y};
  expect_error(gt_function_run(c, own, inputs, 1, outputs, 1), GT_FAILED_PRECONDITION, no_value);
  char text[64];
  for (int32_t format : {GT_PLAN_TEXT, GT_PLAN_DOT, GT_PLAN_TIMES})
    expect_error(gt_function_describe(c, own, format, text, sizeof text, nullptr), GT_FAILED_PRECONDITION, no_value);
  // A tensor that the inner body keeps is of no use to the outer one.
  BodyState uses_kept{[&](gt_context c, const Tensors& t) {
    function_of({number_spec}, [&](gt_context c, const Tensors& u) {
      return Tensors{gt_exp(c, kept = gt_tensor_duplicate(c, u[0]))};
    });
    return Tensors{gt_add(c, t[0], kept)};
  }};
  EXPECT_EQ(gt_function_create(c, run_body, &uses_kept, nullptr, &number_spec, 1), nullptr);
  c.take_error();
  expect(value(f, num(2)), {60});
}

// A custom gradient says by which tensors there is a derivative.
TEST_F(Captured, CustomGradientsInTheBody) {
  gt_tensor z = num(3), x = num(2);
  gt_function f = function_of({number_spec}, [&](gt_context, const Tensors& in) {
    return Tensors{mul(custom(z, square_forward, times_seven), in[0])};
  });
  expect(value(f, x), {18});
  gt_tape t = watching({z}, GT_TAPE_PERSISTENT);
  EXPECT_EQ(dgrad(t, value(f, x), z), 14);
  expect(jvp(t, value(f, x), z, num(1)), {14});
}

TEST_F(Captured, RunsOnMemoryHaveNoTapes) {
  gt_tensor z = num(3);
  gt_function f = function_of({number_spec}, [&](gt_context, const Tensors& in) { return Tensors{mul(in[0], z)}; });
  gt_tape t = watching({z});
  const float x = 2;
  float y = 0;
  const void* in[] = {&x};
  void* out[] = {&y};
  ASSERT_EQ(gt_function_run(c, f, in, 1, out, 1), GT_OK) << c.message();
  EXPECT_EQ(y, 6);
  EXPECT_EQ(dgrad(t, value(f, num(2)), z), 2);
}

TEST_F(Captured, IsLetGoWithTheFunction) {
  const uint64_t before = nodes();
  gt_tensor z = vec({1, 2}), scalar = gt_scalar(c, 2);
  gt_function f = function_of({pair}, [&](gt_context c, const Tensors& in) {
    EXPECT_EQ(gt_scope_begin(c), GT_OK);
    gt_tensor y = mul(mul(in[0], scalar), gt_exp(c, mul(z, z)));
    EXPECT_EQ(gt_scope_end(c, &y, 1), GT_OK);
    return Tensors{y};
  });
  EXPECT_EQ(gt_scope_begin(c), GT_OK);
  gt_tape t = watching({z, scalar});
  gt_tensor y = value(f, vec({1, 2}));
  for (gt_tensor g : grads(t, {y}, {z, scalar})) numbers(c, g);
  value(f, vec({1, 2}));
  EXPECT_EQ(gt_scope_end(c, nullptr, 0), GT_OK);
  gt_release(c, z);
  gt_release(c, scalar);
  EXPECT_GT(nodes(), before);
  EXPECT_EQ(gt_release(c, f), GT_OK);
  EXPECT_EQ(nodes(), before);
}

}  // namespace
}  // namespace test
