// Newton's method for systems of equations, whose steps are halved until the residuals shrink.
#include <algorithm>
#include <cmath>

#include "solve/factor.hpp"
#include "solve/settings.hpp"

namespace gradtape::solving {

void solve_equations(Residuals& residuals, const gt_solve_options& options, State& state) {
  const auto n = state.x.size();
  const Monitor monitor(options, residuals.counts);
  Vector r(n), next(n), x(n), step(n);
  Matrix jacobian;
  std::unique_ptr<GeneralFactor> factor;
  const auto reached = [&] {
    const double length = norm(r);
    state.value = length * length / 2;
    state.gradient_norm = largest(r);
    return monitor.ends(state, GT_OUTCOME_RESIDUAL);
  };
  residuals.evaluate(state.x, r);
  while (!reached()) {
    residuals.jacobian(state.x, jacobian);
    if (!all_finite(jacobian.values)) {
      state.outcome = GT_OUTCOME_NOT_FINITE;
      break;
    }
    if (!factor) {
      state.linear_solver = options.linear_solver;
      factor = general_factor(jacobian, state.linear_solver);
    }
    ++residuals.counts.factorizations;
    if (!factor->factor(jacobian)) {
      state.outcome = GT_OUTCOME_SINGULAR;
      break;
    }
    for (size_t i = 0; i < n; ++i) step[i] = -r[i];
    factor->solve(step);
    if (!all_finite(step)) {
      state.outcome = GT_OUTCOME_SINGULAR;
      break;
    }
    const double before = norm(r), size = norm(step);
    double length = 1;
    bool smaller = false;
    for (; !smaller && length > 1e-12; length /= 2) {
      x = state.x;
      add(length, step, x);
      residuals.evaluate(x, next);
      smaller = norm(next) <= (1 - 1e-4 * length) * before;
      if (smaller) break;
    }
    if (!smaller) {
      // A step of the size of rounding cannot help.
      const bool rounded = size <= 100 * residuals.epsilon() * norm(state.x);
      state.outcome = rounded ? GT_OUTCOME_ROUNDING : GT_OUTCOME_STALLED;
      break;
    }
    std::swap(state.x, x);
    std::swap(r, next);
    state.step_norm = length * size;
    ++state.iterations;
  }
}

}  // namespace gradtape::solving
