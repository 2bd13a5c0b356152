// The choice among factorizations.
#include "solve/factor.hpp"

namespace gradtape::solving {

std::unique_ptr<SymmetricFactor> symmetric_factor(const Matrix&, int32_t& linear_solver) {
  linear_solver = GT_LINEAR_DENSE;
  return dense_symmetric();
}
std::unique_ptr<GeneralFactor> general_factor(const Matrix&, int32_t& linear_solver) {
  linear_solver = GT_LINEAR_DENSE;
  return dense_general();
}
std::unique_ptr<DampedSquares> damped_squares(const Matrix&, int32_t& linear_solver) {
  linear_solver = GT_LINEAR_DENSE;
  return dense_squares();
}

}  // namespace gradtape::solving
