// Signs and constant factors of elementwise ops, moved to where they cost nothing.
#pragma once

#include <functional>

#include "plan/ir/program.hpp"

namespace gradtape::core {

// What is known of a program while it is made.
struct Origins {
  const Program& program;
  const std::vector<uint32_t>& instruction;          // by slot: that which computes it; Program::kNone
  const std::vector<std::optional<double>>& number;  // by slot: its value, where it is one number known beforehand
  std::function<uint32_t(Dtype, double)> constant;   // a slot of rank 0
};

// -(-x) is x; a + -b is a - b; a - -b is a + b; (-a) (-b) is a b; -(c x) and c (-x) are (-c) x: all of these to the
// last bit. c (d x) is (c d) x, where no product on the way can leave the range of numbers if x c d does not: |c|, |d|
// >= 1. May change the op and its operands. Returns an operand that the result is, where it is nothing else.
std::optional<Operand> simplify_signs(const Origins& origins, const Op*& op, SmallVector<Operand, 2>& in);

}  // namespace gradtape::core
