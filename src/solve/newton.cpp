// Newton's method in a trust region: the step is the exact minimum of the quadratic model within the radius (More,
// Sorensen, SIAM J. Sci. Stat. Comput. 4, 1983). Any factorization serves that tells positive definite matrices.
#include <algorithm>
#include <cmath>

#include "solve/factor.hpp"
#include "solve/settings.hpp"
#include "solve/trust_region.hpp"

namespace gradtape::solving {

namespace {

constexpr double kEasy = 0.1, kHard = 0.2;  // how exact the minimum of the model need be
constexpr int kMostShifts = 40;

// The least of g's + s'Hs / 2 with |s| <= radius.
class RegionalStep {
 public:
  RegionalStep(SymmetricFactor& factor, Counts& counts, size_t n)
      : step(n), factor_(factor), counts_(counts), ones_(n, 1.0), z_(n), hz_(n) {}

  // False: no shift made the matrix positive definite.
  bool find(const Matrix& h, const Vector& g, double radius);
  // Whether the Hessian has no clearly negative eigenvalue.
  bool convex(const Matrix& h) { return shifted(h, 1e-10 * size_of(h)); }
  Vector step;

 private:
  bool shifted(const Matrix& h, double shift) {
    ++counts_.factorizations;
    return factor_.factor(h, shift, ones_);
  }
  static double size_of(const Matrix& h);  // an upper bound of its eigenvalues
  bool towards_least(const Matrix& h, double shift, double radius, double& low);

  SymmetricFactor& factor_;
  Counts& counts_;
  Vector ones_, z_, hz_;
};

// The largest sum of a row (Gershgorin's bound).
double RegionalStep::size_of(const Matrix& h) {
  double most = 0, sum = 0;
  int64_t row = 0;
  h.each([&](int64_t i, int64_t, double v) {
    if (i != row) {
      most = std::max(most, sum);
      sum = 0;
      row = i;
    }
    sum += std::abs(v);
  });
  return std::max(most, sum);
}

// The factor is that of H + shift, and the step lies within the radius. Adds to it a multiple of an almost least
// eigenvector z, up to the radius. A g without a part along z needs that, as at a saddle point ("the hard case"). True:
// the step is good enough now.
bool RegionalStep::towards_least(const Matrix& h, double shift, double radius, double& low) {
  for (size_t i = 0; i < z_.size(); ++i) z_[i] = std::sin(1.0 + static_cast<double>(i));
  for (int round = 0; round < 4; ++round) {
    factor_.solve(z_);
    const double length = norm(z_);
    for (double& v : z_) v /= length;
  }
  h.multiply(z_, hz_);
  const double least = dot(z_, hz_), curvature = least + shift, bound = size_of(h);
  low = std::max(low, -least);
  // Along z nothing is to be gained, and the shift is but rounding: the matrix is singular.
  if (least > -1e-10 * bound) return shift <= 1e-8 * bound;
  const double along = dot(step, z_), own = dot(step, step), gap = radius * radius - own;
  const double tau = gap / (along + std::copysign(std::sqrt(along * along + gap), along));
  Vector& product = hz_;
  h.multiply(step, product);
  const double model = dot(step, product) + shift * own;
  const bool good = tau * tau * curvature <= kHard * (model + shift * radius * radius);
  if (good) add(tau, z_, step);
  return good;
}

bool RegionalStep::find(const Matrix& h, const Vector& g, double radius) {
  const double bound = size_of(h), force = norm(g) / radius;
  double low = std::max(0.0, force - bound), high = force + 1.1 * bound, shift = low;
  const double least = 1e-14 * std::max(bound, 1e-300);
  bool found = false;
  for (int round = 0; round < kMostShifts; ++round) {
    const auto inside = [&] { return std::max(std::sqrt(low * high), low + 0.01 * (high - low)); };
    if (!shifted(h, shift)) {
      low = std::max(low, shift);
      if (high <= low + least) high = 2 * (low + least);
      shift = inside();
      continue;
    }
    for (size_t i = 0; i < g.size(); ++i) step[i] = -g[i];
    factor_.solve(step);
    const double length = norm(step);
    if (!std::isfinite(length)) {
      low = std::max(low, shift);
      shift = inside();
      continue;
    }
    found = true;
    if ((shift == 0 && length <= radius) || std::abs(length - radius) <= kEasy * radius) return true;
    if (length < radius) {
      high = std::min(high, shift);
      if (towards_least(h, shift, radius, low) || high <= low * (1 + 1e-12) + least) return true;
    } else {
      low = std::max(low, shift);
    }
    if (length == 0) {
      shift = low + 0.1 * (high - low);
      continue;
    }
    // One step of Newton's method for 1 / |step| = 1 / radius.
    Vector& q = z_;
    for (size_t i = 0; i < g.size(); ++i) q[i] = -g[i];
    factor_.solve(q);
    const double q_length = norm(q);
    Vector& again = hz_;
    again = q;
    factor_.solve(again);
    shift += q_length * q_length / dot(q, again) * (q_length - radius) / radius;
    if (!(shift > low && shift < high)) shift = inside();
  }
  return found;
}

}  // namespace

void minimize_newton(Objective& objective, const gt_solve_options& options, State& state) {
  const auto n = static_cast<size_t>(objective.size());
  const Monitor monitor(options, objective.counts);
  Vector g(n);
  Matrix h;
  state.value = objective.evaluate(state.x, g);
  state.gradient_norm = largest(g);
  objective.hessian(state.x, h);
  state.linear_solver = options.linear_solver;
  const auto factor = symmetric_factor(h, state.linear_solver);
  RegionalStep region(*factor, objective.counts, n);
  TrustRegion trust(objective, options, state);

  // A point without a gradient is an end only where the Hessian has no negative eigenvalue.
  const auto ends = [&] {
    const bool ended = monitor.ends(state);
    if (ended && state.outcome == GT_OUTCOME_GRADIENT && state.iterations < options.max_iterations &&
        all_finite(h.values) && !region.convex(h)) {
      state.outcome = 0;
      return false;
    }
    return ended;
  };
  while (!ends()) {
    if (!all_finite(h.values)) {
      state.outcome = GT_OUTCOME_NOT_FINITE;
      break;
    }
    do {
      if (!region.find(h, g, trust.radius())) {
        state.outcome = GT_OUTCOME_STALLED;
        break;
      }
    } while (!trust.accepts(state, g, region.step, [&](const Vector& v, Vector& product) { h.multiply(v, product); }) &&
             state.outcome == 0);
    if (state.outcome != 0) break;
    objective.hessian(state.x, h);
  }
}

}  // namespace gradtape::solving
