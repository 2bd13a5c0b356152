// Tile instructions for two sums, differences or products in a row: half the calls, and the value between them stays in
// a register.
#pragma once

#include "graph/kernel_call.hpp"

namespace gradtape::core::kernels {

// (x inner y) outer z, or z outer (x inner y) where `right`; null where there is no such instruction.
TileFn fused_pair(Arithmetic inner, Arithmetic outer, bool right, Dtype dtype);

}  // namespace gradtape::core::kernels
