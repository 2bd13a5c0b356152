// Straight-line code: consecutive loops over one element become one step, a native function without loops.
#pragma once

#include "plan/ir/plan.hpp"

namespace gradtape::core::jit {

// Merges the plan's loops over single elements. Values between them stay in registers or on the stack: they are stored
// only where another step reads them, or as results. It throws where memory runs out; then the plan is as it was.
void merge_scalar_loops(Plan& plan);

}  // namespace gradtape::core::jit
