// Factorizations of dense matrices by LAPACK.
#include <algorithm>
#include <cmath>

#include "solve/factor.hpp"
#include "solve/lapack.hpp"

namespace gradtape::solving {

namespace {

class DenseCholesky final : public SymmetricFactor {
 public:
  bool factor(const Matrix& a, double scale, const Vector& diagonal) override {
    n_ = static_cast<int>(a.rows);
    factor_ = a.values;
    for (size_t i = 0; i < diagonal.size(); ++i) factor_[i * (diagonal.size() + 1)] += scale * diagonal[i];
    if (!all_finite(factor_)) return false;
    int info = 0;
    dpotrf_("L", &n_, factor_.data(), &n_, &info);
    return info == 0;
  }
  void solve(Vector& x) override {
    int info = 0;
    const int one = 1;
    dpotrs_("L", &n_, &one, factor_.data(), &n_, x.data(), &n_, &info);
  }

 private:
  int n_ = 0;
  Vector factor_;
};

class DenseLu final : public GeneralFactor {
 public:
  bool factor(const Matrix& a) override {
    n_ = static_cast<int>(a.rows);
    factor_ = a.values;
    pivots_.resize(static_cast<size_t>(n_));
    if (!all_finite(factor_)) return false;
    int info = 0;
    dgetrf_(&n_, &n_, factor_.data(), &n_, pivots_.data(), &info);
    return info == 0;
  }
  void solve(Vector& x) override {
    int info = 0;
    const int one = 1;
    dgetrs_("T", &n_, &one, factor_.data(), &n_, pivots_.data(), x.data(), &n_, &info);
  }

 private:
  int n_ = 0;
  Vector factor_;
  std::vector<int> pivots_;
};

// A matrix by columns, with its factor Q R in place.
class Qr {
 public:
  void resize(int rows, int columns) {
    rows_ = rows;
    columns_ = columns;
    a_.assign(static_cast<size_t>(rows) * static_cast<size_t>(columns), 0);
    tau_.resize(static_cast<size_t>(std::min(rows, columns)));
    work_.resize(64 * static_cast<size_t>(std::max({rows, columns, 1})));
  }
  double& at(int i, int j) { return a_[static_cast<size_t>(j) * static_cast<size_t>(rows_) + static_cast<size_t>(i)]; }
  int rows() const { return rows_; }
  // Factors, and right = Q' right.
  void factor(Vector& right) {
    int info = 0;
    const int lwork = static_cast<int>(work_.size()), one = 1, k = static_cast<int>(tau_.size());
    dgeqrf_(&rows_, &columns_, a_.data(), &rows_, tau_.data(), work_.data(), &lwork, &info);
    dormqr_("L", "T", &rows_, &one, &k, a_.data(), &rows_, tau_.data(), right.data(), &rows_, work_.data(), &lwork,
            &info);
  }
  // Solves R x = right in place. False: R is singular to rounding.
  bool solve(Vector& right) {
    double most = 0;
    for (int i = 0; i < columns_; ++i) most = std::max(most, std::abs(at(i, i)));
    for (int i = 0; i < columns_; ++i)
      if (!(std::abs(at(i, i)) > 1e-15 * most)) return false;
    int info = 0;
    const int one = 1;
    dtrtrs_("U", "N", "N", &columns_, &one, a_.data(), &rows_, right.data(), &rows_, &info);
    return info == 0;
  }

 private:
  int rows_ = 0, columns_ = 0;
  Vector a_, tau_, work_;
};

// J = Q R is factored once. A damped solution then takes the factor of R above the scaled identity, which keeps more
// digits than J'J.
class DenseSquares final : public DampedSquares {
 public:
  void set(const Matrix& jacobian, const Vector& residuals) override {
    const int m = static_cast<int>(jacobian.rows), n = static_cast<int>(jacobian.columns);
    n_ = n;
    whole_.resize(m, n);
    jacobian.each([&](int64_t i, int64_t j, double v) { whole_.at(static_cast<int>(i), static_cast<int>(j)) = v; });
    right_ = residuals;
    if (m > n && all_finite(jacobian.values) && all_finite(residuals)) whole_.factor(right_);
    kept_ = std::min(m, n);  // rows that matter: of R, or of J itself where it has no more rows than columns
    triangular_ = m > n;
  }
  bool solve(double damping, const Vector& scale, Vector& step) override {
    damped_.resize(kept_ + n_, n_);
    for (int j = 0; j < n_; ++j) {
      for (int i = 0; i < (triangular_ ? j + 1 : kept_); ++i) damped_.at(i, j) = whole_.at(i, j);
      damped_.at(kept_ + j, j) = std::sqrt(damping) * scale[static_cast<size_t>(j)];
    }
    damped_right_.assign(static_cast<size_t>(kept_) + static_cast<size_t>(n_), 0);
    std::copy_n(right_.begin(), kept_, damped_right_.begin());
    if (!all_finite(damped_right_)) return false;
    damped_.factor(damped_right_);
    if (!damped_.solve(damped_right_)) return false;
    for (size_t j = 0; j < step.size(); ++j) step[j] = -damped_right_[j];
    return all_finite(step);
  }

 private:
  int n_ = 0, kept_ = 0;
  bool triangular_ = false;
  Qr whole_, damped_;
  Vector right_, damped_right_;
};

}  // namespace

std::unique_ptr<SymmetricFactor> dense_symmetric() { return std::make_unique<DenseCholesky>(); }
std::unique_ptr<GeneralFactor> dense_general() { return std::make_unique<DenseLu>(); }
std::unique_ptr<DampedSquares> dense_squares() { return std::make_unique<DenseSquares>(); }

}  // namespace gradtape::solving
