// Groups of instructions as the steps of a plan.
#pragma once

#include "plan/ir/plan.hpp"
#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// Pass "steps". A loop for each group that is one, else a call of a kernel, a reduction or a copy. If
// several groups compute a slot, the first writes it for steps that only read it.
std::vector<Step> make_steps(const Program& program, const std::vector<Group>& groups);

}  // namespace gradtape::core
