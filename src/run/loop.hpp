// Runs a fused loop: its blocks are shared out among the workers, its tiles run through all instructions one by one.
#pragma once

#include "run/executor.hpp"

namespace gradtape::core {

class LoopRunner {
 public:
  // workspace: where the partials of reductions lie. scratch: scratch_bytes for each worker.
  LoopRunner(const Loop& loop, const Memory& memory, std::byte* workspace, std::byte* scratch,
             std::size_t scratch_bytes);

  void run(const Workers& workers) const;

  // The same in parts: each block once, by any worker below `workers`, in any order.
  void start(int workers) const;
  void run_blocks(const Workers& workers) const;  // all of them, and finish
  void run_block(int64_t block, int worker) const;
  void finish() const;

 private:
  struct TileAt {
    int64_t row, column, rows, columns;
    int64_t batch;
    std::byte* const* ports;  // where each begins in the batch
    int64_t batches = 1;      // that are taken at once
    int64_t first(int64_t width) const { return row * width + column; }
    std::size_t elements() const { return static_cast<std::size_t>(rows * columns); }
  };

  struct Span {
    int64_t from, to;
  };

  std::byte* scratch_of(int worker) const { return scratch_ + static_cast<std::size_t>(worker) * scratch_bytes_; }
  std::byte* tile_in(std::byte* scratch, uint32_t index) const { return scratch + index * l_.scratch_tile_bytes; }
  std::byte* partial(const Loop::PartialReduction& e, int64_t number) const {
    std::byte* first = e.in_place ? static_cast<std::byte*>(memory_.slots[e.slot]) : workspace_ + e.workspace;
    return first + static_cast<std::size_t>(number) * e.size;
  }
  // By columns: the partials of a tile's block, from the tile's first column on.
  std::byte* column_partials(const Loop::PartialReduction& e, const TileAt& t) const {
    return partial(e, (t.batch * l_.blocks_down() + t.row / l_.block_rows) * e.width + t.column);
  }
  std::byte* port(uint32_t index, const TileAt& t) const {
    const Loop::Port& p = l_.ports[index];
    return t.ports[index] + t.first(l_.width) * p.per_element + t.row * p.per_row + t.column * p.per_column;
  }
  std::byte* address(Loop::TileRef p, const TileAt& t, std::byte* scratch) const {
    return p.kind == Loop::TileRef::scratch ? tile_in(scratch, p.index) : port(p.index, t);
  }
  bool is_shared() const;
  // The part of the space of shifted values that this tile's shifts read.
  TileAt shifted(const TileAt& t) const;
  void fill_once(std::byte* scratch) const;
  void fill(const TileAt& t, std::byte* scratch) const;
  void prefetch_next(const TileAt& t) const;
  int64_t batches_at_once(int64_t first, int64_t end) const;
  void run_batch(TileAt first, int64_t row_end, int64_t column_end, std::byte* scratch) const;
  void run_tile(const TileAt& t, std::byte* scratch) const;
  void place(const Loop::Instruction& i, const TileAt& t, std::size_t n, std::byte* scratch) const;
  void run_strip(const Loop::NativeUnit& unit, const TileAt& t) const;
  void run_native(const Loop::NativeUnit& unit, const TileAt& t, const TileAt& of_shifted, std::size_t n,
                  std::byte* scratch) const;
  Span shifted_elements(const Loop::Instruction& shift, const TileAt& t) const;
  const std::byte* shifted_element(const Loop::Instruction& shift, int64_t element, const TileAt& t,
                                   const TileAt& of_shifted, std::byte* scratch) const;
  void copy_shifted(const Loop::Instruction& shift, Span inside, const TileAt& t, const TileAt& of_shifted,
                    std::byte* scratch) const;
  void add_columns(const Loop::PartialReduction& e, const std::byte* x, const TileAt& t, std::byte* scratch) const;
  void finish(const Loop::PartialReduction& e) const;

  const Loop& l_;
  const Memory& memory_;
  std::byte* workspace_;
  std::byte* scratch_;
  std::size_t scratch_bytes_;
  using Ports = SmallVector<std::byte*, 24>;
  Ports ports_;
};

}  // namespace gradtape::core
