// The rules on expressions one by one: what each makes of an op and its operands, and what it leaves alone.
#include "plan/rules_by_hand.hpp"

namespace gradtape::core {
namespace {

// ---- No rule

TEST_F(RulesByHand, NoneLeavesAllAsItIs) {
  EXPECT_EQ(text(add("multiply", {add("negative", {x_}), number(1, {4})})), "multiply(negative(x0), 1)");
}
TEST_F(RulesByHand, EqualExpressionsAreOneInstruction) {
  EXPECT_EQ(add("add", {x_, y_}).slot, add("add", {x_, y_}).slot);
  EXPECT_NE(add("add", {x_, y_}).slot, add("add", {y_, x_}).slot);
  EXPECT_NE(add("add", {x_, y_}).slot, add("subtract", {x_, y_}).slot);
  EXPECT_EQ(number(3).slot, number(3).slot);
  EXPECT_NE(number(0.0).slot, number(-0.0).slot) << "by their bits";
}
TEST_F(RulesByHand, HaveNamesOfTheirOwn) {
  std::vector<std::string> names;
  for (const Rule& rule : rules()) {
    names.emplace_back(rule.name);
    EXPECT_TRUE(rule.simplify || rule.note) << rule.name;
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

// ---- Signs

class SignRules : public RulesByHand {
 public:
  SignRules() : RulesByHand({"signs"}) {}
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

class FoldRule : public RulesByHand {
 public:
  FoldRule() : RulesByHand({"fold"}) {}
};
TEST_F(FoldRule, OpsOfNumbersAreNumbers) {
  EXPECT_EQ(text(add("add", {number(2), number(3)})), "5");
  EXPECT_EQ(text(add("square", {add("negative", {number(3)})})), "9");
  EXPECT_EQ(text(add("add", {x_, number(3, {4})})), "add(x0, 3)");
}

class NeutralRule : public RulesByHand {
 public:
  NeutralRule() : RulesByHand({"neutral"}) {}
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

class RepeatsRule : public RulesByHand {
 public:
  RepeatsRule() : RulesByHand({"repeats"}) {}
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

// ---- Order

class OrderRule : public RulesByHand {
 public:
  explicit OrderRule(bool fixed = false) : RulesByHand({"order"}, fixed) {}
  // The transpose [2, 8] of a leaf [8, 2], read `times` times.
  Operand turned(int64_t times) { return seen(columns_, {times, 2, 8}, {0, 1, 2}); }
  // How sin, an elementwise op, reads the operand.
  Operand read(const Operand& x) { return b_.producer(add("sin", {x}))->in[0]; }
  const Operand columns_ = leaf({8, 2});
};
TEST_F(OrderRule, ElementsThatLieApartAreCopiedWhereTheyAreReadFourTimes) {
  const Operand ordered = read(turned(4));
  EXPECT_EQ(text(ordered), "copy(x2)");
  EXPECT_EQ(ordered.layout.shape, Shape({4, 2, 8}));
  EXPECT_EQ(ordered.layout.strides, (Shape::Dims{0, 8, 1}));
  EXPECT_EQ(b_.spec(ordered).shape, Shape({1, 2, 8}));
  EXPECT_EQ(read(turned(9)).slot, ordered.slot) << "copied once";
}
TEST_F(OrderRule, ThoseReadLessOftenStay) {
  for (int64_t times : {1, 3}) {
    const Operand apart = read(turned(times));
    EXPECT_EQ(apart.slot, columns_.slot);
    EXPECT_EQ(apart.layout.strides, (Shape::Dims{0, 1, 2}));
  }
}
TEST_F(OrderRule, ThoseInOrderAndSinglesStay) {
  EXPECT_EQ(read(seen(columns_, {9, 8, 2}, {0, 2, 1})).slot, columns_.slot);
  EXPECT_EQ(read(seen(columns_, {16, 9}, {1, 0})).slot, columns_.slot) << "each element repeats";
  EXPECT_EQ(read(seen(columns_, {9, 2, 1}, {0, 1, 7})).slot, columns_.slot) << "the last axis has one element";
  EXPECT_EQ(read(seen(columns_, {1, 1}, {0, 3})).slot, columns_.slot);
  EXPECT_EQ(text(read(seen(columns_, {9, 8, 1}, {0, 2, 7}))), "copy(x2)") << "the last axis of several does not";
}
TEST_F(OrderRule, OtherOpsReadAsTheyDo) {
  const Operand all = add("reduce_sum", {turned(9)}, {}, attributes(op_named("reduce_sum"), {{"axis", Ints{0, 1, 2}}}));
  EXPECT_EQ(text(all), "reduce_sum(x2)");
}

class OrderRuleOfAFunction : public OrderRule {
 public:
  OrderRuleOfAFunction() : OrderRule(true) {}
};
TEST_F(OrderRuleOfAFunction, ConstantsAreCopiedBeforeTheFirstCall) {
  EXPECT_EQ(text(read(turned(1))), "copy(x2)");
  EXPECT_EQ(text(read(seen(columns_, {4, 2}, {4, 2}))), "copy(x2)");
  EXPECT_EQ(read(columns_).slot, columns_.slot);
}
TEST_F(OrderRuleOfAFunction, InputsAreNot) {
  const Operand input = b_.add_leaf(recorder_.parameter({Dtype::float32, {8, 2}, false}));
  EXPECT_EQ(read(seen(input, {2, 8}, {1, 2})).slot, input.slot);
  EXPECT_EQ(text(read(seen(input, {4, 2, 8}, {0, 1, 2}))), "copy(x3)");
}

// ---- Parts

class PartsRule : public RulesByHand {
 public:
  PartsRule() : RulesByHand({"parts"}) {}
  Operand of(const char* name, const Operand& x) { return add(name, {x}); }
  // The slot of the part that a function was made of.
  uint32_t part(const Operand& f) { return b_.producer(f)->in.back().slot; }
};
TEST_F(PartsRule, AFunctionIsItsPartAndTheRest) {
  for (const char* name : {"tanh", "sigmoid", "silu", "sech_squared", "logistic_slope"}) {
    const Elementwise& whole = std::get<Elementwise>(op_named(name).computation);
    const Instruction* rest = b_.producer(of(name, x_));
    EXPECT_EQ(rest->op, whole.rest) << name;
    EXPECT_EQ(b_.producer(rest->in.back())->op, whole.part) << name;
    EXPECT_EQ(rest->in.size(), whole.rest->inputs.size());
    EXPECT_TRUE(rest->in.size() == 1 || rest->in[0].slot == x_.slot) << name;
  }
}
TEST_F(PartsRule, FunctionsOfOnePartShareIt) {
  EXPECT_EQ(part(of("tanh", x_)), part(of("sech_squared", x_)));
  EXPECT_EQ(part(of("sigmoid", x_)), part(of("silu", x_)));
  EXPECT_EQ(part(of("sigmoid", x_)), part(of("logistic_slope", x_)));
  EXPECT_NE(part(of("tanh", x_)), part(of("sigmoid", x_)));
  EXPECT_NE(part(of("tanh", x_)), part(of("tanh", y_)));
}
TEST_F(PartsRule, TheRestReadsTheSameViewAsThePart) {
  const Operand half = seen(x_, {2}, {2}, 1);
  const Instruction* rest = b_.producer(of("tanh", half));
  ASSERT_EQ(rest->in.size(), 2u);
  EXPECT_EQ(rest->in[0].layout.strides, (Shape::Dims{2}));
  EXPECT_EQ(rest->in[0].layout.offset, 1);
  EXPECT_EQ(rest->in[1].layout.strides, (Shape::Dims{1})) << "the part has memory of its own";
  EXPECT_EQ(b_.producer(rest->in[1])->in[0].layout.strides, (Shape::Dims{2}));
}
TEST_F(PartsRule, OthersStay) {
  EXPECT_EQ(text(of("sin", x_)), "sin(x0)");
  EXPECT_EQ(text(add("multiply", {x_, y_})), "multiply(x0, x1)");
  EXPECT_EQ(text(of("tanh_part", x_)), "tanh_part(x0)");
  EXPECT_EQ(text(add("reduce_sum", {x_}, {}, attributes(op_named("reduce_sum"), {{"axis", Ints{0}}}))),
            "reduce_sum(x0)");
}

}  // namespace
}  // namespace gradtape::core
