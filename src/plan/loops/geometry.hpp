// The geometry of a loop: its space as rows by columns, its tiles and its blocks.
#pragma once

#include "plan/loops/members.hpp"

namespace gradtape::core {

inline constexpr int64_t kTileElements = 512;  // of a loop that keeps values between instructions

// The strides of a layout over a space of rows by columns, within a batch. row, column: elements from one row or column to the next, 0
// where there is one; empty where they are not even.
struct EvenStrides {
  std::optional<int64_t> row, column;
};
// split: how many leading axes of the space are batches or rows.
EvenStrides even_strides(const Layout& wide, std::size_t batch, int split);

// Sets batches, rows, width, tiles, blocks and the space of shifted values. Returns the split.
int choose_geometry(const LoopMembers& members, Loop& loop);

}  // namespace gradtape::core
