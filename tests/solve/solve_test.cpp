// The parts that all solvers share: parameters, options, reports, callbacks, errors.
#include <gtest/gtest.h>

#include <cmath>
#include <gradtape/solve.hpp>
#include <limits>
#include <stdexcept>

#include "support/support.hpp"

namespace test {
namespace {

using gradtape::Context;
using gradtape::Dtype;
using gradtape::Method;
using gradtape::Tensor;

Tensor rosenbrock(const Tensor& x) { return 100 * square(x[1] - x[0] * x[0]) + square(1 - x[0]); }
const std::vector<Method> minimizers{Method::automatic, Method::lbfgs, Method::newton, Method::newton_cg};

// ---- Parameters

TEST(Solving, SeveralParametersOfAnyShapeAreOneProblem) {
  Context ctx;
  const auto f = [&](const Tensor& a, const Tensor& b) {
    return reduce_sum(square(a - ctx.tensor({{1.0, 2.0}, {3.0, 4.0}}))) + square(b * reduce_sum(a) - 20);
  };
  for (Method method : minimizers) {
    const auto [x, report] = gradtape::minimize(f, {ctx.zeros({2, 2}), ctx.scalar(1)}, {.method = method});
    EXPECT_TRUE(report.converged);
    expect_close(x[0].to_vector<double>(), {1, 2, 3, 4}, {0, 1e-7}, "a");
    EXPECT_EQ(x[0].shape(), (gradtape::Shape{2, 2}));
    EXPECT_NEAR(x[1].item(), 2, 1e-7);
    EXPECT_TRUE(x[1].shape().empty());
  }
}
TEST(Solving, Float32KeepsItsDtype) {
  Context ctx;
  const auto f = [](const Tensor& a, const Tensor& b) {
    return reduce_sum(square(a - 3)) + square(cast(b, Dtype::float32) - 1);
  };
  for (Method method : minimizers) {
    const auto [x, report] =
        gradtape::minimize(f, {ctx.zeros({3}, Dtype::float32), ctx.tensor({5.0})}, {.method = method});
    EXPECT_TRUE(report.converged);
    EXPECT_EQ(x[0].dtype(), Dtype::float32);
    EXPECT_EQ(x[1].dtype(), Dtype::float64);
    for (float v : x[0].to_vector<float>()) EXPECT_NEAR(v, 3, 1e-4);
  }
  const auto [x, report] =
      gradtape::least_squares([](const Tensor& a) { return a * a - 2; }, ctx.ones({2}, Dtype::float32));
  EXPECT_TRUE(report.converged);
  EXPECT_EQ(x.dtype(), Dtype::float32);
  EXPECT_NEAR(x.to_vector<float>()[1], std::sqrt(2.0), 1e-5);
}
TEST(Solving, TensorsAndVariablesFromOutsideAreConstants) {
  Context ctx;
  gradtape::Variable center(ctx.tensor({1.0, 2.0}));
  const auto f = [&](const Tensor& x) { return reduce_sum(square(x - center)); };
  EXPECT_NEAR(gradtape::minimize(f, ctx.zeros({2})).x.to_vector<double>()[1], 2, 1e-9);
  center = ctx.tensor({3.0, 4.0});
  EXPECT_NEAR(gradtape::minimize(f, ctx.zeros({2})).x.to_vector<double>()[1], 4, 1e-9);
}
TEST(Solving, AParameterThatNothingDependsOnStays) {
  Context ctx;
  const auto f = [](const Tensor& a, const Tensor&) { return reduce_sum(square(a - 3)); };
  for (Method method : minimizers) {
    const auto [x, report] = gradtape::minimize(f, {ctx.zeros({2}), ctx.tensor({7.0})}, {.method = method});
    EXPECT_TRUE(report.converged);
    EXPECT_EQ(x[1].item(), 7);
    EXPECT_NEAR(x[0].to_vector<double>()[0], 3, 1e-9);
  }
}
TEST(Solving, SeveralOutputsAreResiduals) {
  Context ctx;
  const auto f = [](const Tensor& x) {
    return std::pair(x[0] * x[0] - 4, gradtape::stack({x[1] - x[0], x[0] + x[1] - 4}));
  };
  for (Method method : {Method::gauss_newton, Method::levenberg_marquardt}) {
    const auto [x, report] = gradtape::least_squares(f, ctx.tensor({1.0, 1.0}), {.method = method});
    EXPECT_EQ(report.outcome, GT_OUTCOME_GRADIENT);
    expect_close(x.to_vector<double>(), {2, 2}, {0, 1e-8}, "x");
  }
}
TEST(Solving, LoopsAndRootsMayStandInAnObjective) {
  Context ctx;
  const auto f = [](const Tensor& x) {
    const auto step = [&](const Tensor& h) { return h + 0.1 * (x[0] - h * h); };
    return square(scan(step, x[1], {}, {.length = 20}).carried - 1.5) + square(x[1] - 1);
  };
  const auto [x, report] = gradtape::minimize(f, ctx.tensor({1.0, 0.0}));
  EXPECT_TRUE(report.converged);
  EXPECT_LT(report.value, 1e-12);
}

// ---- Methods

TEST(Solving, AllMethodsFindTheSameMinimum) {
  Context ctx;
  for (Method method : minimizers) {
    const auto [x, report] = gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), {.method = method});
    EXPECT_EQ(report.outcome, GT_OUTCOME_GRADIENT);
    expect_close(x.to_vector<double>(), {1, 1}, {0, 1e-7}, "x");
    EXPECT_EQ(report.products > 0, report.method == GT_METHOD_NEWTON_CG);
    EXPECT_EQ(report.matrices > 0, report.method == GT_METHOD_NEWTON);
    EXPECT_EQ(report.factorizations > 0, report.method == GT_METHOD_NEWTON);
    EXPECT_GE(report.evaluations, report.iterations + 1);
    EXPECT_LE(report.gradient_norm, 1e-8);
  }
}
TEST(Solving, TheSameCallGivesTheSameBits) {
  Context ctx;
  for (Method method : minimizers) {
    const auto solve = [&] {
      return gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), {.method = method}).x.to_vector<double>();
    };
    EXPECT_EQ(solve(), solve());
  }
}
// The gradient is 0 at the saddle, and along the way to it the Hessian is indefinite.
TEST(Solving, NewtonLeavesASaddlePoint) {
  Context ctx;
  const auto f = [](const Tensor& x) { return square(square(x[0]) - 1) + square(x[1]) * (1 + square(x[0])); };
  const auto [x, report] = gradtape::minimize(f, ctx.tensor({0.0, 0.0}), {.method = Method::newton});
  EXPECT_TRUE(report.converged) << gt_solve_outcome_name(report.outcome);
  EXPECT_NEAR(std::abs(x.to_vector<double>()[0]), 1, 1e-8);
  EXPECT_NEAR(report.value, 0, 1e-12);
}
TEST(Solving, AMaximumIsLeftToo) {
  Context ctx;
  const auto f = [](const Tensor& x) { return reduce_sum(gradtape::cos(x)); };
  const auto [x, report] = gradtape::minimize(f, ctx.zeros({3}), {.method = Method::newton});
  EXPECT_NEAR(report.value, -3, 1e-12);
}
TEST(Solving, AQuadraticNeedsOneNewtonStep) {
  Context ctx;
  const auto f = [](const Tensor& x) { return reduce_sum(square(x - 0.5)) + x[0] * x[1]; };
  const auto [x, report] = gradtape::minimize(f, ctx.zeros({4}), {.method = Method::newton, .radius = 10});
  EXPECT_EQ(report.iterations, 1);
}
// A step in float64 rounds: values that are large beside their changes end the search in time.
TEST(Solving, RoundingEndsASearchThatToleranceCannot) {
  Context ctx;
  const auto f = [](const Tensor& x) { return 1e10 + 1e6 * reduce_sum(gradtape::exp(x) - 3 * x); };
  for (Method method : {Method::lbfgs, Method::newton, Method::newton_cg}) {
    const auto [x, report] = gradtape::minimize(f, ctx.tensor({-1.2, 1.0}), {.method = method, .tolerance = 1e-300});
    EXPECT_TRUE(report.outcome == GT_OUTCOME_ROUNDING || report.gradient_norm == 0) << report.outcome;
    EXPECT_LT(report.iterations, 100);
    expect_close(x.to_vector<double>(), {std::log(3.0), std::log(3.0)}, {0, 1e-4}, "x");
  }
  const auto residuals = [](const Tensor& x) { return gradtape::stack({x[0] - 1, x[0] + 1, gradtape::exp(x[0])}); };
  for (Method method : {Method::gauss_newton, Method::levenberg_marquardt}) {
    const auto [x, report] =
        gradtape::least_squares(residuals, ctx.tensor({3.0}), {.method = method, .tolerance = 1e-300});
    EXPECT_TRUE(report.outcome == GT_OUTCOME_ROUNDING || report.gradient_norm == 0) << report.outcome;
  }
}
TEST(Solving, AKinkStallsAndIsNotCalledConverged) {
  Context ctx;
  // Along x the absolute value promises a decrease at every point beside 0.3 that no step along the gradient gives.
  const auto f = [](const Tensor& x) { return gradtape::abs(x[0] - 0.3) * 1000 + square(x[1] - x[0]); };
  for (Method method : {Method::lbfgs, Method::newton_cg}) {
    const auto report = gradtape::minimize(f, ctx.tensor({1.0, -1.0}), {.method = method}).report;
    EXPECT_FALSE(report.converged) << gt_solve_outcome_name(report.outcome);
  }
}
TEST(Solving, AShortStepEndsIfAsked) {
  Context ctx;
  for (Method method : minimizers) {
    const auto report = gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}),
                                           {.method = method, .tolerance = 1e-14, .step_tolerance = 1e-2})
                            .report;
    EXPECT_EQ(report.outcome, GT_OUTCOME_STEP);
    EXPECT_TRUE(report.converged);
  }
}

// ---- Equations

TEST(Solving, Equations) {
  Context ctx;
  const auto f = [](const Tensor& x) {
    return gradtape::stack({x[0] * x[0] + x[1] * x[1] - 4, gradtape::exp(x[0]) + x[1] - 1});
  };
  const auto [x, report] = gradtape::solve_equations(f, ctx.tensor({1.0, -1.0}));
  EXPECT_EQ(report.outcome, GT_OUTCOME_RESIDUAL);
  EXPECT_LT(reduce_max(abs(f(x))).item(), 1e-8);
  EXPECT_EQ(report.factorizations, report.iterations);
}
// Whole steps would diverge from here.
TEST(Solving, StepsOfEquationsAreDamped) {
  Context ctx;
  const auto [x, report] = gradtape::solve_equations([](const Tensor& x) { return gradtape::atan(x); }, ctx.scalar(20));
  EXPECT_TRUE(report.converged);
  EXPECT_NEAR(x.item(), 0, 1e-8);
}
TEST(Solving, EquationsWithoutASolutionEnd) {
  Context ctx;
  const auto none = gradtape::solve_equations([](const Tensor& x) { return x * x + 1; }, ctx.scalar(3)).report;
  EXPECT_FALSE(none.converged);
  const auto singular = gradtape::solve_equations(
                            [](const Tensor& x) {
                              return gradtape::stack({x[0] + x[1] - 1, 2 * x[0] + 2 * x[1] - 5});
                            },
                            ctx.zeros({2}))
                            .report;
  EXPECT_EQ(singular.outcome, GT_OUTCOME_SINGULAR);
}

// ---- Values that are not finite

TEST(Solving, AStepIntoNanIsShortened) {
  Context ctx;
  // The logarithm has no value from 1 on, where whole steps lead.
  const auto f = [](const Tensor& x) { return -gradtape::log(1 - x) - gradtape::log(x + 1e-3) * 1e-3 - 5 * x; };
  for (Method method : minimizers) {
    const auto [x, report] = gradtape::minimize(f, ctx.scalar(0), {.method = method, .radius = 100});
    EXPECT_TRUE(report.converged);
    EXPECT_NEAR(x.item(), 0.8, 0.01);
  }
  const auto root = gradtape::solve_equations([](const Tensor& x) { return gradtape::log(x) + 3; }, ctx.scalar(5));
  EXPECT_NEAR(root.x.item(), std::exp(-3.0), 1e-8);
  const auto fit = gradtape::least_squares([](const Tensor& x) { return gradtape::log(x) + 3; }, ctx.scalar(5));
  EXPECT_NEAR(fit.x.item(), std::exp(-3.0), 1e-8);
}
TEST(Solving, ANanAtTheStartIsReported) {
  Context ctx;
  const auto f = [](const Tensor& x) { return gradtape::log(x); };
  for (Method method : minimizers) {
    const auto [x, report] = gradtape::minimize(f, ctx.scalar(-1), {.method = method});
    EXPECT_EQ(report.outcome, GT_OUTCOME_NOT_FINITE);
    EXPECT_FALSE(report.converged);
    EXPECT_EQ(x.item(), -1);
  }
  EXPECT_EQ(gradtape::least_squares(f, ctx.scalar(-1)).report.outcome, GT_OUTCOME_NOT_FINITE);
  EXPECT_EQ(gradtape::solve_equations(f, ctx.scalar(-1)).report.outcome, GT_OUTCOME_NOT_FINITE);
}
TEST(Solving, AFunctionWithoutABoundEnds) {
  Context ctx;
  for (Method method : minimizers) {
    const auto report =
        gradtape::minimize([](const Tensor& x) { return reduce_sum(-x * x * x); }, ctx.ones({2}), {.method = method})
            .report;
    EXPECT_FALSE(report.converged) << gt_solve_outcome_name(report.outcome);
  }
}

// ---- Progress

TEST(Solving, ProgressSeesEachIteration) {
  Context ctx;
  for (Method method : minimizers) {
    std::vector<gt_solve_progress> seen;
    const auto watch = [&](const gt_solve_progress& p) {
      seen.push_back(p);
      return false;
    };
    const auto report =
        gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), {.method = method, .progress = watch}).report;
    ASSERT_EQ(static_cast<std::int64_t>(seen.size()), report.iterations + 1);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      EXPECT_EQ(seen[i].iteration, static_cast<std::int64_t>(i));
      EXPECT_EQ(seen[i].struct_size, sizeof(gt_solve_progress));
      if (i > 0) {
        EXPECT_LE(seen[i].value, seen[i - 1].value);
        EXPECT_GT(seen[i].step_norm, 0);
      }
    }
    EXPECT_EQ(seen.back().value, report.value);
    EXPECT_EQ(seen.back().evaluations, report.evaluations);
  }
}
TEST(Solving, ProgressStopsAtThePresentPoint) {
  Context ctx;
  for (Method method : minimizers) {
    double value = 0;
    const auto stop = [&](const gt_solve_progress& p) {
      value = p.value;
      return p.iteration == 3;
    };
    const auto [x, report] =
        gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), {.method = method, .progress = stop});
    EXPECT_EQ(report.outcome, GT_OUTCOME_STOPPED);
    EXPECT_EQ(report.iterations, 3);
    EXPECT_FALSE(report.converged);
    EXPECT_EQ(report.value, value);
    EXPECT_EQ(rosenbrock(x).item(), value);
  }
}
TEST(Solving, ProgressMayUseTheContextAndThrow) {
  Context ctx;
  const auto fails = [&](const gt_solve_progress& p) -> bool {
    if (ctx.scalar(1).item() == 1 && p.iteration == 2) throw std::runtime_error("enough");
    return false;
  };
  EXPECT_THROW(gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), {.progress = fails}), std::runtime_error);
}
TEST(Solving, TheMostIterationsAreKeptTo) {
  Context ctx;
  for (Method method : minimizers) {
    const auto report =
        gradtape::minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), {.method = method, .max_iterations = 2}).report;
    EXPECT_EQ(report.outcome, GT_OUTCOME_ITERATIONS);
    EXPECT_EQ(report.iterations, 2);
  }
  const auto f = [](const Tensor& x) { return gradtape::atan(x); };
  EXPECT_EQ(gradtape::solve_equations(f, ctx.scalar(20), {.max_iterations = 1}).report.iterations, 1);
  EXPECT_EQ(gradtape::least_squares(f, ctx.scalar(20), {.max_iterations = 1}).report.iterations, 1);
}

// ---- The C interface

gt_status square_it(gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t, size_t* n_out) {
  if (data) ++*static_cast<int*>(data);
  for (size_t i = 0; i < n; ++i) out[i] = gt_square(c, in[i]);
  *n_out = n;
  return GT_OK;
}
using Solver = decltype(gt_minimize)*;
const std::vector<Solver> all_solvers{gt_minimize, gt_least_squares, gt_solve_equations};

class SolvingInC : public ::testing::Test {
 protected:
  gt_status solve(Solver solver, gt_forward_fn f, const std::vector<gt_tensor>& start,
                  const gt_solve_options* options = nullptr) {
    solution = {nullptr};
    report = {};
    report.struct_size = sizeof report;
    int freed = 0;
    solution.assign(start.size() + 1, start.empty() ? nullptr : start[0]);
    const gt_status status = solver(
        c, f, &freed, [](void* data) { *static_cast<int*>(data) = -1; }, start.data(), start.size(), options,
        solution.data(), &report);
    EXPECT_EQ(freed, -1) << "user_data must be freed, and not used behind that";
    if (status != GT_OK) {
      for (size_t i = 0; i < start.size(); ++i) EXPECT_EQ(solution[i], nullptr);
      EXPECT_EQ(report.outcome, 0);
    }
    return status;
  }
  void expect_invalid(Solver solver, gt_forward_fn f, const std::vector<gt_tensor>& start, const char* message,
                      gt_status status = GT_INVALID_ARGUMENT, const gt_solve_options* options = nullptr) {
    EXPECT_EQ(solve(solver, f, start, options), status);
    EXPECT_EQ(c.message(), message);
  }
  Ctx c;
  std::vector<gt_tensor> solution;
  gt_solve_report report;
};

TEST_F(SolvingInC, ASolution) {
  for (Solver solver : all_solvers) {
    EXPECT_EQ(solve(solver, square_it, {scalar64(c, 1)}), GT_OK);
    EXPECT_EQ(report.struct_size, sizeof report);
    EXPECT_TRUE(report.converged);
    EXPECT_NEAR(number(c, solution[0]), 0, 1e-2);
  }
}
TEST_F(SolvingInC, WithoutAReportNoConvergenceIsAnError) {
  gt_solve_options o{};
  o.struct_size = sizeof o;
  o.max_iterations = 1;
  const auto cosh = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = gt_cosh(ctx, in[0]);
    *n = 1;
    return gt_status{GT_OK};
  };
  gt_tensor start = scalar64(c, 3), x = start;
  EXPECT_EQ(gt_minimize(c, cosh, nullptr, nullptr, &start, 1, &o, &x, nullptr), GT_FAILED_PRECONDITION);
  EXPECT_EQ(x, nullptr);
  EXPECT_EQ(
      c.message(),
      "gt_minimize: no convergence in 1 iterations: GT_OUTCOME_ITERATIONS; a report gives the point that was reached");
  EXPECT_EQ(gt_minimize(c, cosh, nullptr, nullptr, &start, 1, nullptr, &x, nullptr), GT_OK);
}
TEST_F(SolvingInC, WrongStarts) {
  const std::string name = "gt_minimize";
  expect_invalid(gt_minimize, square_it, {}, "gt_minimize: the start must have 1 to 255 tensors, got 0");
  expect_invalid(gt_minimize, square_it, {tensor<int32_t>(c, {1}, {1})},
                 "gt_minimize: start[0] must be float32 or float64, got dtype 2");
  expect_invalid(gt_minimize, square_it, {tensor<double>(c, {0}, {})}, "gt_minimize: the start has no elements");
  expect_invalid(gt_minimize, nullptr, {scalar64(c, 1)}, "gt_minimize: the function is NULL");
  EXPECT_EQ(solve(gt_minimize, square_it, {nullptr}), GT_INVALID_HANDLE);
  c.take_error();
  gt_tensor start = scalar64(c, 1);
  EXPECT_EQ(gt_minimize(c, square_it, nullptr, nullptr, &start, 1, nullptr, nullptr, nullptr), GT_INVALID_ARGUMENT);
  EXPECT_EQ(c.message(), "gt_minimize: solution is NULL");
  gt_tensor x = start;
  EXPECT_EQ(gt_minimize(nullptr, square_it, nullptr, nullptr, &start, 1, nullptr, &x, nullptr), GT_INVALID_HANDLE);
  EXPECT_EQ(x, nullptr);
}
TEST_F(SolvingInC, WrongFunctions) {
  expect_invalid(
      gt_minimize, square_it, {tensor<double>(c, {2}, {1, 2})},
      "gt_minimize: the objective must give one number of float32 or float64, got shape [2] and dtype 5; sum it with gt_reduce_sum");
  expect_invalid(gt_minimize, square_it, {scalar64(c, 1), scalar64(c, 1)},
                 "gt_minimize: the objective must give one tensor, got 2", GT_CALLBACK_FAILED);
  const auto first = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = gt_reduce_sum(ctx, in[0], nullptr, 0, 0);
    *n = 1;
    return gt_status{GT_OK};
  };
  expect_invalid(
      gt_solve_equations, first, {tensor<double>(c, {2}, {1, 2})},
      "gt_solve_equations: there must be as many residuals as unknowns, got 1 for 2; gt_least_squares takes any number");
  const auto leaves_null = [](gt_context, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t* n) {
    *n = 1;
    return gt_status{GT_OK};
  };
  const auto fails = [](gt_context ctx, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t*) {
    gt_set_error(ctx, GT_IO, "no data");
    return gt_status{GT_IO};
  };
  const auto reads = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    double value = 0;
    *n = 1;
    out[0] = in[0];
    return gt_tensor_read(ctx, in[0], &value, sizeof value);
  };
  for (Solver solver : all_solvers) {
    const std::string name = solver == gt_minimize        ? "gt_minimize"
                             : solver == gt_least_squares ? "gt_least_squares"
                                                          : "gt_solve_equations";
    expect_invalid(solver, leaves_null, {scalar64(c, 1)}, (name + ": the function left output 0 NULL").c_str(),
                   GT_CALLBACK_FAILED);
    expect_invalid(solver, fails, {scalar64(c, 1)}, "no data", GT_IO);
    EXPECT_EQ(solve(solver, reads, {scalar64(c, 1)}), GT_FAILED_PRECONDITION);
    EXPECT_NE(c.message(), "");
  }
}
TEST_F(SolvingInC, AnInputMayBeTheOutput) {
  const auto same = [](gt_context, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = in[0];
    *n = 1;
    return gt_status{GT_OK};
  };
  EXPECT_EQ(solve(gt_least_squares, same, {tensor<double>(c, {2}, {3, 4})}), GT_OK);
  EXPECT_NEAR(number(c, gt_reduce_sum(c, solution[0], nullptr, 0, 0)), 0, 1e-8);
  EXPECT_EQ(solve(gt_solve_equations, same, {tensor<double>(c, {2}, {3, 4})}), GT_OK);
}
TEST_F(SolvingInC, WrongOptions) {
  const auto with = [&](auto change, const char* message, Solver solver = gt_minimize) {
    gt_solve_options o{};
    o.struct_size = sizeof o;
    change(o);
    expect_invalid(solver, square_it, {scalar64(c, 1)}, message, GT_INVALID_ARGUMENT, &o);
  };
  const std::string size = std::to_string(sizeof(gt_solve_options));
  with([](auto& o) { o.struct_size = 8; },
       ("gt_minimize: options.struct_size must be the struct's sizeof, " + size + ", got 8").c_str());
  with([](auto& o) { o.method = 6; },
       "gt_minimize: options.method must be one of GT_METHOD_AUTO 0 to GT_METHOD_LEVENBERG_MARQUARDT 5, got 6");
  with(
      [](auto& o) { o.method = GT_METHOD_GAUSS_NEWTON; },
      "gt_minimize: options.method must be GT_METHOD_AUTO 0, GT_METHOD_LBFGS 1, GT_METHOD_NEWTON 2 or GT_METHOD_NEWTON_CG 3, got 4");
  with(
      [](auto& o) { o.method = GT_METHOD_LBFGS; },
      "gt_least_squares: options.method must be GT_METHOD_AUTO 0, GT_METHOD_GAUSS_NEWTON 4 or GT_METHOD_LEVENBERG_MARQUARDT 5, got 1",
      gt_least_squares);
  with([](auto& o) { o.method = GT_METHOD_LBFGS; },
       "gt_solve_equations: options.method must be GT_METHOD_AUTO 0 or GT_METHOD_NEWTON 2, got 1", gt_solve_equations);
  with([](auto& o) { o.linear_solver = -1; },
       "gt_minimize: options.linear_solver must be one of GT_LINEAR_AUTO 0 to GT_LINEAR_SUITESPARSE 3, got -1");
  with([](auto& o) { o.max_iterations = -1; }, "gt_minimize: options.max_iterations must be 0 or more, got -1");
  with([](auto& o) { o.tolerance = -1; }, "gt_minimize: options.tolerance must be 0 or more and finite, got -1.000000");
  with([](auto& o) { o.radius = INFINITY; }, "gt_minimize: options.radius must be 0 or more and finite, got inf");
  with([](auto& o) { o.damping = NAN; }, "gt_minimize: options.damping must be 0 or more and finite, got nan");
  with([](auto& o) { o.memory = -2; }, "gt_minimize: options.memory must be 0 or more, got -2");
  with([](auto& o) { o.reserved = 1; }, "gt_minimize: options.reserved must be 0, got 1");
  report.struct_size = 4;
  gt_tensor start = scalar64(c, 1), x = nullptr;
  EXPECT_EQ(gt_minimize(c, square_it, nullptr, nullptr, &start, 1, nullptr, &x, &report), GT_INVALID_ARGUMENT);
  EXPECT_EQ(c.message(), "gt_minimize: report.struct_size must be the struct's sizeof, " +
                             std::to_string(sizeof report) + ", got 4");
}
// A later header's structs are longer.
TEST_F(SolvingInC, LongerStructsOfLaterHeaders) {
  struct Later {
    gt_solve_options known;
    int64_t more;
  } options{};
  options.known.struct_size = sizeof options;
  EXPECT_EQ(solve(gt_minimize, square_it, {scalar64(c, 1)}, &options.known), GT_OK);
  options.more = 1;
  EXPECT_EQ(solve(gt_minimize, square_it, {scalar64(c, 1)}, &options.known), GT_INVALID_ARGUMENT);
  EXPECT_NE(c.message().find("the bytes behind must be 0"), std::string::npos);
  struct {
    gt_solve_report known;
    int64_t more;
  } longer{};
  longer.known.struct_size = sizeof longer;
  longer.more = 7;
  gt_tensor start = scalar64(c, 1), x = nullptr;
  EXPECT_EQ(gt_minimize(c, square_it, nullptr, nullptr, &start, 1, nullptr, &x, &longer.known), GT_OK);
  EXPECT_EQ(longer.more, 0);
  EXPECT_EQ(longer.known.struct_size, sizeof longer);
}
// Handles, nodes and memory are as before, whether the call succeeds or fails.
TEST_F(SolvingInC, NothingIsLeftBehind) {
  const auto nothing = [](gt_context, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t* n) {
    *n = 1;
    return gt_status{GT_OK};
  };
  const auto handles = [&] {
    gt_memory_info info{};
    info.struct_size = sizeof info;
    EXPECT_EQ(gt_memory_stats(c, &info), GT_OK);
    return std::pair(info.handles, info.nodes);
  };
  gt_tensor start = scalar64(c, 1);
  std::pair<uint64_t, uint64_t> before;
  for (int round = 0; round < 3; ++round) {
    for (Solver solver : all_solvers) {
      EXPECT_EQ(solve(solver, square_it, {start}), GT_OK);
      EXPECT_EQ(gt_release(c, solution[0]), GT_OK);
      EXPECT_EQ(solve(solver, nothing, {start}), GT_CALLBACK_FAILED);
      c.take_error();
    }
    if (round == 0) before = handles();
    EXPECT_EQ(handles(), before);
  }
}
TEST_F(SolvingInC, TapesAroundTheSolverNoteNothing) {
  gt_tensor start = scalar64(c, 1), gradient = start;
  gt_tape tape = gt_tape_begin(c, 0);
  gt_tape_watch(c, tape, start);
  EXPECT_EQ(solve(gt_minimize, square_it, {start}), GT_OK);
  EXPECT_EQ(gt_tape_gradient(c, tape, solution.data(), 1, &start, 1, nullptr, GT_UNCONNECTED_NULL, &gradient), GT_OK);
  EXPECT_EQ(gradient, nullptr);
}
TEST_F(SolvingInC, AnInterruptEndsTheCall) {
  gt_set_interrupt(
      c, [](void*) { return int32_t{1}; }, nullptr, nullptr);
  gt_status status = GT_OK;
  for (int i = 0; i < 1000 && status == GT_OK; ++i)
    status = solve(gt_minimize, square_it, {scalar64(c, 1)});  // it asks every 20 ms
  EXPECT_TRUE(status == GT_CANCELLED) << status;
  c.take_error();
  gt_set_interrupt(c, nullptr, nullptr, nullptr);
}
TEST_F(SolvingInC, NamesOfOutcomes) {
  EXPECT_STREQ(gt_solve_outcome_name(GT_OUTCOME_GRADIENT), "GT_OUTCOME_GRADIENT");
  EXPECT_STREQ(gt_solve_outcome_name(GT_OUTCOME_STOPPED), "GT_OUTCOME_STOPPED");
  EXPECT_STREQ(gt_solve_outcome_name(0), "GT_OUTCOME_?");
  EXPECT_STREQ(gt_solve_outcome_name(-3), "GT_OUTCOME_?");
  EXPECT_STREQ(gt_solve_outcome_name(10), "GT_OUTCOME_?");
}

}  // namespace
}  // namespace test
