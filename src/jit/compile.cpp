#include "jit/compile.hpp"

#include <algorithm>
#include <new>
#include <unordered_map>

#include "jit/code_memory.hpp"
#include "jit/partition.hpp"
#include "jit/report.hpp"
#include "jit/straight.hpp"
#include "jit/strips.hpp"
#include "plan/settings.hpp"

namespace gradtape::core::jit {

namespace {
using Instruction = Loop::Instruction;
using NativeUnit = Loop::NativeUnit;
using TileRef = Loop::TileRef;
using Group = Partition::Group;

constexpr int kLeastOfLoop = 4;  // in the units of a loop, for it to be worth compiling

struct Emitted {
  Unit unit;
  std::vector<uint8_t> code;
};

// Gives the loop's units their code, all in the same pages. False: the system refuses them.
bool publish_units(const std::vector<Emitted>& all, Loop& loop) {
  constexpr std::size_t kLine = 64;
  if (all.empty()) return false;
  std::vector<uint8_t> bytes;
  std::vector<std::size_t> starts;
  for (const Emitted& e : all) {
    bytes.resize(round_up(bytes.size(), kLine));
    starts.push_back(bytes.size());
    bytes.insert(bytes.end(), e.code.begin(), e.code.end());
  }
  const std::shared_ptr<const std::byte> code = publish(bytes);
  if (!code) return false;
  for (std::size_t k = 0; k < starts.size(); ++k) {
    NativeUnit& native = loop.units[k];
    std::byte* entry = const_cast<std::byte*>(code.get() + starts[k]);
    if (all[k].unit.strip)
      native.strip = reinterpret_cast<NativeUnit::StripFn>(entry);
    else
      native.fn = reinterpret_cast<NativeUnit::Fn>(entry);
    native.code = code;
    report(all[k].unit, native, all[k].code);
  }
  loop.units[0].mapped = pages_of(bytes.size());
  return true;
}

// Builds the compiled loop of a partition.
class LoopCompiler {
 public:
  explicit LoopCompiler(const Loop& loop)
      : l_(loop), g_(loop), p_(partition(g_)), out_(std::make_shared<Loop>(loop)), tiles_(g_.values.size(), kNoTile) {}

  std::shared_ptr<const Loop> run() {
    int operations = 0;
    for (const Group& group : p_.groups)
      if (group.is_unit())
        for (int32_t i : group.members) operations += g_.member(i).operations();
    if (operations < kLeastOfLoop && l_.batches == 1) return nullptr;
    out_->instructions.clear();
    find_needs();
    place_tiles();
    for (const Group& group : p_.groups)
      if (!group.is_unit())
        add_instruction(group.members[0]);
      else if (!add_unit(group))
        return nullptr;
    drop_fills();
    return publish_units(emitted_, *out_) ? out_ : nullptr;
  }

 private:
  static constexpr int32_t kNoTile = -1;

  int32_t group_of(int32_t member) const { return p_.group_of[static_cast<std::size_t>(member)]; }
  bool in_unit(int32_t member) const { return p_.groups[static_cast<std::size_t>(group_of(member))].is_unit(); }
  const LoopMember* producer(int32_t value) const {
    const int32_t i = g_.value(value).producer;
    return i == LoopValue::kOutside ? nullptr : &g_.member(i);
  }
  bool is_made_by(int32_t value, Instruction::Kind kind) const {
    const LoopMember* m = producer(value);
    return m && m->is(kind);
  }
  // A row's value in a tile of one row: members in units read the one element.
  bool is_expanded(int32_t value) const { return l_.tile_rows == 1 && is_made_by(value, Instruction::expand); }
  // Expanded and shifted values are read where their operand lies, if members in units alone read them.
  bool is_read_by_units(int32_t value) const {
    return std::ranges::all_of(g_.value(value).readers, [&](int32_t reader) { return in_unit(reader); });
  }
  bool is_left_out(int32_t value) const {
    return (is_expanded(value) || is_made_by(value, Instruction::shift)) && is_read_by_units(value) &&
           g_.value(value).at.kind == TileRef::scratch;
  }

  // ---- tiles

  struct Life {
    int32_t first = INT32_MAX, last = -1;
    void add(int32_t group) { first = std::min(first, group), last = std::max(last, group); }
  };

  // By value: the groups in which it must lie in a tile.
  void find_needs() {
    lives_.resize(g_.values.size());
    for (std::size_t v = 0; v < g_.values.size(); ++v) {
      const auto number = static_cast<int32_t>(v);
      const LoopMember* m = producer(number);
      if (!m) continue;
      const int32_t made = group_of(g_.value(number).producer);
      const bool expanded = is_expanded(number), left_out = is_left_out(number);
      const bool elsewhere = expanded && left_out;  // never in a tile of its own
      for (int32_t reader : g_.value(number).readers) {
        if (in_unit(reader) && group_of(reader) == made) continue;
        const int32_t at = group_of(reader);
        if (!elsewhere) lives_[v].add(made), lives_[v].add(at);
        // An operand that is read through this value must lie there as long.
        if (expanded || left_out) needed_by(m->in[0], at);
      }
      if (!elsewhere && !in_unit(g_.value(number).producer)) lives_[v].add(made);
    }
  }
  void needed_by(int32_t value, int32_t group) {
    if (producer(value)) lives_[static_cast<std::size_t>(value)].add(group);
  }

  void place_tiles() {
    std::vector<uint8_t> reserved;
    const auto reserve = [&](uint32_t tile) {
      reserved.resize(std::max<std::size_t>(reserved.size(), tile + 1));
      reserved[tile] = 1;
    };
    for (const Loop::Fill& f : l_.fills) reserve(f.scratch);
    for (const Loop::PartialReduction& e : l_.partial_reductions)
      if (e.columns && l_.rows_apart() > 1) reserve(e.scratch);
    std::vector<std::vector<int32_t>> starts(p_.groups.size()), ends(p_.groups.size());
    for (std::size_t v = 0; v < lives_.size(); ++v) {
      if (lives_[v].last < 0 || g_.values[v].at.kind == TileRef::port) continue;
      starts[static_cast<std::size_t>(lives_[v].first)].push_back(static_cast<int32_t>(v));
      ends[static_cast<std::size_t>(lives_[v].last)].push_back(static_cast<int32_t>(v));
    }
    std::vector<uint32_t> free;
    uint32_t next = 0;
    out_->scratch_tiles = static_cast<uint32_t>(reserved.size());
    for (std::size_t group = 0; group < starts.size(); ++group) {
      for (int32_t v : starts[group]) {
        if (free.empty()) {
          while (next < reserved.size() && reserved[next]) ++next;
          free.push_back(next++);
        }
        tiles_[static_cast<std::size_t>(v)] = static_cast<int32_t>(free.back());
        free.pop_back();
        out_->scratch_tiles = std::max(out_->scratch_tiles, next);
      }
      for (int32_t v : ends[group]) free.push_back(static_cast<uint32_t>(tiles_[static_cast<std::size_t>(v)]));
    }
  }
  TileRef at(int32_t value) const {
    const LoopValue& v = g_.value(value);
    if (v.producer == LoopValue::kOutside || v.at.kind == TileRef::port) return v.at;
    return {TileRef::scratch, static_cast<uint32_t>(tiles_[static_cast<std::size_t>(value)])};
  }

  // ---- instructions

  Instruction moved(int32_t member) const {
    const LoopMember& m = g_.member(member);
    Instruction i = *m.instruction;
    for (std::size_t k = 0; k < m.in.size(); ++k) i.operands[k] = at(m.in[k]);
    if (m.out != LoopMember::kNoValue) i.result = at(m.out);
    return i;
  }
  void add_instruction(int32_t member) {
    const LoopMember& m = g_.member(member);
    if (m.out == LoopMember::kNoValue || !is_left_out(m.out)) out_->instructions.push_back(moved(member));
  }

  // The memory from which a unit reads a value of others. Adds to the unit's addresses.
  UnitMemory memory_of(int32_t value, bool one, NativeUnit& unit) {
    if (is_expanded(value)) return memory_of(producer(value)->in[0], true, unit);
    if (is_made_by(value, Instruction::shift) && is_left_out(value)) {
      const auto shift = static_cast<int32_t>(unit.shifts.size());
      unit.shifts.push_back(moved(g_.value(value).producer));
      unit.addresses.push_back({0, shift});
      return {UnitMemory::address, static_cast<uint32_t>(unit.addresses.size() - 1), false};
    }
    const TileRef from = at(value);
    if (from.kind == TileRef::port) return {UnitMemory::address, address_of(from.index, unit), one};
    if (const Loop::Fill* fill = repeated(from)) return {UnitMemory::address, address_of(fill->port, unit), true};
    tiles_in_units_.push_back(from.index);
    return {UnitMemory::tile, tile_offset(from.index), one};
  }
  // The fill of a tile that holds one number again and again.
  const Loop::Fill* repeated(TileRef tile) const {
    for (const Loop::Fill& f : l_.fills)
      if (f.scratch == tile.index)
        return f.kind == Loop::Fill::once_number || (f.kind == Loop::Fill::rows && l_.tile_rows == 1) ? &f : nullptr;
    return nullptr;
  }
  static uint32_t address_of(uint32_t port, NativeUnit& unit) {
    const auto known = std::ranges::find_if(
        unit.addresses, [&](const NativeUnit::Address& a) { return a.shift < 0 && a.port == port; });
    if (known != unit.addresses.end()) return static_cast<uint32_t>(known - unit.addresses.begin());
    unit.addresses.push_back({port});
    return static_cast<uint32_t>(unit.addresses.size() - 1);
  }
  uint32_t tile_offset(uint32_t tile) const { return static_cast<uint32_t>(tile * l_.scratch_tile_bytes); }

  bool add_unit(const Group& group) {
    Unit unit;
    unit.element_size = group.element_size;
    NativeUnit native;
    std::unordered_map<int32_t, int32_t> numbers;  // by value: the instruction of the unit that gives it
    for (int32_t member : group.members) {
      const LoopMember& m = g_.member(member);
      SmallVector<int32_t, 3> operands;
      for (std::size_t k = 0; k < m.in.size(); ++k) {
        const auto [it, fresh] = numbers.try_emplace(m.in[k], 0);
        if (fresh) {
          it->second = unit.program.input(operand_dtype(*m.instruction, k));
          unit.inputs.push_back({it->second, memory_of(m.in[k], false, native)});
        }
        operands.push_back(it->second);
      }
      const std::optional<int32_t> result = record(*m.instruction, operands, unit.program);
      if (!result) return false;
      numbers[m.out] = *result;
      const TileRef to = g_.value(m.out).at;
      if (to.kind == TileRef::port)
        unit.outputs.push_back({*result, {UnitMemory::address, address_of(to.index, native)}});
      else if (const int32_t tile = tiles_[static_cast<std::size_t>(m.out)]; tile != kNoTile)
        unit.outputs.push_back({*result, {UnitMemory::tile, tile_offset(static_cast<uint32_t>(tile))}});
      for (const Op* op : {m.instruction->before, m.instruction->op})
        if (op) native.ops.push_back(op);
    }
    unit.addresses = static_cast<uint32_t>(native.addresses.size());
    if (unit.addresses > NativeUnit::kMostAddresses) return false;
    std::optional<Code> code = emit(unit);
    if (!code) return false;
    emitted_.push_back({std::move(unit), std::move(code->bytes)});
    Instruction i{};
    i.kind = Instruction::native;
    i.level = g_.member(group.members[0]).instruction->level;
    i.unit = static_cast<uint32_t>(out_->units.size());
    out_->instructions.push_back(std::move(i));
    out_->units.push_back(std::move(native));
    return true;
  }

  // Fills that no instruction reads any more.
  void drop_fills() {
    std::vector<uint8_t> read(out_->scratch_tiles, 0);
    const auto note = [&](const Instruction& i) {
      for (const TileRef at : i.operands)
        if (at.kind == TileRef::scratch) read[at.index] = 1;
    };
    for (const Instruction& i : out_->instructions) note(i);
    for (const NativeUnit& unit : out_->units)
      for (const Instruction& shift : unit.shifts) note(shift);
    for (uint32_t tile : tiles_in_units_) read[tile] = 1;
    std::erase_if(out_->fills, [&](const Loop::Fill& f) { return !read[f.scratch]; });
  }

  const Loop& l_;
  LoopGraph g_;
  Partition p_;
  std::shared_ptr<Loop> out_;
  std::vector<int32_t> tiles_;  // by value
  std::vector<Life> lives_;     // by value
  std::vector<Emitted> emitted_;
  std::vector<uint32_t> tiles_in_units_;
};

// Null: the code would be too large, or the system refuses it.
std::shared_ptr<const Loop> publish_strip(StripLoop strip) {
  std::vector<Emitted> emitted;
  for (Unit& unit : strip.units) {
    std::optional<Code> code = emit(unit);
    if (!code) return nullptr;
    emitted.push_back({std::move(unit), std::move(code->bytes)});
  }
  return publish_units(emitted, *strip.loop) ? strip.loop : nullptr;
}
}  // namespace

std::shared_ptr<const Loop> compile(const Loop& loop) {
  if (!is_available() || !loop.units.empty()) return nullptr;
  try {
    if (std::optional<StripLoop> strip = strip_loop(loop))
      if (std::shared_ptr<const Loop> compiled = publish_strip(std::move(*strip))) return compiled;
    return LoopCompiler(loop).run();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

namespace {
// Elements times instructions that take about as long to interpret as the loop takes to compile.
constexpr int64_t kWorthCompiling = 200'000;
// Straight-line code takes about thirty times as long to compile as to interpret.
constexpr int64_t kRunsOfScalars = 30;

// How often the loop must run.
int64_t runs_until_it_pays(const Loop& loop) {
  // An instruction is two operations at most.
  const bool few = loop.batches == 1 && 2 * loop.instructions.size() < kLeastOfLoop;
  if (few || loop.elements() == 0) return kNeverCompiled;
  return ceil_div(kWorthCompiling, loop.elements() * static_cast<int64_t>(loop.instructions.size()));
}
}  // namespace

void compile_loops(Plan& plan, int64_t runs) {
  plan.compile_at = kNeverCompiled;
  if (!is_available()) return;
  const bool always = Settings::instance().always_compiles(), scalars = always || runs >= kRunsOfScalars;
  try {
    if (scalars) merge_small_loops(plan);
  } catch (const std::bad_alloc&) {  // then they stay loops
  }
  if (!scalars) plan.compile_at = kRunsOfScalars;
  for (Step& step : plan.steps) {
    if (!step.body || step.is_final) continue;
    const int64_t wanted = always ? 0 : runs_until_it_pays(*step.body);
    if (wanted > runs) {
      plan.compile_at = std::min(plan.compile_at, wanted);
      continue;
    }
    step.is_final = true;
    if (std::shared_ptr<const Loop> compiled = compile(*step.body)) {
      step.body = std::move(compiled);
      plan.scratch = std::max(plan.scratch, step.body->scratch_bytes());
    }
  }
  recount(plan);
}

}  // namespace gradtape::core::jit
