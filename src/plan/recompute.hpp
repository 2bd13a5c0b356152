// What is cheap is computed again where another loop reads it, rather than written to memory and read back.
#pragma once

#include "plan/groups.hpp"

namespace gradtape {

// Gives loops copies of cheap instructions of other loops, where that saves memory traffic. The groups are in order.
void recompute_cheap(const Program& program, std::vector<Group>& groups);

}  // namespace gradtape
