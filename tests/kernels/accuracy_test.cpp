// Elementary functions against references of higher precision, in units in the last place. Sampled densely here;
// `./run accuracy` tries all 2^32 numbers of float32. The bounds are those that docs/performance.md states.
#include <bit>
#include <cstdlib>
#include <limits>
#include <random>

#include "support/support.hpp"

namespace test {
namespace {

struct Function {
  const char* op;
  double float_ulp, double_ulp;  // the worst error allowed
  // In extended precision; the second one, in double, serves for float32.
  long double (*reference)(long double);
  double (*quick)(double);
  double least = -std::numeric_limits<double>::infinity();  // of the arguments tried
  double slack = 0;                                         // the reference's own error
};
template <class F>
Function function(const char* op, double float_ulp, double double_ulp, F f) {
  return {op, float_ulp, double_ulp, f, f};
}
Function with_reference(double least, double slack, Function f) {
  f.least = least;
  f.slack = slack;
  return f;
}
// By recurrence up to where the asymptotic series has the precision of the type.
template <class X>
X digamma(X x) {
  if (std::isinf(x)) return x;
  X before = 0;
  for (; x < 40; x += 1) before += 1 / x;
  const X bernoulli[] = {X(1) / 6, X(-1) / 30, X(1) / 42, X(-1) / 30, X(5) / 66, X(-691) / 2730, X(7) / 6};
  X sum = 0, power = 1;
  for (int k = 1; k <= 7; ++k) power /= x * x, sum += bernoulli[k - 1] / (2 * k) * power;
  return std::log(x) - 1 / (2 * x) - sum - before;
}
// Newton's steps on erf(y) = x, or near 1 on erfc(y) = 1 - x.
template <class X>
X erfinv(X x) {
  const X size = std::abs(x);
  if (!(size < 1))
    return size == 1 ? std::copysign(std::numeric_limits<X>::infinity(), x) : std::numeric_limits<X>::quiet_NaN();
  X y = size < X(0.9) ? size : std::sqrt(-std::log(1 - size));
  for (int i = 0; i < 60; ++i) {
    const X rest = size < X(0.5) ? std::erf(y) - size : (1 - size) - std::erfc(y);
    y -=
        rest * std::exp(y * y) * X(0.88622692545275801364908374167057259L) / (1 + std::abs(rest) * std::exp(y * y) * y);
  }
  return std::copysign(y, x);
}
const auto sigmoid = [](auto x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); };
const auto softplus = [](auto x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); };
const std::vector<Function>& functions() {
  static const std::vector<Function> all{
      function("exp", 1.1, 1.1, [](auto x) { return std::exp(x); }),
      function("expm1", 2, 2, [](auto x) { return std::expm1(x); }),
      function("log", 1, 1, [](auto x) { return std::log(x); }),
      function("log1p", 1, 1, [](auto x) { return std::log1p(x); }),
      function("tanh", 2, 2, [](auto x) { return std::tanh(x); }),
      function("sigmoid", 3, 3, sigmoid),
      function("softplus", 2, 2, softplus),
      function("log_sigmoid", 2, 2, [](auto x) { return -softplus(-x); }),
      function("elu", 2, 2, [](auto x) { return x >= 0 ? x : std::expm1(x); }),
      function("sin", 0.6, 1, [](auto x) { return std::sin(x); }),
      function("cos", 0.6, 1, [](auto x) { return std::cos(x); }),
      function("sqrt", 0.5, 0.5, [](auto x) { return std::sqrt(x); }),
      function("rsqrt", 1.5, 1.5, [](auto x) { return 1 / std::sqrt(x); }),
      function("exp2", 2, 2, [](auto x) { return std::exp2(x); }),
      function("log2", 2, 2, [](auto x) { return std::log2(x); }),
      function("tan", 2, 2, [](auto x) { return std::tan(x); }),
      function("asin", 2, 2, [](auto x) { return std::asin(x); }),
      function("acos", 2, 2, [](auto x) { return std::acos(x); }),
      function("atan", 2, 2, [](auto x) { return std::atan(x); }),
      function("sinh", 3, 3, [](auto x) { return std::sinh(x); }),
      function("cosh", 3, 3, [](auto x) { return std::cosh(x); }),
      function("asinh", 3, 3, [](auto x) { return std::asinh(x); }),
      function("acosh", 3, 3, [](auto x) { return std::acosh(x); }),
      function("atanh", 3, 3, [](auto x) { return std::atanh(x); }),
      function("erf", 2, 2, [](auto x) { return std::erf(x); }),
      function("erfc", 4, 6, [](auto x) { return std::erfc(x); }),
      function("erfinv", 1, 2, [](auto x) { return erfinv(x); }),
      function("lgamma", 1, 6, [](auto x) { return std::lgamma(x); }),
      with_reference(1e-30, 1e-17, function("digamma", 1, 4, [](auto x) { return digamma(x); })),
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
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] < f.least) continue;
    const long double exact = quick ? f.quick(x[i]) : f.reference(x[i]);
    if (std::abs(y[i] - exact) <= f.slack) continue;
    if (const double u = ulps(y[i], exact); !(u <= worst.ulp)) worst = {u, x[i]};
  }
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
// hypot of two numbers, of all magnitudes and far apart, is within 1 ulp; infinity wins over nan.
template <class T>
void check_hypot() {
  std::mt19937_64 random(7);
  const int widest = std::numeric_limits<T>::max_exponent - 1;
  std::vector<T> x, y;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const T special[] = {0,
                       -T(0),
                       1,
                       -1,
                       inf,
                       -inf,
                       nan,
                       std::numeric_limits<T>::denorm_min(),
                       std::numeric_limits<T>::max(),
                       std::numeric_limits<T>::min()};
  for (T a : special)
    for (T b : special) x.push_back(a), y.push_back(b);
  for (int i = 0; i < 200000; ++i) {
    const auto number = [&](int exponent) {
      return static_cast<T>(std::ldexp(1 + std::uniform_real_distribution<double>(0, 1)(random), exponent));
    };
    const int e = std::uniform_int_distribution<int>(-widest - 20, widest - 2)(random);
    x.push_back(number(e));
    y.push_back(number(e - std::uniform_int_distribution<int>(0, i % 2 ? 3 : 70)(random)));
    if (i % 3 == 0) std::swap(x.back(), y.back());
  }
  Ctx c;
  const auto n = static_cast<int64_t>(x.size());
  const std::vector<T> r = read<T>(c, apply(c, "hypot", {tensor<T>(c, {n}, x), tensor<T>(c, {n}, y)})[0]);
  double worst = 0;
  for (size_t i = 0; i < r.size(); ++i) {
    const long double exact = hypotl(static_cast<long double>(x[i]), static_cast<long double>(y[i]));
    if (std::isnan(exact))
      EXPECT_TRUE(std::isnan(r[i])) << x[i] << " " << y[i];
    else
      worst = std::max(worst, ulps(r[i], exact));
  }
  EXPECT_LE(worst, sizeof(T) == 4 ? 0.51 : 1.0);
}
TEST(Accuracy, Hypot32) { check_hypot<float>(); }
TEST(Accuracy, Hypot64) { check_hypot<double>(); }

TEST(Accuracy, Float32) { check<float>(&Function::float_ulp); }
TEST(Accuracy, Float64) { check<double>(&Function::double_ulp); }

// Beside their zeros left of 0, where the terms of the reflection cancel, and elsewhere there; by 60-digit arithmetic.
TEST(Accuracy, PolygammaLeftOfZero) {
  struct Value {
    int64_t n;
    double x, y;
  };
  constexpr Value values[] = {
      {0, -0.5040830082644554, 7.2897639029768949445e-17},
      {0, -0.5040830072644554, 8.9397983780456579928e-9},
      {0, -0.5041830082644554, -0.00089398798159251684662},
      {0, -1.5734984731623904, 1.5649788481838453367e-16},
      {0, -1.5734984721623904, 9.9415145871839900205e-9},
      {0, -1.5735984731623904, -0.0009942294274492942231},
      {0, -5.6671624415568855, 4.1867794464524800877e-17},
      {0, -5.6671624405568854, 1.3021407482762345757e-8},
      {0, -5.667262441556885, -0.0013023808341607291906},
      {0, -40.77678277372637, -7.5529433495692635985e-14},
      {0, -40.77678277272637, 2.3686036469203356266e-8},
      {0, -40.77688277372637, -0.0023695019417635157817},
      {0, -0.3, 2.1133097796353988734},
      {0, -7.2, 6.3659523630451088211},
      {0, -100.9, -5.0497508469714451057},
      {0, -1234.6, 6.0981419140669824585},
      {2, -0.4957156769130384, -4.3593757613477336203e-15},
      {2, -0.4957156759130384, 1.9353531448798495585e-7},
      {2, -0.4958156769130384, -0.01935322185035442878},
      {2, -3.499683980605041, 3.1608976244738737126e-14},
      {2, -3.4996839796050407, 1.9478866833836768738e-7},
      {2, -3.499783980605041, -0.019478840430797403981},
      {2, -20.49998836714109, 2.7193728399042594656e-13},
      {2, -20.49998836614109, 1.9481825545008678901e-7},
      {2, -20.50008836714109, -0.019481798408185112559},
      {2, -0.3, 67.63908119988316004},
      {2, -7.2, 247.03112458596028159},
      {2, -100.9, -1998.6597575902470865},
      {2, -1234.6, -22.276297741943805104},
      {4, -0.49977397564859133, -3.1268956091029647457e-14},
      {4, -0.4997739746485913, 0.000015371170033292833039},
      {4, -0.4998739756485913, -1.5371146954901539484},
      {4, -2.4999955795487976, 6.6262181247303920307e-14},
      {4, -2.4999955785487975, 0.000015382141411622192821},
      {4, -2.500095579548798, -1.5382143810614811007},
      {4, -0.3, 9731.8349562335204389},
      {4, -7.2, 74935.511948419722813},
      {4, -100.9, -2399973.8347577622033},
      {4, -1234.6, -2037.3985415558302107},
      {0, -2001.8752608390491, 1.1656897502570375298e-13},
      {0, -2001.8752610392366, -0.000013544881529868342185},
      {0, -123456.91666034167, -1.0244523108413177746e-9},
      {0, -1000000000.9521097, 4.0586510905512172189e-6},
      {0, -1000000001.0521097, 39.741803017952230091},
      {2, -2001.4999999987192, 2.159808222276128615e-11},
      {2, -123456.5, -6.5609776925492676704e-11},
      {2, -123456.50001234566, -0.0024051582712898838874},
      {4, -2001.5, -3.7350366485524150685e-13},
      {4, -123456.50001234566, -0.18990368052527440579},
      {3, -5000.3, 769.02091433168993642},
      {8, -2.7, -2047472534.3422028173},
      {20, -0.3, 2.3258315617066463429e+29},
  };
  Ctx c;
  for (const Value& v : values) {
    gt_tensor x = tensor<double>(c, {}, {v.x});
    EXPECT_NEAR(number(c, apply(c, "polygamma", {x}, {{"n", v.n}})[0]), v.y, 1e-14 * std::abs(v.y))
        << "order " << v.n << " at " << v.x;
  }
  for (const int n : {0, 1, 2, 5, 100})  // beside the pole: of the sign of (-1)^(n + 1) x^-(n + 1), which is 1
    EXPECT_EQ(number(c, apply(c, "polygamma", {tensor<double>(c, {}, {-1e-320})}, {{"n", n}})[0]), INFINITY) << n;
}

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

// Neither overflow nor cancellation where the result is an everyday number, derivatives included.
template <class T>
void check_extremes(T huge) {
  Ctx c;
  const auto value_and_gradient = [&](const char* op, const std::vector<T>& x, const std::vector<double>& y,
                                      const std::vector<double>& dy, const json& attrs = json::object()) {
    SCOPED_TRACE(op);
    const double tolerance = 16 * std::numeric_limits<T>::epsilon();
    gt_tensor in = tensor<T>(c, {static_cast<int64_t>(x.size())}, x);
    gt_tape tape = gt_tape_begin(c, 0);
    gt_tape_watch(c, tape, in);
    gt_tensor out = apply(c, op, {in}, attrs)[0], g = nullptr;
    ASSERT_EQ(gt_tape_gradient(c, tape, &out, 1, &in, 1, nullptr, GT_UNCONNECTED_ZERO, &g), GT_OK);
    expect_close(numbers(c, out), y, {tolerance, 0}, "value");
    expect_close(numbers(c, g), dy, {tolerance, 0}, "gradient");
  };
  for (const T scale : {huge, 1 / huge}) {
    const double s = scale;
    value_and_gradient("norm", {3 * scale, -4 * scale}, {5 * s}, {0.6, -0.8});
    value_and_gradient("l2_normalize", {3 * scale, 4 * scale}, {0.6, 0.8}, {0.032 / s, -0.024 / s}, {{"epsilon", 0}});
    value_and_gradient("reduce_std", {scale, -scale}, {s}, {0.5, -0.5});
  }
  value_and_gradient("norm", {0, 0}, {0}, {0, 0});
  value_and_gradient("reduce_variance", {T(1e8), T(1e8) + 8, T(1e8) + 16}, {128.0 / 3}, {-16.0 / 3, 0, 16.0 / 3});
  value_and_gradient("reduce_std", {7, 7, 7}, {0}, {0, 0, 0});
  value_and_gradient("reduce_logsumexp", {T(1e4), T(1e4)}, {1e4 + std::log(2)}, {0.5, 0.5});
  value_and_gradient("reduce_logsumexp", {T(-1e4), T(-1e4)}, {-1e4 + std::log(2)}, {0.5, 0.5});
  value_and_gradient("softplus", {-80, 800}, {std::exp(-80.0), 800}, {std::exp(-80.0), 1});
  value_and_gradient("reduce_prod", {0, 3, 0}, {0}, {0, 0, 0});
  value_and_gradient("reduce_prod", {2, 0, 5}, {0}, {0, 10, 0});
}
TEST(Accuracy, Extremes) {
  check_extremes<double>(1e200);
  check_extremes<float>(1e30f);
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
