#include "jit/assembler.hpp"

namespace gradtape::core::jit {

using math::LaneOp;

// A single element is copied to all of the register: what lies beside it must not divide by zero.
void Assembler::load(int to, const Address& from) {
  if (single_)
    broadcast(to, from);
  else
    vmovups(vector(to), from);
}
void Assembler::broadcast(int to, const Address& from) {
  if (size_ == 4)
    vbroadcastss(vector(to), from);
  else if (single_)
    vmovddup(vector(to), from);
  else
    vbroadcastsd(Xbyak::Ymm(to), from);
}
void Assembler::load_mask(int to, const Address& from, const Address& zeros) {
  if (single_) return broadcast_mask(to, from);
  if (size_ == 4) {
    vpmovzxbd(vector(to), from);
    vpcmpgtd(vector(to), vector(to), zeros);
  } else {
    vpmovzxbq(vector(to), from);
    vpcmpgtq(vector(to), vector(to), zeros);
  }
}
void Assembler::broadcast_mask(int to, const Address& from) {
  movzx(eax, from);
  if (size_ == 4) {
    neg(eax);
    vmovd(Register(to), eax);
    vpbroadcastd(vector(to), Register(to));
  } else {
    neg(rax);
    vmovq(Register(to), rax);
    vpbroadcastq(vector(to), Register(to));
  }
}

void Assembler::store(const Address& to, int from) {
  if (!single_)
    vmovups(to, vector(from));
  else if (size_ == 4)
    vmovss(to, vector(from));
  else
    vmovsd(to, vector(from));
}
void Assembler::store_mask(const Address& to, int from, int free) {
  if (single_) {
    vmovd(eax, Register(from));
    and_(eax, 1);
    mov(to, al);
    return;
  }
  const Register packed(free);
  vextracti128(packed, Xbyak::Ymm(from), 1);
  vpackssdw(packed, Register(from), packed);  // saturation keeps 0 and -1
  if (size_ == 8) vpackssdw(packed, packed, packed);
  vpacksswb(packed, packed, packed);
  vpabsb(packed, packed);
  if (size_ == 4)
    vmovq(to, packed);
  else
    vmovd(to, packed);
}

void Assembler::binary(LaneOp op, Dtype dtype, int to, int x, const Operand& y) {
  const Register result = vector(to), a = vector(x);
  switch (op) {
    case LaneOp::bit_and: vandps(result, a, y); break;
    case LaneOp::bit_or: vorps(result, a, y); break;
    case LaneOp::bit_xor: vxorps(result, a, y); break;
    default: is_floating(dtype) ? binary_float(op, to, x, y) : binary_integer(op, to, x, y);
  }
}
void Assembler::binary_float(LaneOp op, int to, int x, const Operand& y) {
  enum : uint8_t { kEqual = 0, kNotEqual = 4, kLess = 17, kLessEqual = 18 };  // without signals for nan
  const Register r = vector(to), a = vector(x);
  const bool f = size_ == 4;
  const auto compare = [&](uint8_t how) { f ? vcmpps(r, a, y, how) : vcmppd(r, a, y, how); };
  switch (op) {
    case LaneOp::add: f ? vaddps(r, a, y) : vaddpd(r, a, y); break;
    case LaneOp::subtract: f ? vsubps(r, a, y) : vsubpd(r, a, y); break;
    case LaneOp::multiply: f ? vmulps(r, a, y) : vmulpd(r, a, y); break;
    case LaneOp::divide: f ? vdivps(r, a, y) : vdivpd(r, a, y); break;
    case LaneOp::equal: compare(kEqual); break;
    case LaneOp::not_equal: compare(kNotEqual); break;
    case LaneOp::less: compare(kLess); break;
    default: compare(kLessEqual);
  }
}
void Assembler::binary_integer(LaneOp op, int to, int x, const Operand& y) {
  const Register r = vector(to), a = vector(x);
  const bool i = size_ == 4;
  switch (op) {
    case LaneOp::add: i ? vpaddd(r, a, y) : vpaddq(r, a, y); break;
    case LaneOp::subtract: i ? vpsubd(r, a, y) : vpsubq(r, a, y); break;
    case LaneOp::multiply: vpmulld(r, a, y); break;
    case LaneOp::equal: i ? vpcmpeqd(r, a, y) : vpcmpeqq(r, a, y); break;
    default: i ? vpcmpgtd(r, a, y) : vpcmpgtq(r, a, y);  // x > y
  }
}

void Assembler::unary(LaneOp op, int to, const Operand& x) {
  // Without the signal for inexact results; kNearest: in the direction that is set, as std::nearbyint.
  enum : uint8_t { kFloor = 9, kCeil = 10, kTruncate = 11, kNearest = 12 };
  const Register r = vector(to);
  const bool f = size_ == 4;
  const auto round = [&](uint8_t how) { f ? vroundps(r, x, how) : vroundpd(r, x, how); };
  switch (op) {
    case LaneOp::square_root: f ? vsqrtps(r, x) : vsqrtpd(r, x); break;
    case LaneOp::nearest: round(kNearest); break;
    case LaneOp::floor: round(kFloor); break;
    case LaneOp::ceil: round(kCeil); break;
    default: round(kTruncate);
  }
}

void Assembler::shift(LaneOp op, int to, int x, int bits) {
  const auto n = static_cast<uint8_t>(bits);
  const Register r = vector(to), a = vector(x);
  if (op == LaneOp::shift_left)
    size_ == 4 ? vpslld(r, a, n) : vpsllq(r, a, n);
  else
    size_ == 4 ? vpsrld(r, a, n) : vpsrlq(r, a, n);
}
void Assembler::fused(Fused form, bool negated, int to, int x, const Operand& y) {
  using Instruction = void (CodeGenerator::*)(const Xbyak::Xmm&, const Xbyak::Xmm&, const Operand&);
  using C = CodeGenerator;
  static constexpr Instruction kInstructions[3][2][2] = {
      {{&C::vfmadd213ps, &C::vfmadd213pd}, {&C::vfnmadd213ps, &C::vfnmadd213pd}},
      {{&C::vfmadd132ps, &C::vfmadd132pd}, {&C::vfnmadd132ps, &C::vfnmadd132pd}},
      {{&C::vfmadd231ps, &C::vfmadd231pd}, {&C::vfnmadd231ps, &C::vfnmadd231pd}}};
  (this->*kInstructions[static_cast<int>(form)][negated][size_ == 8])(vector(to), vector(x), y);
}

void Assembler::extreme(bool maximum, int to, int x, int y) {
  const Register r = vector(to), a = vector(x), b = vector(y);
  if (size_ == 4)
    maximum ? vmaxps(r, a, b) : vminps(r, a, b);
  else
    maximum ? vmaxpd(r, a, b) : vminpd(r, a, b);
}
void Assembler::select(int to, int mask, const Operand& x, int y) {
  if (size_ == 4)
    vblendvps(vector(to), vector(y), x, vector(mask));
  else
    vblendvpd(vector(to), vector(y), x, vector(mask));
}

}  // namespace gradtape::core::jit
