// Factorizations of sparse matrices as bands, and the normal equations of sparse Jacobians.
#pragma once

#include "solve/factor.hpp"
#include "solve/order.hpp"

namespace gradtape::solving {

std::unique_ptr<SymmetricFactor> banded_symmetric(const Matrix& pattern, std::vector<int64_t> place);
std::unique_ptr<GeneralFactor> banded_general(const Matrix& pattern, std::vector<int64_t> place);

// J'J of a sparse Jacobian: its pattern once, its values for each Jacobian of the same pattern.
class NormalMatrix {
 public:
  explicit NormalMatrix(const Matrix& jacobian);
  const Matrix& of(const Matrix& jacobian);
  const Matrix& pattern() const { return product_; }

 private:
  Matrix product_;
  std::vector<size_t> places_;  // of the products of the entries of each row, pair by pair
};

}  // namespace gradtape::solving
