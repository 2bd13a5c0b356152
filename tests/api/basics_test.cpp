// Handles, errors and scopes of the C interface.
#include <set>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Basics : public TapeTest {};

TEST_F(Basics, HandlesAreTaggedNumbersAndNeverSmall) {
  gt_tensor x = num(1);
  gt_tape t = tape();
  for (const void* h : {static_cast<const void*>(x), static_cast<const void*>(t),
                        static_cast<const void*>(static_cast<gt_context>(c))}) {
    const auto bits = reinterpret_cast<uint64_t>(h);
    EXPECT_EQ(bits >> 63, 0u);
    EXPECT_GT(bits >> 56, 0u);
  }
}
TEST_F(Basics, StaleForeignNullAndWrongKindHandlesAreRefused) {
  Ctx other;
  gt_tensor x = num(1), released = num(2), foreign = scalar32(other, 3);
  gt_release(c, released);
  size_t rank;
  expect_error(gt_tensor_shape(c, released, nullptr, 0, &rank), GT_INVALID_HANDLE, "tensor was released");
  expect_error(gt_tensor_shape(c, foreign, nullptr, 0, &rank), GT_INVALID_HANDLE, "is of another context");
  expect_error(gt_tensor_shape(c, nullptr, nullptr, 0, &rank), GT_INVALID_HANDLE, "is NULL");
  expect_error(gt_tensor_shape(c, reinterpret_cast<gt_tensor>(tape()), nullptr, 0, &rank), GT_INVALID_HANDLE,
               "is a tape, not a tensor");
  expect_error(gt_tape_end(c, reinterpret_cast<gt_tape>(x)), GT_INVALID_HANDLE, "is a tensor, not a tape");
  int local = 0;
  expect_error(gt_tensor_shape(c, reinterpret_cast<gt_tensor>(&local), nullptr, 0, &rank), GT_INVALID_HANDLE,
               "is not a handle");
  EXPECT_EQ(gt_tensor_shape(nullptr, x, nullptr, 0, &rank), GT_INVALID_HANDLE);
  EXPECT_EQ(gt_tensor_shape(reinterpret_cast<gt_context>(x), x, nullptr, 0, &rank), GT_INVALID_HANDLE);
  EXPECT_EQ(number(c, x), 1) << "what the user had stays whole";
}
TEST_F(Basics, AReusedSlotDoesNotReviveAHandle) {
  gt_tensor old = num(1);
  gt_release(c, old);
  gt_tensor fresh = num(2);
  EXPECT_NE(old, fresh);
  EXPECT_EQ(gt_release(c, old), GT_INVALID_HANDLE);
  EXPECT_EQ(number(c, fresh), 2);
}
TEST_F(Basics, AHandleOutlivesManyReusesOfItsSlot) {
  gt_tensor first = num(1);
  gt_release(c, first);
  std::set<gt_tensor> seen;
  for (int i = 0; i < 40000; ++i) {
    gt_tensor t = gt_scalar(c, i);
    EXPECT_TRUE(seen.insert(t).second) << "handles of one context are never equal";
    gt_release(c, t);
  }
  EXPECT_EQ(gt_release(c, first), GT_INVALID_HANDLE);
}
TEST(Contexts, DestroyingMakesEveryHandleStale) {
  gt_context a = nullptr;
  ASSERT_EQ(gt_context_create(&a), GT_OK);
  gt_tensor x = scalar32(a, 1);
  ASSERT_EQ(gt_context_destroy(a), GT_OK);
  EXPECT_EQ(gt_context_destroy(a), GT_INVALID_HANDLE);
  EXPECT_EQ(gt_release(a, x), GT_INVALID_HANDLE);
  EXPECT_EQ(gt_scalar(a, 1), nullptr);
  EXPECT_EQ(gt_take_error(a, nullptr, 0, nullptr), GT_INVALID_HANDLE);
  gt_context b = nullptr;
  ASSERT_EQ(gt_context_create(&b), GT_OK);
  EXPECT_NE(a, b);
  EXPECT_EQ(gt_release(b, x), GT_INVALID_HANDLE);
  EXPECT_EQ(gt_context_destroy(b), GT_OK);
  EXPECT_EQ(gt_context_create(nullptr), GT_INVALID_ARGUMENT);
}
TEST(Contexts, ThereAreManyAndThenNoMore) {
  std::vector<gt_context> all;
  gt_context one = nullptr;
  gt_status status;
  while ((status = gt_context_create(&one)) == GT_OK) all.push_back(one);
  EXPECT_EQ(status, GT_OUT_OF_MEMORY);
  EXPECT_GE(all.size(), 1000u);
  for (gt_context each : all) EXPECT_EQ(gt_context_destroy(each), GT_OK);
}
TEST_F(Basics, DuplicatesShareAndAreReleasedOneByOne) {
  gt_tensor v = var(1), same = gt_tensor_duplicate(c, v);
  gt_assign(c, v, num(5));
  gt_release(c, v);
  EXPECT_EQ(number(c, same), 5);
}

TEST_F(Basics, TheFirstErrorIsKeptAndNestedNullsAreQuiet) {
  gt_tensor a = mat(2, 3, {1, 2, 3, 4, 5, 6}), b = vec({1, 2});
  gt_tensor y = gt_exp(c, gt_add(c, gt_matmul(c, a, a, 0, 0), b));
  EXPECT_EQ(y, nullptr);
  char text[8];
  size_t needed = 0;
  EXPECT_EQ(gt_take_error(c, nullptr, 0, &needed), GT_INVALID_ARGUMENT) << "a question for the size clears nothing";
  EXPECT_GT(needed, 8u);
  EXPECT_EQ(gt_take_error(c, text, sizeof text, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_STREQ(text, "matmul:");
  EXPECT_EQ(gt_take_error(c, text, sizeof text, &needed), GT_OK);
  EXPECT_STREQ(text, "");
  EXPECT_EQ(needed, 1u);
}
TEST_F(Basics, MessagesNameTheOpTheValuesAndTheRemedy) {
  gt_matmul(c, mat(2, 3, {1, 2, 3, 4, 5, 6}), mat(2, 3, {1, 2, 3, 4, 5, 6}), 0, 0);
  EXPECT_EQ(c.message(), "matmul: inner sizes must agree, got [2, 3] and [2, 3]");
  gt_add(c, vec({1, 2}), vec({1, 2, 3}));
  EXPECT_EQ(c.message(),
            "add: shapes [2] and [3] do not broadcast: sizes must be equal, or 1, counted from the last axis");
  gt_add(c, vec({1}), tensor<double>(c, {1}, {1}));
  EXPECT_EQ(c.message(), "add: inputs must have one dtype, got float32 for x and float64 for y; cast one of them");
  gt_softmax(c, vec({1}), 3);
  EXPECT_EQ(c.message(), "softmax: axis 3 is out of range: it must lie in [-1, 0]");
  apply(c, "reduce_sum", {vec({1})}, {{"axes", 1}});
  EXPECT_EQ(c.message(), "reduce_sum: no attribute is named axes; it has axis, keepdims");
  apply(c, "reduce_sum", {vec({1})}, {{"keepdims", "yes"}});
  EXPECT_EQ(c.message(), "reduce_sum: attribute keepdims must be a bool, got \"yes\"");
  apply(c, "cast", {vec({1})}, {{"dtype", "float16"}});
  EXPECT_EQ(c.message(), "cast: attribute dtype must be a dtype, got \"float16\"");
  apply(c, "cast", {vec({1})});
  EXPECT_EQ(c.message(), "cast: attribute dtype (a dtype) is required");
  apply(c, "add", {vec({1})});
  EXPECT_EQ(c.message(), "add: takes 2 input(s) (x, y), got 1");
}
TEST_F(Basics, ErrorsThatDependOnValuesComeAtEvaluation) {
  gt_tensor bad = gt_gather(c, vec({1, 2}), ints({0, 5}), 0, 0), singular = gt_inv(c, mat(2, 2, {1, 2, 2, 4}));
  ASSERT_NE(bad, nullptr);
  float out[4];
  expect_error(gt_tensor_read(c, bad, out, 8), GT_INVALID_ARGUMENT,
               "gather: index 5 is out of range: the axis has size 2");
  expect_error(gt_eval(c, &singular, 1), GT_INVALID_ARGUMENT, "is singular");
  EXPECT_EQ(number(c, num(4)), 4);
}

TEST_F(Basics, AScopeReleasesAllButWhatIsKept) {
  gt_scope_begin(c);
  gt_tensor a = num(1), b = num(2);
  gt_scope_begin(c);
  gt_tensor inner = num(3), kept = num(4);
  EXPECT_EQ(gt_scope_end(c, &kept, 1), GT_OK);
  EXPECT_EQ(gt_release(c, inner), GT_INVALID_HANDLE);
  EXPECT_EQ(number(c, kept), 4);
  EXPECT_EQ(gt_scope_end(c, &a, 1), GT_OK);
  EXPECT_EQ(number(c, a), 1);
  EXPECT_EQ(gt_release(c, b), GT_INVALID_HANDLE);
  EXPECT_EQ(gt_release(c, kept), GT_INVALID_HANDLE) << "it belonged to the scope around";
  expect_error(gt_scope_end(c, nullptr, 0), GT_FAILED_PRECONDITION, "no scope is open");
}
TEST_F(Basics, AScopeEndThatFailsReleasesNothing) {
  gt_scope_begin(c);
  gt_tensor a = num(1), junk = nullptr;
  expect_error(gt_scope_end(c, &junk, 1), GT_INVALID_HANDLE, "keep 0 is NULL");
  EXPECT_EQ(number(c, a), 1);
  EXPECT_EQ(gt_scope_end(c, nullptr, 0), GT_OK);
}
TEST_F(Basics, ACallbackEndsOnlyItsOwnScopes) {
  const auto ends = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    EXPECT_EQ(gt_scope_end(ctx, nullptr, 0), GT_FAILED_PRECONDITION);
    gt_take_error(ctx, nullptr, 0, nullptr);
    gt_scope_begin(ctx);  // left open: the library ends it
    gt_tensor temporary = gt_square(ctx, in[0]);
    (void)temporary;
    out[0] = in[0];
    *n = 1;
    return GT_OK;
  };
  gt_scope_begin(c);
  gt_tensor x = num(2), y = custom(x, ends, times_seven);
  EXPECT_EQ(number(c, y), 2);
  EXPECT_EQ(gt_scope_end(c, &x, 1), GT_OK);
  EXPECT_EQ(number(c, x), 2);
}

}  // namespace
}  // namespace test
