// The choice among factorizations.
#include "solve/factor.hpp"

#include "solve/banded.hpp"
#include "solve/suitesparse.hpp"

namespace gradtape::solving {

namespace {

// Bands up to this width are cheaper than general sparse matrices.
constexpr int64_t kNarrow = 100;

// The solver that AUTO stands for, of a sparse matrix of these bands.
int32_t chosen(int32_t linear_solver, const Matrix& pattern, const Bands& bands) {
  if (linear_solver != GT_LINEAR_AUTO) return linear_solver;
  const int64_t width = bands.below + bands.above;
  if (has_suitesparse() && width > kNarrow) return GT_LINEAR_SUITESPARSE;
  return 2 * width < pattern.rows ? GT_LINEAR_BANDED : GT_LINEAR_DENSE;
}

// Sparse normal equations, in place of a factor of the Jacobian itself.
class SparseSquares final : public DampedSquares {
 public:
  SparseSquares(const Matrix& pattern, int32_t& linear_solver)
      : normal_(pattern),
        factor_(symmetric_factor(normal_.pattern(), linear_solver)),
        gradient_(static_cast<size_t>(pattern.columns)),
        squared_(gradient_.size()) {}
  void set(const Matrix& jacobian, const Vector& residuals) override {
    jacobian.multiply_transposed(residuals, gradient_);
    product_ = &normal_.of(jacobian);
  }
  bool solve(double damping, const Vector& scale, Vector& step) override {
    for (size_t i = 0; i < scale.size(); ++i) squared_[i] = scale[i] * scale[i];
    if (!factor_->factor(*product_, damping, squared_)) return false;
    for (size_t i = 0; i < step.size(); ++i) step[i] = -gradient_[i];
    factor_->solve(step);
    return all_finite(step);
  }

 private:
  NormalMatrix normal_;
  std::unique_ptr<SymmetricFactor> factor_;
  Vector gradient_, squared_;
  const Matrix* product_ = nullptr;
};

// A dense factorization of a matrix that is given by its entries.
class DenseOfSparse final : public SymmetricFactor, public GeneralFactor {
 public:
  bool factor(const Matrix& a, double scale, const Vector& diagonal) override {
    return symmetric_->factor(filled(a), scale, diagonal);
  }
  bool factor(const Matrix& a) override {
    symmetric_ = nullptr;
    return general_->factor(filled(a));
  }
  void solve(Vector& x) override { symmetric_ ? symmetric_->solve(x) : general_->solve(x); }

 private:
  const Matrix& filled(const Matrix& a) {
    full_.rows = a.rows;
    full_.columns = a.columns;
    full_.values.assign(static_cast<size_t>(a.rows * a.columns), 0);
    a.each([&](int64_t i, int64_t j, double v) { full_.values[static_cast<size_t>(i * a.columns + j)] = v; });
    return full_;
  }
  Matrix full_;
  std::unique_ptr<SymmetricFactor> symmetric_ = dense_symmetric();
  std::unique_ptr<GeneralFactor> general_ = dense_general();
};

}  // namespace

bool cheap_to_factor(const Matrix& pattern) {
  const auto width = static_cast<double>(bands_of(pattern, narrow_order(graph_of(pattern))).below);
  return has_suitesparse() || width * width * static_cast<double>(pattern.rows) < 1e9;
}

std::unique_ptr<SymmetricFactor> symmetric_factor(const Matrix& pattern, int32_t& linear_solver) {
  if (!pattern.sparse()) {
    linear_solver = GT_LINEAR_DENSE;
    return dense_symmetric();
  }
  std::vector<int64_t> place = narrow_order(graph_of(pattern));
  linear_solver = chosen(linear_solver, pattern, bands_of(pattern, place));
  if (linear_solver == GT_LINEAR_SUITESPARSE) return cholmod_symmetric(pattern);
  if (linear_solver == GT_LINEAR_BANDED) return banded_symmetric(pattern, std::move(place));
  return std::make_unique<DenseOfSparse>();
}
std::unique_ptr<GeneralFactor> general_factor(const Matrix& pattern, int32_t& linear_solver) {
  if (!pattern.sparse()) {
    linear_solver = GT_LINEAR_DENSE;
    return dense_general();
  }
  std::vector<int64_t> place = narrow_order(graph_of(pattern));
  linear_solver = chosen(linear_solver, pattern, bands_of(pattern, place));
  if (linear_solver == GT_LINEAR_SUITESPARSE) return umfpack_general(pattern);
  if (linear_solver == GT_LINEAR_BANDED) return banded_general(pattern, std::move(place));
  return std::make_unique<DenseOfSparse>();
}
std::unique_ptr<DampedSquares> damped_squares(const Matrix& pattern, int32_t& linear_solver) {
  if (pattern.sparse()) return std::make_unique<SparseSquares>(pattern, linear_solver);
  linear_solver = GT_LINEAR_DENSE;
  return dense_squares();
}

}  // namespace gradtape::solving
