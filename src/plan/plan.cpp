#include "plan/plan.hpp"

#include <algorithm>

namespace gradtape {

namespace {
// Merges neighbouring axes over which every operand runs evenly, and leaves out those of size 1.
void merge_axes(const Shape& shape, std::span<const Spec* const> operands, Step& step) {
  SmallVector<Shape::Dims, 3> full;
  for (const Spec* spec : operands) full.push_back(broadcast_strides(spec->shape, shape));
  step.strides = SmallVector<Shape::Dims, 3>(operands.size());
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const std::size_t last = step.loop.rank();
    bool merges = last > 0;
    for (std::size_t k = 0; merges && k < full.size(); ++k)
      merges = step.strides[k][last - 1] == full[k][axis] * shape[axis];
    if (merges) {
      step.loop[last - 1] *= shape[axis];
      for (std::size_t k = 0; k < full.size(); ++k) step.strides[k][last - 1] = full[k][axis];
    } else {
      step.loop.push_back(shape[axis]);
      for (std::size_t k = 0; k < full.size(); ++k) step.strides[k].push_back(full[k][axis]);
    }
  }
}

void plan_elementwise(const Plan& plan, const Elementwise& e, Step& step) {
  SmallVector<const Spec*, 3> operands;
  for (uint32_t slot : step.in) operands.push_back(&plan.specs[slot]);
  const Spec& out = plan.specs[step.out[0]];
  // The condition of `where` is a bool beside operands of the result's dtype: the last input tells.
  step.tile = e.select ? e.select(operands[0]->dtype, out.dtype) : e.table[static_cast<int>(operands.back()->dtype)];
  merge_axes(out.shape, operands, step);
}

// An operand as large as the result may give its memory to it, when this is its last use.
void allow_in_place(const Plan& plan, Step& step, std::size_t leaves) {
  const Spec& out = plan.specs[step.out[0]];
  for (std::size_t k = 0; k < step.in.size(); ++k) {
    const uint32_t slot = step.in[k];
    const Spec& in = plan.specs[slot];
    if (slot >= leaves && in.shape == out.shape && size_of(in.dtype) == size_of(out.dtype) &&
        std::ranges::count(step.in, slot) == 1 && std::ranges::count(step.last, slot) == 1)
      step.in_place = static_cast<int>(k);
  }
}
}  // namespace

PlanPtr make_plan(const Schedule& s) {
  auto plan = std::make_shared<Plan>();
  plan->specs.reserve(s.slots);
  for (const Tensor& leaf : s.leaves) plan->specs.push_back(leaf.spec());
  for (const Node* node : s.nodes)
    for (const Node::Output& out : node->outputs) plan->specs.push_back(out.spec);

  for (const Node* node : s.nodes) {
    Step step;
    step.op = &node->op;
    if (!std::holds_alternative<Alias>(node->op.computation)) step.attrs = node->attrs;
    for (const Tensor& input : node->inputs) step.in.push_back(input.node()->slot + input.index());
    for (std::size_t i = 0; i < node->outputs.size(); ++i) step.out.push_back(node->slot + static_cast<uint32_t>(i));
    plan->steps.push_back(std::move(step));
  }

  std::vector<uint8_t> needed(s.slots, 0);
  for (std::size_t i = 0; i < s.nodes.size(); ++i)
    for (std::size_t k = 0; s.kept[i] && k < s.nodes[i]->outputs.size(); ++k) needed[s.nodes[i]->slot + k] = 1;
  for (std::size_t i = plan->steps.size(); i-- > 0;) {
    Step& step = plan->steps[i];
    for (uint32_t slot : step.in)
      if (!needed[slot]) {
        needed[slot] = 1;
        step.last.push_back(slot);
      }
    for (uint32_t slot : step.out)
      if (!needed[slot]) step.last.push_back(slot);
    if (const auto* e = std::get_if<Elementwise>(&step.op->computation)) {
      plan_elementwise(*plan, *e, step);
      allow_in_place(*plan, step, s.leaves.size());
    }
  }
  return plan;
}

}  // namespace gradtape
