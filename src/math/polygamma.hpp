// Digamma and its derivatives, in double. Results in float are rounded once.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <type_traits>

#include "math/double_double.hpp"
#include "math/special.hpp"

namespace gradtape::core::math {

inline constexpr int kMostOrder = 100;  // of polygamma

// B_2, B_4, ...
struct Ratio {
  double over, under;
};
inline constexpr Ratio kBernoulli[] = {{1, 6},       {-1, 30},           {1, 42},       {-1, 30},
                                       {5, 66},      {-691, 2730},       {7, 6},        {-3617, 510},
                                       {43867, 798}, {-174611, 330},     {854513, 138}, {-236364091, 2730},
                                       {8553103, 6}, {-23749461029, 870}};
constexpr double bernoulli(int k) { return kBernoulli[k - 1].over / kBernoulli[k - 1].under; }  // B_2k

// The derivative of log Gamma, for x > 0. Between 1 and 2 it is (x - root) times a polynomial fitted to the quotient,
// so that it is relatively right around its root.
inline double positive_digamma(double x) {
  static constexpr double kRoot = 1.4616321449683622, kRootRest = 9.549995429965697e-17;
  static constexpr double kQuotient[] = {
      0.951055876031833,      -0.4236274212814605,    0.2405424842407742,    -0.14840492305390884,
      0.09498872445494122,    -0.061922133273064534,  0.04076083381242074,   -0.02697579675613825,
      0.0179072524394512,     -0.011908218001568644,  0.007926944646403797,  -0.005279964873257405,
      0.003519006401502276,   -0.002345267632540769,  0.0015566317474486838, -0.0010376374098418604,
      0.0007233266279287554,  -0.0004821990530566789, 0.0002272331660987376, -0.00015148586836773365,
      0.00025968482126430747, -0.00017312261802727394};
  if (x > 10) {
    double sum = 0, power = 1;
    for (int k = 1; k <= 10; ++k) {
      power /= x * x;
      sum += bernoulli(k) / (2 * k) * power;
    }
    return std::log(x) - 0.5 / x - sum;
  }
  double below = 0;
  if (x < 1) {
    below = -1 / x;
    x += 1;
  }
  for (; x > 2; x -= 1) below += 1 / (x - 1);
  return (x - kRoot - kRootRest) * polynomial(kQuotient, x - 1.5) + below;
}

// The n-th derivative of digamma for x > 0, n > 0, without its sign. The recurrence goes up to an x at which the
// asymptotic series holds (Abramowitz & Stegun 6.4.6, 6.4.11).
inline double positive_polygamma(int n, double x) {
  double before = 0;
  for (const double least = n + 15; x < least; x += 1) before += std::pow(x, -n - 1);
  const double factorial = std::tgamma(n + 1.0), power = std::pow(x, -n);
  double term = factorial * (n + 1.0) / 2 * power / (x * x);  // (2k + n - 1)! / ((2k)! x^(2k + n))
  double series = 0;
  for (int k = 1; k <= 14; ++k) {
    series += bernoulli(k) * term;
    term *= (2.0 * k + n) * (2.0 * k + n + 1) / ((2.0 * k + 1) * (2.0 * k + 2)) / (x * x);
  }
  return factorial * (before + power / n + 0.5 * power / x) + series;
}

// ---- In 32 digits, for where terms cancel

inline constexpr DoubleDouble kPi{3.141592653589793, 1.2246467991473532e-16};
inline constexpr DoubleDouble kLog2{0.6931471805599453, 2.3190468138462996e-17};

// For y > 0: 2 atanh((y - 1) / (y + 1)), after its power of 2.
inline DoubleDouble log(const DoubleDouble& y) {
  int exponent;
  double half = std::frexp(y.high, &exponent);
  if (half < std::numbers::sqrt2 / 2) --exponent;
  const DoubleDouble scaled{std::ldexp(y.high, -exponent), std::ldexp(y.low, -exponent)};
  const DoubleDouble z = (scaled - DoubleDouble{1}) / (scaled + DoubleDouble{1}), square = z * z;
  DoubleDouble atanh{0};
  for (int k = 21; k >= 0; --k) atanh = atanh * square + DoubleDouble{1} / DoubleDouble{2.0 * k + 1};
  return kLog2 * DoubleDouble{static_cast<double>(exponent)} + z * atanh * DoubleDouble{2};
}

// Tangent of an angle of at most pi / 4, by the series of sine and cosine.
inline DoubleDouble tangent(const DoubleDouble& angle) {
  const DoubleDouble square = angle * angle;
  DoubleDouble sine{1}, cosine{1};
  for (int k = 13; k >= 1; --k) {
    sine = DoubleDouble{1} - square / DoubleDouble{2.0 * k * (2.0 * k + 1)} * sine;
    cosine = DoubleDouble{1} - square / DoubleDouble{2.0 * k * (2.0 * k - 1)} * cosine;
  }
  return angle * sine / cosine;
}

// The same as positive_polygamma and positive_digamma. The recurrence goes up to a y at which 14 terms of the
// asymptotic series are enough.
inline DoubleDouble positive_polygamma(int n, DoubleDouble y) {
  const auto power = [n](const DoubleDouble& of) {  // of^-n
    DoubleDouble p{1};
    for (int i = 0; i < n; ++i) p = p / of;
    return p;
  };
  DoubleDouble sum{0};
  for (; y.high < 30 + 2 * n; y = y + DoubleDouble{1}) sum = sum + power(y) / y;
  const DoubleDouble square = y * y;
  // (2k + n - 1)! / ((2k)! n! y^(2k + n))
  DoubleDouble term = power(y) / square * DoubleDouble{(n + 1.0) / 2}, series{0};
  for (int k = 1; k <= 14; ++k) {
    const Ratio& b = kBernoulli[k - 1];
    series = series + term * (DoubleDouble{b.over} / DoubleDouble{b.under});
    term =
        term * DoubleDouble{(2.0 * k + n) * (2.0 * k + n + 1)} / (square * DoubleDouble{(2.0 * k + 1) * (2.0 * k + 2)});
  }
  sum = sum + power(y) / y * DoubleDouble{0.5} + series;
  if (n == 0) return log(y) - sum;
  sum = sum + power(y) / DoubleDouble{static_cast<double>(n)};
  for (int i = 2; i <= n; ++i) sum = sum * DoubleDouble{static_cast<double>(i)};
  return sum;
}

// ---- For all arguments

inline double unit_tangent(double part) { return std::tan(std::numbers::pi * part); }
inline DoubleDouble unit_tangent(DoubleDouble part) { return tangent(kPi * part); }

// -pi times the n-th derivative of cot(pi x): a polynomial in the cotangent, from d cot(pi x) / dx =
// -pi (1 + cot^2). In the arithmetic of N.
template <class N>
N cotangent_term(int n, double x) {
  // Near half a turn the cotangent is small: by the rest of it, which is exact.
  const double turn = x - std::nearbyint(x), rest = 0.5 - std::abs(turn);
  const N c = rest < 0.25 ? N{std::copysign(1.0, turn)} * unit_tangent(N{rest}) : N{1} / unit_tangent(N{turn});
  std::array<N, kMostOrder + 3> p{N{0}, N{1}};
  N minus_pi;
  if constexpr (std::is_same_v<N, DoubleDouble>)
    minus_pi = -kPi;
  else
    minus_pi = -std::numbers::pi;
  N scale = minus_pi;
  for (int i = 0; i < n; ++i, scale = scale * minus_pi) {
    std::array<N, kMostOrder + 3> next{};
    for (int k = 1; k <= i + 1; ++k) {
      const N moved = N{static_cast<double>(k)} * p[k];
      next[k - 1] = next[k - 1] + moved;
      next[k + 1] = next[k + 1] + moved;
    }
    p = next;
  }
  N sum = p[n + 1];
  for (int k = n; k >= 0; --k) sum = sum * c + p[k];
  return scale * sum;
}

// To the left of 0, by reflection (Abramowitz & Stegun 6.4.7).
inline double reflected_polygamma(int n, double x) {
  constexpr int kMostInDouble = 2;  // of the powers of the cotangent in higher orders the error is too large
  const double other = n == 0 ? positive_digamma(1 - x) : -positive_polygamma(n, 1 - x);
  const double y = cotangent_term<double>(n, x) + other;
  if (!std::isfinite(y)) return y;
  // The rounding of 1 - x weighs as much as a unit of 1 in digamma.
  const bool cancels = n == 0 ? std::abs(y) * 4 < std::max(std::abs(other), 1.0) : std::abs(y) < std::abs(other);
  if (n <= kMostInDouble && !cancels) return y;
  const DoubleDouble exact = positive_polygamma(n, exact_sum(1, -x));
  return (cotangent_term<DoubleDouble>(n, x) + (n == 0 ? exact : -exact)).high;
}

// The n-th derivative of digamma, n <= kMostOrder.
inline double polygamma(int n, double x) {
  const double sign = n % 2 == 1 ? 1 : -1;
  if (x != x || x == -kInfinity) return kNan;
  if (x == kInfinity) return n == 0 ? x : sign * 0.0;
  if (x > 0) return n == 0 ? positive_digamma(x) : sign * positive_polygamma(n, x);
  if (x == std::floor(x)) return n % 2 == 1 ? kInfinity : x == 0 ? -std::copysign(kInfinity, x) : kNan;
  return reflected_polygamma(n, x);
}

}  // namespace gradtape::core::math
