// A plan: how a schedule is computed, free of the graph it was made from, so that the next schedule of the same
// structure can use it.
#pragma once

#include <memory>
#include <vector>

#include "plan/schedule.hpp"

namespace gradtape {

// Elementwise ops of one shape, computed together tile by tile: what passes between them stays in the first-level
// cache.
struct Fused {
  // Where an instruction finds an operand or leaves its result.
  struct Place {
    enum Kind : uint8_t { scratch, input, output } kind;
    uint32_t index;
  };
  // An operand from outside. stepping: element i of the tile is element i of the memory; fixed: one element serves all;
  // else it is spread into a scratch tile by its strides over the merged axes of the loop.
  struct Input {
    enum Kind : uint8_t { stepping, fixed, strided } kind;
    uint8_t size;  // of an element
    uint32_t scratch = 0;
    Shape loop;
    Shape::Dims strides;
  };
  struct Instruction {
    TileFn tile;
    AttrsPtr attrs;
    SmallVector<Place, 3> operands;
    Place result;
  };

  static constexpr std::size_t kTile = 512;  // elements: a tile of doubles is 4 KiB
  int64_t elements = 0;
  std::vector<Input> inputs;          // as in Step::in
  std::vector<uint8_t> output_sizes;  // of an element, as in Step::out
  std::vector<Instruction> instructions;
  uint32_t scratch_tiles = 0;
};

struct Step {
  const Op* op = nullptr;  // null: fused
  AttrsPtr attrs;
  SmallVector<uint32_t, 3> in, out;  // slots
  SmallVector<uint32_t, 3> last;     // slots that nothing reads after this step
  std::shared_ptr<const Fused> fused;
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Spec> specs;  // by slot
};
using PlanPtr = std::shared_ptr<const Plan>;

PlanPtr make_plan(const Schedule& schedule);

}  // namespace gradtape
