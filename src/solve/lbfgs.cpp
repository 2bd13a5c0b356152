// L-BFGS: directions from the last steps and the changes of the gradient along them (Nocedal, Wright: Numerical
// Optimization, algorithms 7.4 and 7.5).
#include <algorithm>
#include <cmath>

#include "solve/line_search.hpp"
#include "solve/settings.hpp"

namespace gradtape::solving {

namespace {

// The last pairs of a step s and the change y of the gradient, as rings. They approximate the inverse of the Hessian.
class Pairs {
 public:
  Pairs(size_t memory, size_t n) : s_(memory, Vector(n)), y_(memory, Vector(n)), inverse_(memory), alpha_(memory) {}
  void forget() {
    count_ = 0;
    scale_ = 1;
  }
  bool empty() const { return count_ == 0; }
  // A pair without positive curvature is left out: the approximation stays positive definite.
  void add(const Vector& x, const Vector& next, const Vector& g, const Vector& next_g) {
    Vector &s = s_[last_ % s_.size()], &y = y_[last_ % s_.size()];
    for (size_t i = 0; i < x.size(); ++i) {
      s[i] = next[i] - x[i];
      y[i] = next_g[i] - g[i];
    }
    const double sy = dot(s, y), yy = dot(y, y);
    if (!(sy > 1e-16 * yy) || !std::isfinite(yy)) return;
    inverse_[last_ % s_.size()] = 1 / sy;
    scale_ = sy / yy;
    ++last_;
    count_ = std::min(count_ + 1, s_.size());
  }
  // direction = - H g, by the two loops.
  void direction(const Vector& g, Vector& d) {
    d = g;
    for (size_t k = 0; k < count_; ++k) {
      const size_t i = (last_ - 1 - k) % s_.size();
      alpha_[i] = inverse_[i] * dot(s_[i], d);
      solving::add(-alpha_[i], y_[i], d);
    }
    for (double& v : d) v *= -scale_;
    for (size_t k = count_; k-- > 0;) {
      const size_t i = (last_ - 1 - k) % s_.size();
      solving::add(-alpha_[i] - inverse_[i] * dot(y_[i], d), s_[i], d);
    }
  }

 private:
  std::vector<Vector> s_, y_;
  Vector inverse_, alpha_;
  double scale_ = 1;
  size_t count_ = 0, last_ = 0;
};

}  // namespace

void minimize_lbfgs(Objective& objective, const gt_solve_options& options, State& state) {
  const auto n = static_cast<size_t>(objective.size());
  const Monitor monitor(options, objective.counts);
  Vector g(n), d(n), next(n), next_g(n);
  Pairs pairs(static_cast<size_t>(options.memory), n);

  state.value = objective.evaluate(state.x, g);
  state.gradient_norm = largest(g);
  bool ended = monitor.ends(state);
  while (!ended) {
    // A first step has no scale of its own but that of the parameters.
    const double longest = options.radius > 0 ? options.radius : std::max(1.0, norm(state.x));
    pairs.direction(g, d);
    const double slope = dot(g, d), first = pairs.empty() ? std::min(1.0, longest / norm(d)) : 1;
    LineSearch search(objective, state.x, d, state.value, slope, next, next_g);
    if (!(slope < 0) || !search.run(first)) {
      if (-slope * first <= 100 * objective.epsilon() * std::abs(state.value)) {
        state.outcome = GT_OUTCOME_ROUNDING;
      } else if (pairs.empty()) {
        state.outcome = GT_OUTCOME_STALLED;
      } else {
        pairs.forget();
        continue;
      }
      break;
    }
    pairs.add(state.x, next, g, next_g);
    state.step_norm = search.length() * norm(d);
    state.value = search.value();
    std::swap(state.x, next);
    std::swap(g, next_g);
    state.gradient_norm = largest(g);
    ++state.iterations;
    ended = monitor.ends(state);
  }
}

}  // namespace gradtape::solving
