// The promises of each stage of the planner, as checks. A promise that is broken is an error of the library
// (Status::internal) whose message says which.
#pragma once

#include "plan/pipeline.hpp"

namespace gradtape::core {

// The program: a slot has one producer, before all that read it; leaves and constants have none. Operands lie within
// their slots. An elementwise instruction has one output, and operands that broadcast to it. A kernel reads dense
// memory; so does a reduction of axes that are neither the first nor the last ones.
void verify_program(const Program& program);
// Groups: each instruction is in one, after or among those whose results it reads; only loops have several members.
void verify_fused(const Draft& draft);
// Groups: the same, but a cheap instruction may be in several loops; members of another space are shifted.
void verify_groups(const Draft& draft);
// Steps: a step reads leaves, constants and what a step before it wrote; a slot is written once. Loops name ports and
// scratch tiles that they have, and write what they read of these before.
void verify_steps(const Draft& draft);
// Memory: locations fit the slots, and no two values that live at once overlap but a loop's operand and its result.
void verify_memory(const Draft& draft);

}  // namespace gradtape::core
