// Members become tile instructions, one after the other. A value lies in a scratch tile from the instruction that
// computes it to the last that reads it.
#include "plan/loops/build_loop.hpp"

#include <algorithm>
#include <utility>

#include "plan/loops/geometry.hpp"
#include "plan/loops/operands.hpp"
#include "plan/loops/pairs.hpp"
#include "plan/loops/partials.hpp"
#include "plan/passes/halo.hpp"

namespace gradtape::core {

namespace {
// Results this large go to memory past the cache, which they would not fit anyway.
constexpr std::size_t kStreamed = std::size_t{32} << 20;

using Level = Loop::Level;
using TileRef = Loop::TileRef;

class LoopBuilder {
 public:
  explicit LoopBuilder(const LoopMembers& members)
      : m_(members),
        loop_(std::make_shared<Loop>()),
        operands_(m_, choose_geometry(m_, *loop_), *loop_, step_),
        pairs_(find_pairs(m_)),
        values_(m_.size()) {}

  Step build() {
    loop_->instructions.reserve(m_.size());
    if (m_.size() == 1) loop_->ports.reserve(m_[0].in.size() + 1);
    find_last_reads();
    for (uint32_t i = 0; i < m_.size(); ++i)
      if (!pairs_.is_inner(i)) add(i);
    for (Loop::Instruction& i : streams_) loop_->instructions.push_back(std::move(i));
    lay_out_partials(*loop_);
    loop_->work = loop_->instructions.size();
    step_.kind = Step::loop;
    step_.body = loop_;
    return std::move(step_);
  }

 private:
  // The result of an instruction of the loop.
  struct Value {
    TileRef at{};
    bool computed = false;
    Level level = Level::full;
    uint32_t last_read = 0;           // by member; kNever: the tile is not given back
    std::optional<TileRef> expanded;  // a row-level value, repeated over the columns
  };
  static constexpr uint32_t kNever = UINT32_MAX;

  void find_last_reads() {
    for (uint32_t i = 0; i < m_.size(); ++i) {
      for (const Operand& x : m_[i].in)
        if (const uint32_t from = m_.computed_by[x.slot]; from != kNone && from < i)
          values_[from].last_read = std::max(values_[from].last_read, pairs_.runs_with(i));
      values_[i].last_read = i;
    }
  }

  // ---- operands

  TileRef operand(const Operand& x, Level level, const Shape& shape) {
    const uint32_t from = m_.computed_by[x.slot];
    if (from == kNone || !values_[from].computed) return operands_.read(x, level, shape);
    Value& v = values_[from];
    if (v.level == level || level == Level::row) return v.at;
    if (!v.expanded) {
      v.expanded = TileRef{TileRef::scratch, operands_.own_tile()};
      Loop::Instruction expand{};
      expand.kind = Loop::Instruction::expand;
      expand.level = Level::row;
      expand.size = m_.element_size(x.slot);
      expand.operands = {v.at};
      expand.result = *v.expanded;
      loop_->instructions.push_back(std::move(expand));
    }
    return *v.expanded;
  }
  bool is_shift(const Instruction& i) const {
    if (!i.is_pad()) return false;
    const uint32_t from = m_.computed_by[i.in[0].slot];
    return from != kNone && values_[from].level == Level::shifted;
  }
  void add_operands(Loop::Instruction& to, const Instruction& i, const Instruction* inner) {
    if (inner)
      for (const Operand& x : inner->in) to.operands.push_back(operand(x, to.level, m_.walked(*inner)));
    if (inner && std::get<Elementwise>(i.op->computation).whole) return;  // a function of what its part reads
    for (const Operand& x : i.in)
      if (i.reads_whole(x))
        to.operands.push_back(is_shift(i) ? values_[m_.computed_by[x.slot]].at : operands_.read_whole(x));
      else if (!inner || x.slot != inner->out[0])
        to.operands.push_back(operand(x, to.level, m_.walked(i)));
  }

  // ---- instructions

  void add(uint32_t member) {
    const Instruction& i = m_[member];
    const Instruction* inner = pairs_.has_inner(member) ? &m_[pairs_.inner[member]] : nullptr;
    Loop::Instruction to{};
    to.level = m_.level(i);
    to.size = m_.element_size(i.out[0]);
    to.op = i.op;
    to.attrs = i.attrs;
    add_operands(to, i, inner);
    Value& value = values_[member];
    value.computed = true;
    value.level = to.level;
    if (i.reduction())
      set_reduction(to, i, value);
    else if (i.is_pad())
      set_pad(to, i);
    else if (i.places)
      set_place(to, i.out[0]);
    else
      set_tile(to, i, inner);
    if (!to.is_partial() && !to.only_writes()) to.result = result_of(i.out[0], value, to.size);
    give_back(member, i);
    if (inner) give_back(member, *inner);
    loop_->instructions.push_back(std::move(to));
  }
  void set_tile(Loop::Instruction& to, const Instruction& i, const Instruction* inner) const {
    const auto& e = std::get<Elementwise>(i.op->computation);
    to.kind = Loop::Instruction::tile;
    to.from = m_.dtype(i.in.back().slot), to.to = m_.dtype(i.out[0]);
    to.tile_fn = inner ? pair_tile(m_, *inner, i) : e.loop(m_.dtype(i.in.back().slot), m_.dtype(i.out[0]));
    if (inner && e.whole)
      to.op = e.whole;
    else if (inner)
      to.before = inner->op, to.right = i.in[1].slot == inner->out[0];
  }
  void set_pad(Loop::Instruction& to, const Instruction& i) {
    if (is_shift(i)) {
      to.kind = Loop::Instruction::shift;
      to.zeros = *shift_of(m_.program, i, m_.group.space);
      return;
    }
    to.kind = Loop::Instruction::pad;
    to.pad_at = static_cast<uint32_t>(loop_->pads.size());
    loop_->pads.push_back({m_.dtype(i.in[0].slot), i.in[0].layout.shape, m_.program.slots[i.out[0]].shape});
  }
  // A reduction of the whole space along its rows is complete with each row's tile, if that has all columns.
  void set_reduction(Loop::Instruction& to, const Instruction& i, Value& value) {
    const bool of_rows = to.level == Level::full && m_.direction(i) == Direction::rows;
    to.reducer = &m_.reducer(i);
    to.from = to.to = m_.dtype(i.out[0]);
    if (of_rows && loop_->tile_width == loop_->width) {
      to.kind = Loop::Instruction::reduce_rows;
      value.level = Level::row;
      return;
    }
    Loop::PartialReduction partial = partial_reduction(m_, i, *loop_);
    if (partial.columns && loop_->rows_apart() > 1) partial.scratch = operands_.own_tile();
    to.kind = partial.columns ? Loop::Instruction::partial_columns : Loop::Instruction::partial;
    to.result = {TileRef::port, static_cast<uint32_t>(loop_->partial_reductions.size())};
    step_.out.push_back(partial.slot);
    loop_->partial_reductions.push_back(partial);
  }

  // ---- results

  TileRef result_of(uint32_t slot, Value& value, uint8_t size) {
    const bool full = value.level == Level::full;
    if (!m_.escapes[slot]) {
      value.at = {TileRef::scratch, operands_.take_tile()};
    } else if (full && bytes_of(m_.program.slots[slot]) >= kStreamed) {
      value.at = {TileRef::scratch, operands_.own_tile()};
      value.last_read = kNever;  // by the stream, after all others
      stream(slot, value.at, size);
    } else {
      value.at = {TileRef::port, operands_.result_port(slot, full)};
      step_.out.push_back(slot);
    }
    return value.at;
  }
  void set_place(Loop::Instruction& to, uint32_t slot) {
    to.kind = Loop::Instruction::place;
    to.result = {TileRef::port, operands_.port(slot, 0, 0, 0, 0)};
    step_.out.push_back(slot);
    if (bytes_of(m_.program.slots[slot]) >= kStreamed) loop_->ports[to.result.index].past_cache = loop_->streams = true;
  }
  void stream(uint32_t slot, const TileRef& from, uint8_t size) {
    const uint32_t to = operands_.result_port(slot, true);
    loop_->ports[to].past_cache = loop_->streams = true;
    Loop::Instruction stream{};
    stream.kind = Loop::Instruction::stream;
    stream.size = size;
    stream.operands = {from};
    stream.result = {TileRef::port, to};
    streams_.push_back(std::move(stream));
    step_.out.push_back(slot);
  }
  // Only after the result has its tile: a result in the tile of a smaller operand would overwrite elements that are
  // still to be read.
  void give_back(uint32_t member, const Instruction& i) {
    for (const Operand& x : i.in) {
      const uint32_t from = m_.computed_by[x.slot];
      if (from == kNone) continue;
      Value& v = values_[from];
      if (!v.computed || v.last_read != member || v.at.kind != TileRef::scratch) continue;
      v.last_read = kNever;
      operands_.give_back_tile(v.at.index);
    }
  }

  const LoopMembers& m_;
  std::shared_ptr<Loop> loop_;
  Step step_{};
  LoopOperands operands_;
  Pairs pairs_;
  SmallVector<Value, 4> values_;  // by member
  std::vector<Loop::Instruction> streams_;
};
}  // namespace

Step build_loop(const LoopMembers& members) { return LoopBuilder(members).build(); }

}  // namespace gradtape::core
