// The promises of programs and groups.
#include <algorithm>

#include "plan/verify/promise.hpp"
#include "plan/verify/verify.hpp"

namespace gradtape::core {

namespace {

std::string_view name_of(const Instruction& i) { return i.op ? std::string_view(i.op->name) : "copy"; }

// Whether all elements that the layout names are elements of a slot of this shape.
bool lies_within(const Layout& layout, const Shape& slot) {
  if (layout.shape.elements() == 0) return true;
  int64_t first = layout.offset, last = layout.offset;
  for (std::size_t k = 0; k < layout.shape.rank(); ++k)
    (layout.strides[k] < 0 ? first : last) += layout.strides[k] * (layout.shape[k] - 1);
  return first >= 0 && last < slot.elements();
}
bool broadcasts_to(const Shape& shape, const Shape& to) {
  Shape wider;
  return broadcast_shapes(shape, to, wider) && wider == to;
}

void verify_instruction(const Program& program, std::size_t at, const std::vector<uint8_t>& known) {
  const Instruction& i = program.instructions[at];
  for (const Operand& x : i.in) {
    need(x.slot < program.slots.size(), "instruction {} ({}) reads slot {} of {}", at, name_of(i), x.slot,
         program.slots.size());
    need(known[x.slot], "instruction {} ({}) reads slot {} before it has a value", at, name_of(i), x.slot);
    need(x.layout.strides.size() == x.layout.shape.rank(), "instruction {} ({}): a layout of rank {} has {} strides",
         at, name_of(i), x.layout.shape.rank(), x.layout.strides.size());
    need(lies_within(x.layout, program.slots[x.slot].shape), "instruction {} ({}) reads beyond slot {}", at, name_of(i),
         x.slot);
  }
  if (!i.op)
    need(i.in.size() == 1 && i.out.size() == 1, "copy {} has {} operands, {} results", at, i.in.size(), i.out.size());
  if (i.reduction()) {
    need(i.in.size() == 1, "reduction {} ({}) has {} operands", at, name_of(i), i.in.size());
    const Layout& x = i.in[0].layout;
    need(is_dense(x) || reduction_axes(x.shape, axes_of(i)).direction != Direction::mixed,
         "reduction {} ({}) of mixed axes reads a view", at, name_of(i));
  } else if (i.places) {
    for (const Operand& x : i.in)
      need(!i.reads_whole(x) || is_dense(x.layout), "instruction {} ({}) takes all of a view", at, name_of(i));
  } else if (i.op && !i.is_elementwise()) {
    for (const Operand& x : i.in) need(is_dense(x.layout), "kernel {} ({}) reads a view", at, name_of(i));
  }
  if (!i.is_elementwise()) return;
  need(i.out.size() == 1, "elementwise instruction {} ({}) has {} results", at, name_of(i), i.out.size());
  for (const Operand& x : i.in)
    need(broadcasts_to(x.layout.shape, program.slots[i.out[0]].shape),
         "instruction {} ({}): operand {} does not fit {}", at, name_of(i), to_string(x.layout.shape),
         to_string(program.slots[i.out[0]].shape));
}
}  // namespace

void verify_program(const Program& program) {
  need(program.wanted.size() == program.slots.size(), "{} slots, of which {} are wanted or not", program.slots.size(),
       program.wanted.size());
  std::vector<uint8_t> known(program.slots.size(), 0);
  std::fill_n(known.begin(), program.leaves, 1);
  for (const auto& [slot, buffer] : program.constants) {
    need(!known[slot], "constant slot {} is a leaf, or given twice", slot);
    known[slot] = 1;
  }
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    verify_instruction(program, i, known);
    for (uint32_t slot : program.instructions[i].out) {
      need(slot < known.size() && !known[slot], "slot {} has a second producer: instruction {} ({})", slot, i,
           name_of(program.instructions[i]));
      known[slot] = 1;
    }
  }
  for (std::size_t slot = 0; slot < known.size(); ++slot)
    need(known[slot] || !program.wanted[slot], "slot {} is wanted, and nothing computes it", slot);
}

namespace {
void verify_order(const Draft& draft) {
  const Program& p = draft.program;
  std::vector<uint8_t> from_instruction(p.slots.size(), 0);
  for (const Instruction& i : p.instructions)
    for (uint32_t slot : i.out) from_instruction[slot] = 1;
  std::vector<uint32_t> computed_by(p.slots.size(), kNone), last_computed_by(p.slots.size(), kNone);
  for (uint32_t g = 0; g < draft.groups.size(); ++g) {
    const Group& group = draft.groups[g];
    need(!group.members.empty() && std::ranges::is_sorted(group.members),
         "group {} is empty, or its members not in order", g);
    need(group.is_loop || group.members.size() == 1, "group {} is no loop and has {} members", g, group.members.size());
    need(group.members.size() <= kMostMembers, "group {} has {} members", g, group.members.size());
    for (uint32_t m : group.members) {
      for (const Operand& x : p.instructions[m].in)
        need(!from_instruction[x.slot] || computed_by[x.slot] != kNone,
             "group {}: instruction {} ({}) reads slot {}, which no group before it computes", g, m,
             name_of(p.instructions[m]), x.slot);
      for (uint32_t slot : p.instructions[m].out) {
        need(last_computed_by[slot] != g, "group {} computes slot {} twice", g, slot);
        last_computed_by[slot] = g;
        if (computed_by[slot] == kNone) computed_by[slot] = g;
      }
    }
  }
  for (const Instruction& i : p.instructions)
    for (uint32_t slot : i.out)
      need(computed_by[slot] != kNone || !p.wanted[slot], "slot {} is wanted, and no group computes it", slot);
}

void verify_member(const Program& p, const Group& group, uint32_t member) {
  const Instruction& i = p.instructions[member];
  need(i.is_elementwise() || i.is_pad() || i.walks_operands(), "a loop has member {} ({})", member, name_of(i));
  const Shape& shape = i.walks_operands() ? i.in[0].layout.shape : p.slots[i.out[0]].shape;
  const bool fits = group.is_shifted(member) ? i.is_elementwise() && shape == group.shifted->space
                                             : shape == group.space || (group.split != kFree &&
                                                                        is_row_shape(shape, group.space, group.split));
  need(fits, "a loop over {} has member {} ({}) over {}", to_string(group.space), member, name_of(i), to_string(shape));
}
}  // namespace

void verify_groups(const Draft& draft) {
  verify_order(draft);
  for (const Group& group : draft.groups) {
    if (!group.is_loop) continue;
    for (uint32_t m : group.members) verify_member(draft.program, group, m);
    for (uint32_t m : group.shifted ? group.shifted->members : Members())
      need(std::ranges::binary_search(group.members, m), "shifted instruction {} is no member", m);
  }
}

void verify_fused(const Draft& draft) {
  verify_groups(draft);
  std::vector<uint8_t> seen(draft.program.instructions.size(), 0);
  for (const Group& group : draft.groups) {
    need(!group.shifted, "fusion leaves a group with shifted members");
    for (uint32_t m : group.members) {
      need(!seen[m], "instruction {} is in two groups", m);
      seen[m] = 1;
    }
  }
  need(std::ranges::count(seen, 1) == std::ssize(seen), "an instruction is in no group");
}

}  // namespace gradtape::core
