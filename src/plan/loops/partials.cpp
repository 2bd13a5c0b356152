// Partial results of reductions: one for each tile, or a row of them for each block.
#include "plan/loops/partials.hpp"

#include "base/ceil_div.hpp"

namespace gradtape::core {

Loop::PartialReduction partial_reduction(const LoopMembers& m, const Instruction& i, const Loop& l) {
  const Direction d = m.direction(i);
  const bool full = m.level(i) == Loop::Level::full;
  Loop::PartialReduction partial{};
  partial.slot = i.out[0];
  partial.size = m.element_size(partial.slot);
  partial.reducer = &m.reducer(i);
  partial.columns = full && d == Direction::columns;
  partial.rows = partial.columns ? l.batches : full && d == Direction::rows ? l.batches * l.rows : 1;
  if (partial.columns) partial.width = l.width;
  return partial;
}

void lay_out_partials(Loop& l) {
  const int64_t down = l.batches * ceil_div(l.rows, l.tile_rows), across = ceil_div(l.width, l.tile_width);
  for (Loop::PartialReduction& p : l.partial_reductions) {
    if (!p.columns) p.width = down * across / p.rows;
    p.in_place = p.columns && l.blocks_down() == 1;
    if (p.in_place) continue;
    const int64_t numbers = p.columns ? l.batches * l.blocks_down() * p.width : down * across;
    p.workspace = l.workspace;
    l.workspace += round_up(numbers * p.size, 64);
  }
}

}  // namespace gradtape::core
