// Memory lent both ways: borrowed from the caller, lent to the caller, exchanged by DLPack.
#include <thread>

#include "support/dlpack.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

class LentMemory : public TapeTest {};

TEST_F(LentMemory, BorrowedMemoryIsReadInPlaceAndFreedOnce) {
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
TEST_F(LentMemory, ABorrowThatFailsFreesAtOnce) {
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
TEST_F(LentMemory, ContextDestroyFreesWhatIsLeft) {
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
TEST_F(LentMemory, DataOfAResultMayBeBorrowedAndOfAVariableNot) {
  gt_tensor y = mul(vec({2, 3}), vec({2, 3}));
  const void* data = nullptr;
  EXPECT_EQ(gt_tensor_borrow_data(c, y, &data, nullptr), GT_OK);
  EXPECT_EQ(static_cast<const float*>(data)[1], 9);
  gt_tensor v = var(1);
  expect_error(gt_tensor_borrow_data(c, v, &data, nullptr), GT_INVALID_ARGUMENT, "a variable may be assigned");
  EXPECT_EQ(data, nullptr);
}

TEST_F(LentMemory, DlpackGoesOutAndOutlivesItsContext) {
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
TEST_F(LentMemory, DlpackComesInBorrowedOrCopied) {
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

}  // namespace
}  // namespace test
