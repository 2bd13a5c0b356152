// A line search with brackets and cubic interpolation (Nocedal, Wright: Numerical Optimization, algorithms 3.5 and 3.6).
// The approximate conditions are those of Hager and Zhang (SIAM J. Optim. 16, 2005).
#include "solve/line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtape::solving {

namespace {
constexpr double kDecrease = 1e-4, kCurvature = 0.9;
constexpr int kMostTrials = 60;
}  // namespace

LineSearch::LineSearch(Objective& objective, const Vector& x, const Vector& direction, double value, double slope,
                       Vector& next, Vector& next_gradient)
    : objective_(objective),
      x_(x),
      direction_(direction),
      next_(next),
      gradient_(next_gradient),
      start_{0, value, slope},
      low_(start_),
      high_(start_),
      at_(start_),
      noise_(std::sqrt(objective.epsilon()) * std::abs(value)) {}

bool LineSearch::evaluate(double length) {
  next_ = x_;
  add(length, direction_, next_);
  const double value = objective_.evaluate(next_, gradient_);
  at_ = {length, value, dot(gradient_, direction_)};
  return std::isfinite(value) && all_finite(gradient_) && std::isfinite(at_.slope);
}

// A length inside of the bracket: the minimum of the cubic through both ends, at a tenth of the width from them at least.
double LineSearch::between() const {
  const double width = high_.length - low_.length;
  if (!std::isfinite(high_.value)) return low_.length + width / 10;
  const double d = low_.slope + high_.slope - 3 * (high_.value - low_.value) / width;
  const double root = std::sqrt(std::max(0.0, d * d - low_.slope * high_.slope));
  const double sign = width > 0 ? 1 : -1;
  const double part = (high_.slope + sign * root - d) / (high_.slope - low_.slope + 2 * sign * root);
  return low_.length + width * (std::isfinite(part) ? std::clamp(1 - part, 0.1, 0.9) : 0.5);
}

bool LineSearch::run(double first) {
  double length = first;
  bool bracketed = false;
  for (int trial = 0; trial < kMostTrials; ++trial) {
    if (!evaluate(length)) {
      high_ = {length, std::numeric_limits<double>::infinity(), 0};
      bracketed = true;
    } else {
      const bool decreases =
          at_.value <= start_.value + kDecrease * length * start_.slope || at_.value <= start_.value + noise_;
      if (decreases && std::abs(at_.slope) <= -kCurvature * start_.slope) return true;
      if (!decreases || at_.value > low_.value + noise_) {
        high_ = at_;
        bracketed = true;
      } else {
        if (bracketed ? at_.slope * (high_.length - low_.length) >= 0 : at_.slope >= 0) {
          high_ = low_;
          bracketed = true;
        }
        low_ = at_;
      }
    }
    if (bracketed && std::abs(high_.length - low_.length) <= 1e-15 * std::max(high_.length, low_.length)) break;
    length = bracketed ? between() : 4 * length;
  }
  // The lower end of the bracket is a decrease, if it is not the start itself.
  return low_.length > 0 && low_.value < start_.value && evaluate(low_.length);
}

}  // namespace gradtape::solving
