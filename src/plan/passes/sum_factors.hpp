// Factors of the terms of a sum.
#pragma once

#include <functional>

#include "plan/ir/program.hpp"

namespace gradtape::core {

// A sum of numbers without the factors that all of its terms have.
struct FactoredSum {
  Operand terms;
  const Instruction* product = nullptr;  // makes the terms; null: as it is
  SmallVector<Operand, 2> in = {};       // the product's operands without factors
  std::vector<Operand> factors = {};     // of the sum: powers of two
  bool negated = false;

  bool has_factors() const { return negated || !factors.empty(); }
};

// Finds signs and small powers of two in front of the terms of a reduce_sum, and of the factors of a product there. A sum
// without them has the same bits, unless it is at the limits of the range of numbers. made_by gives the instruction that
// computes an operand element by element.
FactoredSum without_factors(const Program& program, const Instruction& sum,
                            const std::function<const Instruction*(const Operand&)>& made_by);

}  // namespace gradtape::core
