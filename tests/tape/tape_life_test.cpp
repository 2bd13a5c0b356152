// tape-semantics A1, A2 and A7: the life of a tape, what it records, threads. Each test is named after its row.
#include <thread>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Life : public TapeTest {};

// 1: nothing is recorded until the tape begins.
TEST_F(Life, Row01_NothingIsRecordedBeforeTheTapeBegins) {
  gt_tensor x = var(3), y = mul(x, x);
  gt_tape t = tape();
  EXPECT_EQ(grad(t, y, x), nullptr);
}
// 2: entering again continues the same recording; what ran in between breaks the chain.
TEST_F(Life, Row02_ResumingAfterTheEndContinuesTheSameRecording) {
  gt_tensor x = var(2);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x);
  gt_tape_end(c, t);
  gt_tensor between = mul(y, y);
  EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  gt_tensor z = add(y, y), w = add(between, between);
  EXPECT_EQ(dgrad(t, z, x), 8);
  EXPECT_EQ(grad(t, w, x), nullptr);
}
TEST_F(Life, Row03_ResumingWhileRecordingIsAnError) {
  gt_tape t = tape();
  expect_error(gt_tape_resume_recording(c, t), GT_FAILED_PRECONDITION, "recording already");
}
// 4: a failing call leaves the tape as it was.
TEST_F(Life, Row04_AFailingOpLeavesTheTapeUsable) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  EXPECT_EQ(gt_matmul(c, x, x, 0, 0), nullptr);
  EXPECT_EQ(c.take_error().first, GT_INVALID_ARGUMENT);
  EXPECT_EQ(dgrad(t, y, x), 6);
}
TEST_F(Life, Row05_TapesEndInAnyOrder) {
  gt_tensor x = var(3);
  gt_tape a = tape();
  gt_tensor y = mul(x, x);
  gt_tape b = tape();
  gt_tensor z = mul(y, x);
  EXPECT_EQ(gt_tape_end(c, a), GT_OK);
  gt_tensor w = mul(z, x);
  EXPECT_EQ(gt_tape_end(c, b), GT_OK);
  EXPECT_EQ(dgrad(a, z, x), 27);
  EXPECT_EQ(dgrad(b, w, x), 54);  // y was recorded on a alone: w = y x x gives 2 x y
}
TEST_F(Life, Row06_AUsedUpTapeStartsAFreshRecording) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  EXPECT_EQ(dgrad(t, y, x), 6);
  EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  gt_tensor z = mul(y, x);
  EXPECT_EQ(dgrad(t, z, x), 9);  // y is a constant to the fresh recording
}
TEST_F(Life, Row07_ANonPersistentTapeServesOneDerivative) {
  gt_tensor x = var(3), out = nullptr;
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  jacobian(t, y, x);  // a Jacobian is the one use
  expect_error(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &out), GT_FAILED_PRECONDITION,
               "a non-persistent tape serves one");
  expect_error(gt_tape_jacobian(c, t, y, &x, 1, nullptr, &out), GT_FAILED_PRECONDITION,
               "a non-persistent tape serves one");
  gt_tensor m = mat(1, 1, {1});
  expect_error(gt_tape_batch_jacobian(c, t, m, m, nullptr, &out), GT_FAILED_PRECONDITION,
               "a non-persistent tape serves one");
  gt_tensor one = num(1);
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &one, 0, &out), GT_FAILED_PRECONDITION,
               "a non-persistent tape serves one");
}
TEST_F(Life, Row08_AGradientInsideAnActiveTapeEndsIt) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  EXPECT_EQ(dgrad(t, y, x), 6);
  gt_tensor z = mul(y, y);
  EXPECT_EQ(gt_tape_end(c, t), GT_OK);
  gt_tensor out = nullptr;
  expect_error(gt_tape_gradient(c, t, &z, 1, &x, 1, nullptr, 0, &out), GT_FAILED_PRECONDITION, "one gradient");
}
TEST_F(Life, Row09_AGradientInsideAnActivePersistentTapeIsRecorded) {
  gt_tensor x = var(3);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor first = grad(t, mul(mul(x, x), x), x);
  EXPECT_EQ(dgrad(t, first, x), 18);
}
TEST_F(Life, Row10_StopRecordingPausesThisTapeAlone) {
  gt_tensor x = var(3);
  gt_tape outer = tape(), inner = tape(GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_stop_recording(c, inner), GT_OK);
  gt_tensor y = mul(x, x);
  EXPECT_EQ(gt_tape_resume_recording(c, inner), GT_OK);
  gt_tensor z = add(y, x);
  EXPECT_EQ(dgrad(inner, z, x), 1);
  EXPECT_EQ(dgrad(outer, z, x), 7);
}
TEST_F(Life, Row11_StopRecordingOnAUsedUpTapeIsAnError) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  grad(t, mul(x, x), x);
  expect_error(gt_tape_stop_recording(c, t), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Life, Row12_StopRecordingAfterTheEndOrTwiceIsAnError) {
  gt_tape t = tape(), u = tape();
  gt_tape_end(c, t);
  expect_error(gt_tape_stop_recording(c, t), GT_FAILED_PRECONDITION, "not recording");
  EXPECT_EQ(gt_tape_stop_recording(c, u), GT_OK);
  expect_error(gt_tape_stop_recording(c, u), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Life, Row13_AnErrorInsideAPauseDoesNotPreventResuming) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tape_stop_recording(c, t);
  EXPECT_EQ(gt_reshape(c, x, nullptr, 0) == nullptr, true);
  c.take_error();
  EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  EXPECT_EQ(dgrad(t, mul(x, x), x), 6);
}
// 14, a trap of TensorFlow's: after a gradient inside a pause the tape is new and empty, and only trainable variables
// come back by themselves.
TEST_F(Life, Row14_AGradientInsideAPauseLeavesAFreshTape) {
  gt_tensor x = num(3), v = var(3);
  gt_tape t = watching({x});
  gt_tensor y = mul(x, v);
  gt_tape_stop_recording(c, t);
  EXPECT_EQ(dgrad(t, y, x), 3);
  EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  gt_tensor z = mul(mul(x, x), v);
  const auto g = grads(t, {z}, {x, v});
  EXPECT_EQ(g[0], nullptr);
  EXPECT_EQ(number(c, g[1]), 9);
}
TEST_F(Life, Row15_ResetIsOnlyForARecordingTape) {
  gt_tape t = tape();
  EXPECT_EQ(gt_tape_reset(c, t), GT_OK);
  gt_tape_end(c, t);
  expect_error(gt_tape_reset(c, t), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Life, Row16_ResetForgetsWatchedTensorsAndVariablesComeBack) {
  gt_tensor x = num(3), v = var(3);
  gt_tape t = watching({x});
  gt_tape_reset(c, t);
  gt_tensor z = mul(mul(v, v), mul(v, x));
  const auto g = grads(t, {z}, {x, v});
  EXPECT_EQ(g[0], nullptr);
  EXPECT_EQ(number(c, g[1]), 81);
}
TEST_F(Life, Row17_WatchedVariablesComeInTheOrderTheyWereMet) {
  gt_tensor a = var(1), b = var(2);
  gt_tape t = tape();
  mul(b, a);
  mul(a, a);
  gt_tensor seen[4];
  std::size_t n = 0;
  EXPECT_EQ(gt_tape_watched_variables(c, t, seen, 4, &n), GT_OK);
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(number(c, seen[0]), 2);
  EXPECT_EQ(number(c, seen[1]), 1);
  EXPECT_EQ(gt_assign(c, seen[0], num(5)), GT_OK) << "they are the variables themselves";
  EXPECT_EQ(number(c, b), 5);
  gt_tape_reset(c, t);
  EXPECT_EQ(gt_tape_watched_variables(c, t, nullptr, 0, &n), GT_OK);
  EXPECT_EQ(n, 0u);
}
// 18: a tape exists from its beginning on, so that watching one that never began is watching no tape: a clear error
// (TensorFlow: AttributeError).
TEST_F(Life, Row18_WatchingOnNoTapeIsAClearError) {
  gt_tensor x = num(3);
  expect_error(gt_tape_watch(c, nullptr, x), GT_INVALID_HANDLE, "gt_tape_watch: tape is NULL");
}
TEST_F(Life, Row19_WatchingAfterTheEndHelpsTheTensorItselfOnly) {
  gt_tensor x = num(3);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x);
  gt_tape_end(c, t);
  EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
  EXPECT_EQ(dgrad(t, x, x), 1);
  EXPECT_EQ(grad(t, y, x), nullptr);
}

TEST_F(Life, Row20_WatchTakesTensorsAndVariablesAndTwiceIsOnce) {
  gt_tensor x = num(3), v = var(2);
  gt_tape t = watching({x, x, v, v}, GT_TAPE_MANUAL_WATCH);
  const auto g = grads(t, {mul(x, v)}, {x, v});
  expect(g[0], {2});
  expect(g[1], {3});
}
TEST_F(Life, Row21_WatchingWhatIsNoTensorIsAnError) {
  gt_tape t = tape();
  expect_error(gt_tape_watch(c, t, nullptr), GT_INVALID_HANDLE, "NULL");
  expect_error(gt_tape_watch(c, t, reinterpret_cast<gt_tensor>(t)), GT_INVALID_HANDLE, "is a tape, not a tensor");
}
TEST_F(Life, Row22_IntegersMayBeWatchedAndHaveNoGradient) {
  gt_tensor i = ints({1, 2});
  gt_tape t = watching({i});
  EXPECT_EQ(grad(t, mul(i, i), i), nullptr);
}
TEST_F(Life, Row23_WatchingAnIntermediateKeepsItsHistory) {
  gt_tensor x = num(3);
  gt_tape t = watching({x});
  gt_tensor xx = mul(x, x);
  EXPECT_EQ(gt_tape_watch(c, t, xx), GT_OK);
  const auto g = grads(t, {mul(xx, xx)}, {x, xx});
  expect(g[0], {108});
  expect(g[1], {18});
}
TEST_F(Life, Row24_AnOpIsRecordedWhereAFloatingInputIsOnTheTape) {
  gt_tensor x = vec({1, 2}), other = vec({5, 6});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor off = mul(other, other), on = mul(x, off);
  EXPECT_EQ(grad(t, off, other), nullptr);
  expect(grad(t, on, x), {25, 36});
  expect(grad(t, on, on), {1, 1});
}
TEST_F(Life, Row25_OnlyTrainableFloatingVariablesAreWatched) {
  gt_tensor a = var(3), b = var(4), i = gt_variable(c, tensor<int32_t>(c, {}, {2}));
  EXPECT_EQ(gt_variable_set_trainable(c, b, 0), GT_OK);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(a, b), k = mul(i, i);
  const auto g = grads(t, {y}, {a, b});
  expect(g[0], {4});
  EXPECT_EQ(g[1], nullptr);
  EXPECT_EQ(grad(t, k, i), nullptr);
  gt_tape u = watching({b});
  expect(grad(u, mul(a, b), b), {3});
}
TEST_F(Life, AVariableIsKnownByItsNumber) {
  gt_tensor a = var(3), b = var(3), again = gt_tensor_duplicate(c, a);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  mul(b, a);
  gt_tensor watched[2];
  size_t n = 0;
  EXPECT_EQ(gt_tape_watched_variables(c, t, watched, 2, &n), GT_OK);
  const auto number = [&](gt_tensor v) {
    uint64_t id = 7;
    EXPECT_EQ(gt_variable_id(c, v, &id), GT_OK);
    return id;
  };
  EXPECT_NE(number(a), number(b));
  EXPECT_EQ(number(again), number(a));
  EXPECT_EQ(number(watched[0]), number(b));
  EXPECT_EQ(gt_assign(c, a, vec({5})), GT_INVALID_ARGUMENT);
  gt_take_error(c, nullptr, 0, nullptr);
  EXPECT_EQ(number(a), number(again));
  uint64_t id = 7;
  EXPECT_EQ(gt_variable_id(c, vec({1}), &id), GT_INVALID_ARGUMENT);
  EXPECT_EQ(id, 0u);
  gt_take_error(c, nullptr, 0, nullptr);
}
TEST_F(Life, Row26_ManualWatchLeavesVariablesAlone) {
  gt_tensor a = var(3), b = var(4);
  gt_tape t = watching({b}, GT_TAPE_MANUAL_WATCH);
  const auto g = grads(t, {mul(a, b)}, {a, b});
  EXPECT_EQ(g[0], nullptr);
  expect(g[1], {3});
}
TEST_F(Life, Row27_AnUnwatchedInputHasNoGradient) {
  gt_tensor x = num(3), k = num(5);
  gt_tape t = watching({x});
  const auto g = grads(t, {mul(x, k)}, {x, k});
  expect(g[0], {5});
  EXPECT_EQ(g[1], nullptr);
}
TEST_F(Life, Row28_CastsBetweenFloatsCarryGradients) {
  gt_tensor x = num(3.5f);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor through_int = gt_cast(c, gt_cast(c, x, GT_INT32), GT_FLOAT32),
            wide = gt_square(c, gt_cast(c, x, GT_FLOAT64));
  EXPECT_EQ(grad(t, through_int, x), nullptr);
  gt_tensor g = grad(t, wide, x);
  expect(g, {7});
  EXPECT_EQ(dtype_of(c, g), GT_FLOAT32);
}
TEST_F(Life, Row29_AssignBreaksTheChainAndReadsAreSnapshots) {
  gt_tensor x = var(5), v = var(3);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(v, v);
  EXPECT_EQ(gt_assign(c, v, num(100)), GT_OK);
  EXPECT_EQ(dgrad(t, y, v), 6);
  gt_tape u = tape(GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_assign(c, v, mul(x, x)), GT_OK);
  gt_tensor z = mul(v, v);
  EXPECT_EQ(grad(u, z, x), nullptr);
  EXPECT_EQ(dgrad(u, z, v), 50);
  // read, assign, read: z = v2 * (v1 * v1), with v1 = 3 and v2 = 100, is 609 = v1^2 + 2 v1 v2
  gt_assign(c, v, num(3));
  gt_tape w = tape();
  gt_tensor first = mul(v, v);
  gt_assign(c, v, num(100));
  EXPECT_EQ(dgrad(w, mul(v, first), v), 609);
}
TEST_F(Life, Row30_ControlFlowIsWhatWasExecuted) {
  gt_tensor x = num(2);
  gt_tape t = watching({x});
  gt_tensor y = num(1);
  for (int i = 0; i < 4; ++i) y = mul(y, x);
  EXPECT_EQ(dgrad(t, y, x), 32);
}
// 31: dead branches are freed while recording; TensorFlow keeps those whose ops save their own output.
TEST_F(Life, Row31_DeadBranchesAreFreedAtOnce) {
  static int freed;
  freed = 0;
  float data[1024] = {};
  const int64_t n = 1024;
  gt_tensor x = num(1);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor big = gt_tensor_borrow(
      c, GT_FLOAT32, &n, 1, data, sizeof data, [](void*) { ++freed; }, nullptr);
  gt_tensor dead = gt_tanh(c, gt_exp(c, mul(big, x)));
  const gt_tensor handles[] = {dead, big};
  for (gt_tensor h : handles) EXPECT_EQ(gt_release(c, h), GT_OK);
  // the intermediate handles of mul and exp are still held; a scope would have released them
  EXPECT_EQ(freed, 0);
  gt_scope_begin(c);
  gt_tensor again = gt_tensor_borrow(
      c, GT_FLOAT32, &n, 1, data, sizeof data, [](void*) { ++freed; }, nullptr);
  gt_tensor value = gt_exp(c, gt_tanh(c, mul(again, x)));
  gt_eval(c, &value, 1);
  gt_scope_end(c, nullptr, 0);
  EXPECT_EQ(gt_eval(c, &x, 1), GT_OK);
  EXPECT_EQ(freed, 1) << "the recording tape keeps nothing alive that cannot be reached";
  EXPECT_EQ(gt_tape_end(c, t), GT_OK);
}
TEST_F(Life, Row31_ANonPersistentGradientFreesTheRecording) {
  static int freed;
  freed = 0;
  float data[1024] = {};
  const int64_t n = 1024;
  gt_tensor x = num(1);
  gt_tape t = watching({x});
  gt_scope_begin(c);
  gt_tensor big = gt_tensor_borrow(
      c, GT_FLOAT32, &n, 1, data, sizeof data, [](void*) { ++freed; }, nullptr);
  gt_tensor y = sum(mul(big, x)), g = nullptr;
  gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &g);
  gt_eval(c, &g, 1);
  gt_eval(c, &y, 1);
  const gt_tensor keep[] = {g, y};
  gt_scope_end(c, keep, 2);
  gt_eval(c, &g, 1);
  EXPECT_EQ(freed, 1) << "computed results keep no graph";
}
TEST_F(Life, Row31_A20000OpChainIsWalkedWithoutRecursion) {
  gt_tensor x = num(1);
  gt_tape t = watching({x});
  gt_tensor y = x;
  for (int i = 0; i < 20000; ++i) y = add(y, x);
  EXPECT_EQ(dgrad(t, y, x), 20001);
}
TEST_F(Life, Row32_ManyContributionsAreSummed) {
  gt_tensor x = num(2);
  gt_tape t = watching({x});
  gt_tensor y = num(0);
  for (int i = 0; i < 50; ++i) y = add(y, mul(x, num(static_cast<float>(i))));
  EXPECT_EQ(dgrad(t, y, x), 1225);
}

// 99: the tape stack is the context's, not the thread's: what another thread does in the context is recorded.
TEST_F(Life, Row99_TheTapeStackBelongsToTheContext) {
  gt_tensor x = num(2);
  gt_tape t = watching({x});
  gt_tensor y = nullptr;
  std::thread([&] { y = mul(mul(x, x), x); }).join();
  EXPECT_EQ(dgrad(t, y, x), 12);
}
TEST_F(Life, Row100_ContextsOnSeveralThreadsAreIndependent) {
  std::vector<std::thread> threads;
  std::vector<double> results(4);
  for (int k = 0; k < 4; ++k)
    threads.emplace_back([k, &results] {
      Ctx own;
      gt_tensor x = scalar32(own, static_cast<float>(k));
      for (int round = 0; round < 50; ++round) {
        gt_tape t = gt_tape_begin(own, 0);
        gt_tape_watch(own, t, x);
        gt_tensor y = gt_multiply(own, x, x), g = nullptr;
        gt_tape_gradient(own, t, &y, 1, &x, 1, nullptr, 0, &g);
        results[static_cast<std::size_t>(k)] = number(own, g);
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (int k = 0; k < 4; ++k) EXPECT_EQ(results[static_cast<std::size_t>(k)], 2 * k);
}
TEST_F(Life, Row101_ATapeMayEndOnAnotherThread) {
  gt_tensor x = num(3);
  gt_tape t = watching({x});
  gt_tensor y = mul(x, x);
  std::thread([&] { EXPECT_EQ(gt_tape_end(c, t), GT_OK); }).join();
  EXPECT_EQ(dgrad(t, y, x), 6);
}

}  // namespace
}  // namespace test
