// Fusion: groups of instructions that run together in one loop.
#pragma once

#include <algorithm>
#include <memory>

#include "plan/ir/program.hpp"
#include "plan/ir/reduction_axes.hpp"

namespace gradtape::core {

using Members = SmallVector<uint32_t, 2>;  // instructions, in order

struct Group {
  Members members;
  Shape space;
  // How many leading axes of the space are rows; kFree where nothing asks for rows.
  int split = kFree;
  // How many leading axes of the space the loop takes one by one; rows come behind them.
  uint8_t batch = 0;
  bool is_loop = false;
  bool keeps_space = false;  // does not become the rows of another loop

  // Members that work on another space, of which this one takes shifted parts (halo.hpp).
  struct Shifted {
    Members members;
    Shape space;
    int64_t least = 0, most = 0;  // elements by which its first one lies behind the first of the group's space

    int64_t halo() const { return most - least; }
  };
  std::shared_ptr<const Shifted> shifted;  // null: there are none
  bool is_shifted(uint32_t member) const { return shifted && std::ranges::binary_search(shifted->members, member); }
};

inline constexpr std::size_t kMostMembers = 256;  // of a group

// Rows up to this many elements may be reduced and read again in one loop.
inline constexpr int64_t kMostColumns = 8192;

const Ints& axes_of(const Instruction& reduction);
// Whether a tensor of this shape has one element for each row, in their order.
bool is_row_shape(const Shape& shape, const Shape& space, int split);

// Pass "fuse". All instructions, in groups that can run one after the other. joins: false leaves each instruction
// alone.
std::vector<Group> fuse(const Program& program, bool joins);

}  // namespace gradtape::core
