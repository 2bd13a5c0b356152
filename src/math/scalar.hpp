// Scalar functions that the standard library lacks, or has in a form that overflows, cancels or is undefined for some
// integers.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace gradtape::core::math {

template <class T>
inline constexpr bool is_int = std::is_integral_v<T> && !std::is_same_v<T, bool>;

// Integer arithmetic wraps around, as in numpy; it is never undefined.
template <class T>
T wrap_add(T a, T b) {
  if constexpr (is_int<T>)
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) + static_cast<std::make_unsigned_t<T>>(b));
  else
    return a + b;
}
template <class T>
T wrap_subtract(T a, T b) {
  if constexpr (is_int<T>)
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) - static_cast<std::make_unsigned_t<T>>(b));
  else
    return a - b;
}
template <class T>
T wrap_multiply(T a, T b) {
  if constexpr (is_int<T>)
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) * static_cast<std::make_unsigned_t<T>>(b));
  else if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else
    return a * b;
}

// c ? x : y. Functions that lanes call (lane.hpp) choose by this one.
template <class T>
T select(bool c, T x, T y) {
  return c ? x : y;
}
// c is 0 or 1, and the choice is by bits, which becomes vector instructions for every size.
template <class T>
T select(uint8_t c, T x, T y) {
  using Bits = std::conditional_t<sizeof(T) == 1, uint8_t, std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>>;
  const Bits mask = static_cast<Bits>(Bits(0) - Bits(c));
  return std::bit_cast<T>(static_cast<Bits>((std::bit_cast<Bits>(x) & mask) | (std::bit_cast<Bits>(y) & ~mask)));
}

// a b + c and c - a b, rounded once where products and sums are contracted. Lanes round them once always.
template <class T>
T multiply_add(T a, T b, T c) {
  return a * b + c;
}
template <class T>
T subtract_product(T a, T b, T c) {
  return c - a * b;
}
template <class T>
T copy_sign(T x, T sign) {
  return std::copysign(x, sign);
}

template <class T>
T absolute(T x) {
  if constexpr (is_int<T>)
    return x < 0 ? wrap_subtract(T(0), x) : x;
  else
    return std::abs(x);
}
template <class T>
T negative(T x) {
  if constexpr (is_int<T>)
    return wrap_subtract(T(0), x);
  else
    return -x;
}
template <class T>
T square_root(T x) {
  return std::sqrt(x);
}
// Integers as floats; nearest: halves go to the even one.
template <class T>
T nearest(T x) {
  return std::nearbyint(x);
}
template <class T>
T floor(T x) {
  return std::floor(x);
}
template <class T>
T ceil(T x) {
  return std::ceil(x);
}
template <class T>
T truncate(T x) {
  return std::trunc(x);
}

// The zeros of t, and the result of its product or quotient elsewhere.
template <class T>
T carry(T t, T result) {
  return select(t == T(0), T(0), result);
}

// Rounds toward minus infinity. Floats lose their remainder first, so that the quotient agrees with floor_mod. The
// kernel integer_divisor reports integer divisors of 0; here any divisor is safe.
template <class T>
T floor_divide(T a, T b) {
  if constexpr (is_int<T>) {
    if (b == 0) return 0;
    if (b == -1) return wrap_subtract(T(0), a);
    return static_cast<T>(a / b - (a % b != 0 && (a < 0) != (b < 0)));
  } else {
    if (b == 0) return a / b;
    const T r = std::fmod(a, b), below = r != 0 && (b < 0) != (r < 0) ? T(1) : T(0);
    const T quotient = (a - r) / b - below, whole = std::floor(quotient);
    if (quotient == 0) return std::copysign(T(0), a / b);
    return quotient - whole > T(0.5) ? whole + 1 : whole;
  }
}
// Has the divisor's sign.
template <class T>
T floor_mod(T a, T b) {
  if constexpr (is_int<T>) {
    if (b == 0 || b == -1) return 0;
    const T r = a % b;
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
  } else {
    const T r = std::fmod(a, b);
    if (r == 0) return std::copysign(r, b);
    return (r < 0) != (b < 0) ? r + b : r;
  }
}

template <class T>
T power(T x, T y) {
  if constexpr (is_int<T>) {
    T result = 1;
    for (; y > 0; y /= 2, x = wrap_multiply(x, x))
      if (y % 2 == 1) result = wrap_multiply(result, x);
    return result;
  } else {
    return std::pow(x, y);
  }
}

// float to integer truncates. A value out of range goes to the nearest end of the range, nan to 0. Integers wrap
// around.
template <class To, class From>
To convert(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(x)) return 0;
    const From bound = std::ldexp(From(1), std::numeric_limits<To>::digits);
    if (x >= bound) return std::numeric_limits<To>::max();
    if (x < -bound) return std::numeric_limits<To>::min();
    return static_cast<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

// A value out of range goes to the nearest end of the range.
template <class To>
To saturate(int64_t x) {
  if constexpr (is_int<To>)
    return static_cast<To>(
        std::clamp(x, int64_t{std::numeric_limits<To>::min()}, int64_t{std::numeric_limits<To>::max()}));
  else
    return convert<To>(x);
}

}  // namespace gradtape::core::math
