// Chains of elementwise ops become one loop: broadcast operands, several dtypes, paddings.
#include <cmath>

#include "support/tape_support.hpp"

namespace test {
namespace {

class Fusion : public TapeTest {};

// A reader outside the group must not see a value too late, nor a group wait for what depends on it.
TEST_F(Fusion, AGroupDoesNotWaitForItsOwnReaders) {
  gt_tensor x = vec({1, 2, 3});
  gt_tensor a = gt_square(c, x), total = sum(a), b = mul(a, total), d = add(gt_exp(c, gt_negative(c, a)), b);
  expect(total, {14});
  expect(d, {14 + std::exp(-1.0), 56 + std::exp(-4.0), 126 + std::exp(-9.0)});
}
TEST_F(Fusion, OperandsOfEveryBroadcastAreSpread) {
  std::vector<float> big(3 * 1000);
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<float>(i % 7);
  gt_tensor m = mat(1000, 3, big), row = vec({1, 10, 100}), one = num(2);
  std::vector<float> column(1000);
  for (std::size_t i = 0; i < 1000; ++i) column[i] = static_cast<float>(i);
  gt_tensor y = add(mul(m, row), mul(mat(1000, 1, column), one));
  const auto got = read<float>(c, y);
  const float scale[] = {1, 10, 100};
  for (std::size_t i = 0; i < 1000; ++i)
    for (std::size_t j = 0; j < 3; ++j) ASSERT_EQ(got[3 * i + j], big[3 * i + j] * scale[j] + 2 * column[i]);
}
TEST_F(Fusion, DtypesOfDifferentSizesShareATile) {
  std::vector<float> v(1500);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(i) - 700;
  gt_tensor x = vec(v);
  gt_tensor y = gt_where(c, gt_logical_not(c, gt_greater(c, x, gt_scalar(c, 0))),
                         gt_cast(c, gt_square(c, gt_cast(c, x, GT_FLOAT64)), GT_FLOAT32), x);
  const auto got = read<float>(c, y);
  for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(got[i], v[i] > 0 ? v[i] : v[i] * v[i]);
}
TEST_F(Fusion, ALongChainIsSplit) {
  gt_tensor x = vec({1, 2}), y = x;
  for (int i = 0; i < 1000; ++i) y = gt_add(c, y, x);
  expect(y, {1001, 2002});
}

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

}  // namespace
}  // namespace test
