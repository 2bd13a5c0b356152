// Anderson's acceleration as an op that no derivative passes.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

struct AndersonOptions {
  double tolerance = 0;      // of the largest residual
  int64_t max_steps = 1000;  // calls of the function
  int64_t history = 5;       // steps that are combined
  double damping = 1;        // the part of a step that is made
};

// The last point x [n] of a method that repeats x - residual(x), from the guess on.
Tensor anderson(const std::function<Tensor(const Tensor&)>& residual, const Tensor& guess,
                const AndersonOptions& options);

}  // namespace gradtape::core
