// Newton's method by conjugate gradients in a trust region: products with the Hessian, and no matrix (Steihaug, SIAM J.
// Numer. Anal. 20, 1983).
#include <algorithm>
#include <cmath>

#include "solve/settings.hpp"
#include "solve/trust_region.hpp"

namespace gradtape::solving {

namespace {

class TruncatedStep {
 public:
  TruncatedStep(Objective& objective, size_t n)
      : step(n), objective_(objective), residual_(n), direction_(n), product_(n) {}

  void find(const Vector& x, const Vector& g, double radius) {
    std::fill(step.begin(), step.end(), 0.0);
    residual_ = g;
    for (size_t i = 0; i < g.size(); ++i) direction_[i] = -g[i];
    double rr = dot(residual_, residual_);
    const double size = std::sqrt(rr), enough = size * std::min(0.1, std::sqrt(size));
    for (size_t k = 0; k < 2 * g.size() + 20; ++k) {
      objective_.multiply_hessian(x, direction_, product_);
      const double curvature = dot(direction_, product_), length = rr / curvature;
      if (!(curvature > 0) || !std::isfinite(length)) return to_boundary(radius);
      add(length, direction_, step);
      if (!(norm(step) < radius)) {
        add(-length, direction_, step);
        return to_boundary(radius);
      }
      add(length, product_, residual_);
      const double next = dot(residual_, residual_);
      if (std::sqrt(next) <= enough) return;
      for (size_t i = 0; i < g.size(); ++i) direction_[i] = next / rr * direction_[i] - residual_[i];
      rr = next;
    }
  }
  Vector step;

 private:
  // step + tau direction, tau > 0, of the length of the radius.
  void to_boundary(double radius) {
    const double size = norm(direction_), along = dot(step, direction_) / size;
    const double gap = radius * radius - dot(step, step);
    add(gap / (along + std::sqrt(along * along + gap)) / size, direction_, step);
  }

  Objective& objective_;
  Vector residual_, direction_, product_;
};

}  // namespace

void minimize_newton_cg(Objective& objective, const gt_solve_options& options, State& state) {
  const auto n = static_cast<size_t>(objective.size());
  const Monitor monitor(options, objective.counts);
  Vector g(n);
  state.value = objective.evaluate(state.x, g);
  state.gradient_norm = largest(g);
  TruncatedStep truncated(objective, n);
  TrustRegion trust(objective, options, state);
  while (!monitor.ends(state)) {
    bool taken = false;
    while (!taken && state.outcome == 0) {
      truncated.find(state.x, g, trust.radius());
      if (!all_finite(truncated.step)) {
        state.outcome = GT_OUTCOME_NOT_FINITE;
        break;
      }
      taken = trust.accepts(state, g, truncated.step,
                            [&](const Vector& v, Vector& product) { objective.multiply_hessian(state.x, v, product); });
    }
    if (state.outcome != 0) break;
  }
}

}  // namespace gradtape::solving
