// Values and derivatives where formulas are tempted to go wrong: guarded points, integers, nothing at all.
#include <limits>

#include "support/support.hpp"

namespace test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// The mixed partial derivative of an op of scalars by the inputs named in turn, by reverse mode or forward mode alone.
template <class T>
double derivative(const std::string& op, const std::vector<double>& at, const std::vector<std::size_t>& by,
                  bool forward) {
  Ctx c;
  std::vector<gt_tensor> x;
  for (double v : at) x.push_back(tensor<T>(c, {}, {static_cast<T>(v)}));
  std::vector<gt_tape> tapes;
  for (std::size_t i = 0; i < by.size(); ++i) {
    tapes.push_back(gt_tape_begin(c, 0));
    for (gt_tensor t : x) EXPECT_EQ(gt_tape_watch(c, tapes.back(), t), GT_OK);
  }
  gt_tensor y = apply(c, op, x)[0];
  for (std::size_t i : by) {
    gt_tensor one = tensor<T>(c, {}, {T(1)}), next = nullptr;
    const gt_status status =
        forward ? gt_tape_jvp(c, tapes.back(), &y, 1, &x[i], 1, &one, GT_UNCONNECTED_ZERO, &next)
                : gt_tape_gradient(c, tapes.back(), &y, 1, &x[i], 1, nullptr, GT_UNCONNECTED_ZERO, &next);
    EXPECT_EQ(status, GT_OK) << c.message();
    tapes.pop_back();
    y = next;
  }
  return number(c, y);
}
struct Partial {
  const char* op;
  std::vector<double> at;
  std::vector<std::size_t> by;
  double want;
};
template <class T>
void expect_partials(const std::vector<Partial>& partials) {
  for (const Partial& p : partials)
    for (bool forward : {false, true}) {
      std::string name = p.op + std::string(forward ? " forward by" : " reverse by");
      for (std::size_t i : p.by) name += " " + std::to_string(i);
      for (double v : p.at) name += " at " + std::to_string(v);
      expect_close({derivative<T>(p.op, p.at, p.by, forward)}, {p.want},
                   {32 * static_cast<double>(std::numeric_limits<T>::epsilon()), 0}, name);
    }
}
void expect_partials(const std::vector<Partial>& partials) {
  expect_partials<double>(partials);
  expect_partials<float>(partials);
}

TEST(Formula, ZeroOfTheSecondFactorWins) {
  expect_partials({{"multiply_no_nan", {kNan, 0}, {}, 0},
                   {"multiply_no_nan", {kInf, 0}, {}, 0},
                   {"multiply_no_nan", {-kInf, -0.0}, {}, 0},
                   {"multiply_no_nan", {0, kNan}, {}, kNan},
                   {"multiply_no_nan", {0, kInf}, {}, kNan},
                   {"multiply_no_nan", {3, 0}, {0}, 0},
                   {"multiply_no_nan", {3, 0}, {1}, 3},
                   {"multiply_no_nan", {3, 2}, {0, 1}, 1},
                   {"multiply_no_nan", {3, 0}, {0, 1}, 1},
                   {"multiply_no_nan", {3, 0}, {1, 0}, 1},
                   {"multiply_no_nan", {kNan, 0}, {0}, 0}});
}

// By x and y in either order, where y is 0 and where x is not positive.
TEST(Formula, MixedDerivativesOfPow) {
  const double l = std::log(3.0);
  expect_partials({{"pow", {3, 0}, {0}, 0},
                   {"pow", {3, 0}, {0, 1}, 1.0 / 3},
                   {"pow", {3, 0}, {1, 0}, 1.0 / 3},
                   {"pow", {3, 0}, {0, 1, 0}, -1.0 / 9},
                   {"pow", {3, 0}, {1, 0, 0}, -1.0 / 9},
                   {"pow", {3, 0}, {0, 0, 1}, -1.0 / 9},
                   {"pow", {3, 0}, {0, 1, 1}, 2 * l / 3},
                   {"pow", {3, 0}, {1, 1, 0}, 2 * l / 3},
                   {"pow", {3, 0}, {1, 1, 1}, l * l * l},
                   {"pow", {0, 0}, {0}, 0},
                   {"pow", {0, 0}, {1}, 0},
                   {"pow", {0, 1}, {0}, 1},
                   {"pow", {0, 2}, {0, 0}, 2},
                   {"pow", {0, 2}, {0, 1}, 0},
                   {"pow", {0, 2}, {1, 0}, 0},
                   {"pow", {-2, 3}, {0}, 12},
                   {"pow", {-2, 3}, {0, 0}, -12},
                   {"pow", {-2, 3}, {0, 1}, 0},
                   {"pow", {-2, 3}, {1, 0}, 0}});
}

TEST(Formula, LogarithmsTimesZero) {
  expect_partials({{"xlogy", {0, 2}, {}, 0},
                   {"xlogy", {0, 2}, {0}, std::log(2.0)},
                   {"xlogy", {0, 2}, {1}, 0},
                   {"xlogy", {0, 2}, {0, 1}, 0.5},
                   {"xlogy", {0, 2}, {1, 0}, 0.5},
                   {"xlogy", {0, 2}, {0, 1, 1}, -0.25},
                   {"xlogy", {0, 2}, {1, 1, 0}, -0.25},
                   {"xlogy", {0, 0}, {0}, 0},
                   {"xlogy", {0, 0}, {1}, 0},
                   {"xlogy", {0, kInf}, {0}, 0},
                   {"xlogy", {0, kNan}, {0}, 0},
                   {"xlog1py", {0, 1}, {0}, std::log(2.0)},
                   {"xlog1py", {0, 1}, {0, 1}, 0.5},
                   {"xlog1py", {0, 1}, {1, 0}, 0.5},
                   {"xlog1py", {0, -1}, {0}, 0},
                   {"xlog1py", {0, -1}, {1}, 0}});
}

// Squares of what is far out or next to nothing, and differences of what is nearly the same.
TEST(Formula, LengthsAndAngles) {
  expect_partials({{"hypot", {1, 1e-5}, {0, 0}, 9.9999999985e-11},
                   {"hypot", {3e20, 4e20}, {0}, 0.6},
                   {"hypot", {3e20, 4e20}, {0, 1}, -0.48 / 5e20},
                   {"hypot", {3e-20, 4e-20}, {1, 1}, 0.36 / 5e-20},
                   {"hypot", {kInf, 1}, {0}, 1},
                   {"hypot", {kInf, 1}, {1}, 0},
                   {"hypot", {kInf, 1}, {1, 1}, 0},
                   {"atan2", {3e20, 4e20}, {0}, 0.8 / 5e20},
                   {"atan2", {3e-10, 4e-10}, {0, 0}, -0.96 / 25e-20},
                   {"atan2", {2, kInf}, {0}, 0},
                   {"divide", {1e-20, 1e-15}, {1}, -1e10},
                   {"divide", {1, 1e-10}, {1, 1}, 2e30}});
}

TEST(Formula, CrossEntropyOfSaturatedLogits) {
  for (double sign : {1.0, -1.0})
    expect_partials(
        {{"sigmoid_cross_entropy_with_logits", {sign > 0 ? 1.0 : 0.0, sign * kInf}, {}, 0},
         {"sigmoid_cross_entropy_with_logits", {sign > 0 ? 1.0 : 0.0, sign * kInf}, {1}, 0},
         {"sigmoid_cross_entropy_with_logits", {sign > 0 ? 1.0 : 0.0, sign * 20}, {1}, -sign * 2.0611536181902037e-09},
         {"sigmoid_cross_entropy_with_logits", {sign > 0 ? 1.0 : 0.0, sign * 20}, {1, 1}, 2.0611536139418493e-09}});
}

struct Gradient {
  std::string op;
  json attrs;
  std::vector<int64_t> shape;
  std::vector<double> x, value, gradient;
};
template <class T>
void expect_gradients(const std::vector<Gradient>& all) {
  for (const Gradient& g : all) {
    Ctx c;
    gt_tensor x = tensor<T>(c, g.shape, std::vector<T>(g.x.begin(), g.x.end())), slope = nullptr;
    gt_tape tape = gt_tape_begin(c, 0);
    EXPECT_EQ(gt_tape_watch(c, tape, x), GT_OK);
    gt_tensor y = apply(c, g.op, {x}, g.attrs)[0];
    EXPECT_EQ(gt_tape_gradient(c, tape, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_ZERO, &slope), GT_OK) << c.message();
    const std::string what = g.op + g.attrs.dump();
    const Tolerance tolerance{64 * static_cast<double>(std::numeric_limits<T>::epsilon()), 0};
    expect_close(numbers(c, y), g.value, tolerance, what);
    expect_close(numbers(c, slope), g.gradient, tolerance, what + " gradient");
  }
}

TEST(Formula, NormsFarOutAndOfMatrices) {
  const double r = std::pow(2, 0.25), third = std::pow(2, 1.0 / 3);
  const std::vector<Gradient> all{
      {"norm", {{"ord", 4}}, {2}, {1e10, 1e10}, {r * 1e10}, {r / 2, r / 2}},
      {"norm", {{"ord", 3}}, {2}, {1e-20, -1e-20}, {third * 1e-20}, {third / 2, -third / 2}},
      {"norm", {{"ord", 200}}, {2}, {30, 0}, {30}, {1, 0}},
      {"norm",
       {{"ord", 3}, {"axis", 1}},
       {2, 2},
       {1e20, 1e20, 1e-20, 0},
       {third * 1e20, 1e-20},
       {third / 2, third / 2, 1, 0}},
      {"norm", {{"ord", 2}, {"axis", {0, 1}}}, {2, 2}, {3, 0, 0, -2}, {3}, {1, 0, 0, 0}},
      {"norm", {{"ord", 2}, {"axis", {1, 0}}}, {2, 3}, {0, 5, 0, 1, 0, 0}, {5}, {0, 1, 0, 0, 0, 0}},
      {"norm", {{"ord", "fro"}, {"axis", {0, 1}}}, {2, 2}, {3, 0, 0, -4}, {5}, {0.6, 0, 0, -0.8}},
      {"norm", {{"axis", {0, 1}}}, {2, 2}, {3, 0, 0, -4}, {5}, {0.6, 0, 0, -0.8}},
      {"norm", {{"ord", 2}, {"axis", {0, 1}}, {"keepdims", true}}, {2, 2}, {1, -2, 3, 4}, {5.1166727342}, {}}};
  std::vector<Gradient> exact(all.begin(), all.end() - 1);
  expect_gradients<double>(exact);
  expect_gradients<float>(exact);
  Ctx c;
  gt_tensor x = tensor<double>(c, {2, 2}, {1, -2, 3, 4});
  gt_tensor y = apply(c, "norm", {x}, all.back().attrs)[0];
  EXPECT_EQ(shape_of(c, y), (std::vector<int64_t>{1, 1}));
  EXPECT_NEAR(number(c, y), std::sqrt(15 + 5 * std::sqrt(5)), 1e-14);
}

TEST(Formula, LogSumOfNothing) {
  const std::vector<Gradient> all{
      {"reduce_logsumexp", {}, {2}, {-kInf, -kInf}, {-kInf}, {0, 0}},
      {"reduce_logsumexp", {}, {2}, {-kInf, 1}, {1}, {0, 1}},
      {"reduce_logsumexp", {}, {2}, {kInf, 1}, {kInf}, {1, 0}},
      {"reduce_logsumexp", {}, {3}, {kInf, 1, kInf}, {kInf}, {0.5, 0, 0.5}},
      {"reduce_logsumexp", {{"axis", 1}}, {2, 2}, {-kInf, -kInf, 0, 0}, {-kInf, std::log(2)}, {0, 0, 0.5, 0.5}},
      {"logcumsumexp", {}, {2}, {-kInf, -kInf}, {-kInf, -kInf}, {0, 0}}};
  expect_gradients<double>(all);
  expect_gradients<float>(all);
}

// A parameter beside an empty batch has the gradient 0.
TEST(Formula, ParametersOfAnEmptyBatch) {
  Ctx c;
  gt_tensor x = tensor<float>(c, {0, 3}, {}),
            p[2] = {tensor<float>(c, {3}, {1, 2, 3}), tensor<float>(c, {3}, {1, 2, 3})};
  for (const char* op : {"batch_normalization", "layer_normalization"}) {
    gt_tensor g[2] = {};
    gt_tape tape = gt_tape_begin(c, 0);
    for (gt_tensor t : p) EXPECT_EQ(gt_tape_watch(c, tape, t), GT_OK);
    gt_tensor y = apply(c, op, {x, p[0], p[1]})[0];
    ASSERT_EQ(gt_tape_gradient(c, tape, &y, 1, p, 2, nullptr, GT_UNCONNECTED_ZERO, g), GT_OK) << c.message();
    for (gt_tensor t : g) EXPECT_EQ(numbers(c, t), (std::vector<double>{0, 0, 0})) << op;
  }
}

template <class T>
void check_integers() {
  Ctx c;
  const T least = std::numeric_limits<T>::min();
  const auto of = [&](const char* op, T x, T y) {
    return apply(c, op, {tensor<T>(c, {1}, {x}), tensor<T>(c, {1}, {y})})[0];
  };
  const auto refused = [&](const char* op, T x, T y, const char* text) {
    char data[sizeof(T)];
    EXPECT_EQ(gt_tensor_read(c, of(op, x, y), data, sizeof data), GT_INVALID_ARGUMENT);
    EXPECT_EQ(c.message(), text);
  };
  refused("floor_divide", 7, 0, "floor_divide: an integer cannot be divided by 0, got 0 at entry 0");
  refused("mod", 7, 0, "mod: an integer cannot be divided by 0, got 0 at entry 0");
  refused("pow", 2, -1, "pow: an integer cannot be raised to a power below 0, got -1 at entry 0");
  refused("pow", 0, -1, "pow: an integer cannot be raised to a power below 0, got -1 at entry 0");
  EXPECT_EQ(read<T>(c, of("floor_divide", least, -1))[0], least);  // wraps around
  EXPECT_EQ(read<T>(c, of("mod", least, -1))[0], 0);
  EXPECT_EQ(read<T>(c, of("floor_divide", -7, 2))[0], -4);
  EXPECT_EQ(read<T>(c, of("mod", -7, 2))[0], 1);
  EXPECT_EQ(read<T>(c, of("pow", 0, 0))[0], 1);
}
// Odd functions keep the sign of 0, a remainder of 0 has the divisor's, and so have whole tiles.
template <class T>
void expect_signs_of_zero() {
  Ctx c;
  const auto signs = [&](const char* op, std::initializer_list<gt_tensor> in) {
    std::vector<bool> all;
    for (T v : read<T>(c, apply(c, op, in)[0])) {
      EXPECT_EQ(v, T(0)) << op;
      all.push_back(std::signbit(v));
    }
    return all;
  };
  std::vector<T> x(100, T(0));
  for (size_t i = 0; i < x.size(); i += 3) x[i] = -T(0);
  const auto n = static_cast<int64_t>(x.size());
  std::vector<bool> own;
  for (T v : x) own.push_back(std::signbit(v));
  for (const char* op : {"sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "expm1", "log1p", "erf",
                         "erfinv", "sqrt", "floor", "ceil", "round", "trunc", "softsign"})
    EXPECT_EQ(signs(op, {tensor<T>(c, {n}, x)}), own) << op;
  gt_tensor numbers = tensor<T>(c, {6}, {-2.5, 2.5, -T(0), T(0), 3, -3});
  EXPECT_EQ(signs("mod", {numbers, tensor<T>(c, {}, {0.5})}), std::vector<bool>(6, false));
  EXPECT_EQ(signs("mod", {numbers, tensor<T>(c, {}, {-0.5})}), std::vector<bool>(6, true));
}
TEST(Formula, SignsOfZero32) { expect_signs_of_zero<float>(); }
TEST(Formula, SignsOfZero64) { expect_signs_of_zero<double>(); }

TEST(Formula, IntegersDividedByZero) {
  check_integers<int32_t>();
  check_integers<int64_t>();
}

template <class T>
void check_remainders() {
  Ctx c;
  const std::vector<T> x{1, -1, 1, 5.5, -5.5, 7, -7, T(0.3), 1e10, 0, 6},
      y{T(.1), T(.1), T(-.1), 2, 2, -2, -2, T(.1), 3, 5, 3};
  const auto n = static_cast<int64_t>(x.size());
  gt_tensor a = tensor<T>(c, {n}, x), b = tensor<T>(c, {n}, y);
  const auto q = read<T>(c, apply(c, "floor_divide", {a, b})[0]), r = read<T>(c, apply(c, "mod", {a, b})[0]);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(q[i] * y[i] + r[i], x[i], 2 * std::numeric_limits<T>::epsilon() * std::abs(x[i]))
        << x[i] << " " << y[i];
    EXPECT_EQ(q[i], std::floor(q[i]));
  }
  EXPECT_EQ(q[0], sizeof(T) == 8 ? 9 : q[0]);
}
TEST(Formula, QuotientsAndRemainders) {
  check_remainders<float>();
  check_remainders<double>();
}

// No integer goes through a double.
TEST(Formula, LargeIntegers) {
  Ctx c;
  constexpr int64_t large = (int64_t{1} << 53) + 1;
  gt_tensor x = tensor<int64_t>(c, {1}, {large});
  EXPECT_EQ(read<int64_t>(c, apply(c, "pad", {x}, {{"paddings", {{1, 0}}}, {"constant_values", large}})[0]),
            (std::vector<int64_t>{large, large}));
  EXPECT_EQ(read<int64_t>(
                c, apply(c, "clip_by_value", {x}, {{"clip_value_min", large + 2}, {"clip_value_max", large + 4}})[0]),
            (std::vector<int64_t>{large + 2}));
  gt_tensor at = tensor<int64_t>(c, {1}, {1});
  const json hot{{"depth", 2}, {"on_value", large}, {"off_value", -large}, {"dtype", "int64"}};
  EXPECT_EQ(read<int64_t>(c, apply(c, "one_hot", {at}, hot)[0]), (std::vector<int64_t>{-large, large}));
  EXPECT_TRUE(apply(c, "add", {x, gt_scalar(c, 0x1p53)}).empty());  // which a larger integer is rounded to
  EXPECT_NE(c.message().find("the scalar"), std::string::npos);

  gt_tensor wide = apply(c, "range", {}, {{"limit", int64_t{1} << 40}, {"delta", int64_t{1} << 39}})[0];
  EXPECT_EQ(dtype_of(c, wide), GT_INT64);
  EXPECT_EQ(read<int64_t>(c, wide), (std::vector<int64_t>{0, int64_t{1} << 39}));
  gt_tensor odd = apply(c, "range", {}, {{"start", large}, {"limit", large - 3}, {"delta", -2}})[0];
  EXPECT_EQ(read<int64_t>(c, odd), (std::vector<int64_t>{large, large - 2}));
  EXPECT_EQ(dtype_of(c, apply(c, "range", {}, {{"limit", 5}})[0]), GT_INT32);
  EXPECT_TRUE(
      apply(c, "range", {}, {{"limit", int64_t{1} << 40}, {"delta", int64_t{1} << 39}, {"dtype", "int32"}}).empty());
  EXPECT_NE(c.message().find("leave the range of int32"), std::string::npos);
}

template <class T>
void check_rank() {
  Ctx c;
  gt_tensor a = tensor<T>(c, {3, 2}, {1, 1, 2, 2, 3, 3}), b = tensor<T>(c, {3, 1}, {1, 2, 3});
  const json ridge{{"l2_regularizer", 1e-2}};
  char data[3 * sizeof(T)];
  EXPECT_EQ(gt_tensor_read(c, apply(c, "lstsq", {a, b})[0], data, 2 * sizeof(T)), GT_INVALID_ARGUMENT);
  EXPECT_NE(c.message().find("lstsq: matrix 0 of 1 has rank 1, not 2"), std::string::npos);
  for (double v : numbers(c, apply(c, "lstsq", {a, b}, ridge)[0])) EXPECT_NEAR(v, 0.5, 1e-3);
  gt_tensor wide = tensor<T>(c, {2, 3}, {1, 2, 3, 2, 4, 6}), two = tensor<T>(c, {2, 1}, {1, 2});
  EXPECT_EQ(gt_tensor_read(c, apply(c, "lstsq", {wide, two})[0], data, 3 * sizeof(T)), GT_INVALID_ARGUMENT);
  EXPECT_NE(c.message().find("rank 1, not 2"), std::string::npos);
  gt_tensor skew = tensor<T>(c, {3, 2}, {1, 1, 1, T(1.01), 1, T(0.99)});  // far from good, but of full rank
  for (double v : numbers(c, apply(c, "lstsq", {skew, b})[0])) EXPECT_TRUE(std::isfinite(v));
}
// Whatever the scales of the columns, and where no entry of the triangular factor's diagonal is next to 0.
template <class T>
void check_rank_of_columns() {
  Ctx c;
  const double big = std::is_same_v<T, float> ? 1e15 : 1e100, near = std::is_same_v<T, float> ? 1e-4 : 1e-8;
  const auto solve = [&](int64_t n, const std::vector<double>& a) {
    const auto m = static_cast<int64_t>(a.size()) / n;
    gt_tensor matrix = tensor<T>(c, {m, n}, std::vector<T>(a.begin(), a.end()));
    gt_tensor ones = tensor<T>(c, {m, 1}, std::vector<T>(static_cast<std::size_t>(m), T(1)));
    std::vector<T> x(static_cast<std::size_t>(n));
    const gt_status status = gt_tensor_read(c, apply(c, "lstsq", {matrix, ones})[0], x.data(), x.size() * sizeof(T));
    (void)c.message();
    return std::pair(status, x);
  };
  // Dependent, with a second column that is far larger or smaller.
  for (double s : {big, 1 / big}) EXPECT_EQ(solve(2, {1, s, 2, 2 * s, 3, 3 * s}).first, GT_INVALID_ARGUMENT) << s;
  // The third is the difference of the first two, which are nearly the same.
  const std::vector<double> nearly{1, 1 + near, near, 2, 2 - near, -near, 3, 3 + 2 * near, 2 * near, 4, 4, 0};
  EXPECT_EQ(solve(3, nearly).first, GT_INVALID_ARGUMENT);
  // Independent.
  for (double s : {big, 1 / big}) {
    const auto [status, x] = solve(2, {1, s, 2, -s, 3, s});
    ASSERT_EQ(status, GT_OK) << s;
    EXPECT_NEAR(double(x[0]), 8. / 19, 1e-5);
    EXPECT_NEAR(double(x[1]) * s, 1. / 19, 1e-5);
  }
  EXPECT_EQ(solve(2, {0, 1, 0, 2, 0, 3}).first, GT_INVALID_ARGUMENT);
}
TEST(Formula, LeastSquaresWithoutFullRank) {
  check_rank<float>();
  check_rank<double>();
  check_rank_of_columns<float>();
  check_rank_of_columns<double>();
}

}  // namespace
}  // namespace test
