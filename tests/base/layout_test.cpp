// Layouts: each rearrangement against the elements that it must show, one by one.
#include "base/layout.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gradtape::core {
namespace {

// The places of the elements, in row-major order of the layout's shape.
std::vector<int64_t> places(const Layout& layout) {
  std::vector<int64_t> all;
  const int64_t n = layout.shape.elements();
  for (int64_t i = 0; i < n; ++i) {
    int64_t rest = i, at = layout.offset;
    for (std::size_t axis = layout.shape.rank(); axis-- > 0;) {
      at += rest % layout.shape[axis] * layout.strides[axis];
      rest /= layout.shape[axis];
    }
    all.push_back(at);
  }
  return all;
}
Layout transposed(const Shape& shape) { return permute_axes(row_major(shape), std::vector<int64_t>{1, 0}); }
// Every second column, from the first on.
Layout columns_apart(const Shape& shape) {
  Layout layout = row_major(shape);
  layout.shape[1] /= 2;
  layout.strides[1] *= 2;
  return layout;
}

TEST(Layouts, AreDenseInOrderFromTheOffset) {
  EXPECT_TRUE(is_dense(row_major({})));
  EXPECT_TRUE(is_dense(row_major({2, 3})));
  EXPECT_TRUE(is_dense({Shape{2, 3}, {3, 1}, 7}));
  EXPECT_TRUE(is_dense({Shape{1, 3}, {99, 1}, 0})) << "the stride of an axis of size 1 takes no part";
  EXPECT_TRUE(is_dense({Shape{2, 0}, {5, 9}, 0})) << "no elements";
  EXPECT_FALSE(is_dense(transposed({2, 3})));
  EXPECT_TRUE(is_dense(transposed({1, 3})));
  EXPECT_FALSE(is_dense(columns_apart({2, 4})));
  EXPECT_FALSE(is_dense({Shape{3}, {-1}, 2}));
  EXPECT_FALSE(is_dense({Shape{3}, {0}, 0}));
}

TEST(Broadcast, RepeatsAxesOfSizeOne) {
  EXPECT_EQ(places(broadcast(row_major({}), {2, 2})), (std::vector<int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(places(broadcast(row_major({3}), {2, 3})), (std::vector<int64_t>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(places(broadcast(row_major({2, 1}), {2, 3})), (std::vector<int64_t>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(places(broadcast({Shape{2}, {-1}, 4}, {2, 2})), (std::vector<int64_t>{4, 3, 4, 3}));
  EXPECT_TRUE(places(broadcast(row_major({1}), {0})).empty());
}

TEST(Permuted, TakesAxesInTheOrderGiven) {
  EXPECT_EQ(places(transposed({2, 3})), (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
  const Layout turned = permute_axes(row_major({2, 3, 4}), std::vector<int64_t>{2, 0, 1});
  EXPECT_EQ(turned.shape, (Shape{4, 2, 3}));
  EXPECT_EQ(turned.strides, (Shape::Dims{1, 12, 4}));
  EXPECT_EQ(permute_axes(row_major({}), {}).shape, Shape{});
}

TEST(Merged, KeepsOrderAndPlaces) {
  const Layout all[] = {row_major({}),
                        row_major({1, 1}),
                        row_major({2, 3, 4}),
                        transposed({3, 4}),
                        columns_apart({3, 4}),
                        broadcast(row_major({3}), {2, 3}),
                        broadcast(row_major({}), {2, 3}),
                        permute_axes(row_major({2, 3, 4}), std::vector<int64_t>{2, 0, 1}),
                        {Shape{2, 3}, {-3, -1}, 5},
                        {Shape{2, 1, 3}, {3, 77, 1}, 1}};
  for (const Layout& layout : all) {
    SCOPED_TRACE(to_string(layout.shape));
    const Layout less = merge_axes(layout);
    EXPECT_EQ(places(less), places(layout));
    EXPECT_GE(less.shape.rank(), 1u);
    for (std::size_t i = 0; i < less.shape.rank(); ++i)
      EXPECT_TRUE(less.shape[i] != 1 || less.shape.rank() == 1) << "axes of size 1 go";
  }
}
TEST(Merged, MakesOneAxisOfAnEvenRun) {
  EXPECT_EQ(merge_axes(row_major({2, 3, 4})).shape, (Shape{24}));
  EXPECT_EQ(merge_axes({Shape{2, 3}, {-3, -1}, 5}).shape, (Shape{6})) << "a run backwards";
  EXPECT_EQ(merge_axes(broadcast(row_major({}), {2, 3})).shape, (Shape{6})) << "one number, repeated";
  EXPECT_EQ(merge_axes(permute_axes(row_major({2, 3, 4}), std::vector<int64_t>{2, 0, 1})).shape, (Shape{4, 6}));
  EXPECT_EQ(merge_axes(broadcast(row_major({3}), {2, 3})).shape, (Shape{2, 3}));
}

TEST(Reshaped, KeepsOrderAndPlaces) {
  struct Case {
    Layout layout;
    Shape shape;
  };
  const Case all[] = {{row_major({2, 3, 4}), {4, 6}},
                      {row_major({}), {1, 1}},
                      {row_major({1}), {}},
                      {row_major({0, 3}), {5, 0}},
                      {{Shape{6}, {1}, 4}, {2, 3}},
                      {columns_apart({3, 8}), {3, 2, 2}},
                      {columns_apart({3, 9}), {3, 2, 1, 2}},
                      {broadcast(row_major({}), {6}), {2, 3}},
                      {broadcast(row_major({4}), {3, 4}), {3, 2, 2}},
                      {{Shape{6}, {-1}, 5}, {3, 2}},
                      {permute_axes(row_major({2, 3, 4}), std::vector<int64_t>{2, 0, 1}), {2, 2, 6}},
                      {permute_axes(row_major({2, 3, 4}), std::vector<int64_t>{2, 0, 1}), {4, 6, 1}}};
  for (const auto& [layout, shape] : all) {
    SCOPED_TRACE(to_string(layout.shape) + " as " + to_string(shape));
    const auto seen = reshape_layout(layout, shape);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->shape, shape);
    EXPECT_EQ(places(*seen), places(layout));
  }
}
TEST(Reshaped, SaysWhereStridesCannot) {
  EXPECT_FALSE(reshape_layout(transposed({2, 3}), {6}));
  EXPECT_FALSE(reshape_layout(transposed({4, 6}), {3, 8})) << "an axis would end within a run";
  EXPECT_FALSE(reshape_layout(columns_apart({3, 5}), {2, 3}));
  EXPECT_FALSE(reshape_layout(broadcast(row_major({3}), {2, 3}), {6}));
  EXPECT_FALSE(reshape_layout(columns_apart({3, 5}), {12})) << "another number of elements";
}

}  // namespace
}  // namespace gradtape::core
