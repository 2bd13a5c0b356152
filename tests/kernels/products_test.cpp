// Products of matrices of every size, alone and in batches, against plain loops.
#include <algorithm>
#include <array>

#include "support/kernel_test.hpp"

namespace test {
namespace {

// Whole numbers, so that every order of summation gives the same.
template <class T>
std::vector<T> whole_numbers(Kernels& k, int64_t n) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T& x : v) x = static_cast<T>(std::uniform_int_distribution<int>(-4, 4)(k.random_));
  return v;
}

// [m, k] by [k, n], with or without a leading axis of `batch` on each side.
template <class T>
void check_product(Kernels& t, std::array<int64_t, 3> sizes, int64_t batch_a = 0, int64_t batch_b = 0) {
  const auto [m, k, n] = sizes;
  const int64_t batch = std::max<int64_t>(1, std::max(batch_a, batch_b));
  const std::vector<T> a = whole_numbers<T>(t, std::max<int64_t>(1, batch_a) * m * k),
                       b = whole_numbers<T>(t, std::max<int64_t>(1, batch_b) * k * n);
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      std::vector<T> expected(static_cast<std::size_t>(batch * m * n));
      for (int64_t e = 0; e < batch; ++e)
        for (int64_t i = 0; i < m; ++i)
          for (int64_t l = 0; l < k; ++l) {
            const T left = a[static_cast<std::size_t>((batch_a ? e * m * k : 0) + (ta ? l * m + i : i * k + l))];
            const T* right = b.data() + (batch_b ? e * k * n : 0) + (tb ? l : l * n);
            T* sums = expected.data() + (e * m + i) * n;
            for (int64_t j = 0; j < n; ++j) sums[j] += left * right[tb ? j * k : j];
          }
      std::vector<int64_t> shape_a{ta ? k : m, ta ? m : k}, shape_b{tb ? n : k, tb ? k : n};
      if (batch_a) shape_a.insert(shape_a.begin(), batch_a);
      if (batch_b) shape_b.insert(shape_b.begin(), batch_b);
      const json attrs = {{"transpose_a", ta}, {"transpose_b", tb}};
      const auto got = read<T>(t.c, t.run("matmul", {tensor<T>(t.c, shape_a, a), tensor<T>(t.c, shape_b, b)}, attrs));
      ASSERT_TRUE(got == expected) << m << " " << k << " " << n << (ta ? " a transposed" : "")
                                   << (tb ? " b transposed" : "") << ", batches " << batch_a << " " << batch_b;
    }
}
TEST_F(Kernels, Products) {
  // Around the sizes of blocks, and where operands are read as they lie, are packed, or collide in the cache.
  for (const auto& sizes : std::vector<std::array<int64_t, 3>>{{1, 500, 300},
                                                               {2500, 40, 7},
                                                               {300, 500, 1},
                                                               {2, 9000, 3},
                                                               {13, 100, 31},
                                                               {15, 385, 33},
                                                               {57, 80, 129},
                                                               {56, 769, 128},
                                                               {600, 400, 16},
                                                               {29, 128, 2085},
                                                               {70, 1024, 65},
                                                               {700, 37, 257},
                                                               {3000, 16, 40},
                                                               {33, 2, 900}}) {
    check_product<float>(*this, sizes);
    check_product<double>(*this, sizes);
    check_product<int32_t>(*this, sizes);
  }
}
TEST_F(Kernels, BatchesOfProducts) {
  for (const auto& sizes : std::vector<std::array<int64_t, 3>>{{2, 3, 4}, {20, 40, 50}, {130, 90, 110}})
    for (const auto& [a, b] : {std::pair{5, 5}, {5, 0}, {0, 5}}) {
      check_product<float>(*this, sizes, a, b);
      check_product<double>(*this, sizes, a, b);
    }
}
// The sum behind an element is the same whatever stands beside it.
TEST_F(Kernels, RowsOfAProductDoNotDependOnTheOthers) {
  const int64_t rows = 200, k = 500, n = 70;
  const auto numbers = [&](int64_t size) {
    const auto v = random(static_cast<std::size_t>(size));
    return std::vector<float>(v.begin(), v.end());
  };
  const std::vector<float> a = numbers(rows * k), b = numbers(k * n);
  gt_tensor right = tensor<float>(c, {k, n}, b);
  const auto all = read<float>(c, run("matmul", {tensor<float>(c, {rows, k}, a), right}));
  for (const int64_t few : {2, 13, 100}) {
    const std::vector<float> some(a.begin() + 40 * k, a.begin() + (40 + few) * k);
    const auto got = read<float>(c, run("matmul", {tensor<float>(c, {few, k}, some), right}));
    EXPECT_TRUE(std::equal(got.begin(), got.end(), all.begin() + 40 * n)) << few;
  }
}

}  // namespace
}  // namespace test
