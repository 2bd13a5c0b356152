// Two instructions of a loop as one.
#pragma once

#include "plan/loops/members.hpp"

namespace gradtape::core {

// A sum, difference or product that one other alone reads becomes a part of that. The part of a function that its rest
// alone reads makes the function whole.
struct Pairs {
  using Partners = SmallVector<uint32_t, 8>;
  Partners outer, inner;  // by member: the other one of a pair

  bool is_inner(uint32_t member) const { return outer[member] != kNone; }
  bool has_inner(uint32_t member) const { return inner[member] != kNone; }
  // The member whose instruction computes this one.
  uint32_t runs_with(uint32_t member) const { return is_inner(member) ? outer[member] : member; }
};
Pairs find_pairs(const LoopMembers& members);
// The tile function of both; null: there is none.
TileFn pair_tile(const LoopMembers& members, const Instruction& inner, const Instruction& outer);

}  // namespace gradtape::core
