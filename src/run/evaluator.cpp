#include "run/evaluator.hpp"

#include <algorithm>

namespace gradtape {

PlanPtr Evaluator::plan_for(const Schedule& s) {
  if (auto it = plans_.find(s.hash); it != plans_.end()) return it->second;
  PlanPtr plan = make_plan(make_program(s));
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

PlanPtr Evaluator::compute(std::span<const Tensor> targets, std::vector<double>* seconds) {
  check_computable(targets);
  if (std::ranges::all_of(targets, [](const Tensor& t) { return t.node()->evaluated; }))
    return std::make_shared<Plan>();
  const Schedule s = schedule(recorder_, targets);
  const PlanPtr plan = plan_for(s);
  memory_.slots.assign(plan->slots.size(), nullptr);
  for (std::size_t i = 0; i < s.leaves.size(); ++i)
    if (const BufferPtr& value = s.leaves[i].value()) memory_.slots[i] = value->data();  // else it is not read
  std::vector<BufferPtr> results;
  for (uint32_t slot : plan->result_slots) {
    results.push_back(recorder_.allocate(bytes_of(plan->slots[slot])));
    memory_.slots[slot] = results.back()->data();
  }
  const BufferPtr arena = recorder_.allocate(arena_bytes(*plan, workers));
  memory_.arena = static_cast<std::byte*>(arena->data());
  memory_.cache = &recorder_.memory();
  lay_out(*plan, memory_);
  execute(*plan, memory_, workers, seconds);

  const auto buffer_of = [&](uint32_t slot) {
    const Home& home = plan->homes[slot];
    if (home.kind == Home::leaf) return s.leaves[home.at].value();
    return home.kind == Home::constant ? plan->constants[home.at] : results[home.at];
  };
  std::vector<Tensor> kept;
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    if (!s.kept[i]) continue;
    Node* node = s.nodes[i];
    for (std::size_t k = 0; k < node->outputs.size(); ++k)
      if (s.keeps(i, k)) node->outputs[k].value = buffer_of(plan->results[node->slot + k]);
    kept.push_back(Tensor(node));
  }
  // From here on nodes let go of their inputs, and those that are not kept die.
  for (const Tensor& t : kept) t.node()->set_evaluated();
  return plan;
}

PlanPtr Evaluator::evaluate_timed(std::span<const Tensor> targets, std::vector<double>& seconds) {
  return compute(targets, &seconds);
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
