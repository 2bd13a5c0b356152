// Dead code elimination: one walk from the last instruction to the first.
#include "plan/passes/dead_code.hpp"

#include <algorithm>

namespace gradtape::core {

void eliminate_dead_code(Program& program) {
  std::vector<Instruction>& all = program.instructions;
  std::vector<uint8_t> needed(program.wanted), used(all.size(), 0);
  for (std::size_t i = all.size(); i-- > 0;) {
    used[i] = std::ranges::any_of(all[i].out, [&](uint32_t slot) { return needed[slot] != 0; });
    if (!used[i]) continue;
    for (const Operand& x : all[i].in) needed[x.slot] = 1;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!used[i]) continue;
    if (kept != i) all[kept] = std::move(all[i]);
    ++kept;
  }
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
}

}  // namespace gradtape::core
