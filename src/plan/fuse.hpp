// Fusion: runs of elementwise steps become one step each.
#pragma once

#include "plan/plan.hpp"

namespace gradtape {

// The steps in an order in which they can run, elementwise ones gathered into fused ones. wanted: by slot, whether its
// value outlives the plan.
std::vector<Step> fuse(std::vector<Step> steps, const std::vector<Spec>& specs, const std::vector<uint8_t>& wanted);

}  // namespace gradtape
