// A loop's instructions as the compiler sees them: values in single assignment, and which instructions can be inlined.
#pragma once

#include "jit/unit.hpp"
#include "plan/ir/loop.hpp"

namespace gradtape::core::jit {

// A value of a loop: comes from outside, by a port or a fill, or is the result of a member.
struct LoopValue {
  static constexpr int32_t kOutside = -1;

  Loop::TileRef at;  // as the loop has it
  int32_t producer = kOutside;
  SmallVector<int32_t, 4> readers = {};  // members
};
struct LoopMember {
  const Loop::Instruction* instruction;
  SmallVector<int32_t, 3> in;  // values
  int32_t out = kNoValue;
  // The size of an inlined member's elements, 0 if all of these are bools. Nothing: it is not inlined.
  std::optional<int> element_size;
  SmallVector<int32_t, 4> after;  // members that must have run before

  static constexpr int32_t kNoValue = -1;
  bool is(Loop::Instruction::Kind kind) const { return instruction->kind == kind; }
  // Operations on an element: two of a pair.
  int operations() const { return instruction->before ? 2 : 1; }
};
struct LoopGraph {
  std::vector<LoopMember> members;  // by instruction
  std::vector<LoopValue> values;

  explicit LoopGraph(const Loop& loop);
  const LoopMember& member(int32_t i) const { return members[static_cast<std::size_t>(i)]; }
  const LoopValue& value(int32_t i) const { return values[static_cast<std::size_t>(i)]; }
};

// Records a tile instruction, applied to the results of these instructions of the program. Returns the number of its
// result; nothing: an op of it has no lanes.
std::optional<int32_t> record(const Loop::Instruction& i, std::span<const int32_t> operands,
                              math::LaneProgram& program);
// The size of the elements if the instruction can be inlined, 0 if all of them are bools.
std::optional<int> inlined_size(const Loop::Instruction& i);
// Nothing: native code lacks the reduction.
std::optional<Combine> combine_of(const Op& reduction, Dtype dtype);
// The dtype of an operand of a tile instruction.
Dtype operand_dtype(const Loop::Instruction& i, std::size_t operand);

}  // namespace gradtape::core::jit
