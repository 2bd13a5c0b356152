// gt_tape_jacobian and gt_tape_batch_jacobian: shapes, chunks and progress, options, samples that mix.
#include <functional>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Jacobian : public TapeTest {};

TEST_F(Jacobian, TheShapeIsTheTargetsThenTheSources) {
  gt_tensor m = mat(2, 3, {1, 2, 3, 4, 5, 6}), s = num(2);
  gt_tape t = watching({m, s}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(gt_transpose(c, m, nullptr, 0), s), total = sum(y);
  EXPECT_EQ(shape_of(c, jacobian(t, y, m)), (std::vector<int64_t>{3, 2, 2, 3}));
  EXPECT_EQ(shape_of(c, jacobian(t, total, m)), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(shape_of(c, jacobian(t, y, s)), (std::vector<int64_t>{3, 2}));
  gt_tensor sources[] = {m, s}, both[2];
  EXPECT_EQ(gt_tape_jacobian(c, t, y, sources, 2, nullptr, both), GT_OK);
  expect(both[1], {1, 4, 2, 5, 3, 6});
  gt_tensor gathered = gt_gather(c, m, ints({1, 1}), 0, 0);
  EXPECT_EQ(shape_of(c, jacobian(t, gathered, m)), (std::vector<int64_t>{2, 3, 2, 3}));
}
TEST_F(Jacobian, UnconnectedIsNullOrZerosOfTheFullShape) {
  gt_tensor x = vec({1, 2}), other = vec({1, 2, 3}), i = ints({1, 2});
  gt_tape t = watching({x, other}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x), constant = vec({1, 2});
  EXPECT_EQ(jacobian(t, y, other), nullptr);
  gt_tensor zero = jacobian(t, y, other, GT_UNCONNECTED_ZERO);
  EXPECT_EQ(shape_of(c, zero), (std::vector<int64_t>{2, 3}));
  expect(zero, std::vector<double>(6, 0.0));
  EXPECT_EQ(jacobian(t, constant, x), nullptr);
  EXPECT_EQ(jacobian(t, i, x), nullptr);
  EXPECT_EQ(shape_of(c, jacobian(t, i, x, GT_UNCONNECTED_ZERO)), (std::vector<int64_t>{2, 2}));
  expect(jacobian(t, x, x), {1, 0, 0, 1});
  gt_tensor first = gt_slice(c, y, std::vector<int64_t>{0}.data(), 1, std::vector<int64_t>{1}.data(), 1);
  expect(jacobian(t, first, x), {2, 0});
}
TEST_F(Jacobian, EmptyTargetsAndSources) {
  gt_tensor x = mat(2, 0, {}), y = mat(0, 2, {}), s = vec({1, 2});
  gt_tape t = watching({x, y, s}, GT_TAPE_PERSISTENT);
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    EXPECT_EQ(shape_of(c, jacobian(t, gt_exp(c, y), y, GT_UNCONNECTED_NULL, mode)), (std::vector<int64_t>{0, 2, 0, 2}));
    EXPECT_EQ(shape_of(c, jacobian(t, gt_exp(c, x), x, GT_UNCONNECTED_NULL, mode)), (std::vector<int64_t>{2, 0, 2, 0}));
    EXPECT_EQ(shape_of(c, jacobian(t, mul(y, s), s, GT_UNCONNECTED_NULL, mode)), (std::vector<int64_t>{0, 2, 2}));
  }
}
TEST_F(Jacobian, TheTargetIsOneTensor) {
  gt_tensor x = num(1), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect_error(gt_tape_jacobian(c, t, nullptr, &x, 1, nullptr, &out), GT_INVALID_HANDLE, "target is NULL");
}
// TensorFlow needs a persistent tape for a loop; chunks need none here.
TEST_F(Jacobian, ChunksNeedNoPersistentTape) {
  gt_tensor x = vec({1, 2, 3}), out = nullptr;
  gt_tape t = watching({x});
  gt_jacobian_options o = options();
  o.memory_budget = 1;
  gt_tensor y = mul(x, x);
  EXPECT_EQ(gt_tape_jacobian(c, t, y, &x, 1, &o, &out), GT_OK);
  expect(out, {2, 0, 0, 0, 4, 0, 0, 0, 6});
}
TEST_F(Jacobian, ProgressIsReportedAndMayCancel) {
  struct Progress {
    std::vector<uint64_t> done;
    uint64_t total = 0, stop_at = UINT64_MAX;
  } p;
  gt_tensor x = vec({1, 2, 3, 4}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_jacobian_options o = options();
  o.memory_budget = 1;
  o.progress = [](void* user, uint64_t done, uint64_t total) -> int32_t {
    auto* q = static_cast<Progress*>(user);
    q->done.push_back(done);
    q->total = total;
    return done >= q->stop_at;
  };
  o.progress_data = &p;
  gt_tensor y = mul(x, x);
  EXPECT_EQ(gt_tape_jacobian(c, t, y, &x, 1, &o, &out), GT_OK);
  EXPECT_EQ(p.done, (std::vector<uint64_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(p.total, 4u);
  p.stop_at = 2;
  expect_error(gt_tape_jacobian(c, t, y, &x, 1, &o, &out), GT_CANCELLED, "cancelled after 2 of 4");
  EXPECT_EQ(out, nullptr);
  expect(jacobian(t, y, x), {2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 8});
}
TEST_F(Jacobian, ErrorsInTheOptionsSayWhatIsWrong) {
  gt_tensor x = num(1), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const auto wrong = [&](auto change, const char* part) {
    gt_jacobian_options o = options();
    change(o);
    expect_error(gt_tape_jacobian(c, t, x, &x, 1, &o, &out), GT_INVALID_ARGUMENT, part);
  };
  wrong([](auto& o) { o.unconnected = 5; }, "unconnected must be");
  wrong([](auto& o) { o.mode = 3; }, "mode must be");
  wrong([](auto& o) { o.batch_dependence = 2; }, "batch_dependence must be");
  wrong([](auto& o) { o.reserved = 1; }, "reserved must be 0");
  wrong([](auto& o) { o.struct_size = 0; }, "struct_size must be");
}

// A rule that asks for the value of its cotangent is called once a row.
gt_status reads_its_cotangent(gt_context ctx, void* calls, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  ++*static_cast<int*>(calls);
  float values[2];
  const gt_status s = gt_tensor_read(ctx, dy[0], values, sizeof values);
  if (s != GT_OK) return s;
  const int64_t n = 2;
  for (float& v : values) v *= 3;
  (void)call;
  dx[0] = gt_tensor_create(ctx, GT_FLOAT32, &n, 1, values, sizeof values);
  return GT_OK;
}
TEST_F(Jacobian, ARuleThatReadsItsCotangentIsCalledForEachRow) {
  int calls = 0;
  gt_tensor x = vec({1, 2}), one = vec({1, 0}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(x, identity_forward, reads_its_cotangent, &calls);
  expect(jacobian(t, y, x), {3, 0, 0, 3});
  EXPECT_EQ(calls, 3) << "once symbolically, then for both rows";
  EXPECT_EQ(c.message(), "") << "the attempt without values leaves no error";
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &one, 0, &out), GT_UNSUPPORTED, "reads the value of a cotangent");
}
TEST_F(Jacobian, ANonLinearRuleAppliesToEachRow) {
  gt_tensor x = vec({1, 2}), one = vec({1, 0}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = custom(gt_multiply(c, x, gt_scalar(c, 3)), identity_forward, clip_to_half);
  expect(jacobian(t, y, x), {1.5, 0, 0, 1.5});  // 3 * clip(row, 0.5)
  gt_tensor z = gt_multiply(c, custom(x, identity_forward, clip_to_half), gt_scalar(c, 3));
  expect(jacobian(t, z, x), {0.5, 0, 0, 0.5});
  expect_error(gt_tape_jvp(c, t, &z, 1, &x, 1, &one, 0, &out), GT_UNSUPPORTED, "not linear in the output's cotangent");
}
TEST_F(Jacobian, AJacobianInsideAnActiveTapeIsRecorded) {
  gt_tensor x = vec({2, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(mul(x, x), x);
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    gt_tensor j = jacobian(t, y, x, GT_UNCONNECTED_NULL, mode);
    expect(jacobian(t, j, x), {12, 0, 0, 0, 0, 0, 0, 18});
  }
}
// The outer tape sees each row clipped by itself.
TEST_F(Jacobian, AJacobianOfANonLinearRuleIsDifferentiable) {
  gt_tensor x = vec({1, 2});
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), inner = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(custom(x, identity_forward, clip_to_half), x);
  gt_tensor j = jacobian(inner, y, x, GT_UNCONNECTED_NULL, GT_MODE_REVERSE);
  expect(j, {1.5, 0, 0, 2.5});  // y_i by the factor x, plus x_i clipped to 0.5
  EXPECT_EQ(shape_of(c, jacobian(outer, j, x)), (std::vector<int64_t>{2, 2, 2}));
  EXPECT_EQ(c.message(), "");
}
// Nothing is traced; the second call of the same Jacobian finds its plan. Its cost is measured in bench/.
TEST_F(Jacobian, TheSameJacobianTwiceGivesTheSameNumbers) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_exp(c, x);
  EXPECT_EQ(numbers(c, jacobian(t, y, x)), numbers(c, jacobian(t, y, x)));
}

TEST_F(Jacobian, BatchJacobianHasOneBlockPerSample) {
  gt_tensor x = mat(2, 2, {1, 2, 3, 4}), k = mat(2, 3, {1, 2, 3, 4, 5, 6});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_matmul(c, mul(x, x), k, 0, 0), j = batch_jacobian(t, y, x);
  EXPECT_EQ(shape_of(c, j), (std::vector<int64_t>{2, 3, 2}));
  expect(j, {2, 16, 4, 20, 6, 24, 6, 32, 12, 40, 18, 48});
  expect(batch_jacobian(t, y, x, GT_BATCH_SUM), numbers(c, j));
}
TEST_F(Jacobian, FirstSizesMustAgree) {
  gt_tensor x = mat(2, 2, {1, 2, 3, 4}), y = mat(3, 1, {1, 2, 3}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect_error(gt_tape_batch_jacobian(c, t, y, x, nullptr, &out), GT_INVALID_ARGUMENT, "got [3, 1] and [2, 2]");
}
TEST_F(Jacobian, BothNeedTwoAxes) {
  gt_tensor x = mat(2, 2, {1, 2, 3, 4}), v = vec({1, 2}), out = nullptr;
  gt_tape t = watching({x, v}, GT_TAPE_PERSISTENT);
  expect_error(gt_tape_batch_jacobian(c, t, v, x, nullptr, &out), GT_INVALID_ARGUMENT,
               "target must have at least 2 axes");
  expect_error(gt_tape_batch_jacobian(c, t, x, v, nullptr, &out), GT_INVALID_ARGUMENT,
               "source must have at least 2 axes");
}
// TensorFlow returns zeros, whatever was asked for.
TEST_F(Jacobian, AnUnconnectedBatchJacobianIsNullOrZeros) {
  gt_tensor x = mat(2, 2, {1, 2, 3, 4}), y = mat(2, 1, {1, 2}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  EXPECT_EQ(batch_jacobian(t, y, x), nullptr);
  gt_jacobian_options o = options();
  o.unconnected = GT_UNCONNECTED_ZERO;
  EXPECT_EQ(gt_tape_batch_jacobian(c, t, y, x, &o, &out), GT_OK);
  expect(out, {0, 0, 0, 0});
}
// TensorFlow divides by zero.
TEST_F(Jacobian, EmptyBatchesAndEmptySamples) {
  gt_tensor none = mat(0, 2, {}), thin = mat(1, 0, {});
  gt_tape t = watching({none, thin}, GT_TAPE_PERSISTENT);
  EXPECT_EQ(shape_of(c, batch_jacobian(t, mul(none, none), none)), (std::vector<int64_t>{0, 2, 2}));
  EXPECT_EQ(shape_of(c, batch_jacobian(t, mul(thin, thin), thin)), (std::vector<int64_t>{1, 0, 0}));
}
TEST_F(Jacobian, WhatIsEmptyOrWholeAndNotConnectedIsNullOrZeros) {
  gt_tensor none = mat(0, 2, {}), thin = mat(1, 0, {}), x = mat(2, 1, {1, 2});
  gt_tensor whole = tensor<int32_t>(c, {2, 1}, {1, 2});
  gt_tape t = watching({none, thin, x, whole}, GT_TAPE_PERSISTENT);
  struct {
    gt_tensor target, source;
    std::vector<int64_t> shape;
  } const pairs[] = {{mat(0, 3, {}), none, {0, 3, 2}},
                     {mat(1, 0, {}), thin, {1, 0, 0}},
                     {whole, x, {2, 1, 1}},
                     {mul(x, x), whole, {2, 1, 1}}};
  for (const auto& [target, source, shape] : pairs)
    for (int32_t mode : {GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE}) {
      gt_jacobian_options o = options();
      o.mode = mode;
      gt_tensor out = nullptr;
      EXPECT_EQ(gt_tape_batch_jacobian(c, t, target, source, &o, &out), GT_OK) << c.message();
      EXPECT_EQ(out, nullptr);
      o.unconnected = GT_UNCONNECTED_ZERO;
      ASSERT_EQ(gt_tape_batch_jacobian(c, t, target, source, &o, &out), GT_OK) << c.message();
      EXPECT_EQ(shape_of(c, out), shape);
      for (double v : numbers(c, out)) EXPECT_EQ(v, 0);
    }
}
TEST_F(Jacobian, SamplesWithoutEntriesInEachMode) {
  gt_tensor thin = mat(2, 0, {}), x = mat(2, 3, {1, 2, 3, 4, 5, 6});
  gt_tape t = watching({thin, x}, GT_TAPE_PERSISTENT);
  const int64_t last[] = {1}, begin[] = {0, 0}, size[] = {2, 0};
  const gt_tensor sums = gt_reduce_sum(c, thin, last, 1, 1), part = gt_slice(c, x, begin, 2, size, 2);
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    gt_jacobian_options o = options();
    o.mode = mode;
    gt_tensor of_none = nullptr, none_of = nullptr;
    ASSERT_EQ(gt_tape_batch_jacobian(c, t, sums, thin, &o, &of_none), GT_OK) << c.message();
    EXPECT_EQ(shape_of(c, of_none), (std::vector<int64_t>{2, 1, 0}));
    ASSERT_EQ(gt_tape_batch_jacobian(c, t, part, x, &o, &none_of), GT_OK) << c.message();
    EXPECT_EQ(shape_of(c, none_of), (std::vector<int64_t>{2, 0, 3}));
  }
}
TEST_F(Jacobian, SeveralSourcesAreSeveralCalls) {
  gt_tensor x = mat(2, 1, {1, 2}), z = mat(2, 1, {3, 4});
  gt_tape t = watching({x, z}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, z);
  expect(batch_jacobian(t, y, x), {3, 4});
  expect(batch_jacobian(t, y, z), {1, 2});
}
// TensorFlow does not check, and silently sums over the target's batch.
TEST_F(Jacobian, SamplesThatMixAreAnErrorThatNamesTheOp) {
  const int64_t axis[] = {0};
  gt_tensor x = mat(2, 1, {1, 2}), weights = mat(2, 1, {3, 5});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const auto refused = [&](gt_tensor y, const std::string& op) {
    batch_jacobian(t, y, x, GT_BATCH_INDEPENDENT, GT_FAILED_PRECONDITION);
    const std::string message = c.message();
    EXPECT_NE(message.find(op + " may mix the samples"), std::string::npos) << message;
  };
  gt_tensor centred = gt_subtract(c, x, gt_reduce_mean(c, x, axis, 1, 1));
  refused(centred, "reduce_sum (in reduce_mean)");
  expect(batch_jacobian(t, centred, x, GT_BATCH_SUM), {0, 0});
  refused(mul(gt_reverse(c, x, axis, 1), weights), "reverse");
  refused(gt_gather(c, x, ints({1, 0}), 0, 0), "gather");
  refused(gt_matmul(c, mat(2, 2, {0, 1, 1, 0}), x, 0, 0), "matmul");
  refused(gt_transpose(c, gt_reshape(c, gt_matmul(c, x, x, 0, 1), std::vector<int64_t>{2, 2}.data(), 2), nullptr, 0),
          "matmul");
  refused(gt_cumsum(c, x, 0, 0, 0), "cumsum");
}
TEST_F(Jacobian, SamplesThatStayApartPassThroughEveryKindOfOp) {
  const int64_t perm[] = {1, 0}, back[] = {1, 0}, shape[] = {2, 2, 1}, flat[] = {2, 2}, last[] = {1}, begin[] = {0, 1},
                size[] = {2, 1};
  gt_tensor x = mat(2, 2, {1, 2, 3, 4}), k = mat(2, 2, {1, 2, 3, 4});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_transpose(c, gt_matmul(c, k, x, 0, 1), perm, 2);  // samples along the columns, then back
  y = gt_reshape(c, gt_reshape(c, y, shape, 3), flat, 2);
  y = gt_softmax(c, y, -1);
  y = gt_cumsum(c, y, 1, 0, 0);
  y = add(y, gt_reduce_max(c, x, last, 1, 1));
  gt_tensor parts[] = {y, gt_slice(c, x, begin, 2, size, 2)};
  y = gt_concat(c, parts, 2, 1);
  y = gt_transpose(c, gt_transpose(c, y, back, 2), perm, 2);
  gt_tensor j = batch_jacobian(t, y, x), full = jacobian(t, y, x);
  expect(j, numbers(c, gt_einsum(c, &full, 1, "bxby->bxy")));
}
TEST_F(Jacobian, ACustomGradientIsJudgedByWhatItsBackwardDoes) {
  gt_tensor x = mat(2, 1, {3, 4});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  expect(batch_jacobian(t, custom(x, square_forward, times_seven), x), {7, 7});
  batch_jacobian(t, custom(x, identity_forward, clip_to_half, nullptr, "clip"), x, GT_BATCH_INDEPENDENT,
                 GT_FAILED_PRECONDITION);
  EXPECT_NE(c.message().find("may mix the samples"), std::string::npos) << "the norm is over the whole batch";
}

TEST_F(Jacobian, AutomaticModeGivesWhatBothModesGive) {
  gt_tensor wide = vec({1, 2, 3, 4, 5, 6}), k = mat(6, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  gt_tape t = watching({wide, k}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_tanh(c, gt_matmul(c, gt_reshape(c, wide, std::vector<int64_t>{1, 6}.data(), 2),
                                     gt_multiply(c, k, gt_scalar(c, 0.01)), 0, 0));
  for (gt_tensor source : {wide, k}) {
    const auto automatic = numbers(c, jacobian(t, y, source));
    expect(jacobian(t, y, source, GT_UNCONNECTED_NULL, GT_MODE_FORWARD), automatic);
    expect(jacobian(t, y, source, GT_UNCONNECTED_NULL, GT_MODE_REVERSE), automatic);
  }
}
TEST_F(Jacobian, VariablesReadTwiceCountOnce) {
  gt_tensor v = var(3);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(v, v);
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) expect(jacobian(t, y, v, GT_UNCONNECTED_NULL, mode), {6});
}

}  // namespace
}  // namespace test
