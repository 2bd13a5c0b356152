// The location of each slot of a plan while the plan runs.
#pragma once

#include "plan/ir/plan.hpp"

namespace gradtape::core {

// Pass "memory". Gives each slot its location. Temporaries share one block, the arena, by the steps between which they
// live. A loop's result may take the memory of an operand that dies with it.
void assign_memory(const Program& program, Plan& plan);

}  // namespace gradtape::core
