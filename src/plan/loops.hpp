// A group of instructions as one loop.
#pragma once

#include "plan/groups.hpp"
#include "plan/plan.hpp"

namespace gradtape {

// leaves: by slot, whether something outside the group needs it.
Step build_loop(const Program& program, const Group& group, const std::vector<uint8_t>& leaves);

}  // namespace gradtape
