// The compiler of loops: runs of cheap instructions become native functions whose values stay in registers.
#pragma once

#include "plan/ir/plan.hpp"

namespace gradtape::core::jit {

// The same loop with native units in place of instructions, for the same results to the bit (but for the payloads of
// nan). Null where nothing is gained, native code is not available, or memory runs out.
std::shared_ptr<const Loop> compile(const Loop& loop);

// Compiles those loops of the plan for which it pays if the plan is run as often as this. Sets plan.compile_at to the
// number of runs for which it pays to ask again. The plan must not be running.
void compile_loops(Plan& plan, int64_t runs);
inline constexpr int64_t kEveryLoop = INT64_MAX;      // runs: compile whatever can be
inline constexpr int64_t kRunsOfAFunction = 1000;     // runs that a function is expected to have when it is made
inline constexpr int64_t kNeverCompiled = INT64_MAX;  // compile_at

}  // namespace gradtape::core::jit
