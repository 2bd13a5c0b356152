// A group of instructions as one loop.
#pragma once

#include "plan/ir/plan.hpp"
#include "plan/loops/members.hpp"

namespace gradtape::core {

Step build_loop(const LoopMembers& members);

}  // namespace gradtape::core
