#include "plan/passes/memory.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace gradtape::core {

namespace {
constexpr std::size_t kAlignment = 64;
std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Places slots in one block of memory by the steps between which they live: first fit among the gaps. Pieces never
// overlap, so each is known by where it starts; an empty slot is no piece, and lies at the start of the block.
class Placement {
 public:
  std::size_t take(std::size_t bytes) {
    if (bytes == 0) return 0;
    if (most_ + bytes > kMostBytes) return kNowhere;
    bytes = aligned(bytes);
    std::size_t at = full_;
    auto it = taken_.lower_bound(full_);
    if (taken_.size() > kMostSearched) it = std::prev(taken_.end()), at = it->first;
    for (; it != taken_.end() && it->first < at + bytes; ++it) at = std::max(at, it->first + it->second);
    it = taken_.emplace_hint(it, at, bytes);
    if (at == full_)
      for (; it != taken_.end() && it->first == full_; ++it) full_ += it->second;
    most_ = std::max(most_, at + bytes);
    return at;
  }
  void give_back(std::size_t at, std::size_t bytes) {
    if (bytes > 0) taken_.erase(at), full_ = std::min(full_, at);
  }
  std::size_t most() const { return most_; }
  static constexpr std::size_t kNowhere = SIZE_MAX;  // more than can be addressed

 private:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 62;
  static constexpr std::size_t kMostSearched = 2048;  // pieces; among more, a new one goes to the end

  std::map<std::size_t, std::size_t> taken_;  // by place: how many bytes
  std::size_t full_ = 0;                      // no gap lies before it
  std::size_t most_ = 0;
};

// Whether a loop may leave a result in the memory of an operand. Both must be walked element by element. No instruction
// behind the one that writes the result may read the operand, nor may another tile.
bool can_replace(const Loop& loop, uint32_t result, uint32_t operand) {
  if (loop.shifted > 0) return false;
  std::vector<uint8_t> reads(loop.ports.size(), 0), writes(loop.ports.size(), 0);
  for (std::size_t k = 0; k < loop.ports.size(); ++k) {
    const Loop::Port& p = loop.ports[k];
    if (p.slot != result && p.slot != operand) continue;
    if (!p.is_walked()) return false;
    (p.slot == operand ? reads : writes)[k] = 1;
  }
  for (const Loop::Fill& f : loop.fills)
    if (reads[f.port]) return false;
  bool written = false;
  for (const Loop::Instruction& i : loop.instructions) {
    for (const Loop::TileRef& p : i.operands)
      if (p.kind == Loop::TileRef::port && reads[p.index] && written) return false;
    const bool to_port = !i.is_partial() && i.result.kind == Loop::TileRef::port;
    written |= to_port && writes[i.result.index];
  }
  return written;
}

// By slot: the op, as the user called it, that computes it.
std::vector<std::string_view> ops_of_slots(const Program& program) {
  std::vector<std::string_view> names(program.slots.size());
  for (const Instruction& i : program.instructions)
    for (uint32_t slot : i.out) names[slot] = i.of->name;
  return names;
}

}  // namespace

void assign_memory(const Program& program, Plan& plan) {
  const std::vector<std::string_view> op_of = ops_of_slots(program);
  plan.locations.assign(plan.slots.size(), {Location::arena, 0});
  for (uint32_t slot = 0; slot < program.leaves; ++slot) plan.locations[slot] = {Location::leaf, slot};
  for (const auto& [slot, buffer] : program.constants) {
    plan.locations[slot] = {Location::constant, plan.constants.size()};
    plan.constants.push_back(buffer);
  }
  for (uint32_t slot = 0; slot < plan.slots.size(); ++slot)
    if (program.wanted[slot] && plan.locations[slot].kind == Location::arena) {
      plan.locations[slot] = {Location::result, plan.result_slots.size()};
      plan.result_slots.push_back(slot);
      plan.result_ops.push_back(op_of[slot]);
    }
  std::vector<std::size_t> last(plan.slots.size(), 0);
  std::vector<uint8_t> read(program.wanted);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const bool feeds = plan.steps[i].grain > 0;  // then it still reads while the next step writes
    for (const Operand& x : plan.steps[i].in) last[x.slot] = feeds ? i + 1 : i, read[x.slot] = 1;
    for (uint32_t slot : plan.steps[i].out) last[slot] = i;
  }
  for (const Step& step : plan.steps)
    for (uint32_t slot : step.out)
      if (step.op && step.op->skips_outputs && !read[slot]) plan.locations[slot].kind = Location::none;
  std::vector<SmallVector<uint32_t, 2>> ending(plan.steps.size());
  for (const Step& step : plan.steps)
    for (uint32_t slot : step.out)
      if (plan.locations[slot].kind == Location::arena) ending[last[slot]].push_back(slot);
  Placement arena;
  std::size_t workspace = 0, largest = 0;
  std::vector<uint8_t> replaced(plan.slots.size(), 0);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const Step* feeder = i > 0 && plan.steps[i - 1].grain > 0 ? &plan.steps[i - 1] : nullptr;
    for (uint32_t slot : step.out) {
      if (plan.locations[slot].kind != Location::arena) continue;
      const auto dying = std::ranges::find_if(step.in, [&](const Operand& x) {
        return step.body && !(feeder && feeder->reads(x.slot)) && plan.locations[x.slot].kind == Location::arena &&
               last[x.slot] == i && !replaced[x.slot] && bytes_of(plan.slots[x.slot]) == bytes_of(plan.slots[slot]) &&
               size_of(plan.slots[x.slot].dtype) == size_of(plan.slots[slot].dtype) &&
               can_replace(*step.body, slot, x.slot);
      });
      if (dying != step.in.end()) {
        replaced[dying->slot] = 1;
        plan.locations[slot].at = plan.locations[dying->slot].at;
      } else {
        const std::size_t bytes = bytes_of(plan.slots[slot]);
        plan.locations[slot].at = arena.take(bytes);
        if (plan.locations[slot].at == Placement::kNowhere)
          fail(Status::out_of_memory, "{}: {} bytes of temporaries are needed beside {}, more than can be addressed",
               op_of[slot], bytes, arena.most());
        if (bytes > largest) largest = bytes, plan.arena_op = op_of[slot];
      }
    }
    plan.has_kernels |= step.kind == Step::kernel;
    if (step.body) {
      workspace = std::max(workspace, step.body->workspace);
      plan.scratch = std::max(plan.scratch, step.body->scratch_bytes());
    }
    for (uint32_t slot : ending[i])
      if (!replaced[slot]) arena.give_back(plan.locations[slot].at, bytes_of(plan.slots[slot]));
  }
  plan.workspace_at = arena.most();
  plan.arena = arena.most() + aligned(workspace);
}

}  // namespace gradtape::core
