// Instructions on vectors of elements, or on single ones: a thin layer over the assembler, which knows the elements'
// size.
#pragma once

#include <xbyak/xbyak.h>

#include "math/lane.hpp"

namespace gradtape::core::jit {

// Emits for AVX2. A register holds kVectorBytes / size elements, or copies of one element where `single` is set. A mask
// in a register has the size of elements; in memory it is a byte, 0 or 1.
class Assembler : public Xbyak::CodeGenerator {
 public:
  using Address = Xbyak::Address;
  using Operand = Xbyak::Operand;
  using Register = Xbyak::Xmm;

  static constexpr int kVectorBytes = 32, kRegisters = 16;

  Assembler(int element_size, std::size_t most_bytes, void* buffer)
      : CodeGenerator(most_bytes, buffer), size_(element_size) {}

  void set_single(bool single) { single_ = single; }
  bool is_single() const { return single_; }

  Register vector(int number) const { return single_ ? Register(number) : Xbyak::Ymm(number); }

  // From the start of the code: the buffer is not where it will run.
  void align_code(std::size_t bytes) {
    if (const std::size_t behind = getSize() % bytes) nop(bytes - behind);
  }

  void load(int to, const Address& from);
  void broadcast(int to, const Address& from);
  void load_mask(int to, const Address& from, const Address& zeros);
  void broadcast_mask(int to, const Address& from);
  void store(const Address& to, int from);
  void store_mask(const Address& to, int from, int free);
  // A register as it is, to memory of the function's own and back.
  void spill(const Address& to, int from) { vmovups(to, vector(from)); }
  void reload(int to, const Address& from) { vmovups(vector(to), from); }

  // y may lie in memory. `less` of integers is y < x here: the processor has no other.
  void binary(math::LaneOp op, Dtype dtype, int to, int x, const Operand& y);
  void unary(math::LaneOp op, int to, const Operand& x);
  void shift(math::LaneOp op, int to, int x, int bits);
  void copy(int to, int from) { vmovaps(vector(to), vector(from)); }
  // A product and a sum, rounded once; `negated`: the difference of a sum's other part and the product. The register
  // `to` is one of the operands. y may lie in memory.
  enum class Fused {
    factor_then_addend,  // to = x to + y
    factor_then_factor,  // to = to y + x
    addend,              // to = x y + to
  };
  void fused(Fused form, bool negated, int to, int x, const Operand& y);
  // x > y ? x : y, or x < y ? x : y
  void extreme(bool maximum, int to, int x, int y);
  // mask ? x : y; x may lie in memory
  void select(int to, int mask, const Operand& x, int y);
  // mask ? 0 : x
  void clear_where(int to, int mask, const Operand& x) { vandnps(vector(to), vector(mask), x); }
  void bit_and(int to, int x, const Operand& y) { vandps(vector(to), vector(x), y); }

 private:
  void binary_float(math::LaneOp op, int to, int x, const Operand& y);
  void binary_integer(math::LaneOp op, int to, int x, const Operand& y);

  int size_;
  bool single_ = false;
};

}  // namespace gradtape::core::jit
