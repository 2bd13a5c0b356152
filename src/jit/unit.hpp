// A unit: instructions of a loop that become one native function, with the memory of its operands and results.
#pragma once

#include <optional>
#include <vector>

#include "graph/kernel_call.hpp"
#include "math/lane.hpp"

namespace gradtape::core::jit {

// The memory of a value: an element for each that the unit goes through, or one for all.
struct UnitMemory {
  enum Kind : uint8_t { address, tile } kind;
  // address: its number among those that the function is given. tile: bytes behind the scratch, or, of straight-line
  // code, behind the arena.
  uint32_t at;
  bool one = false;    // only read
  int32_t offset = 0;  // bytes behind the address
};
// The reductions that native code has.
enum class Combine : uint8_t { sum, product, maximum, minimum };

struct Unit {
  struct Value {
    int32_t instruction;
    UnitMemory memory;
  };

  // A function without lanes that a straight-line unit calls.
  struct Call {
    TileFn fn;
    AttrsPtr attrs;
  };

  // A reduction of each column of a space, row by row: the unit goes through all rows of a few columns before the next
  // ones. Each Loop::kRowsApart rows are reduced apart. The function is a NativeUnit::StripFn. It may take several spaces
  // at once, batches that lie apart by the same strides.
  struct Strip {
    struct Reduced {
      int32_t instruction;  // whose results are reduced
      UnitMemory result;    // an address, with an element for each column
    };
    Combine combine;
    Dtype dtype;
    uint64_t start;                // of the reduction of no elements: its bits
    std::vector<Reduced> reduced;  // by batch
    std::vector<int32_t> steps;    // by address of an operand: bytes from one row to the next
  };

  int element_size = 4;   // of all values but bools: 4 or 8
  bool straight = false;  // straight-line code: each value is one element, and there is no loop
  std::vector<Call> calls;
  std::optional<Strip> strip;  // then there are no outputs
  // Straight-line code may have many values that no register has room for. They lie at the end of the arena, so many
  // bytes behind its start; nothing: on the stack.
  std::optional<uint32_t> spills_at;
  math::LaneProgram program;
  std::vector<Value> inputs, outputs;
  uint32_t addresses = 0;
};

// Whether native code has the instruction.
bool can_emit(const math::LaneInstruction& i);

// The unit as a function in the calling convention of the C++ compiler: NativeUnit::Fn. Nothing: its code or its frame
// would be too large.
struct Code {
  std::vector<uint8_t> bytes;
  std::size_t spilled = 0;  // bytes behind Unit::spills_at that it uses
};
std::optional<Code> emit(const Unit& unit);

}  // namespace gradtape::core::jit
