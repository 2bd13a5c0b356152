// What is cheap is computed again where another loop reads it, rather than written to memory and read back.
#pragma once

#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// Pass "rematerialise". Gives loops copies of cheap instructions of other loops, where that saves memory traffic. Takes
// groups of which each instruction is in one; leaves groups in order, of which several may have an instruction.
void rematerialise(const Program& program, std::vector<Group>& groups);

}  // namespace gradtape::core
