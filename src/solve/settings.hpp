// Options of a solver with defaults filled in, its present state, and the calls of the progress callback.
#pragma once

#include <gradtape/solve.h>

#include "solve/problem.hpp"

namespace gradtape::solving {

// The user's options; options may be null. Throws where one does not fit.
gt_solve_options read_options(gt_context ctx, const char* caller, const gt_solve_options* options, double epsilon);

// The point that a solver has reached.
struct State {
  Vector x;
  double value = 0, gradient_norm = 0, step_norm = 0;
  int64_t iterations = 0;
  int32_t outcome = 0;        // 0: goes on
  int32_t linear_solver = 0;  // that runs
};

// Ends the state where the tolerances or the user say so, after each iteration and at the start.
class Monitor {
 public:
  Monitor(const gt_solve_options& options, const Counts& counts) : options_(options), counts_(counts) {}
  // True where the state has an outcome now. `reached`: the outcome of gradient_norm within the tolerance.
  bool ends(State& state, int32_t reached = GT_OUTCOME_GRADIENT) const;

 private:
  const gt_solve_options& options_;
  const Counts& counts_;
};

// The solvers begin at state.x and leave the solution there.
void minimize_lbfgs(Objective& objective, const gt_solve_options& options, State& state);
void minimize_newton(Objective& objective, const gt_solve_options& options, State& state);
void minimize_newton_cg(Objective& objective, const gt_solve_options& options, State& state);
void least_squares(Residuals& residuals, const gt_solve_options& options, State& state);
void solve_equations(Residuals& residuals, const gt_solve_options& options, State& state);

}  // namespace gradtape::solving
