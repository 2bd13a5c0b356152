// Blocks of memory and the buffers over them: sizes meet again, limits hold, counts come back to zero.
#include "base/buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>

#include "base/error.hpp"
#include "support/sanitizer.hpp"

namespace gradtape::core {
namespace {

const bool sanitized = test::under_address_sanitizer();  // then each block is fresh and of the size that was asked for

void expect_refused(const std::function<void()>& call, const char* part) {
  try {
    call();
    FAIL() << "not refused";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Status::out_of_memory);
    EXPECT_NE(e.message().find(part), std::string::npos) << e.message();
  }
}

TEST(Blocks, OfAlmostTheSameSizeAreOfTheSameSize) {
  if (sanitized) GTEST_SKIP() << "blocks are of the size that was asked for";
  for (std::size_t bytes = 1; bytes < 100'000; bytes = bytes * 9 / 8 + 1) {
    const std::size_t block = BlockCache::block_size(bytes);
    EXPECT_GE(block, bytes);
    EXPECT_LE(block, bytes + std::max<std::size_t>(bytes, 512) / 8 + 1) << "at most an eighth is wasted";
    EXPECT_EQ(BlockCache::block_size(block), block);
  }
}
TEST(Blocks, AreAlignedAndComeBack) {
  BlockCache cache;
  const std::size_t bytes = BlockCache::block_size(1000);
  void* block = cache.allocate(bytes, "test");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % BlockCache::kAlignment, 0u);
  std::memset(block, 7, bytes);
  EXPECT_EQ(cache.stats().live, bytes);
  cache.release(block, bytes);
  EXPECT_EQ(cache.stats().live, 0u);
  EXPECT_EQ(cache.stats().cached, sanitized ? 0 : bytes);
  EXPECT_EQ(cache.stats().peak, bytes);
  void* again = cache.allocate(bytes, "test");
  if (!sanitized) {
    EXPECT_EQ(again, block) << "the block is used again";
  }
  EXPECT_EQ(cache.stats().cached, 0u);
  cache.release(again, bytes);
  cache.trim();
  EXPECT_EQ(cache.stats().cached, 0u);
}
TEST(Blocks, MeetTheLimitOfTheirCache) {
  BlockCache cache;
  cache.set_limit(1000);
  void* block = cache.allocate(600, "test");
  expect_refused([&] { cache.allocate(500, "matmul"); }, "matmul: 500 bytes are needed beside the 600 in use");
  EXPECT_EQ(cache.stats().live, 600u);
  cache.release(block, 600);
  block = cache.allocate(500, "test");  // the block of 600 bytes that was kept makes room
  EXPECT_EQ(cache.stats().cached, 0u);
  cache.release(block, 500);
  cache.set_limit(100);
  EXPECT_EQ(cache.stats().cached, 0u) << "a lower limit gives back what is kept";
}
TEST(Blocks, PlansGoWhereTheLimitIsMet) {
  BlockCache cache;
  cache.set_limit(1000);
  auto plan = std::make_unique<Counted>(cache, &BlockCache::Stats::plans, 700, "plan");
  int asked = 0;
  cache.forget_plans = [&] {
    ++asked;
    plan.reset();
  };
  void* block = cache.allocate(300, "test");
  EXPECT_EQ(asked, 0);
  void* more = cache.allocate(600, "test");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(cache.stats().plans, 0u);
  expect_refused([&] { cache.allocate(200, "test"); }, "above the context's limit of 1000");
  cache.release(block, 300);
  cache.release(more, 600);
}
TEST(Blocks, ThatTheSystemCannotGiveAreRefused) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's operator new does not throw";
  BlockCache cache;
  expect_refused([&] { cache.allocate(std::size_t{1} << 61, "exp"); }, "exp: ");
  EXPECT_EQ(cache.stats().live, 0u);
}
TEST(Blocks, ComeBackOnAnyThread) {
  BlockCache cache;
  for (int round = 0; round < 50; ++round) {
    void* block = cache.allocate(4096, "test");
    std::thread([&] { cache.release(block, 4096); }).join();
  }
  EXPECT_EQ(cache.stats().live, 0u);
  EXPECT_EQ(cache.stats().peak, 4096u);
}

TEST(Counts, LastAsLongAsTheirOwner) {
  BlockCache cache;
  {
    Counted first(cache, &BlockCache::Stats::graph, 100, "test"), second = std::move(first);
    EXPECT_EQ(cache.stats().graph, 100u);
    second = Counted(cache, &BlockCache::Stats::graph, 30, "test");
    EXPECT_EQ(cache.stats().graph, 30u);
  }
  EXPECT_EQ(cache.stats().graph, 0u);
  cache.set_limit(50);
  expect_refused([&] { Counted(cache, &BlockCache::Stats::graph, 60, "add"); }, "add: 60 bytes");
  EXPECT_EQ(cache.stats().graph, 0u);
}

TEST(Buffers, SmallOnesTakeNoBlock) {
  const auto cache = std::make_shared<BlockCache>();
  {
    const BufferPtr none = Buffer::make(cache, 0, "test"), small = Buffer::make(cache, Buffer::kInline, "test");
    std::memset(small->data(), 1, Buffer::kInline);
    EXPECT_EQ(cache->stats().live, 0u);
    const BufferPtr large = Buffer::make(cache, Buffer::kInline + 1, "test");
    EXPECT_EQ(cache->stats().live, BlockCache::block_size(Buffer::kInline + 1));
    EXPECT_EQ(large->bytes(), Buffer::kInline + 1);
    EXPECT_FALSE(large->borrowed());
  }
  EXPECT_EQ(cache->stats().live, 0u);
}
TEST(Buffers, OutliveWhoeverElseHasTheCache) {
  auto cache = std::make_shared<BlockCache>();
  const BufferPtr buffer = Buffer::make(cache, 1000, "test");
  cache.reset();
  std::memset(buffer->data(), 1, 1000);
}
TEST(Buffers, GiveBorrowedMemoryBackOnce) {
  int freed = 0;
  const float number = 3;
  {
    const BufferPtr buffer = Buffer::borrow(&number, sizeof number, [&] { ++freed; });
    EXPECT_EQ(buffer->data(), &number);
    EXPECT_TRUE(buffer->borrowed());
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(freed, 1);
  Buffer::borrow(&number, sizeof number, nullptr);  // nobody waits for it
}

}  // namespace
}  // namespace gradtape::core
