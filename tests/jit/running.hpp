// Plans run over memory of the test's own, interpreted and compiled.
#pragma once

#include <cstring>
#include <vector>

#include "jit/compile.hpp"
#include "native.hpp"
#include "plan/program_by_hand.hpp"
#include "run/executor.hpp"

namespace gradtape::core::jit {

using Results = std::vector<std::vector<std::byte>>;

// The results of the plan, by result slot. leaves: the memory of each. Fresh memory is filled with a byte first.
inline Results run(const Plan& plan, Recorder& recorder, const std::vector<void*>& leaves, const Workers& workers,
                   int filling) {
  Memory memory(recorder);
  memory.slots.assign(plan.slots.size(), nullptr);
  std::copy(leaves.begin(), leaves.end(), memory.slots.begin());
  Results results;
  for (uint32_t slot : plan.result_slots) {
    results.emplace_back(bytes_of(plan.slots[slot]), static_cast<std::byte>(filling));
    memory.slots[slot] = results.back().data();
  }
  const std::size_t bytes = arena_bytes(plan, workers);
  const BufferPtr arena = recorder.allocate(bytes, "test");
  std::memset(arena->data(), filling, bytes);
  memory.arena = static_cast<std::byte*>(arena->data());
  lay_out(plan, memory);
  execute(plan, memory, workers);
  return results;
}

// The native units of all steps.
inline int native_units(const Plan& plan) {
  std::size_t units = 0;
  for (const Step& step : plan.steps) units += step.body ? step.body->units.size() : step.unit != nullptr;
  return static_cast<int>(units);
}

// A program's plan, and what it gives while its loops are interpreted, on leaves with values that are hard to treat.
class Planned {
 public:
  explicit Planned(Program program, int threads = 1) : workers_(threads) {
    std::mt19937_64 random(1);
    for (uint32_t slot = 0; slot < program.leaves; ++slot) {
      const Spec& spec = program.slots[slot];
      values_.push_back(
          hard_elements(spec.dtype, static_cast<std::size_t>(spec.shape.elements()), 1 + 20 * slot, random));
    }
    for (std::vector<std::byte>& value : values_) leaves_.push_back(value.data());
    plan_ = make_plan(std::move(program), recorder_.memory());
    interpreted_ = results();
  }
  Plan& plan() { return *plan_; }
  int units() const { return native_units(*plan_); }
  void compile() { compile_loops(*plan_, kEveryLoop); }
  // Whether the plan gives now what it gave then.
  bool is_right() {
    const Results now = results();
    for (std::size_t k = 0; k < now.size(); ++k) {
      const Spec& spec = plan_->slots[plan_->result_slots[k]];
      const auto n = static_cast<std::size_t>(spec.shape.elements());
      if (first_difference(spec.dtype, now[k].data(), interpreted_[k].data(), n) != n) return false;
    }
    return true;
  }

 private:
  Results results() { return run(*plan_, recorder_, leaves_, workers_, 0xFF); }

  IdleHost host_;
  Recorder recorder_{host_, op_named("cast")};
  const Workers workers_;
  std::vector<std::vector<std::byte>> values_;
  std::vector<void*> leaves_;
  PlanPtr plan_;
  Results interpreted_;
};

}  // namespace gradtape::core::jit
