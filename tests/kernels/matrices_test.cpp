// Linear algebra of many matrices side by side: each is as good as alone, whatever its neighbours are.
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "support/support.hpp"

namespace test {
namespace {

struct Batch {
  int64_t size, rows, columns;
  std::vector<double> x;
  double* matrix(int64_t e) { return x.data() + e * rows * columns; }
};

class Matrices : public testing::Test {
 public:
  Batch random(int64_t size, int64_t rows, int64_t columns) {
    Batch b{size, rows, columns, std::vector<double>(static_cast<std::size_t>(size * rows * columns))};
    for (double& v : b.x) v = std::uniform_real_distribution<double>(-1, 1)(random_);
    return b;
  }
  // Outputs, then the gradient by the first input where that is asked for, with weights that depend on the place in a
  // matrix's outputs alone.
  template <class T>
  std::vector<std::vector<double>> compute(const char* op, const std::vector<Batch>& in, const json& attrs,
                                           bool gradient) {
    std::vector<gt_tensor> inputs;
    for (const Batch& b : in)
      inputs.push_back(tensor<T>(c, {b.size, b.rows, b.columns}, std::vector<T>(b.x.begin(), b.x.end())));
    gt_tape tape = gt_tape_begin(c, 0);
    gt_tape_watch(c, tape, inputs[0]);
    const auto out = apply(c, op, inputs, attrs);
    std::vector<std::vector<double>> results;
    std::vector<gt_tensor> weights;
    for (gt_tensor t : out) {
      results.push_back(numbers(c, t));
      const std::size_t each = results.back().size() / static_cast<std::size_t>(in[0].size);
      std::vector<T> w(results.back().size());
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = static_cast<T>(0.3 + static_cast<double>(i % each * 7 % 5));
      weights.push_back(tensor<T>(c, shape_of(c, t), w));
    }
    if (!gradient) return results;
    gt_tensor by = nullptr;
    EXPECT_EQ(
        gt_tape_gradient(c, tape, out.data(), out.size(), inputs.data(), 1, weights.data(), GT_UNCONNECTED_NULL, &by),
        GT_OK)
        << c.message();
    results.push_back(numbers(c, by));
    return results;
  }
  template <class T>
  void expect_as_alone(const char* op, const std::vector<Batch>& in, const json& attrs = json::object(),
                       bool gradient = true) {
    SCOPED_TRACE(op);
    const double tolerance = std::is_same_v<T, float> ? 5e-3 : 1e-9;
    const auto all = compute<T>(op, in, attrs, gradient);
    for (int64_t e = 0; e < in[0].size; e += 7) {
      std::vector<Batch> one;
      for (const Batch& b : in) {
        const auto* from = b.x.data() + e * b.rows * b.columns;
        one.push_back({1, b.rows, b.columns, {from, from + b.rows * b.columns}});
      }
      const auto alone = compute<T>(op, one, attrs, gradient);
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto each = static_cast<long>(alone[i].size());
        expect_close({all[i].begin() + e * each, all[i].begin() + (e + 1) * each}, alone[i], {tolerance, tolerance},
                     "matrix " + std::to_string(e) + ", result " + std::to_string(i));
      }
    }
  }

  Ctx c;
  std::mt19937_64 random_{5};
};

// Diagonals that are large, and out of place where a pivot must be looked for.
Batch with_diagonal(Batch b, bool in_place) {
  for (int64_t e = 0; e < b.size; ++e)
    for (int64_t i = 0; i < b.columns; ++i)
      b.matrix(e)[i * b.columns + (in_place ? i : (i + e) % b.columns)] += static_cast<double>(b.columns + 1);
  return b;
}
// Eigenvalues and singular values that are apart.
Batch with_gaps(Batch b) {
  for (int64_t e = 0; e < b.size; ++e)
    for (int64_t i = 0; i < std::min(b.rows, b.columns); ++i)
      b.matrix(e)[i * b.columns + i] += static_cast<double>(3 * i + 3);
  return b;
}

template <class T>
void check_square(Matrices& m, int64_t n, int64_t size) {
  SCOPED_TRACE(std::to_string(size) + " of order " + std::to_string(n));
  const Batch x = m.random(size, n, n), sides = m.random(size, n, 2);
  const Batch pivoted = with_diagonal(x, false), definite = with_diagonal(x, true);
  m.expect_as_alone<T>("solve", {pivoted, sides});
  m.expect_as_alone<T>("solve", {pivoted, sides}, {{"adjoint", true}});
  for (bool lower : {true, false})
    for (bool adjoint : {true, false})
      m.expect_as_alone<T>("triangular_solve", {definite, sides}, {{"lower", lower}, {"adjoint", adjoint}});
  m.expect_as_alone<T>("cholesky", {definite});
  m.expect_as_alone<T>("slogdet", {pivoted});
  m.expect_as_alone<T>("inv", {pivoted});
  m.expect_as_alone<T>("eigh", {with_gaps(x)});
  m.expect_as_alone<T>("expm", {x});
  if (n <= 7) m.expect_as_alone<T>("det", {pivoted});
}
TEST_F(Matrices, SideBySide) {
  for (int64_t n : {1, 2, 3, 7, 20, 32, 33})
    for (int64_t size : {16, 37}) {
      check_square<float>(*this, n, size);
      check_square<double>(*this, n, size);
    }
}
TEST_F(Matrices, TinyProducts) {
  for (auto [rows, inner, columns] : {std::array<int64_t, 3>{3, 3, 3}, {8, 8, 8}, {1, 5, 2}, {7, 2, 9}, {9, 9, 9}})
    for (bool ta : {false, true})
      for (bool tb : {false, true}) {
        const Batch a = ta ? random(37, inner, rows) : random(37, rows, inner),
                    b = tb ? random(37, columns, inner) : random(37, inner, columns);
        const json attrs = {{"transpose_a", ta}, {"transpose_b", tb}};
        expect_as_alone<float>("matmul", {a, b}, attrs);
        expect_as_alone<double>("matmul", {a, b}, attrs);
      }
}
TEST_F(Matrices, TinyProductsWithOneOperandForAll) {
  constexpr int64_t size = 37, rows = 3, inner = 4, columns = 5;
  const auto repeated = [](const Batch& one) {
    Batch many{size, one.rows, one.columns, {}};
    for (int64_t e = 0; e < size; ++e) many.x.insert(many.x.end(), one.x.begin(), one.x.end());
    return many;
  };
  for (bool ta : {false, true})
    for (bool tb : {false, true}) {
      const auto left = [&](int64_t n) { return ta ? random(n, inner, rows) : random(n, rows, inner); };
      const auto right = [&](int64_t n) { return tb ? random(n, columns, inner) : random(n, inner, columns); };
      const json attrs = {{"transpose_a", ta}, {"transpose_b", tb}};
      const Batch a = left(size), b = right(size), one_a = left(1), one_b = right(1);
      expect_close(compute<double>("matmul", {a, one_b}, attrs, false)[0],
                   compute<double>("matmul", {a, repeated(one_b)}, attrs, false)[0], {1e-14, 1e-14}, "one right side");
      expect_close(compute<double>("matmul", {one_a, b}, attrs, false)[0],
                   compute<double>("matmul", {repeated(one_a), b}, attrs, false)[0], {1e-14, 1e-14}, "one left side");
    }
}
TEST_F(Matrices, OfAnyShape) {
  using Sides = std::pair<int64_t, int64_t>;
  for (auto [rows, columns] : {Sides{1, 1}, {3, 3}, {9, 4}, {4, 9}, {32, 32}, {32, 1}, {1, 32}, {100, 7}, {40, 33}}) {
    const Batch x = with_gaps(random(37, rows, columns));
    SCOPED_TRACE(std::to_string(rows) + " by " + std::to_string(columns));
    expect_as_alone<float>("svd", {x});
    expect_as_alone<double>("svd", {x});
    if (rows < columns) continue;
    expect_as_alone<float>("qr", {x});
    expect_as_alone<double>("qr", {x});
    expect_as_alone<double>("qr", {x}, {{"positive_diagonal", false}});
  }
}

// ---- What is hard for iterations and for scaling

// The e-th kind of matrix that has something about it: singular, repeated, graded, very small or large values.
void make_hard(Batch& b, int64_t e) {
  const int64_t n = b.columns;
  double* x = b.matrix(e);
  for (int64_t i = 0; i < b.rows; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double& v = x[i * n + j];
      switch (e % 9) {
        case 0: v = 0; break;
        case 1: v = 1; break;
        case 2: v = i == j ? 1 : 0; break;
        case 3: v = i == j ? static_cast<double>(i % 3) : 0; break;
        case 4: v *= 1e-25; break;
        case 5: v *= 1e25; break;
        case 6: v *= std::pow(10.0, static_cast<double>(-i - j)); break;
        case 7: v *= std::pow(10.0, static_cast<double>(i + j - 2 * n)); break;
        case 8: v = std::round(v); break;
      }
    }
}
double largest(const double* x, int64_t n) {
  double most = 0;
  for (int64_t i = 0; i < n; ++i) most = std::max(most, std::abs(x[i]));
  return most;
}

TEST_F(Matrices, HardOnesKeepTheirSums) {
  for (int64_t n : {1, 2, 3, 5, 8, 17, 32}) {
    Batch b = random(45, n, n);
    for (int64_t e = 0; e < b.size; ++e) make_hard(b, e);
    const auto qr = compute<double>("qr", {b}, json::object(), false);
    const auto eigen = compute<double>("eigh", {b}, json::object(), false)[0];
    const auto singular = compute<double>("svd", {b}, json::object(), false)[0];
    for (int64_t e = 0; e < b.size; ++e) {
      SCOPED_TRACE("order " + std::to_string(n) + ", matrix " + std::to_string(e));
      const double *x = b.matrix(e), *q = qr[0].data() + e * n * n, *r = qr[1].data() + e * n * n;
      const double scale = largest(x, n * n), tolerance = 1e-14 * static_cast<double>(n * n);
      double trace = 0, values = 0, squares = 0, singular_squares = 0;
      for (int64_t i = 0; i < n; ++i) {
        trace += x[i * n + i] / (scale + 1e-300);
        values += eigen[static_cast<std::size_t>(e * n + i)] / (scale + 1e-300);
        const double s = singular[static_cast<std::size_t>(e * n + i)] / (scale + 1e-300);
        singular_squares += s * s;
        EXPECT_GE(s, 0);
        for (int64_t j = 0; j < n; ++j) {
          double product = 0, overlap = 0;
          for (int64_t l = 0; l < n; ++l) {
            product += q[i * n + l] * r[l * n + j];
            overlap += q[l * n + i] * q[l * n + j];
          }
          squares += x[i * n + j] * x[i * n + j] / (scale * scale + 1e-300);
          ASSERT_NEAR(product, x[i * n + j], tolerance * scale);
          ASSERT_NEAR(overlap, i == j, tolerance);
        }
      }
      EXPECT_NEAR(values, trace, tolerance);
      EXPECT_NEAR(singular_squares, squares, tolerance);
    }
  }
}
TEST_F(Matrices, OneThatIsNotFiniteIsAlone) {
  Batch b = with_gaps(random(20, 5, 5));
  const char* const ops[] = {"eigh", "svd", "expm"};
  std::vector<std::vector<double>> want;
  for (const char* op : ops) want.push_back(compute<double>(op, {b}, json::object(), false)[0]);
  b.matrix(3)[7] = std::numeric_limits<double>::quiet_NaN();
  b.matrix(11)[2] = std::numeric_limits<double>::infinity();
  for (std::size_t o = 0; o < 3; ++o) {
    const auto got = compute<double>(ops[o], {b}, json::object(), false)[0];
    const std::size_t each = got.size() / 20;
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (i / each == 3 || i / each == 11)
        EXPECT_TRUE(std::isnan(got[i])) << ops[o];
      else
        EXPECT_EQ(got[i], want[o][i]) << ops[o] << ", matrix " << i / each;
    }
  }
}
TEST_F(Matrices, TheFirstMatrixThatFailsIsNamed) {
  std::vector<double> m(40 * 9);
  for (std::size_t e = 0; e < 40; ++e)
    for (std::size_t i = 0; i < 3; ++i) m[e * 9 + i * 4] = 1;
  m[21 * 9 + 4] = m[30 * 9] = 0;
  gt_tensor a = tensor<double>(c, {40, 3, 3}, m), b = tensor<double>(c, {40, 3, 1}, std::vector<double>(120, 1.0));
  const auto message = [&](const char* op, const std::vector<gt_tensor>& in) {
    gt_tensor out = apply(c, op, in)[0];
    EXPECT_EQ(gt_eval(c, &out, 1), GT_INVALID_ARGUMENT);
    return c.message();
  };
  EXPECT_EQ(message("solve", {a, b}), "solve: matrix 21 of 40 is singular: pivot 2 is exactly 0");
  EXPECT_EQ(message("triangular_solve", {a, b}),
            "triangular_solve: matrix 21 of 40 is singular: entry 1 of its diagonal is 0");
  EXPECT_EQ(message("cholesky", {a}),
            "cholesky: matrix 21 of 40 is not positive definite: its leading minor of order 2 is not positive");
  EXPECT_EQ(numbers(c, apply(c, "det", {a})[0])[21], 0);
}

}  // namespace
}  // namespace test
