// Rematerialisation: a cheap value is computed again in each loop that reads it, in place of a store and a load.
#pragma once

#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// Pass "rematerialise". Gives loops copies of cheap instructions of other loops, where that saves memory traffic. Takes
// groups of which each instruction is in one; leaves groups in order, of which several may have an instruction.
void rematerialise(const Program& program, std::vector<Group>& groups);

}  // namespace gradtape::core
