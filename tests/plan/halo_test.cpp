// Values read shifted, among zeros, are computed in the loop that reads them.
#include "support/tape_support.hpp"

namespace test {
namespace {

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

}  // namespace
}  // namespace test
