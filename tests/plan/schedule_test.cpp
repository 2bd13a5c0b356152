// Schedules of graphs: order, leaves, what must be kept, and when two are of one structure.
#include "plan/schedule.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "plan/program_by_hand.hpp"

namespace gradtape::core {
namespace {

class Schedules : public testing::Test {
 public:
  Tensor leaf(const Shape& shape, float value = 1) {
    const Spec spec{Dtype::float32, shape, false};
    BufferPtr buffer = recorder_.allocate(bytes_of(spec), "test");
    for (int64_t i = 0; i < shape.elements(); ++i) static_cast<float*>(buffer->data())[i] = value;
    return recorder_.constant(spec, std::move(buffer));
  }
  Tensor apply(const char* name, std::initializer_list<Tensor> in,
               const std::vector<std::pair<std::string, AttrValue>>& attrs = {}) {
    const Op& o = op_named(name);
    const Tensors inputs(in);
    return recorder_.record(o, inputs, std::make_shared<Attrs>(*attributes(o, attrs)))[0];
  }
  Schedule of(const Tensors& targets) { return schedule(recorder_, targets); }

  IdleHost host_;
  Recorder recorder_{host_, op_named("cast")};
};

TEST_F(Schedules, InputsComeBeforeTheirUsers) {
  const Tensor x = leaf({3}), y = leaf({3});
  const Tensor a = apply("add", {x, y}), b = apply("tanh", {a}), c = apply("multiply", {b, a});
  const Schedule s = of({c});
  ASSERT_EQ(s.nodes, (std::vector<Node*>{a.node(), b.node(), c.node()}));
  ASSERT_EQ(s.leaves.size(), 2u);
  EXPECT_TRUE(s.leaves[0].same(x));
  EXPECT_TRUE(s.leaves[1].same(y));
  EXPECT_EQ(s.slots, 5u);
  EXPECT_EQ(a.node()->slot, 2u) << "leaves first";
}
TEST_F(Schedules, ALeafThatIsReadTwiceIsOneLeaf) {
  const Tensor x = leaf({3});
  EXPECT_EQ(of({apply("add", {x, x}), apply("tanh", {x})}).leaves.size(), 1u);
}
TEST_F(Schedules, OfValuesThatAreThereAreEmpty) {
  const Schedule s = of({leaf({3})});
  EXPECT_TRUE(s.nodes.empty());
  EXPECT_EQ(s.slots, 0u);
}
TEST_F(Schedules, KeepWhatIsAskedForOrHeld) {
  const Tensor x = leaf({3});
  Tensor a = apply("exp", {x});
  const Tensor b = apply("tanh", {a});
  EXPECT_TRUE(of({b}).keeps(0, 0)) << "a handle holds it";
  EXPECT_TRUE(of({b}).keeps(1, 0));
  a = Tensor();
  EXPECT_FALSE(of({b}).keeps(0, 0));
  EXPECT_TRUE(of({b}).keeps(1, 0));
}
TEST_F(Schedules, KeepWhatANodeOutsideReads) {
  const Tensor x = leaf({3});
  Tensor a = apply("exp", {x});
  const Tensor b = apply("tanh", {a}), later = apply("sin", {a});
  a = Tensor();
  EXPECT_TRUE(of({b}).keeps(0, 0));
}
TEST_F(Schedules, AHeldViewKeepsItsInput) {
  const Tensor x = leaf({6});
  Tensor a = apply("exp", {x});
  const Tensor view = apply("reshape", {a}, {{"shape", Ints{2, 3}}}), b = apply("tanh", {view});
  a = Tensor();
  const Schedule s = of({b});
  EXPECT_TRUE(s.keeps(0, 0));
  EXPECT_FALSE(s.keeps(1, 0)) << "the view is not written out";
  EXPECT_TRUE(of({view}).keeps(1, 0)) << "but where it is asked for itself";
}
TEST_F(Schedules, AreEqualWhereTheirStructureIs) {
  const auto hash = [&](const Shape& shape, float value, const char* name, int64_t axis, bool held) {
    const Tensor x = leaf(shape, value);
    Tensor a = apply(name, {x});
    const Tensor b = apply("reduce_sum", {a}, {{"axis", Ints{axis}}});
    if (!held) a = Tensor();
    return of({b}).hash;
  };
  const auto one = hash({2, 3}, 1, "tanh", 0, false);
  EXPECT_EQ(hash({2, 3}, 7, "tanh", 0, false), one) << "values are no structure";
  EXPECT_NE(hash({3, 2}, 1, "tanh", 0, false), one);
  EXPECT_NE(hash({2, 3}, 1, "sin", 0, false), one);
  EXPECT_NE(hash({2, 3}, 1, "tanh", 1, false), one);
  EXPECT_NE(hash({2, 3}, 1, "tanh", 0, true), one) << "what is kept is part of it";
}
TEST_F(Schedules, ThereIsNoneOfWhatHasNoValue) {
  const Tensor y = apply("tanh", {recorder_.placeholder({Dtype::float32, {3}, false})});
  try {
    of({y});
    FAIL() << "not refused";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Status::failed_precondition);
    EXPECT_NE(e.message().find("tanh: this tensor has no value"), std::string::npos) << e.message();
  }
}

}  // namespace
}  // namespace gradtape::core
