// The types between ops and kernels: the arguments of kernels and tile instructions, and the tables of loops by dtype.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/view.hpp"
#include "base/workers.hpp"
#include "graph/attrs.hpp"

namespace gradtape::core {

struct Op;
namespace math {
class LaneProgram;
}

// The attributes of one application, by name.
struct Attributes {
  const Op& op;
  const Attrs* attrs;

  const AttrValue& attr(std::string_view name) const;
  int64_t integer(std::string_view name) const { return std::get<int64_t>(attr(name)); }
  bool flag(std::string_view name) const { return std::get<bool>(attr(name)); }
  const Ints& ints(std::string_view name) const { return std::get<Ints>(attr(name)); }
};

// ---- Kernels

// A loop that reads a kernel's output, taken as rows of its last axis, while the kernel computes it.
struct RowReader {
  int64_t grain;  // the first row of each part is a multiple of it
  void* state;
  void (*read)(void* state, int64_t first, int64_t rows, int worker);
  bool taken = false;  // set by a kernel that gives all rows, each once; otherwise they are read afterwards
};

struct KernelCall : Attributes {
  const std::string& name;  // of the op that the user called: this one, or the composite that it is part of
  std::span<const View> in;
  std::span<const MutableView> out;
  const Workers& workers;
  BlockCache& memory;           // for the kernel's workspace
  RowReader* reader = nullptr;  // null: nothing reads along
};

// ---- Elementwise functions

// One instruction over a run of elements.
struct Tile {
  std::size_t n;
  const void* in[3];
  void* out;
  const Attrs* attrs;
};
using TileFn = void (*)(const Tile&);

// Records the function into a program of lanes (math/lane.hpp), applied to the results of these instructions. Returns
// the number of the function's result.
using LaneFn = int32_t (*)(math::LaneProgram& program, std::span<const int32_t> operands, const Attrs* attrs);

// Two of these in a row can be one instruction.
enum class Arithmetic : uint8_t { none, add, subtract, multiply, carry };

// The loops of an elementwise op, and the facts that the planner uses.
struct Elementwise {
  TileFn table[kDtypeSlots] = {};                    // by dtype of the shared operands
  TileFn (*select)(Dtype from, Dtype to) = nullptr;  // cast: by both
  // The same functions for the compiler of loops; null where it calls the loop instead.
  LaneFn lanes[kDtypeSlots] = {};
  LaneFn (*select_lanes)(Dtype from, Dtype to) = nullptr;
  // The instruction for (x inner y) outer z, or for z outer (x inner y) where `right`; null where there is none.
  Arithmetic arithmetic = Arithmetic::none;
  TileFn (*pair)(Arithmetic inner, Arithmetic outer, bool right, Dtype dtype) = nullptr;
  bool cheap = false;  // takes no longer than an element takes to come from memory
  // x o right = x and left o x = x: the numbers that change nothing.
  std::optional<double> neutral_left = {}, neutral_right = {};
  // Sets of operands, as bits: where all of one set are 0, the result is.
  SmallVector<uint8_t, 2> zero_where = {};
  // A function of x may be computed in two steps. Other functions of x share the first one, the part. The second one,
  // the rest, takes the part, or x and the part. A program computes each part of x once. A rest knows its function as
  // `whole`.
  const Op *part = nullptr, *rest = nullptr, *whole = nullptr;

  // last: the dtype of the last operand, for the condition of `where` is a bool beside operands of the result's dtype.
  TileFn loop(Dtype last, Dtype result) const { return select ? select(last, result) : table[static_cast<int>(last)]; }
  LaneFn lane(Dtype last, Dtype result) const {
    return select_lanes ? select_lanes(last, result) : lanes[static_cast<int>(last)];
  }
};

// ---- Reductions

// Over the axes of the attribute "axis", as loops over rows of n elements.
struct Reducer {
  void (*rows)(const void* x, std::size_t rows, std::size_t n, void* out);      // out[r] = x[r][0] o x[r][1] o ...
  void (*add_rows)(const void* x, std::size_t rows, std::size_t n, void* out);  // out[j] = out[j] o x[0][j] o ...
  void (*start)(std::size_t n, void* out);                                      // the reduction of no elements
};
struct Reduction {
  enum Repeats : uint8_t { same, sum, other };
  Reducer table[kDtypeSlots] = {};
  Repeats repeats = same;  // of n equal elements x: x, n x, or another value
};

}  // namespace gradtape::core
