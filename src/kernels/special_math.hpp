// Special functions of one argument that the C library lacks, in double: what is asked for in float is rounded once.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "kernels/twofold.hpp"

namespace gradtape::special {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr int kMostOrder = 100;  // of polygamma

template <std::size_t N>
double polynomial(const double (&ascending)[N], double x) {
  double sum = ascending[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + ascending[i];
  return sum;
}

// log |Gamma(x)|. The C library's, without its global variable for the sign.
inline double log_gamma(double x) {
#ifdef __GLIBC__
  int sign;
  return ::lgamma_r(x, &sign);
#else
  return std::lgamma(x);
#endif
}

// A first approximation to 1e-6 (M. Giles, "Approximating the erfinv function", 2010), then Halley's steps on
// erf(y) = x; near 1 on erfc(y) = 1 - x, which is exact there.
inline double erfinv(double x) {
  static constexpr double kCentral[] = {1.50140941,     0.246640727,   -0.00417768164, -0.00125372503, 0.00021858087,
                                        -4.39150654e-6, -3.5233877e-6, 3.43273939e-7,  2.81022636e-8};
  static constexpr double kTail[] = {2.83297682,     1.00167406,    0.00943887047,  -0.0076224613,  0.00573950773,
                                     -0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257};
  const double size = std::abs(x);
  if (!(size < 1)) return size == 1 ? std::copysign(kInfinity, x) : kNan;
  const double w = -std::log1p(-size * size);
  // Beyond the range of the approximation erfc(y) = 1 - x is inverted to first order in its logarithm.
  double y = w < 5    ? size * polynomial(kCentral, w - 2.5)
             : w < 16 ? size * polynomial(kTail, std::sqrt(w) - 3)
                      : std::sqrt(w - 0.5 * std::log(std::numbers::pi * w / 4));
  for (int step = w < 16 ? 1 : 3; step > 0; --step) {
    const double rest = size < 0.5 ? std::erf(y) - size : (1 - size) - std::erfc(y);
    const double u = rest * (0.5 / std::numbers::inv_sqrtpi) * std::exp(y * y);
    y -= u / (1 + y * u);
  }
  return std::copysign(y, x);
}

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
    for (int k = 1; k <= 10; ++k) power /= x * x, sum += bernoulli(k) / (2 * k) * power;
    return std::log(x) - 0.5 / x - sum;
  }
  double below = 0;
  if (x < 1) below = -1 / x, x += 1;
  for (; x > 2; x -= 1) below += 1 / (x - 1);
  return (x - kRoot - kRootRest) * polynomial(kQuotient, x - 1.5) + below;
}

// The n-th derivative of digamma for x > 0, n > 0, without its sign: by recurrence up to where the asymptotic series
// holds (Abramowitz & Stegun 6.4.6, 6.4.11).
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

// The n-th derivative of cot(pi x): a polynomial in the cotangent, from d cot(pi x) / dx = -pi (1 + cot^2).
inline double cotangent_derivative(int n, double x) {
  // Near half a turn the cotangent is small: by the rest of it, which is exact.
  const double turn = x - std::nearbyint(x), rest = 0.5 - std::abs(turn);
  const double c =
      rest < 0.25 ? std::copysign(std::tan(std::numbers::pi * rest), turn) : 1 / std::tan(std::numbers::pi * turn);
  std::array<double, kMostOrder + 3> p{0, 1}, next{};
  double scale = 1;
  for (int i = 0; i < n; ++i, scale *= -std::numbers::pi, p = next) {
    next = {};
    for (int k = 1; k <= i + 1; ++k) {
      next[k - 1] += k * p[k];
      next[k + 1] += k * p[k];
    }
  }
  double sum = 0;
  for (int k = n + 1; k >= 0; --k) sum = sum * c + p[k];
  return scale * sum;
}

// The n-th derivative of digamma in 32 digits, by the recurrence from x up to where 14 terms of the asymptotic series
// are enough; in double where that is all that is left of it.
inline double polygamma_by_recurrence(int n, double x) {
  const auto power = [n](const Twofold& y) {  // y^-n
    Twofold p{1};
    for (int i = 0; i < n; ++i) p = p / y;
    return p;
  };
  Twofold y{x}, sum{0};
  for (; y.high < 30 + 2 * n; y = y + Twofold{1}) sum = sum + power(y) / y;
  const Twofold square = y * y;
  // (2k + n - 1)! / ((2k)! n! y^(2k + n))
  Twofold term = power(y) / square * Twofold{(n + 1.0) / 2}, series{0};
  for (int k = 1; k <= 14; ++k) {
    const Ratio& b = kBernoulli[k - 1];
    series = series + term * (Twofold{b.over} / Twofold{b.under});
    term = term * Twofold{(2.0 * k + n) * (2.0 * k + n + 1)} / (square * Twofold{(2.0 * k + 1) * (2.0 * k + 2)});
  }
  sum = sum + power(y) / y * Twofold{0.5} + series;
  if (n > 0) {
    sum = sum + power(y) / Twofold{static_cast<double>(n)};
    return (n % 2 == 1 ? 1 : -1) * std::tgamma(n + 1.0) * sum.high;
  }
  // log y = log 30 + 2 atanh((y - 30) / (y + 30)), y < 31
  const Twofold z = (y - Twofold{30}) / (y + Twofold{30}), z2 = z * z;
  Twofold atanh{0};
  for (int k = 10; k >= 0; --k) atanh = atanh * z2 + Twofold{1} / Twofold{2.0 * k + 1};
  const Twofold log = Twofold{3.4011973816621555, -8.574398976320894e-17} + z * atanh * Twofold{2};
  return (log - sum).high;
}

// The n-th derivative of digamma, n <= kMostOrder; to the left of 0 by reflection (Abramowitz & Stegun 6.4.7), and near
// zeros there, where its terms cancel, by recurrence.
inline double polygamma(int n, double x) {
  constexpr double kLeast = -2000;  // below, the recurrence is too long
  const double sign = n % 2 == 1 ? 1 : -1;
  if (x != x || x == -kInfinity) return kNan;
  if (x == kInfinity) return n == 0 ? x : sign * 0.0;
  if (x > 0) return n == 0 ? positive_digamma(x) : sign * positive_polygamma(n, x);
  if (x == std::floor(x)) return n % 2 == 1 ? kInfinity : x == 0 ? -std::copysign(kInfinity, x) : kNan;
  const double turned = -std::numbers::pi * cotangent_derivative(n, x),
               other = n == 0 ? positive_digamma(1 - x) : -positive_polygamma(n, 1 - x);
  const double y = turned + other;
  // That 1 - x is rounded weighs as much as a unit of 1 in digamma.
  if (std::abs(y) * 4 < std::max(std::abs(other), n == 0 ? 1.0 : 0.0) && x > kLeast)
    return polygamma_by_recurrence(n, x);
  return y;
}

}  // namespace gradtape::special
