#include "run/evaluator.hpp"

#include <algorithm>

namespace gradtape {

PlanPtr Evaluator::plan_for(const Schedule& s) {
  if (auto it = plans_.find(s.hash); it != plans_.end()) return it->second;
  PlanPtr plan = make_plan(s);
  if (steps_ + plan->steps.size() > kSteps) {
    plans_.clear();
    steps_ = 0;
  }
  if (plan->steps.size() <= kSteps / 4) {  // one that long is not met again soon
    plans_[s.hash] = plan;
    steps_ += plan->steps.size();
  }
  return plan;
}

void Evaluator::compute(std::span<const Tensor> targets) {
  if (std::ranges::all_of(targets, [](const Tensor& t) { return t.node()->evaluated; })) return;
  const Schedule s = schedule(recorder_, targets);
  const PlanPtr plan = plan_for(s);
  std::vector<BufferPtr> slots(s.slots);
  for (std::size_t i = 0; i < s.leaves.size(); ++i) slots[i] = s.leaves[i].value();
  execute(*plan, recorder_, slots);

  std::vector<Tensor> kept;
  for (std::size_t i = 0; i < s.nodes.size(); ++i)
    if (s.kept[i]) kept.push_back(Tensor(s.nodes[i]));
  for (const Tensor& t : kept)
    for (std::size_t k = 0; k < t.node()->outputs.size(); ++k)
      t.node()->outputs[k].value = std::move(slots[t.node()->slot + k]);
  // From here on nodes let go of their inputs, and those that are not kept die.
  for (const Tensor& t : kept) t.node()->set_evaluated();
}

void Evaluator::evaluate(std::span<const Tensor> targets) {
  Tensors wanted(targets.begin(), targets.end());
  recorder_.add_pending_variables(wanted);
  if (wanted.size() > targets.size()) {
    try {
      compute(wanted);
      return;
    } catch (const Error&) {
      // A variable whose value cannot be computed says so when it is read itself.
    }
  }
  compute(targets);
}

}  // namespace gradtape
