// The members of a group, as the parts of a loop's making see them.
#pragma once

#include "plan/ir/loop.hpp"
#include "plan/passes/fusion.hpp"

namespace gradtape::core {

// A group of instructions that becomes a loop. escapes, by_rows: by slot, whether something outside the group needs it,
// and whether it comes row by row (row_feeding.hpp). computed_by: by slot, the number of the member that computes it;
// kNone: nothing in the group does.
struct LoopMembers {
  const Program& program;
  const Group& group;
  const std::vector<uint8_t>& escapes;
  const std::vector<uint8_t>& by_rows;
  const std::vector<uint32_t>& computed_by;

  uint32_t size() const { return static_cast<uint32_t>(group.members.size()); }
  const Instruction& operator[](uint32_t i) const { return program.instructions[group.members[i]]; }
  Dtype dtype(uint32_t slot) const { return program.slots[slot].dtype; }
  uint8_t element_size(uint32_t slot) const { return static_cast<uint8_t>(size_of(dtype(slot))); }

  // The shape whose elements the instruction goes through.
  const Shape& walked(const Instruction& i) const {
    return i.walks_operands() ? i.in[0].layout.shape : program.slots[i.out[0]].shape;
  }
  Loop::Level level(const Instruction& i) const {
    if (group.is_shifted(static_cast<uint32_t>(&i - program.instructions.data()))) return Loop::Level::shifted;
    return walked(i) == group.space ? Loop::Level::full : Loop::Level::row;
  }
  const Reducer& reducer(const Instruction& reduction) const {
    return reduction.reduction()->table[static_cast<int>(dtype(reduction.out[0]))];
  }
  Direction direction(const Instruction& reduction) const {
    return reduction_axes(walked(reduction), axes_of(reduction), reduction.batch).direction;
  }
};

}  // namespace gradtape::core
