// The rules by which expressions become equal ones that cost less, and by which facts about their results are found.
#pragma once

#include "plan/lower/builder.hpp"

namespace gradtape::core {

// A rule stands in a file of rules/ that has its name. A rule has no state, and looks at one expression at a time.
struct Rule {
  const char* name;
  // Changes the expression into an equal one, or returns the operand that its result is. null: the rule finds facts.
  std::optional<Operand> (*simplify)(ProgramBuilder&, Expression&);
  // Notes facts about the results of a node's op. The expression is the node's own, before any rule changed it.
  void (*note)(ProgramBuilder&, const Expression&, std::span<const Operand> results) = nullptr;
};

// Signs, to the last bit: -(-x) is x. a + -b is a - b. a - -b is a + b. (-a) (-b) is a b. -(c x), c (-x) are (-c) x.
// c (d x) is (c d) x if |c|, |d| >= 1. No product on the way then leaves the range of numbers before x c d does.
// A carry (a product that keeps zeros) by a number that makes no zero nan is an ordinary product.
std::optional<Operand> move_signs(ProgramBuilder&, Expression&);
// An elementwise op of numbers known beforehand is a number, computed now by the op's own loop.
std::optional<Operand> fold_constants(ProgramBuilder&, Expression&);
// x + 0, x * 1 and their like (Elementwise::neutral_left, neutral_right) are x.
std::optional<Operand> drop_neutral(ProgramBuilder&, Expression&);
// An operand of an elementwise op may have innermost elements that lie apart. It is copied into order once, if it is
// read several times or belongs to a function.
std::optional<Operand> order_operands(ProgramBuilder&, Expression&);
// A function with a part that others share (Elementwise::part) becomes that part and the rest. The part is then a
// common subexpression of the function and its derivative.
std::optional<Operand> split_parts(ProgramBuilder&, Expression&);
// An elementwise op of a function's constants may repeat along an axis: one element of the axis is computed. A reduction
// over an axis along which its operand only repeats reads one element of the axis. A sum is a product of the element and
// the length, a maximum the element.
std::optional<Operand> reduce_repeats(ProgramBuilder&, Expression&);
// A matrix product reads transposes and other views of its operands as they lie. An identity matrix times a matrix is
// that matrix. A diagonal matrix times a matrix is a scaling of its rows.
std::optional<Operand> simplify_products(ProgramBuilder&, Expression&);
// Notes the bands of a result that is 0 but on a few diagonals. These results come of identity matrices, of ops that
// are zero where an operand is (Elementwise::zero_where), and of zero padding.
void note_bands(ProgramBuilder&, const Expression&, std::span<const Operand> results);

// All of them, in the order in which they apply.
std::span<const Rule> rules();

}  // namespace gradtape::core
