// Single passes on programs made by hand: fusion, halos and rematerialisation.
#include <gtest/gtest.h>

#include "plan/passes/fusion.hpp"
#include "plan/passes/halo.hpp"
#include "plan/passes/rematerialise.hpp"
#include "plan/program_by_hand.hpp"

namespace gradtape::core {
namespace {

using Members = std::vector<uint32_t>;

std::vector<Members> members_of(const std::vector<Group>& groups) {
  std::vector<Members> all;
  for (const Group& g : groups) all.emplace_back(g.members.begin(), g.members.end());
  return all;
}
std::vector<Members> fused(const ProgramByHand& p) { return members_of(fuse(p.program, true)); }

// ---- Fusion

TEST(Fuse, AChainIsOneLoop) {
  ProgramByHand p;
  const uint32_t x = p.leaf({4, 5}), y = p.leaf({4, 5});
  const uint32_t a = p.apply("add", {x, y});
  p.want(p.apply("multiply", {p.apply("tanh", {a}), x}));
  const std::vector<Group> groups = fuse(p.program, true);
  ASSERT_EQ(members_of(groups), (std::vector<Members>{{0, 1, 2}}));
  EXPECT_TRUE(groups[0].is_loop);
  EXPECT_EQ(groups[0].space, (Shape{4, 5}));
  EXPECT_EQ(groups[0].split, kFree);
  EXPECT_EQ(members_of(fuse(p.program, false)), (std::vector<Members>{{0}, {1}, {2}})) << "without joins";
}
TEST(Fuse, AKernelIsAlone) {
  ProgramByHand p;
  const uint32_t x = p.leaf({4, 4});
  const uint32_t product = p.apply("matmul", {p[p.apply("tanh", {x})], p[x]}, {4, 4});
  p.want(p.apply("exp", {product}));
  const std::vector<Group> groups = fuse(p.program, true);
  EXPECT_EQ(members_of(groups), (std::vector<Members>{{0}, {1}, {2}}));
  EXPECT_FALSE(groups[1].is_loop);
}
TEST(Fuse, ALoopOverNothingIsNone) {
  ProgramByHand p;
  const uint32_t x = p.leaf({0, 3});
  p.want(p.apply("tanh", {p.apply("exp", {x})}));
  for (const Group& g : fuse(p.program, true)) EXPECT_FALSE(g.is_loop);
}
TEST(Fuse, AReaderInAnotherOrderIsAnotherLoop) {
  ProgramByHand p;
  const uint32_t x = p.leaf({4, 4}), a = p.apply("tanh", {x});
  const Operand turned{a, permute_axes(row_major({4, 4}), std::vector<int64_t>{1, 0})};
  p.want(p.apply("exp", {turned}, {4, 4}));
  EXPECT_EQ(fused(p), (std::vector<Members>{{0}, {1}}));
}
// The sum over all is complete after the loop; its reader waits, and so does the other operand for it.
TEST(Fuse, AReaderOfASumOverAllWaits) {
  ProgramByHand p;
  const uint32_t x = p.leaf({8}), a = p.apply("square", {x});
  const uint32_t total = p.reduce_sum(a, {0}, {});
  p.want(p.apply("multiply", {p[a], p.spread(total, {8})}, {8}));
  EXPECT_EQ(fused(p), (std::vector<Members>{{0, 1}, {2}}));
}
TEST(Fuse, SumsOfRowsAreReadInTheSameLoop) {
  for (const int64_t columns : {int64_t{1}, int64_t{32}, kMostColumns, kMostColumns + 1}) {
    ProgramByHand p;
    const uint32_t x = p.leaf({64, columns}), a = p.apply("square", {x});
    const uint32_t sums = p.reduce_sum(a, {1}, {64, 1});
    p.want(p.apply("subtract", {p[a], p.spread(sums, {64, columns})}, {64, columns}));
    const std::vector<Group> groups = fuse(p.program, true);
    if (columns > kMostColumns) {
      EXPECT_EQ(members_of(groups), (std::vector<Members>{{0, 1}, {2}})) << "rows too wide for the cache";
    } else if (columns > 1) {
      ASSERT_EQ(members_of(groups), (std::vector<Members>{{0, 1, 2}}));
      EXPECT_EQ(groups[0].split, 1);
    }
  }
}
TEST(Fuse, ALoopIsNoLongerThanItMayBe) {
  ProgramByHand p;
  uint32_t x = p.leaf({2});
  for (std::size_t i = 0; i < 3 * kMostMembers; ++i) x = p.apply("tanh", {x});
  p.want(x);
  std::size_t all = 0;
  for (const Group& g : fuse(p.program, true)) {
    EXPECT_LE(g.members.size(), kMostMembers);
    all += g.members.size();
  }
  EXPECT_EQ(all, 3 * kMostMembers);
}

// ---- Halos

class Halos : public testing::Test {
 public:
  // u = x^2 of n elements, read at two places of n + shift elements with zeros around.
  std::vector<Group> after(int64_t shift, bool wanted) {
    const uint32_t u = p_.apply("square", {p_.leaf({n_})});
    const uint32_t sum = p_.apply("add", {padded(u, 0, shift), padded(u, shift, 0)});
    if (wanted) p_.want(u);
    p_.want(sum);
    std::vector<Group> groups = fuse(p_.program, true);
    EXPECT_EQ(members_of(groups), (std::vector<Members>{{0}, {1, 2, 3}}));
    fuse_halos(p_.program, groups);
    return groups;
  }
  uint32_t padded(uint32_t x, int64_t before, int64_t after) {
    const Ints paddings{before, after};
    return p_.apply("constant_pad", {p_[x]}, {n_ + before + after},
                    attributes(op_named("constant_pad"), {{"paddings", paddings}}));
  }
  const int64_t n_ = 100;
  ProgramByHand p_;
};
TEST_F(Halos, WhatIsReadShiftedIsComputedByItsReader) {
  const std::vector<Group> groups = after(3, false);
  ASSERT_EQ(members_of(groups), (std::vector<Members>{{0, 1, 2, 3}}));
  ASSERT_TRUE(groups[0].shifted);
  EXPECT_EQ(groups[0].shifted->members, core::Members{0});
  EXPECT_EQ(groups[0].shifted->space, Shape{n_});
  EXPECT_EQ(groups[0].shifted->least, 0);
  EXPECT_EQ(groups[0].shifted->most, 3);
  EXPECT_EQ(groups[0].shifted->halo(), 3);
  EXPECT_EQ(groups[0].space, Shape{n_ + 3});
}
TEST_F(Halos, WhatIsWantedItselfStays) {
  EXPECT_EQ(members_of(after(3, true)), (std::vector<Members>{{0}, {1, 2, 3}}));
}
TEST_F(Halos, NoneIsWiderThanItsTilesGainBy) {
  EXPECT_EQ(members_of(after(1000, false)), (std::vector<Members>{{0}, {1, 2, 3}}));
}
TEST_F(Halos, ShiftsAreThoseOfZerosBefore) {
  const uint32_t x = p_.leaf({n_});
  padded(x, 5, 0);
  padded(x, 2, 7);
  EXPECT_EQ(shift_of(p_.program, p_.program.instructions[0], {n_ + 5}), 5);
  EXPECT_EQ(shift_of(p_.program, p_.program.instructions[1], {n_ + 9}), 2);
  EXPECT_EQ(shift_of(p_.program, p_.program.instructions[1], {n_}), std::nullopt) << "another space";
}

// ---- Rematerialisation

class Rematerialised : public testing::Test {
 public:
  // a = op(x), then a * sum(a): two loops, of which the second reads a.
  std::vector<Members> after(const char* name, int64_t n, bool wanted) {
    ProgramByHand p;
    const uint32_t a = p.apply(name, {p.leaf({n})});
    const uint32_t total = p.reduce_sum(a, {0}, {});
    p.want(p.apply("multiply", {p[a], p.spread(total, {n})}, {n}));
    if (wanted) p.want(a);
    std::vector<Group> groups = fuse(p.program, true);
    EXPECT_EQ(members_of(groups), kApart);
    rematerialise(p.program, groups);
    return members_of(groups);
  }
  static constexpr int64_t kLarge = 1 << 20;
  const std::vector<Members> kApart{{0, 1}, {2}};
};
TEST_F(Rematerialised, WhatIsCheapAndLargeIsComputedAgain) {
  EXPECT_EQ(after("negative", kLarge, false), (std::vector<Members>{{0, 1}, {0, 2}}));
}
TEST_F(Rematerialised, NotWhatIsSmallDearOrWanted) {
  EXPECT_EQ(after("negative", 1000, false), kApart);
  EXPECT_EQ(after("lgamma", kLarge, false), kApart);
  EXPECT_EQ(after("negative", kLarge, true), kApart);
}
}  // namespace
}  // namespace gradtape::core
