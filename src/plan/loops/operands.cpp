// Each operand is read in place where its elements lie evenly, and else through a tile that is filled before.
#include "plan/loops/operands.hpp"

#include <algorithm>

#include "plan/loops/geometry.hpp"

namespace gradtape::core {

namespace {
using Fill = Loop::Fill;
using Level = Loop::Level;
}  // namespace

uint32_t LoopOperands::take_tile() {
  if (free_.empty()) return l_.scratch_tiles++;
  const uint32_t tile = free_.back();
  free_.pop_back();
  return tile;
}

uint32_t LoopOperands::port(uint32_t slot, int64_t offset, int64_t per_element, int64_t per_row, int64_t per_column) {
  l_.ports.push_back({slot, offset, static_cast<uint32_t>(per_element), static_cast<uint32_t>(per_row),
                      static_cast<uint32_t>(per_column)});
  return static_cast<uint32_t>(l_.ports.size() - 1);
}

uint32_t LoopOperands::result_port(uint32_t slot, bool full) {
  const int64_t size = m_.element_size(slot);
  const uint32_t result = full ? port(slot, 0, size, 0, 0) : port(slot, 0, 0, size, 0);
  if (l_.batches > 1) {
    l_.ports[result].per_batch = l_.rows * (full ? l_.width : 1) * size;
    l_.ports[result].per_outer = l_.ports[result].per_batch * l_.inner;
  }
  return result;
}

uint32_t LoopOperands::batched(uint32_t port, uint32_t slot, const Layout& wide) {
  const std::size_t batch = m_.group.batch;
  const int64_t size = m_.element_size(slot);
  if (batch > 0) l_.ports[port].per_batch = wide.strides[batch - 1] * size;
  if (batch > 1) l_.ports[port].per_outer = wide.strides[batch - 2] * size;
  return port;
}

void LoopOperands::note_read(const Operand& x) {
  if (!step_.reads(x.slot)) step_.in.push_back(x);
}

Loop::TileRef LoopOperands::fill(Fill::Kind kind, Level level, uint8_t size, uint32_t port, Layout layout) {
  const uint32_t tile = own_tile();
  l_.fills.push_back({kind, level, size, port, tile, std::move(layout)});
  return {TileRef::scratch, tile};
}

Loop::TileRef LoopOperands::read(const Operand& x, Level level, const Shape& shape) {
  Layout wide = broadcast(x.layout, shape);
  for (const Known& k : known_)
    if (k.slot == x.slot && k.level == level && k.wide.offset == wide.offset && k.wide.shape == wide.shape &&
        k.wide.strides == wide.strides)
      return k.at;
  const TileRef at = level == Level::full  ? read_full(x.slot, wide)
                     : level == Level::row ? read_row(x.slot, wide)
                                           : read_shifted(x.slot, wide);
  known_.push_back({x.slot, level, std::move(wide), at});
  note_read(x);
  return at;
}

Loop::TileRef LoopOperands::read_whole(const Operand& x) {
  note_read(x);
  return {TileRef::port, port(x.slot, x.layout.offset * m_.element_size(x.slot), 0, 0, 0)};
}

Loop::TileRef LoopOperands::read_full(uint32_t slot, const Layout& wide) {
  const uint8_t size = m_.element_size(slot);
  const int64_t at = wide.offset * size;
  const std::size_t batch = m_.group.batch;
  const auto in_place = [&](int64_t per_element, int64_t per_row, int64_t per_column) {
    return TileRef{TileRef::port, batched(port(slot, at, per_element, per_row, per_column), slot, wide)};
  };
  const auto [row, column] = even_strides(wide, batch, split_);
  const bool repeats = std::all_of(wide.strides.begin(), wide.strides.begin() + static_cast<long>(batch),
                                   [](int64_t s) { return s == 0; });  // in each batch
  if (row && column) {
    const bool one_row = l_.rows == 1, one_column = l_.width == 1;
    const bool even_rows = one_row || *row == (one_column ? 1 : l_.width);
    if (even_rows && (one_column || *column == 1)) return in_place(size, 0, 0);
    if (*row == 0 && *column == 0 && repeats)
      return fill(Fill::once_number, Level::full, size, port(slot, at, 0, 0, 0));
    if (*row == 0 && *column == 1) {
      if (l_.tile_rows == 1) return in_place(0, 0, size);
      if (repeats) return fill(Fill::once_columns, Level::full, size, port(slot, at, 0, 0, size));
    }
    const bool one = l_.tile_rows == 1 && *row >= 0 && *row * size <= INT32_MAX;
    if (*column == 1 && one) return in_place(0, *row * size, size);  // rows with gaps between them
    if (*column == 0 && (*row == 1 || (batch > 0 && one)))
      return fill(Fill::rows, Level::full, size, batched(port(slot, at, 0, *row * size, 0), slot, wide));
  }
  Layout part{{}, {}, 0};  // within a batch
  for (std::size_t i = batch; i < wide.shape.rank(); ++i) {
    part.shape.push_back(wide.shape[i]);
    part.strides.push_back(wide.strides[i]);
  }
  return fill(Fill::strided, Level::full, size, batched(port(slot, at, 0, 0, 0), slot, wide), merge_axes(part));
}

Loop::TileRef LoopOperands::read_row(uint32_t slot, const Layout& wide) {
  const uint8_t size = m_.element_size(slot);
  Layout runs = merge_axes(wide);
  const int64_t at = runs.offset * size;
  if (is_dense(runs) && runs.shape.elements() == l_.rows) return {TileRef::port, port(slot, at, 0, size, 0)};
  if (std::ranges::all_of(runs.strides, [](int64_t s) { return s == 0; }))
    return fill(Fill::once_number, Level::row, size, port(slot, at, 0, 0, 0));
  runs.offset = 0;
  return fill(Fill::strided, Level::row, size, port(slot, at, 0, 0, 0), std::move(runs));
}

Loop::TileRef LoopOperands::read_shifted(uint32_t slot, const Layout& wide) {
  const uint8_t size = m_.element_size(slot);
  const int64_t at = wide.offset * size;
  if (wide.shape.elements() > 1 && is_dense(wide)) return {TileRef::port, port(slot, at, size, 0, 0)};
  return fill(Fill::once_number, Level::shifted, size, port(slot, at, 0, 0, 0));
}

}  // namespace gradtape::core
