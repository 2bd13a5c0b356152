#include "run/evaluator.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "jit/compile.hpp"
#include "run/not_finite.hpp"

namespace gradtape::core {

PlanPtr Evaluator::plan_for(const Schedule& s) {
  if (auto it = by_hash_.find(s.hash); it != by_hash_.end()) {
    plans_.splice(plans_.begin(), plans_, it->second);
    return it->second->plan;
  }
  PlanPtr plan = make_plan(make_program(s), recorder_.memory());
  const std::size_t bytes = plan->bytes();
  if (bytes > kMostPlanBytes / 2) return plan;  // one that long is not met again soon
  while (plan_bytes_ + bytes > kMostPlanBytes) {
    plan_bytes_ -= plans_.back().plan->bytes();
    by_hash_.erase(plans_.back().hash);
    plans_.pop_back();
  }
  plans_.push_front({s.hash, plan});
  try {
    by_hash_[s.hash] = plans_.begin();
  } catch (...) {
    plans_.pop_front();
    throw;
  }
  plan_bytes_ += bytes;
  return plan;
}

void Evaluator::forget_plans() noexcept {
  by_hash_.clear();
  plans_.clear();
  plan_bytes_ = 0;
}

// The plan used last.
void Evaluator::compile_loops(Plan& plan) {
  const std::size_t before = plan.bytes();
  jit::compile_loops(plan, plan.runs);
  if (!plans_.empty() && plans_.front().plan.get() == &plan) plan_bytes_ += plan.bytes() - before;
}

namespace {
// The results' memory, where targets have places for them.
std::vector<BufferPtr> placed_results(const Plan& plan, std::span<const Tensor> targets,
                                      std::span<const Place> places) {
  std::vector<BufferPtr> results(plan.result_slots.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Tensor& t = targets[i];
    if (t.node()->evaluated) continue;
    const Location& location = plan.locations[plan.results[t.node()->slot + t.index()]];
    if (location.kind != Location::result || results[location.at]) continue;
    auto* memory = static_cast<std::byte*>(places[i].buffer->data()) + places[i].at;
    results[location.at] = Buffer::borrow(memory, t.bytes(), [held = places[i].buffer] {});
  }
  return results;
}
}  // namespace

template <class LeafValue>
std::vector<BufferPtr> Evaluator::run(const Schedule& s, Plan& plan, LeafValue&& leaf, std::vector<BufferPtr> results,
                                      std::vector<double>* seconds) {
  memory_.slots.assign(plan.slots.size(), nullptr);
  for (std::size_t i = 0; i < s.leaves.size(); ++i)
    if (const BufferPtr& value = leaf(i)) memory_.slots[i] = value->data();  // else it is not read
  results.resize(plan.result_slots.size());
  for (std::size_t i = 0; i < plan.result_slots.size(); ++i) {
    const uint32_t slot = plan.result_slots[i];
    if (!results[i]) results[i] = recorder_.allocate(bytes_of(plan.slots[slot]), plan.result_ops[i]);
    memory_.slots[slot] = results[i]->data();
  }
  const BufferPtr arena = recorder_.allocate(arena_bytes(plan, workers), plan.arena_op);
  memory_.arena = static_cast<std::byte*>(arena->data());
  lay_out(plan, memory_);
  execute(plan, memory_, workers, seconds);
  return results;
}

namespace {
// The memory of a slot once the plan has run.
template <class LeafValue>
const BufferPtr& buffer_of(const Plan& plan, uint32_t slot, const std::vector<BufferPtr>& results, LeafValue&& leaf) {
  const Location& location = plan.locations[slot];
  if (location.kind == Location::leaf) return leaf(location.at);
  return location.kind == Location::constant ? plan.constants[location.at] : results[location.at];
}

// Gives the nodes of a schedule the values that outlive it: value(i, k) of output k of node i.
template <class Value>
void keep_values(const Schedule& s, Value&& value) {
  std::vector<Tensor> kept;
  kept.reserve(s.nodes.size());  // from the first value on nothing fails
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    if (!s.kept[i]) continue;
    Node* node = s.nodes[i];
    for (std::size_t k = 0; k < node->outputs.size(); ++k)
      if (s.keeps(i, k)) node->outputs[k].value = value(i, k);
    kept.push_back(Tensor(node));
  }
  // From here on nodes let go of their inputs, and those that are not kept die.
  for (const Tensor& t : kept) t.node()->set_evaluated();
}
}  // namespace

PlanPtr Evaluator::compute(std::span<const Tensor> targets, std::vector<double>* seconds,
                           std::span<const Place> places) {
  check_computable(targets);
  const bool in_body = recorder_.is_computing();  // of an op that is computed again for its fault
  const Recorder::Computing computing(recorder_);
  if (std::ranges::all_of(targets, [](const Tensor& t) { return t.node()->evaluated; }))
    return std::make_shared<Plan>();
  Schedule s = schedule(recorder_, targets);
  if (checks_finite && !seconds) {
    compute_checked(s, targets, in_body);
    return nullptr;
  }
  PlanPtr plan = plan_for(s);
  if (++plan->runs >= plan->compile_at) compile_loops(*plan);
  const auto leaf = [&](std::size_t i) -> const BufferPtr& { return s.leaves[i].value(); };
  const std::vector<BufferPtr> results = run(s, *plan, leaf, placed_results(*plan, targets, places), seconds);
  keep_values(s, [&](std::size_t i, std::size_t k) {
    return buffer_of(*plan, plan->results[s.nodes[i]->slot + k], results, leaf);
  });
  return plan;
}

void Evaluator::compute_checked(Schedule& s, std::span<const Tensor> targets, bool in_body) {
  std::vector<std::vector<BufferPtr>> values(s.nodes.size());
  std::vector<uint32_t> uses(s.nodes.size(), 0);
  std::unordered_map<const Node*, std::size_t> place;
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    place[s.nodes[i]] = i;
    for (const Tensor& t : s.nodes[i]->inputs)
      if (const auto at = place.find(t.node()); at != place.end()) ++uses[at->second];
  }
  const auto value_of = [&](const Tensor& t) -> const BufferPtr& {
    const auto at = place.find(t.node());
    return at == place.end() ? t.value() : values[at->second][t.index()];
  };
  NotFinite check(value_of, in_body);
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    Node& node = *s.nodes[i];
    check.before(node);
    const Schedule one = schedule_of_node(recorder_, node);
    const PlanPtr plan = plan_for(one);
    const auto leaf = [&](std::size_t k) -> const BufferPtr& { return value_of(one.leaves[k]); };
    const std::vector<BufferPtr> results = run(one, *plan, leaf, {}, nullptr);
    for (std::size_t k = 0; k < node.outputs.size(); ++k)
      values[i].push_back(buffer_of(*plan, plan->results[node.slot + k], results, leaf));
    check.after(node);
    for (const Tensor& t : node.inputs)
      if (const auto at = place.find(t.node()); at != place.end() && --uses[at->second] == 0 && !s.kept[at->second])
        values[at->second].clear();
  }
  std::unordered_set<const Node*> asked;
  for (const Tensor& t : targets) {
    check.at_end(t);
    asked.insert(t.node());
  }
  // Others that are at fault stay pending: whoever asks for one computes it again, and is told.
  for (std::size_t i = 0; i < s.nodes.size(); ++i)
    if (s.kept[i] && !asked.contains(s.nodes[i]) && check.is_at_fault(*s.nodes[i])) s.kept[i] = 0;
  keep_values(s, [&](std::size_t i, std::size_t k) { return values[i][k]; });
}

void Evaluator::evaluate_into(std::span<const Tensor> targets, std::span<const Place> places) {
  compute(targets, nullptr, places);
  // A target that is another's value, or was computed before, is copied.
  for (std::size_t i = 0; i < places.size(); ++i) {
    const BufferPtr& value = targets[i].value();
    void* place = static_cast<std::byte*>(places[i].buffer->data()) + places[i].at;
    if (value->data() != place && value->bytes() > 0) std::memcpy(place, value->data(), value->bytes());
  }
}

uint64_t Evaluator::working_memory(std::span<const Tensor> targets) {
  const bool is_symbolic = std::ranges::any_of(targets, [](const Tensor& t) { return t.node()->symbolic; });
  const PlanPtr p = is_symbolic ? make_plan(make_program(schedule_of_symbols(recorder_, targets)), recorder_.memory())
                                : plan(targets);
  return arena_bytes(*p, workers);
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
    } catch (const Error& e) {
      if (e.code() == Status::cancelled) throw;
      // A variable whose value cannot be computed says so when it is read itself.
    }
  }
  compute(targets);
}

}  // namespace gradtape::core
