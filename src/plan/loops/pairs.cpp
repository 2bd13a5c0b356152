// Pairs of instructions: each member is in one at most.
#include "plan/loops/pairs.hpp"

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
  Pairs::Partners reads(m.size(), 0);  // by member: how often later ones read it
  for (uint32_t i = 0; i < m.size(); ++i)
    for (const Operand& x : m[i].in)
      if (const uint32_t from = m.computed_by[x.slot]; from != kNone && from < i) ++reads[from];
  const Pairs::Partners none(m.size(), kNone);
  Pairs pairs{none, none};
  for (uint32_t j = 0; j < m.size(); ++j)
    for (const Operand& x : m[j].in) {
      const uint32_t i = m.computed_by[x.slot];
      if (i == kNone || reads[i] != 1 || m.escapes[x.slot]) continue;
      if (pairs.has_inner(i) || !pair_tile(m, m[i], m[j])) continue;
      pairs.inner[j] = i;
      pairs.outer[i] = j;
      break;
    }
  return pairs;
}

}  // namespace gradtape::core
