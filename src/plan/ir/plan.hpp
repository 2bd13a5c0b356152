// A plan: the steps that compute a schedule. It is free of the graph, so that the next schedule of the same structure
// can use it.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "plan/ir/loop.hpp"

namespace gradtape::core {

struct Step {
  enum Kind : uint8_t { loop, kernel, reduce, copy, native } kind;
  const Op* op = nullptr;
  const Op* of = nullptr;  // kernel, reduce: the op that the user called
  AttrsPtr attrs;
  SmallVector<Operand, 2> in;    // kernel, reduce, copy
  SmallVector<uint32_t, 2> out;  // slots
  std::shared_ptr<const Loop> body;
  // native: straight-line code, which is given the addresses of the slots, and the arena in place of the scratch.
  std::shared_ptr<const Loop::NativeUnit> unit;
  // kernel: above 0 where the next step, a loop, can read each `grain` rows of the output as they are complete.
  int64_t grain = 0;
  bool is_final = false;  // loop: is native code as far as it can be

  bool reads(uint32_t slot) const { return std::ranges::find(in, slot, &Operand::slot) != in.end(); }
};

// The memory of a slot.
struct Location {
  enum Kind : uint8_t { leaf, constant, result, arena, none } kind;  // none: not computed, for nothing reads it
  std::size_t at;  // leaf, constant: its number; result: its number among results; arena: bytes
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Spec> slots;
  std::vector<Location> locations;  // by slot
  std::vector<BufferPtr> constants;
  std::vector<uint32_t> result_slots;        // slots that outlive the plan and that it computes
  std::vector<std::string_view> result_ops;  // which op computes each, for errors
  std::string_view arena_op = "plan";        // the op with the largest temporary
  std::vector<uint32_t> results;             // Program::results
  std::size_t arena = 0;                     // bytes: temporaries and partials
  std::size_t scratch = 0;                   // bytes for each thread, behind the arena
  std::size_t workspace_at = 0;
  int64_t runs = 0, compile_at = 2;  // how often it has run, how often it must have for its loops to be compiled
  bool has_kernels = false;          // some of which may call BLAS
  Counted memory, native_code;       // of the plan itself, of its pages of code

  std::size_t bytes() const { return memory.bytes() + native_code.bytes(); }
};
using PlanPtr = std::shared_ptr<Plan>;

// The program as a plan, by the passes on plans (pipeline.hpp). memory: where the plan's own bytes are counted.
PlanPtr make_plan(Program program, BlockCache& memory);

// Counts the plan's bytes again, once loops have been compiled.
void recount(Plan& plan) noexcept;

// The steps, a line each, with the bytes each reads and writes; and with the seconds each took, where they are given.
std::string plan_as_text(const Plan& plan, std::span<const double> seconds = {});
std::string plan_as_dot(const Plan& plan);

}  // namespace gradtape::core
