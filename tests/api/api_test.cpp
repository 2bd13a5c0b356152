// The C interface beside tapes: handles, errors, scopes, tensors, variables, memory lent both ways, descriptions,
// random numbers.
#include <set>
#include <thread>

#include "support/dlpack.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

class Api : public TapeTest {};

// ---- Numbers of the interface
// --------------------------------------------------------------------------------------------

TEST(Numbers, StatusAndDtypeNumbersNeverChange) {
  const gt_status statuses[] = {GT_OK,
                                GT_INVALID_ARGUMENT,
                                GT_NOT_FOUND,
                                GT_FAILED_PRECONDITION,
                                GT_OUT_OF_MEMORY,
                                GT_INVALID_HANDLE,
                                GT_UNSUPPORTED,
                                GT_BUSY,
                                GT_CALLBACK_FAILED,
                                GT_IO,
                                GT_INTERNAL,
                                GT_ALREADY_EXISTS,
                                GT_CANCELLED};
  const char* names[] = {"GT_OK",
                         "GT_INVALID_ARGUMENT",
                         "GT_NOT_FOUND",
                         "GT_FAILED_PRECONDITION",
                         "GT_OUT_OF_MEMORY",
                         "GT_INVALID_HANDLE",
                         "GT_UNSUPPORTED",
                         "GT_BUSY",
                         "GT_CALLBACK_FAILED",
                         "GT_IO",
                         "GT_INTERNAL",
                         "GT_ALREADY_EXISTS",
                         "GT_CANCELLED"};
  for (int i = 0; i <= 12; ++i) {
    EXPECT_EQ(statuses[i], i);
    EXPECT_STREQ(gt_status_name(i), names[i]);
  }
  EXPECT_STREQ(gt_status_name(-1), "GT_?");
  EXPECT_STREQ(gt_status_name(13), "GT_?");
  EXPECT_EQ((std::vector<int>{GT_BOOL, GT_INT32, GT_INT64, GT_FLOAT32, GT_FLOAT64}), (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ((std::vector<int>{GT_ATTR_INT, GT_ATTR_FLOAT, GT_ATTR_BOOL, GT_ATTR_STRING, GT_ATTR_DTYPE}),
            (std::vector<int>{1, 2, 3, 4, 5}));
  EXPECT_EQ((std::vector<int>{GT_TAPE_PERSISTENT, GT_TAPE_MANUAL_WATCH, GT_UNCONNECTED_NULL, GT_UNCONNECTED_ZERO}),
            (std::vector<int>{1, 2, 0, 1}));
  EXPECT_EQ((std::vector<int>{GT_MODE_AUTO, GT_MODE_FORWARD, GT_MODE_REVERSE, GT_BATCH_INDEPENDENT, GT_BATCH_SUM}),
            (std::vector<int>{0, 1, 2, 0, 1}));
}
TEST(Numbers, PublicStructsKeepTheirLayout) {
  EXPECT_EQ(sizeof(gt_attr), 32u);
  EXPECT_EQ(sizeof(gt_spec), 136u);
  EXPECT_EQ(sizeof(gt_call), 64u);
  EXPECT_EQ(sizeof(gt_op_definition), 64u);
  EXPECT_EQ(offsetof(gt_op_definition, tangent), 40u) << "new fields come behind the old ones";
  EXPECT_EQ(sizeof(gt_jacobian_options), 48u);
  EXPECT_EQ(offsetof(gt_jacobian_options, memory_budget), 16u);
  EXPECT_EQ(offsetof(gt_jacobian_options, progress), 32u);
}
TEST(Numbers, TheVersionIsTheHeaders) {
  const std::string version = std::to_string(GT_VERSION_MAJOR) + "." + std::to_string(GT_VERSION_MINOR) + "." +
                              std::to_string(GT_VERSION_PATCH);
  EXPECT_EQ(gt_version(), version);
}

// ---- Handles
// ---------------------------------------------------------------------------------------------------------------

TEST_F(Api, HandlesAreTaggedNumbersAndNeverSmall) {
  gt_tensor x = num(1);
  gt_tape t = tape();
  for (const void* h : {static_cast<const void*>(x), static_cast<const void*>(t),
                        static_cast<const void*>(static_cast<gt_context>(c))}) {
    const auto bits = reinterpret_cast<uint64_t>(h);
    EXPECT_EQ(bits >> 63, 0u);
    EXPECT_GT(bits >> 56, 0u);
  }
}
TEST_F(Api, StaleForeignNullAndWrongKindHandlesAreRefused) {
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
TEST_F(Api, AReusedSlotDoesNotReviveAHandle) {
  gt_tensor old = num(1);
  gt_release(c, old);
  gt_tensor fresh = num(2);
  EXPECT_NE(old, fresh);
  EXPECT_EQ(gt_release(c, old), GT_INVALID_HANDLE);
  EXPECT_EQ(number(c, fresh), 2);
}
TEST_F(Api, AHandleOutlivesManyReusesOfItsSlot) {
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
TEST_F(Api, DuplicatesShareAndAreReleasedOneByOne) {
  gt_tensor v = var(1), same = gt_tensor_duplicate(c, v);
  gt_assign(c, v, num(5));
  gt_release(c, v);
  EXPECT_EQ(number(c, same), 5);
}

// ---- Errors
// -----------------------------------------------------------------------------------------------------------------

TEST_F(Api, TheFirstErrorIsKeptAndNestedNullsAreQuiet) {
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
TEST_F(Api, MessagesNameTheOpTheValuesAndTheRemedy) {
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
TEST_F(Api, ErrorsThatDependOnValuesComeAtEvaluation) {
  gt_tensor bad = gt_gather(c, vec({1, 2}), ints({0, 5}), 0, 0), singular = gt_inv(c, mat(2, 2, {1, 2, 2, 4}));
  ASSERT_NE(bad, nullptr);
  float out[4];
  expect_error(gt_tensor_read(c, bad, out, 8), GT_INVALID_ARGUMENT,
               "gather: index 5 is out of range: the axis has size 2");
  expect_error(gt_eval(c, &singular, 1), GT_INVALID_ARGUMENT, "is singular");
  EXPECT_EQ(number(c, num(4)), 4);
}

// ---- Scopes
// -------------------------------------------------------------------------------------------------------------------

TEST_F(Api, AScopeReleasesAllButWhatIsKept) {
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
TEST_F(Api, AScopeEndThatFailsReleasesNothing) {
  gt_scope_begin(c);
  gt_tensor a = num(1), junk = nullptr;
  expect_error(gt_scope_end(c, &junk, 1), GT_INVALID_HANDLE, "keep 0 is NULL");
  EXPECT_EQ(number(c, a), 1);
  EXPECT_EQ(gt_scope_end(c, nullptr, 0), GT_OK);
}
TEST_F(Api, ACallbackEndsOnlyItsOwnScopes) {
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

// ---- Tensors
// --------------------------------------------------------------------------------------------------------------------

TEST_F(Api, TensorsOfEveryDtypeComeBackAsTheyWere) {
  EXPECT_EQ(read<float>(c, vec({1.5f, -0.0f, INFINITY})), (std::vector<float>{1.5f, -0.0f, INFINITY}));
  EXPECT_EQ(read<double>(c, tensor<double>(c, {1, 2}, {0.1, 1e300})), (std::vector<double>{0.1, 1e300}));
  EXPECT_EQ(read<int32_t>(c, ints({-5, 7})), (std::vector<int32_t>{-5, 7}));
  EXPECT_EQ(read<int64_t>(c, tensor<int64_t>(c, {2}, {INT64_MIN, INT64_MAX})),
            (std::vector<int64_t>{INT64_MIN, INT64_MAX}));
  EXPECT_EQ(read<uint8_t>(c, tensor<uint8_t>(c, {3}, {0, 1, 7})), (std::vector<uint8_t>{0, 1, 1}))
      << "any byte but 0 is true";
  EXPECT_TRUE(read<float>(c, mat(0, 3, {})).empty());
  EXPECT_EQ(number(c, num(3)), 3);
}
TEST_F(Api, BadMemoryIsRefused) {
  const int64_t dims[] = {2, 3}, negative[] = {2, -1}, huge[] = {int64_t{1} << 40, int64_t{1} << 40};
  float data[6] = {};
  const auto refused = [&](gt_tensor t, const char* part) {
    EXPECT_EQ(t, nullptr);
    const auto [code, message] = c.take_error();
    EXPECT_EQ(code, GT_INVALID_ARGUMENT);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  refused(gt_tensor_create(c, GT_FLOAT32, dims, 2, data, 20), "float32[2, 3] takes 24 bytes, got 20");
  refused(gt_tensor_create(c, 77, dims, 2, data, 24), "77 is no dtype");
  refused(gt_tensor_create(c, GT_FLOAT32, dims, 17, data, 24), "at most 16 axes, got 17");
  refused(gt_tensor_create(c, GT_FLOAT32, negative, 2, data, 24), "must not be negative, got shape [2, -1]");
  refused(gt_tensor_create(c, GT_FLOAT32, huge, 2, data, 24), "more bytes than memory can address");
  refused(gt_tensor_create(c, GT_FLOAT32, nullptr, 2, data, 24), "must not be NULL");
  refused(gt_tensor_create(c, GT_FLOAT32, dims, 2, nullptr, 24), "must not be NULL");
  gt_tensor x = vec({1, 2});
  expect_error(gt_tensor_read(c, x, data, 4), GT_INVALID_ARGUMENT, "float32[2] has 8 bytes, got 4");
  expect_error(gt_tensor_read(c, x, nullptr, 8), GT_INVALID_ARGUMENT, "must not be NULL");
  expect_error(gt_tensor_dtype(c, x, nullptr), GT_INVALID_ARGUMENT, "must not be NULL");
}
TEST_F(Api, AScalarTakesTheDtypeOfWhatItMeets) {
  gt_tensor half = gt_scalar(c, 0.5), two = gt_scalar(c, 2);
  EXPECT_EQ(dtype_of(c, mul(vec({1}), half)), GT_FLOAT32);
  EXPECT_EQ(dtype_of(c, mul(half, tensor<double>(c, {1}, {1}))), GT_FLOAT64);
  expect(mul(ints({3}), two), {6});
  EXPECT_EQ(dtype_of(c, mul(ints({3}), two)), GT_INT32);
  EXPECT_EQ(mul(ints({3}), half), nullptr);
  EXPECT_NE(c.message().find("the scalar 0.5 is no int32"), std::string::npos);
  EXPECT_EQ(dtype_of(c, mul(half, two)), GT_FLOAT64) << "two scalars make another one";
  EXPECT_EQ(dtype_of(c, mul(vec({1}), mul(half, two))), GT_FLOAT32);
  EXPECT_EQ(read<double>(c, half), std::vector<double>{0.5});
  EXPECT_EQ(read<float>(c, half), std::vector<float>{0.5f}) << "4 bytes ask for a float";
  gt_tape t = watching({half});
  gt_tensor g = grad(t, mul(vec({1, 2}), half), half);
  EXPECT_EQ(number(c, g), 3) << "a watched scalar has a gradient through the cast";
  expect(gt_add(c, gt_eye(c, 2, GT_DEFAULT_INT, nullptr, 0, 0), mat(2, 2, {1, 2, 3, 4})), {2, 2, 3, 5});
}
TEST_F(Api, VariablesAreAssignedInPlace) {
  gt_tensor v = gt_variable(c, vec({1, 2}));
  EXPECT_EQ(gt_assign_add(c, v, vec({10, 20})), GT_OK);
  expect(v, {11, 22});
  EXPECT_EQ(gt_assign_sub(c, v, vec({1, 2})), GT_OK);
  expect(v, {10, 20});
  EXPECT_EQ(gt_assign(c, v, v), GT_OK);
  expect(v, {10, 20});
  expect_error(gt_assign(c, v, num(1)), GT_INVALID_ARGUMENT, "the variable is float32[2], the value float32[]");
  gt_tensor plain = vec({1, 2});
  expect_error(gt_assign(c, plain, v), GT_INVALID_ARGUMENT, "gt_assign: variable is not a variable");
  expect(v, {10, 20});
}
TEST_F(Api, ATrainingLoopIsEvaluatedWithItsVariables) {
  gt_tensor w = var(0);
  for (int step = 0; step < 200; ++step) {
    gt_scope_begin(c);
    gt_tape t = tape();
    gt_tensor e = gt_subtract(c, w, num(3)), loss = mul(e, e), g = nullptr;
    EXPECT_EQ(gt_tape_gradient(c, t, &loss, 1, &w, 1, nullptr, 0, &g), GT_OK);
    gt_assign_sub(c, w, gt_multiply(c, g, gt_scalar(c, 0.1)));
    if (step % 10 == 0) {
      EXPECT_GE(number(c, loss), 0);
    }
    gt_scope_end(c, nullptr, 0);
  }
  EXPECT_NEAR(number(c, w), 3, 1e-5);
}

// ---- Memory lent both ways
// ------------------------------------------------------------------------------------------------------

TEST_F(Api, BorrowedMemoryIsReadInPlaceAndFreedOnce) {
  static int freed;
  freed = 0;
  float data[] = {1, 2, 3};
  const int64_t n = 3;
  gt_tensor x = gt_tensor_borrow(
      c, GT_FLOAT32, &n, 1, data, sizeof data, [](void* p) { ++*static_cast<int*>(p); }, &freed);
  gt_tensor y = mul(x, x);
  const void* lent = nullptr;
  size_t bytes = 0;
  EXPECT_EQ(gt_tensor_borrow_data(c, x, &lent, &bytes), GT_OK);
  EXPECT_EQ(lent, data);
  EXPECT_EQ(bytes, sizeof data);
  EXPECT_EQ(gt_release(c, x), GT_OK);
  EXPECT_EQ(freed, 0) << "y still needs it";
  expect(y, {1, 4, 9});
  EXPECT_EQ(gt_eval(c, nullptr, 0), GT_OK);
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(data[1], 2) << "results are never written into what was borrowed";
}
TEST_F(Api, ABorrowThatFailsFreesAtOnce) {
  static int freed;
  freed = 0;
  const auto count_free = [](void*) { ++freed; };
  float data[4] = {};
  const int64_t n = 3;
  EXPECT_EQ(gt_tensor_borrow(c, GT_FLOAT32, &n, 1, data, 8, count_free, nullptr), nullptr);
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(gt_tensor_borrow(nullptr, GT_FLOAT32, &n, 1, data, 12, count_free, nullptr), nullptr);
  EXPECT_EQ(freed, 2);
  EXPECT_EQ(gt_tensor_borrow(c, GT_FLOAT32, &n, 1, reinterpret_cast<char*>(data) + 1, 12, count_free, nullptr),
            nullptr);
  EXPECT_EQ(freed, 3);
  const uint8_t flags[] = {1, 2, 0};
  EXPECT_EQ(gt_tensor_borrow(c, GT_BOOL, &n, 1, flags, 3, count_free, nullptr), nullptr);
  EXPECT_EQ(freed, 4);
  c.take_error();
}
TEST(Borrow, ContextDestroyFreesWhatIsLeft) {
  static int freed;
  freed = 0;
  gt_context ctx = nullptr;
  gt_context_create(&ctx);
  float value = 1;
  gt_tensor_borrow(
      ctx, GT_FLOAT32, nullptr, 0, &value, 4, [](void*) { ++freed; }, nullptr);
  gt_context_destroy(ctx);
  EXPECT_EQ(freed, 1);
}
TEST_F(Api, DataOfAResultMayBeBorrowedAndOfAVariableNot) {
  gt_tensor y = mul(vec({2, 3}), vec({2, 3}));
  const void* data = nullptr;
  EXPECT_EQ(gt_tensor_borrow_data(c, y, &data, nullptr), GT_OK);
  EXPECT_EQ(static_cast<const float*>(data)[1], 9);
  gt_tensor v = var(1);
  expect_error(gt_tensor_borrow_data(c, v, &data, nullptr), GT_INVALID_ARGUMENT, "a variable may be assigned");
  EXPECT_EQ(data, nullptr);
}

TEST_F(Api, DlpackGoesOutAndOutlivesItsContext) {
  void* out = nullptr;
  {
    Ctx own;
    gt_tensor x = tensor<float>(own, {2, 3}, {1, 2, 3, 4, 5, 6});
    ASSERT_EQ(gt_tensor_to_dlpack(own, x, &out), GT_OK);
  }
  auto* d = static_cast<DlManagedTensor*>(out);
  EXPECT_EQ(d->ndim, 2);
  EXPECT_EQ(d->device_type, 1);
  EXPECT_EQ(d->code, 2);
  EXPECT_EQ(d->bits, 32);
  EXPECT_EQ(d->shape[1], 3);
  EXPECT_EQ(d->strides[0], 3);
  EXPECT_EQ(static_cast<float*>(d->data)[5], 6);
  std::thread([d] { d->deleter(d); }).join();
}
TEST_F(Api, DlpackComesInBorrowedOrCopied) {
  static int deleted;
  deleted = 0;
  float data[] = {1, 2, 3, 4, 5, 6};
  int64_t shape[] = {3, 2}, transposed[] = {1, 3};
  DlManagedTensor d{data, 1, 0, 2, 2, 32, 1, shape, nullptr, 0, nullptr, [](DlManagedTensor*) { ++deleted; }};
  gt_tensor x = gt_tensor_from_dlpack(c, &d);
  expect(x, {1, 2, 3, 4, 5, 6});
  const void* lent = nullptr;
  gt_tensor_borrow_data(c, x, &lent, nullptr);
  EXPECT_EQ(lent, data);
  gt_release(c, x);
  gt_eval(c, nullptr, 0);
  EXPECT_EQ(deleted, 1);
  d.strides = transposed;
  expect(gt_tensor_from_dlpack(c, &d), {1, 4, 2, 5, 3, 6});
  EXPECT_EQ(deleted, 2) << "a strided one is copied and given back at once";
  d.code = 5;
  EXPECT_EQ(gt_tensor_from_dlpack(c, &d), nullptr);
  expect_error(GT_UNSUPPORTED, GT_UNSUPPORTED, "element type code 5");
  d.code = 2, d.device_type = 2;
  EXPECT_EQ(gt_tensor_from_dlpack(c, &d), nullptr);
  expect_error(GT_UNSUPPORTED, GT_UNSUPPORTED, "device type 2 is not the CPU");
  EXPECT_EQ(deleted, 2) << "on failure it stays the caller's";
}

// ---- Descriptions
// ----------------------------------------------------------------------------------------------------------------

std::string text_of(const std::function<gt_status(char*, size_t, size_t*)>& f) {
  size_t needed = 0;
  EXPECT_EQ(f(nullptr, 0, &needed), GT_OK);
  std::string text(needed, '\0');
  EXPECT_EQ(f(text.data(), text.size(), &needed), GT_OK);
  text.pop_back();
  return text;
}
TEST_F(Api, TensorsAndGraphsDescribeThemselves) {
  gt_tensor x = vec({1, 2}), y = mul(x, x), v = var(3);
  const auto describe = [&](gt_tensor t) {
    return text_of([&](char* s, size_t n, size_t* needed) { return gt_tensor_describe(c, t, s, n, needed); });
  };
  EXPECT_EQ(describe(x), "float32[2] constant = [1, 2]");
  EXPECT_EQ(describe(y), "float32[2] multiply (pending)");
  EXPECT_EQ(describe(v), "variable float32[] constant = 3");
  const auto graph = [&](int32_t format) {
    return text_of(
        [&](char* s, size_t n, size_t* needed) { return gt_graph_describe(c, &y, 1, format, s, n, needed); });
  };
  EXPECT_NE(graph(GT_GRAPH_TEXT).find("multiply("), std::string::npos);
  EXPECT_NE(graph(GT_GRAPH_DOT).find("digraph"), std::string::npos);
  gt_eval(c, &y, 1);
  EXPECT_EQ(describe(y), "float32[2] multiply = [1, 4]");
  size_t needed;
  expect_error(gt_graph_describe(c, &y, 1, 9, nullptr, 0, &needed), GT_INVALID_ARGUMENT, "format must be");
}
TEST(Registry, OpsAreListedByName) {
  ASSERT_GT(gt_op_count(), 100u);
  for (size_t i = 1; i < gt_op_count(); ++i) EXPECT_LT(std::string(gt_op_name(i - 1)), gt_op_name(i));
  EXPECT_EQ(gt_op_name(gt_op_count()), nullptr);
  EXPECT_EQ(gt_op_describe("nothing", nullptr, 0, nullptr), GT_NOT_FOUND);
  EXPECT_EQ(gt_op_describe(nullptr, nullptr, 0, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_FALSE(has_op("lu_solve")) << "internal ops are not offered";
}

// ---- Random numbers
// -----------------------------------------------------------------------------------------------------------------

TEST_F(Api, RandomNumbersAreTheSameOnEveryMachine) {
  const int64_t shape[] = {4};
  gt_random_seed(c, 0);
  // Philox4x32-10 of key 0 and counter 0 is 6627e8d5 e169c58d bc57ac4c 9b00dbd8: the published known answer.
  const auto uniform =
      read<double>(c, gt_random_uniform(c, shape, 1, GT_FLOAT64, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT));
  EXPECT_EQ(uniform[0], std::ldexp(static_cast<double>(0x6627e8d5e169c58dull >> 11), -53));
  EXPECT_EQ(uniform[1], std::ldexp(static_cast<double>(0xbc57ac4c9b00dbd8ull >> 11), -53));
  const auto normal = read<double>(c, gt_random_normal(c, shape, 1, GT_FLOAT64, 0, 1, 0, 0));
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(0.5 * std::erfc(-normal[static_cast<size_t>(i)] / std::sqrt(2.0)), uniform[static_cast<size_t>(i)],
                1e-14);
}
TEST_F(Api, DrawsDifferAndSeedsRepeat) {
  const int64_t shape[] = {8};
  const auto draw = [&] {
    return read<float>(c, gt_random_normal(c, shape, 1, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT));
  };
  gt_random_seed(c, 7);
  const auto a = draw(), b = draw();
  EXPECT_NE(a, b);
  gt_random_seed(c, 7);
  EXPECT_EQ(draw(), a);
  gt_random_seed(c, 8);
  EXPECT_NE(draw(), a);
}
TEST_F(Api, NormalNumbersHaveTheirMoments) {
  const int64_t shape[] = {200000};
  gt_tensor x = gt_random_normal(c, shape, 1, GT_FLOAT64, 2, 3, 5, 0);
  EXPECT_NEAR(number(c, gt_reduce_mean(c, x, nullptr, 0, 0)), 2, 0.03);
  EXPECT_NEAR(number(c, gt_reduce_std(c, x, nullptr, 0, 0)), 3, 0.03);
  gt_tensor u = gt_random_uniform(c, shape, 1, GT_FLOAT32, -1, 3, 6, 0);
  EXPECT_NEAR(number(c, gt_reduce_mean(c, u, nullptr, 0, 0)), 1, 0.02);
  EXPECT_GE(number(c, gt_reduce_min(c, u, nullptr, 0, 0)), -1);
  EXPECT_LT(number(c, gt_reduce_max(c, u, nullptr, 0, 0)), 3);
}

}  // namespace
}  // namespace test
