#include "plan/passes/steps.hpp"

#include "plan/loops/build_loop.hpp"

namespace gradtape::core {

namespace {
Step single(const Instruction& i) {
  Step step{};
  step.kind = !i.op ? Step::copy : i.reduction() ? Step::reduce : Step::kernel;
  step.op = i.op;
  step.of = i.of;
  step.attrs = i.attrs;
  step.in = i.in;
  for (uint32_t slot : i.out) step.out.push_back(slot);
  return step;
}

}  // namespace

std::vector<Step> make_steps(const Program& program, const std::vector<Group>& groups) {
  // A slot leaves its group where it is wanted, or where a group reads it that does not compute it itself.
  std::vector<uint8_t> escapes(program.wanted), by_rows(program.slots.size(), 0);
  std::vector<uint32_t> computed_by(program.slots.size(), kNone);
  for (uint32_t g = 0; g < groups.size(); ++g)
    for (uint32_t m : groups[g].members) {
      for (const Operand& x : program.instructions[m].in)
        if (computed_by[x.slot] != g) escapes[x.slot] = 1;
      for (uint32_t slot : program.instructions[m].out) computed_by[slot] = g;
      const Op* op = program.instructions[m].op;
      if (op && op->product) by_rows[program.instructions[m].out[0]] = 1;
    }
  std::vector<Step> steps;
  steps.reserve(groups.size());
  computed_by.assign(program.slots.size(), kNone);
  for (const Group& g : groups) {
    const Instruction& first = program.instructions[g.members[0]];
    if (g.is_loop && !(first.is_pad() && g.members.size() == 1)) {
      for (uint32_t i = 0; i < g.members.size(); ++i) computed_by[program.instructions[g.members[i]].out[0]] = i;
      steps.push_back(build_loop({program, g, escapes, by_rows, computed_by}));
      for (uint32_t m : g.members) computed_by[program.instructions[m].out[0]] = kNone;
    } else if (!first.is_elementwise()) {  // one that is no loop is empty
      steps.push_back(single(first));
    }
    // If several groups compute a slot (rematerialise.hpp), the first writes it for those that only read it.
    for (uint32_t m : g.members)
      for (uint32_t slot : program.instructions[m].out) escapes[slot] = 0;
  }
  return steps;
}

}  // namespace gradtape::core
