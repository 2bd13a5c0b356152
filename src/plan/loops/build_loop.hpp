// A group of instructions as one loop.
#pragma once

#include "plan/ir/plan.hpp"
#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// escapes, by_rows: by slot, whether something outside the group needs it, and whether it comes row by row
// (row_feeding.hpp).
Step build_loop(const Program& program, const Group& group, const std::vector<uint8_t>& escapes,
                const std::vector<uint8_t>& by_rows);

}  // namespace gradtape::core
