// Eigenvalues, singular values and their vectors: products that give the matrix back, signs, and derivatives where
// values repeat, which are right or nan.
#include <cmath>

#include "support/support.hpp"

namespace test {
namespace {

using Values = std::vector<double>;

class Decomposition : public testing::Test {
 public:
  // The Hessian of f at x, by the derivative of the gradient in each direction, in either mode.
  template <class F>
  Values hessian(const std::vector<int64_t>& shape, const Values& x, int32_t mode, F&& f) {
    gt_tensor at = tensor<double>(c, shape, x);
    gt_tape outer = gt_tape_begin(c, 0), inner = gt_tape_begin(c, 0);
    gt_tape_watch(c, outer, at);
    gt_tape_watch(c, inner, at);
    gt_tensor y = f(at), g = nullptr, h = nullptr;
    EXPECT_EQ(gt_tape_gradient(c, inner, &y, 1, &at, 1, nullptr, GT_UNCONNECTED_ZERO, &g), GT_OK) << c.message();
    gradient = read<double>(c, g);
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.mode = mode;
    EXPECT_EQ(gt_tape_jacobian(c, outer, g, &at, 1, &o, &h), GT_OK) << c.message();
    return read<double>(c, h);
  }
  gt_tensor sum(gt_tensor x) { return gt_reduce_sum(c, x, nullptr, 0, 0); }
  gt_tensor values(const char* op, gt_tensor x) { return apply(c, op, {x})[0]; }
  gt_tensor sum_of_squares(const char* op, gt_tensor x) { return sum(gt_square(c, values(op, x))); }

  // Checks sum(values^2), the sum of the squares of all entries. Its gradient is 2 x, and its Hessian is nan or
  // 2 times the identity (for symmetric matrices times the projection on them).
  void check_squares(const char* op, int64_t rows, int64_t columns, const Values& x, bool distinct) {
    const bool symmetric = std::string(op) == "eigh";
    const auto n = static_cast<std::size_t>(rows * columns);
    for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
      const Values h = hessian({rows, columns}, x, mode, [&](gt_tensor t) { return sum_of_squares(op, t); });
      Values twice = x;
      for (double& v : twice) v *= 2;
      expect_close(gradient, twice, {1e-12, 1e-12}, "gradient");
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
          const double got = h[i * n + j];
          const auto order = static_cast<std::size_t>(columns), mirrored = j % order * order + j / order;
          const double want = symmetric ? (i == j) + (i == mirrored) : i == j ? 2 : 0;
          if (std::isnan(got) && !distinct) continue;
          EXPECT_NEAR(got, want, 1e-8) << op << ", entry " << i << ", " << j;
        }
    }
  }

  Ctx c;
  Values gradient;
};

TEST_F(Decomposition, SecondDerivativesWhereValuesRepeatAreRightOrNan) {
  check_squares("eigh", 2, 2, {1, 0, 0, 1}, false);
  check_squares("eigh", 2, 2, {0, 0, 0, 0}, false);
  check_squares("eigh", 3, 3, {2, 1, 1, 1, 2, 1, 1, 1, 2}, false);  // 1, 1, 4: rounding tells them apart
  check_squares("eigh", 3, 3, {2, 1, 0, 1, 2, 1, 0, 1, 5}, true);
  check_squares("svd", 2, 2, {1, 0, 0, 1}, false);
  check_squares("svd", 2, 2, {0, 0, 0, 0}, false);
  check_squares("svd", 3, 3, {1, 0, 0, 0, 0, 0, 0, 0, 0}, false);
  check_squares("svd", 3, 3, {2, 1, 1, 1, 2, 1, 1, 1, 2}, false);
  check_squares("svd", 3, 2, {1, 1, 2, 2, 3, 3}, false);  // of rank 1
  check_squares("svd", 3, 2, {1, 2, 3, 4, 5, 7}, true);
  check_squares("svd", 2, 3, {1, 2, 3, 4, 5, 7}, true);
  check_squares("svd", 1, 1, {0}, true);
}

TEST_F(Decomposition, OneMatrixThatRepeatsDoesNoHarmToOthersOfItsBatch) {
  const Values h = hessian({2, 2, 2}, {1, 0, 0, 1, 2, 1, 1, 5}, GT_MODE_REVERSE,
                           [&](gt_tensor t) { return sum_of_squares("eigh", t); });
  for (std::size_t i = 4; i < 8; ++i)
    for (std::size_t j = 4; j < 8; ++j) {
      const std::size_t k = i - 4, l = j - 4, mirrored = l % 2 * 2 + l / 2;
      EXPECT_NEAR(h[i * 8 + j], (k == l) + (k == mirrored), 1e-10);
    }
}

Values product(const Values& a, const Values& d, const Values& b, std::size_t m, std::size_t k, std::size_t n) {
  Values x(m * n, 0.0);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t l = 0; l < k; ++l) x[i * n + j] += a[i * k + l] * d[l] * b[j * k + l];
  return x;
}
void expect_signs(const Values& v, std::size_t rows, std::size_t columns) {
  for (std::size_t j = 0; j < columns; ++j) {
    double most = 0;
    for (std::size_t i = 0; i < rows; ++i) most = std::max(most, std::abs(v[i * columns + j]));
    for (std::size_t i = 0; i < rows; ++i)
      if (std::abs(v[i * columns + j]) >= 0.9 * most) {
        EXPECT_GT(v[i * columns + j], 0) << "column " << j;
        break;
      }
  }
}

TEST_F(Decomposition, VectorsGiveTheMatrixBack) {
  const Values s = {2, -1, 0.5, -1, 3, 1, 0.5, 1, -4};
  const auto eigen = apply(c, "eigh_with_vectors", {tensor<double>(c, {3, 3}, s)});
  ASSERT_EQ(eigen.size(), 2u) << c.message();
  const Values v = read<double>(c, eigen[1]);
  expect_close(product(v, read<double>(c, eigen[0]), v, 3, 3, 3), s, {1e-13, 1e-13}, "v diag(e) v^T");
  expect_signs(v, 3, 3);
  for (auto [m, n] : {std::pair<int64_t, int64_t>{3, 2}, {2, 3}, {1, 4}, {3, 3}}) {
    Values x;
    for (int64_t i = 0; i < m * n; ++i) x.push_back(std::sin(static_cast<double>(3 * i + 1)));
    const auto svd = apply(c, "svd_with_vectors", {tensor<double>(c, {m, n}, x)});
    ASSERT_EQ(svd.size(), 3u) << c.message();
    const auto k = std::min(m, n);
    EXPECT_EQ(shape_of(c, svd[1]), (std::vector<int64_t>{m, k}));
    EXPECT_EQ(shape_of(c, svd[2]), (std::vector<int64_t>{n, k}));
    const Values u = read<double>(c, svd[1]);
    const auto size = [](int64_t d) { return static_cast<std::size_t>(d); };
    expect_close(product(u, read<double>(c, svd[0]), read<double>(c, svd[2]), size(m), size(k), size(n)), x,
                 {1e-13, 1e-13}, "u diag(s) v^T");
    expect_signs(u, size(m), size(k));
  }
}

TEST_F(Decomposition, VectorsOfNothingOfOneAndOfNan) {
  for (const char* op : {"eigh_with_vectors", "svd_with_vectors"}) {
    for (gt_tensor out : apply(c, op, {tensor<double>(c, {0, 0}, {})})) EXPECT_EQ(count(shape_of(c, out)), 0u);
    const auto one = apply(c, op, {tensor<double>(c, {1, 1}, {-3})});
    ASSERT_EQ(one.size(), std::string(op) == "svd_with_vectors" ? 3u : 2u);
    EXPECT_EQ(read<double>(c, one[1])[0], 1);
    const auto none = apply(c, op, {tensor<double>(c, {2, 2}, {NAN, 0, 0, 1})});
    EXPECT_TRUE(std::isnan(read<double>(c, none[1])[0]));
  }
  EXPECT_EQ(shape_of(c, apply(c, "svd_with_vectors", {tensor<double>(c, {3, 0}, {})})[1]),
            (std::vector<int64_t>{3, 0}));
  EXPECT_TRUE(apply(c, "eigh_with_vectors", {tensor<double>(c, {2, 3}, Values(6, 1.0))}).empty());
  EXPECT_EQ(c.message(), "eigh_with_vectors: x must be square in its last two axes, got shape [2, 3]");
}

// A function that does not depend on the choice of vectors is right if values are apart: v diag(e^2) v^T is x x.
TEST_F(Decomposition, FunctionsOfVectorsAreDifferentiated) {
  const Values x = {2, -1, 0.5, -1, 3, 1, 0.5, 1, -4};
  const auto square = [&](gt_tensor t) {
    const auto eigen = apply(c, "eigh_with_vectors", {t});
    const int64_t row[] = {1, 3};
    gt_tensor scaled = gt_multiply(c, eigen[1], gt_reshape(c, gt_square(c, eigen[0]), row, 2));
    return sum(gt_sin(c, gt_matmul(c, scaled, eigen[1], 0, 1)));
  };
  const auto direct = [&](gt_tensor t) {
    const int64_t perm[] = {1, 0};
    gt_tensor s = gt_multiply(c, gt_add(c, t, gt_transpose(c, t, perm, 2)), tensor<double>(c, {}, {0.5}));
    return sum(gt_sin(c, gt_matmul(c, s, s, 0, 0)));
  };
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    const Values got = hessian({3, 3}, x, mode, square), by_vectors = gradient;
    const Values want = hessian({3, 3}, x, mode, direct);
    expect_close(by_vectors, gradient, {1e-11, 1e-11}, "gradient");
    expect_close(got, want, {1e-10, 1e-10}, "Hessian");
  }
  const Values h = hessian({2, 2}, {1, 0, 0, 1}, GT_MODE_REVERSE,
                           [&](gt_tensor t) { return sum(gt_square(c, apply(c, "eigh_with_vectors", {t})[1])); });
  EXPECT_TRUE(std::isnan(gradient[0])) << "vectors of repeated values";
}

// A triangle whose diagonal ends in what rounding makes of 0 tells nothing to divide by.
TEST_F(Decomposition, FactorsOfMatricesWithoutFullRankHaveNoDerivatives) {
  for (const Values& x : {Values{1, 1, 2, 2, 3, 3}, Values{0.1, 0.3, 0.7, 2.1, 0.9, 2.7}, Values(6, 0.0)}) {
    gt_tensor a = tensor<double>(c, {3, 2}, x), g = nullptr;
    gt_tape tape = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    gt_tape_watch(c, tape, a);
    const auto factors = apply(c, "qr", {a});
    expect_close(product(
                     read<double>(c, factors[0]), {1, 1},
                     [&] {
                       Values r = read<double>(c, factors[1]);
                       std::swap(r[1], r[2]);
                       return r;
                     }(),
                     3, 2, 2),
                 x, {1e-14, 1e-14}, "q r");
    for (gt_tensor target : factors) {
      ASSERT_EQ(gt_tape_gradient(c, tape, &target, 1, &a, 1, nullptr, GT_UNCONNECTED_ZERO, &g), GT_OK);
      EXPECT_TRUE(std::isnan(read<double>(c, g)[0]));
    }
  }
}

}  // namespace
}  // namespace test
