// The rules of signs and factors one by one: what they make of an op and its operands, and what they leave alone.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "plan/lower/signs.hpp"
#include "plan/program_by_hand.hpp"

namespace gradtape::core {
namespace {

class SignRules : public testing::Test {
 public:
  // An op on operands, as the rules would have it: "subtract 0 1".
  std::string simplified(const char* name, std::vector<Operand> operands) {
    std::vector<uint32_t> instruction(p_.program.slots.size(), Program::kNone);
    for (uint32_t i = 0; i < p_.program.instructions.size(); ++i) instruction[p_.program.instructions[i].out[0]] = i;
    numbers_.resize(p_.program.slots.size());
    const Origins origins{p_.program, instruction, numbers_, [&](Dtype, double v) {
                            made_ = v;
                            return x_;
                          }};
    const Op* o = &op(name);
    SmallVector<Operand, 2> in(operands.begin(), operands.end());
    made_.reset();
    if (const auto same = simplify_signs(origins, o, in)) return "is " + std::to_string(same->slot);
    std::string text = o->name;
    for (std::size_t i = 0; i < in.size(); ++i)
      text += made_ && i + 1 == in.size() ? as_text(*made_) : " " + std::to_string(in[i].slot);
    return text;
  }
  static std::string as_text(double v) { return " number " + std::to_string(static_cast<int>(v)); }
  uint32_t number(double v) {
    const uint32_t slot = p_.leaf({});
    numbers_.resize(p_.program.slots.size());
    numbers_[slot] = v;
    return slot;
  }

  ProgramByHand p_;
  std::vector<std::optional<double>> numbers_;
  std::optional<double> made_;  // the last number that a rule has asked for
  const uint32_t x_ = p_.leaf({4}), y_ = p_.leaf({4});
};

TEST_F(SignRules, ASignOfASignIsNone) {
  EXPECT_EQ(simplified("negative", {p_[p_.apply("negative", {x_})]}), "is 0");
  EXPECT_EQ(simplified("negative", {p_[x_]}), "negative 0");
}
TEST_F(SignRules, SumsAndDifferencesTakeSigns) {
  const Operand minus = p_[p_.apply("negative", {y_})];
  EXPECT_EQ(simplified("add", {p_[x_], minus}), "subtract 0 1");
  EXPECT_EQ(simplified("add", {minus, p_[x_]}), "subtract 0 1");
  EXPECT_EQ(simplified("subtract", {p_[x_], minus}), "add 0 1");
  EXPECT_EQ(simplified("subtract", {minus, p_[x_]}), "subtract 2 0") << "-(y) - x has no shorter form";
}
TEST_F(SignRules, ProductsTakeSignsAndFactors) {
  const Operand a = p_[p_.apply("negative", {x_})], b = p_[p_.apply("negative", {y_})];
  EXPECT_EQ(simplified("multiply", {a, b}), "multiply 0 1");
  EXPECT_EQ(simplified("multiply", {a, p_[y_]}), "multiply 2 1");
  const Operand three = p_[number(3)];
  EXPECT_EQ(simplified("multiply", {a, three}), "multiply 0 number -3");
  const Operand scaled = p_[p_.apply("multiply", {p_[x_], three}, {4})];
  EXPECT_EQ(simplified("negative", {scaled}), "multiply 0 number -3");
  EXPECT_EQ(simplified("multiply", {scaled, p_[number(2)]}), "multiply 0 number 6");
  EXPECT_EQ(simplified("multiply", {scaled, p_[number(0.5)]}).find("number"), std::string::npos)
      << "a product on the way could leave the range of numbers";
}
TEST_F(SignRules, PartsOfWhatIsNegatedAreLeftAlone) {
  const uint32_t minus = p_.apply("negative", {x_});
  const Operand half{minus, {Shape{2}, {1}, 0}}, turned{minus, {Shape{4}, {-1}, 3}};
  EXPECT_EQ(simplified("negative", {turned}), "is 0") << "all elements, in any order";
  EXPECT_EQ(simplified("negative", {half}), "is 0") << "and some of them";
  const uint32_t part = p_.apply("negative", {Operand{x_, {Shape{2}, {2}, 0}}}, {2});
  EXPECT_EQ(simplified("negative", {p_[part]}), "negative " + std::to_string(part)) << "of every second element";
}

}  // namespace
}  // namespace gradtape::core
