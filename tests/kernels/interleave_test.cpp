// Tensors joined along their last axis: short parts of rows, and single elements, of any number of inputs.
#include "support/support.hpp"

namespace test {
namespace {

// Inputs [rows, parts[k]], whose elements say where they belong.
template <class T>
void check(gt_context c, int64_t rows, const std::vector<int64_t>& parts, bool stacked) {
  int64_t row = 0;
  for (int64_t part : parts) row += part;
  std::vector<gt_tensor> in;
  std::vector<T> want(static_cast<std::size_t>(rows * row));
  int64_t first = 0;
  for (int64_t part : parts) {
    std::vector<T> values;
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < part; ++i) {
        values.push_back(static_cast<T>((r * row + first + i) * 31 % 120));
        want[static_cast<std::size_t>(r * row + first + i)] = values.back();
      }
    in.push_back(stacked ? tensor<T>(c, {rows}, values) : tensor<T>(c, {rows, part}, values));
    first += part;
  }
  const auto join = stacked ? gt_stack : gt_concat;
  EXPECT_EQ(read<T>(c, join(c, in.data(), in.size(), -1)), want)
      << rows << " rows of " << parts.size() << " inputs, " << row << " elements";
}

template <class T>
void check_all(gt_context c) {
  for (const int32_t threads : {1, 2}) {
    EXPECT_EQ(gt_set_threads(c, threads), GT_OK);
    for (const int64_t rows : {0, 1, 2, 7, 8, 9, 63, 64, 65, 129, 700, 3001})
      for (const int64_t inputs : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33})
        check<T>(c, rows, std::vector<int64_t>(inputs, 1), true);
    check<T>(c, 200'000, {1, 1, 1}, true);  // by several threads
    check<T>(c, 50, std::vector<int64_t>(300, 1), true);
    for (const int64_t rows : {1, 5, 1000}) {
      check<T>(c, rows, {1, 2, 3, 4, 5, 0, 7}, false);
      check<T>(c, rows, {1, 0, 1}, false);
      check<T>(c, rows, {2, 2}, false);
      check<T>(c, rows, {100, 1}, false);
    }
  }
}

TEST(Interleave, AnyNumberOfInputs) {
  Ctx c;
  check_all<float>(c);
  check_all<double>(c);
  check_all<int32_t>(c);
}
TEST(Interleave, OfBools) {
  Ctx c;
  for (const std::size_t inputs : {2, 3, 9}) {
    std::vector<gt_tensor> in;
    for (std::size_t k = 0; k < inputs; ++k) {
      std::vector<uint8_t> values(100);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = (i + k) % 3 == 0;
      const int64_t n = 100;
      in.push_back(gt_tensor_create(c, GT_BOOL, &n, 1, values.data(), values.size()));
    }
    const auto got = numbers(c, gt_stack(c, in.data(), inputs, 1));
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], (i / inputs + i % inputs) % 3 == 0);
  }
}

}  // namespace
}  // namespace test
