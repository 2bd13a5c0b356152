// Straight-line code: consecutive loops over a few elements become one step, a native function without loops.
#pragma once

#include "plan/ir/plan.hpp"

namespace gradtape::core::jit {

// Merges the plan's loops over few elements, whose instructions are unrolled. Values between them stay in registers or on the stack: they are stored
// only where another step reads them, or as results. It throws where memory runs out; then the plan is as it was.
void merge_small_loops(Plan& plan);

}  // namespace gradtape::core::jit
