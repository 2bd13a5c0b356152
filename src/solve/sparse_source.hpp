// Sparse Hessians and Jacobians from tapes: the one place that knows how the library gives them.
#pragma once

#include "solve/problem.hpp"

namespace gradtape::solving {

enum class Derivative { jacobian, hessian };

// Finds the pattern of the derivative of the target by one source, and gives its values in the order of the pattern. The
// call stands in a function's body. NULL, with the pattern dense: a dense matrix serves better.
gt_tensor sparse_values(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source, Derivative derivative,
                        int32_t linear_solver, Matrix& pattern);

}  // namespace gradtape::solving
