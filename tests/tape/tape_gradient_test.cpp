// gt_tape_gradient: targets and sources, weights of targets, what is not connected, and values where formulas fail.
#include "support/tape_support.hpp"

namespace test {
namespace {

class Gradient : public TapeTest {};

TEST_F(Gradient, SeveralTargetsAreSummedAndOneGivenTwiceCountsTwice) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x), z = mul(y, x);
  expect(grads(t, {y, z}, {x})[0], {33});
  expect(grads(t, {y, y}, {x})[0], {12});
}
TEST_F(Gradient, ATensorTargetStandsForItsSum) {
  gt_tensor x = vec({1, 2, 3});
  gt_tape t = watching({x});
  expect(grad(t, mul(x, x), x), {2, 4, 6});
}
TEST_F(Gradient, ATargetThatIsASourceContributesOnes) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(grads(t, {x, mul(x, x)}, {x})[0], {7});
  gt_tape unwatched = tape(GT_TAPE_PERSISTENT);
  expect(grad(unwatched, x, x), {1});
  gt_tensor i = ints({4});
  expect(grad(unwatched, i, i), {1});
  gt_tensor v = var(2);
  expect(grad(unwatched, v, v), {1});
}
TEST_F(Gradient, SourcesMayRepeatAndBeNone) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x);
  const auto g = grads(t, {y}, {x, x});
  expect(g[0], {6});
  expect(g[1], {6});
  EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, nullptr, 0, nullptr, 0, nullptr), GT_OK);
}
TEST_F(Gradient, NotConnectedIsNullOrZeros) {
  gt_tensor x = num(3), z = vec({1, 2}), out = nullptr;
  gt_tape t = watching({x, z}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x);
  EXPECT_EQ(grad(t, y, z), nullptr);
  expect(grads(t, {y}, {z}, GT_UNCONNECTED_ZERO)[0], {0, 0});
  expect_error(gt_tape_gradient(c, t, &y, 1, &z, 1, nullptr, 7, &out), GT_INVALID_ARGUMENT, "unconnected must be");
}
TEST_F(Gradient, NoTargetsGiveNoGradientAndANullOneIsAnError) {
  gt_tensor x = num(3), out = nullptr, none = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_gradient(c, t, nullptr, 0, &x, 1, nullptr, 0, &out), GT_OK);
  EXPECT_EQ(out, nullptr);
  expect_error(gt_tape_gradient(c, t, &none, 1, &x, 1, nullptr, 0, &out), GT_INVALID_HANDLE, "target 0 is NULL");
  expect_error(gt_tape_gradient(c, t, nullptr, 2, &x, 1, nullptr, 0, &out), GT_INVALID_ARGUMENT, "must not be NULL");
}
TEST_F(Gradient, WhatIsNoTensorIsAnError) {
  gt_tensor x = num(3), out = nullptr, junk = reinterpret_cast<gt_tensor>(uintptr_t{12345});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect_error(gt_tape_gradient(c, t, &junk, 1, &x, 1, nullptr, 0, &out), GT_INVALID_HANDLE,
               "target 0 is not a handle");
  expect_error(gt_tape_gradient(c, t, &x, 1, &junk, 1, nullptr, 0, &out), GT_INVALID_HANDLE,
               "source 0 is not a handle");
}
TEST_F(Gradient, AnIntegerPathHasNoGradient) {
  gt_tensor i = ints({1, 2});
  gt_tape t = watching({i}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(i, i);
  EXPECT_EQ(grad(t, y, i), nullptr);
  gt_tensor zero = grads(t, {y}, {i}, GT_UNCONNECTED_ZERO)[0];
  expect(zero, {0, 0});
  EXPECT_EQ(dtype_of(c, zero), GT_INT32);
}
TEST_F(Gradient, OutputGradientsWeighTheTargets) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  std::vector<gt_tensor> g;
  EXPECT_EQ(gradient(t, {mul(x, num(2))}, {x}, g, {vec({10, 100})}), GT_OK);
  expect(g[0], {20, 200});
  gt_tensor s = num(3);
  gt_tape u = watching({s});
  EXPECT_EQ(gradient(u, {mul(s, s)}, {s}, g, {gt_scalar(c, 10)}), GT_OK);
  expect(g[0], {60});
}
// TensorFlow crashes on too few output gradients and ignores too many. Here there is one per target by the
// signature; an array with a NULL among them is the error that can still be made.
TEST_F(Gradient, AMissingOutputGradientIsAnError) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  std::vector<gt_tensor> g;
  gt_tensor y = mul(x, x);
  expect_error(gradient(t, {y, y}, {x}, g, {num(1), nullptr}), GT_INVALID_HANDLE, "output gradient 1 is NULL");
  EXPECT_EQ(dgrad(t, y, x), 6);
}
// TensorFlow aborts.
TEST_F(Gradient, ANullOutputGradientOfATargetThatIsASourceIsAnError) {
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  std::vector<gt_tensor> g;
  expect_error(gradient(t, {x}, {x}, g, {nullptr}), GT_INVALID_HANDLE, "output gradient 0 is NULL");
}
// TensorFlow broadcasts a scalar silently, and lets a wrong shape through an identity.
TEST_F(Gradient, OutputGradientsMustFitTheirTargets) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  std::vector<gt_tensor> g;
  gt_tensor y = gt_identity(c, x);
  expect_error(gradient(t, {y}, {x}, g, {vec({1, 2, 3})}), GT_INVALID_ARGUMENT,
               "output gradient 0 must be float32[2], got float32[3]");
  expect_error(gradient(t, {y}, {x}, g, {num(1)}), GT_INVALID_ARGUMENT, "must be float32[2], got float32[]");
  expect_error(gradient(t, {y}, {x}, g, {tensor<double>(c, {2}, {1, 2})}), GT_INVALID_ARGUMENT,
               "must be float32[2], got float64[2]");
}
// Gradients are dense; duplicates are summed.
TEST_F(Gradient, GatherGivesADenseGradientWithDuplicatesSummed) {
  gt_tensor x = vec({1, 2, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(grad(t, gt_gather(c, x, ints({0, 2, 0}), 0, 0), x), {2, 0, 1});
}
TEST_F(Gradient, WhatIsConstantBetweenJumpsIsNotConnected) {
  gt_tensor x = vec({1.5, -2.5});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const int64_t shape[] = {2};
  for (gt_tensor y : {gt_stop_gradient(c, x), gt_floor(c, x), gt_round(c, x), gt_zeros_like(c, x), gt_ones_like(c, x),
                      gt_floor_divide(c, x, gt_scalar(c, 3)), gt_cast(c, gt_argmax(c, x, 0), GT_FLOAT32),
                      gt_random_normal(c, shape, 1, GT_FLOAT32, 0, 1, 0, 0),
                      gt_one_hot(c, gt_argmax(c, x, 0), 3, -1, 1, 0, GT_FLOAT32)})
    EXPECT_EQ(grad(t, y, x), nullptr);
  expect(grad(t, gt_sign(c, x), x), {0, 0});
  expect(grad(t, gt_mod(c, x, gt_scalar(c, 3)), x), {1, 1});
}

gt_spec same(const gt_spec* in) { return in[0]; }
gt_status infer_same(gt_context, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
                     size_t* n) {
  out[0] = same(in);
  *n = 1;
  return GT_OK;
}
gt_status compute_double(void*, const gt_spec* specs, const void* const* in, size_t, const gt_attr*, size_t,
                         const gt_spec*, void* const* out, size_t) {
  int64_t n = 1;
  for (int32_t i = 0; i < specs[0].rank; ++i) n *= specs[0].dims[i];
  for (int64_t i = 0; i < n; ++i) static_cast<float*>(out[0])[i] = 2 * static_cast<const float*>(in[0])[i];
  return GT_OK;
}
TEST_F(Gradient, AnOpWithoutAGradientFailsOnlyWhereItIsReached) {
  gt_op_definition d{sizeof d, "2 x", infer_same, compute_double, nullptr, {}, {}, {}};
  ASSERT_EQ(gt_register_op("row48_double", &d, nullptr, nullptr), GT_OK);
  gt_tensor x = num(3), y = nullptr, out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_apply(c, "row48_double", &x, 1, nullptr, 0, &y, 1, nullptr), GT_OK);
  EXPECT_EQ(number(c, y), 6);
  EXPECT_EQ(dgrad(t, mul(x, x), x), 6) << "a recorded op that is not on the way does no harm";
  expect_error(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &out), GT_NOT_FOUND, "row48_double: no gradient");
  gt_tensor one = num(1);
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &one, 0, &out), GT_NOT_FOUND, "row48_double: no gradient");
  EXPECT_EQ(gt_register_gradient("row48_double", times_seven, nullptr, nullptr), GT_OK);
  EXPECT_EQ(dgrad(t, y, x), 7) << "a gradient may be registered later";
}
TEST_F(Gradient, AGradientThatIsForbiddenFailsWithItsReason) {
  const auto forbid = [](gt_context ctx, void*, const gt_call*, const gt_tensor*, gt_tensor*) -> gt_status {
    gt_reshape(ctx, nullptr, nullptr, 0);
    return GT_UNSUPPORTED;
  };
  gt_tensor x = num(3), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, identity_forward, forbid, nullptr, "prevented");
  EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &out), GT_UNSUPPORTED);
  EXPECT_NE(c.message(), "");
}
TEST_F(Gradient, BroadcastingIsSummedBack) {
  gt_tensor m = mat(2, 3, {1, 1, 1, 2, 2, 2}), v = vec({1, 1, 1}), col = mat(2, 1, {1, 1}), row = mat(1, 3, {2, 2, 2});
  gt_tape t = watching({v, col, row}, GT_TAPE_PERSISTENT);
  expect(grad(t, add(m, v), v), {2, 2, 2});
  gt_tensor product = mul(col, row);
  expect(grad(t, product, col), {6, 6});
  expect(grad(t, product, row), {2, 2, 2});
  gt_tensor a = tensor<float>(c, {2, 1, 2}, {1, 2, 3, 4}), b = mat(2, 1, {5, 6});
  gt_tape u = watching({b});
  expect(grad(u, gt_matmul(c, a, b, 0, 0), b), {4, 6});
}
TEST_F(Gradient, UnusedOutputsCountAsZero) {
  gt_tensor x = vec({1, 3}), out[2];
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const int64_t axis[] = {0};
  EXPECT_EQ(gt_moments(c, x, axis, 1, 0, out, 2, nullptr), GT_OK);
  expect(grad(t, out[0], x), {0.5, 0.5});
  expect(grad(t, out[1], x), {-1, 1});
}
// Complex, ragged and sparse tensors are no dtypes here: an unknown dtype is refused.
TEST_F(Gradient, UnknownDtypesAreRefused) {
  EXPECT_EQ(gt_tensor_create(c, 9, nullptr, 0, "\0\0\0\0\0\0\0", 8), nullptr);
  EXPECT_NE(c.message().find("9 is no dtype"), std::string::npos);
}
TEST_F(Gradient, ACustomBackwardThatForgetsAnInputLeavesItUnconnected) {
  const auto nothing = [](gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) -> gt_status {
    return GT_OK;
  };
  gt_tensor x = num(3);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, identity_forward, nothing);
  EXPECT_EQ(grad(t, y, x), nullptr);
}

// The list at the top: where TensorFlow or PyTorch is not right.
TEST_F(Gradient, RepeatedDerivativesOfACubeEndInZerosNotInAnError) {
  gt_tensor x = var(2);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor d = mul(mul(x, x), x);
  for (double want : {12.0, 12.0, 6.0}) {
    d = grad(t, d, x);
    EXPECT_EQ(number(c, d), want);
  }
  expect(grads(t, {d}, {x}, GT_UNCONNECTED_ZERO)[0], {0});
}
TEST_F(Gradient, ReduceProdWithZerosIsRightToSecondOrder) {
  gt_tensor x = vec({0, 2, 0, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_reduce_prod(c, x, nullptr, 0, 0), g = grad(t, y, x);
  expect(g, {0, 0, 0, 0});
  expect(jacobian(t, g, x), {0, 0, 6, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0});
}
TEST_F(Gradient, CumprodWithZerosIsRightToSecondOrder) {
  gt_tensor x = vec({2, 0, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor g = grad(t, gt_cumprod(c, x, 0, 0, 0), x);  // y = x0, x0 x1, x0 x1 x2
  expect(g, {1, 8, 0});
  expect(jacobian(t, g, x), {0, 4, 0, 4, 0, 2, 0, 2, 0});
}
TEST_F(Gradient, DetOfASingularMatrixHasItsCofactors) {
  gt_tensor x = tensor<double>(c, {3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_det(c, x), g = grad(t, y, x);
  expect(g, {-3, 6, -3, 6, -12, 6, -3, 6, -3});
  gt_tensor row = tensor<double>(c, {3, 3}, {1, 0, 0, 0, 0, 0, 0, 0, 0}), second = nullptr;
  EXPECT_EQ(gt_tape_gradient(c, t, &g, 1, &x, 1, &row, 0, &second), GT_OK);
  expect(second, {0, 0, 0, 0, 9, -8, 0, -6, 5});  // the derivative of a cofactor: entries of its minor
}
TEST_F(Gradient, KinksFollowTensorFlow) {
  gt_tensor z = vec({0, 0}), two = vec({2, 2});
  gt_tape t = watching({z, two}, GT_TAPE_PERSISTENT);
  expect(grad(t, gt_relu(c, z), z), {0, 0});
  expect(grad(t, gt_abs(c, z), z), {0, 0});
  expect(grad(t, gt_elu(c, z), z), {1, 1});
  expect(grad(t, gt_leaky_relu(c, z, 0.125), z), {0.125, 0.125});
  expect(grad(t, gt_clip_by_value(c, z, 0, 1), z), {1, 1});
  gt_tensor m = gt_maximum(c, two, gt_multiply(c, two, gt_scalar(c, 1)));
  expect(grad(t, m, two), {1, 1});
  expect(grad(t, gt_reduce_max(c, two, nullptr, 0, 0), two), {0.5, 0.5});
  gt_tensor zero_ct = vec({0, 0}), out = nullptr, root = gt_sqrt(c, z), inverse = gt_rsqrt(c, z);
  EXPECT_EQ(gt_tape_gradient(c, t, &root, 1, &z, 1, &zero_ct, 0, &out), GT_OK);
  expect(out, {0, 0});
  EXPECT_EQ(gt_tape_gradient(c, t, &inverse, 1, &z, 1, &zero_ct, 0, &out), GT_OK);
  expect(out, {0, 0});
}

}  // namespace
}  // namespace test
