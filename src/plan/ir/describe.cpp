// Plans as text and as DOT.
#include "plan/ir/plan.hpp"

namespace gradtape::core {

namespace {
std::string slot_text(const Plan& plan, uint32_t slot) {
  const char kinds[] = {'l', 'c', 'r', 't'};
  return fmt::format("{}{}", kinds[plan.locations[slot].kind], slot);
}
std::string list(const Plan& plan, const Step& step, bool in) {
  std::string text;
  const auto add = [&](uint32_t slot) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ", ", slot_text(plan, slot), to_string(plan.slots[slot]));
  };
  if (in)
    for (const Operand& x : step.in) add(x.slot);
  else
    for (uint32_t slot : step.out)
      if (plan.locations[slot].kind != Location::none) add(slot);
  return text;
}
std::string names(const Loop::NativeUnit& unit) {
  std::string ops;
  for (const Op* op : unit.ops) ops += fmt::format("{}{}", ops.empty() ? "" : " ", op->name);
  return fmt::format("native ({})", ops);
}
std::string what(const Step& step) {
  if (step.kind == Step::copy) return "copy";
  if (step.kind == Step::native) return names(*step.unit);
  if (step.grain > 0) return fmt::format("{}, {} rows at a time to the next", step.op->name, step.grain);
  if (step.kind != Step::loop) return step.op->name;
  std::string ops;
  for (const Loop::Instruction& i : step.body->instructions)
    for (const Op* op : {i.before, i.op})
      if (op) ops += (ops.empty() ? "" : " ") + op->name;
  for (const Loop::NativeUnit& unit : step.body->units) ops += fmt::format("{}{}", ops.empty() ? "" : " ", names(unit));
  const Loop& l = *step.body;
  const std::string batches = l.batches > 1 ? fmt::format("{} x ", l.batches) : "";
  return fmt::format("loop [{}{} x {}]: {}", batches, l.rows, l.width, ops);
}
std::size_t traffic(const Plan& plan, const Step& step) {
  std::size_t bytes = 0;
  for (const Operand& x : step.in) bytes += bytes_of(plan.slots[x.slot]);
  for (uint32_t slot : step.out)
    if (plan.locations[slot].kind != Location::none) bytes += bytes_of(plan.slots[slot]);
  return bytes;
}
}  // namespace

std::string plan_as_text(const Plan& plan, std::span<const double> seconds) {
  std::string text = fmt::format("{} steps, {} bytes of temporaries, {} of scratch for each thread\n",
                                 plan.steps.size(), plan.arena, plan.scratch);
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    text +=
        fmt::format("{:4}  {}{}  ({}) -> ({})  {} bytes\n", i,
                    i < seconds.size() ? fmt::format("{:10.2f} us  ", seconds[i] * 1e6) : "", what(plan.steps[i]),
                    list(plan, plan.steps[i], true), list(plan, plan.steps[i], false), traffic(plan, plan.steps[i]));
  return text;
}

std::string plan_as_dot(const Plan& plan) {
  std::string text = "digraph plan {\n  rankdir=TB;\n  node [shape=box, fontname=\"monospace\"];\n";
  std::vector<std::size_t> producer(plan.slots.size(), SIZE_MAX);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    text += fmt::format("  s{} [label=\"{}\\n{} bytes\"];\n", i, what(plan.steps[i]), traffic(plan, plan.steps[i]));
    for (const Operand& x : plan.steps[i].in) {
      if (producer[x.slot] == SIZE_MAX) {
        text += fmt::format("  m{} [shape=ellipse, label=\"{}\"];\n", x.slot, to_string(plan.slots[x.slot]));
        text += fmt::format("  m{} -> s{};\n", x.slot, i);
      } else {
        text += fmt::format("  s{} -> s{} [label=\"{}\"];\n", producer[x.slot], i, to_string(plan.slots[x.slot]));
      }
    }
    for (uint32_t slot : plan.steps[i].out) producer[slot] = i;
  }
  return text + "}\n";
}

}  // namespace gradtape::core
