// Scalar functions that derivatives of elementwise ops are made of, each by a formula that neither overflows nor
// cancels, for any argument. They have no branches or calls, as those of vector.hpp.
#pragma once

#include <cmath>

#include "math/double_double.hpp"
#include "math/vector.hpp"

namespace gradtape::core::math {

// 1 / cosh(x)^2, by tanh_part(x).
template <class T>
T sech_squared_of(T tanh_part) {
  return T(4) * tanh_part * (T(1) - tanh_part);
}
// The derivative of the sigmoid function, by sigmoid_part(x).
template <class T>
T logistic_of(T sigmoid_part) {
  return sigmoid_part * (T(1) - sigmoid_part);
}

// e^(-scale x^2), with what x^2 loses by rounding. scale is a power of 2, at most 1.
template <class T>
T gaussian(T x, T scale) {
  constexpr T most = 40;  // beyond it the result is 0
  // Adding and taking off the shifter leaves bits of x whose square is exact.
  constexpr T shifter = std::is_same_v<T, float> ? T(0x1.8p17) : T(0x1.8p32);
  const T size = std::abs(x), a = size > most ? most : size;
  const T high = (a + shifter) - shifter, low = a - high, square = a * a;
  const T lost = ((high * high - square) + T(2) * high * low) + low * low;
  return exp_of_sum(-scale * square, -scale * lost);
}

// P(X <= x), X ~ N(0, 1): erfc(h + l) / 2 with h + l = -x / sqrt(2). Far out erfc changes by e^(-2 h l), nearly.
inline float normal_cdf(float x) {
  const double z = -0.7071067811865476 * static_cast<double>(x);
  const float high = static_cast<float>(z), low = static_cast<float>(z - static_cast<double>(high));
  const float y = 0.5f * std::erfc(high);
  return high > 1 && high < 40 ? y * (1 - low * (2 * high + 1 / high)) : y;
}
inline double normal_cdf(double x) {
  const DoubleDouble z = exact_product(-0.7071067811865476, x);
  const double low = z.low + 4.833646656726457e-17 * x, y = 0.5 * std::erfc(z.high);
  return z.high > 1 && z.high < 40 ? y * (1 - low * (2 * z.high + 1 / z.high)) : y;
}

// r is |x| or 1 / |x|, whichever is at most 1: its square stays in range. large: |x| > 1.
template <class T>
struct Folded {
  bool large;
  T r;
};
template <class T>
Folded<T> fold(T x) {
  const T size = std::abs(x);
  return {size > T(1), size > T(1) ? T(1) / size : size};
}
// 1 / (1 + x^2)
template <class T>
T inverse_square(T x) {
  const auto [large, r] = fold(x);
  const T y = T(1) / (T(1) + r * r);
  return large ? r * (r * y) : y;
}
// x / (1 + x^2)
template <class T>
T over_square(T x) {
  const auto [large, r] = fold(x);
  return std::copysign(r / (T(1) + r * r), x);
}
// 1 / sqrt(1 + x^2)
template <class T>
T inverse_root(T x) {
  const auto [large, r] = fold(x);
  const T y = T(1) / std::sqrt(T(1) + r * r);
  return large ? r * y : y;
}
// x / sqrt(1 + x^2)
template <class T>
T over_root(T x) {
  const auto [large, r] = fold(x);
  const T y = T(1) / std::sqrt(T(1) + r * r);
  return std::copysign(large ? y : r * y, x);
}

// x / sqrt(x^2 + y^2): the cosine of the angle of the point (x, y). 0 at the origin.
template <class T>
T direction(T x, T y) {
  const T a = std::abs(x), b = std::abs(y), most = a > b ? a : b;
  // Two infinities are equally far away: nan.
  const T u = a == infinity<T> && b < a ? T(1) : a / most, v = b == infinity<T> && a < b ? T(1) : b / most;
  const T cosine = std::copysign(u / std::sqrt(u * u + v * v), x);
  return most == T(0) ? T(0) : cosine;
}

}  // namespace gradtape::core::math
