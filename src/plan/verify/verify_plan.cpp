// The promises of steps and locations.
#include <algorithm>
#include <map>

#include "plan/verify/promise.hpp"
#include "plan/verify/verify.hpp"

namespace gradtape::core {

namespace {
// Ports and scratch tiles of one loop.
class LoopCheck {
 public:
  LoopCheck(const Draft& draft, std::size_t step)
      : draft_(draft), at_(step), step_(draft.plan.steps[step]), loop_(*step_.body), written_(loop_.scratch_tiles, 0) {}

  void run() {
    need(loop_.elements() > 0 && loop_.tile_rows > 0 && loop_.tile_width > 0, "loop {} is empty", at_);
    need(loop_.tile_rows == 1 || loop_.tile_width == loop_.width, "a tile of loop {} is part of several rows", at_);
    need(loop_.block_batches == 1 || loop_.blocks_down() * loop_.blocks_across() == 1,
         "a block of loop {} has parts of several batches", at_);
    need(loop_.block_width % loop_.tile_width == 0 || loop_.block_width == loop_.width,
         "a block of loop {} is no whole number of tiles", at_);
    for (const Loop::Port& p : loop_.ports) check_port(p);
    for (const Loop::Fill& f : loop_.fills) {
      need(f.port < loop_.ports.size() && reads(loop_.ports[f.port].slot), "loop {} fills a tile from no operand", at_);
      write(f.scratch);
    }
    for (const Loop::Instruction& i : loop_.instructions) check(i);
    for (const Loop::PartialReduction& e : loop_.partial_reductions)
      need(writes(e.slot) && e.workspace <= loop_.workspace, "loop {}: a reduction ends outside its results", at_);
  }

 private:
  bool reads(uint32_t slot) const { return step_.reads(slot); }
  bool writes(uint32_t slot) const { return std::ranges::find(step_.out, slot) != step_.out.end(); }

  void check_port(const Loop::Port& p) {
    need(p.slot < draft_.plan.slots.size() && (reads(p.slot) || writes(p.slot)),
         "loop {} has a port at slot {}, which is none of its operands and results", at_, p.slot);
    // Ports that fills read are bases only: their layouts say how far they reach.
    if (std::ranges::any_of(loop_.fills, [&](const Loop::Fill& f) { return &loop_.ports[f.port] == &p; })) return;
    if (loop_.shifted > 0 || std::ranges::any_of(loop_.instructions, [](const auto& i) {
          return i.kind == Loop::Instruction::pad || i.kind == Loop::Instruction::shift;
        }))
      return;  // reads elements of another space
    const int64_t last = p.offset + static_cast<int64_t>(p.per_element) * (loop_.rows * loop_.width - 1) +
                         static_cast<int64_t>(p.per_row) * (loop_.rows - 1) +
                         static_cast<int64_t>(p.per_column) * (loop_.width - 1) + p.per_batch * (loop_.inner - 1) +
                         p.per_outer * (loop_.batches / loop_.inner - 1);
    need(p.offset >= 0 && last < static_cast<int64_t>(bytes_of(draft_.plan.slots[p.slot])),
         "loop {}: a port reaches byte {} of slot {}, which has {}", at_, last, p.slot,
         bytes_of(draft_.plan.slots[p.slot]));
  }
  void write(uint32_t scratch) {
    need(scratch < loop_.scratch_tiles, "loop {} writes scratch tile {} of {}", at_, scratch, loop_.scratch_tiles);
    written_[scratch] = 1;
  }
  void check(const Loop::Instruction& i) {
    for (const Loop::TileRef& p : i.operands) {
      if (p.kind == Loop::TileRef::scratch)
        need(p.index < written_.size() && written_[p.index], "loop {} reads scratch tile {} before it is written", at_,
             p.index);
      else
        need(p.index < loop_.ports.size(), "loop {} reads port {} of {}", at_, p.index, loop_.ports.size());
    }
    if (i.kind == Loop::Instruction::pad)
      need(i.pad_at < loop_.pads.size(), "loop {}: an instruction has pad {} of {}", at_, i.pad_at, loop_.pads.size());
    if (i.is_partial()) {
      need(i.result.index < loop_.partial_reductions.size(), "loop {}: a reduction has ending {} of {}", at_,
           i.result.index, loop_.partial_reductions.size());
    } else if (i.result.kind == Loop::TileRef::scratch) {
      write(i.result.index);
    } else {
      need(i.result.index < loop_.ports.size() && writes(loop_.ports[i.result.index].slot),
           "loop {} writes port {}, which is none of its results", at_, i.result.index);
    }
  }

  const Draft& draft_;
  std::size_t at_;
  const Step& step_;
  const Loop& loop_;
  std::vector<uint8_t> written_;  // by scratch tile
};

// By slot: whether it has a value before any step.
std::vector<uint8_t> given(const Program& program) {
  std::vector<uint8_t> known(program.slots.size(), 0);
  std::fill_n(known.begin(), program.leaves, 1);
  for (const auto& [slot, buffer] : program.constants) known[slot] = 1;
  return known;
}
}  // namespace

void verify_steps(const Draft& draft) {
  const std::vector<Step>& steps = draft.plan.steps;
  std::vector<uint8_t> known = given(draft.program);
  // Nothing is computed of an empty tensor.
  const auto has_value = [&](uint32_t slot) { return known[slot] || bytes_of(draft.plan.slots[slot]) == 0; };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    need((step.kind == Step::loop) == (step.body != nullptr), "step {} has a body and is no loop, or the reverse", i);
    for (const Operand& x : step.in) need(has_value(x.slot), "step {} reads slot {} before it has a value", i, x.slot);
    if (step.grain > 0)
      need(i + 1 < steps.size() && steps[i + 1].body && steps[i + 1].reads(step.out[0]),
           "step {} feeds rows to a step that does not read them", i);
    if (step.body) LoopCheck(draft, i).run();
    for (uint32_t slot : step.out) {
      need(!known[slot], "step {} writes slot {}, which has a value", i, slot);
      known[slot] = 1;
    }
  }
  for (uint32_t slot = 0; slot < known.size(); ++slot)
    need(has_value(slot) || !draft.program.wanted[slot], "slot {} is wanted, and no step writes it", slot);
}

namespace {
struct Life {
  std::size_t begin, end;  // steps: of the first write and the last read
};
// A step whose rows go to the next one lives on while that one runs.
std::vector<Life> lives_of(const std::vector<Step>& steps, std::size_t slots) {
  std::vector<Life> lives(slots, {SIZE_MAX, 0});
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (uint32_t slot : steps[i].out) lives[slot] = {i, i};
    for (const Operand& x : steps[i].in)
      lives[x.slot].end = std::max(lives[x.slot].end, steps[i].grain > 0 ? i + 1 : i);
  }
  return lives;
}
// An operand that dies in a loop may be overwritten there by a result of its size.
bool replaces(const Draft& draft, uint32_t result, uint32_t operand, const std::vector<Life>& lives) {
  const Step& step = draft.plan.steps[lives[result].begin];
  return step.body && step.reads(operand) && lives[operand].end == lives[result].begin &&
         draft.plan.locations[result].at == draft.plan.locations[operand].at &&
         bytes_of(draft.plan.slots[result]) == bytes_of(draft.plan.slots[operand]);
}
}  // namespace

void verify_memory(const Draft& draft) {
  const Plan& plan = draft.plan;
  const std::vector<Life> lives = lives_of(plan.steps, plan.slots.size());
  std::vector<std::vector<uint32_t>> born(plan.steps.size()), dying(plan.steps.size());
  for (uint32_t slot = 0; slot < plan.locations.size(); ++slot) {
    const Location& location = plan.locations[slot];
    need(location.kind != Location::leaf || location.at < draft.program.leaves, "slot {} is leaf {}", slot,
         location.at);
    need(location.kind != Location::constant || location.at < plan.constants.size(), "slot {} is constant {}", slot,
         location.at);
    const bool given = location.kind == Location::leaf || location.kind == Location::constant;
    need(given || (location.kind == Location::result) == (draft.program.wanted[slot] != 0),
         "slot {} is a result and not wanted, or the reverse", slot);
    if (location.kind != Location::arena || lives[slot].begin == SIZE_MAX) continue;
    need(location.at + bytes_of(plan.slots[slot]) <= plan.workspace_at, "slot {} lies beyond the temporaries", slot);
    if (bytes_of(plan.slots[slot]) == 0) continue;
    born[lives[slot].begin].push_back(slot);
    dying[lives[slot].end].push_back(slot);
  }
  std::map<std::size_t, uint32_t> alive;  // by where they end in memory
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (uint32_t slot : born[i]) {
      const std::size_t at = plan.locations[slot].at, end = at + bytes_of(plan.slots[slot]);
      auto other = alive.upper_bound(at);
      const bool overlaps = other != alive.end() && plan.locations[other->second].at < end;
      need(!overlaps || replaces(draft, slot, other->second, lives), "slots {} and {} overlap while both live", slot,
           overlaps ? other->second : 0);
      alive[end] = slot;
    }
    for (uint32_t slot : dying[i]) {
      const auto it = alive.find(plan.locations[slot].at + bytes_of(plan.slots[slot]));
      if (it != alive.end() && it->second == slot) alive.erase(it);
    }
  }
}

}  // namespace gradtape::core
