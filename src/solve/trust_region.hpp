// The radius within which a quadratic model of an objective is trusted.
#pragma once

#include <functional>

#include "solve/settings.hpp"

namespace gradtape::solving {

class TrustRegion {
 public:
  TrustRegion(Objective& objective, const gt_solve_options& options, const State& start);
  double radius() const { return radius_; }
  using Product = std::function<void(const Vector& vector, Vector& product)>;  // with the Hessian
  // Tries a step. If it lowers the objective as the model promises, the state and the gradient are those of the new
  // point. Else the radius is smaller; state.outcome is set where no radius would help.
  bool accepts(State& state, Vector& gradient, const Vector& step, const Product& product);

 private:
  Objective& objective_;
  double radius_;
  // Without a radius of the user's, the first step may go far if the model is right about it. Else the careful radius is
  // the first.
  bool bold_;
  double careful_;
  Vector next_, next_gradient_, product_;
};

}  // namespace gradtape::solving
