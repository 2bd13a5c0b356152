// Minima, least squares and systems of equations in C++: lambdas over gradtape/solve.h. Link gradtape::solve.
//
//     auto rosenbrock = [](const Tensor& x) { return 100 * square(x[1] - x[0] * x[0]) + square(1 - x[0]); };
//     auto [x, report] = minimize(rosenbrock, ctx.tensor({-1.2, 1.0}));
#pragma once

#include "gradtape.hpp"
#include "solve.h"

namespace gradtape {

enum class Method {
  automatic = GT_METHOD_AUTO,
  lbfgs = GT_METHOD_LBFGS,
  newton = GT_METHOD_NEWTON,
  newton_cg = GT_METHOD_NEWTON_CG,
  gauss_newton = GT_METHOD_GAUSS_NEWTON,
  levenberg_marquardt = GT_METHOD_LEVENBERG_MARQUARDT
};
enum class LinearSolver {
  automatic = GT_LINEAR_AUTO,
  dense = GT_LINEAR_DENSE,
  banded = GT_LINEAR_BANDED,
  suitesparse = GT_LINEAR_SUITESPARSE
};

/// See gt_solve_options. 0 stands for the default.
struct SolveOptions {
  Method method = Method::automatic;
  LinearSolver linear_solver = LinearSolver::automatic;
  std::int64_t max_iterations = 0;
  double tolerance = 0;                                         ///< of gradients, or of the residuals of equations
  double step_tolerance = 0;                                    ///< relative; 0: a short step is no end
  double radius = 0;                                            ///< the first trust region
  double damping = 0;                                           ///< the first of Levenberg and Marquardt's method
  std::int32_t memory = 0;                                      ///< steps that L-BFGS remembers
  std::function<bool(const gt_solve_progress&)> progress = {};  ///< after each iteration; true: stop here
};

/// auto [x, report] = minimize(...): the point that was reached, in the form of the start, and the way to it.
/// report.converged says whether it is a solution.
template <class Point>
struct Solution {
  Point x;
  gt_solve_report report;
};

namespace detail {
// The progress callback. Its exception ends the solver, and comes out of the call.
struct Watcher {
  const std::function<bool(const gt_solve_progress&)>& progress;
  std::exception_ptr thrown = nullptr;

  static std::int32_t call(void* user, const gt_solve_progress* p) {
    auto& self = *static_cast<Watcher*>(user);
    try {
      return self.progress(*p);
    } catch (...) {
      self.thrown = std::current_exception();
      return 1;
    }
  }
};
template <class F, class Start>
auto solve(decltype(gt_minimize)* solver, const char* what, F& f, const Start& start, const SolveOptions& options) {
  const std::vector<Tensor> first = as_list(start);
  const auto values = handles(first);
  Bodies bodies{body_of(std::ref(f), what), nullptr};
  Watcher watcher{options.progress};
  gt_solve_options o{};
  o.struct_size = sizeof o;
  o.method = static_cast<std::int32_t>(options.method);
  o.linear_solver = static_cast<std::int32_t>(options.linear_solver);
  o.max_iterations = options.max_iterations;
  o.tolerance = options.tolerance;
  o.step_tolerance = options.step_tolerance;
  o.radius = options.radius;
  o.damping = options.damping;
  o.memory = options.memory;
  if (options.progress) {
    o.progress = Watcher::call;
    o.progress_data = &watcher;
  }
  gt_solve_report report{};
  report.struct_size = sizeof report;
  auto x = outputs_of(what, first, [&](gt_context ctx, gt_tensor* out, std::size_t, std::size_t* n) {
    *n = values.size();
    return solver(ctx, call_first, &bodies, nullptr, values.data(), values.size(), &o, out, &report);
  });
  if (watcher.thrown) std::rethrow_exception(watcher.thrown);
  return Solution<Form<Start>>{from_list<Form<Start>>::make(std::move(x)), report};
}
}  // namespace detail

/// A local minimum of f, which returns one number. See gt_minimize.
template <class F, class Start>
auto minimize(F f, const Start& start, const SolveOptions& options = {}) {
  return detail::solve(gt_minimize, "minimize", f, start, options);
}
template <class F, std::size_t N>
auto minimize(F f, const Tensor (&start)[N], const SolveOptions& options = {}) {
  return minimize(std::move(f), detail::array_of(start), options);
}
/// A local minimum of half the sum of the squares of all that f returns. See gt_least_squares.
template <class F, class Start>
auto least_squares(F f, const Start& start, const SolveOptions& options = {}) {
  return detail::solve(gt_least_squares, "least_squares", f, start, options);
}
template <class F, std::size_t N>
auto least_squares(F f, const Tensor (&start)[N], const SolveOptions& options = {}) {
  return least_squares(std::move(f), detail::array_of(start), options);
}
/// A point at which all that f returns is 0. See gt_solve_equations.
template <class F, class Start>
auto solve_equations(F f, const Start& start, const SolveOptions& options = {}) {
  return detail::solve(gt_solve_equations, "solve_equations", f, start, options);
}
template <class F, std::size_t N>
auto solve_equations(F f, const Tensor (&start)[N], const SolveOptions& options = {}) {
  return solve_equations(std::move(f), detail::array_of(start), options);
}

}  // namespace gradtape
