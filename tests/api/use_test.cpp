// A context under use: several threads, chains of a hundred thousand ops, loops without an end.
#include <atomic>
#include <thread>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Use : public TapeTest {};

// ---- Threads
// ----------------------------------------------------------------------------------------------------------------------------

struct Meeting {
  std::atomic<bool> inside{false}, leave{false};
};
gt_status wait_inside(gt_context, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  auto* m = static_cast<Meeting*>(user);
  m->inside = true;
  while (!m->leave) std::this_thread::yield();
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
TEST_F(Use, ASecondThreadInsideIsBusyAndReleaseIsNot) {
  Meeting m;
  gt_tensor x = num(1), spare = num(2), y = nullptr;
  std::thread holder([&] {
    EXPECT_EQ(gt_custom_gradient(c, nullptr, wait_inside, times_seven, &m, nullptr, &x, 1, &y, 1, nullptr), GT_OK);
  });
  while (!m.inside) std::this_thread::yield();
  EXPECT_EQ(gt_eval(c, &x, 1), GT_BUSY);
  EXPECT_EQ(gt_scalar(c, 1), nullptr);
  EXPECT_EQ(gt_context_destroy(c), GT_BUSY);
  EXPECT_EQ(gt_release(c, spare), GT_OK) << "from any thread at any time";
  m.leave = true;
  holder.join();
  EXPECT_EQ(number(c, y), 1);
  EXPECT_EQ(gt_release(c, spare), GT_INVALID_HANDLE) << "it was carried out when the context was free";
}
TEST_F(Use, ReleasesFromManyThreadsAllArrive) {
  std::vector<gt_tensor> handles;
  for (int i = 0; i < 2000; ++i) handles.push_back(gt_scalar(c, i));
  std::vector<std::thread> threads;
  for (size_t k = 0; k < 4; ++k)
    threads.emplace_back([&, k] {
      for (size_t i = k; i < handles.size(); i += 4) EXPECT_EQ(gt_release(c, handles[i]), GT_OK);
    });
  for (int i = 0; i < 200; ++i) gt_eval(c, nullptr, 0);
  for (std::thread& t : threads) t.join();
  gt_eval(c, nullptr, 0);
  for (gt_tensor h : handles) EXPECT_EQ(gt_release(c, h), GT_INVALID_HANDLE);
}
TEST_F(Use, DestroyInsideACallbackIsRefused) {
  const auto destroys = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                           size_t* n) -> gt_status {
    EXPECT_EQ(gt_context_destroy(ctx), GT_FAILED_PRECONDITION);
    out[0] = in[0];
    *n = 1;
    return GT_OK;
  };
  expect(custom(num(3), destroys, times_seven), {3});
}

// ---- Long chains
// ---------------------------------------------------------------------------------------------------------------------------

TEST_F(Use, A100000NodeChainForwardsAndBackwards) {
  gt_tensor x = num(1);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_scope_begin(c);
  gt_tensor y = x, half = gt_scalar(c, 0.5);
  for (int i = 0; i < 50000; ++i) y = gt_add(c, gt_multiply(c, y, half), half);
  gt_scope_end(c, &y, 1);
  expect(y, {1});
  expect(grad(t, y, x), {0});
  expect(jvp(t, y, x, num(1)), {0});
}
TEST_F(Use, AnEndlessLoopWithoutATapeKeepsNoHistory) {
  gt_tensor y = num(0);
  for (int i = 0; i < 300000; ++i) {
    gt_tensor next = gt_add(c, y, gt_scalar(c, 1));
    gt_release(c, y);
    y = next;
    if (i % 1000 == 0) gt_scope_begin(c), gt_scope_end(c, nullptr, 0);
  }
  EXPECT_EQ(number(c, y), 300000);
}

}  // namespace
}  // namespace test
