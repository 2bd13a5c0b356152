// Sparse factorizations by CHOLMOD and UMFPACK.
#include "solve/suitesparse.hpp"

#include <cholmod.h>
#include <umfpack.h>

#include <algorithm>
#include <new>

namespace gradtape::solving {

namespace {

// Rows of a symmetric matrix are its columns, as CHOLMOD wants them.
class Cholmod final : public SymmetricFactor {
 public:
  explicit Cholmod(const Matrix& pattern) {
    cholmod_l_start(&common_);
    common_.print = 0;
    common_.final_ll = 1;
    common_.quick_return_if_not_posdef = 1;
    const auto n = static_cast<size_t>(pattern.rows);
    // The upper triangle by columns is the lower one by rows; the diagonal is always there.
    offsets_.push_back(0);
    for (size_t i = 0; i < n; ++i) {
      for (int64_t k = pattern.offsets[i]; k < pattern.offsets[i + 1]; ++k) {
        const int64_t j = pattern.column[static_cast<size_t>(k)];
        if (j < static_cast<int64_t>(i)) rows_.push_back(j);
      }
      rows_.push_back(static_cast<int64_t>(i));
      offsets_.push_back(static_cast<SuiteSparse_long>(rows_.size()));
    }
    values_.resize(rows_.size());
    matrix_.nrow = matrix_.ncol = n;
    matrix_.nzmax = rows_.size();
    matrix_.p = offsets_.data();
    matrix_.i = rows_.data();
    matrix_.x = values_.data();
    matrix_.stype = 1;
    matrix_.itype = CHOLMOD_LONG;
    matrix_.xtype = CHOLMOD_REAL;
    matrix_.dtype = CHOLMOD_DOUBLE;
    matrix_.sorted = matrix_.packed = 1;
    factor_ = cholmod_l_analyze(&matrix_, &common_);
    if (!factor_) throw std::bad_alloc();
  }
  ~Cholmod() override {
    cholmod_l_free_factor(&factor_, &common_);
    cholmod_l_finish(&common_);
  }
  bool factor(const Matrix& a, double scale, const Vector& diagonal) override {
    auto* next = values_.data();
    for (size_t i = 0; i < diagonal.size(); ++i) {
      double on_diagonal = 0;
      for (int64_t k = a.offsets[i]; k < a.offsets[i + 1]; ++k) {
        const int64_t j = a.column[static_cast<size_t>(k)];
        if (j < static_cast<int64_t>(i)) *next++ = a.values[static_cast<size_t>(k)];
        if (j == static_cast<int64_t>(i)) on_diagonal = a.values[static_cast<size_t>(k)];
      }
      *next++ = on_diagonal + scale * diagonal[i];
    }
    if (!all_finite(values_)) return false;
    cholmod_l_factorize(&matrix_, factor_, &common_);
    if (common_.status == CHOLMOD_OUT_OF_MEMORY) throw std::bad_alloc();
    return common_.status == CHOLMOD_OK && factor_->minor == factor_->n;
  }
  void solve(Vector& x) override {
    cholmod_dense right{};
    right.nrow = right.nzmax = right.d = x.size();
    right.ncol = 1;
    right.x = x.data();
    right.xtype = CHOLMOD_REAL;
    right.dtype = CHOLMOD_DOUBLE;
    cholmod_dense* solution = cholmod_l_solve(CHOLMOD_A, factor_, &right, &common_);
    if (!solution) throw std::bad_alloc();
    std::copy_n(static_cast<const double*>(solution->x), x.size(), x.begin());
    cholmod_l_free_dense(&solution, &common_);
  }

 private:
  cholmod_common common_{};
  cholmod_sparse matrix_{};
  cholmod_factor* factor_ = nullptr;
  std::vector<SuiteSparse_long> offsets_, rows_;
  Vector values_;
};

// Rows go in as columns, so UMFPACK has the transpose.
class Umfpack final : public GeneralFactor {
 public:
  explicit Umfpack(const Matrix& pattern)
      : n_(pattern.rows),
        offsets_(pattern.offsets.begin(), pattern.offsets.end()),
        columns_(pattern.column.begin(), pattern.column.end()) {
    // The values of the first matrix choose the strategy.
    const int status = static_cast<int>(umfpack_dl_symbolic(n_, n_, offsets_.data(), columns_.data(),
                                                            pattern.values.data(), &symbolic_, nullptr, nullptr));
    if (status == UMFPACK_ERROR_out_of_memory) throw std::bad_alloc();
  }
  ~Umfpack() override {
    umfpack_dl_free_symbolic(&symbolic_);
    umfpack_dl_free_numeric(&numeric_);
  }
  bool factor(const Matrix& a) override {
    if (!symbolic_ || !all_finite(a.values)) return false;
    umfpack_dl_free_numeric(&numeric_);
    values_ = a.values;
    const auto status =
        umfpack_dl_numeric(offsets_.data(), columns_.data(), values_.data(), symbolic_, &numeric_, nullptr, nullptr);
    if (status == UMFPACK_ERROR_out_of_memory) throw std::bad_alloc();
    return status == UMFPACK_OK;
  }
  void solve(Vector& x) override {
    const Vector right = x;
    umfpack_dl_solve(UMFPACK_At, offsets_.data(), columns_.data(), values_.data(), x.data(), right.data(), numeric_,
                     nullptr, nullptr);
  }

 private:
  SuiteSparse_long n_;
  std::vector<SuiteSparse_long> offsets_, columns_;
  Vector values_;
  void *symbolic_ = nullptr, *numeric_ = nullptr;
};

}  // namespace

bool has_suitesparse() { return true; }
std::unique_ptr<SymmetricFactor> cholmod_symmetric(const Matrix& pattern) { return std::make_unique<Cholmod>(pattern); }
std::unique_ptr<GeneralFactor> umfpack_general(const Matrix& pattern) { return std::make_unique<Umfpack>(pattern); }

}  // namespace gradtape::solving
