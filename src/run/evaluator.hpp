// Computes pending tensors: schedule, plan (made or remembered), run.
#pragma once

#include <map>

#include "run/executor.hpp"

namespace gradtape {

class Evaluator {
 public:
  explicit Evaluator(Recorder& recorder) : recorder_(recorder) {}
  Workers workers;

  // Gives each target its value, and the pending variables theirs. On an error nothing has changed.
  void evaluate(std::span<const Tensor> targets);
  // The same for targets alone, timing the plan's steps.
  PlanPtr evaluate_timed(std::span<const Tensor> targets, std::vector<double>& seconds);
  // The plan that would compute them.
  PlanPtr plan(std::span<const Tensor> targets) { return plan_for(schedule(recorder_, targets)); }

 private:
  PlanPtr compute(std::span<const Tensor> targets, std::vector<double>* seconds = nullptr);
  PlanPtr plan_for(const Schedule& s);

  static constexpr std::size_t kSteps = std::size_t{1} << 18;  // of all plans that are remembered

  Recorder& recorder_;
  std::map<std::array<uint64_t, 2>, PlanPtr> plans_;
  std::size_t steps_ = 0;
  Memory memory_;
};

}  // namespace gradtape
