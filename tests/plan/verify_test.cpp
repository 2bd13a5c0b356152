// The planner's checks of itself find each promise that is broken. Against the library's own objects.
#include <gtest/gtest.h>

#include "plan/program_by_hand.hpp"
#include "plan/verify/verify.hpp"

namespace gradtape::core {
namespace {

// s2 = s0 + s1, s3 = tanh(s2), s4 = s0 @ s3, all of [4, 4]; s3 and s4 are wanted.
class Promises : public testing::Test {
 public:
  Promises() {
    for (const uint32_t wanted : {3, 4}) p_.want(wanted);
  }
  // Runs the passes up to the one of this name.
  Draft draft_after(std::string_view name) {
    Draft draft{nullptr, program_, {}, {}};
    draft.plan.slots = program_.slots;
    for (const Pass& pass : plan_passes()) {
      pass.run(draft);
      pass.verify(draft);
      if (name == pass.name) break;
    }
    return draft;
  }
  template <class F>
  static void expect_broken(F&& verify, const char* promise) {
    try {
      verify();
      FAIL() << "not found: " << promise;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Status::internal);
      EXPECT_NE(e.message().find(promise), std::string::npos) << e.message();
    }
  }
  void expect_broken_program(const char* promise) {
    expect_broken([&] { verify_program(program_); }, promise);
  }

 protected:
  const Shape shape_{4, 4};
  ProgramByHand p_;
  const uint32_t a_ = p_.leaf(shape_), b_ = p_.leaf(shape_), sum_ = p_.apply("add", {a_, b_}),
                 tanh_ = p_.apply("tanh", {sum_}), product_ = p_.apply("matmul", {a_, tanh_});
  Program& program_ = p_.program;
};

TEST_F(Promises, HoldOfASoundProgram) {
  verify_program(program_);
  const Draft draft = draft_after("memory");
  EXPECT_EQ(draft.plan.steps.size(), 2u);
}

TEST_F(Promises, OfProgramsOneProducerBeforeItsReaders) {
  std::swap(program_.instructions[0], program_.instructions[1]);
  expect_broken_program("reads slot 2 before it has a value");
  std::swap(program_.instructions[0], program_.instructions[1]);
  program_.instructions[1].out[0] = 2;
  expect_broken_program("slot 2 has a second producer");
  program_.instructions[1].out[0] = 3;
  program_.instructions.pop_back();
  expect_broken_program("slot 4 is wanted, and nothing computes it");
}

TEST_F(Promises, OfProgramsOperandsLieInTheirSlots) {
  program_.instructions[1].in[0].layout.offset = 1;
  expect_broken_program("reads beyond slot 2");
  program_.instructions[1].in[0] = {2, {Shape{4, 4}, {4, -1}, 2}};
  expect_broken_program("reads beyond slot 2");
  program_.instructions[1].in[0] = {2, {Shape{3}, {1}, 0}};
  expect_broken_program("does not fit [4, 4]");
  program_.instructions[1].in[0] = {9, row_major(shape_)};
  expect_broken_program("reads slot 9 of 5");
}

TEST_F(Promises, OfGroupsOrderAndMembers) {
  using Verify = void (*)(const Draft&);
  const auto broken = [&](Verify verify, auto&& change, const char* promise) {
    Draft draft = draft_after("fuse");
    ASSERT_EQ(draft.groups.size(), 2u);
    change(draft.groups);
    expect_broken([&] { verify(draft); }, promise);
  };
  using Groups = std::vector<Group>;
  broken(
      verify_groups, [](Groups& g) { std::swap(g[0], g[1]); }, "which no group before it computes");
  broken(
      verify_groups, [](Groups& g) { g[1].members.push_back(2); }, "is no loop and has 2 members");
  broken(
      verify_groups,
      [](Groups& g) {
        g[0].space = Shape{5, 4};
      },
      "has member 0 (add) over [4, 4]");
  broken(
      verify_groups, [](Groups& g) { g.pop_back(); }, "slot 4 is wanted, and no group computes it");
  broken(
      verify_fused, [](Groups& g) { g.push_back(g[0]); }, "is in two groups");
  Draft draft = draft_after("fuse");
  draft.groups.push_back(draft.groups[0]);
  verify_groups(draft);  // as rematerialisation may leave them
}

TEST_F(Promises, OfStepsValuesBeforeTheirReaders) {
  Draft draft = draft_after("steps");
  ASSERT_EQ(draft.plan.steps.size(), 2u);
  std::swap(draft.plan.steps[0], draft.plan.steps[1]);
  expect_broken([&] { verify_steps(draft); }, "reads slot 3 before it has a value");
  std::swap(draft.plan.steps[0], draft.plan.steps[1]);
  draft.plan.steps.push_back(draft.plan.steps[0]);
  expect_broken([&] { verify_steps(draft); }, "which has a value");
  draft.plan.steps.pop_back();
  draft.plan.steps[1].grain = 4;
  expect_broken([&] { verify_steps(draft); }, "feeds rows to a step that does not read them");
  draft.plan.steps[1].grain = 0;
  draft.plan.steps[0].body = nullptr;
  expect_broken([&] { verify_steps(draft); }, "has a body and is no loop, or the reverse");
}

TEST_F(Promises, OfLoopsTheirTilesAndPorts) {
  const auto broken = [&](auto&& change, const char* promise) {
    Draft draft = draft_after("steps");
    auto loop = std::make_shared<Loop>(*draft.plan.steps[0].body);
    change(*loop);
    draft.plan.steps[0].body = loop;
    expect_broken([&] { verify_steps(draft); }, promise);
  };
  broken([](Loop& l) { l.ports[0].offset = 4; }, "a port reaches byte");
  broken([](Loop& l) { l.ports[0].slot = 4; }, "which is none of its operands and results");
  broken(
      [](Loop& l) {
        l.instructions.back().operands[0] = {Loop::TileRef::scratch, 7};
      },
      "reads scratch tile 7 before it is written");
  broken([](Loop& l) { l.instructions.back().operands[0] = {Loop::TileRef::port, 7}; }, "reads port 7");
  broken([](Loop& l) { l.instructions.back().result = {Loop::TileRef::port, 0}; }, "which is none of its results");
  broken([](Loop& l) { l.instructions.back().result = {Loop::TileRef::scratch, 99}; }, "writes scratch tile 99");
  broken([](Loop& l) { l.tile_rows = 2, l.tile_width = 2; }, "part of several rows");
}

// Temporaries of several kernels in turn.
TEST_F(Promises, OfMemoryNoTwoLivingValuesOverlap) {
  ProgramByHand p;
  const uint32_t a = p.leaf(shape_), b = p.leaf(shape_), first = p.apply("matmul", {a, b}),
                 second = p.apply("matmul", {first, b});
  p.want(p.apply("matmul", {first, second}));
  program_ = p.program;
  Draft draft = draft_after("memory");
  const Location third = draft.plan.locations[3];
  ASSERT_EQ(third.kind, Location::arena);
  draft.plan.locations[3].at = draft.plan.locations[2].at;
  expect_broken([&] { verify_memory(draft); }, "slots 3 and 2 overlap while both live");
  draft.plan.locations[3].at = draft.plan.workspace_at;
  expect_broken([&] { verify_memory(draft); }, "slot 3 lies beyond the temporaries");
  draft.plan.locations[3] = {Location::result, 1};
  expect_broken([&] { verify_memory(draft); }, "slot 3 is a result and not wanted");
  draft.plan.locations[3] = third;
  draft.plan.locations[4] = {Location::leaf, 7};
  expect_broken([&] { verify_memory(draft); }, "slot 4 is leaf 7");
}

}  // namespace
}  // namespace gradtape::core
