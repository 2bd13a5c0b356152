// Loops in batches that reduce their columns: all of a batch's rows in one native function, with sums in registers.
#pragma once

#include <optional>

#include "jit/unit.hpp"
#include "plan/ir/loop.hpp"

namespace gradtape::core::jit {

// A loop with one native instruction, and its units: for several batches at once, then for those that are left.
struct StripLoop {
  std::vector<Unit> units;
  std::shared_ptr<Loop> loop;
};
// Nothing: the loop is none of these, or has an instruction that cannot be inlined. Its operands must lie evenly.
std::optional<StripLoop> strip_loop(const Loop& loop);

}  // namespace gradtape::core::jit
