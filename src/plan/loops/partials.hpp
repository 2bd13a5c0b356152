// Reductions that are complete only when their loop is.
#pragma once

#include "plan/loops/members.hpp"

namespace gradtape::core {

// The partial results of a reduction in a loop that has its geometry; without a place in the workspace.
Loop::PartialReduction partial_reduction(const LoopMembers& members, const Instruction& reduction, const Loop& loop);
// Gives partials their places in the workspace: for each block a row of all columns; else one number for each tile,
// those of a row next to each other.
void lay_out_partials(Loop& loop);

}  // namespace gradtape::core
