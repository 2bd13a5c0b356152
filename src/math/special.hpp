// Special functions of one argument that the C library lacks, in double. Results in float are rounded once.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace gradtape::core::math {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

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
// erf(y) = x. Near 1 the steps are on erfc(y) = 1 - x, which is exact there.
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

}  // namespace gradtape::core::math
