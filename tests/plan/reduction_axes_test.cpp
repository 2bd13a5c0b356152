// How a reduction leaves a space of rows by columns, for every kind of axes.
#include "plan/ir/reduction_axes.hpp"

#include <gtest/gtest.h>

#include "plan/passes/fusion.hpp"

namespace gradtape::core {
namespace {

void expect(const Shape& space, const Ints& axes, Direction direction, int split) {
  SCOPED_TRACE(to_string(space) + " over " + to_string(std::span<const int64_t>(axes)));
  const ReductionAxes got = reduction_axes(space, axes);
  EXPECT_EQ(got.direction, direction);
  EXPECT_EQ(got.split, split);
}

TEST(Directions, OfTrailingAndLeadingAxes) {
  expect({4, 5}, {1}, Direction::rows, 1);
  expect({4, 5}, {0}, Direction::columns, 1);
  expect({2, 3, 4}, {2}, Direction::rows, 2);
  expect({2, 3, 4}, {1, 2}, Direction::rows, 1);
  expect({2, 3, 4}, {0}, Direction::columns, 1);
  expect({2, 3, 4}, {0, 1}, Direction::columns, 2);
}
TEST(Directions, OfAllAxes) {
  expect({4}, {0}, Direction::all, kFree);
  expect({4, 5}, {0, 1}, Direction::all, kFree);
  expect({4, 5}, {1, 0}, Direction::all, kFree);
  expect({1, 1}, {0}, Direction::all, kFree);
  expect({1}, {}, Direction::all, kFree);
}
TEST(Directions, OfAxesInTheMiddleAreMixed) {
  expect({2, 3, 4}, {1}, Direction::mixed, kFree);
  expect({2, 3, 4}, {0, 2}, Direction::mixed, kFree);
  expect({4, 5}, {}, Direction::mixed, kFree);
}
TEST(Directions, TakeAxesOfSizeOneEitherWay) {
  expect({4, 1, 5}, {2}, Direction::rows, 2);
  expect({4, 1, 5}, {1, 2}, Direction::rows, 2);
  expect({4, 1, 5}, {0}, Direction::columns, 2);
  expect({1, 4, 1}, {1}, Direction::all, kFree);
  expect({1, 5}, {0}, Direction::mixed, kFree);
}
TEST(Directions, OfSizeZeroAreThoseOfAnySize) {
  expect({0, 5}, {1}, Direction::rows, 1);
  expect({4, 0}, {0}, Direction::columns, 1);
}

TEST(RowShapes, HaveAnElementForEachRow) {
  const Shape space{2, 3, 4};
  EXPECT_TRUE(is_row_shape({2, 3}, space, 2));
  EXPECT_TRUE(is_row_shape({2, 3, 1}, space, 2));
  EXPECT_TRUE(is_row_shape({2, 1, 1}, space, 1));
  EXPECT_FALSE(is_row_shape({3, 2}, space, 2)) << "in their order";
  EXPECT_FALSE(is_row_shape({6}, space, 2));
  EXPECT_FALSE(is_row_shape(space, space, 2));
}

}  // namespace
}  // namespace gradtape::core
