// The table behind handles: slots and pages that use up their lives, and requests from other threads.
#include "capi/slots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace gradtape::core {
namespace {

using namespace capi;
using Table = SlotTable<int>;
constexpr uint8_t kKind = 0x42;

TEST(Slots, NoNumberIsGivenTwiceAndSlotsRetire) {
  static Pages<int> pages(4, 1);
  Table table(pages, 7);
  std::set<uint64_t> given;
  for (std::size_t i = 0; i < 4 * kPageSlots; ++i) {
    const uint64_t handle = table.add(kKind, static_cast<int>(i));
    EXPECT_TRUE(given.insert(handle).second);
    EXPECT_EQ(table.remove(*table.find(handle)), static_cast<int>(i));
    EXPECT_EQ(table.find(handle), nullptr);
  }
  EXPECT_THROW(table.add(kKind, 0), gradtape::core::Error) << "all lives of all slots of the one page are over";
  for (uint64_t handle : given) EXPECT_EQ(table.find(handle), nullptr);
}
TEST(Slots, APageGoesOnWithItsLivesInAnotherTable) {
  static Pages<int> pages(3, 1);
  std::set<uint64_t> given;
  for (uint64_t owner = 1; owner <= 3; ++owner) {
    Table table(pages, owner);
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(given.insert(table.add(kKind, i)).second);
    EXPECT_EQ(std::ranges::count_if(given, [&](uint64_t h) { return table.find(h) != nullptr; }), 5);
  }
  Table table(pages, 4);
  EXPECT_THROW(table.add(kKind, 0), gradtape::core::Error) << "the page retired";
}
TEST(Slots, AHalfUsedPageRetiresWithItsLastLife) {
  static Pages<int> pages(2, 2);
  std::set<uint64_t> given;
  for (uint64_t owner = 1; owner <= 2; ++owner) {
    Table table(pages, owner);
    for (int i = 0; i < 2; ++i) {  // both lives of one slot
      const uint64_t handle = table.add(kKind, i);
      EXPECT_TRUE(given.insert(handle).second);
      table.remove(*table.find(handle));
    }
  }
  Table table(pages, 3);
  EXPECT_THROW(table.add(kKind, 0), gradtape::core::Error);
}
TEST(Slots, NumbersThatWereNeverGivenAreNotFound) {
  static Pages<int> pages;
  Table table(pages, 7), other(pages, 8);
  const uint64_t handle = table.add(kKind, 1);
  EXPECT_NE(table.find(handle), nullptr);
  EXPECT_EQ(other.find(handle), nullptr);
  EXPECT_TRUE(other.is_foreign(handle));
  EXPECT_FALSE(table.is_foreign(handle));
  for (int bit = 0; bit < 64; ++bit) EXPECT_EQ(table.find(handle ^ uint64_t{1} << bit), nullptr) << bit;
  for (uint64_t h : {uint64_t{0}, ~uint64_t{0}, Slot<int>::kVacant | bit_field(handle, 0, kKindShift),
                     Slot<int>::kVacant | (bit_field(handle, 0, kKindShift) + (uint64_t{1} << kLifeBits))})
    EXPECT_EQ(table.find(h), nullptr);
  table.remove(*table.find(handle));
  EXPECT_EQ(table.find(bit_field(handle, 0, kKindShift) + 1), nullptr) << "the next life, with no kind";
}

TEST(Requests, TheLatestLifeOfASlotIsTheOneAskedFor) {
  static Pages<int> pages;
  Table table(pages, 7);
  ReleaseRequests<int> requests;
  const uint64_t first = table.add(kKind, 1);
  Slot<int>& slot = *table.find(first);
  requests.add(slot, first);
  table.remove(slot);
  const uint64_t second = table.add(kKind, 2);
  ASSERT_EQ(table.find(second), &slot);
  requests.add(slot, second);
  requests.add(slot, first);  // comes late
  EXPECT_TRUE(requests.any());
  EXPECT_EQ(requests.take(), second);
  EXPECT_EQ(requests.take(), 0u);
  requests.add(slot, second);
  EXPECT_EQ(requests.take(), second) << "a slot can wait again";
  EXPECT_FALSE(requests.any());
}

}  // namespace
}  // namespace gradtape::core
