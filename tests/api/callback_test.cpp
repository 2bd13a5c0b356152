// Ops of the user's own, and callbacks that do what they should not.
#include "support/tape_support.hpp"

namespace test {
namespace {

class Callback : public TapeTest {
 public:
  gt_tensor run(const char* op, std::vector<gt_tensor> in, const json& attrs = json::object()) {
    const auto out = apply(c, op, in, attrs);
    return out.empty() ? nullptr : out[0];
  }
};

int64_t elements(const gt_spec& s) {
  int64_t n = 1;
  for (int32_t i = 0; i < s.rank; ++i) n *= s.dims[i];
  return n;
}
gt_status infer_like_first(gt_context, void*, const gt_spec* in, size_t n_in, const gt_attr*, size_t, gt_spec* out,
                           size_t, size_t* n) {
  if (n_in == 0) return GT_INVALID_ARGUMENT;
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
double factor_of(const gt_attr* attrs, size_t n) {
  for (size_t i = 0; i < n; ++i)
    if (std::string(attrs[i].name) == "factor") return *static_cast<const double*>(attrs[i].values);
  return 1;
}
gt_status compute_scale(void*, const gt_spec* specs, const void* const* in, size_t, const gt_attr* attrs,
                        size_t n_attrs, const gt_spec*, void* const* out, size_t) {
  for (int64_t i = 0; i < elements(specs[0]); ++i)
    static_cast<float*>(out[0])[i] =
        static_cast<float>(factor_of(attrs, n_attrs)) * static_cast<const float*>(in[0])[i];
  return GT_OK;
}
gt_status scale_gradient(gt_context ctx, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_multiply(ctx, dy[0], gt_scalar(ctx, factor_of(call->attrs, call->n_attrs)));
  return GT_OK;
}

TEST_F(Callback, AUsersOpWorksInEveryDerivative) {
  gt_op_definition d{sizeof d, "factor * x", infer_like_first, compute_scale, scale_gradient, {}, {}, {}};
  ASSERT_EQ(gt_register_op("test_scale", &d, nullptr, nullptr), GT_OK);
  gt_tensor x = vec({1, 2, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = run("test_scale", {gt_square(c, x)}, {{"factor", 2.5}});
  expect(y, {2.5, 10, 22.5});
  gt_tensor g = grad(t, y, x);
  expect(g, {5, 10, 15});
  expect(jvp(t, y, x, vec({1, 0, 1})), {5, 0, 15});
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    expect(jacobian(t, y, x, GT_UNCONNECTED_NULL, mode), {5, 0, 0, 0, 10, 0, 0, 0, 15});
    expect(jacobian(t, g, x, GT_UNCONNECTED_NULL, mode), {5, 0, 0, 0, 5, 0, 0, 0, 5});
  }
  const json described = describe_op("test_scale");
  EXPECT_EQ(described["registered_by_user"], true);
  EXPECT_EQ(described["batching"], "rows");
}
// The op itself stands in the batched graph: it is run row by row.
TEST_F(Callback, AUsersOpInsideARuleIsBatchedByRows) {
  gt_op_definition d{sizeof d, nullptr, infer_like_first, compute_scale, scale_gradient, {}, {}, {}};
  ASSERT_EQ(gt_register_op("test_scale_in_rule", &d, nullptr, nullptr), GT_OK);
  const auto rule = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    const double factor = 3;
    const gt_attr a{"factor", GT_ATTR_FLOAT, 0, 1, &factor};
    return gt_apply(ctx, "test_scale_in_rule", dy, 1, &a, 1, dx, 1, nullptr);
  };
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, identity_forward, rule);
  expect(jacobian(t, y, x), {3, 0, 0, 3});
}
// 3 x, with a tangent and a batching rule of its own, which count their calls.
int tangents, batches;
TEST_F(Callback, TangentAndBatchFunctionsAreUsed) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.infer = infer_like_first;
  d.compute = compute_scale;
  d.gradient = scale_gradient;
  d.tangent = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* in, gt_tensor* out) -> gt_status {
    ++tangents;
    EXPECT_EQ(call->n_outputs, 1u);
    if (in[0]) out[0] = gt_multiply(ctx, in[0], gt_scalar(ctx, factor_of(call->attrs, call->n_attrs)));
    return GT_OK;
  };
  d.batch = [](gt_context ctx, void*, const gt_call* call, const uint8_t* batched, int64_t size,
               gt_tensor* out) -> gt_status {
    ++batches;
    EXPECT_EQ(batched[0], 1);
    EXPECT_EQ(shape_of(ctx, call->inputs[0])[0], size);
    EXPECT_EQ(call->n_outputs, 1u);
    return gt_apply(ctx, call->op, call->inputs, 1, call->attrs, call->n_attrs, out, 1, nullptr);
  };
  ASSERT_EQ(gt_register_op("test_with_rules", &d, nullptr, nullptr), GT_OK);
  EXPECT_EQ(describe_op("test_with_rules")["batching"], "native");
  tangents = batches = 0;
  gt_tensor x = vec({1, 2, 3});
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = run("test_with_rules", {gt_square(c, x)}, {{"factor", 3.0}});
  expect(jvp(t, y, x, vec({1, 0, 1})), {6, 0, 18});
  EXPECT_EQ(tangents, 1);
  expect(jacobian(t, y, x, GT_UNCONNECTED_NULL, GT_MODE_FORWARD), {6, 0, 0, 0, 12, 0, 0, 0, 18});
  EXPECT_EQ(tangents, 2) << "once for all columns";
  // The op on what depends on the row itself: here as the gradient's own step.
  const auto rule = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    const double factor = 2;
    const gt_attr a{"factor", GT_ATTR_FLOAT, 0, 1, &factor};
    return gt_apply(ctx, "test_with_rules", dy, 1, &a, 1, dx, 1, nullptr);
  };
  expect(jacobian(t, custom(x, identity_forward, rule), x), {2, 0, 0, 0, 2, 0, 0, 0, 2});
  EXPECT_EQ(batches, 1) << "once for all rows";
  expect(jvp(outer, grad(t, y, x), x, vec({1, 1, 1})), {6, 6, 6});
}
TEST_F(Callback, WrongResultsOfTangentAndBatchFunctionsAreNamed) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.infer = infer_like_first;
  d.compute = compute_scale;
  d.gradient = scale_gradient;
  d.tangent = [](gt_context ctx, void*, const gt_call*, const gt_tensor*, gt_tensor* out) -> gt_status {
    out[0] = tensor<float>(ctx, {2}, {1, 2});
    return GT_OK;
  };
  d.batch = [](gt_context, void*, const gt_call*, const uint8_t*, int64_t, gt_tensor*) -> gt_status { return GT_OK; };
  ASSERT_EQ(gt_register_op("test_wrong_rules", &d, nullptr, nullptr), GT_OK);
  gt_tensor x = vec({1, 2, 3}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = run("test_wrong_rules", {x}), tangent = vec({1, 1, 1});
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &tangent, 0, &out), GT_INVALID_ARGUMENT,
               "test_wrong_rules: the tangent function returned float32[2] for output 0, which is float32[3]");
  const auto rule = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    return gt_apply(ctx, "test_wrong_rules", dy, 1, nullptr, 0, dx, 1, nullptr);
  };
  gt_tensor z = custom(x, identity_forward, rule);
  expect_error(gt_tape_jacobian(c, t, z, &x, 1, nullptr, &out), GT_CALLBACK_FAILED,
               "test_wrong_rules: the batch function left output 0 of 1 NULL");
}
// x^p + sin(x), by other ops alone.
TEST_F(Callback, ACompositeHasEveryDerivativeWithoutARule) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.composite = [](gt_context ctx, void* user_data, const gt_tensor* in, size_t, const gt_attr* attrs, size_t n_attrs,
                   gt_tensor* out, size_t, size_t* n) -> gt_status {
    EXPECT_EQ(*static_cast<int*>(user_data), 42);
    const double power = n_attrs == 1 ? *static_cast<const double*>(attrs[0].values) : 2;
    out[0] = gt_add(ctx, gt_pow(ctx, in[0], gt_scalar(ctx, power)), gt_sin(ctx, in[0]));
    *n = 1;
    return out[0] ? GT_OK : GT_CALLBACK_FAILED;
  };
  static int data = 42;
  ASSERT_EQ(gt_register_op("test_power_sine", &d, &data, nullptr), GT_OK);
  EXPECT_EQ(describe_op("test_power_sine")["derivative"], "composite");
  gt_tensor x = vec({1, 2});
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = run("test_power_sine", {x}, {{"power", 3.0}});
  const auto first = [](double v) { return 3 * v * v + std::cos(v); };
  const auto second = [](double v) { return 6 * v - std::sin(v); };
  expect(y, {1 + std::sin(1.), 8 + std::sin(2.)});
  gt_tensor g = grad(t, y, x);
  expect(g, {first(1), first(2)});
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    expect(jacobian(t, y, x, GT_UNCONNECTED_NULL, mode), {first(1), 0, 0, first(2)});
    expect(jacobian(outer, g, x, GT_UNCONNECTED_NULL, mode), {second(1), 0, 0, second(2)});
  }
  gt_tensor of_bools = run("test_power_sine", {tensor<uint8_t>(c, {1}, {1})});
  EXPECT_EQ(of_bools, nullptr);
  EXPECT_NE(c.message().find("bool"), std::string::npos) << "the body's own first error is kept";
}
// A composite that reads a value, within a rule of the user's: no error is left where the Jacobian goes row by row.
TEST_F(Callback, ACompositeThatReadsAValueWithinARule) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.composite = [](gt_context ctx, void*, const gt_tensor* in, size_t, const gt_attr*, size_t, gt_tensor* out, size_t,
                   size_t* n) -> gt_status {
    float values[2];
    *n = 1;
    const gt_status s = gt_tensor_read(ctx, in[0], values, sizeof values);
    out[0] = s == GT_OK ? gt_multiply(ctx, in[0], gt_scalar(ctx, 3)) : nullptr;
    return s;
  };
  ASSERT_EQ(gt_register_op("test_reading_composite", &d, nullptr, nullptr), GT_OK);
  const auto rule = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    return gt_apply(ctx, "test_reading_composite", dy, 1, nullptr, 0, dx, 1, nullptr);
  };
  gt_tensor x = vec({1, 2}), tangent = vec({1, 1}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, identity_forward, rule);
  ASSERT_EQ(gt_tape_jacobian(c, t, y, &x, 1, nullptr, &out), GT_OK) << c.message();
  EXPECT_EQ(c.message(), "");
  expect(out, {3, 0, 0, 3});
  out = nullptr;
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &tangent, 0, &out), GT_UNSUPPORTED, "reads the value of a cotangent");
}
TEST_F(Callback, RegistrationsThatAreRefused) {
  static int freed;
  freed = 0;
  const auto count_free = [](void*) { ++freed; };
  gt_op_definition good{sizeof good, nullptr, infer_like_first, compute_scale, nullptr, {}, {}, {}}, small = good,
                                                                                                     empty = good;
  gt_op_definition both = good;
  both.composite = [](gt_context, void*, const gt_tensor*, size_t, const gt_attr*, size_t, gt_tensor*, size_t,
                      size_t*) -> gt_status { return GT_OK; };
  EXPECT_EQ(gt_register_op("test_refused", &both, nullptr, nullptr), GT_INVALID_ARGUMENT) << "infer beside composite";
  small.struct_size = 8;
  empty.compute = nullptr;
  EXPECT_EQ(gt_register_op("add", &good, nullptr, count_free), GT_ALREADY_EXISTS);
  EXPECT_EQ(gt_register_op("test_refused", &small, nullptr, count_free), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_op("test_refused", &empty, nullptr, count_free), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_op("test_refused", nullptr, nullptr, count_free), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_op("", &good, nullptr, count_free), GT_INVALID_ARGUMENT);
  EXPECT_EQ(gt_register_op(nullptr, &good, nullptr, count_free), GT_INVALID_ARGUMENT);
  EXPECT_EQ(freed, 6) << "each refusal frees at once";
  EXPECT_EQ(gt_register_op("test_twice", &good, nullptr, count_free), GT_OK);
  EXPECT_EQ(gt_register_op("test_twice", &good, nullptr, count_free), GT_ALREADY_EXISTS);
  EXPECT_EQ(freed, 7);
}
TEST_F(Callback, AFailingInferOrComputeReachesTheCaller) {
  const auto infer_fails = [](gt_context, void*, const gt_spec*, size_t, const gt_attr*, size_t, gt_spec*, size_t,
                              size_t*) -> gt_status { return GT_UNSUPPORTED; };
  const auto infer_nonsense = [](gt_context, void*, const gt_spec*, size_t, const gt_attr*, size_t, gt_spec* out,
                                 size_t, size_t* n) -> gt_status {
    out[0].dtype = 42;
    *n = 1;
    return GT_OK;
  };
  const auto infer_negative = [](gt_context, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out,
                                 size_t, size_t* n) -> gt_status {
    out[0] = in[0];
    out[0].rank = -3;
    *n = 1;
    return GT_OK;
  };
  const auto infer_many = [](gt_context, void*, const gt_spec*, size_t, const gt_attr*, size_t, gt_spec*, size_t,
                             size_t* n) -> gt_status {
    *n = 1000;
    return GT_OK;
  };
  const auto compute_fails = [](void*, const gt_spec*, const void* const*, size_t, const gt_attr*, size_t,
                                const gt_spec*, void* const*, size_t) -> gt_status { return GT_IO; };
  gt_op_definition a{sizeof a, nullptr, infer_fails, compute_scale, nullptr, {}, {}, {}},
      b{sizeof b, nullptr, infer_nonsense, compute_scale, nullptr, {}, {}, {}},
      n{sizeof n, nullptr, infer_negative, compute_scale, nullptr, {}, {}, {}},
      m{sizeof m, nullptr, infer_many, compute_scale, nullptr, {}, {}, {}},
      f{sizeof f, nullptr, infer_like_first, compute_fails, nullptr, {}, {}, {}};
  ASSERT_EQ(gt_register_op("test_infer_fails", &a, nullptr, nullptr), GT_OK);
  ASSERT_EQ(gt_register_op("test_infer_nonsense", &b, nullptr, nullptr), GT_OK);
  ASSERT_EQ(gt_register_op("test_infer_negative", &n, nullptr, nullptr), GT_OK);
  ASSERT_EQ(gt_register_op("test_infer_many", &m, nullptr, nullptr), GT_OK);
  ASSERT_EQ(gt_register_op("test_compute_fails", &f, nullptr, nullptr), GT_OK);
  gt_tensor x = vec({1});
  EXPECT_EQ(run("test_infer_fails", {x}), nullptr);
  EXPECT_EQ(c.message(), "test_infer_fails: the infer function returned GT_UNSUPPORTED (6)");
  EXPECT_EQ(run("test_infer_nonsense", {x}), nullptr);
  EXPECT_NE(c.message().find("test_infer_nonsense: output 0: 42 is no dtype"), std::string::npos);
  EXPECT_EQ(run("test_infer_negative", {x}), nullptr);
  EXPECT_NE(c.message().find("rank -3"), std::string::npos);
  EXPECT_EQ(run("test_infer_many", {x}), nullptr);
  EXPECT_NE(c.message().find("1000 outputs"), std::string::npos);
  gt_tensor y = run("test_compute_fails", {x});
  ASSERT_NE(y, nullptr);
  float value;
  expect_error(gt_tensor_read(c, y, &value, 4), GT_IO, "test_compute_fails: the compute function returned GT_IO");
  expect(x, {1});
}
TEST_F(Callback, AComputeThatEntersItsContextFindsItBusy) {
  static gt_context inside;
  inside = c;
  static gt_tensor victim;
  victim = num(5);
  const auto enters = [](void*, const gt_spec*, const void* const*, size_t, const gt_attr*, size_t, const gt_spec*,
                         void* const* out, size_t) -> gt_status {
    float value;
    static_cast<float*>(out[0])[0] = static_cast<float>(gt_tensor_read(inside, victim, &value, 4));
    EXPECT_EQ(gt_release(inside, victim), GT_OK) << "is remembered";
    return GT_OK;
  };
  gt_op_definition d{sizeof d, nullptr, infer_like_first, enters, nullptr, {}, {}, {}};
  ASSERT_EQ(gt_register_op("test_enters", &d, nullptr, nullptr), GT_OK);
  expect(run("test_enters", {vec({0})}), {GT_BUSY});
  EXPECT_EQ(gt_release(c, victim), GT_INVALID_HANDLE);
}
TEST_F(Callback, UserDataIsFreedExactlyOnce) {
  static int freed;
  freed = 0;
  const auto count_free = [](void*) { ++freed; };
  gt_tensor x = num(1), y = nullptr;
  ASSERT_EQ(gt_custom_gradient(c, nullptr, identity_forward, times_seven, nullptr, count_free, &x, 1, &y, 1, nullptr),
            GT_OK);
  gt_eval(c, &y, 1);
  EXPECT_EQ(freed, 1) << "computed and on no tape: nothing can call the rule any more";
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, identity_forward, times_seven, nullptr, count_free, &x, 1, &y, 1, nullptr),
            GT_OK);
  expect(grad(t, y, x), {7});
  EXPECT_EQ(freed, 1);
  gt_release(c, t);
  gt_eval(c, &y, 1);
  EXPECT_EQ(freed, 2);
  EXPECT_EQ(gt_custom_gradient(c, nullptr, nullptr, times_seven, nullptr, count_free, &x, 1, &y, 1, nullptr),
            GT_INVALID_ARGUMENT);
  EXPECT_EQ(
      gt_custom_gradient(nullptr, nullptr, identity_forward, times_seven, nullptr, count_free, &x, 1, &y, 1, nullptr),
      GT_INVALID_HANDLE);
  c.take_error();
  EXPECT_EQ(freed, 4);
}
TEST_F(Callback, LentHandlesAreNotTheCallbacksToRelease) {
  static gt_tensor kept;
  const auto misuses = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                          size_t* n) -> gt_status {
    EXPECT_EQ(gt_release(ctx, in[0]), GT_FAILED_PRECONDITION);
    kept = in[0];
    out[0] = in[0];
    out[1] = in[0];
    *n = 2;
    return GT_OK;
  };
  const auto back = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    dx[0] = gt_add(ctx, dy[0], dy[1]);
    return GT_OK;
  };
  gt_tensor x = num(4), y[2];
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, misuses, back, nullptr, nullptr, &x, 1, y, 2, nullptr), GT_OK);
  expect(y[1], {4});
  float value;
  expect_error(gt_tensor_read(c, kept, &value, 4), GT_INVALID_HANDLE, "released");
  expect(grads(t, {y[0], y[1]}, {x})[0], {2});
}
TEST_F(Callback, AForwardThatFailsLeavesNothingBehind) {
  static gt_tensor made;
  const auto fails_late = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                             size_t*) -> gt_status {
    out[0] = made = gt_square(ctx, in[0]);
    return GT_UNSUPPORTED;
  };
  gt_tensor x = num(4), y = num(9), before = y;
  EXPECT_EQ(gt_custom_gradient(c, "late", fails_late, times_seven, nullptr, nullptr, &x, 1, &y, 1, nullptr),
            GT_UNSUPPORTED);
  EXPECT_EQ(y, nullptr);
  EXPECT_EQ(gt_release(c, made), GT_INVALID_HANDLE) << "what was written to a slot is the library's, also on failure";
  EXPECT_EQ(c.message(), "late: the forward function returned GT_UNSUPPORTED (6)");
  expect(before, {9});
}
TEST_F(Callback, ABackwardMustNotChangeTheTapeItServes) {
  static gt_tape tape_in_use;
  const auto meddles = [](gt_context ctx, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
    EXPECT_EQ(gt_tape_resume_recording(ctx, tape_in_use), GT_FAILED_PRECONDITION);
    gt_take_error(ctx, nullptr, 0, nullptr);
    gt_release(ctx, tape_in_use);
    dx[0] = dy[0];
    return GT_OK;
  };
  gt_tensor x = num(3), out = nullptr;
  tape_in_use = watching({x});
  gt_tensor y = custom(gt_square(c, x), identity_forward, meddles);
  EXPECT_EQ(gt_tape_gradient(c, tape_in_use, &y, 1, &x, 1, nullptr, 0, &out), GT_OK);
  expect(out, {6});
}
TEST_F(Callback, ABackwardMayThrowNothingThroughC) {
  const auto throws = [](gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) -> gt_status {
    throw std::runtime_error("from the callback");
  };
  gt_tensor x = num(3), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, square_forward, throws);
  expect_error(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &out), GT_INTERNAL, "from the callback");
  expect(y, {9});
}

}  // namespace
}  // namespace test
