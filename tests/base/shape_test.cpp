// Arithmetic of shapes: axes added and taken away, broadcasting, strides, and sizes that memory cannot address.
#include "base/shape.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace gradtape::core {
namespace {

using Strides = Shape::Dims;

TEST(Shapes, CountTheirElements) {
  EXPECT_EQ(Shape{}.elements(), 1) << "rank 0 is one number";
  EXPECT_EQ((Shape{2, 3, 4}).elements(), 24);
  EXPECT_EQ((Shape{2, 0, 4}).elements(), 0);
  EXPECT_EQ((Shape{2, 3, 4}).product(1, 3), 12);
  EXPECT_EQ((Shape{2, 3, 4}).product(1, 1), 1) << "of no axes";
}
TEST(Shapes, GainAndLoseAxes) {
  const Shape s{2, 3};
  EXPECT_EQ(s.inserted(0, 5), (Shape{5, 2, 3}));
  EXPECT_EQ(s.inserted(2, 5), (Shape{2, 3, 5}));
  EXPECT_EQ(s.with_leading(5), (Shape{5, 2, 3}));
  EXPECT_EQ(s.without(1), (Shape{2}));
  EXPECT_EQ(s.without(0).without(0), Shape{});
  EXPECT_EQ(s.replaced(1, 0), (Shape{2, 0}));
  EXPECT_EQ(s, (Shape{2, 3})) << "the shape itself stays";
}
TEST(Shapes, AreWrittenInBrackets) {
  EXPECT_EQ(to_string(Shape{}), "[]");
  EXPECT_EQ(to_string(Shape{7}), "[7]");
  EXPECT_EQ(to_string(Shape{2, 0, 3}), "[2, 0, 3]");
}

TEST(Broadcasting, FollowsNumPy) {
  const auto expect = [](const Shape& a, const Shape& b, const Shape& want) {
    Shape out;
    ASSERT_TRUE(broadcast_shapes(a, b, out));
    EXPECT_EQ(out, want);
    ASSERT_TRUE(broadcast_shapes(b, a, out));
    EXPECT_EQ(out, want);
  };
  expect({}, {}, {});
  expect({}, {2, 3}, {2, 3});
  expect({3}, {2, 3}, {2, 3});
  expect({2, 1}, {3}, {2, 3});
  expect({4, 1, 3}, {5, 1}, {4, 5, 3});
  expect({1}, {0}, {0});
  expect({2, 1}, {1, 0}, {2, 0});
  expect({1, 1}, {1}, {1, 1});
}
TEST(Broadcasting, RefusesSizesThatDiffer) {
  Shape out;
  EXPECT_FALSE(broadcast_shapes({2}, {3}, out));
  EXPECT_FALSE(broadcast_shapes({2, 3}, {2}, out));
  EXPECT_FALSE(broadcast_shapes({0}, {2}, out)) << "0 is no size that repeats";
  EXPECT_EQ(out, Shape{}) << "a refusal leaves the output alone";
}

TEST(Strides, AreRowMajor) {
  EXPECT_EQ(strides_of({}), Strides{});
  EXPECT_EQ(strides_of({5}), (Strides{1}));
  EXPECT_EQ(strides_of({2, 3, 4}), (Strides{12, 4, 1}));
  EXPECT_EQ(strides_of({2, 1, 4}), (Strides{4, 4, 1}));
  EXPECT_EQ(strides_of({2, 0, 4}), (Strides{0, 4, 1}));
}
TEST(Strides, OfWhatRepeatsAreZero) {
  EXPECT_EQ(broadcast_strides({}, {2, 3}), (Strides{0, 0}));
  EXPECT_EQ(broadcast_strides({3}, {2, 3}), (Strides{0, 1}));
  EXPECT_EQ(broadcast_strides({2, 1}, {2, 3}), (Strides{1, 0}));
  EXPECT_EQ(broadcast_strides({2, 3}, {2, 3}), (Strides{3, 1}));
  EXPECT_EQ(broadcast_strides({1}, {0}), (Strides{0}));
}

TEST(Bytes, ThatMemoryCannotAddressAreRefused) {
  const auto refused = [](const Shape& shape, std::size_t size, const char* part) {
    try {
      check_bytes("op", shape, size);
      FAIL() << to_string(shape);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Status::invalid_argument);
      EXPECT_NE(e.message().find(part), std::string::npos) << e.message();
    }
  };
  check_bytes("op", {}, 8);
  check_bytes("op", {0}, 8);
  check_bytes("op", {kMaxBytes / 8}, 8);
  refused({kMaxBytes / 8 + 1}, 8, "more bytes than memory can address");
  refused({INT64_MAX, INT64_MAX}, 1, "more bytes than memory can address");
  refused({int64_t{1} << 31, int64_t{1} << 31, 0}, 4, "more bytes");
  refused({2, -1}, 4, "must not be negative, got shape [2, -1]");
  Shape deep;
  for (std::size_t i = 0; i < kMaxRank; ++i) deep.push_back(1);
  check_bytes("op", deep, 8);
  deep.push_back(1);
  refused(deep, 8, "at most 40 axes");
}

}  // namespace
}  // namespace gradtape::core
