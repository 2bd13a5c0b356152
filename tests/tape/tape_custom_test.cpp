// Gradients of the user's own, for one call and registered by name; forward mode.
#include "support/tape_support.hpp"

namespace test {
namespace {

class Custom : public TapeTest {
 public:
  gt_tensor apply_with(const char* op, const char* rule, gt_tensor x, gt_status want = GT_OK) {
    gt_tensor y = nullptr;
    EXPECT_EQ(gt_apply_with_gradient(c, op, rule, &x, 1, nullptr, 0, &y, 1, nullptr), want);
    return y;
  }
};
class Forward : public TapeTest {};

// The number of gradients is fixed by the array; the C++ face, where it is not, refuses another (cpp_test).
TEST_F(Custom, EachInputHasASlot) {
  const auto both = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    EXPECT_EQ(call->n_inputs, 2u);
    EXPECT_EQ(call->n_outputs, 1u);
    EXPECT_EQ(call->struct_size, sizeof(gt_call));
    EXPECT_STREQ(call->op, "custom_gradient");
    dx[0] = gt_multiply(ctx, dy[0], call->inputs[1]);
    dx[1] = gt_multiply(ctx, dy[0], call->outputs[0]);
    return GT_OK;
  };
  const auto product = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                          size_t* n) -> gt_status {
    out[0] = gt_multiply(ctx, in[0], in[1]);
    *n = 1;
    return GT_OK;
  };
  gt_tensor in[] = {num(3), num(5)}, y = nullptr;
  gt_tape t = watching({in[0], in[1]}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, product, both, nullptr, nullptr, in, 2, &y, 1, nullptr), GT_OK);
  const auto g = grads(t, {y}, {in[0], in[1]});
  expect(g[0], {5});
  expect(g[1], {15});
}
TEST_F(Custom, ANullGradientIsUnconnected) {
  const auto none = [](gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) -> gt_status { return GT_OK; };
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, square_forward, none);
  EXPECT_EQ(grad(t, y, x), nullptr);
  expect(grads(t, {y}, {x}, GT_UNCONNECTED_ZERO)[0], {0});
}
// TensorFlow passes them on silently.
TEST_F(Custom, AGradientOfTheWrongShapeOrDtypeIsAnError) {
  const auto wrong_shape = [](gt_context ctx, void*, const gt_call*, const gt_tensor*, gt_tensor* dx) -> gt_status {
    dx[0] = tensor<float>(ctx, {3}, {1, 2, 3});
    return GT_OK;
  };
  const auto wrong_dtype = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    dx[0] = gt_cast(ctx, dy[0], GT_FLOAT64);
    return GT_OK;
  };
  gt_tensor x = num(3), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, square_forward, wrong_shape, nullptr, "mine"),
            z = custom(x, square_forward, wrong_dtype, nullptr, "mine");
  expect_error(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &out), GT_INVALID_ARGUMENT,
               "mine: the gradient function returned float32[3] for input 0, which is float32[]");
  expect_error(gt_tape_gradient(c, t, &z, 1, &x, 1, nullptr, 0, &out), GT_INVALID_ARGUMENT,
               "returned float64[] for input 0, which is float32[]");
}
TEST_F(Custom, AForwardThatForgetsItsOutputIsAnError) {
  const auto forgets = [](gt_context, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t* n) -> gt_status {
    *n = 1;
    return GT_OK;
  };
  const auto too_many = [](gt_context, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                           size_t* n) -> gt_status {
    out[0] = in[0];
    *n = 2;
    return GT_OK;
  };
  gt_tensor x = num(3), y = nullptr;
  expect_error(gt_custom_gradient(c, "mine", forgets, times_seven, nullptr, nullptr, &x, 1, &y, 1, nullptr),
               GT_CALLBACK_FAILED, "left output 0 of 1 NULL");
  expect_error(gt_custom_gradient(c, "mine", too_many, times_seven, nullptr, nullptr, &x, 1, &y, 1, nullptr),
               GT_INVALID_ARGUMENT, "has 2 outputs, room for 1");
}
// A variable that the forward reads by itself is a constant to the rule: only inputs have gradients.
TEST_F(Custom, OnlyInputsHaveGradients) {
  struct Data {
    gt_tensor variable;
  } data{var(2)};
  const auto uses = [](gt_context ctx, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    out[0] = gt_multiply(ctx, in[0], static_cast<Data*>(user)->variable);
    *n = 1;
    return GT_OK;
  };
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, uses, times_seven, &data);
  EXPECT_EQ(number(c, y), 6);
  expect(grad(t, y, x), {7});
  EXPECT_EQ(grad(t, y, data.variable), nullptr);
}
TEST_F(Custom, AFailureComesBackUnchanged) {
  const auto fails = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor*) -> gt_status {
    return gt_matmul(ctx, dy[0], dy[0], 0, 0) ? GT_OK : GT_INVALID_ARGUMENT;
  };
  const auto cancels = [](gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) -> gt_status {
    return GT_CANCELLED;
  };
  const auto nonsense = [](gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) -> gt_status { return 99; };
  gt_tensor x = num(3), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, square_forward, fails), z = custom(x, square_forward, cancels),
            w = custom(x, square_forward, nonsense);
  expect_error(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &out), GT_INVALID_ARGUMENT,
               "matmul: a and b must have at least 1 axis");
  expect_error(gt_tape_gradient(c, t, &z, 1, &x, 1, nullptr, 0, &out), GT_CANCELLED, "returned GT_CANCELLED");
  expect_error(gt_tape_gradient(c, t, &w, 1, &x, 1, nullptr, 0, &out), GT_CALLBACK_FAILED, "returned GT_? (99)");
}
TEST_F(Custom, SecondOrderIsTheDerivativeOfTheRule) {
  const auto cubic = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    dx[0] = gt_multiply(ctx, dy[0], gt_multiply(ctx, call->inputs[0], call->outputs[0]));
    return GT_OK;
  };
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, square_forward, cubic);  // y = x^2, with the gradient x y = x^3 by decree
  gt_tensor first = grad(t, y, x);
  expect(first, {27});
  expect(grad(t, first, x), {9 + 3 * 27});  // y + x dy/dx, dy/dx = x^3 by the rule again
  gt_tensor constant = grad(t, custom(x, square_forward, times_seven), x);
  EXPECT_EQ(grad(t, constant, x), nullptr) << "a constant gradient has no derivative";
}
TEST_F(Custom, UnusedOutputsHaveZeroCotangentsAndOneInputTwiceSums) {
  const auto two = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                      size_t* n) -> gt_status {
    out[0] = gt_square(ctx, in[0]);
    out[1] = gt_multiply(ctx, in[0], in[1]);
    *n = 2;
    return GT_OK;
  };
  const auto back = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    EXPECT_NE(dy[0], nullptr);
    EXPECT_NE(dy[1], nullptr);
    EXPECT_EQ(number(ctx, dy[0]), 0);
    dx[0] = gt_multiply(ctx, dy[1], gt_scalar(ctx, 100));
    dx[1] = gt_multiply(ctx, dy[1], gt_scalar(ctx, 10));
    return GT_OK;
  };
  gt_tensor x = num(3), in[] = {x, x}, y[2];
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, two, back, nullptr, nullptr, in, 2, y, 2, nullptr), GT_OK);
  expect(grad(t, y[1], x), {110});
}
// The forward's own ops are on no tape, so that an op without a gradient may be wrapped.
TEST_F(Custom, TheForwardIsNotRecorded) {
  struct Data {
    gt_tensor inside = nullptr;
  } data;
  const auto keeps = [](gt_context ctx, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                        size_t* n) -> gt_status {
    static_cast<Data*>(user)->inside = gt_square(ctx, in[0]);
    out[0] = gt_floor(ctx, static_cast<Data*>(user)->inside);
    *n = 1;
    return GT_OK;
  };
  gt_tensor x = num(1.5f);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, keeps, times_seven, &data);
  expect(grad(t, y, x), {7});
  EXPECT_EQ(grad(t, data.inside, x), nullptr);
}
// TensorFlow's forward mode ignores the rule.
TEST_F(Custom, ForwardModeFollowsTheRule) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, square_forward, times_seven);
  expect(jvp(t, y, x, num(1)), {7});
  expect(jvp(t, y, x, num(2)), {14});
}
// Recompute_grad: a rule that runs the forward again instead of keeping what it computed.
TEST_F(Custom, ARuleMayRecomputeItsForward) {
  struct Data {
    int calls = 0;
  } data;
  const auto forward = [](gt_context ctx, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                          size_t* n) -> gt_status {
    ++static_cast<Data*>(user)->calls;
    out[0] = gt_sin(ctx, gt_square(ctx, in[0]));
    *n = 1;
    return GT_OK;
  };
  const auto recompute = [](gt_context ctx, void* user, const gt_call* call, const gt_tensor* dy,
                            gt_tensor* dx) -> gt_status {
    ++static_cast<Data*>(user)->calls;
    gt_tape t = gt_tape_begin(ctx, GT_TAPE_MANUAL_WATCH);
    gt_tape_watch(ctx, t, call->inputs[0]);
    gt_tensor y = gt_sin(ctx, gt_square(ctx, call->inputs[0]));
    const gt_status s = gt_tape_gradient(ctx, t, &y, 1, call->inputs, 1, dy, GT_UNCONNECTED_NULL, dx);
    gt_release(ctx, t);
    gt_release(ctx, y);
    return s;
  };
  gt_tensor x = num(0.5f);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, forward, recompute, &data), first = grad(t, y, x);
  expect(first, {std::cos(0.25)});
  EXPECT_EQ(data.calls, 2);
  expect(grad(t, first, x), {2 * std::cos(0.25) - std::sin(0.25)});
  expect(jvp(t, y, x, num(1)), {std::cos(0.25)});
}
TEST_F(Custom, RoundMayPassItsGradientThrough) {
  const auto rounds = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                         size_t* n) -> gt_status {
    out[0] = gt_round(ctx, in[0]);
    *n = 1;
    return GT_OK;
  };
  const auto passes = [](gt_context, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    dx[0] = dy[0];
    return GT_OK;
  };
  gt_tensor x = num(2.7f);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, rounds, passes);
  expect(y, {3});
  expect(grad(t, y, x), {1});
}
TEST_F(Custom, RegisteringTwiceOrWithoutANameIsAnError) {
  EXPECT_EQ(gt_register_gradient("row85_rule", times_seven, nullptr, nullptr), GT_OK);
  EXPECT_EQ(gt_register_gradient("row85_rule", times_seven, nullptr, nullptr), GT_ALREADY_EXISTS);
  EXPECT_EQ(gt_register_gradient("", times_seven, nullptr, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_gradient(nullptr, times_seven, nullptr, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_gradient("row85_other", nullptr, nullptr, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_gradient("multiply", times_seven, nullptr, nullptr), GT_ALREADY_EXISTS)
      << "built-in ops have theirs";
}
TEST_F(Custom, AnUnknownOpOrRuleIsNotFound) {
  gt_tensor x = num(1);
  EXPECT_EQ(apply_with("square", "row86_nothing", x, GT_NOT_FOUND), nullptr);
  EXPECT_NE(c.message().find("no gradient is registered under the name \"row86_nothing\""), std::string::npos);
  EXPECT_EQ(apply_with("sqare", "row86_nothing", x, GT_NOT_FOUND), nullptr);
  EXPECT_NE(c.message().find("no op is named \"sqare\"; is \"square\" meant?"), std::string::npos);
}
// TensorFlow's tapes ignore gradient_override_map.
TEST_F(Custom, ARegisteredRuleReplacesAnOpsGradientOnEveryTape) {
  const auto hundred = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    EXPECT_STREQ(call->op, "leaky_relu");
    EXPECT_EQ(call->n_attrs, 1u);
    if (call->n_attrs != 1) return GT_INTERNAL;
    EXPECT_STREQ(call->attrs[0].name, "alpha");
    EXPECT_EQ(*static_cast<const double*>(call->attrs[0].values), 0.25);
    dx[0] = gt_multiply(ctx, dy[0], gt_scalar(ctx, 100));
    return GT_OK;
  };
  EXPECT_EQ(gt_register_gradient("row87_hundred", hundred, nullptr, nullptr), GT_OK);
  gt_tensor x = num(-5), y = nullptr;
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), inner = watching({x}, GT_TAPE_PERSISTENT);
  const double alpha = 0.25;
  const gt_attr attr{"alpha", GT_ATTR_FLOAT, 0, 1, &alpha};
  ASSERT_EQ(gt_apply_with_gradient(c, "leaky_relu", "row87_hundred", &x, 1, &attr, 1, &y, 1, nullptr), GT_OK);
  expect(y, {-1.25});
  expect(grad(outer, y, x), {100});
  expect(grad(inner, y, x), {100});
  expect(jvp(inner, y, x, num(1)), {100});
}
// The registry says of every op how it is differentiated, or why not.
TEST_F(Custom, EveryOpOfTheRegistrySaysHowItIsDifferentiated) {
  std::size_t without = 0;
  for (std::size_t i = 0; i < gt_op_count(); ++i) {
    const json op = describe_op(gt_op_name(i));
    if (op["derivative"] != "none") continue;
    ++without;
    EXPECT_TRUE(op["reason"].is_string() && op["reason"] != "") << op["name"];
  }
  EXPECT_LT(without, 40u);
}

TEST_F(Forward, AnUnconnectedTangentIsNullOrZeros) {
  gt_tensor x = num(3), other = num(4), one = num(1), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(other, other);
  EXPECT_EQ(jvp(t, y, x, one), nullptr);
  EXPECT_EQ(gt_tape_jvp(c, t, &y, 1, &x, 1, &one, GT_UNCONNECTED_ZERO, &out), GT_OK);
  expect(out, {0});
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &one, 3, &out), GT_INVALID_ARGUMENT, "unconnected must be");
}
// A source given twice has the sum of its tangents; shapes are checked before anything is recorded.
TEST_F(Forward, TangentsMustFitTheirSources) {
  gt_tensor x = vec({1, 2}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x), wrong = vec({1, 2, 3}), wide = tensor<double>(c, {2}, {1, 2}), one = vec({1, 1}),
            none = nullptr;
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &wrong, 0, &out), GT_INVALID_ARGUMENT,
               "tangent 0 must be float32[2], got float32[3]");
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &wide, 0, &out), GT_INVALID_ARGUMENT,
               "tangent 0 must be float32[2], got float64[2]");
  EXPECT_EQ(gt_tape_jvp(c, t, &y, 1, &x, 1, &none, 0, &out), GT_OK) << "a NULL tangent is zero";
  EXPECT_EQ(out, nullptr);
  gt_tensor twice[] = {x, x}, both[] = {one, one};
  EXPECT_EQ(gt_tape_jvp(c, t, &y, 1, twice, 2, both, 0, &out), GT_OK);
  expect(out, {4, 8});
}
TEST_F(Forward, IntegersHaveNoTangentAndVariablesDo) {
  gt_tensor i = ints({1, 2}), v = var(3);
  gt_tape t = watching({i}, GT_TAPE_PERSISTENT);
  EXPECT_EQ(jvp(t, mul(i, i), i, ints({1, 1})), nullptr);
  gt_tensor y = mul(v, v);
  expect(jvp(t, y, v, num(1)), {6});
}
TEST_F(Forward, WhatIsNotRecordedHasNoTangent) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x);
  gt_tape_end(c, t);
  gt_tensor outside = mul(y, y);
  EXPECT_EQ(jvp(t, outside, x, num(1)), nullptr);
  expect(jvp(t, y, x, num(1)), {6});
}
TEST_F(Forward, TapesNestInAnyOrder) {
  gt_tensor x = num(3);
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), inner = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(mul(x, x), x), first = jvp(inner, y, x, num(1));
  expect(jvp(outer, first, x, num(1)), {18});
  expect(grad(outer, first, x), {18});
  expect(jvp(inner, first, x, num(1)), {18});  // taken while it recorded, it is on the inner one too
}
TEST_F(Forward, HessianVectorProductsBothWays) {
  gt_tensor v = vec({1, 2}), u = vec({1, 0});
  gt_tape outer = watching({v}, GT_TAPE_PERSISTENT), inner = watching({v}, GT_TAPE_PERSISTENT);
  gt_tensor y = sum(mul(mul(v, v), v));
  expect(jvp(outer, grad(inner, y, v), v, u), {6, 0});  // forward over reverse
  expect(grad(outer, jvp(inner, y, v, u), v), {6, 0});  // reverse over forward
}
TEST_F(Forward, ForwardModeIsNativeToEveryOp) {
  // Checked for the whole registry in property_test (FirstOrder); here: a large one runs at once, without tracing.
  gt_tensor x = vec(std::vector<float>(1000, 0.5f));
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(jvp(t, sum(gt_softmax(c, x, -1)), x, x), {0});
}
// TensorFlow fails at the op itself, or with an AttributeError.
TEST_F(Forward, OpsThatTensorFlowCannotPushThrough) {
  gt_tensor x = vec({1, -1});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(jvp(t, gt_softsign(c, x), x, vec({1, 1})), {0.25, 0.25});
  expect(jvp(t, gt_gather(c, x, ints({1, 0}), 0, 0), x, vec({1, 2})), {2, 1});
}
TEST_F(Forward, StopGradientHasNoTangent) {
  gt_tensor x = num(2);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(jvp(t, mul(gt_stop_gradient(c, gt_square(c, x)), x), x, num(1)), {4});
  EXPECT_EQ(jvp(t, gt_stop_gradient(c, x), x, num(1)), nullptr);
}
// Many tangents at once are a Jacobian in forward mode.
TEST_F(Forward, ManyTangentsAtOnceAreAForwardJacobian) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(jacobian(t, mul(x, x), x, GT_UNCONNECTED_NULL, GT_MODE_FORWARD), {2, 0, 0, 4});
}

// Reads its output gradient, so that a Jacobian gives it one row at a time; rows whose first entry is 0 have no
// gradient.
gt_status first_row_alone(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  float v[2];
  if (const gt_status s = gt_tensor_read(c, dy[0], v, sizeof v); s != GT_OK) return s;
  if (v[0] != 0) dx[0] = gt_multiply(c, dy[0], gt_scalar(c, 2));
  return GT_OK;
}
TEST_F(Forward, RowsOfAJacobianWithoutAGradientAreZeros) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, identity_forward, first_row_alone), last = gt_multiply(c, y, vec({0, 1}));
  int calls = 0;
  gt_jacobian_options o = options();
  o.progress = [](void* calls, uint64_t, uint64_t total) { return ++*static_cast<int*>(calls), int32_t{total != 2}; };
  o.progress_data = &calls;
  gt_tensor j = nullptr;
  ASSERT_EQ(gt_tape_jacobian(c, t, y, &x, 1, &o, &j), GT_OK) << c.message();
  expect(j, {2, 0, 0, 0});
  EXPECT_GE(calls, 2);
  EXPECT_EQ(jacobian(t, last, x), nullptr);  // no row has one
  expect(jacobian(t, last, x, GT_UNCONNECTED_ZERO), {0, 0, 0, 0});
}

}  // namespace
}  // namespace test
