// Reductions that are complete only when their loop is.
#pragma once

#include "plan/loops/members.hpp"

namespace gradtape::core {

// The partial results of a reduction in a loop that has its geometry; without a place in the workspace.
Loop::PartialReduction partial_reduction(const LoopMembers& members, const Instruction& reduction, const Loop& loop);
// Gives partials their places in the workspace. Those by columns are a row of all columns for each block. The others
// are one number for each tile, and the tiles of a row lie next to each other.
void lay_out_partials(Loop& loop);

}  // namespace gradtape::core
