// Kernels along lines and by indices, and copies: at sizes where they share out and block, against plain loops.
#include <bit>
#include <limits>
#include <numeric>

#include "support/kernel_test.hpp"

namespace test {
namespace {

TEST_F(Kernels, ScansAlongEveryAxis) {
  const std::vector<int64_t> shape{3, 70, 130};
  const auto x = random(3 * 70 * 130), a = random(3 * 70 * 130);
  gt_tensor t = tensor<double>(c, shape, x), factors = tensor<double>(c, shape, a);
  for (int64_t axis : {0, 1, 2})
    for (bool reverse : {false, true}) {
      const json attrs = {{"axis", axis}, {"reverse", reverse}};
      const auto sums = values(run("cumsum", {t}, attrs)), products = values(run("cumprod", {t}, attrs)),
                 logs = values(run("logcumsumexp", {t}, attrs)),
                 recurrence = values(run("linear_scan", {factors, t}, attrs));
      int64_t inner = 1;
      for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < 3; ++i) inner *= shape[i];
      const int64_t n = shape[static_cast<std::size_t>(axis)], count = 3 * 70 * 130;
      for (int64_t line = 0; line < count / n; ++line) {
        double sum = 0, product = 1, exponentials = 0, y = 0;
        for (int64_t k = 0; k < n; ++k) {
          const auto at =
              static_cast<std::size_t>((line / inner * n + (reverse ? n - 1 - k : k)) * inner + line % inner);
          sum += x[at], product *= x[at], exponentials += std::exp(x[at]), y = a[at] * y + x[at];
          ASSERT_NEAR(sums[at], sum, 1e-11);
          ASSERT_NEAR(products[at], product, 1e-11 * std::abs(product));
          ASSERT_NEAR(logs[at], std::log(exponentials), 1e-11);
          ASSERT_NEAR(recurrence[at], y, 1e-9 * (1 + std::abs(y)));
        }
      }
    }
}

TEST_F(Kernels, GatherAndScatterOfManyRows) {
  for (int64_t inner : {1, 3, 200}) {
    const int64_t n = 700, count = 3000;
    const auto x = random(static_cast<std::size_t>(n * inner)), u = random(static_cast<std::size_t>(count * inner));
    std::vector<int32_t> at(static_cast<std::size_t>(count));
    for (int32_t& i : at) i = std::uniform_int_distribution<int32_t>(0, static_cast<int32_t>(n) - 1)(random_);
    gt_tensor indices = tensor<int32_t>(c, {count}, at);
    const auto rows = values(run("gather", {tensor<double>(c, {n, inner}, x), indices}, {{"axis", 0}}));
    const auto sums =
        values(run("unsorted_segment_sum", {tensor<double>(c, {count, inner}, u), indices}, {{"num_segments", n}}));
    std::vector<double> want(static_cast<std::size_t>(n * inner), 0.0);
    for (int64_t k = 0; k < count; ++k)
      for (int64_t i = 0; i < inner; ++i) {
        const auto from = static_cast<std::size_t>(at[static_cast<std::size_t>(k)] * inner + i),
                   to = static_cast<std::size_t>(k * inner + i);
        ASSERT_EQ(rows[to], x[from]);
        want[from] += u[to];
      }
    ASSERT_EQ(sums, want) << "each sum in the order of the indices";
  }
  std::vector<int32_t> at(20000, 3);
  at[17000] = 9;
  gt_tensor bad =
      run("gather", {tensor<float>(c, {5}, {1, 2, 3, 4, 5}), tensor<int32_t>(c, {20000}, at)}, {{"axis", 0}});
  EXPECT_EQ(gt_eval(c, &bad, 1), GT_INVALID_ARGUMENT);
  EXPECT_EQ(c.message(), "gather: index 9 is out of range: the axis has size 5");
}

TEST_F(Kernels, ExtremesOfRowsAndColumns) {
  std::vector<float> x(90 * 500);
  for (float& v : x) v = static_cast<float>(std::uniform_int_distribution<int>(-400, 400)(random_));
  x[500 * 3 + 250] = std::numeric_limits<float>::quiet_NaN();
  gt_tensor t = tensor<float>(c, {90, 500}, x);
  const auto better = [](float a, float b) { return a > b || (a != a && b == b); };
  const auto rows = read<int64_t>(c, run("argmax", {t}, {{"axis", 1}})),
             columns = read<int64_t>(c, run("argmax", {t}, {{"axis", 0}}));
  for (std::size_t r = 0; r < 90; ++r) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < 500; ++j)
      if (better(x[r * 500 + j], x[r * 500 + best])) best = j;
    ASSERT_EQ(rows[r], static_cast<int64_t>(best));
  }
  for (std::size_t j = 0; j < 500; ++j) {
    std::size_t best = 0;
    for (std::size_t r = 1; r < 90; ++r)
      if (better(x[r * 500 + j], x[best * 500 + j])) best = r;
    ASSERT_EQ(columns[j], static_cast<int64_t>(best));
  }
}

template <class T>
void check_transpose(Kernels& k, int64_t rows, int64_t columns) {
  std::vector<T> x(static_cast<std::size_t>(rows * columns));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(i % 1000003);
  const auto y = read<T>(k.c, k.run("transpose", {tensor<T>(k.c, {rows, columns}, x)}, {{"perm", {1, 0}}}));
  for (int64_t i = 0; i < columns; ++i)
    for (int64_t j = 0; j < rows; ++j)
      ASSERT_EQ(y[static_cast<std::size_t>(i * rows + j)], x[static_cast<std::size_t>(j * columns + i)])
          << rows << " x " << columns << ", " << i << ", " << j;
}
// Many rows at once are reduced as each row alone, to the bit.
TEST_F(Kernels, ShortRowsSideBySide) {
  constexpr int64_t kRows = 37;
  for (const char* op : {"reduce_sum", "reduce_prod", "reduce_max", "reduce_min"})
    for (int64_t n = 1; n <= 70; ++n) {
      auto x = random(static_cast<std::size_t>(kRows * n));
      x[x.size() / 2] = std::numeric_limits<double>::quiet_NaN(), x[0] = -0.0;
      const json attrs = {{"axis", 1}};
      const auto bits = [](double v) { return std::isnan(v) ? ~uint64_t{0} : std::bit_cast<uint64_t>(v); };
      const auto check = [&]<class T>(T) {
        const std::vector<T> rows(x.begin(), x.end());
        const auto together = values(run(op, {tensor<T>(c, {kRows, n}, rows)}, attrs));
        for (int64_t r = 0; r < kRows; ++r) {
          const std::vector<T> row(rows.begin() + r * n, rows.begin() + (r + 1) * n);
          const auto alone = values(run(op, {tensor<T>(c, {1, n}, row)}, attrs));
          ASSERT_EQ(bits(together[static_cast<std::size_t>(r)]), bits(alone[0])) << op << " of " << n << ", row " << r;
        }
      };
      check(float{}), check(double{});
    }
}

TEST_F(Kernels, TransposesOfEverySize) {
  for (const auto& [rows, columns] :
       {std::pair<int64_t, int64_t>{2, 3}, {16, 16}, {17, 31}, {50, 70}, {3, 200}, {64, 9}, {700, 1001}, {2000, 130}}) {
    check_transpose<float>(*this, rows, columns);
    check_transpose<int64_t>(*this, rows, columns);
  }
}
TEST_F(Kernels, LargeCopiesAreSharedOut) {
  const int64_t n = 300, m = 2000;
  std::vector<float> x(static_cast<std::size_t>(n * m));
  std::iota(x.begin(), x.end(), 0.0f);
  gt_tensor t = tensor<float>(c, {n, m}, x);
  const auto columns = read<float>(c, run("slice", {t}, {{"begin", {0, 1}}, {"size", {n, m - 2}}}));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < m - 2; ++j)
      ASSERT_EQ(columns[static_cast<std::size_t>(i * (m - 2) + j)], x[static_cast<std::size_t>(i * m + j + 1)]);
  for (int64_t axis : {0, 1}) {
    const auto both = read<float>(c, run("concat", {t, t}, {{"axis", axis}}));
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < m; ++j)
        for (int64_t second : {0, 1}) {
          const int64_t at = axis == 0 ? (second * n + i) * m + j : i * 2 * m + second * m + j;
          ASSERT_EQ(both[static_cast<std::size_t>(at)], x[static_cast<std::size_t>(i * m + j)]);
        }
  }
}

}  // namespace
}  // namespace test
