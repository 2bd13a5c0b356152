// Linear systems whose matrix is known by its products with vectors: an op that iterates, with derivatives.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

enum class LinearSolver : int32_t { dense = 0, banded = 1, sparse = 2, cg = 3, gmres = 4 };
inline bool is_iterative(LinearSolver s) { return s == LinearSolver::cg || s == LinearSolver::gmres; }

// The limits of CG and GMRES.
struct LinearOptions {
  LinearSolver solver = LinearSolver::gmres;
  double tolerance = 0;   // of the residual's length, relative to that of the right side
  int64_t max_steps = 0;  // products
  int64_t restart = 0;    // GMRES: vectors kept
  bool strict = true;     // fails above the tolerance; else the result is what the steps gave
};

// x [n] with map(x) = rhs, for a linear map that is recorded on a tensor like rhs. x has derivatives by rhs and by the
// tensors from outside that the map uses: they are such systems again. GMRES fails on a map that is singular.
Tensor solve_by_products(const std::function<Tensor(const Tensor&)>& map, const Tensor& rhs,
                         const LinearOptions& options);

}  // namespace gradtape::core
