// The passes by which the nodes of a schedule become a program, and a program becomes a plan.
#pragma once

#include <span>

#include "plan/ir/plan.hpp"
#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// The object of the passes: a program, then groups of its instructions, then steps, then steps with memory.
struct Draft {
  const Schedule* schedule = nullptr;  // null: the program was given
  Program program;
  std::vector<Group> groups;
  Plan plan;
};

struct Pass {
  const char* name;
  void (*run)(Draft&);
  void (*skip)(Draft&);  // in place of run, where the pass is skipped; null: it cannot be
  void (*verify)(const Draft&);
};
// All of them, in the order in which they run. A function's program is hoisted (hoist_constants.hpp) between the two.
std::span<const Pass> program_passes();
std::span<const Pass> plan_passes();

}  // namespace gradtape::core
