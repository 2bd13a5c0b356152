// Paddings, signs and factors in the planner: the same values by fewer passes over memory and fewer ops.
#include <bit>
#include <climits>
#include <cmath>
#include <functional>

#include "support/tape_support.hpp"

namespace test {
namespace {

// Values padded with zeros or another number, read by a loop that does not need them in memory. The numbers are small
// integers, so that every sum is exact.
class Padding : public TapeTest {};
TEST_F(Padding, ValuesAreReadRunByRun) {
  struct Case {
    int64_t rows, columns;
  };
  for (const auto& [rows, columns] : {Case{1, 5000}, {700, 3}, {40, 700}, {3, 9001}}) {
    const auto n = static_cast<std::size_t>(rows * columns);
    std::vector<float> a(n), b(n);
    for (std::size_t i = 0; i < n; ++i) a[i] = static_cast<float>(i % 7), b[i] = static_cast<float>(i % 5) - 2;
    // [rows + 2, columns + 3]: a at (1, 2) among zeros, b at (0, 0) among threes, one number for each row.
    const int64_t out_rows = rows + 2, out_columns = columns + 3;
    const std::vector<int64_t> around_a{1, 1, 2, 1}, around_b{0, 2, 0, 3};
    std::vector<float> row_numbers(static_cast<std::size_t>(rows));
    for (std::size_t i = 0; i < row_numbers.size(); ++i) row_numbers[i] = static_cast<float>(i % 3);
    const std::vector<int64_t> around_rows{0, 2, 0, 0};
    const auto pad = [&](gt_tensor x, const std::vector<int64_t>& p, double with) {
      return gt_pad(c, x, p.data(), p.size(), "CONSTANT", with);
    };
    gt_tensor y = gt_multiply(c,
                              add(pad(gt_negative(c, mat(rows, columns, a)), around_a, 0),
                                  pad(gt_square(c, mat(rows, columns, b)), around_b, 3)),
                              pad(mat(rows, 1, row_numbers), around_rows, 2));
    const int64_t down = 0, across = 1;
    const auto got = read<float>(c, y), by_column = read<float>(c, gt_reduce_sum(c, y, &down, 1, 0)),
               by_row = read<float>(c, gt_reduce_sum(c, y, &across, 1, 0));
    std::vector<float> columns_sum(static_cast<std::size_t>(out_columns), 0);
    for (int64_t i = 0; i < out_rows; ++i) {
      float sum = 0;
      for (int64_t j = 0; j < out_columns; ++j) {
        const bool in_a = i >= 1 && i < rows + 1 && j >= 2 && j < columns + 2, in_b = i < rows && j < columns;
        const float left = in_a ? -a[static_cast<std::size_t>((i - 1) * columns + j - 2)] : 0;
        const float x = in_b ? b[static_cast<std::size_t>(i * columns + j)] : 0, right = in_b ? x * x : 3;
        const float expected = (left + right) * (i < rows ? row_numbers[static_cast<std::size_t>(i)] : 2);
        ASSERT_EQ(got[static_cast<std::size_t>(i * out_columns + j)], expected) << i << " " << j;
        sum += expected;
        columns_sum[static_cast<std::size_t>(j)] += expected;
      }
      ASSERT_EQ(by_row[static_cast<std::size_t>(i)], sum) << i;
    }
    EXPECT_EQ(by_column, columns_sum);
  }
}

// Values that are only read shifted, with zeros around them, are computed in the loop that reads them.
class Halo : public TapeTest {
 public:
  // Along the first axis of [rows, columns]: u = x[i]^2 and w = x[i + 1] x[i + 2] for each i below rows - 2. Padding
  // brings them back to [rows, columns] in three places.
  gt_tensor record(gt_tensor x, int64_t rows, int64_t columns) {
    const auto part = [&](int64_t first) {
      const std::vector<int64_t> begin{first, 0}, size{rows - 2, columns};
      return gt_slice(c, x, begin.data(), 2, size.data(), 2);
    };
    const auto pad = [&](gt_tensor t, int64_t before) {
      const std::vector<int64_t> p{before, 2 - before, 0, 0};
      return gt_pad(c, t, p.data(), p.size(), "CONSTANT", 0);
    };
    gt_tensor u = gt_square(c, part(0)), w = mul(part(1), part(2));
    return gt_subtract(c, add(pad(u, 0), mul(pad(w, 1), gt_scalar(c, 3))), pad(gt_subtract(c, w, u), 2));
  }
  static std::vector<float> expected(const std::vector<float>& x, int64_t rows, int64_t columns) {
    std::vector<float> y(x.size(), 0);
    const auto c = static_cast<std::size_t>(columns);
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows - 2) * c; ++i) {
      const float u = x[i] * x[i], w = x[i + c] * x[i + 2 * c];
      y[i] += u;
      y[i + c] += 3 * w;
      y[i + 2 * c] -= w - u;
    }
    return y;
  }
  std::string plan(gt_tensor y) { return plan_text(c, {y}); }
};
TEST_F(Halo, OfEverySize) {
  struct Size {
    int64_t rows, columns;
  };
  for (const auto& [rows, columns] : {Size{3, 1},
                                      {4, 1},
                                      {511, 1},
                                      {513, 1},
                                      {514, 1},
                                      {515, 1},
                                      {9000, 1},
                                      {100'000, 1},
                                      {3, 40},
                                      {200, 7},
                                      {70, 64}})
    for (const int32_t threads : {1, 3}) {
      gt_set_threads(c, threads);
      std::vector<float> x(static_cast<std::size_t>(rows * columns));
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 7 % 11) - 5;
      gt_scope_begin(c);
      gt_tensor y = record(mat(rows, columns, x), rows, columns);
      ASSERT_EQ(gt_scope_end(c, &y, 1), GT_OK);
      EXPECT_EQ(plan(y).find("1 steps, 0 bytes"), 0u) << plan(y);
      EXPECT_TRUE(read<float>(c, y) == expected(x, rows, columns)) << rows << " " << columns;
    }
}
// Rows too wide for a halo, values that are wanted or read in another way as well, and an operand in memory of its own.
TEST_F(Halo, NotWhereItDoesNotFit) {
  std::vector<float> x(30 * 300);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * 7 % 11) - 5;
  gt_scope_begin(c);
  gt_tensor y = record(mat(30, 300, x), 30, 300);
  ASSERT_EQ(gt_scope_end(c, &y, 1), GT_OK);
  EXPECT_EQ(plan(y).find("1 steps"), std::string::npos);
  EXPECT_TRUE(read<float>(c, y) == expected(x, 30, 300));

  const std::vector<int64_t> before{1, 0}, after{0, 1};
  const auto pad = [&](gt_tensor t, const std::vector<int64_t>& p) {
    return gt_pad(c, t, p.data(), p.size(), "CONSTANT", 0);
  };
  gt_tensor v = vec({1, 2, 3}), held = gt_square(c, v), both = add(pad(held, before), pad(held, after));
  expect(both, {1, 5, 13, 9});
  expect(held, {1, 4, 9});
  gt_scope_begin(c);
  gt_tensor q = gt_square(c, v), r = mul(add(pad(q, before), pad(q, after)), sum(q));
  ASSERT_EQ(gt_scope_end(c, &r, 1), GT_OK);
  expect(r, {14, 70, 182, 126});
}
// The product of a Hessian with a vector is one loop.
TEST_F(Halo, OfSecondDerivativesOfDifferences) {
  constexpr int64_t n = 3000;
  const auto part = [&](gt_tensor t, int64_t first) {
    const int64_t size = n - 1;
    return gt_slice(c, t, &first, 1, &size, 1);
  };
  std::vector<float> x(n), v(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(i % 5) - 2, v[i] = static_cast<float>(i % 3) - 1;
  gt_scope_begin(c);
  gt_tensor xs = vec(x), vs = vec(v);
  gt_tape outer = watching({xs}), inner = watching({xs});
  gt_tensor d = gt_subtract(c, part(xs, 1), gt_square(c, part(xs, 0)));
  gt_tensor g = grad(inner, sum(gt_square(c, d)), xs);
  std::vector<gt_tensor> hv;
  ASSERT_EQ(gradient(outer, {g}, {xs}, hv, {vs}), GT_OK) << c.message();
  ASSERT_EQ(gt_scope_end(c, hv.data(), 1), GT_OK);
  EXPECT_EQ(plan(hv[0]).find("1 steps, 0 bytes"), 0u) << plan(hv[0]);
  const auto got = read<float>(c, hv[0]);
  std::vector<float> want(n, 0);
  for (std::size_t i = 0; i + 1 < n; ++i) {  // of (x[i + 1] - x[i]^2)^2
    want[i] += (12 * x[i] * x[i] - 4 * x[i + 1]) * v[i] - 4 * x[i] * v[i + 1];
    want[i + 1] += 2 * v[i + 1] - 4 * x[i] * v[i];
  }
  EXPECT_EQ(got, want);
}

// Results too large for the cache are written past it, whatever their alignment.
TEST(LargeResults, OfAnyAlignment) {
  Ctx c;
  constexpr int64_t kRows = 3001, kColumns = 2999;
  const auto n = static_cast<std::size_t>(kRows * kColumns);
  const auto body = [](gt_context c, void*, const gt_tensor* in, std::size_t, gt_tensor* out, std::size_t,
                       std::size_t* count) -> gt_status {
    out[0] = gt_add(c, gt_square(c, in[0]), gt_scalar(c, 1));
    // The first result is complete early: what is computed after it must not take its place.
    gt_tensor more = gt_abs(c, gt_subtract(c, out[0], in[0]));
    for (int i = 0; i < 4; ++i) more = gt_maximum(c, gt_negative(c, gt_minimum(c, more, gt_scalar(c, 9))), in[0]);
    out[1] = more;
    *count = 2;
    return GT_OK;
  };
  const gt_spec spec = {GT_FLOAT32, 2, {kRows, kColumns}};
  gt_function f = gt_function_create(c, body, nullptr, nullptr, &spec, 1);
  std::vector<float> x(n), first(n + 1), second(n + 3);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<float>(i % 100) - 50;
  const void* in[] = {x.data()};
  void* out[] = {first.data() + 1, second.data() + 3};
  ASSERT_EQ(gt_function_run(c, f, in, 1, out, 2), GT_OK) << c.message();
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(first[i + 1], x[i] * x[i] + 1) << i;
    float more = std::abs(x[i] * x[i] + 1 - x[i]);
    for (int k = 0; k < 4; ++k) more = std::max(-std::min(more, 9.0f), x[i]);
    ASSERT_EQ(second[i + 3], more) << i;
  }
  EXPECT_EQ(first[0], 0);
  EXPECT_EQ(second[2], 0);
}

// Moved signs and factors give the same values, to the last bit if no factors are merged.
class Signs : public TapeTest {
 public:
  using Body = std::function<gt_tensor(gt_tensor x, gt_tensor z)>;
  // In a function, where numbers are known beforehand.
  void expect_ops(Body body, const std::string& ops, const std::function<float(float, float)>& expected) {
    const auto call = [](gt_context, void* data, const gt_tensor* in, std::size_t, gt_tensor* out, std::size_t,
                         std::size_t* n) -> gt_status {
      out[0] = (*static_cast<Body*>(data))(in[0], in[1]);
      *n = 1;
      return out[0] ? GT_OK : GT_INVALID_ARGUMENT;
    };
    const auto n = static_cast<int64_t>(x_.size());
    const gt_spec specs[] = {{GT_FLOAT32, 1, {n}}, {GT_FLOAT32, 1, {n}}};
    gt_function f = gt_function_create(c, call, &body, nullptr, specs, 2);
    std::vector<float> got(x_.size());
    const void* in[] = {x_.data(), z_.data()};
    void* out[] = {got.data()};
    ASSERT_EQ(gt_function_run(c, f, in, 2, out, 1), GT_OK) << c.message();
    std::string text(4000, ' ');
    std::size_t needed = 0;
    ASSERT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, text.data(), text.size(), &needed), GT_OK);
    const std::size_t from = text.find("]: ");
    ASSERT_NE(from, std::string::npos) << text;
    EXPECT_EQ(text.substr(from + 3, text.find("  (", from) - from - 3), ops);
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const float want = expected(x_[i], z_[i]);
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got[i]));
      } else {
        EXPECT_EQ(std::bit_cast<uint32_t>(got[i]), std::bit_cast<uint32_t>(want)) << x_[i] << " " << z_[i];
      }
    }
  }
  gt_tensor neg(gt_tensor x) { return gt_negative(c, x); }
  const std::vector<float> x_{1.5f, -0.0f, 0.0f, 3e38f, -INFINITY, NAN, 1e-42f, 7}, z_{2, 0, -0.0f, 3e38f, 1, 1, 3, -7};
};
TEST_F(Signs, GoWhereTheyCostNothing) {
  using T = gt_tensor;
  expect_ops([&](T x, T z) { return add(x, neg(z)); }, "subtract", [](float x, float z) { return x + -z; });
  expect_ops([&](T x, T z) { return add(neg(x), z); }, "subtract", [](float x, float z) { return -x + z; });
  expect_ops([&](T x, T z) { return gt_subtract(c, x, neg(z)); }, "add", [](float x, float z) { return x - -z; });
  expect_ops([&](T x, T z) { return mul(neg(x), neg(z)); }, "multiply", [](float x, float z) { return -x * -z; });
  expect_ops([&](T x, T z) { return mul(neg(neg(x)), z); }, "multiply", [](float x, float z) { return x * z; });
  expect_ops([&](T x, T) { return mul(neg(x), gt_scalar(c, 3)); }, "multiply", [](float x, float) { return -x * 3; });
  expect_ops([&](T x, T) { return neg(mul(gt_scalar(c, 0.3), x)); }, "multiply",
             [](float x, float) { return -(0.3f * x); });
  expect_ops([&](T x, T) { return mul(gt_scalar(c, 2), mul(x, gt_scalar(c, 8))); }, "multiply",
             [](float x, float) { return 2 * (x * 8); });
}
TEST_F(Signs, StayWhereTheResultWouldChange) {
  using T = gt_tensor;
  expect_ops([&](T x, T z) { return neg(gt_subtract(c, x, z)); }, "subtract negative",
             [](float x, float z) { return -(x - z); });  // of 0
  expect_ops([&](T x, T) { return mul(gt_scalar(c, 1e10), mul(x, gt_scalar(c, 1e-10))); }, "multiply multiply",
             [](float x, float) { return 1e10f * (x * 1e-10f); });  // of numbers that are small
  expect_ops([&](T x, T) { return mul(gt_scalar(c, 1e30), mul(x, gt_scalar(c, 1e30))); }, "multiply multiply",
             [](float x, float) { return 1e30f * (x * 1e30f); });  // inf, but 0 for 0
}
TEST_F(Signs, OfViewsAndIntegers) {
  gt_tensor m = mat(2, 3, {1, 2, 3, 4, 5, 6}), t = gt_transpose(c, gt_negative(c, m), nullptr, 0);
  expect(add(mat(3, 2, {1, 1, 1, 1, 1, 1}), t), {0, -3, -1, -4, -2, -5});
  expect(mul(gt_negative(c, t), gt_scalar(c, 2)), {2, 8, 4, 10, 6, 12});
  const std::vector<int32_t> v{INT32_MIN, 5, -7};
  gt_tensor i = ints(v), two = gt_negative(c, gt_negative(c, i));
  EXPECT_EQ(read<int32_t>(c, two), v);
  EXPECT_EQ(read<int32_t>(c, gt_add(c, ints({1, 1, 1}), gt_negative(c, i))),
            (std::vector<int32_t>{INT32_MIN + 1, -4, 8}));
}

}  // namespace
}  // namespace test
