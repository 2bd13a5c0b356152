// Computes pending tensors: schedule, plan (made or remembered), run.
#pragma once

#include <list>
#include <map>

#include "run/executor.hpp"

namespace gradtape::core {

class Evaluator {
 public:
  explicit Evaluator(Recorder& recorder) : recorder_(recorder), memory_(recorder) {
    recorder.memory().forget_plans = [this] { forget_plans(); };
  }
  ~Evaluator() { recorder_.memory().forget_plans = nullptr; }
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;
  Workers workers;
  // Whether evaluations run node by node, and fail where one makes a nan or an infinity (NotFinite). Then no value is
  // kept.
  bool checks_finite = false;

  // Gives each target its value, and the pending variables theirs. On an error nothing has changed.
  void evaluate(std::span<const Tensor> targets);
  // Gives each target its value in its place, without the pending variables.
  void evaluate_into(std::span<const Tensor> targets, std::span<const Place> places);
  // The bytes that evaluate_into takes beside the places. Targets may depend on placeholders and parameters.
  uint64_t working_memory(std::span<const Tensor> targets);
  // The same as evaluate for targets alone, timing the plan's steps.
  PlanPtr evaluate_timed(std::span<const Tensor> targets, std::vector<double>& seconds);
  // The plan that would compute them.
  PlanPtr plan(std::span<const Tensor> targets) { return plan_for(schedule(recorder_, targets)); }
  // Lets go of all plans that are only remembered.
  void forget_plans() noexcept;

  static constexpr std::size_t kMostPlanBytes = std::size_t{128} << 20;  // of all plans that are remembered

 private:
  PlanPtr compute(std::span<const Tensor> targets, std::vector<double>* seconds = nullptr,
                  std::span<const Place> places = {});
  void compute_checked(Schedule& s, std::span<const Tensor> targets, bool in_body);
  // Runs the plan of a schedule; the value of leaf i is leaf(i). Returns the results, those that have no place yet in new
  // memory.
  template <class LeafValue>
  std::vector<BufferPtr> run(const Schedule& s, Plan& plan, LeafValue&& leaf, std::vector<BufferPtr> results,
                             std::vector<double>* seconds);
  PlanPtr plan_for(const Schedule& s);
  void compile_loops(Plan& plan);

  using Hash = std::array<uint64_t, 2>;
  struct Remembered {
    Hash hash;
    PlanPtr plan;
  };

  Recorder& recorder_;
  std::list<Remembered> plans_;  // the one used last first
  std::map<Hash, std::list<Remembered>::iterator> by_hash_;
  std::size_t plan_bytes_ = 0;
  Memory memory_;
};

}  // namespace gradtape::core
