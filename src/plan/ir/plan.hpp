// A plan: how a schedule is computed, free of the graph it was made from, so that the next schedule of the same
// structure can use it.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "plan/ir/program.hpp"

namespace gradtape::core {

// Elementwise ops, and reductions of what they compute, in one pass: a space of rows by columns is walked tile by tile,
// so that what passes between instructions stays in the first-level cache. A value is full (an element for each of the
// space), row-level (one for each row) or shifted: an element for each of another space, of which a tile has what its
// shift instructions take from there.
struct Loop {
  enum class Level : uint8_t { full, row, shifted };

  // Memory outside the loop: of an operand, or of a result. Element (row, column) lies at
  // offset + per_element * (row * width + column) + per_row * row + per_column * column, in bytes.
  struct Port {
    uint32_t slot;
    int64_t offset;  // bytes
    uint32_t per_element, per_row, per_column;
    bool past_cache = false;  // only written, by a stream instruction

    // Whether the loop goes through all of its memory, one element after the other.
    bool is_walked() const { return per_element != 0 && per_row == 0 && per_column == 0 && offset == 0; }
  };
  // What is prepared in a scratch tile before the instructions run.
  struct Fill {
    enum Kind : uint8_t { once_number, once_columns, rows, strided } kind;
    Level level;
    uint8_t size;  // of an element
    uint32_t port, scratch;
    Layout layout;  // strided: over the space, or over the rows; axes merged
  };
  // Where an instruction finds an operand or leaves its result.
  struct TileRef {
    enum Kind : uint8_t { scratch, port } kind;
    uint32_t index;
  };
  struct Instruction {
    enum Kind : uint8_t { tile, expand, run, shift, stream, reduce_rows, partial, partial_columns } kind;
    Level level;   // of the operands
    uint8_t size;  // of an element of the result
    TileFn tile_fn;
    const Reducer* reducer;
    AttrsPtr attrs;
    SmallVector<TileRef, 3> operands;
    TileRef result;              // partial, partial_columns: index of a PartialReduction
    const Op* op;                // for printing; null: expand
    const Op* before = nullptr;  // for printing: the first of a pair
    uint32_t run_at = 0;         // run: index of a Run
    int64_t zeros = 0;           // shift: how many come before the operand

    bool is_partial() const { return kind == partial || kind == partial_columns; }
  };
  // An op that gives any run of elements of its output (Op::run), which has as many elements as the space, or as rows.
  struct Run {
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
    std::size_t workspace;  // where the partials lie, in bytes
    uint32_t scratch;       // columns, where a tile has several rows: their sum
  };

  int64_t rows = 1, width = 1;              // of the space
  int64_t tile_rows = 1, tile_width = 1;    // either all columns, or one row
  int64_t block_rows = 1, block_width = 1;  // a block is one thread's work: whole tiles
  uint32_t scratch_tiles = 0;
  std::size_t scratch_tile_bytes = 0;
  std::size_t workspace = 0;  // bytes of partials
  bool streams = false;       // whether there are stream instructions
  // Elements of the space of shifted values, and by how many at least and at most they are shifted.
  int64_t shifted = 0, least_shift = 0, most_shift = 0;
  std::vector<Port> ports;
  std::vector<Fill> fills;
  std::vector<Instruction> instructions;
  std::vector<PartialReduction> partial_reductions;
  std::vector<Run> runs;

  int64_t most_tile() const { return tile_rows * tile_width + most_shift - least_shift; }  // elements of a value
  // Elements of a block; 0: a block is not a run of elements.
  int64_t block_elements() const { return rows == 1 || block_width == width ? block_rows * block_width : 0; }
  int64_t blocks() const { return ((rows + block_rows - 1) / block_rows) * ((width + block_width - 1) / block_width); }
};

struct Step {
  enum Kind : uint8_t { loop, kernel, reduce, copy } kind;
  const Op* op = nullptr;
  const Op* of = nullptr;  // kernel, reduce: the op that the user called
  AttrsPtr attrs;
  SmallVector<Operand, 2> in;    // kernel, reduce, copy
  SmallVector<uint32_t, 2> out;  // slots
  std::shared_ptr<const Loop> body;
  // kernel: above 0 where the next step, a loop, can read each `grain` rows of the output as they are complete.
  int64_t grain = 0;

  bool reads(uint32_t slot) const { return std::ranges::find(in, slot, &Operand::slot) != in.end(); }
};

// Where a slot's memory is.
struct Location {
  enum Kind : uint8_t { leaf, constant, result, arena, none } kind;  // none: not computed, for nothing reads it
  std::size_t at;  // leaf, constant: its number; result: its number among results; arena: bytes
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Spec> slots;
  std::vector<Location> locations;  // by slot
  std::vector<BufferPtr> constants;
  std::vector<uint32_t> result_slots;        // slots that outlive the plan and that it computes
  std::vector<std::string_view> result_ops;  // which op computes each, for errors
  std::string_view arena_op = "plan";        // the op with the largest temporary
  std::vector<uint32_t> results;             // Program::results
  std::size_t arena = 0;                     // bytes: temporaries and partials
  std::size_t scratch = 0;                   // bytes for each thread, behind the arena
  std::size_t workspace_at = 0;
  bool has_kernels = false;  // some of which may call BLAS
  Counted memory;            // of the plan itself
};
using PlanPtr = std::shared_ptr<const Plan>;

// The program as a plan, by the passes on plans (pipeline.hpp). memory: where the plan's own bytes are counted.
PlanPtr make_plan(Program program, BlockCache& memory);

// The steps, a line each, with the bytes each reads and writes; and with the seconds each took, where they are given.
std::string plan_as_text(const Plan& plan, std::span<const double> seconds = {});
std::string plan_as_dot(const Plan& plan);

}  // namespace gradtape::core
