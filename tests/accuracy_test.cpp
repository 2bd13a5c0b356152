// Elementary functions against references of higher precision, in units in the last place. Sampled densely here;
// `./run accuracy` tries all 2^32 numbers of float32. The bounds are those that docs/performance.md states.
#include <bit>
#include <cstdlib>
#include <limits>
#include <random>

#include "support.hpp"

namespace test {
namespace {

struct Function {
  const char* op;
  double float_ulp, double_ulp;  // the worst error allowed
  // In extended precision; the second one, in double, serves for float32.
  long double (*reference)(long double);
  double (*quick)(double);
};
template <class F>
Function function(const char* op, double float_ulp, double double_ulp, F f) {
  return {op, float_ulp, double_ulp, f, f};
}
const auto sigmoid = [](auto x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); };
const auto softplus = [](auto x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); };
const std::vector<Function>& functions() {
  static const std::vector<Function> all{
      function("exp", 1.1, 1.1, [](auto x) { return std::exp(x); }),
      function("expm1", 2, 2, [](auto x) { return std::expm1(x); }),
      function("log", 1, 1, [](auto x) { return std::log(x); }),
      function("log1p", 1, 1, [](auto x) { return std::log1p(x); }),
      function("tanh", 3, 3, [](auto x) { return std::tanh(x); }),
      function("sigmoid", 3, 3, sigmoid),
      function("softplus", 2, 2, softplus),
      function("log_sigmoid", 2, 2, [](auto x) { return -softplus(-x); }),
      function("elu", 2, 2, [](auto x) { return x >= 0 ? x : std::expm1(x); }),
      function("sin", 0.6, 1, [](auto x) { return std::sin(x); }),
      function("cos", 0.6, 1, [](auto x) { return std::cos(x); }),
      function("sqrt", 0.5, 0.5, [](auto x) { return std::sqrt(x); }),
      function("rsqrt", 1.5, 1.5, [](auto x) { return 1 / std::sqrt(x); }),
  };
  return all;
}

template <class T>
double ulps(T got, long double exact) {
  const T want = static_cast<T>(exact);
  if (got == want || (std::isnan(got) && std::isnan(want))) return 0;
  if (!std::isfinite(got) || !std::isfinite(want)) {
    // The largest number and the infinity beside it are an ulp apart.
    const long double edge = std::numeric_limits<T>::max();
    return std::abs(exact) > edge * 0.999L && std::abs(static_cast<long double>(got)) > edge * 0.999L ? 1 : 1e9;
  }
  int exponent = 0;
  std::frexp(want, &exponent);
  using L = std::numeric_limits<T>;
  const long double unit = std::ldexp(1.0L, std::max(exponent, L::min_exponent) - L::digits);
  return static_cast<double>(std::abs(static_cast<long double>(got) - exact) / unit);
}

template <class T>
struct Worst {
  double ulp = 0;
  T at = 0;
};
template <class T>
void measure(gt_context c, const Function& f, const std::vector<T>& x, Worst<T>& worst, bool quick = false) {
  gt_tensor in = tensor<T>(c, {static_cast<int64_t>(x.size())}, x);
  const std::vector<gt_tensor> out = apply(c, f.op, {in});
  const std::vector<T> y = read<T>(c, out[0]);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (const double u = ulps(y[i], quick ? f.quick(x[i]) : f.reference(x[i])); !(u <= worst.ulp)) worst = {u, x[i]};
  gt_release(c, in);
  gt_release(c, out[0]);
}

// All bit patterns, numbers of everyday size, and the edges.
template <class T>
std::vector<T> samples(std::size_t n) {
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  using L = std::numeric_limits<T>;
  std::mt19937_64 random(3);
  std::vector<T> x{0,        T(-0.0),         1,        -1,          L::infinity(), -L::infinity(), L::quiet_NaN(),
                   L::min(), L::denorm_min(), L::max(), L::lowest(), L::epsilon(),  T(88.7),        T(-103.9),
                   T(709.7), T(-745.1)};
  while (x.size() < n) {
    x.push_back(std::bit_cast<T>(static_cast<Bits>(random())));
    x.push_back(std::uniform_real_distribution<T>(-2, 2)(random));
    x.push_back(std::uniform_real_distribution<T>(-100, 100)(random));
    x.push_back(static_cast<T>(1.5707963267948966 * std::uniform_int_distribution<int>(-300000, 300000)(random)));
  }
  return x;
}

template <class T>
void check(double Function::*bound) {
  Ctx c;
  const std::vector<T> x = samples<T>(200'000);
  for (const Function& f : functions()) {
    Worst<T> worst;
    measure(c, f, x, worst);
    EXPECT_LE(worst.ulp, f.*bound) << f.op << " at " << worst.at;
  }
}
TEST(Accuracy, Float32) { check<float>(&Function::float_ulp); }
TEST(Accuracy, Float64) { check<double>(&Function::double_ulp); }

// float32 sums of many numbers are as good as rounding allows.
TEST(Accuracy, SumsOfTenMillion) {
  Ctx c;
  std::mt19937 random(1);
  std::vector<float> x(10'000'000);
  double exact = 0, size = 0;
  for (float& v : x) {
    v = std::uniform_real_distribution<float>(0, 1)(random);
    exact += v;
    size += std::abs(v);
  }
  gt_tensor t = tensor<float>(c, {10'000'000}, x);
  EXPECT_NEAR(number(c, apply(c, "reduce_sum", {t})[0]), exact, size * 2e-7);
  gt_tensor columns = apply(c, "reshape", {t}, {{"shape", {1'000'000, 10}}})[0];
  const auto sums = numbers(c, apply(c, "reduce_sum", {columns}, {{"axis", {0}}})[0]);
  double total = 0;
  for (double s : sums) total += s;
  EXPECT_NEAR(total, exact, size * 2e-6);
}

// Every float32, function by function.
int try_all(const std::string& only) {
  Ctx c;
  for (const Function& f : functions()) {
    if (!only.empty() && only != f.op) continue;
    Worst<float> worst;
    std::vector<float> x(1 << 22);
    for (uint64_t first = 0; first < uint64_t{1} << 32; first += x.size()) {
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::bit_cast<float>(static_cast<uint32_t>(first + i));
      measure(c, f, x, worst, true);
    }
    std::printf("%-12s %.3f ulp at %a\n", f.op, worst.ulp, static_cast<double>(worst.at));
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1 && std::string(argv[1]) == "all") return test::try_all(argc > 2 ? argv[2] : "");
  return RUN_ALL_TESTS();
}
