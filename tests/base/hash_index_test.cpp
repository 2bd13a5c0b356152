// HashIndex: entries are found by their hashes, also among many of the same hash.
#include "base/hash_index.hpp"

#include <gtest/gtest.h>

namespace gradtape::core {
namespace {

const auto any = [](uint32_t) { return true; };

TEST(HashIndexes, FindNothingWhenEmpty) {
  HashIndex index;
  EXPECT_EQ(index.find(7, any), HashIndex::kAbsent);
  index.reserve(100);
  EXPECT_EQ(index.find(7, any), HashIndex::kAbsent);
}
TEST(HashIndexes, FindEachEntryWhileTheyGrow) {
  for (const std::size_t reserved : {0, 10, 5000}) {
    HashIndex index;
    index.reserve(reserved);
    const auto hash = [](uint32_t i) { return (i + 1) * 0x9E3779B97F4A7C15ull; };
    for (uint32_t i = 0; i < 3000; ++i) {
      EXPECT_EQ(index.find(hash(i), [&](uint32_t k) { return k == i; }), HashIndex::kAbsent);
      index.add(hash(i), i);
      if (i % 100 != 0) continue;
      for (uint32_t k = 0; k <= i; ++k) ASSERT_EQ(index.find(hash(k), [&](uint32_t e) { return e == k; }), k);
    }
  }
}
TEST(HashIndexes, TellEntriesOfOneHashApart) {
  HashIndex index;
  for (uint32_t i = 0; i < 40; ++i) index.add(5, i);
  for (uint32_t i = 0; i < 40; ++i) EXPECT_EQ(index.find(5, [&](uint32_t e) { return e == i; }), i);
  EXPECT_EQ(index.find(5, [](uint32_t e) { return e == 40; }), HashIndex::kAbsent);
  EXPECT_EQ(index.find(6, any), HashIndex::kAbsent);
}

}  // namespace
}  // namespace gradtape::core
