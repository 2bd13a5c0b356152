// The recording of a tape: watched tensors and variables, dtypes, branches that die, contributions that are summed.
#include "support/tape_support.hpp"

namespace test {
namespace {

class Recording : public TapeTest {};

TEST_F(Recording, WatchedVariablesComeInTheOrderTheyWereMet) {
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
// The bound holds for nodes that have their values as well: buffers count from the start.
TEST_F(Recording, ANodeOfOneNumberTakesLittleMemory) {
  gt_memory_info before{}, after{};
  before.struct_size = after.struct_size = sizeof before;
  gt_tensor x = num(1.5), y = x;
  ASSERT_EQ(gt_memory_stats(c, &before), GT_OK);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
  for (int i = 0; i < 500; ++i) y = add(mul(y, x), x);
  ASSERT_NE(grad(t, y, x), nullptr);
  ASSERT_EQ(gt_memory_stats(c, &after), GT_OK);
  EXPECT_GT(after.nodes - before.nodes, 2000u);
  EXPECT_LE(after.graph - before.graph, 400 * (after.nodes - before.nodes));
}
// A tape exists from its beginning on, so that watching one that never began is watching no tape: a clear error
// (TensorFlow: AttributeError).
TEST_F(Recording, WatchingOnNoTapeIsAClearError) {
  gt_tensor x = num(3);
  expect_error(gt_tape_watch(c, nullptr, x), GT_INVALID_HANDLE, "gt_tape_watch: tape is NULL");
}
TEST_F(Recording, WatchingAfterTheEndHelpsTheTensorItselfOnly) {
  gt_tensor x = num(3);
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, x);
  gt_tape_end(c, t);
  EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
  EXPECT_EQ(dgrad(t, x, x), 1);
  EXPECT_EQ(grad(t, y, x), nullptr);
}

TEST_F(Recording, WatchTakesTensorsAndVariablesAndTwiceIsOnce) {
  gt_tensor x = num(3), v = var(2);
  gt_tape t = watching({x, x, v, v}, GT_TAPE_MANUAL_WATCH);
  const auto g = grads(t, {mul(x, v)}, {x, v});
  expect(g[0], {2});
  expect(g[1], {3});
}
TEST_F(Recording, WatchingWhatIsNoTensorIsAnError) {
  gt_tape t = tape();
  expect_error(gt_tape_watch(c, t, nullptr), GT_INVALID_HANDLE, "NULL");
  expect_error(gt_tape_watch(c, t, reinterpret_cast<gt_tensor>(t)), GT_INVALID_HANDLE, "is a tape, not a tensor");
}
TEST_F(Recording, IntegersMayBeWatchedAndHaveNoGradient) {
  gt_tensor i = ints({1, 2});
  gt_tape t = watching({i});
  EXPECT_EQ(grad(t, mul(i, i), i), nullptr);
}
TEST_F(Recording, WatchingAnIntermediateKeepsItsHistory) {
  gt_tensor x = num(3);
  gt_tape t = watching({x});
  gt_tensor xx = mul(x, x);
  EXPECT_EQ(gt_tape_watch(c, t, xx), GT_OK);
  const auto g = grads(t, {mul(xx, xx)}, {x, xx});
  expect(g[0], {108});
  expect(g[1], {18});
}
TEST_F(Recording, AnOpIsRecordedWhereAFloatingInputIsOnTheTape) {
  gt_tensor x = vec({1, 2}), other = vec({5, 6});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor off = mul(other, other), on = mul(x, off);
  EXPECT_EQ(grad(t, off, other), nullptr);
  expect(grad(t, on, x), {25, 36});
  expect(grad(t, on, on), {1, 1});
}
TEST_F(Recording, OnlyTrainableFloatingVariablesAreWatched) {
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
TEST_F(Recording, AVariableIsKnownByItsNumber) {
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
TEST_F(Recording, ManualWatchLeavesVariablesAlone) {
  gt_tensor a = var(3), b = var(4);
  gt_tape t = watching({b}, GT_TAPE_MANUAL_WATCH);
  const auto g = grads(t, {mul(a, b)}, {a, b});
  EXPECT_EQ(g[0], nullptr);
  expect(g[1], {3});
}
TEST_F(Recording, AnUnwatchedInputHasNoGradient) {
  gt_tensor x = num(3), k = num(5);
  gt_tape t = watching({x});
  const auto g = grads(t, {mul(x, k)}, {x, k});
  expect(g[0], {5});
  EXPECT_EQ(g[1], nullptr);
}
TEST_F(Recording, CastsBetweenFloatsCarryGradients) {
  gt_tensor x = num(3.5f);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor through_int = gt_cast(c, gt_cast(c, x, GT_INT32), GT_FLOAT32),
            wide = gt_square(c, gt_cast(c, x, GT_FLOAT64));
  EXPECT_EQ(grad(t, through_int, x), nullptr);
  gt_tensor g = grad(t, wide, x);
  expect(g, {7});
  EXPECT_EQ(dtype_of(c, g), GT_FLOAT32);
}
TEST_F(Recording, AssignBreaksTheChainAndReadsAreSnapshots) {
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
TEST_F(Recording, ControlFlowIsWhatWasExecuted) {
  gt_tensor x = num(2);
  gt_tape t = watching({x});
  gt_tensor y = num(1);
  for (int i = 0; i < 4; ++i) y = mul(y, x);
  EXPECT_EQ(dgrad(t, y, x), 32);
}
// Dead branches are freed while recording; TensorFlow keeps those whose ops save their own output.
TEST_F(Recording, DeadBranchesAreFreedAtOnce) {
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
TEST_F(Recording, ANonPersistentGradientFreesTheRecording) {
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
TEST_F(Recording, A20000OpChainIsWalkedWithoutRecursion) {
  gt_tensor x = num(1);
  gt_tape t = watching({x});
  gt_tensor y = x;
  for (int i = 0; i < 20000; ++i) y = add(y, x);
  EXPECT_EQ(dgrad(t, y, x), 20001);
}
TEST_F(Recording, ManyContributionsAreSummed) {
  gt_tensor x = num(2);
  gt_tape t = watching({x});
  gt_tensor y = num(0);
  for (int i = 0; i < 50; ++i) y = add(y, mul(x, num(static_cast<float>(i))));
  EXPECT_EQ(dgrad(t, y, x), 1225);
}

}  // namespace
}  // namespace test
