// How the elements of an op's output depend on those of an input, and the links of the output that follow.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// in_scale * (coordinate along axis `in`) = out_scale * (coordinate along axis `out`) + shift. Scales are not 0.
struct Tie {
  std::size_t in, out;
  int64_t shift = 0, in_scale = 1, out_scale = 1;
};
// Coordinates along some axes of the input and of the output, flat in row-major order of these axes, by a table.
struct Lookup {
  SmallVector<std::size_t, 4> in, out;  // axes
  Table table;
  // The table has a place of the input for each place of the output (gather), or the other way round (scatter). -1: none.
  bool by_output = true;
};
// The output's coordinate is `gap` or more behind the input's. falling: before it, as of a loop that goes backwards.
struct OrderedAxes {
  std::size_t in, out;  // axes of one size
  bool falling = false;
  int64_t gap = 0;
};
// An output element depends on an input element if all of these hold. So it depends on all along an axis of the input
// that none names, and so do all along such an axis of the output.
struct Relation {
  SmallVector<Tie, 4> ties;
  struct Fixed {
    std::size_t in;
    int64_t at;
  };
  SmallVector<Fixed, 1> fixed = {};  // the input's coordinate itself
  std::optional<Lookup> lookup = {};
  std::optional<OrderedAxes> order = {};  // of an axis of the output that nothing else names
};
// Orders along axes up to this size are affine links, and exact where values are to be carried along.
inline constexpr int64_t kFewOrdered = 32;

// How an output depends on an input: not at all, by the union of relations, by its element at the same flat place, or
// altogether.
struct Dependence {
  enum class Kind { none, related, same_places, all };
  Kind kind = Kind::all;
  std::vector<Relation> relations = {};
  // The derivative of an output element by an input element that it is related to. sum: 1 for each relation. product: an
  // element of another input. other: what the op's rules say.
  enum class Weight { other, sum, product };
  Weight weight = Weight::other;
  struct Factor {
    uint32_t input = 0;
    struct Axis {
      bool of_output;
      std::size_t axis;  // of the output, or else of the input that it multiplies
    };
    SmallVector<Axis, 4> axes;  // whose coordinate each axis of the other input has
  };
  Factor factor = {};
};
Dependence no_dependence();
Dependence same_places();  // and the same elements
Dependence related(std::vector<Relation> relations, Dependence::Weight weight = Dependence::Weight::other);
// Axis k of the input to axis k + (rank of the output - rank of the input), but for stretched axes, of size 1.
Relation broadcast_relation(const Shape& in, const Shape& out);

// Adds the links of an op's output by its input number `input`.
void add_dependent(const Links& in, const Dependence& dependence, uint32_t input, Links& out);

}  // namespace gradtape::core
