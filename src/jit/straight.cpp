#include "jit/straight.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "graph/op.hpp"
#include "jit/code_memory.hpp"
#include "jit/members.hpp"
#include "jit/report.hpp"

namespace gradtape::core::jit {

namespace {
using Instruction = Loop::Instruction;
using math::LaneInstruction;
using math::LaneOp;

constexpr std::size_t kLeastInstructions = 4;  // of a merged step
constexpr std::size_t kMostInstructions = 1 << 20;

// The size of the elements of all that the loop computes with, but for bools. Nothing: it cannot be straight-line code.
std::optional<int> element_size(const Loop& loop, const Plan& plan) {
  if (loop.elements() != 1 || loop.shifted > 0 || !loop.partial_reductions.empty()) return std::nullopt;
  std::size_t size = 0;
  const auto fits = [&](Dtype dtype) {
    if (dtype == Dtype::boolean) return true;
    const bool same = size == 0 || size == size_of(dtype);
    size = size_of(dtype);
    return same;
  };
  for (const Loop::Port& p : loop.ports)
    if (!fits(plan.slots[p.slot].dtype)) return std::nullopt;
  for (const Instruction& i : loop.instructions) {
    if (i.kind != Instruction::tile && i.kind != Instruction::expand) return std::nullopt;
    if (i.kind == Instruction::tile && !(fits(i.from) && fits(i.to))) return std::nullopt;
  }
  return static_cast<int>(size);
}

// The unit of a run of loops.
class Merger {
 public:
  Merger(const Plan& plan, std::span<const std::size_t> last_reader, std::size_t first, std::size_t end, int size)
      : plan_(plan), last_reader_(last_reader), end_(end) {
    unit_.straight = true;
    if (plan.arena <= INT32_MAX) unit_.spills_at = static_cast<uint32_t>(plan.arena);
    unit_.element_size = size;
    for (std::size_t s = first; s < end; ++s) add(*plan.steps[s].body);
  }

  std::optional<Step> step() {
    if (fails_) return std::nullopt;
    const std::optional<Code> code = emit(unit_);
    if (!code) return std::nullopt;
    spilled_ = code->spilled;
    native_->code = publish(code->bytes);
    if (!native_->code) return std::nullopt;
    native_->mapped = pages_of(code->bytes.size());
    native_->fn = reinterpret_cast<Loop::NativeUnit::Fn>(const_cast<std::byte*>(native_->code.get()));
    report(unit_, *native_, code->bytes);
    for (Unit::Call& call : unit_.calls) native_->attrs.push_back(std::move(call.attrs));
    step_.kind = Step::native;
    step_.unit = std::move(native_);
    return std::move(step_);
  }

  // Bytes behind the plan's arena.
  std::size_t spilled() const { return spilled_; }

 private:
  struct Place {  // of an element in a slot
    uint32_t slot;
    int64_t offset;  // bytes
    bool operator==(const Place&) const = default;
  };
  struct PlaceHash {
    std::size_t operator()(const Place& p) const {
      return (static_cast<std::size_t>(p.offset) << 32 ^ p.slot) * 0x9E3779B97F4A7C15;
    }
  };

  // Elements of the arena lie at fixed distances from its start, others behind the addresses of their slots.
  std::optional<UnitMemory> memory(const Place& p) {
    const Location& location = plan_.locations[p.slot];
    const bool in_arena = location.kind == Location::arena;
    const int64_t distance = p.offset + (in_arena ? static_cast<int64_t>(location.at) : 0);
    if (distance > INT32_MAX) return std::nullopt;
    if (in_arena) return UnitMemory{UnitMemory::tile, static_cast<uint32_t>(distance), true};
    return UnitMemory{UnitMemory::address, p.slot, true, static_cast<int32_t>(distance)};
  }
  int32_t read(const Place& p) {
    const auto [known, fresh] = values_.try_emplace(p, 0);
    if (!fresh) return known->second;
    known->second = unit_.program.input(plan_.slots[p.slot].dtype);
    if (const std::optional<UnitMemory> from = memory(p))
      unit_.inputs.push_back({known->second, *from});
    else
      fails_ = true;
    if (slots_read_.insert(p.slot).second) step_.in.push_back({p.slot, {}});
    return known->second;
  }
  void write(uint32_t slot, int32_t instruction) {
    values_[{slot, 0}] = instruction;
    if (last_reader_[slot] < end_ && plan_.locations[slot].kind != Location::result) return;
    step_.out.push_back(slot);
    if (const std::optional<UnitMemory> to = memory({slot, 0}))
      unit_.outputs.push_back({instruction, {to->kind, to->at, false, to->offset}});
    else
      fails_ = true;
  }

  void add(const Loop& loop) {
    std::unordered_map<uint32_t, int32_t> tiles;
    for (const Loop::Fill& f : loop.fills) {
      const Loop::Port& port = loop.ports[f.port];
      tiles[f.scratch] = read({port.slot, port.offset});
    }
    for (const Instruction& i : loop.instructions) {
      SmallVector<int32_t, 3> operands;
      for (const Loop::TileRef x : i.operands)
        operands.push_back(x.kind == Loop::TileRef::scratch
                               ? tiles[x.index]
                               : read({loop.ports[x.index].slot, loop.ports[x.index].offset}));
      const int32_t result = i.kind == Instruction::expand ? operands[0] : compute(i, operands);
      if (i.result.kind == Loop::TileRef::scratch)
        tiles[i.result.index] = result;
      else
        write(loop.ports[i.result.index].slot, result);
    }
  }
  int32_t compute(const Instruction& i, std::span<const int32_t> operands) {
    for (const Op* op : {i.before, i.op})
      if (op && native_->ops.size() < kMostNamed) native_->ops.push_back(op);
    math::LaneProgram& program = unit_.program;
    const std::size_t before = program.code().size();
    if (const std::optional<int32_t> result = record(i, operands, program)) {
      const bool computes = static_cast<std::size_t>(*result) >= before && program[*result].op > LaneOp::constant;
      if (computes &&
          std::all_of(program.code().begin() + static_cast<std::ptrdiff_t>(before), program.code().end(), can_emit))
        return *result;
    }
    LaneInstruction call{LaneOp::call, i.to};
    std::copy_n(operands.begin(), std::min<std::size_t>(operands.size(), 3), call.in.begin());
    call.bits = unit_.calls.size();
    unit_.calls.push_back({i.tile_fn, i.attrs});
    return program.append(call);
  }

  static constexpr std::size_t kMostNamed = 64;

  const Plan& plan_;
  std::span<const std::size_t> last_reader_;  // by slot: a step
  std::size_t end_;
  Unit unit_;
  Step step_{};
  std::shared_ptr<Loop::NativeUnit> native_ = std::make_shared<Loop::NativeUnit>();
  std::unordered_map<Place, int32_t, PlaceHash> values_;
  std::unordered_set<uint32_t> slots_read_;
  std::size_t spilled_ = 0;
  bool fails_ = false;
};

std::vector<std::size_t> last_readers(const Plan& plan) {
  std::vector<std::size_t> last(plan.slots.size(), 0);
  for (std::size_t s = 0; s < plan.steps.size(); ++s)
    for (const Operand& x : plan.steps[s].in) last[x.slot] = s;
  return last;
}
}  // namespace

void merge_scalar_loops(Plan& plan) {
  struct Run {
    std::size_t first, end;
    Step step;
  };
  const std::vector<std::size_t> last_reader = last_readers(plan);
  // A loop behind a kernel that feeds it is a part of that step.
  const auto size_at = [&](std::size_t at) -> std::optional<int> {
    const Step& step = plan.steps[at];
    if (!step.body || !step.body->units.empty() || (at > 0 && plan.steps[at - 1].grain > 0)) return std::nullopt;
    return element_size(*step.body, plan);
  };
  std::vector<Run> runs;
  std::size_t spilled = 0;
  for (std::size_t first = 0, end = 0; first < plan.steps.size(); first = std::max(end, first + 1)) {
    std::size_t instructions = 0;
    int size = 0;
    for (end = first; end < plan.steps.size(); ++end) {
      const std::optional<int> next = size_at(end);
      if (!next || (size != 0 && *next != 0 && *next != size)) break;
      if (instructions > 0 && instructions + plan.steps[end].body->instructions.size() > kMostInstructions) break;
      if (*next != 0) size = *next;
      instructions += plan.steps[end].body->instructions.size();
    }
    if (size == 0 || instructions < kLeastInstructions) continue;
    Merger merger(plan, last_reader, first, end, size);
    if (std::optional<Step> step = merger.step()) {
      runs.push_back({first, end, std::move(*step)});
      spilled = std::max(spilled, merger.spilled());
    }
  }
  std::vector<Step> steps;
  steps.reserve(plan.steps.size());  // from here on nothing fails
  auto run = runs.begin();
  for (std::size_t s = 0; s < plan.steps.size();) {
    if (run != runs.end() && run->first == s) {
      steps.push_back(std::move(run->step));
      s = run++->end;
    } else {
      steps.push_back(std::move(plan.steps[s++]));
    }
  }
  plan.steps = std::move(steps);
  plan.arena += round_up(spilled, std::size_t{64});
}

}  // namespace gradtape::core::jit
