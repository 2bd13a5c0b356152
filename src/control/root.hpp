// root: unknowns at which residuals are 0, with derivatives by the implicit function theorem.
#pragma once

#include "control/linear_system.hpp"

namespace gradtape::core {

enum class RootMethod : int32_t { newton = 0, anderson = 1 };

struct RootOptions {
  double tolerance = 0;      // largest residual, in absolute value, of a root; 0: 1e-10, or 1e-5 of float32
  int64_t max_steps = 0;     // of the method; 0: 100 of Newton's, 1000 of Anderson's
  FunctionBody solver;       // gives the unknowns for a guess, in place of the method; empty: none
  bool fixed_point = false;  // the function gives the unknowns anew, and the residuals are x - f(x)
  RootMethod method = RootMethod::newton;
  int64_t history = 0;  // Anderson's method: steps that are combined; 0: 5
  double damping = 0;   // Anderson's method: the part of a step that is made; 0: 1
  // In Newton's steps and in the derivatives. Its zeros stand for defaults: a tolerance of 1e-10, or 1e-5 of float32,
  // ten products for each unknown and 10000 at most, and 30 vectors.
  LinearOptions linear = {.solver = LinearSolver::dense};
};

// Returns the unknowns, one for each guess, then the auxiliary results. The function gives a residual for each guess, of
// as many elements in all, and auxiliary results behind them.
Tensors root(Recorder& r, std::string_view what, const Tensors& guess, const RootOptions& options,
             const FunctionBody& function);

}  // namespace gradtape::core
