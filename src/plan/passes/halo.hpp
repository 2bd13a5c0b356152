// Loops whose results are only read shifted, with zeros around them: the gradient of a difference of neighbours, say.
#pragma once

#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// Pass "halo". Brings the instructions of such a loop into the one that reads it, which computes for each tile what its
// shifts take from there: a few elements more than the tile has, the halo.
void fuse_halos(const Program& program, std::vector<Group>& groups);

// The elements of zeros before those of the operand, where the instruction puts zeros before and after all of them, and
// its result is the space.
std::optional<int64_t> shift_of(const Program& program, const Instruction& instruction, const Shape& space);

}  // namespace gradtape::core
