#include "jit/straight.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/hash_index.hpp"
#include "graph/op.hpp"
#include "jit/code_memory.hpp"
#include "jit/members.hpp"
#include "jit/moves.hpp"
#include "jit/report.hpp"

namespace gradtape::core::jit {

namespace {
using Instruction = Loop::Instruction;
using math::LaneInstruction;
using math::LaneOp;

constexpr std::size_t kLeastInstructions = 4;  // of a merged step
constexpr std::size_t kMostInstructions = 1 << 20;
constexpr int64_t kMostElements = 8;  // of a loop that is unrolled
constexpr int64_t kMostReduced = 7;   // longer rows are reduced by several accumulators (kernels/reduce/reduce_row.hpp)

int64_t elements_of(const Loop& loop, Loop::Level level) {
  return level == Loop::Level::row ? loop.rows : loop.rows * loop.width;
}
bool is_one_tile(const Loop& loop) { return loop.tile_rows >= loop.rows && loop.tile_width >= loop.width; }

// Whether the instruction can be unrolled, element by element.
bool unrolls(const Loop& loop, const Instruction& i) {
  if (i.kind == Instruction::expand) return true;
  if (i.kind == Instruction::tile) return loop.elements() == 1 || inlined_size(i);
  if (!i.reducer || !combine_of(*i.op, i.to)) return false;
  if (i.kind == Instruction::reduce_rows) return loop.width <= kMostReduced;
  if (!i.is_partial() || !is_one_tile(loop)) return false;
  const Loop::PartialReduction& e = loop.partial_reductions[i.result.index];
  if (e.columns) return e.in_place && loop.rows_apart() >= loop.rows;
  return e.rows == 1 && e.width == 1 && elements_of(loop, i.level) <= kMostReduced;
}

// The size of the elements of all that the loop computes with, but for bools. Nothing: it cannot be straight-line code.
std::optional<int> element_size(const Loop& loop, const Plan& plan) {
  if (loop.elements() < 1 || loop.elements() > kMostElements || loop.batches > 1 || loop.shifted > 0)
    return std::nullopt;
  std::size_t size = 0;
  const auto fits = [&](Dtype dtype) {
    if (dtype == Dtype::boolean) return true;
    const bool same = size == 0 || size == size_of(dtype);
    size = size_of(dtype);
    return same;
  };
  for (const Loop::Port& p : loop.ports)
    if (!fits(plan.slots[p.slot].dtype)) return std::nullopt;
  for (const Loop::PartialReduction& e : loop.partial_reductions)
    if (!fits(plan.slots[e.slot].dtype)) return std::nullopt;
  for (const Instruction& i : loop.instructions) {
    if (!unrolls(loop, i)) return std::nullopt;
    if (i.kind == Instruction::tile && !(fits(i.from) && fits(i.to))) return std::nullopt;
  }
  return static_cast<int>(size);
}

// By step, if it moves a few elements.
using MovesOfSteps = std::vector<std::optional<Moves>>;
MovesOfSteps find_moves(const Plan& plan) {
  MovesOfSteps all;
  all.reserve(plan.steps.size());
  for (const Step& step : plan.steps) all.push_back(step.body ? std::nullopt : moves_of(step, plan, kMostElements));
  return all;
}

// The same of a step: a small loop, or one that moves a few elements.
std::optional<int> element_size(const Step& step, const std::optional<Moves>& moves, const Plan& plan) {
  if (step.body) return step.body->units.empty() ? element_size(*step.body, plan) : std::nullopt;
  if (!moves) return std::nullopt;
  return static_cast<int>(size_of(plan.slots[step.out[0]].dtype));
}

// The unit of a run of such steps.
class Merger {
 public:
  Merger(const Plan& plan, std::span<const std::size_t> last_reader, const MovesOfSteps& moves, std::size_t first,
         std::size_t end, int size)
      : plan_(plan), last_reader_(last_reader), end_(end) {
    unit_.straight = true;
    if (plan.arena <= INT32_MAX) unit_.spills_at = static_cast<uint32_t>(plan.arena);
    unit_.element_size = size;
    for (std::size_t s = first; s < end; ++s)
      plan.steps[s].body ? add(*plan.steps[s].body) : add(plan.steps[s], *moves[s]);
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
  struct Held {
    Place at;
    int32_t value;  // the instruction that computes it
  };
  // The value that is known of a place; made where there is none yet.
  std::pair<int32_t&, bool> value_at(const Place& p) {
    const uint64_t hash = (static_cast<uint64_t>(p.offset) << 32 ^ p.slot) * 0x9E3779B97F4A7C15;
    const uint32_t known = places_.find(hash, [&](uint32_t i) { return values_[i].at == p; });
    if (known != HashIndex::kAbsent) return {values_[known].value, false};
    places_.add(hash, static_cast<uint32_t>(values_.size()));
    values_.push_back({p, 0});
    return {values_.back().value, true};
  }

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
    const auto [known, fresh] = value_at(p);
    if (!fresh) return known;
    if (const Location& at = plan_.locations[p.slot]; at.kind == Location::constant && p.offset == 0)
      return known = dispatch(plan_.slots[p.slot].dtype, [&]<class T>(Type<T>) {
               return unit_.program.constant(*static_cast<const T*>(plan_.constants[at.at]->data()));
             });
    known = unit_.program.input(plan_.slots[p.slot].dtype);
    if (const std::optional<UnitMemory> from = memory(p))
      unit_.inputs.push_back({known, *from});
    else
      fails_ = true;
    if (slots_read_.insert(p.slot).second) step_.in.push_back({p.slot, {}});
    return known;
  }
  void write(const Place& p, int32_t instruction) {
    // A value that was there before is copied now. Its memory may serve another one later, and so may that of the result
    // before. An instruction has one result besides.
    const LaneInstruction made = unit_.program[instruction];
    if (made.op <= LaneOp::constant || instruction < fresh_)
      instruction = unit_.program.append({LaneOp::bit_or, made.dtype, {instruction, instruction}});
    value_at(p).first = instruction;
    if (last_reader_[p.slot] < end_ && plan_.locations[p.slot].kind != Location::result) return;
    if (slots_written_.insert(p.slot).second) step_.out.push_back(p.slot);
    if (const std::optional<UnitMemory> to = memory(p))
      unit_.outputs.push_back({instruction, {to->kind, to->at, false, to->offset}});
    else
      fails_ = true;
  }

  // ---- A loop, element by element

  using Elements = SmallVector<int32_t, 8>;  // the instructions that compute them

  static Place place(const Loop& loop, const Loop::Port& p, Loop::Level level, int64_t element) {
    const bool by_row = level == Loop::Level::row;
    const int64_t row = by_row ? element : element / loop.width, column = by_row ? 0 : element % loop.width;
    return {p.slot, p.offset + p.per_element * (row * loop.width + column) + p.per_row * row + p.per_column * column};
  }
  Elements filled(const Loop& loop, const Loop::Fill& f) {
    const Loop::Port& port = loop.ports[f.port];
    Elements all;
    for (int64_t e = 0; e < elements_of(loop, f.level); ++e) {
      int64_t at = 0;
      if (f.kind == Loop::Fill::once_columns) at = e % loop.width;
      if (f.kind == Loop::Fill::rows) at = e / loop.width;
      if (f.kind == Loop::Fill::strided) at = element_at(f.layout, e);
      all.push_back(read({port.slot, port.offset + at * f.size}));
    }
    return all;
  }

  void add(const Step& step, const Moves& moves) {
    const Spec& out = plan_.slots[step.out[0]];
    if (step.op && native_->ops.size() < kMostNamed) native_->ops.push_back(step.op);
    const int32_t zero = dispatch(out.dtype, [&]<class T>(Type<T>) { return unit_.program.constant(T{}); });
    fresh_ = next_instruction();
    Elements results;  // all are read before the first one is written
    for (const auto& sources : moves.sources) {
      int32_t value = zero;
      for (const Moves::From& from : sources) {
        const int32_t x = read({from.slot, from.offset});
        value = moves.adds ? unit_.program.append({LaneOp::add, out.dtype, {value, x}}) : x;
      }
      results.push_back(value);
    }
    for (std::size_t e = 0; e < results.size(); ++e)
      write({step.out[0], static_cast<int64_t>(e * size_of(out.dtype))}, results[e]);
  }

  int32_t next_instruction() const { return static_cast<int32_t>(unit_.program.code().size()); }
  void name(const Instruction& i) {
    for (const Op* op : {i.before, i.op})
      if (op && native_->ops.size() < kMostNamed) native_->ops.push_back(op);
  }
  void add(const Loop& loop) {
    tiles_.resize(loop.scratch_tiles);
    for (const Loop::Fill& f : loop.fills) tiles_[f.scratch] = filled(loop, f);
    for (const Instruction& i : loop.instructions) {
      const auto operand = [&](const Loop::TileRef& x, int64_t element) {
        return x.kind == Loop::TileRef::scratch ? tiles_[x.index][static_cast<std::size_t>(element)]
                                                : read(place(loop, loop.ports[x.index], i.level, element));
      };
      name(i);
      fresh_ = next_instruction();
      if (i.kind == Instruction::tile || i.kind == Instruction::expand)
        keep(loop, i, i.kind == Instruction::expand ? Loop::Level::full : i.level, applied(loop, i, operand));
      else if (i.kind == Instruction::reduce_rows)
        keep(loop, i, Loop::Level::row, reduced_rows(loop, i, operand));
      else
        reduce(loop, i, operand);
    }
  }
  void keep(const Loop& loop, const Instruction& i, Loop::Level level, const Elements& results) {
    if (i.result.kind == Loop::TileRef::scratch) {
      tiles_[i.result.index] = results;
      return;
    }
    for (std::size_t e = 0; e < results.size(); ++e)
      write(place(loop, loop.ports[i.result.index], level, static_cast<int64_t>(e)), results[e]);
  }
  // expand: the element of a row, for each of its columns.
  template <class Operand>
  Elements applied(const Loop& loop, const Instruction& i, Operand&& operand) {
    const bool expands = i.kind == Instruction::expand;
    Elements results;
    for (int64_t e = 0; e < elements_of(loop, expands ? Loop::Level::full : i.level); ++e) {
      SmallVector<int32_t, 3> operands;
      for (const Loop::TileRef& x : i.operands) operands.push_back(operand(x, expands ? e / loop.width : e));
      results.push_back(expands ? operands[0] : compute(i, operands));
    }
    return results;
  }
  template <class Operand>
  Elements reduced_rows(const Loop& loop, const Instruction& i, Operand&& operand) {
    Elements results;
    for (int64_t row = 0; row < loop.rows; ++row) {
      int32_t sum = start(i);
      for (int64_t column = 0; column < loop.width; ++column)
        sum = combine(i, sum, operand(i.operands[0], row * loop.width + column));
      results.push_back(sum);
    }
    return results;
  }
  // A reduction that a loop completes at its end: first the elements of the only tile, then the only partial.
  template <class Operand>
  void reduce(const Loop& loop, const Instruction& i, Operand&& operand) {
    const Loop::PartialReduction& e = loop.partial_reductions[i.result.index];
    const int64_t results = e.columns ? loop.width : 1, n = elements_of(loop, i.level) / results;
    for (int64_t k = 0; k < results; ++k) {
      int32_t sum = start(i);
      for (int64_t j = 0; j < n; ++j) sum = combine(i, sum, operand(i.operands[0], j * results + k));
      if (!e.columns || loop.rows_apart() > 1) sum = combine(i, start(i), sum);
      write({e.slot, k * e.size}, sum);
    }
  }
  int32_t start(const Instruction& i) {
    return dispatch(i.to, [&]<class T>(Type<T>) {
      T value{};
      i.reducer->start(1, &value);
      return unit_.program.constant(value);
    });
  }
  // As the reducers have it: an extreme is nan where an operand is.
  int32_t combine(const Instruction& i, int32_t a, int32_t b) {
    math::LaneProgram& program = unit_.program;
    const Combine how = *combine_of(*i.op, i.to);
    if (how == Combine::sum) return program.append({LaneOp::add, i.to, {a, b}});
    if (how == Combine::product) return program.append({LaneOp::multiply, i.to, {a, b}});
    const bool most = how == Combine::maximum;
    const int32_t first = program.append({LaneOp::less, i.to, {most ? b : a, most ? a : b}});
    const int32_t nan = program.append({LaneOp::not_equal, i.to, {a, a}});
    const int32_t other = program.append({LaneOp::select, i.to, {nan, a, b}});
    return program.append({LaneOp::select, i.to, {first, a, other}});
  }
  int32_t compute(const Instruction& i, std::span<const int32_t> operands) {
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
  std::vector<Held> values_;
  HashIndex places_;             // of values
  std::vector<Elements> tiles_;  // of the loop that is added now
  std::unordered_set<uint32_t> slots_read_, slots_written_;
  int32_t fresh_ = 0;  // the first instruction of the step that is added now
  std::size_t spilled_ = 0;
  bool fails_ = false;
};

// Instructions of a step, and those of its elements.
std::size_t instructions_of(const Step& step) { return step.body ? step.body->instructions.size() : 1; }
int64_t elements_of(const Step& step, const Plan& plan) {
  return step.body ? step.body->elements() : plan.slots[step.out[0]].shape.elements();
}

std::vector<std::size_t> last_readers(const Plan& plan) {
  std::vector<std::size_t> last(plan.slots.size(), 0);
  for (std::size_t s = 0; s < plan.steps.size(); ++s)
    for (const Operand& x : plan.steps[s].in) last[x.slot] = s;
  return last;
}
}  // namespace

void merge_small_loops(Plan& plan) {
  struct Run {
    std::size_t first, end;
    Step step;
  };
  const std::vector<std::size_t> last_reader = last_readers(plan);
  const MovesOfSteps moves = find_moves(plan);
  // A loop behind a kernel that feeds it is a part of that step.
  const auto size_at = [&](std::size_t at) -> std::optional<int> {
    const Step& step = plan.steps[at];
    return at > 0 && plan.steps[at - 1].grain > 0 ? std::nullopt : element_size(step, moves[at], plan);
  };
  std::vector<Run> runs;
  std::size_t spilled = 0;
  for (std::size_t first = 0, end = 0; first < plan.steps.size(); first = std::max(end, first + 1)) {
    std::size_t instructions = 0, unrolled = 0;
    int64_t elements = 1;
    int size = 0;
    for (end = first; end < plan.steps.size(); ++end) {
      const std::optional<int> next = size_at(end);
      if (!next || (size != 0 && *next != 0 && *next != size)) break;
      const Step& step = plan.steps[end];
      const int64_t each = elements_of(step, plan);
      const std::size_t more = instructions_of(step) * static_cast<std::size_t>(each);
      if (unrolled > 0 && unrolled + more > kMostInstructions) break;
      if (*next != 0) size = *next;
      instructions += instructions_of(step);
      unrolled += more;
      elements = std::max(elements, each);
    }
    // A loop of its own over several elements is best left to vectors.
    if (size == 0 || instructions < kLeastInstructions || (elements > 1 && end - first == 1)) continue;
    Merger merger(plan, last_reader, moves, first, end, size);
    if (std::optional<Step> step = merger.step()) {
      runs.push_back({first, end, std::move(*step)});
      spilled = std::max(spilled, merger.spilled());
    }
  }
  // From here on nothing fails. Steps move towards the front.
  auto run = runs.begin();
  std::size_t kept = 0;
  for (std::size_t s = 0; s < plan.steps.size(); ++kept) {
    if (run != runs.end() && run->first == s) {
      plan.steps[kept] = std::move(run->step);
      s = run++->end;
    } else {
      if (kept != s) plan.steps[kept] = std::move(plan.steps[s]);
      ++s;
    }
  }
  plan.steps.erase(plan.steps.begin() + static_cast<std::ptrdiff_t>(kept), plan.steps.end());
  plan.arena += round_up(spilled, std::size_t{64});
}

}  // namespace gradtape::core::jit
