#include "plan/loops/build_loop.hpp"

#include <algorithm>
#include <unordered_map>

#include "plan/passes/halo.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kTileElements = 512;
constexpr int64_t kReadOnceElements = 1 << 13;  // a tile where nothing is kept between instructions
constexpr int64_t kBlockElements = 1 << 13;     // the work that one thread takes at a time
constexpr int64_t kLeastBlockRows = 64;         // with sums of columns: their partials must stay small beside the space

// Results this large go to memory past the cache, which they would not fit anyway.
constexpr std::size_t kStreamed = std::size_t{32} << 20;

constexpr uint32_t kNone = UINT32_MAX;

using Level = Loop::Level;
using TileRef = Loop::TileRef;

// The strides of a layout over a space, as far as it runs evenly over the rows and over the columns.
struct Pattern {
  std::optional<int64_t> row, column;  // 0 where there is one row or column
};
Pattern pattern_of(const Layout& wide, int split) {
  const auto part = [&](std::size_t first, std::size_t last) -> std::optional<int64_t> {
    int64_t step = 0, expected = 0;
    bool any = false;
    for (std::size_t i = last; i-- > first;) {
      if (wide.shape[i] == 1) continue;
      if (any && wide.strides[i] != expected) return std::nullopt;
      if (!std::exchange(any, true)) step = wide.strides[i];
      expected = wide.strides[i] * wide.shape[i];
    }
    return step;
  };
  const auto rank = wide.shape.rank(), at = static_cast<std::size_t>(split);
  return {part(0, at), part(at, rank)};
}

class LoopBuilder {
 public:
  LoopBuilder(const Program& p, const Group& group, const std::vector<uint8_t>& escapes,
              const std::vector<uint8_t>& by_rows)
      : p_(p), group_(group), escapes_(escapes), by_rows_(by_rows), loop_(std::make_shared<Loop>()) {}

  Step build() {
    choose_geometry();
    find_pairs();
    find_last_reads();
    for (uint32_t i = 0; i < group_.members.size(); ++i)
      if (outer_[i] == kNone) add(i, member(i));
    for (Loop::Instruction& i : streams_) loop_->instructions.push_back(std::move(i));
    lay_out_partials();
    step_.kind = Step::loop;
    step_.body = loop_;
    return std::move(step_);
  }

 private:
  const Instruction& member(uint32_t i) const { return p_.instructions[group_.members[i]]; }
  // What the instruction works on, element by element.
  const Shape& walked(const Instruction& i) const {
    return i.reduction() ? i.in[0].layout.shape : p_.slots[i.out[0]].shape;
  }
  Level level_of(const Instruction& i) const {
    if (group_.is_shifted(static_cast<uint32_t>(&i - p_.instructions.data()))) return Level::shifted;
    return walked(i) == group_.space ? Level::full : Level::row;
  }
  // Of a reduction of the whole space: whether it is complete with each row's tile.
  bool completes_rows(const Instruction& i) const {
    return level_of(i) == Level::full && reduction_axes(group_.space, axes_of(i)).direction == Direction::rows &&
           loop_->tile_width == loop_->width;
  }

  // ---- geometry

  // Without a reduction that says what rows are: those of an operand that comes row by row, or else the split for which
  // most operands run evenly.
  int best_split() const {
    const auto rank = static_cast<int>(group_.space.rank());
    for (uint32_t m : group_.members)
      for (const Operand& x : p_.instructions[m].in)
        if (rank > 0 && !group_.is_shifted(m) && by_rows_[x.slot] && is_dense(x.layout) &&
            x.layout.shape == group_.space)
          return rank - 1;
    int best = 0, most = -1;
    for (int split = 0; split < rank; ++split) {
      int even = 0;
      for (uint32_t m : group_.members)
        for (const Operand& x : p_.instructions[m].in) {
          if (p_.instructions[m].is_run() || group_.is_shifted(m)) continue;
          const Pattern p = pattern_of(broadcast(x.layout, group_.space), split);
          even += p.row && p.column && (*p.column == 1 || *p.column == 0);
        }
      if (even > most) most = even, best = split;
    }
    return best;
  }
  void choose_geometry() {
    Loop& l = *loop_;
    split_ = group_.split != kFree ? group_.split : best_split();
    const Shape& s = group_.space;
    l.rows = s.product(0, split_);
    l.width = s.product(split_, s.rank());
    bool row_level = false, by_columns = false, reads_once = true;
    for (uint32_t m : group_.members) {
      const Instruction& i = p_.instructions[m];
      if (group_.is_shifted(m)) continue;
      row_level |= level_of(i) == Level::row;
      reads_once &= level_of(i) == Level::row || (i.reduction() && is_dense(i.in[0].layout));
      if (!i.reduction() || level_of(i) == Level::row) continue;
      const Direction d = reduction_axes(s, axes_of(i)).direction;
      row_level |= d == Direction::rows && l.width <= kMostColumns;
      by_columns |= d == Direction::columns;
    }
    const int64_t tile = reads_once && !by_columns ? kReadOnceElements : kTileElements;
    if (row_level || l.width <= tile) {
      l.tile_rows = std::clamp<int64_t>(tile / l.width, 1, l.rows);
      l.tile_width = l.width;
      const int64_t tiles = std::max<int64_t>(1, kBlockElements / (l.tile_rows * l.width));
      l.block_rows = std::min(l.rows, l.tile_rows * tiles);
      if (by_columns) {
        const int64_t least = (kLeastBlockRows + l.tile_rows - 1) / l.tile_rows * l.tile_rows;
        l.block_rows = std::min(l.rows, std::max(l.block_rows, least));
      }
      l.block_width = l.width;
    } else {
      l.tile_rows = 1;
      l.tile_width = tile;
      l.block_rows = by_columns ? l.rows : 1;
      const int64_t tiles = std::max<int64_t>(1, kBlockElements / (l.block_rows * tile));
      l.block_width = std::min(l.width, tiles * tile);
    }
    if (!group_.shifted.members.empty()) {
      l.shifted = group_.shifted.space.elements();
      l.least_shift = group_.shifted.least;
      l.most_shift = group_.shifted.most;
    }
    // Tiles a multiple of 4 KiB apart would make the processor take a load for one that depends on a store to another.
    l.scratch_tile_bytes = (static_cast<std::size_t>(l.most_tile()) * 8 + 63) / 64 * 64 + 192;
  }

  // ---- pairs: a sum, difference or product that one other alone reads becomes a part of that; the part of a function
  // that its rest alone reads makes the function whole

  TileFn pair_tile(const Instruction& inner, const Instruction& outer) const {
    if (!inner.is_elementwise() || !outer.is_elementwise()) return nullptr;
    const auto &first = std::get<Elementwise>(inner.op->computation),
               &second = std::get<Elementwise>(outer.op->computation);
    if (level_of(inner) != level_of(outer)) return nullptr;
    const Dtype dtype = p_.slots[outer.out[0]].dtype;
    if (second.whole) {
      const auto& whole = std::get<Elementwise>(second.whole->computation);
      return whole.part == inner.op ? whole.loop(dtype, dtype) : nullptr;
    }
    if (!first.pair || !second.pair) return nullptr;
    const bool right = outer.in[1].slot == inner.out[0];
    return first.pair(first.arithmetic, second.arithmetic, right, dtype);
  }
  void find_pairs() {
    const auto n = static_cast<uint32_t>(group_.members.size());
    std::unordered_map<uint32_t, std::pair<uint32_t, uint32_t>> computed;  // by slot: the member, how often it is read
    for (uint32_t i = 0; i < n; ++i) {
      for (const Operand& x : member(i).in)
        if (auto it = computed.find(x.slot); it != computed.end()) ++it->second.second;
      computed[member(i).out[0]] = {i, 0};
    }
    outer_.assign(n, kNone);
    inner_.assign(n, kNone);
    for (uint32_t j = 0; j < n; ++j)
      for (const Operand& x : member(j).in) {
        const auto it = computed.find(x.slot);
        if (it == computed.end() || it->second.second != 1 || escapes_[x.slot]) continue;
        const uint32_t i = it->second.first;
        if (inner_[i] != kNone || !pair_tile(member(i), member(j))) continue;
        inner_[j] = i;
        outer_[i] = j;
        break;
      }
  }

  // ---- values of the loop

  struct Value {
    TileRef place{};
    bool computed = false;
    Level level = Level::full;
    uint32_t last_read = 0;
    std::optional<TileRef> expanded;  // a row-level value, repeated over the columns
  };

  void find_last_reads() {
    for (uint32_t i = 0; i < group_.members.size(); ++i) {
      const uint32_t runs = outer_[i] == kNone ? i : outer_[i];
      for (const Operand& x : member(i).in)
        if (auto it = values_.find(x.slot); it != values_.end())
          it->second.last_read = std::max(it->second.last_read, runs);
      values_[member(i).out[0]].last_read = i;
    }
  }
  uint32_t take_scratch() {
    if (free_.empty()) return loop_->scratch_tiles++;
    const uint32_t tile = free_.back();
    free_.pop_back();
    return tile;
  }
  uint32_t own_scratch() { return loop_->scratch_tiles++; }  // never shared: what is filled once stays

  uint32_t port(uint32_t slot, int64_t offset, int64_t per_element, int64_t per_row, int64_t per_column) {
    const Loop::Port port{slot, offset, static_cast<uint32_t>(per_element), static_cast<uint32_t>(per_row),
                          static_cast<uint32_t>(per_column)};
    loop_->ports.push_back(port);
    return static_cast<uint32_t>(loop_->ports.size() - 1);
  }

  // ---- operands from outside

  struct Known {
    uint32_t slot;
    Level level;
    Layout wide;
    TileRef place;
  };

  // The operand of an instruction that works on the shape: the space of its level, but for axes of size 1.
  TileRef outside(const Operand& x, Level level, const Shape& shape) {
    Layout wide = broadcast(x.layout, shape);
    for (const Known& k : known_)
      if (k.slot == x.slot && k.level == level && k.wide.offset == wide.offset && k.wide.shape == wide.shape &&
          k.wide.strides == wide.strides)
        return k.place;
    const TileRef place = level == Level::full  ? outside_full(x.slot, wide)
                          : level == Level::row ? outside_row(x.slot, wide)
                                                : outside_shifted(x.slot, wide);
    known_.push_back({x.slot, level, std::move(wide), place});
    note_read(x);
    return place;
  }
  void note_read(const Operand& x) {
    if (!step_.reads(x.slot)) step_.in.push_back(x);
  }
  TileRef outside_shifted(uint32_t slot, const Layout& wide) {
    const auto size = static_cast<uint8_t>(size_of(p_.slots[slot].dtype));
    const int64_t at = wide.offset * size;
    if (wide.shape.elements() > 1 && is_dense(wide)) return {TileRef::port, port(slot, at, size, 0, 0)};
    return filled(Loop::Fill::once_number, Level::shifted, size, port(slot, at, 0, 0, 0));
  }
  // What is read here and there: all of a dense operand.
  TileRef outside_whole(const Operand& x) {
    const auto size = static_cast<int64_t>(size_of(p_.slots[x.slot].dtype));
    note_read(x);
    return {TileRef::port, port(x.slot, x.layout.offset * size, 0, 0, 0)};
  }

  TileRef filled(Loop::Fill::Kind kind, Level level, uint8_t size, uint32_t port, Layout layout = {}) {
    const uint32_t scratch = own_scratch();
    loop_->fills.push_back({kind, level, size, port, scratch, std::move(layout)});
    return {TileRef::scratch, scratch};
  }
  TileRef outside_full(uint32_t slot, const Layout& wide) {
    using Fill = Loop::Fill;
    const auto size = static_cast<uint8_t>(size_of(p_.slots[slot].dtype));
    const int64_t at = wide.offset * size;
    const auto [row, column] = pattern_of(wide, split_);
    if (row && column) {
      const bool one_row = loop_->rows == 1, one_column = loop_->width == 1;
      const bool even_rows = one_row || *row == (one_column ? 1 : loop_->width);
      if (even_rows && (one_column || *column == 1)) return {TileRef::port, port(slot, at, size, 0, 0)};
      if (*row == 0 && *column == 0) return filled(Fill::once_number, Level::full, size, port(slot, at, 0, 0, 0));
      if (*row == 0 && *column == 1) {
        if (loop_->tile_rows == 1) return {TileRef::port, port(slot, at, 0, 0, size)};
        return filled(Fill::once_columns, Level::full, size, port(slot, at, 0, 0, size));
      }
      if (*column == 1 && loop_->tile_rows == 1 && *row > 0 && *row * size <= INT32_MAX)
        return {TileRef::port, port(slot, at, 0, *row * size, size)};  // rows with room between them
      if (*row == 1 && *column == 0) return filled(Fill::rows, Level::full, size, port(slot, at, 0, size, 0));
    }
    Layout runs = merged(wide);
    runs.offset = 0;
    return filled(Fill::strided, Level::full, size, port(slot, at, 0, 0, 0), std::move(runs));
  }
  TileRef outside_row(uint32_t slot, const Layout& wide) {
    const auto size = static_cast<uint8_t>(size_of(p_.slots[slot].dtype));
    Layout runs = merged(wide);
    const int64_t at = runs.offset * size;
    if (is_dense(runs) && runs.shape.elements() == loop_->rows) return {TileRef::port, port(slot, at, 0, size, 0)};
    if (std::ranges::all_of(runs.strides, [](int64_t s) { return s == 0; }))
      return filled(Loop::Fill::once_number, Level::row, size, port(slot, at, 0, 0, 0));
    runs.offset = 0;
    return filled(Loop::Fill::strided, Level::row, size, port(slot, at, 0, 0, 0), std::move(runs));
  }

  // ---- instructions

  TileRef operand(const Operand& x, Level level, const Shape& shape) {
    auto it = values_.find(x.slot);
    if (it == values_.end() || !it->second.computed) return outside(x, level, shape);
    Value& v = it->second;
    if (v.level == level || level == Level::row) return v.place;
    if (!v.expanded) {
      const auto size = static_cast<uint8_t>(size_of(p_.slots[x.slot].dtype));
      v.expanded = TileRef{TileRef::scratch, own_scratch()};
      loop_->instructions.push_back(
          {Loop::Instruction::expand, Level::row, size, nullptr, nullptr, nullptr, {v.place}, *v.expanded, nullptr});
    }
    return *v.expanded;
  }

  bool shifts(const Instruction& i) const {
    return i.is_run() && values_.contains(i.in[0].slot) && values_.at(i.in[0].slot).level == Level::shifted;
  }

  void add(uint32_t index, const Instruction& i) {
    const uint32_t slot = i.out[0];
    const Dtype dtype = p_.slots[slot].dtype;
    const Level level = level_of(i);
    Loop::Instruction instruction{};
    instruction.level = level;
    instruction.size = static_cast<uint8_t>(size_of(dtype));
    instruction.op = i.op;
    instruction.attrs = i.attrs;
    const Instruction* inner = inner_[index] == kNone ? nullptr : &member(inner_[index]);
    if (inner)
      for (const Operand& x : inner->in) instruction.operands.push_back(operand(x, level, walked(*inner)));
    for (const Operand& x : i.in)
      if (i.is_run())
        instruction.operands.push_back(shifts(i) ? values_[x.slot].place : outside_whole(x));
      else if (!inner || x.slot != inner->out[0])
        instruction.operands.push_back(operand(x, level, walked(i)));

    Value& value = values_[slot];
    value.computed = true;
    value.level = level;
    bool ended = false;
    if (const Reduction* reduction = i.reduction()) {
      instruction.reducer = &reduction->table[static_cast<int>(dtype)];
      if (completes_rows(i)) {
        instruction.kind = Loop::Instruction::reduce_rows;
        value.level = Level::row;
      } else {
        end(i, level, instruction);
        ended = true;
      }
    } else if (shifts(i)) {
      instruction.kind = Loop::Instruction::shift;
      instruction.zeros = *shift_of(p_, i, group_.space);
    } else if (i.is_run()) {
      instruction.kind = Loop::Instruction::run;
      instruction.run_at = static_cast<uint32_t>(loop_->runs.size());
      loop_->runs.push_back({p_.slots[i.in[0].slot].dtype, i.in[0].layout.shape, p_.slots[slot].shape});
    } else {
      const auto& e = std::get<Elementwise>(i.op->computation);
      instruction.kind = Loop::Instruction::tile;
      instruction.tile_fn = inner ? pair_tile(*inner, i) : e.loop(p_.slots[i.in.back().slot].dtype, dtype);
      if (inner && e.whole)
        instruction.op = e.whole;
      else if (inner)
        instruction.before = inner->op;
    }
    if (!ended) {
      if (escapes_[slot] && value.level == Level::full && bytes_of(p_.slots[slot]) >= kStreamed) {
        value.place = {TileRef::scratch, own_scratch()};
        value.last_read = UINT32_MAX;  // by the stream, after all others
        stream(slot, value.place, instruction.size);
      } else if (escapes_[slot]) {
        const bool full = value.level == Level::full;
        value.place = {TileRef::port, port(slot, 0, full ? instruction.size : 0, full ? 0 : instruction.size, 0)};
        step_.out.push_back(slot);
      } else {
        value.place = {TileRef::scratch, take_scratch()};
      }
      instruction.result = value.place;
    }
    give_back(index, i);
    if (inner) give_back(index, *inner);
    loop_->instructions.push_back(std::move(instruction));
  }
  void stream(uint32_t slot, const TileRef& from, uint8_t size) {
    const uint32_t to = port(slot, 0, size, 0, 0);
    loop_->ports[to].past_cache = loop_->streams = true;
    streams_.push_back({Loop::Instruction::stream,
                        Level::full,
                        size,
                        nullptr,
                        nullptr,
                        nullptr,
                        {from},
                        {TileRef::port, to},
                        nullptr});
    step_.out.push_back(slot);
  }
  // Only after the result has its place: one that shared the tile of a smaller operand would overwrite what is still to
  // be read.
  void give_back(uint32_t index, const Instruction& i) {
    for (const Operand& x : i.in) {
      auto it = values_.find(x.slot);
      if (it == values_.end() || !it->second.computed || it->second.last_read != index ||
          it->second.place.kind != TileRef::scratch)
        continue;
      if (std::exchange(it->second.last_read, UINT32_MAX) != UINT32_MAX) free_.push_back(it->second.place.index);
    }
  }

  // A reduction that is complete when the loop is.
  void end(const Instruction& i, Level level, Loop::Instruction& instruction) {
    const uint32_t slot = i.out[0];
    const Direction d = reduction_axes(i.in[0].layout.shape, axes_of(i)).direction;
    Loop::PartialReduction ending{};
    ending.reducer = instruction.reducer;
    ending.size = instruction.size;
    ending.slot = slot;
    ending.columns = level == Level::full && d == Direction::columns;
    if (ending.columns && loop_->tile_rows > 1) ending.scratch = own_scratch();
    if (ending.columns) {
      instruction.kind = Loop::Instruction::partial_columns;
      ending.rows = 1;
      ending.width = loop_->width;
    } else {
      instruction.kind = Loop::Instruction::partial;
      ending.rows = level == Level::full && d == Direction::rows ? loop_->rows : 1;
    }
    instruction.result = {TileRef::port, static_cast<uint32_t>(loop_->partial_reductions.size())};
    loop_->partial_reductions.push_back(ending);
    step_.out.push_back(slot);
  }

  // Partials: for each block a row of all columns; else one number for each tile, those of a row next to each other.
  void lay_out_partials() {
    Loop& l = *loop_;
    const int64_t down = (l.rows + l.tile_rows - 1) / l.tile_rows, across = (l.width + l.tile_width - 1) / l.tile_width;
    for (Loop::PartialReduction& e : l.partial_reductions) {
      if (!e.columns) e.width = down * across / e.rows;
      const int64_t blocks_down = (l.rows + l.block_rows - 1) / l.block_rows;
      const int64_t numbers = e.columns ? blocks_down * e.width : down * across;
      e.workspace = l.workspace;
      l.workspace += (static_cast<std::size_t>(numbers) * e.size + 63) / 64 * 64;
    }
  }

  const Program& p_;
  const Group& group_;
  const std::vector<uint8_t>&escapes_, &by_rows_;
  std::shared_ptr<Loop> loop_;
  Step step_{};
  int split_ = 0;
  std::vector<uint32_t> outer_, inner_;  // by member: of a pair, the other
  std::unordered_map<uint32_t, Value> values_;
  std::vector<Known> known_;
  std::vector<uint32_t> free_;
  std::vector<Loop::Instruction> streams_;
};
}  // namespace

Step build_loop(const Program& program, const Group& group, const std::vector<uint8_t>& escapes,
                const std::vector<uint8_t>& by_rows) {
  return LoopBuilder(program, group, escapes, by_rows).build();
}

}  // namespace gradtape::core
