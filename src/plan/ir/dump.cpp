#include "plan/ir/dump.hpp"

namespace gradtape::core {

namespace {
std::string text_of(const Shape::Dims& dims) { return to_string(std::span<const int64_t>(dims.begin(), dims.size())); }
std::string text_of(const Layout& l) {
  if (l.offset == 0 && is_dense(l)) return to_string(l.shape);
  return fmt::format("{} by {} from {}", to_string(l.shape), text_of(l.strides), l.offset);
}
std::string text_of(const Op* op, const AttrsPtr& attrs) {
  std::string text = op ? op->name : "copy";
  if (!op || !attrs) return text;
  std::string values;
  for (const AttrValue& value : attrs->values)
    if (!std::holds_alternative<PayloadPtr>(value))
      values += fmt::format("{}{}", values.empty() ? "" : ", ", to_string(value));
  return values.empty() ? text : fmt::format("{}({})", text, values);
}
template <class Slots>
std::string slots(const Slots& all) {
  std::string text;
  for (uint32_t slot : all) text += fmt::format("{}s{}", text.empty() ? "" : " ", slot);
  return text;
}
std::string operands(const SmallVector<Operand, 2>& all) {
  std::string text;
  for (const Operand& x : all) text += fmt::format("{}s{}{}", text.empty() ? "" : ", ", x.slot, text_of(x.layout));
  return text;
}
std::string place(const Loop::TileRef& p) {
  return fmt::format("{}{}", p.kind == Loop::TileRef::port ? 'p' : 't', p.index);
}
const char* level(Loop::Level l) {
  return l == Loop::Level::full ? "" : l == Loop::Level::row ? " by row" : " shifted";
}

std::string ports(const Loop& loop) {
  std::string text;
  for (std::size_t k = 0; k < loop.ports.size(); ++k) {
    const Loop::Port& p = loop.ports[k];
    text += fmt::format("      p{} = s{}+{} by {}, {}, {}{}{}\n", k, p.slot, p.offset, p.per_element, p.per_row,
                        p.per_column,
                        p.per_batch || p.per_outer ? fmt::format(", batches {}, {}", p.per_batch, p.per_outer) : "",
                        p.past_cache ? " past the cache" : "");
  }
  return text;
}
std::string fills(const Loop& loop) {
  constexpr const char* kKinds[] = {"number", "columns", "rows", "strided"};
  std::string text;
  for (const Loop::Fill& f : loop.fills) {
    text += fmt::format("      t{} = {} of p{}, {} bytes{}", f.scratch, kKinds[f.kind], f.port, f.size, level(f.level));
    text += f.kind == Loop::Fill::strided ? fmt::format(": {}\n", text_of(f.layout)) : "\n";
  }
  return text;
}
std::string instructions(const Loop& loop) {
  constexpr const char* kKinds[] = {"tile",  "expand",      "pad",     "shift",           "stream",
                                    "place", "reduce_rows", "partial", "partial_columns", "native"};
  std::string text;
  for (const Loop::Instruction& i : loop.instructions) {
    text += fmt::format("      {} = {}", i.is_partial() ? fmt::format("e{}", i.result.index) : place(i.result),
                        kKinds[i.kind]);
    if (i.before) text += fmt::format(" {}", i.before->name);
    if (i.op) text += fmt::format(" {}", text_of(i.op, i.attrs));
    for (const Loop::TileRef& p : i.operands) text += fmt::format(" {}", place(p));
    text += fmt::format(", {} bytes{}", i.size, level(i.level));
    if (i.kind == Loop::Instruction::pad)
      text += fmt::format(", {} to {}", to_string(loop.pads[i.pad_at].in), to_string(loop.pads[i.pad_at].out));
    if (i.kind == Loop::Instruction::shift) text += fmt::format(" by {}", i.zeros);
    text += "\n";
  }
  return text;
}
std::string partial_reductions(const Loop& loop) {
  std::string text;
  for (std::size_t k = 0; k < loop.partial_reductions.size(); ++k) {
    const Loop::PartialReduction& e = loop.partial_reductions[k];
    text += fmt::format("      e{} -> s{}, {} rows of {}{}, {}\n", k, e.slot, e.rows, e.width,
                        e.columns ? fmt::format(" by columns t{}", e.scratch) : "",
                        e.in_place ? std::string("in place") : fmt::format("workspace {}", e.workspace));
  }
  return text;
}
std::string text_of(const Loop& loop) {
  std::string text =
      fmt::format("[{} x {}] in tiles [{} x {}], blocks [{} x {}], {} scratch tiles of {} bytes, workspace {}{}",
                  loop.rows, loop.width, loop.tile_rows, loop.tile_width, loop.block_rows, loop.block_width,
                  loop.scratch_tiles, loop.scratch_tile_bytes, loop.workspace, loop.streams ? ", streams" : "");
  if (loop.batches > 1)
    text += fmt::format(", {} batches, {} of them inner, {} a block", loop.batches, loop.inner, loop.block_batches);
  if (loop.shifted > 0)
    text += fmt::format(", {} shifted by {} to {}", loop.shifted, loop.least_shift, loop.most_shift);
  return text + "\n" + ports(loop) + fills(loop) + instructions(loop) + partial_reductions(loop);
}

std::string text_of(const Step& step) {
  constexpr const char* kKinds[] = {"loop", "kernel", "reduce", "copy", "native"};
  std::string text = kKinds[step.kind];
  if (step.kind == Step::kernel || step.kind == Step::reduce) text += fmt::format(" {}", text_of(step.op, step.attrs));
  if (step.grain > 0) text += fmt::format(", {} rows at a time to the next", step.grain);
  text += fmt::format(" ({}) -> {}", operands(step.in), slots(step.out));
  return step.body ? fmt::format("{} {}", text, text_of(*step.body)) : text + "\n";
}
std::string text_of(const Location& location) {
  constexpr const char* kKinds[] = {"leaf", "constant", "result", "arena", "none"};
  return location.kind == Location::none ? "none" : fmt::format("{} {}", kKinds[location.kind], location.at);
}

std::string text_of(const Plan& plan) {
  std::string text = fmt::format("{} steps, arena {}, workspace at {}, scratch {}\n", plan.steps.size(), plan.arena,
                                 plan.workspace_at, plan.scratch);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) text += fmt::format("  {:2} {}", i, text_of(plan.steps[i]));
  for (std::size_t slot = 0; slot < plan.locations.size(); ++slot)
    text += fmt::format("  s{}: {}, {}\n", slot, to_string(plan.slots[slot]), text_of(plan.locations[slot]));
  return text;
}
std::string text_of(const Group& g) {
  std::string members;
  for (uint32_t m : g.members) members += fmt::format(" {}{}", m, g.is_shifted(m) ? "s" : "");
  std::string text = fmt::format("  {}{}", g.is_loop ? "loop" : "alone", members);
  if (g.is_loop) text += fmt::format(" over {}", to_string(g.space));
  if (g.batch > 0) text += fmt::format(", {} axes are batches", g.batch);
  if (g.split != kFree) text += fmt::format(", {} axes are rows", g.split);
  if (g.shifted)
    text += fmt::format(", shifted {} by {} to {}", to_string(g.shifted->space), g.shifted->least, g.shifted->most);
  return text + "\n";
}
}  // namespace

std::string dump(const Program& program) {
  std::string text;
  for (std::size_t k = 0; k < program.instructions.size(); ++k) {
    const Instruction& i = program.instructions[k];
    text += fmt::format("  {:2} {} = {} ({})\n", k, slots(i.out), text_of(i.op, i.attrs), operands(i.in));
  }
  for (std::size_t slot = 0; slot < program.slots.size(); ++slot) {
    const bool constant =
        std::ranges::find(program.constants, slot, [](const auto& c) { return c.first; }) != program.constants.end();
    text +=
        fmt::format("  s{}: {}{}{}{}\n", slot, to_string(program.slots[slot]), slot < program.leaves ? ", leaf" : "",
                    constant ? ", constant" : "", program.wanted[slot] ? ", wanted" : "");
  }
  return text;
}

std::string dump(const Draft& draft) {
  if (!draft.plan.steps.empty() || !draft.plan.locations.empty()) return text_of(draft.plan);
  if (draft.groups.empty()) return dump(draft.program);
  std::string text;
  for (const Group& g : draft.groups) text += text_of(g);
  return text;
}

}  // namespace gradtape::core
