#include "plan/plan.hpp"

#include <algorithm>

#include "plan/fuse.hpp"

namespace gradtape {

namespace {
// Notes in each step which slots nothing reads afterwards.
void find_last_uses(std::vector<Step>& steps, std::vector<uint8_t> needed) {
  for (std::size_t i = steps.size(); i-- > 0;) {
    Step& step = steps[i];
    for (uint32_t slot : step.out)
      if (!needed[slot]) step.last.push_back(slot);
    for (uint32_t slot : step.in)
      if (!needed[slot]) {
        needed[slot] = 1;
        step.last.push_back(slot);
      }
  }
}
}  // namespace

PlanPtr make_plan(const Schedule& s) {
  auto plan = std::make_shared<Plan>();
  plan->specs.reserve(s.slots);
  for (const Tensor& leaf : s.leaves) plan->specs.push_back(leaf.spec());
  for (const Node* node : s.nodes)
    for (const Node::Output& out : node->outputs) plan->specs.push_back(out.spec);

  std::vector<Step> steps(s.nodes.size());
  std::vector<uint8_t> wanted(s.slots, 0);
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    const Node& node = *s.nodes[i];
    Step& step = steps[i];
    step.op = &node.op;
    if (!std::holds_alternative<Alias>(node.op.computation)) step.attrs = node.attrs;
    for (const Tensor& input : node.inputs) step.in.push_back(input.node()->slot + input.index());
    for (std::size_t k = 0; k < node.outputs.size(); ++k) {
      step.out.push_back(node.slot + static_cast<uint32_t>(k));
      wanted[step.out.back()] = s.kept[i];
    }
  }
  plan->steps = fuse(std::move(steps), plan->specs, wanted);
  find_last_uses(plan->steps, std::move(wanted));
  return plan;
}

}  // namespace gradtape
