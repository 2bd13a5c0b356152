// Random numbers as a function of a key and a counter. The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", 2011). Only additions, multiplications, divisions and square roots of
// IEEE doubles follow, so that every machine gives the same numbers.
#include <array>
#include <cmath>
#include <cstdint>

#include "kernels/kernels.hpp"

namespace gradtape::core::kernels {

namespace {
using Block = std::array<uint32_t, 4>;

Block philox(Block counter, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0], b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(a)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

// Element i of the draw `counter`: 64 random bits.
class Stream {
 public:
  Stream(uint64_t key, uint64_t draw) : key_(key), draw_(draw) {}
  uint64_t bits(int64_t i) const {
    const auto block = static_cast<uint64_t>(i) / 2;
    const Block r = philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
                            static_cast<uint32_t>(draw_), static_cast<uint32_t>(draw_ >> 32)},
                           static_cast<uint32_t>(key_), static_cast<uint32_t>(key_ >> 32));
    const int half = static_cast<int>(i % 2) * 2;
    return uint64_t{r[half]} << 32 | r[half + 1];
  }

 private:
  uint64_t key_, draw_;
};

// In [0, 1), with as many bits as the type holds.
double unit_double(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }
float unit_float(uint64_t bits) { return static_cast<float>(bits >> 40) * 0x1p-24f; }

// In [0, n), the upper half of the product: even to n / 2^64.
__extension__ using Wide = unsigned __int128;
int64_t below(uint64_t bits, int64_t n) {
  return static_cast<int64_t>(static_cast<Wide>(bits) * static_cast<uint64_t>(n) >> 64);
}

double polynomial(double x, std::initializer_list<double> coefficients) {
  double sum = 0;
  for (double c : coefficients) sum = sum * x + c;
  return sum;
}

// Natural logarithm of x in (0, 1], by the series of 2 artanh((m - 1) / (m + 1)), m in [sqrt(1/2), sqrt(2)).
double portable_log(double x) {
  int exponent;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), s2 = s * s;
  const double series = polynomial(s2, {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                        1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0});
  return 2 * s * series + exponent * 0.69314718055994531;
}

// The quantile of the standard normal distribution, to 1e-16: algorithm AS 241, PPND16 (Wichura, Applied Statistics 37,
// 1988).
double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q *
           polynomial(r, {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
                          13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608}) /
           polynomial(r, {5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
                          5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0});
  }
  double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  double x;
  if (r <= 5) {
    r -= 1.6;
    x = polynomial(r,
                   {7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
                    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734}) /
        polynomial(
            r, {1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
                0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0});
  } else {
    r -= 5;
    x = polynomial(
            r, {2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
                0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772}) /
        polynomial(
            r, {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
                0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0});
  }
  return q < 0 ? -x : x;
}

// Calls body(stream, elements of its part of the output, their number) for each state. apart: changes all keys.
template <class T, class Body>
void for_each_state(const KernelCall& c, Body&& body, uint64_t apart = 0) {
  const int64_t* states = c.in[0].as<int64_t>();
  const int64_t n = c.in[0].elements() / 2, each = n > 0 ? c.out[0].elements() / n : 0;
  for (int64_t k = 0; k < n; ++k)
    body(Stream(static_cast<uint64_t>(states[2 * k]) ^ apart, static_cast<uint64_t>(states[2 * k + 1])),
         c.out[0].as<T>() + k * each, each);
}
}  // namespace

void random_uniform(const KernelCall& c) {
  const double low = std::get<double>(c.attr("minval")), high = std::get<double>(c.attr("maxval"));
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    for_each_state<T>(c, [&](const Stream& stream, T* out, int64_t n) {
      if constexpr (std::is_same_v<T, float>) {
        const auto l = static_cast<float>(low), width = static_cast<float>(high - low);
        for (int64_t i = 0; i < n; ++i) out[i] = l + width * unit_float(stream.bits(i));
      } else if constexpr (std::is_same_v<T, double>) {
        for (int64_t i = 0; i < n; ++i) out[i] = low + (high - low) * unit_double(stream.bits(i));
      } else {
        const auto l = static_cast<int64_t>(low), width = static_cast<int64_t>(high) - l;
        for (int64_t i = 0; i < n; ++i) out[i] = static_cast<T>(l + below(stream.bits(i), width));
      }
    });
  });
}

void random_normal(const KernelCall& c) {
  const double mean = std::get<double>(c.attr("mean")), deviation = std::get<double>(c.attr("stddev"));
  dispatch_floating(c.out[0].dtype, [&]<class T>(Type<T>) {
    for_each_state<T>(c, [&](const Stream& stream, T* out, int64_t n) {
      // The middle of each of 2^52 cells: never 0 or 1.
      for (int64_t i = 0; i < n; ++i)
        out[i] = static_cast<T>(
            mean + deviation * normal_quantile((static_cast<double>(stream.bits(i) >> 12) + 0.5) * 0x1p-52));
    });
  });
}

void random_fold(const KernelCall& c) {
  const int64_t* numbers = c.in[1].as<int64_t>();
  const int64_t n = c.in[1].elements();
  constexpr uint64_t kApart = 0x5A17ED5EED0F01Dull;  // no stream of the key itself draws these blocks
  for_each_state<int64_t>(
      c,
      [&](const Stream& stream, int64_t* out, int64_t) {
        for (int64_t i = 0; i < n; ++i)
          for (int64_t half = 0; half < 2; ++half)
            out[2 * i + half] = static_cast<int64_t>(stream.bits(2 * numbers[i] + half));
      },
      kApart);
}

}  // namespace gradtape::core::kernels
