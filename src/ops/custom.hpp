// Ops whose derivative a user gives: a node that passes on values computed elsewhere, with a rule of its own.
#pragma once

#include "ops/functions.hpp"

namespace gradtape::core {

// The arguments of a user's gradient function, which returns one cotangent per input (empty: none).
struct CustomCall {
  const Call& call;
  std::string_view name;
  std::span<const Tensor> inputs;
  std::span<const Tensor> outputs;
  AttrsPtr attrs;  // of the op the rule was applied to, with its specs; null: none
  const Op* op = nullptr;
};
using CustomBackward = std::function<Tensors(const CustomCall&, const Tensors& cotangents)>;

struct CustomRule : Payload {
  std::string name;
  CustomBackward backward;
  std::function<Tensors(const Tensors& inputs)> forward;  // the values again, on other inputs
  Recorder::Draws draws;                                  // from which it drew at first
  const Op* op = nullptr;                                 // gt_apply_with_gradient: the op itself, with its attributes
  AttrsPtr attrs;
};

// Tensors with the values of `outputs`; the rule gives their derivative by `inputs`.
Tensors with_gradient(std::span<const Tensor> inputs, std::span<const Tensor> outputs,
                      std::shared_ptr<const CustomRule> rule);

// The op of a node, as messages name it: "op 12 reduce_sum (in softmax)", "op 13 clipped (custom gradient)". The number is
// that of gt_graph_describe.
std::string title_of(const Node& node);
std::string name_of(const Node& node);  // without the number

// Lives while a user's rule runs.
class RuleScope {
 public:
  RuleScope();
  ~RuleScope();
  RuleScope(const RuleScope&) = delete;
  RuleScope& operator=(const RuleScope&) = delete;
};
// The result of a product or quotient inside a user's rule. Zeros of cotangents that mean "not selected" win, as they
// do in the library's own rules. Nothing for another op, outside of rules, and of operands without such zeros.
Tensors carry_in_rule(const Op& of, std::span<const Tensor> in);

}  // namespace gradtape::core
