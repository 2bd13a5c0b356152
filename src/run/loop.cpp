#include "run/loop.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/ceil_div.hpp"
#include "kernels/elementwise/expand_strided.hpp"
#include "kernels/elementwise/stream.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kWorthSharing = 100'000;  // elements times instructions below which one thread is as fast

// Each of `rows` elements `columns` times.
void expand(const void* in, std::size_t size, std::size_t rows, std::size_t columns, void* out) {
  dispatch_size(size, [&]<class T>(Type<T>) {
    T* y = static_cast<T*>(out);
    for (std::size_t r = 0; r < rows; ++r, y += columns) std::fill_n(y, columns, static_cast<const T*>(in)[r]);
  });
}

}  // namespace

LoopRunner::LoopRunner(const Loop& loop, const Memory& memory, std::byte* workspace, std::byte* scratch,
                       std::size_t scratch_bytes)
    : l_(loop), memory_(memory), workspace_(workspace), scratch_(scratch), scratch_bytes_(scratch_bytes) {
  for (const Loop::Port& p : loop.ports) ports_.push_back(static_cast<std::byte*>(memory.slots[p.slot]) + p.offset);
}

bool LoopRunner::is_shared() const {
  return l_.blocks() > 1 && l_.elements() * static_cast<int64_t>(l_.work) >= kWorthSharing;
}
void LoopRunner::run(const Workers& workers) const {
  start(is_shared() ? workers.threads() : 1);
  run_blocks(workers);
}
void LoopRunner::run_blocks(const Workers& workers) const {
  const int64_t blocks = l_.blocks();
  const auto one = [&](int64_t block, int worker) { run_block(block, worker); };
  if (is_shared())
    workers.run(blocks, one);
  else
    for (int64_t b = 0; b < blocks; ++b) one(b, 0);
  finish();
}

void LoopRunner::start(int workers) const {
  for (int i = 0; i < workers; ++i) fill_once(scratch_of(i));
}
void LoopRunner::finish() const {
  for (const Loop::PartialReduction& e : l_.partial_reductions) finish(e);
}

void LoopRunner::fill_once(std::byte* scratch) const {
  const TileAt start{0, 0, l_.tile_rows, l_.tile_width, 0, ports_.data()};
  for (const Loop::Fill& f : l_.fills) {
    std::byte* out = tile_in(scratch, f.scratch);
    const std::size_t n =
        f.level == Loop::Level::row ? static_cast<std::size_t>(start.rows) : static_cast<std::size_t>(l_.most_tile());
    if (f.kind == Loop::Fill::once_number) expand(ports_[f.port], f.size, 1, n, out);
    const auto row = static_cast<std::size_t>(l_.width) * f.size;
    if (f.kind == Loop::Fill::once_columns)
      for (int64_t r = 0; r < l_.tile_rows; ++r)
        std::memcpy(out + static_cast<std::size_t>(r) * row, ports_[f.port], row);
  }
}
void LoopRunner::fill(const TileAt& t, std::byte* scratch) const {
  for (const Loop::Fill& f : l_.fills) {
    std::byte* out = tile_in(scratch, f.scratch);
    if (f.kind == Loop::Fill::rows)
      expand(port(f.port, t), f.size, t.rows, t.columns, out);
    else if (f.kind == Loop::Fill::strided && f.level == Loop::Level::full)
      kernels::expand_strided(port(f.port, t), f.size, f.layout, t.first(l_.width), t.elements(), out);
    else if (f.kind == Loop::Fill::strided)
      kernels::expand_strided(ports_[f.port], f.size, f.layout, t.row, t.rows, out);
  }
}

// Blocks of the same rows and columns follow each other, batch by batch: operands that batches share stay in the cache.
void LoopRunner::run_block(int64_t block, int worker) const {
  const int64_t across = l_.blocks_across(), groups = ceil_div(l_.batches, l_.block_batches);
  const int64_t column = block / groups % across * l_.block_width, row = block / groups / across * l_.block_rows;
  const int64_t row_end = std::min(l_.rows, row + l_.block_rows), end = std::min(l_.width, column + l_.block_width);
  const int64_t batch = block % groups * l_.block_batches;
  std::byte* scratch = scratch_of(worker);
  if (l_.batches == 1) {
    run_batch({row, column, 0, 0, 0, ports_.data()}, row_end, end, scratch);
  } else {
    Ports ports(ports_);
    const int64_t batch_end = std::min(l_.batches, batch + l_.block_batches);
    for (int64_t b = batch, taken; b < batch_end; b += taken) {
      for (std::size_t k = 0; k < ports.size(); ++k)
        ports[k] = ports_[k] + b % l_.inner * l_.ports[k].per_batch + b / l_.inner * l_.ports[k].per_outer;
      taken = batches_at_once(b, batch_end);
      run_batch({row, column, 0, 0, b, ports.data(), taken}, row_end, end, scratch);
    }
  }
  if (l_.streams) kernels::end_stream();
}
// Native code for several batches takes those of one outer batch.
int64_t LoopRunner::batches_at_once(int64_t first, int64_t end) const {
  const int64_t most = l_.units.empty() ? 1 : l_.units[0].batches;
  return first + most <= end && first % l_.inner + most <= l_.inner ? most : 1;
}
void LoopRunner::run_batch(TileAt t, int64_t row_end, int64_t end, std::byte* scratch) const {
  const TileAt first = t;
  for (const Loop::PartialReduction& e : l_.partial_reductions)
    if (e.columns) e.reducer->start(end - first.column, column_partials(e, first));
  for (; t.row < row_end; t.row += l_.tile_rows)
    for (t.column = first.column; t.column < end; t.column += l_.tile_width) {
      t.rows = std::min(l_.tile_rows, row_end - t.row), t.columns = std::min(l_.tile_width, end - t.column);
      run_tile(t, scratch);
    }
}

// Memory that the next tile reads and writes comes in while this one computes.
void LoopRunner::prefetch_next(const TileAt& t) const {
  constexpr std::size_t kLine = 64, kMost = 4096;  // what is more streams in by itself
  for (std::size_t k = 0; k < l_.ports.size(); ++k) {
    const Loop::Port& p = l_.ports[k];
    if (p.per_element == 0 || p.past_cache) continue;
    const std::size_t bytes = t.elements() * p.per_element;
    if (bytes > kMost) continue;
    const std::byte* next = port(static_cast<uint32_t>(k), t) + bytes;
    for (std::size_t at = 0; at < bytes; at += kLine) __builtin_prefetch(next + at);
  }
}

LoopRunner::TileAt LoopRunner::shifted(const TileAt& t) const {
  const int64_t first = t.first(l_.width), last = first + t.rows * t.columns;
  const int64_t from = std::clamp<int64_t>(first - l_.most_shift, 0, l_.shifted);
  return {0, from, 1, std::clamp(last - l_.least_shift, from, l_.shifted) - from, t.batch, t.ports};
}

void LoopRunner::run_tile(const TileAt& of_space, std::byte* scratch) const {
  prefetch_next(of_space);
  fill(of_space, scratch);
  const TileAt of_shifted = shifted(of_space);
  for (const Loop::Instruction& i : l_.instructions) {
    const TileAt& t = i.level == Loop::Level::shifted ? of_shifted : of_space;
    const std::size_t n = i.level == Loop::Level::row ? static_cast<std::size_t>(t.rows) : t.elements();
    const std::byte* x = i.operands.empty() ? nullptr : address(i.operands[0], t, scratch);
    switch (i.kind) {
      case Loop::Instruction::native:
        if (l_.units[i.unit].strip)
          run_strip(t.batches > 1 ? l_.units.front() : l_.units.back(), t);
        else
          run_native(l_.units[i.unit], t, of_shifted, n, scratch);
        break;
      case Loop::Instruction::tile: {
        Tile tile{n, {x}, address(i.result, t, scratch), i.attrs.get()};
        for (std::size_t k = 1; k < i.operands.size(); ++k) tile.in[k] = address(i.operands[k], t, scratch);
        i.tile_fn(tile);
        break;
      }
      case Loop::Instruction::expand: expand(x, i.size, t.rows, t.columns, address(i.result, t, scratch)); break;
      case Loop::Instruction::pad: {
        const Loop::Pad& pad = l_.pads[i.pad_at];
        const int64_t first = i.level == Loop::Level::full ? t.first(l_.width) : t.row;
        i.op->pad->elements({*i.op, i.attrs.get()}, {x, pad.dtype, &pad.in}, pad.out, first, n,
                            address(i.result, t, scratch));
        break;
      }
      case Loop::Instruction::shift: copy_shifted(i, shifted_elements(i, t), t, of_shifted, scratch); break;
      case Loop::Instruction::stream: kernels::stream(x, n * i.size, address(i.result, t, scratch)); break;
      case Loop::Instruction::place: place(i, t, n, scratch); break;
      case Loop::Instruction::reduce_rows: i.reducer->rows(x, t.rows, t.columns, address(i.result, t, scratch)); break;
      case Loop::Instruction::partial: {
        const int64_t down = ceil_div(l_.rows, l_.tile_rows), across = ceil_div(l_.width, l_.tile_width);
        const int64_t row = t.batch * down + t.row / l_.tile_rows;
        const int64_t number = row * across + t.column / l_.tile_width;
        i.reducer->rows(x, 1, n, partial(l_.partial_reductions[i.result.index], number));
        break;
      }
      case Loop::Instruction::partial_columns: add_columns(l_.partial_reductions[i.result.index], x, t, scratch); break;
    }
  }
}

void LoopRunner::place(const Loop::Instruction& i, const TileAt& t, std::size_t n, std::byte* scratch) const {
  SmallVector<const std::byte*, 16> in;
  for (const Loop::TileRef& x : i.operands) in.push_back(address(x, t, scratch));
  i.op->placing->put({*i.op, i.attrs.get()}, {in.data(), in.size()}, i.size, t.first(l_.width), n,
                     port(i.result.index, t), l_.ports[i.result.index].past_cache);
}

// The elements of the tile that lie in the shifted tile: those before and behind are zeros.
LoopRunner::Span LoopRunner::shifted_elements(const Loop::Instruction& i, const TileAt& t) const {
  const auto count = static_cast<int64_t>(t.elements()), first = t.first(l_.width);
  const int64_t from = std::clamp<int64_t>(i.zeros - first, 0, count);
  return {from, std::clamp(i.zeros + l_.shifted - first, from, count)};
}
const std::byte* LoopRunner::shifted_element(const Loop::Instruction& i, int64_t element, const TileAt& t,
                                             const TileAt& of_shifted, std::byte* scratch) const {
  return address(i.operands[0], of_shifted, scratch) +
         (t.first(l_.width) + element - i.zeros - of_shifted.column) * i.size;
}
void LoopRunner::copy_shifted(const Loop::Instruction& i, Span inside, const TileAt& t, const TileAt& of_shifted,
                              std::byte* scratch) const {
  const auto bytes = [&](int64_t elements) { return static_cast<std::size_t>(elements) * i.size; };
  std::byte* y = address(i.result, t, scratch);
  std::memset(y, 0, bytes(inside.from));
  if (inside.from < inside.to)
    std::memcpy(y + bytes(inside.from), shifted_element(i, inside.from, t, of_shifted, scratch),
                bytes(inside.to - inside.from));
  std::memset(y + bytes(inside.to), 0, bytes(static_cast<int64_t>(t.elements()) - inside.to));
}

void LoopRunner::run_native(const Loop::NativeUnit& unit, const TileAt& t, const TileAt& of_shifted, std::size_t n,
                            std::byte* scratch) const {
  std::array<const std::byte*, Loop::NativeUnit::kMostAddresses> addresses;
  for (std::size_t k = 0; k < unit.addresses.size(); ++k) {
    const Loop::NativeUnit::Address& a = unit.addresses[k];
    if (a.shift < 0) {
      addresses[k] = port(a.port, t);
      continue;
    }
    const Loop::Instruction& shift = unit.shifts[static_cast<std::size_t>(a.shift)];
    const Span inside = shifted_elements(shift, t);
    if (inside.from == 0 && inside.to == static_cast<int64_t>(n)) {
      addresses[k] = shifted_element(shift, 0, t, of_shifted, scratch);
    } else {
      copy_shifted(shift, inside, t, of_shifted, scratch);
      addresses[k] = address(shift.result, t, scratch);
    }
  }
  unit.fn(addresses.data(), scratch, n);
}
void LoopRunner::run_strip(const Loop::NativeUnit& unit, const TileAt& t) const {
  std::array<const std::byte*, Loop::NativeUnit::kMostAddresses> addresses;
  for (std::size_t k = 0; k < unit.addresses.size(); ++k) {
    const Loop::NativeUnit::Address& a = unit.addresses[k];
    addresses[k] = a.partial < 0 ? port(a.port, t)
                                 : column_partials(l_.partial_reductions[static_cast<std::size_t>(a.partial)], t);
  }
  unit.strip(addresses.data(), static_cast<std::size_t>(t.columns), static_cast<std::size_t>(t.rows));
}

// A tile lies within rows that are summed apart, or consists of such.
void LoopRunner::add_columns(const Loop::PartialReduction& e, const std::byte* x, const TileAt& t,
                             std::byte* scratch) const {
  std::byte* sums = column_partials(e, t);
  const int64_t apart = l_.rows_apart();
  const auto columns = static_cast<std::size_t>(t.columns);
  if (apart == 1) return e.reducer->add_rows(x, static_cast<std::size_t>(t.rows), columns, sums);
  std::byte* own = tile_in(scratch, e.scratch);
  for (int64_t row = t.row, end; row < t.row + t.rows; row = end) {
    end = std::min(t.row + t.rows, row - row % apart + apart);
    if (row % apart == 0) e.reducer->start(columns, own);
    e.reducer->add_rows(x, static_cast<std::size_t>(end - row), columns, own);
    if (end % apart == 0 || end == l_.rows) e.reducer->add_rows(own, 1, columns, sums);
    x += static_cast<std::size_t>(end - row) * columns * e.size;
  }
}

void LoopRunner::finish(const Loop::PartialReduction& e) const {
  if (e.in_place) return;
  auto* out = static_cast<std::byte*>(memory_.slots[e.slot]);
  if (!e.columns) {
    e.reducer->rows(partial(e, 0), e.rows, e.width, out);
    return;
  }
  const int64_t blocks = l_.blocks_down();
  const auto width = static_cast<std::size_t>(e.width);
  for (int64_t batch = 0; batch < e.rows; ++batch) {
    const auto row = [&](int64_t i) { return partial(e, (batch * blocks + i) * e.width); };
    for (int64_t step = 1; step < blocks; step *= 2)
      for (int64_t i = 0; i + step < blocks; i += 2 * step) e.reducer->add_rows(row(i + step), 1, width, row(i));
    std::memcpy(out + static_cast<std::size_t>(batch) * width * e.size, row(0), width * e.size);
  }
}

}  // namespace gradtape::core
