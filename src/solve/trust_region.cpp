// Acceptance of steps, and the radius, by the ratio of actual to promised decrease (Conn, Gould, Toint: Trust-Region
// Methods, algorithm 6.1.1; section 17.4.2 for rounding).
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
  next_ = state.x;
  add(1, step, next_);
  const double value = objective_.evaluate(next_, next_gradient_), next_norm = largest(next_gradient_);
  const bool finite = std::isfinite(value) && std::isfinite(next_norm);
  const bool inside = length < 0.9 * radius_;
  // The gradient decides if values differ by rounding alone.
  const bool tiny = promised <= noise;
  const double ratio = !finite ? -1 : (state.value - value + noise) / (promised + noise);
  const bool taken = tiny ? finite && value <= state.value + noise && next_norm < state.gradient_norm : ratio > 1e-4;

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
