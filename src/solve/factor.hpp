// Factorizations of matrices, dense or sparse, behind one interface.
#pragma once

#include <gradtape/solve.h>

#include <memory>

#include "solve/matrix.hpp"

namespace gradtape::solving {

// Symmetric and positive definite. Both triangles of the matrix are there.
class SymmetricFactor {
 public:
  virtual ~SymmetricFactor() = default;
  // The matrix is a + scale * diag(diagonal). False: not positive definite, or not finite.
  virtual bool factor(const Matrix& a, double scale, const Vector& diagonal) = 0;
  virtual void solve(Vector& x) = 0;  // in place
};

// Square.
class GeneralFactor {
 public:
  virtual ~GeneralFactor() = default;
  virtual bool factor(const Matrix& a) = 0;  // false: singular, or not finite
  virtual void solve(Vector& x) = 0;
};

// Least squares with damping.
class DampedSquares {
 public:
  virtual ~DampedSquares() = default;
  // Takes the Jacobian and the residuals.
  virtual void set(const Matrix& jacobian, const Vector& residuals) = 0;
  // step = the minimum of |J step + r|^2 + damping |diag(scale) step|^2. False: not of full rank, or not finite.
  virtual bool solve(double damping, const Vector& scale, Vector& step) = 0;
};

// Those for the form of the matrix, dense or sparse. linear_solver is set to the one that AUTO has become. Sparse ones
// keep the order that they have found for the pattern: later matrices must have the same.
std::unique_ptr<SymmetricFactor> symmetric_factor(const Matrix& pattern, int32_t& linear_solver);
std::unique_ptr<GeneralFactor> general_factor(const Matrix& pattern, int32_t& linear_solver);
std::unique_ptr<DampedSquares> damped_squares(const Matrix& pattern, int32_t& linear_solver);

// Whether a factorization of this sparse symmetric matrix takes less than a second or so.
bool cheap_to_factor(const Matrix& pattern);

std::unique_ptr<SymmetricFactor> dense_symmetric();
std::unique_ptr<GeneralFactor> dense_general();
std::unique_ptr<DampedSquares> dense_squares();

}  // namespace gradtape::solving
