// SmallVector, inside itself and beyond: elements live once, whatever is done to them, and none is left over.
#include "base/small_vector.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace gradtape::core {
namespace {

// An element that is counted, and that may refuse to be copied.
struct Item {
  static inline int live = 0, copies_left = -1;  // -1: any number

  explicit Item(int v = 0) : value(v) { ++live; }
  Item(const Item& other) : value(other.value) {
    if (copies_left == 0) throw std::runtime_error("no more copies");
    if (copies_left > 0) --copies_left;
    ++live;
  }
  Item(Item&& other) noexcept : value(std::exchange(other.value, -1)) { ++live; }
  Item& operator=(const Item&) = default;
  Item& operator=(Item&& other) noexcept {
    value = std::exchange(other.value, -1);
    return *this;
  }
  ~Item() { --live; }
  friend bool operator==(const Item& a, const Item& b) { return a.value == b.value; }
  int value;
};

class SmallVectors : public testing::Test {
 public:
  using Vector = SmallVector<Item, 2>;
  static Vector of(int n) {
    Vector v;
    for (int i = 0; i < n; ++i) v.push_back(Item(i));
    return v;
  }
  static void expect(const Vector& v, std::initializer_list<int> want) {
    ASSERT_EQ(v.size(), want.size());
    std::size_t i = 0;
    for (int w : want) EXPECT_EQ(v[i++].value, w);
  }
  void TearDown() override {
    Item::copies_left = -1;
    EXPECT_EQ(Item::live, 0);
  }
};

TEST_F(SmallVectors, GrowBeyondThemselves) {
  for (int n : {0, 1, 2, 3, 5, 17}) {
    const Vector v = of(n);
    EXPECT_EQ(v.size(), static_cast<std::size_t>(n));
    EXPECT_EQ(v.empty(), n == 0);
    EXPECT_EQ(Item::live, n);
    for (int i = 0; i < n; ++i) EXPECT_EQ(v[static_cast<std::size_t>(i)].value, i);
  }
}
TEST_F(SmallVectors, AreCopiedAndMovedFromAnySizeToAnySize) {
  for (int from : {0, 1, 2, 3, 5})
    for (int to : {0, 2, 3}) {
      const Vector source = of(from);
      Vector copy = of(to);
      copy = source;
      EXPECT_EQ(copy, source);
      Vector moved = of(to);
      moved = std::move(copy);
      EXPECT_EQ(moved, source);
      EXPECT_EQ(Vector(moved), source);
      EXPECT_EQ(Vector(std::move(moved)), source);
    }
}
TEST_F(SmallVectors, OfPlainElementsAreCopiedAndMovedAsWell) {
  using Numbers = SmallVector<int64_t, 2>;
  using Lists = SmallVector<Numbers, 2>;  // moves by bytes, and owns memory
  static_assert(kMovesByBytes<Numbers> && !kMovesByBytes<Vector>);
  const auto numbers = [](int n) {
    Numbers v;
    for (int i = 0; i < n; ++i) v.push_back(i);
    return v;
  };
  for (int from : {0, 1, 2, 3, 5})
    for (int to : {0, 2, 3}) {
      Numbers copy = numbers(to), moved = numbers(to);
      copy = numbers(from);
      EXPECT_EQ(copy, numbers(from));
      moved = std::move(copy);
      EXPECT_EQ(moved, numbers(from));
      EXPECT_TRUE(copy.empty());  // NOLINT(bugprone-use-after-move)
      Lists lists;
      for (int i = 0; i < to + 1; ++i) lists.push_back(moved);
      Lists taken = std::move(lists), again = taken;
      again.push_back(again[0]);
      EXPECT_EQ(taken.size(), static_cast<std::size_t>(to + 1));
      for (const Numbers& each : again) EXPECT_EQ(each, numbers(from));
    }
}
TEST_F(SmallVectors, TakeTheElementsOfOthersBehindTheirs) {
  Vector v = of(1);
  const Vector more = of(4);
  v.append(more.begin(), more.end());
  expect(v, {0, 0, 1, 2, 3});
}
TEST_F(SmallVectors, SurviveBeingAssignedToThemselves) {
  for (int n : {1, 4}) {
    Vector v = of(n), same = v;
    Vector& self = v;
    v = self;
    EXPECT_EQ(v, same);
    v = std::move(self);
    EXPECT_EQ(v, same);
  }
}
TEST_F(SmallVectors, TakeTheirOwnElements) {
  Vector v = of(2);
  v.push_back(v[0]);  // grows while the element lies in the old memory
  v.push_back(v[1]);
  v.push_back(v[2]);
  expect(v, {0, 1, 0, 1, 0});
}
TEST_F(SmallVectors, InsertAndEraseAnywhere) {
  Vector v = of(3);
  v.insert(0, Item(7));
  v.insert(4, Item(8));
  v.insert(2, Item(9));
  expect(v, {7, 0, 9, 1, 2, 8});
  v.erase(5);
  v.erase(0);
  v.erase(1);
  expect(v, {0, 1, 2});
}
TEST_F(SmallVectors, ResizeBothWays) {
  Vector v = of(1);
  v.resize(4, Item(6));
  expect(v, {0, 6, 6, 6});
  v.resize(2);
  expect(v, {0, 6});
  v.clear();
  expect(v, {});
  v.resize(0);
  EXPECT_TRUE(v.empty());
}
TEST_F(SmallVectors, DifferInSizeOrElements) {
  EXPECT_EQ(of(3), of(3));
  EXPECT_FALSE(of(3) == of(2));
  Vector v = of(3);
  v.back() = Item(9);
  EXPECT_FALSE(v == of(3));
}
TEST_F(SmallVectors, ACopyThatFailsLeavesBothWhole) {
  const Vector source = of(5);
  for (int n = 0; n < 5; ++n) {
    Vector target = of(3);
    Item::copies_left = n;
    EXPECT_THROW(target = source, std::runtime_error);
    EXPECT_THROW(Vector{source}, std::runtime_error);
    Item::copies_left = -1;
    EXPECT_EQ(target, of(3));
    EXPECT_EQ(source, of(5));
  }
}

}  // namespace
}  // namespace gradtape::core
