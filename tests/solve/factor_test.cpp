// Factorizations of the solvers, sparse and dense, against products with the matrix.
#include "solve/factor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "solve/banded.hpp"
#include "solve/suitesparse.hpp"

namespace gradtape::solving {
namespace {

// Entries at these places, symmetric in place if asked, with a strong diagonal if asked.
Matrix random_matrix(int64_t rows, int64_t columns, int per_row, bool symmetric, bool definite, unsigned seed) {
  std::mt19937 draw(seed);
  std::normal_distribution<double> value;
  std::vector<std::set<int64_t>> at(static_cast<size_t>(rows));
  for (int64_t i = 0; i < rows; ++i)
    for (int k = 0; k < per_row; ++k) {
      const auto j = static_cast<int64_t>(draw() % static_cast<unsigned>(columns));
      at[static_cast<size_t>(i)].insert(j);
      if (symmetric) at[static_cast<size_t>(j)].insert(i);
    }
  if (definite)
    for (int64_t i = 0; i < rows; ++i) at[static_cast<size_t>(i)].insert(i);
  Matrix a;
  a.rows = rows;
  a.columns = columns;
  a.offsets.push_back(0);
  for (const auto& row : at) {
    a.column.insert(a.column.end(), row.begin(), row.end());
    a.offsets.push_back(static_cast<int64_t>(a.column.size()));
  }
  a.values.resize(a.column.size());
  int64_t k = 0;
  a.each([&](int64_t i, int64_t j, double) {
    const double v = symmetric ? std::sin(static_cast<double>(17 * std::min(i, j) + 5 * std::max(i, j))) : value(draw);
    a.values[static_cast<size_t>(k++)] = definite && i == j ? 4.0 * per_row + v : v;
  });
  return a;
}
Matrix filled(const Matrix& a) {
  Matrix full;
  full.rows = a.rows;
  full.columns = a.columns;
  full.values.assign(static_cast<size_t>(a.rows * a.columns), 0);
  a.each([&](int64_t i, int64_t j, double v) { full.values[static_cast<size_t>(i * a.columns + j)] = v; });
  return full;
}
Vector numbers(size_t n) {
  Vector v(n);
  for (size_t i = 0; i < n; ++i) v[i] = std::cos(3.0 * static_cast<double>(i));
  return v;
}
void expect_near(const Vector& got, const Vector& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], want[i], tolerance) << i;
}
std::vector<int32_t> solvers() {
  std::vector<int32_t> all{GT_LINEAR_AUTO, GT_LINEAR_DENSE, GT_LINEAR_BANDED};
  if (has_suitesparse()) all.push_back(GT_LINEAR_SUITESPARSE);
  return all;
}

TEST(Factors, SymmetricSystemsAreSolved) {
  for (int64_t n : {1, 2, 40, 130})
    for (int32_t solver : solvers()) {
      const Matrix a = random_matrix(n, n, 2, true, true, 1);
      const auto size = static_cast<size_t>(n);
      const Vector want = numbers(size), diagonal(size, 2.0);
      Vector right(size);
      a.multiply(want, right);
      for (size_t i = 0; i < size; ++i) right[i] += 0.5 * diagonal[i] * want[i];
      int32_t chosen = solver;
      const auto factor = symmetric_factor(a, chosen);
      ASSERT_TRUE(factor->factor(a, 0.5, diagonal));
      factor->solve(right);
      expect_near(right, want, 1e-12);
      EXPECT_TRUE(solver == GT_LINEAR_AUTO ? chosen != GT_LINEAR_AUTO : chosen == solver);
    }
}
TEST(Factors, AnIndefiniteMatrixIsFoundOutAndAShiftHelps) {
  for (int32_t solver : solvers()) {
    Matrix a = random_matrix(50, 50, 2, true, true, 2);
    int64_t k = 0;
    a.each([&](int64_t i, int64_t j, double) {
      if (i == 31 && j == 31) a.values[static_cast<size_t>(k)] = -3;
      ++k;
    });
    int32_t chosen = solver;
    const auto factor = symmetric_factor(a, chosen);
    EXPECT_FALSE(factor->factor(a, 0, Vector(50, 1.0)));
    EXPECT_TRUE(factor->factor(a, 20, Vector(50, 1.0)));
    a.values[0] = NAN;
    EXPECT_FALSE(factor->factor(a, 20, Vector(50, 1.0)));
  }
}
// The columns one place further, so that the largest entries stand beside the diagonal: that needs pivots.
Matrix shifted(const Matrix& a) {
  Matrix b = a;
  for (size_t i = 0; i < static_cast<size_t>(a.rows); ++i) {
    const auto first = static_cast<size_t>(a.offsets[i]), last = static_cast<size_t>(a.offsets[i + 1]);
    size_t to = first;
    for (size_t k = first; k < last; ++k) {
      const bool wraps = k == first && a.column[last - 1] + 1 == a.columns;
      if (wraps) {
        b.column[to] = 0;
        b.values[to++] = a.values[last - 1];
      }
      if (a.column[k] + 1 == a.columns) continue;
      b.column[to] = a.column[k] + 1;
      b.values[to++] = a.values[k];
    }
  }
  return b;
}
TEST(Factors, GeneralSystemsAreSolved) {
  for (int64_t n : {2, 40, 130})
    for (int32_t solver : solvers()) {
      const Matrix a = shifted(random_matrix(n, n, 3, false, true, 3));
      const Vector want = numbers(static_cast<size_t>(n));
      Vector right(want.size());
      a.multiply(want, right);
      int32_t chosen = solver;
      const auto factor = general_factor(a, chosen);
      ASSERT_TRUE(factor->factor(a)) << n << " " << solver;
      factor->solve(right);
      expect_near(right, want, 1e-12);
    }
}
TEST(Factors, ASingularMatrixIsFoundOut) {
  for (int32_t solver : solvers()) {
    Matrix a = random_matrix(20, 20, 3, false, true, 4);
    int32_t chosen = solver;
    const auto factor = general_factor(a, chosen);
    EXPECT_TRUE(factor->factor(a));
    int64_t k = 0;
    a.each([&](int64_t, int64_t j, double) {
      if (j == 7) a.values[static_cast<size_t>(k)] = 0;
      ++k;
    });
    EXPECT_FALSE(factor->factor(a));
  }
}
TEST(Factors, DampedSquaresAreThoseOfTheDenseMatrix) {
  const Matrix a = random_matrix(90, 60, 3, false, false, 5);
  const Vector r = numbers(90), scale(60, 1.5);
  for (double damping : {1e-3, 10.0}) {
    int32_t dense = GT_LINEAR_AUTO;
    Vector want(60);
    const auto by_qr = damped_squares(filled(a), dense);
    EXPECT_EQ(dense, GT_LINEAR_DENSE);
    by_qr->set(filled(a), r);
    ASSERT_TRUE(by_qr->solve(damping, scale, want));
    // The gradient of the damped squares is 0 there.
    Vector left(90), gradient(60);
    a.multiply(want, left);
    add(1, r, left);
    a.multiply_transposed(left, gradient);
    for (size_t i = 0; i < want.size(); ++i)
      EXPECT_NEAR(gradient[i] + damping * scale[i] * scale[i] * want[i], 0, 1e-12);
    for (int32_t solver : solvers()) {
      int32_t chosen = solver;
      Vector got(60);
      const auto squares = damped_squares(a, chosen);
      squares->set(a, r);
      ASSERT_TRUE(squares->solve(damping, scale, got));
      expect_near(got, want, 1e-8);
    }
  }
}
// More parameters than residuals.
TEST(Factors, WideJacobiansNeedDamping) {
  const Matrix a = filled(random_matrix(3, 5, 3, false, false, 6));
  int32_t chosen = GT_LINEAR_DENSE;
  const auto squares = damped_squares(a, chosen);
  Vector step(5);
  squares->set(a, numbers(3));
  EXPECT_FALSE(squares->solve(0, Vector(5, 1.0), step));
  EXPECT_TRUE(squares->solve(1e-3, Vector(5, 1.0), step));
}

// The numbering of a grid row by row, shuffled, comes back to bands of about a row's width.
TEST(Orders, AShuffledGridBecomesNarrow) {
  const int64_t side = 12, n = side * side;
  std::vector<int64_t> shuffled(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) shuffled[static_cast<size_t>(i)] = i * 89 % n;
  std::vector<std::set<int64_t>> at(static_cast<size_t>(n));
  const auto link = [&](int64_t a, int64_t b) {
    at[static_cast<size_t>(shuffled[static_cast<size_t>(a)])].insert(shuffled[static_cast<size_t>(b)]);
  };
  for (int64_t i = 0; i < n; ++i) {
    link(i, i);
    if (i % side + 1 < side) link(i, i + 1);  // on one side of the diagonal alone
    if (i + side < n) link(i + side, i);
  }
  Matrix a;
  a.rows = a.columns = n;
  a.offsets.push_back(0);
  for (const auto& row : at) {
    a.column.insert(a.column.end(), row.begin(), row.end());
    a.offsets.push_back(static_cast<int64_t>(a.column.size()));
  }
  a.values.resize(a.column.size());
  const std::vector<int64_t> place = narrow_order(graph_of(a));
  EXPECT_EQ(std::set<int64_t>(place.begin(), place.end()).size(), static_cast<size_t>(n));
  const Bands bands = bands_of(a, place);
  EXPECT_LE(std::max(bands.below, bands.above), side + 1);
}
TEST(Orders, UnknownsWithoutNeighboursHaveAPlace) {
  Matrix a;
  a.rows = a.columns = 3;
  a.offsets = {0, 1, 2, 3};
  a.column = {0, 1, 2};
  a.values = {1, 1, 1};
  const std::vector<int64_t> place = narrow_order(graph_of(a));
  EXPECT_EQ(std::set<int64_t>(place.begin(), place.end()), (std::set<int64_t>{0, 1, 2}));
  EXPECT_EQ(bands_of(a, place).below, 0);
}

}  // namespace
}  // namespace gradtape::solving
