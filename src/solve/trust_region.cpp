// Acceptance of steps, and the radius, by the ratio of actual to promised decrease (Conn, Gould, Toint: Trust-Region
// Methods, algorithm 6.1.1). Small decreases are told by gradients (Hager and Zhang, SIAM J. Optim. 16, 2005).
#include "solve/trust_region.hpp"

#include <algorithm>
#include <cmath>

namespace gradtape::solving {

TrustRegion::TrustRegion(Objective& objective, const gt_solve_options& options, const State& start)
    : objective_(objective),
      radius_(options.radius > 0 ? options.radius
                                 : 100 * std::max(std::sqrt(static_cast<double>(start.x.size())), norm(start.x))),
      bold_(options.radius == 0),
      careful_(std::max(start.gradient_norm / 10, 0.01 * std::max(1.0, norm(start.x)))),
      next_(start.x.size()),
      next_gradient_(start.x.size()),
      product_(start.x.size()) {}

bool TrustRegion::accepts(State& state, Vector& gradient, const Vector& step, const Product& product) {
  product(step, product_);
  const double promised = -dot(gradient, step) - dot(step, product_) / 2, length = norm(step);
  const double noise = 10 * objective_.epsilon() * std::abs(state.value);
  const double half_the_digits = std::sqrt(objective_.epsilon()) * std::abs(state.value);
  next_ = state.x;
  add(1, step, next_);
  const double value = objective_.evaluate(next_, next_gradient_), next_norm = largest(next_gradient_);
  const bool finite = std::isfinite(value) && std::isfinite(next_norm);
  const bool inside = length < 0.9 * radius_;
  // The gradients at both ends tell the decrease better than values that agree in half of their digits.
  const bool tiny = promised <= noise, close = promised <= half_the_digits;
  const double decrease = close ? -(dot(gradient, step) + dot(next_gradient_, step)) / 2 : state.value - value;
  const double ratio = finite ? decrease / promised : -1;
  const bool taken =
      ratio > 1e-4 && (!close || value <= state.value + half_the_digits) && (!tiny || next_norm < state.gradient_norm);

  if (bold_) {
    bold_ = false;
    if (!tiny && !(std::abs(ratio - 1) < 0.25)) {
      radius_ = std::min(careful_, length / 4);
      return false;
    }
  }
  if (!finite)
    radius_ = length / 10;
  else if (ratio < 0.25)
    radius_ = length / 4;
  else if (ratio > 0.75 && length > 0.8 * radius_)
    radius_ = 2 * radius_;
  if (taken) {
    std::swap(state.x, next_);
    std::swap(gradient, next_gradient_);
    state.value = value;
    state.gradient_norm = next_norm;
    state.step_norm = length;
    ++state.iterations;
  } else if (tiny && inside) {
    state.outcome = GT_OUTCOME_ROUNDING;
  } else if (tiny || length <= objective_.epsilon() * std::max(norm(state.x), 1e-300)) {
    state.outcome = GT_OUTCOME_STALLED;
  }
  return taken;
}

}  // namespace gradtape::solving
