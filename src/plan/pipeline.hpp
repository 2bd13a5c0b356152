// The passes by which a program becomes a plan.
#pragma once

#include <span>

#include "plan/ir/plan.hpp"
#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// What the passes work on: first groups of instructions, then steps, then steps with memory.
struct Draft {
  const Program& program;
  std::vector<Group> groups;
  Plan plan;
};

struct Pass {
  const char* name;
  void (*run)(Draft&);
  void (*skip)(Draft&);  // in place of run, where the pass is skipped; null: it cannot be
  void (*verify)(const Draft&);
};
// All of them, in the order in which they run.
std::span<const Pass> passes();

// GRADTAPE_SKIP=fuse,halo in the environment skips passes, GRADTAPE_SKIP=all each that can be: for tests, and to look
// for a defect. GRADTAPE_DUMP=fuse,memory prints to the standard error what passes leave; "program" is what they are
// given. GRADTAPE_VERIFY=1 checks after each pass what it promises (verify.hpp), as debug builds always do.

}  // namespace gradtape::core
