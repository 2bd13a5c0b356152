// A loop: elementwise instructions, and reductions of their results, in one pass over memory.
#pragma once

#include <vector>

#include "base/ceil_div.hpp"
#include "plan/ir/program.hpp"

namespace gradtape::core {

// A space of rows by columns, walked tile by tile, so that values between instructions stay in the first-level cache.
// There may be several of them, the batches: each has its own part of every operand and result.
// A value of level full has an element for each of the space, a row-level one an element for each row. A shifted value
// has an element for each of another space: a tile computes the elements that its shift instructions take from there.
struct Loop {
  enum class Level : uint8_t { full, row, shifted };

  // Memory outside the loop: of an operand, or of a result. Element (row, column) lies at
  // offset + per_element * (row * width + column) + per_row * row + per_column * column, in bytes. Batches lie apart by
  // per_batch and per_outer (see `inner`).
  struct Port {
    uint32_t slot;
    int64_t offset;  // bytes
    uint32_t per_element, per_row, per_column;
    bool past_cache = false;  // only written, by a stream or place instruction
    int64_t per_batch = 0, per_outer = 0;

    // Whether the loop goes through all of its memory, one element after the other.
    bool is_walked() const {
      return per_element != 0 && per_row == 0 && per_column == 0 && per_batch == 0 && per_outer == 0 && offset == 0;
    }
  };
  // A scratch tile that is prepared before the instructions run.
  struct Fill {
    enum Kind : uint8_t { once_number, once_columns, rows, strided } kind;
    Level level;
    uint8_t size;  // of an element
    uint32_t port, scratch;
    Layout layout;  // strided: over the space, or over the rows; axes merged
  };
  // The scratch tile or port of an instruction's operand or result.
  struct TileRef {
    enum Kind : uint8_t { scratch, port } kind;
    uint32_t index;
  };
  struct Instruction {
    enum Kind : uint8_t { tile, expand, pad, shift, stream, place, reduce_rows, partial, partial_columns, native } kind;
    Level level;   // of the operands
    uint8_t size;  // of an element of the result
    TileFn tile_fn;
    const Reducer* reducer;
    AttrsPtr attrs;
    SmallVector<TileRef, 3> operands;
    TileRef result;              // partial, partial_columns: index of a PartialReduction
    const Op* op;                // for printing; null: expand
    const Op* before = nullptr;  // for printing: the first of a pair
    uint32_t pad_at = 0;         // pad: index of a Pad
    int64_t zeros = 0;           // shift: how many come before the operand
    uint32_t unit = 0;           // native: index of a NativeUnit
    Dtype from{}, to{};          // tile: of the last operand, of the result
    bool right = false;          // of a pair: the first instruction is the second one's right operand

    bool is_partial() const { return kind == partial || kind == partial_columns; }
    // Whether the result is memory that no other instruction reads, and no tile.
    bool only_writes() const { return kind == stream || kind == place; }
  };
  // A padding gives any run of its output's elements (PadTraits). It has as many elements as the space, or as rows.
  struct Pad {
    Dtype dtype;
    Shape in, out;
  };
  // A reduction that is complete only when the loop is: partial results come together in the end.
  struct PartialReduction {
    const Reducer* reducer;
    uint8_t size;
    bool columns;         // by columns: partials are rows of `width`, one for each block; else one for each tile
    int64_t rows, width;  // of the result, of its partials
    uint32_t slot;
    std::size_t workspace;  // where the partials lie, in bytes; unless in place
    uint32_t scratch;       // columns, where Loop::rows_apart is above 1: the sum of these
    bool in_place = false;  // columns, where a block has all rows: the partials are the result
  };

  // Tile instructions as one function of native code. It is given the addresses of operands and results for a tile, the
  // thread's scratch, and the number of elements.
  struct NativeUnit {
    using Fn = void (*)(const std::byte* const* addresses, std::byte* scratch, std::size_t n);
    using StripFn = void (*)(const std::byte* const* addresses, std::size_t columns, std::size_t rows);
    // The address of a port, or of a shifted operand. The latter is a part of the shifted tile where all of it lies
    // there, and else a copy.
    struct Address {
      uint32_t port;
      int32_t shift = -1;    // index of one of `shifts`
      int32_t partial = -1;  // index of a PartialReduction, by columns
    };
    static constexpr std::size_t kMostAddresses = 256;

    Fn fn = nullptr;
    std::shared_ptr<const std::byte> code;  // keeps fn
    std::size_t mapped = 0;                 // bytes of pages for code; units of a loop share those of the first
    std::vector<Address> addresses;
    std::vector<Instruction> shifts;
    std::vector<AttrsPtr> attrs;  // that the code refers to
    std::vector<const Op*> ops;   // for printing
    StripFn strip = nullptr;      // in place of fn (jit/strips.hpp)
    int64_t batches = 1;          // that a strip takes at once

    const void* entry() const {
      return strip ? reinterpret_cast<const void*>(strip) : reinterpret_cast<const void*>(fn);
    }
  };

  int64_t rows = 1, width = 1;              // of the space, or of each batch
  int64_t batches = 1, inner = 1;           // batch b is number b % inner of the outer one b / inner
  int64_t tile_rows = 1, tile_width = 1;    // either all columns, or one row
  int64_t block_rows = 1, block_width = 1;  // a block is one thread's work: whole tiles,
  // Batches of a block. Above 1, it has all rows and columns of them, or native code takes several at once.
  int64_t block_batches = 1;
  uint32_t scratch_tiles = 0;
  std::size_t scratch_tile_bytes = 0;
  std::size_t workspace = 0;  // bytes of partials
  bool streams = false;       // whether results go to memory past the cache
  std::size_t work = 0;       // instructions as the planner made them
  // Elements of the space of shifted values, and by how many at least and at most they are shifted.
  int64_t shifted = 0, least_shift = 0, most_shift = 0;
  std::vector<Port> ports;
  std::vector<Fill> fills;
  std::vector<Instruction> instructions;
  std::vector<PartialReduction> partial_reductions;
  std::vector<Pad> pads;
  std::vector<NativeUnit> units;

  int64_t most_tile() const { return tile_rows * tile_width + most_shift - least_shift; }  // elements of a value
  // Elements of a block; 0: a block is not a run of elements.
  int64_t block_elements() const {
    return batches == 1 && (rows == 1 || block_width == width) ? block_rows * block_width : 0;
  }
  int64_t elements() const { return batches * rows * width; }
  // Blocks of a batch, or of block_batches of them.
  int64_t blocks_down() const { return ceil_div(rows, block_rows); }
  int64_t blocks_across() const { return ceil_div(width, block_width); }
  int64_t blocks() const { return ceil_div(batches, block_batches) * blocks_down() * blocks_across(); }
  // Sums of columns first add up so many rows apart: errors then grow with the number of these parts.
  static constexpr int64_t kRowsApart = 16;
  int64_t rows_apart() const { return batches > 1 ? kRowsApart : tile_rows; }
  std::size_t scratch_bytes() const { return round_up(scratch_tiles * scratch_tile_bytes, std::size_t{64}); }
};

}  // namespace gradtape::core
