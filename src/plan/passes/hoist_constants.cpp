// Instructions of a function that depend on no argument move into a program that runs once.
#include "plan/passes/hoist_constants.hpp"

#include <algorithm>

#include "plan/settings.hpp"

namespace gradtape::core {

Program hoist_constants(Program& program, const std::vector<uint8_t>& variable) {
  Program constants;
  std::vector<uint8_t> varies(program.slots.size(), 0), hoisted(program.slots.size(), 0);
  std::ranges::copy(variable, varies.begin());
  std::vector<Instruction>& all = program.instructions;
  std::size_t left = 0;
  for (Instruction& i : all) {
    const bool depends = std::ranges::any_of(i.in, [&](const Operand& x) { return varies[x.slot] != 0; });
    const bool stays = depends || (i.op && calls_user(*i.op, i.attrs.get()));
    std::vector<uint8_t>& marks = stays ? varies : hoisted;
    for (uint32_t slot : i.out) marks[slot] = 1;
    if (!stays)
      constants.instructions.push_back(std::move(i));
    else if (&all[left++] != &i)
      all[left - 1] = std::move(i);
  }
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(left), all.end());
  if (constants.instructions.empty() && !Settings::instance().dumps_any()) return constants;
  constants.may_pad = program.may_pad, constants.may_reduce = program.may_reduce;
  constants.leaves = program.leaves;
  constants.slots = program.slots;
  constants.constants = program.constants;
  constants.wanted.assign(program.slots.size(), 0);
  for (const Instruction& i : all)
    for (const Operand& x : i.in) constants.wanted[x.slot] |= hoisted[x.slot];
  for (std::size_t slot = 0; slot < hoisted.size(); ++slot)
    constants.wanted[slot] |= hoisted[slot] && program.wanted[slot];
  return constants;
}

}  // namespace gradtape::core
