// The rules on expressions one by one: what each makes of an op and its operands, and what it leaves alone.
#include "plan/lower/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "plan/program_by_hand.hpp"

namespace gradtape::core {
namespace {

class Rules : public testing::Test {
 public:
  explicit Rules(const std::vector<std::string_view>& names = {}) : active_(named(names)) {
    EXPECT_EQ(active_.size(), names.size());
  }
  static std::vector<const Rule*> named(const std::vector<std::string_view>& names) {
    std::vector<const Rule*> found;
    for (const Rule& rule : rules())
      if (std::ranges::find(names, rule.name) != names.end()) found.push_back(&rule);
    return found;
  }
  Operand leaf(const Shape& shape, Dtype dtype = Dtype::float32) {
    const Spec spec{dtype, shape, false};
    return b_.add_leaf(recorder_.constant(spec, recorder_.allocate(bytes_of(spec), "test")));
  }
  Operand number(double value, const Shape& shape = {}) { return b_.constant(Dtype::float32, value, shape); }
  // The op on operands, after the rules; the result has the shape and the dtype of the first operand.
  Operand add(const char* name, std::initializer_list<Operand> in) {
    return add(name, in, in.begin()->layout.shape, attributes(op_named(name)));
  }
  Operand add(const char* name, std::initializer_list<Operand> in, const Shape& shape, AttrsPtr attrs) {
    const Op& o = op_named(name);
    b_.set_user_op(o);
    return b_.add({&o, std::move(attrs), in, {{b_.dtype(*in.begin()), shape, false}}})[0];
  }
  // The expression that an operand is: "subtract(x0, x1)".
  std::string text(const Operand& x) const {
    if (const auto n = b_.number(x)) return std::to_string(static_cast<int>(*n));
    const Instruction* i = b_.producer(x);
    if (!i) return "x" + std::to_string(x.slot);
    std::string inside;
    for (const Operand& in : i->in) inside += (inside.empty() ? "" : ", ") + text(in);
    return i->op->name + "(" + inside + ")";
  }

  IdleHost host_;
  Recorder recorder_{host_, op_named("cast")};
  const std::vector<const Rule*> active_;  // before the builder, which looks at it
  ProgramBuilder b_{recorder_, false, active_};
  const Operand x_ = leaf({4}), y_ = leaf({4});
};

// ---- No rule

TEST_F(Rules, NoneLeavesAllAsItIs) {
  EXPECT_EQ(text(add("multiply", {add("negative", {x_}), number(1, {4})})), "multiply(negative(x0), 1)");
}
TEST_F(Rules, EqualExpressionsAreOneInstruction) {
  EXPECT_EQ(add("add", {x_, y_}).slot, add("add", {x_, y_}).slot);
  EXPECT_NE(add("add", {x_, y_}).slot, add("add", {y_, x_}).slot);
  EXPECT_NE(add("add", {x_, y_}).slot, add("subtract", {x_, y_}).slot);
  EXPECT_EQ(number(3).slot, number(3).slot);
  EXPECT_NE(number(0.0).slot, number(-0.0).slot) << "by their bits";
}
TEST_F(Rules, HaveNamesOfTheirOwn) {
  std::vector<std::string> names;
  for (const Rule& rule : rules()) {
    names.emplace_back(rule.name);
    EXPECT_TRUE(rule.simplify || rule.note) << rule.name;
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

// ---- Signs

class SignRules : public Rules {
 public:
  SignRules() : Rules({"signs"}) {}
  Operand neg(const Operand& x) { return add("negative", {x}); }
};
TEST_F(SignRules, ASignOfASignIsNone) {
  EXPECT_EQ(text(neg(neg(x_))), "x0");
  EXPECT_EQ(text(neg(neg(neg(x_)))), "negative(x0)");
}
TEST_F(SignRules, SumsAndDifferencesTakeSigns) {
  EXPECT_EQ(text(add("add", {x_, neg(y_)})), "subtract(x0, x1)");
  EXPECT_EQ(text(add("add", {neg(x_), y_})), "subtract(x1, x0)");
  EXPECT_EQ(text(add("subtract", {x_, neg(y_)})), "add(x0, x1)");
  EXPECT_EQ(text(add("subtract", {neg(x_), y_})), "subtract(negative(x0), x1)") << "has no shorter form";
}
TEST_F(SignRules, ProductsTakeSignsAndFactors) {
  EXPECT_EQ(text(add("multiply", {neg(x_), neg(y_)})), "multiply(x0, x1)");
  EXPECT_EQ(text(add("multiply", {neg(x_), y_})), "multiply(negative(x0), x1)");
  EXPECT_EQ(text(add("multiply", {neg(x_), number(3, {4})})), "multiply(x0, -3)");
  const Operand scaled = add("multiply", {x_, number(3, {4})});
  EXPECT_EQ(text(neg(scaled)), "multiply(x0, -3)");
  EXPECT_EQ(text(add("multiply", {scaled, number(2, {4})})), "multiply(x0, 6)");
}
TEST_F(SignRules, FactorsStayApartWhereAProductCouldLeaveTheRange) {
  const Operand scaled = add("multiply", {x_, number(1e30, {4})});
  for (const double factor : {0.5, 1e30})
    EXPECT_EQ(b_.producer(add("multiply", {scaled, number(factor, {4})}))->in[0].slot, scaled.slot);
}
TEST_F(SignRules, PartsOfWhatIsNegatedAreSeenInIt) {
  const Operand minus = neg(x_), half{minus.slot, {Shape{2}, {2}, 0}}, turned{minus.slot, {Shape{4}, {-1}, 3}};
  EXPECT_EQ(text(neg(turned)), "x0");
  EXPECT_EQ(neg(half).layout.strides, (Shape::Dims{2}));
  const Operand of_half = add("negative", {Operand{x_.slot, {Shape{2}, {2}, 0}}});
  EXPECT_EQ(text(neg(of_half)), "negative(negative(x0))") << "which has gaps";
}

// ---- Numbers

class FoldRule : public Rules {
 public:
  FoldRule() : Rules({"fold"}) {}
};
TEST_F(FoldRule, OpsOfNumbersAreNumbers) {
  EXPECT_EQ(text(add("add", {number(2), number(3)})), "5");
  EXPECT_EQ(text(add("square", {add("negative", {number(3)})})), "9");
  EXPECT_EQ(text(add("add", {x_, number(3, {4})})), "add(x0, 3)");
}

class NeutralRule : public Rules {
 public:
  NeutralRule() : Rules({"neutral"}) {}
};
TEST_F(NeutralRule, NeutralNumbersGo) {
  EXPECT_EQ(text(add("multiply", {x_, number(1, {4})})), "x0");
  EXPECT_EQ(text(add("multiply", {number(1, {4}), x_})), "x0");
  EXPECT_EQ(text(add("subtract", {x_, number(0, {4})})), "x0");
  EXPECT_EQ(text(add("divide", {x_, number(1, {4})})), "x0");
}
TEST_F(NeutralRule, OthersStay) {
  EXPECT_EQ(text(add("subtract", {number(0, {4}), x_})), "subtract(0, x0)");
  EXPECT_EQ(text(add("divide", {number(1, {4}), x_})), "divide(1, x0)");
  EXPECT_EQ(text(add("multiply", {x_, number(0, {4})})), "multiply(x0, 0)") << "inf * 0 is no 0";
}

// ---- Repeats

class RepeatsRule : public Rules {
 public:
  RepeatsRule() : Rules({"repeats"}) {}
  Operand reduce(const char* name, const Operand& x, const Ints& axes, const Shape& shape) {
    return add(name, {x}, shape, attributes(op_named(name), {{"axis", axes}}));
  }
  const Operand repeated_{x_.slot, broadcast(row_major({4}), {3, 4})};
};
TEST_F(RepeatsRule, ASumOfOneElementRepeatedIsAProduct) {
  EXPECT_EQ(text(reduce("reduce_sum", repeated_, {0}, {4})), "multiply(x0, 3)");
  EXPECT_EQ(text(reduce("reduce_max", repeated_, {0}, {4})), "x0");
}
TEST_F(RepeatsRule, ASumOfDifferentElementsStays) {
  EXPECT_EQ(text(reduce("reduce_sum", x_, {0}, {})), "reduce_sum(x0)");
}

}  // namespace
}  // namespace gradtape::core
