// Tiles fit the first-level cache. Blocks are large enough for a thread, and fall on the same elements for any number
// of threads.
#include "plan/loops/geometry.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/ceil_div.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kReadOnceElements = 1 << 13;  // a tile where nothing is kept between instructions
constexpr int64_t kBatchedElements = 1024;      // of the few instructions that batches have
constexpr int64_t kBlockElements = 1 << 13;     // the work that one thread takes at a time
constexpr int64_t kBatchedRows = 1024;   // with sums of columns in batches: partials of a thousandth of the space
constexpr int64_t kLeastBlockRows = 64;  // with sums of columns: their partials must stay small beside the space

using Level = Loop::Level;

// The rows of an operand that comes row by row, if there is one.
std::optional<int> split_of_rows(const LoopMembers& m) {
  const auto rank = static_cast<int>(m.group.space.rank());
  for (uint32_t index : m.group.members)
    for (const Operand& x : m.program.instructions[index].in)
      if (rank > 0 && !m.group.is_shifted(index) && m.by_rows[x.slot] && is_dense(x.layout) &&
          x.layout.shape == m.group.space)
        return rank - 1;
  return std::nullopt;
}
// The split for which most operands run evenly.
int most_even_split(const LoopMembers& m) {
  const auto rank = static_cast<int>(m.group.space.rank());
  int best = 0, most = -1;
  for (int split = 0; split < rank; ++split) {
    int even = 0;
    for (uint32_t index : m.group.members)
      for (const Operand& x : m.program.instructions[index].in) {
        if (m.program.instructions[index].reads_whole(x) || m.group.is_shifted(index)) continue;
        const EvenStrides s = even_strides(broadcast(x.layout, m.group.space), 0, split);
        even += s.row && s.column && (*s.column == 1 || *s.column == 0);
      }
    if (even > most) most = even, best = split;
  }
  return best;
}

// The members' demands on tiles.
struct Needs {
  bool whole_rows = false;  // a value for each row is read again
  bool columns = false;     // a reduction leaves a value for each column
  bool reads_once = true;   // nothing is kept between instructions
};
Needs needs_of(const LoopMembers& m, int64_t width) {
  Needs needs;
  for (uint32_t index : m.group.members) {
    const Instruction& i = m.program.instructions[index];
    const Level level = m.level(i);
    if (level == Level::shifted) continue;
    needs.whole_rows |= level == Level::row;
    needs.reads_once &= level == Level::row || (i.reduction() && is_dense(i.in[0].layout));
    if (!i.reduction() || level == Level::row) continue;
    const Direction d = m.direction(i);
    needs.whole_rows |= d == Direction::rows && width <= kMostColumns;
    needs.columns |= d == Direction::columns;
  }
  return needs;
}

void choose_tiles(const Needs& needs, Loop& l) {
  int64_t tile = needs.reads_once && !needs.columns ? kReadOnceElements : kTileElements;
  if (l.batches > 1) tile = kBatchedElements;
  if (needs.whole_rows || l.width <= tile) {
    l.tile_rows = std::clamp<int64_t>(tile / l.width, 1, l.rows);
    l.tile_width = l.width;
    const int64_t tiles = std::max<int64_t>(1, kBlockElements / (l.tile_rows * l.width));
    l.block_rows = std::min(l.rows, l.tile_rows * tiles);
    if (needs.columns) {
      const int64_t least = round_up(kLeastBlockRows, l.tile_rows);
      l.block_rows = std::min(l.rows, std::max(l.block_rows, least));
    }
    l.block_width = l.width;
  } else {
    l.tile_rows = 1;
    l.tile_width = tile;
    l.block_rows = needs.columns ? l.rows : 1;
    const int64_t tiles = std::max<int64_t>(1, kBlockElements / (l.block_rows * tile));
    l.block_width = std::min(l.width, tiles * tile);
  }
}
// Sums of columns have few blocks down. Tiles begin where rows are summed apart, or are parts of these. A block takes
// several small batches.
void choose_batched_blocks(const Needs& needs, Loop& l) {
  l.block_width = l.tile_width;
  if (needs.columns) {
    const auto rows = static_cast<uint64_t>(l.tile_rows);
    if (l.tile_rows >= Loop::kRowsApart)
      l.tile_rows -= l.tile_rows % Loop::kRowsApart;
    else if (l.tile_rows < l.rows)
      l.tile_rows = static_cast<int64_t>(std::bit_floor(rows));
    l.block_rows = l.rows > 2 * kBatchedRows ? kBatchedRows : l.rows;
  }
  if (l.block_rows == l.rows && l.block_width == l.width)
    l.block_batches = std::clamp<int64_t>(kBlockElements / (l.rows * l.width), 1, l.batches);
}
}  // namespace

EvenStrides even_strides(const Layout& wide, std::size_t batch, int split) {
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
  return {part(batch, at), part(at, rank)};
}

int choose_geometry(const LoopMembers& m, Loop& l) {
  const Shape& space = m.group.space;
  int split = m.group.split;
  if (split == kFree) {
    const std::optional<int> rows = split_of_rows(m);
    split = m.group.batch > 0 ? static_cast<int>(space.rank()) - 1 : rows ? *rows : most_even_split(m);
  }
  l.batches = space.product(0, m.group.batch);
  if (m.group.batch > 0) l.inner = space[m.group.batch - 1];
  l.rows = space.product(m.group.batch, split);
  l.width = space.product(split, space.rank());
  const Needs needs = needs_of(m, l.width);
  choose_tiles(needs, l);
  if (l.batches > 1) choose_batched_blocks(needs, l);
  if (m.group.shifted) {
    l.shifted = m.group.shifted->space.elements();
    l.least_shift = m.group.shifted->least;
    l.most_shift = m.group.shifted->most;
  }
  // Tiles a multiple of 4 KiB apart would make the processor take a load for one that depends on a store to another.
  l.scratch_tile_bytes = round_up(l.most_tile() * 8, 64) + 192;
  return split;
}

}  // namespace gradtape::core
