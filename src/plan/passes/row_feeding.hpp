// Loops that read a product row by row while it is computed: bias, activation and the like find it in the cache.
#pragma once

#include "plan/ir/plan.hpp"

namespace gradtape::core {

// Pass "feed". Finds kernels whose output a loop can read so; sets their grain and moves the loop right behind.
void feed_rows(const Program& program, std::vector<Step>& steps);

}  // namespace gradtape::core
