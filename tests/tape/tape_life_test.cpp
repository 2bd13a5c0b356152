// The life of a tape: begin, pause, end, reset, derivatives inside; tapes and threads.
#include <thread>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Life : public TapeTest {};

// Nothing is recorded until the tape begins.
TEST_F(Life, NothingIsRecordedBeforeTheTapeBegins) {
  gt_tensor x = var(3), y = mul(x, x);
  gt_tape t = tape();
  EXPECT_EQ(grad(t, y, x), nullptr);
}
// Entering again continues the same recording; what ran in between breaks the chain.
TEST_F(Life, ResumingAfterTheEndContinuesTheSameRecording) {
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
TEST_F(Life, ResumingWhileRecordingIsAnError) {
  gt_tape t = tape();
  expect_error(gt_tape_resume_recording(c, t), GT_FAILED_PRECONDITION, "recording already");
}
// A failing call leaves the tape as it was.
TEST_F(Life, AFailingOpLeavesTheTapeUsable) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  EXPECT_EQ(gt_matmul(c, x, x, 0, 0), nullptr);
  EXPECT_EQ(c.take_error().first, GT_INVALID_ARGUMENT);
  EXPECT_EQ(dgrad(t, y, x), 6);
}
TEST_F(Life, TapesEndInAnyOrder) {
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
TEST_F(Life, AUsedUpTapeStartsAFreshRecording) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  EXPECT_EQ(dgrad(t, y, x), 6);
  EXPECT_EQ(gt_tape_resume_recording(c, t), GT_OK);
  gt_tensor z = mul(y, x);
  EXPECT_EQ(dgrad(t, z, x), 9);  // y is a constant to the fresh recording
}
TEST_F(Life, ANonPersistentTapeServesOneDerivative) {
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
TEST_F(Life, AGradientInsideAnActiveTapeEndsIt) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  gt_tensor y = mul(x, x);
  EXPECT_EQ(dgrad(t, y, x), 6);
  gt_tensor z = mul(y, y);
  EXPECT_EQ(gt_tape_end(c, t), GT_OK);
  gt_tensor out = nullptr;
  expect_error(gt_tape_gradient(c, t, &z, 1, &x, 1, nullptr, 0, &out), GT_FAILED_PRECONDITION, "one gradient");
}
TEST_F(Life, AGradientInsideAnActivePersistentTapeIsRecorded) {
  gt_tensor x = var(3);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor first = grad(t, mul(mul(x, x), x), x);
  EXPECT_EQ(dgrad(t, first, x), 18);
}
TEST_F(Life, StopRecordingPausesThisTapeAlone) {
  gt_tensor x = var(3);
  gt_tape outer = tape(), inner = tape(GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_stop_recording(c, inner), GT_OK);
  gt_tensor y = mul(x, x);
  EXPECT_EQ(gt_tape_resume_recording(c, inner), GT_OK);
  gt_tensor z = add(y, x);
  EXPECT_EQ(dgrad(inner, z, x), 1);
  EXPECT_EQ(dgrad(outer, z, x), 7);
}
TEST_F(Life, StopRecordingOnAUsedUpTapeIsAnError) {
  gt_tensor x = var(3);
  gt_tape t = tape();
  grad(t, mul(x, x), x);
  expect_error(gt_tape_stop_recording(c, t), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Life, StopRecordingAfterTheEndOrTwiceIsAnError) {
  gt_tape t = tape(), u = tape();
  gt_tape_end(c, t);
  expect_error(gt_tape_stop_recording(c, t), GT_FAILED_PRECONDITION, "not recording");
  EXPECT_EQ(gt_tape_stop_recording(c, u), GT_OK);
  expect_error(gt_tape_stop_recording(c, u), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Life, AnErrorInsideAPauseDoesNotPreventResuming) {
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
TEST_F(Life, AGradientInsideAPauseLeavesAFreshTape) {
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
TEST_F(Life, ResetIsOnlyForARecordingTape) {
  gt_tape t = tape();
  EXPECT_EQ(gt_tape_reset(c, t), GT_OK);
  gt_tape_end(c, t);
  expect_error(gt_tape_reset(c, t), GT_FAILED_PRECONDITION, "not recording");
}
TEST_F(Life, ResetForgetsWatchedTensorsAndVariablesComeBack) {
  gt_tensor x = num(3), v = var(3);
  gt_tape t = watching({x});
  gt_tape_reset(c, t);
  gt_tensor z = mul(mul(v, v), mul(v, x));
  const auto g = grads(t, {z}, {x, v});
  EXPECT_EQ(g[0], nullptr);
  EXPECT_EQ(number(c, g[1]), 81);
}
// The tape stack is the context's, not the thread's: what another thread does in the context is recorded.
TEST_F(Life, TheTapeStackBelongsToTheContext) {
  gt_tensor x = num(2);
  gt_tape t = watching({x});
  gt_tensor y = nullptr;
  std::thread([&] { y = mul(mul(x, x), x); }).join();
  EXPECT_EQ(dgrad(t, y, x), 12);
}
TEST_F(Life, ContextsOnSeveralThreadsAreIndependent) {
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
TEST_F(Life, ATapeMayEndOnAnotherThread) {
  gt_tensor x = num(3);
  gt_tape t = watching({x});
  gt_tensor y = mul(x, x);
  std::thread([&] { EXPECT_EQ(gt_tape_end(c, t), GT_OK); }).join();
  EXPECT_EQ(dgrad(t, y, x), 6);
}

}  // namespace
}  // namespace test
