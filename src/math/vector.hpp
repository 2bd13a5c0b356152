// Elementary functions without branches, table look-ups or calls, so that loops over them become vector instructions on
// every machine. Each states its worst error in units in the last place; a test holds it to that. Special values are
// those of C: nan stays nan, infinities and zeros give what the limit says, subnormal numbers count in full.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "math/scalar.hpp"

namespace gradtape::core::math {

template <class T>
struct Float;
template <>
struct Float<float> {
  using Bits = uint32_t;
  using Signed = int32_t;
  using Pattern = uint32_t;
  static constexpr int mantissa = 23, bias = 127;
  static constexpr float shifter = 0x1.8p23f;  // adding it rounds to an integer, which then is in the low bits
  static constexpr float exp_low = -104.0f, exp_high = 89.0f;
  // ln 2 in two parts, of which the first has few enough bits for exact products with exponents
  static constexpr float ln2_high = 0x1.62e4p-1f, ln2_low = 0x1.7f7d1cp-20f;
};
template <>
struct Float<double> {
  using Bits = uint64_t;
  using Signed = int64_t;
  using Pattern = uint64_t;
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr double shifter = 0x1.8p52;
  static constexpr double exp_low = -746.0, exp_high = 710.0;
  static constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
};

template <class T>
inline constexpr bool is_single = std::is_same_v<T, float>;

template <class T>
inline T infinity = std::numeric_limits<T>::infinity();

template <class T>
inline typename Float<T>::Bits bits_of(T x) {
  return std::bit_cast<typename Float<T>::Bits>(x);
}
template <std::floating_point T>
inline T from_bits(typename Float<T>::Bits bits) {
  return std::bit_cast<T>(bits);
}

template <class T>
inline T power_of_two(typename Float<T>::Bits exponent) {  // 2^exponent, within the normal numbers
  return from_bits<T>((exponent + Float<T>::bias) << Float<T>::mantissa);
}

// x = k ln 2 + r with an integer k and |r| <= ln 2 / 2.
template <class T>
struct Reduced {
  typename Float<T>::Bits k;
  T r;
};
template <class T>
inline Reduced<T> reduce_by_ln2(T x) {
  using F = Float<T>;
  const T shifted = multiply_add(x, T(1.4426950408889634074), T(F::shifter)), k = shifted - F::shifter;
  return {bits_of(shifted) - std::bit_cast<typename F::Pattern>(F::shifter),
          subtract_product(k, T(F::ln2_low), subtract_product(k, T(F::ln2_high), x))};
}

// c[0] x^n + c[1] x^(n - 1) + ... for the given coefficients, by Horner's rule.
template <class T, class... C>
inline T horner(T x, C... c) {
  T p{};
  bool first = true;
  ((p = std::exchange(first, false) ? T(c) : multiply_add(p, x, T(c))), ...);
  return p;
}

// e^r - 1 for |r| <= ln 2 / 2: the Taylor series, which the last term kept makes good to a tenth of an ulp.
template <class T>
inline T expm1_small(T r) {
  T p{};
  if constexpr (is_single<T>)
    p = horner(r, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5);
  else
    p = horner(r, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
               1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5);
  return multiply_add(p, r * r, r);
}

// x 2^k, in two steps: 2^k itself may be no normal number. |k| below twice the bias.
template <class T>
inline T times_power_of_two(T x, typename Float<T>::Bits k) {
  using F = Float<T>;
  using Bits = typename F::Bits;
  const Bits half = ((k + Bits(2 * F::bias)) >> 1) - Bits(F::bias);
  return x * power_of_two<T>(half) * power_of_two<T>(k - half);
}

// e^(x + extra) for an x that is not too large, and an extra of a few ulp of x.
template <class T>
inline T exp_up_to_high(T x, T extra) {
  const T c = select(x < Float<T>::exp_low, T(Float<T>::exp_low), x);
  const auto [k, r] = reduce_by_ln2(c);
  return times_power_of_two(expm1_small(r + extra) + T(1), k);
}
template <class T>
inline T exp_of_sum(T x, T extra) {
  return exp_up_to_high(select(x > Float<T>::exp_high, T(Float<T>::exp_high), x), extra);
}
// 1.1 ulp
template <class T>
inline T exp(T x) {
  return exp_of_sum(x, T(0));
}

// 2 ulp. 2^k (e^r - 1) + (2^k - 1), the latter as 2^k (1 - 2^-k) so that nothing overflows early.
template <class T>
inline T expm1(T x) {
  using F = Float<T>;
  using Bits = typename F::Bits;
  T c = select(x > F::exp_high, T(F::exp_high), x);
  c = select(c < T(-60), T(-60), c);
  const auto [k, r] = reduce_by_ln2(c);
  const auto fits = static_cast<typename F::Signed>(k) < F::bias;
  const T back = power_of_two<T>(Bits(0) - select(fits, k, Bits(F::bias - 1)));
  return times_power_of_two(expm1_small(r) + (T(1) - back), k);
}

// y, which has x's sign, also where both are 0.
template <class T>
inline T with_zeros_sign(T y, T x) {
  return from_bits<T>(bits_of(y) | (bits_of(x) & bits_of(T(-0.0))));
}

// x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for positive normal and subnormal x.
template <class T>
struct Split {
  T k, f;
};
template <class T>
inline Split<T> split(T x) {
  using F = Float<T>;
  using Bits = typename F::Bits;
  const bool tiny = x < std::numeric_limits<T>::min();
  constexpr T up = T(Bits(1) << (F::mantissa + 1));
  const Bits bits = std::bit_cast<Bits>(tiny ? x * up : x);
  // The exponent, counted so that it steps at sqrt(1/2), plus an offset that keeps it positive.
  constexpr Bits half_root = std::bit_cast<Bits>(T(0.70710678118654752440));
  constexpr Bits offset = Bits(F::bias + 1) << F::mantissa;
  const Bits exponent = (bits - half_root + offset) >> F::mantissa;
  const Bits rest = bits - ((exponent - Bits(F::bias + 1)) << F::mantissa);
  // An integer below 2^mantissa, made a number by its bits.
  constexpr T magic = T(Bits(1) << F::mantissa);
  const T k = std::bit_cast<T>(exponent | std::bit_cast<Bits>(magic)) - (magic + T(F::bias + 1));
  return {tiny ? k - T(F::mantissa + 1) : k, std::bit_cast<T>(rest) - T(1)};
}

// log(1 + f) + k ln 2 + extra for a small extra. With s = f / (2 + f), log(1 + f) = 2 s + s (series in s^2); the
// coefficients are those of FDLIBM (Sun Microsystems, 1993).
template <class T>
inline T log_of(Split<T> x, T extra) {
  const T s = x.f / (T(2) + x.f), z = s * s;
  T series;
  if constexpr (std::is_same_v<T, float>) {
    series = z * (T(0.66666662693) + z * (T(0.40000972152) + z * (T(0.28498786688) + z * T(0.24279078841))));
  } else {
    T p = T(1.479819860511658591e-01);
    p = p * z + T(1.531383769920937332e-01);
    p = p * z + T(1.818357216161805012e-01);
    p = p * z + T(2.222219843214978396e-01);
    p = p * z + T(2.857142874366239149e-01);
    p = p * z + T(3.999999999940941908e-01);
    p = p * z + T(6.666666666666735130e-01);
    series = p * z;
  }
  const T square = T(0.5) * x.f * x.f;
  return x.k * Float<T>::ln2_high - ((square - (s * (square + series) + (x.k * Float<T>::ln2_low + extra))) - x.f);
}

// The value of a logarithm where its argument is not a positive finite number.
template <class T>
inline T log_special(T argument, T value) {
  T y = argument < infinity<T> ? value : argument;
  y = argument == T(0) ? -infinity<T> : y;
  return argument >= T(0) ? y : std::numeric_limits<T>::quiet_NaN();
}

// 1 ulp
template <class T>
inline T log(T x) {
  return log_special(x, log_of(split(x), T(0)));
}

// 2 ulp. log(u) with u = 1 + x as rounded, and what the rounding lost over u.
template <class T>
inline T log1p(T x) {
  const T u = T(1) + x;
  const T lost = u == T(0) ? T(0) : (x - (u - T(1))) / u;
  const T y = log_special(u, log_of(split(u), lost));
  return std::abs(x) < std::numeric_limits<T>::epsilon() / 4 ? x : y;  // keeps -0
}

// A function and its derivative are made of one part, which loses no digits at either end: the lesser one of sigmoid(x)
// and sigmoid(-x).
template <class T>
inline T sigmoid_part(T x) {
  const T e = exp_up_to_high(-absolute(x), T(0));
  return e / (T(1) + e);
}
template <class T>
inline T sigmoid_of(T x, T part) {
  return select(x >= T(0), T(1) - part, part);
}
// 3 ulp
template <class T>
inline T sigmoid(T x) {
  return sigmoid_of(x, sigmoid_part(x));
}

// tanh(x) / x = 1 - z series(z), z = x^2, for |x| <= 0.55. The series has the least error relative to the result: a
// hundredth of an ulp.
template <class T>
inline T tanh_small(T x) {
  const T z = x * x;
  T q{};
  if constexpr (is_single<T>)
    q = horner(z, 0.006273552309721708, -0.02107122167944908, 0.053852204233407974, -0.13332584500312805,
               0.33333316445350647);
  else
    q = horner(z, 0.00001949035649487381555, -0.000083309591752366883283, 0.00023337689370550161474,
               -0.0005884426939114994118, 0.0014555424206896353162, -0.0035920919660456120991, 0.0088632325952244329845,
               -0.02186948838548572135, 0.053968253963747985803, -0.13333333333326599535, 0.33333333333333298291);
  return x * subtract_product(z, q, T(1));
}
// |tanh(x)| = 1 - 2 part.
template <class T>
inline T tanh_part(T x) {
  return sigmoid_part(T(2) * x);
}
template <class T>
inline T tanh_of(T x, T part) {
  return select(absolute(x) < T(0.55), tanh_small(x), copy_sign(T(1) - T(2) * part, x));
}
// 2 ulp
template <class T>
inline T tanh(T x) {
  return tanh_of(x, tanh_part(x));
}

// 3 ulp
template <class T>
inline T softplus(T x) {
  const T e = log1p(exp(-std::abs(x)));
  return x > T(0) ? x + e : e;
}

// Up to here sine and cosine reduce their argument by multiples of pi / 2 in four parts (the constants are FDLIBM's).
inline constexpr int kMostAngle = 1 << 19;

// x = k pi / 2 + r with an integer k, which is in the low bits of `quadrant`, and |r| <= pi / 4.
struct Angle {
  double k, r;
  uint64_t quadrant;
};
inline Angle nearest_quadrant(double x) {
  constexpr double shifter = Float<double>::shifter;
  const double shifted = x * 0.63661977236758134308 + shifter, k = shifted - shifter;
  return {k, x - k * 1.57079632673412561417, std::bit_cast<uint64_t>(shifted)};
}
// The sine or the cosine within a quadrant, as the quadrant asks for.
inline double in_quadrant(uint64_t q, double sine, double cosine) {
  const double y = (q & 1) ? cosine : sine;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(y) ^ ((q & 2) << 62));
}

// The sine of x + quadrant pi / 2, 1 ulp for |x| up to kMostAngle. The polynomials are FDLIBM's (Sun Microsystems,
// 1993).
inline double sine(double x, uint64_t quadrant) {
  const Angle a = nearest_quadrant(x);
  const double r =
      ((a.r - a.k * 6.07710050630396597660e-11) - a.k * 2.02226624871116645580e-21) - a.k * 8.47842766036889956997e-32;
  const double z = r * r;
  double s = 1.58969099521155010221e-10;
  s = s * z - 2.50507602534068634195e-08;
  s = s * z + 2.75573137070700676789e-06;
  s = s * z - 1.98412698298579493134e-04;
  s = s * z + 8.33333333332248946124e-03;
  s = s * z - 1.66666666666666324348e-01;
  s = with_zeros_sign(s * (z * r) + r, r);
  double c = -1.13596475577881948265e-11;
  c = c * z + 2.08757232129817482790e-09;
  c = c * z - 2.75573143513906633035e-07;
  c = c * z + 2.48015872894767294178e-05;
  c = c * z - 1.38888888888741095749e-03;
  c = c * z + 4.16666666666666019037e-02;
  const double half = 0.5 * z, w = 1 - half;
  c = w + (((1 - w) - half) + z * z * c);
  return in_quadrant(a.quadrant + quadrant, s, c);
}
// A float's goes through double: 0.51 ulp. The least r of a float is above 2^-32, so that two parts of pi / 2 do. The
// polynomials' errors are least relative to the results: 2^-37 and 2^-33.
inline float sine(float x, uint64_t quadrant) {
  const Angle a = nearest_quadrant(x);
  const double r = a.r - a.k * 6.07710050650619224932e-11, z = r * r;
  const double s = horner(z, 2.7181215281257463e-06, -0.00019839312258992277, 0.008333329304809789, -0.1666666664079676,
                          1.0),
               c = horner(z, 2.4383566191869827e-05, -0.001388668163599006, 0.041666620356746994, -0.4999999969447251,
                          1.0);
  return static_cast<float>(in_quadrant(a.quadrant + quadrant, r * s, c));
}
template <class T>
inline T sin(T x) {
  return sine(x, 0);
}
template <class T>
inline T cos(T x) {
  return sine(x, 1);
}

// sqrt(x^2 + y^2), infinite if either is infinite, even if the other is nan. 1 ulp. The root's rounding error is found
// and taken back: C. F. Borges, "Algorithm 1014: An Improved Algorithm for hypot(x,y)", ACM Trans. Math. Softw. 47(1),
// 2021.
inline double hypot(double x, double y) {
  const double ax = std::fabs(x), ay = std::fabs(y);
  const double most = ax > ay ? ax : ay, least = ax > ay ? ay : ax;
  // A power of two keeps the squares within the numbers; the smaller one no longer counts where it leaves them.
  const bool large = most > 0x1p510, tiny = most < 0x1p-450;
  const double scale = large ? 0x1p-600 : tiny ? 0x1p600 : 1.0, back = large ? 0x1p600 : tiny ? 0x1p-600 : 1.0;
  const double a = most * scale, b = least * scale, h = std::sqrt(a * a + b * b);
  const double d = h - b, e = h - a;
  const double near = a * (2 * d - a) + (d - 2 * (a - b)) * d;       // h^2 - a^2 - b^2, where h <= 2b
  const double far = 2 * e * (a - 2 * b) + (4 * e - b) * b + e * e;  // and elsewhere
  const double corrected = h - (h <= 2 * b ? near : far) / (2 * h);
  const double length = (h > 0 ? corrected : h) * back;
  return ax == infinity<double> || ay == infinity<double> ? infinity<double> : length;
}
inline float hypot(float x, float y) {  // a float's square is a double, exactly
  const double a = x, b = y, length = std::sqrt(a * a + b * b);
  const bool infinite = std::fabs(x) == infinity<float> || std::fabs(y) == infinity<float>;
  return infinite ? infinity<float> : static_cast<float>(length);
}

}  // namespace gradtape::core::math
