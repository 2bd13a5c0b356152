// root: unknowns at which residuals are 0, with derivatives by the implicit function theorem.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

struct RootOptions {
  double tolerance = 0;   // largest residual, in absolute value, of a root; 0: 1e-10, or 1e-5 of float32
  int64_t max_steps = 0;  // of Newton's method; 0: 100
  FunctionBody solver;    // gives the unknowns for a guess, in place of Newton's method; empty: none
};

// Returns the unknowns, one for each guess, then the auxiliary results. The function gives a residual for each guess, of
// as many elements in all, and auxiliary results behind them.
Tensors root(Recorder& r, std::string_view what, const Tensors& guess, const RootOptions& options,
             const FunctionBody& function);

}  // namespace gradtape::core
