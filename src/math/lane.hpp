// Numbers that record the arithmetic done with them. A function of numbers, called with lanes, leaves its instructions,
// which the compiler of loops turns into native code. So one definition both computes and is compiled.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "base/dtype.hpp"
#include "math/vector.hpp"

namespace gradtape::core::math {

enum class LaneOp : uint8_t {
  input,
  constant,
  add,
  subtract,
  multiply,
  multiply_add,      // in[0] in[1] + in[2], rounded once
  subtract_product,  // in[2] - in[0] in[1], rounded once
  divide,
  square_root,
  nearest,  // integers as floats: halves go to the even one
  floor,
  ceil,
  truncate,
  equal,      // comparisons of numbers give a mask
  not_equal,  // of floats, as the next but one
  less,
  less_equal,
  bit_and,
  bit_or,
  bit_xor,
  shift_left,  // of integers, by `bits`; zeros come in
  shift_right,
  select,  // in[0] ? in[1] : in[2]
  call,    // of a function that has no lanes: `bits` says which
};

// An instruction on one element. A bool is a mask: all bits of the element are set, or none.
struct LaneInstruction {
  LaneOp op;
  Dtype dtype;                               // of the operands; of select: of the result
  std::array<int32_t, 3> in = {-1, -1, -1};  // instructions before this one
  uint64_t bits = 0;  // constant: its value; shift: by how many; call: the number of the function

  Dtype result() const { return op >= LaneOp::equal && op <= LaneOp::less_equal ? Dtype::boolean : dtype; }
};

// Instructions in single assignment: each is known by its number.
class LaneProgram {
 public:
  int32_t input(Dtype dtype) { return append({LaneOp::input, dtype}); }
  template <class T>
  int32_t constant(T value) {
    LaneInstruction i{LaneOp::constant, dtype_of<T>};
    if constexpr (std::is_same_v<T, bool>)
      i.bits = value ? ~uint64_t{0} : 0;
    else if constexpr (sizeof(T) == 4)
      i.bits = std::bit_cast<uint32_t>(value);
    else
      i.bits = std::bit_cast<uint64_t>(value);
    const auto [known, fresh] = constants_[static_cast<std::size_t>(i.dtype)].try_emplace(i.bits, 0);
    if (fresh) known->second = append(i);
    return known->second;
  }
  int32_t append(const LaneInstruction& i) {
    code_.push_back(i);
    return static_cast<int32_t>(code_.size()) - 1;
  }
  const std::vector<LaneInstruction>& code() const { return code_; }
  const LaneInstruction& operator[](int32_t i) const { return code_[static_cast<std::size_t>(i)]; }

 private:
  std::vector<LaneInstruction> code_;
  std::array<std::unordered_map<uint64_t, int32_t>, kDtypeSlots> constants_;  // by value
};

template <class T>
class Lane;
Lane<bool> operator&&(const Lane<bool>& a, const Lane<bool>& b);
Lane<bool> operator||(const Lane<bool>& a, const Lane<bool>& b);
Lane<bool> operator!(const Lane<bool>& a);

// The result of an instruction, or a constant that no instruction has met yet. Integers wrap around.
template <class T>
class Lane {
 public:
  using Number = T;

  Lane() = default;
  template <class N>
  requires std::is_arithmetic_v<N> Lane(N number) : number_(static_cast<T>(number)) {}
  Lane(LaneProgram& program, int32_t index) : program_(&program), index_(index) {}

  LaneProgram* program() const { return program_; }
  template <class Other>
  Lane<Other> same_bits() const {
    if (program_) return Lane<Other>(*program_, index_);
    return Lane<Other>(std::bit_cast<Other>(number_));
  }
  int32_t in(LaneProgram& program) const { return program_ ? index_ : program.constant(number_); }

  friend Lane operator+(const Lane& a, const Lane& b) { return record(LaneOp::add, a, b); }
  friend Lane operator-(const Lane& a, const Lane& b) { return record(LaneOp::subtract, a, b); }
  friend Lane operator*(const Lane& a, const Lane& b) { return record(LaneOp::multiply, a, b); }
  friend Lane operator/(const Lane& a, const Lane& b) { return record(LaneOp::divide, a, b); }
  friend Lane<bool> operator==(const Lane& a, const Lane& b) {
    if constexpr (std::is_same_v<T, bool>) return !(a != b);
    return compare(LaneOp::equal, a, b);
  }
  friend Lane<bool> operator!=(const Lane& a, const Lane& b) {
    if constexpr (std::is_same_v<T, bool>) return record(LaneOp::bit_xor, a, b);
    if constexpr (is_int<T>) return !(a == b);
    return compare(LaneOp::not_equal, a, b);
  }
  friend Lane<bool> operator<(const Lane& a, const Lane& b) {
    if constexpr (std::is_same_v<T, bool>) return !a && b;
    return compare(LaneOp::less, a, b);
  }
  friend Lane<bool> operator<=(const Lane& a, const Lane& b) {
    if constexpr (std::is_same_v<T, bool>) return !a || b;
    if constexpr (is_int<T>) return !(b < a);
    return compare(LaneOp::less_equal, a, b);
  }
  friend Lane<bool> operator>(const Lane& a, const Lane& b) { return b < a; }
  friend Lane<bool> operator>=(const Lane& a, const Lane& b) { return b <= a; }

  friend Lane operator<<(const Lane& a, int n) { return record_with(static_cast<uint64_t>(n), LaneOp::shift_left, a); }
  friend Lane operator>>(const Lane& a, int n) { return record_with(static_cast<uint64_t>(n), LaneOp::shift_right, a); }
  friend Lane operator-(const Lane& a) {
    if constexpr (is_int<T>) return Lane(0) - a;
    return record(LaneOp::bit_xor, a, Lane(-0.0));
  }

  // One operand at least must be the result of an instruction.
  template <class... X>
  static Lane record(LaneOp op, const X&... x) {
    return record_with(0, op, x...);
  }
  template <class... X>
  static Lane record_with(uint64_t bits, LaneOp op, const X&... x) {
    LaneProgram* program = nullptr;
    ((program = program ? program : x.program()), ...);
    if (!program) fail(Status::internal, "an instruction on constants alone");
    LaneInstruction instruction{op, dtype_of<T>};
    instruction.bits = bits;
    std::size_t k = 0;
    ((instruction.in[k++] = x.in(*program)), ...);
    return Lane(*program, program->append(instruction));
  }

 private:
  static Lane<bool> compare(LaneOp op, const Lane& a, const Lane& b) {
    const Lane mask = record(op, a, b);
    return Lane<bool>(*mask.program_, mask.index_);
  }

  LaneProgram* program_ = nullptr;
  int32_t index_ = 0;
  T number_{};
};

// Integers have bits.
template <std::integral T>
Lane<T> operator&(const Lane<T>& a, const Lane<T>& b) {
  return Lane<T>::record(LaneOp::bit_and, a, b);
}
template <std::integral T>
Lane<T> operator|(const Lane<T>& a, const Lane<T>& b) {
  return Lane<T>::record(LaneOp::bit_or, a, b);
}

// Bools have the arithmetic of sets of bits. No operand is left out: none has an effect.
inline Lane<bool> operator&&(const Lane<bool>& a, const Lane<bool>& b) {
  return Lane<bool>::record(LaneOp::bit_and, a, b);
}
inline Lane<bool> operator||(const Lane<bool>& a, const Lane<bool>& b) {
  return Lane<bool>::record(LaneOp::bit_or, a, b);
}
inline Lane<bool> operator!(const Lane<bool>& a) { return Lane<bool>::record(LaneOp::bit_xor, a, Lane<bool>(true)); }

// ---- The functions of scalar.hpp and vector.hpp that lanes have

template <class T>
inline constexpr bool is_int<Lane<T>> = is_int<T>;
template <class T>
inline constexpr bool is_single<Lane<T>> = is_single<T>;

// A register holds bits: seen as an integer or as a float, it is the same one.
template <class T>
struct Float<Lane<T>> : Float<T> {
  using Bits = Lane<typename Float<T>::Signed>;
  using Signed = Bits;
};
template <class T>
typename Float<Lane<T>>::Bits bits_of(const Lane<T>& x) {
  return x.template same_bits<typename Float<T>::Signed>();
}
template <class L>
requires requires { typename L::Number; }
L from_bits(const typename Float<L>::Bits& bits) { return bits.template same_bits<typename L::Number>(); }

template <class T>
Lane<T> wrap_add(const Lane<T>& a, const Lane<T>& b) {
  return a + b;
}
template <class T>
Lane<T> wrap_subtract(const Lane<T>& a, const Lane<T>& b) {
  return a - b;
}
template <class T>
Lane<T> wrap_multiply(const Lane<T>& a, const Lane<T>& b) {
  return a * b;
}
template <class T>
Lane<T> select(const Lane<bool>& c, const Lane<T>& x, const Lane<T>& y) {
  return Lane<T>::record(LaneOp::select, c, x, y);
}
template <class T>
inline constexpr auto all_but_sign =
    std::numeric_limits<std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>::max() >> 1;
template <class T>
Lane<T> absolute(const Lane<T>& x) {
  if constexpr (is_int<T>)
    return select(x < Lane<T>(0), Lane<T>(0) - x, x);
  else
    return Lane<T>::record(LaneOp::bit_and, x, Lane<T>(std::bit_cast<T>(all_but_sign<T>)));
}
template <class T>
Lane<T> multiply_add(const Lane<T>& a, const Lane<T>& b, const Lane<T>& c) {
  return Lane<T>::record(LaneOp::multiply_add, a, b, c);
}
template <class T>
Lane<T> subtract_product(const Lane<T>& a, const Lane<T>& b, const Lane<T>& c) {
  return Lane<T>::record(LaneOp::subtract_product, a, b, c);
}
template <class T>
Lane<T> copy_sign(const Lane<T>& x, const Lane<T>& sign) {
  return from_bits<Lane<T>>(bits_of(absolute(x)) | (bits_of(sign) & bits_of(Lane<T>(-0.0))));
}
template <class T>
Lane<T> negative(const Lane<T>& x) {
  return -x;
}
template <std::floating_point T>
Lane<T> square_root(const Lane<T>& x) {
  return Lane<T>::record(LaneOp::square_root, x);
}
template <std::floating_point T>
Lane<T> nearest(const Lane<T>& x) {
  return Lane<T>::record(LaneOp::nearest, x);
}
template <std::floating_point T>
Lane<T> floor(const Lane<T>& x) {
  return Lane<T>::record(LaneOp::floor, x);
}
template <std::floating_point T>
Lane<T> ceil(const Lane<T>& x) {
  return Lane<T>::record(LaneOp::ceil, x);
}
template <std::floating_point T>
Lane<T> truncate(const Lane<T>& x) {
  return Lane<T>::record(LaneOp::truncate, x);
}

}  // namespace gradtape::core::math
