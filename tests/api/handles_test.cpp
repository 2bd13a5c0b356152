// Handles of contexts and tensors are given once, and released from other threads while the owner works.
#include <atomic>
#include <set>
#include <thread>

#include "support/tape_support.hpp"

namespace test {
namespace {

// ---- Contexts

TEST(Contexts, HandlesOfOldOnesNeverComeBack) {
  std::set<gt_context> contexts;
  std::set<gt_tensor> tensors;
  for (int i = 0; i < 3000; ++i) {
    gt_context c;
    ASSERT_EQ(gt_context_create(&c), GT_OK);
    gt_tensor t = gt_scalar(c, i);
    EXPECT_TRUE(contexts.insert(c).second);
    EXPECT_TRUE(tensors.insert(t).second);
    ASSERT_EQ(gt_context_destroy(c), GT_OK);
  }
  Ctx now;
  gt_tensor mine = gt_scalar(now, 1);
  double value;
  for (gt_context c : contexts) ASSERT_EQ(gt_tensor_read(c, mine, &value, 8), GT_INVALID_HANDLE);
  for (gt_tensor t : tensors) ASSERT_EQ(gt_release(now, t), GT_INVALID_HANDLE);
  EXPECT_EQ(number(now, mine), 1);
}
TEST(Contexts, AHandleGivenMoreThanItsSlotHadLivesBefore) {
  Ctx c;
  gt_tensor old = gt_scalar(c, 1);
  ASSERT_EQ(gt_release(c, old), GT_OK);
  for (int i = 0; i < 100'000; ++i) {
    gt_tensor t = gt_scalar(c, i);
    ASSERT_NE(t, old);
    ASSERT_EQ(gt_release(c, t), GT_OK);
  }
  EXPECT_EQ(gt_release(c, old), GT_INVALID_HANDLE);
}

// ---- Releases from other threads

struct Finalizers {
  std::vector<std::thread> threads;
  std::atomic<int> running{0};
  Finalizers(gt_context c, const std::vector<gt_tensor>& handles, int n) : running(n) {
    for (int k = 0; k < n; ++k)
      threads.emplace_back([this, c, &handles, k, n] {
        for (auto i = static_cast<size_t>(k); i < handles.size(); i += static_cast<size_t>(n))
          EXPECT_EQ(gt_release(c, handles[i]), GT_OK);
        --running;
      });
  }
  ~Finalizers() {
    for (std::thread& t : threads) t.join();
  }
};
std::vector<gt_tensor> many(gt_context c, int n) {
  std::vector<gt_tensor> handles;
  for (int i = 0; i < n; ++i) handles.push_back(gt_scalar(c, i));
  return handles;
}

TEST(Releases, TheOwnersCallsSucceedMeanwhile) {
  Ctx c;
  gt_set_threads(c, 1);
  for (int round = 0; round < 5; ++round) {
    const std::vector<gt_tensor> handles = many(c, 20'000);
    const Finalizers finalizers(c, handles, 2);
    do {
      gt_tensor x = gt_scalar(c, 1);
      ASSERT_NE(x, nullptr);
      size_t rank;
      ASSERT_EQ(gt_tensor_shape(c, x, nullptr, 0, &rank), GT_OK);
      ASSERT_EQ(gt_release(c, x), GT_OK);
    } while (finalizers.running > 0);
  }
  EXPECT_EQ(gt_take_error(c, nullptr, 0, nullptr), GT_OK);
}
TEST(Releases, NothingIsLeftBehindInAnIdleContext) {
  Ctx c;
  const std::vector<gt_tensor> handles = many(c, 20'000);
  { const Finalizers finalizers(c, handles, 4); }
  for (gt_tensor h : handles) ASSERT_EQ(gt_release(c, h), GT_INVALID_HANDLE) << "no call was needed to carry it out";
}
TEST(Releases, TheSameHandleFromTwoThreadsGoesOnce) {
  Ctx c;
  for (int round = 0; round < 2000; ++round) {
    gt_tensor h = gt_scalar(c, 1);
    std::atomic<bool> go{false};
    std::thread other([&] {
      while (!go) std::this_thread::yield();
      gt_release(c, h);
    });
    go = true;
    gt_release(c, h);
    gt_tensor next = gt_scalar(c, 2);  // most likely in the same slot
    other.join();
    ASSERT_EQ(number(c, next), 2);
    ASSERT_EQ(gt_release(c, next), GT_OK);
  }
}
TEST(Releases, WhileTheContextEnds) {
  for (int round = 0; round < 50; ++round) {
    gt_context c;
    ASSERT_EQ(gt_context_create(&c), GT_OK);
    const std::vector<gt_tensor> handles = many(c, 500);
    std::thread other([&] {
      for (gt_tensor h : handles) {
        const gt_status status = gt_release(c, h);
        EXPECT_TRUE(status == GT_OK || status == GT_INVALID_HANDLE);
      }
    });
    EXPECT_EQ(gt_context_destroy(c), GT_OK) << "a release does not keep it from ending";
    other.join();
  }
}
TEST(Releases, TwoDeepInsideACallAreCarriedOutAtItsEnd) {
  Ctx c;
  gt_tensor spare = gt_scalar(c, 2), x = gt_scalar(c, 1), y = nullptr;
  struct Both {
    gt_tensor spare;
  } both{spare};
  const auto body = [](gt_context ctx, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    std::thread([&] {
      EXPECT_EQ(gt_release(ctx, static_cast<Both*>(user)->spare), GT_OK);
      EXPECT_EQ(gt_release(ctx, static_cast<Both*>(user)->spare), GT_OK) << "it is live still";
      EXPECT_EQ(gt_release(ctx, nullptr), GT_INVALID_HANDLE);
    }).join();
    EXPECT_EQ(number(ctx, static_cast<Both*>(user)->spare), 2);
    out[0] = in[0];
    *n = 1;
    return GT_OK;
  };
  ASSERT_EQ(gt_custom_gradient(c, nullptr, body, times_seven, &both, nullptr, &x, 1, &y, 1, nullptr), GT_OK);
  EXPECT_EQ(gt_release(c, spare), GT_INVALID_HANDLE);
}

}  // namespace
}  // namespace test
