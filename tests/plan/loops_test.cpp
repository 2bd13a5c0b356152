// Loops over spaces of every form, and results that are written past the cache.
#include <cmath>

#include "support/support.hpp"

namespace test {
namespace {

// Spaces of every form, large enough for several tiles and blocks, against plain loops; the numbers are small integers,
// so that every sum is exact.
template <class T>
void large_loops(int64_t rows, int64_t columns) {
  Ctx c;
  const auto n = static_cast<std::size_t>(rows * columns);
  const auto value = [](std::size_t i, int seed) {
    return static_cast<T>((i * 7 + i / 5 + static_cast<std::size_t>(seed)) % 9) - T(4);
  };
  std::vector<T> x(n), turned(n), row(static_cast<std::size_t>(rows)), column(static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < n; ++i) x[i] = value(i, 1), turned[i] = value(i, 2);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = value(i, 3);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = value(i, 4);
  gt_tensor tx = tensor<T>(c, {rows, columns}, x), tt = tensor<T>(c, {columns, rows}, turned);
  gt_tensor tr = tensor<T>(c, {rows, 1}, row), tc = tensor<T>(c, {columns}, column);
  const int64_t first = 0, second = 1, both[] = {0, 1};
  // y = x * column + row + turned^T; its sums and maxima; y - max along each row; what of that is positive.
  gt_tensor y = gt_add(c, gt_add(c, gt_multiply(c, tx, tc), tr), gt_transpose(c, tt, nullptr, 0));
  gt_tensor down = gt_reduce_sum(c, y, &first, 1, 0), across = gt_reduce_sum(c, y, &second, 1, 1),
            all = gt_reduce_sum(c, y, both, 2, 0);
  gt_tensor most = gt_reduce_max(c, y, &second, 1, 1), least = gt_reduce_min(c, y, &first, 1, 0);
  gt_tensor rest = gt_subtract(c, y, most),
            count = gt_reduce_sum(c, gt_cast(c, gt_greater(c, rest, gt_negative(c, tr)), GT_INT64), both, 2, 0);
  gt_tensor share = gt_reduce_sum(c, gt_multiply(c, rest, across), &first, 1, 0);
  gt_tensor asked[] = {down, across, all, most, least, rest, count, share};
  ASSERT_EQ(gt_eval(c, asked, 8), GT_OK) << c.message();

  std::vector<T> w_down(column.size(), 0), w_across(row.size(), 0), w_most(row.size()), w_least(column.size()),
      w_rest(n), w_share(column.size(), 0), w(n);
  T w_all = 0;
  int64_t w_count = 0;
  for (std::size_t i = 0; i < row.size(); ++i)
    for (std::size_t j = 0; j < column.size(); ++j) {
      const T v = w[i * column.size() + j] = x[i * column.size() + j] * column[j] + row[i] + turned[j * row.size() + i];
      w_down[j] += v, w_across[i] += v, w_all += v;
      w_most[i] = j == 0 ? v : std::max(w_most[i], v);
      w_least[j] = i == 0 ? v : std::min(w_least[j], v);
    }
  for (std::size_t i = 0; i < row.size(); ++i)
    for (std::size_t j = 0; j < column.size(); ++j) {
      const T v = w_rest[i * column.size() + j] = w[i * column.size() + j] - w_most[i];
      w_count += v > -row[i];
      w_share[j] += v * w_across[i];
    }
  EXPECT_EQ(read<T>(c, down), w_down);
  EXPECT_EQ(read<T>(c, across), w_across);
  EXPECT_EQ(read<T>(c, all)[0], w_all);
  EXPECT_EQ(read<T>(c, most), w_most);
  EXPECT_EQ(read<T>(c, least), w_least);
  EXPECT_EQ(read<T>(c, rest), w_rest);
  EXPECT_EQ(number(c, count), static_cast<double>(w_count));
  EXPECT_EQ(read<T>(c, share), w_share);
}
TEST(Loops, OfEveryForm) {
  const std::pair<int64_t, int64_t> shapes[] = {{1, 1},     {1, 20000}, {20000, 1}, {3, 20000}, {20000, 3},
                                                {700, 513}, {513, 512}, {130, 70},  {2, 9000},  {9000, 2},
                                                {65, 8192}, {33, 8193}, {5000, 17}};
  for (const auto& [rows, columns] : shapes) {
    SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(columns));
    large_loops<double>(rows, columns);
    large_loops<int64_t>(rows, columns);
    if (rows * columns <= 20000) large_loops<float>(rows, columns);
  }
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

}  // namespace
}  // namespace test
