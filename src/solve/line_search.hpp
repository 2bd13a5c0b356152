// A step length along a direction.
#pragma once

#include "solve/problem.hpp"

namespace gradtape::solving {

// Looks for a step that meets Wolfe's strong conditions, or where differences of values are rounding alone those of
// Hager and Zhang on slopes. `next` and `next_gradient` are the point that it ends at.
class LineSearch {
 public:
  LineSearch(Objective& objective, const Vector& x, const Vector& direction, double value, double slope, Vector& next,
             Vector& next_gradient);
  // Begins with this step. False: there is no such step.
  bool run(double first);
  double length() const { return at_.length; }
  double value() const { return at_.value; }

 private:
  struct Point {
    double length, value, slope;
  };
  bool evaluate(double length);  // false: not finite
  double between() const;

  Objective& objective_;
  const Vector &x_, &direction_;
  Vector &next_, &gradient_;
  Point start_, low_, high_, at_;  // high_.length 0: not known yet
  double noise_;                   // of a value
};

}  // namespace gradtape::solving
