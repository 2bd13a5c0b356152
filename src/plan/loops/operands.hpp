// The operands that a loop reads from outside: through ports, or from scratch tiles that are filled.
#pragma once

#include "plan/ir/plan.hpp"
#include "plan/loops/members.hpp"

namespace gradtape::core {

class LoopOperands {
 public:
  // loop: has its geometry. in: the operands of the step, which grow.
  LoopOperands(const LoopMembers& members, int split, Loop& loop, Step& step)
      : m_(members), split_(split), l_(loop), step_(step) {}

  // The operand of an instruction that works on the shape: the space of its level, but for axes of size 1.
  Loop::TileRef read(const Operand& x, Loop::Level level, const Shape& shape);
  // All of a dense operand, of which the instruction takes elements here and there.
  Loop::TileRef read_whole(const Operand& x);

  // Memory of a slot; see Loop::Port. Bytes.
  uint32_t port(uint32_t slot, int64_t offset, int64_t per_element, int64_t per_row, int64_t per_column);
  // The memory of a result that has an element for each of the space, or for each row.
  uint32_t result_port(uint32_t slot, bool full);
  // A scratch tile of its own: a value that stays for the length of the loop.
  uint32_t own_tile() { return l_.scratch_tiles++; }
  // A scratch tile that others may have had, and others may take.
  uint32_t take_tile();
  void give_back_tile(uint32_t tile) { free_.push_back(tile); }

 private:
  using TileRef = Loop::TileRef;
  struct Known {
    uint32_t slot;
    Loop::Level level;
    Layout wide;
    TileRef at;
  };

  TileRef read_full(uint32_t slot, const Layout& wide);
  TileRef read_row(uint32_t slot, const Layout& wide);
  TileRef read_shifted(uint32_t slot, const Layout& wide);
  TileRef fill(Loop::Fill::Kind kind, Loop::Level level, uint8_t size, uint32_t port, Layout layout = {});
  // The port of an operand of the space, whose parts for the batches lie apart as the layout says.
  uint32_t batched(uint32_t port, uint32_t slot, const Layout& wide);
  void note_read(const Operand& x);

  const LoopMembers& m_;
  int split_;
  Loop& l_;
  Step& step_;
  SmallVector<Known, 4> known_;
  SmallVector<uint32_t, 8> free_;
};

}  // namespace gradtape::core
