// Pairs of instructions: each member is in one at most.
#include "plan/loops/pairs.hpp"

#include <unordered_map>

namespace gradtape::core {

TileFn pair_tile(const LoopMembers& m, const Instruction& inner, const Instruction& outer) {
  if (!inner.is_elementwise() || !outer.is_elementwise() || m.level(inner) != m.level(outer)) return nullptr;
  const auto& first = std::get<Elementwise>(inner.op->computation);
  const auto& second = std::get<Elementwise>(outer.op->computation);
  const Dtype dtype = m.dtype(outer.out[0]);
  if (second.whole) {
    const auto& whole = std::get<Elementwise>(second.whole->computation);
    return whole.part == inner.op ? whole.loop(dtype, dtype) : nullptr;
  }
  if (!first.pair || !second.pair) return nullptr;
  const bool right = outer.in[1].slot == inner.out[0];
  return first.pair(first.arithmetic, second.arithmetic, right, dtype);
}

Pairs find_pairs(const LoopMembers& m) {
  struct Computed {
    uint32_t member, reads;
  };
  std::unordered_map<uint32_t, Computed> computed;  // by slot
  for (uint32_t i = 0; i < m.size(); ++i) {
    for (const Operand& x : m[i].in)
      if (auto it = computed.find(x.slot); it != computed.end()) ++it->second.reads;
    computed[m[i].out[0]] = {i, 0};
  }
  Pairs pairs{std::vector<uint32_t>(m.size(), kNone), std::vector<uint32_t>(m.size(), kNone)};
  for (uint32_t j = 0; j < m.size(); ++j)
    for (const Operand& x : m[j].in) {
      const auto it = computed.find(x.slot);
      if (it == computed.end() || it->second.reads != 1 || m.escapes[x.slot]) continue;
      const uint32_t i = it->second.member;
      if (pairs.has_inner(i) || !pair_tile(m, m[i], m[j])) continue;
      pairs.inner[j] = i;
      pairs.outer[i] = j;
      break;
    }
  return pairs;
}

}  // namespace gradtape::core
