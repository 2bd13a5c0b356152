// Gauss's and Newton's method, and Levenberg's and Marquardt's: steps by the Jacobian of residuals. The damping follows
// Nielsen (Damping parameter in Marquardt's method, 1999); the scale of the parameters, More (The Levenberg-Marquardt
// algorithm, 1978).
#include <algorithm>
#include <cmath>

#include "solve/factor.hpp"
#include "solve/settings.hpp"

namespace gradtape::solving {

namespace {

double half_square(const Vector& r) {
  const double length = norm(r);
  return length * length / 2;
}

// The parts that both methods share: the present residuals, their Jacobian, and a trial point.
struct Fit {
  Fit(Residuals& residuals, const gt_solve_options& options, State& s)
      : of(residuals),
        state(s),
        monitor(options, residuals.counts),
        x(s.x.size()),
        g(s.x.size()),
        step(s.x.size()),
        scale(s.x.size(), 0.0),
        r(static_cast<size_t>(residuals.size())),
        next(r.size()),
        js(r.size()) {
    of.evaluate(state.x, r);
    state.value = half_square(r);
    linearize();
    state.linear_solver = options.linear_solver;
    squares = damped_squares(jacobian, state.linear_solver);
  }
  void linearize() {
    of.jacobian(state.x, jacobian);
    jacobian.multiply_transposed(r, g);
    state.gradient_norm = largest(g);
    Vector& columns = step;  // their squared lengths
    std::fill(columns.begin(), columns.end(), 0.0);
    jacobian.each([&](int64_t, int64_t j, double v) { columns[static_cast<size_t>(j)] += v * v; });
    for (size_t j = 0; j < columns.size(); ++j) scale[j] = std::max(scale[j], std::sqrt(columns[j]));
  }
  bool ends() {
    if (!all_finite(jacobian.values)) state.gradient_norm = NAN;
    return monitor.ends(state);
  }
  // Columns that have been 0 so far have no scale.
  void prepare() {
    ++of.counts.factorizations;
    squares->set(jacobian, r);
    shown = scale;
    for (double& v : shown)
      if (v == 0) v = 1;
  }
  // The value at x + length * step, whose residuals are `next`.
  double evaluate(double length) {
    x = state.x;
    add(length, step, x);
    of.evaluate(x, next);
    return half_square(next);
  }
  void take(double value, double length) {
    std::swap(state.x, x);
    std::swap(r, next);
    state.value = value;
    state.step_norm = length * norm(step);
    ++state.iterations;
    linearize();
  }
  double noise() const { return 10 * of.epsilon() * state.value; }
  // The decrease of half the squares by the linear model, for a step of this length.
  double promised(double length) {
    jacobian.multiply(step, js);
    return -length * dot(g, step) - length * length * dot(js, js) / 2;
  }

  Residuals& of;
  State& state;
  Monitor monitor;
  std::unique_ptr<DampedSquares> squares;
  Matrix jacobian;
  Vector x, g, step, scale, shown, r, next, js;
};

void levenberg_marquardt(Fit& fit, double damping) {
  double growth = 2;
  while (!fit.ends()) {
    fit.prepare();
    bool taken = false;
    while (!taken && fit.state.outcome == 0) {
      if (!fit.squares->solve(damping, fit.shown, fit.step)) {
        damping = std::max(damping * growth, 1e-14);
        growth *= 2;
        if (!std::isfinite(damping)) fit.state.outcome = GT_OUTCOME_STALLED;
        continue;
      }
      const double promised = fit.promised(1), noise = fit.noise(), length = norm(fit.step);
      const double value = fit.evaluate(1), ratio = (fit.state.value - value + noise) / (promised + noise);
      const double before = fit.state.gradient_norm;
      if (std::isfinite(value) && value <= fit.state.value + noise && ratio > 1e-4) {
        const bool tiny = promised <= noise;
        fit.take(value, 1);
        damping *= std::max(1.0 / 3, 1 - std::pow(2 * std::min(ratio, 1.0) - 1, 3));
        growth = 2;
        taken = true;
        if (tiny && !(fit.state.gradient_norm < before / 2)) {
          if (!fit.ends()) fit.state.outcome = GT_OUTCOME_ROUNDING;
        }
      } else if (length <= fit.of.epsilon() * norm(fit.state.x) || promised <= noise) {
        fit.state.outcome = promised <= noise ? GT_OUTCOME_ROUNDING : GT_OUTCOME_STALLED;
      } else {
        damping *= growth;
        growth *= 2;
      }
    }
    if (fit.state.outcome != 0) break;
  }
}

// Whole steps, halved until they help. Short steps along a poor direction do not help either, as a Jacobian gives that
// almost lacks rank. The step is then damped.
void gauss_newton(Fit& fit) {
  constexpr double kShortest = 1.0 / 64, kLeast = 1e-6, kMost = 1e12;
  while (!fit.ends()) {
    fit.prepare();
    const double noise = fit.noise(), before = fit.state.gradient_norm;
    double damping = 0, length = 1, value = NAN, slope = 0;
    bool helps = false;
    for (; !helps && damping < kMost; damping = std::max(kLeast, 10 * damping)) {
      if (!fit.squares->solve(damping, fit.shown, fit.step)) continue;
      slope = dot(fit.g, fit.step);
      for (length = 1; length >= kShortest; length /= 2) {
        value = fit.evaluate(length);
        helps = std::isfinite(value) && value <= fit.state.value + 1e-4 * length * slope + noise;
        if (helps) break;
      }
      if (-slope <= noise) break;
    }
    if (!helps) {
      fit.state.outcome = -slope <= noise ? GT_OUTCOME_ROUNDING : GT_OUTCOME_STALLED;
      break;
    }
    fit.take(value, length);
    if (-length * slope <= noise && !(fit.state.gradient_norm < before / 2)) {
      if (!fit.ends()) fit.state.outcome = GT_OUTCOME_ROUNDING;
      break;
    }
  }
}

}  // namespace

void least_squares(Residuals& residuals, const gt_solve_options& options, State& state) {
  Fit fit(residuals, options, state);
  if (options.method == GT_METHOD_GAUSS_NEWTON)
    gauss_newton(fit);
  else
    levenberg_marquardt(fit, options.damping);
}

}  // namespace gradtape::solving
