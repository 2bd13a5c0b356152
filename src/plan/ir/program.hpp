// A schedule freed of the graph and cleaned up: instructions that read memory through layouts. An op that only
// rearranges memory (reshape, transpose, broadcast_to, slice, reverse) is no instruction but a layout.
#pragma once

#include <optional>
#include <vector>

#include "plan/schedule.hpp"

namespace gradtape::core {

// An input of an instruction: a slot's memory, seen through a layout.
struct Operand {
  uint32_t slot;
  Layout layout;
};

template <>
inline constexpr bool kMovesByBytes<Operand> = true;

struct Instruction {
  const Op* op;  // null: copies its operand into row-major order
  AttrsPtr attrs;
  SmallVector<Operand, 2> in;
  SmallVector<uint32_t, 1> out;  // slots, row-major
  const Op* of = nullptr;        // the op that the user called, for messages
  uint8_t batch = 0;             // of a loop's instruction: how many leading axes it takes one by one (orient.hpp)
  bool places = false;           // a loop over the first operand puts each element to its place in the result

  bool is_elementwise() const { return op && op->is_elementwise(); }
  bool is_pad() const { return op && op->pad; }
  // Whether its loop goes through the operands, and not through the result.
  bool walks_operands() const { return places || reduction(); }
  // Whether elements of the operand are taken here and there, and not as the loop walks.
  bool reads_whole(const Operand& x) const { return is_pad() || (places && !(x.layout.shape == in[0].layout.shape)); }
  const Reduction* reduction() const { return op ? std::get_if<Reduction>(&op->computation) : nullptr; }
};

inline constexpr uint32_t kNone = UINT32_MAX;  // no slot, instruction or group

struct Program {
  // Whether there may be instructions of these kinds: passes for them need not look at programs without.
  bool may_pad = true, may_reduce = true;
  uint32_t leaves = 0;      // the first slots: values that are given
  std::vector<Spec> slots;  // what each slot's memory holds
  std::vector<Instruction> instructions;
  std::vector<std::pair<uint32_t, BufferPtr>> constants;  // slots whose values were known beforehand
  // By output of the schedule's nodes (see Schedule::slots), where it is kept: the slot that holds it.
  std::vector<uint32_t> results;
  std::vector<uint8_t> wanted;  // by slot: outlives the plan
};

// The schedule as a program, by the passes on programs (pipeline.hpp).
Program make_program(const Schedule& schedule);

}  // namespace gradtape::core
