// Expressions made one by one, and what the rules of the planner leave of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "plan/lower/rules.hpp"
#include "plan/program_by_hand.hpp"

namespace gradtape::core {

class RulesByHand : public testing::Test {
 public:
  // fixed: the program is a function's.
  explicit RulesByHand(const std::vector<std::string_view>& names = {}, bool fixed = false)
      : active_(named(names)), b_(recorder_, fixed, active_) {
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
    const Dtype dtype = in.size() > 0 ? b_.dtype(*in.begin()) : Dtype::float32;
    const Expression e{&o, std::move(attrs), in, {{dtype, shape, false}}};
    const ProgramBuilder::Operands results = b_.add(e);
    for (const Rule* rule : active_)
      if (rule->note) rule->note(b_, e, {results.data(), results.size()});
    return results[0];
  }
  // The expression that an operand is: "subtract(x0, x1)".
  std::string text(const Operand& x) const {
    if (const auto n = b_.number(x)) return std::to_string(static_cast<int>(*n));
    const Instruction* i = b_.producer(x);
    if (!i) return "x" + std::to_string(x.slot);
    std::string inside;
    for (const Operand& in : i->in) inside += (inside.empty() ? "" : ", ") + text(in);
    return (i->op ? i->op->name : "copy") + "(" + inside + ")";
  }

  IdleHost host_;
  Recorder recorder_{host_, op_named("cast")};
  const std::vector<const Rule*> active_;  // before the builder, which looks at it
  ProgramBuilder b_;
  const Operand x_ = leaf({4}), y_ = leaf({4});
};

// A view of the operand's memory.
inline Operand seen(const Operand& x, const Shape& shape, const Shape::Dims& strides, int64_t offset = 0) {
  return {x.slot, {shape, strides, offset}};
}

}  // namespace gradtape::core
