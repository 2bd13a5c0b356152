// Loops whose results are only read shifted, with zeros around them: the gradient of a difference of neighbours, say.
#pragma once

#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// Pass "halo". Moves the instructions of such a loop into the loop that reads it. For each tile, that loop computes the
// elements that its shifts take from there: a few more than the tile has, the halo.
void fuse_halos(const Program& program, std::vector<Group>& groups);

// The number of zeros before the operand's elements. Empty: the instruction does not put zeros before and after all of
// them, or its result is not the space.
std::optional<int64_t> shift_of(const Program& program, const Instruction& instruction, const Shape& space);

}  // namespace gradtape::core
