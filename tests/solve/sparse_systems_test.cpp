// Solvers on sparse problems: each linear solver gives the solution of the dense one.
#include <gtest/gtest.h>

#include "../bench/solve/problems.hpp"

namespace test {
namespace {

using namespace gradtape;

bool has(LinearSolver solver) {
  if (solver != LinearSolver::suitesparse) return true;
  Context ctx;
  try {
    minimize([](const Tensor& x) { return square(x); }, ctx.scalar(1),
             {.method = Method::newton, .linear_solver = solver});
    return true;
  } catch (const Error& e) {
    EXPECT_EQ(e.status(), GT_UNSUPPORTED);
    return false;
  }
}
double distance(const Tensor& a, const Tensor& b) { return reduce_max(abs(a - b)).item(); }

class Sparse : public ::testing::TestWithParam<LinearSolver> {
 protected:
  void SetUp() override {
    if (!has(GetParam())) GTEST_SKIP() << "built without SuiteSparse";
  }
  void expect_ran(const gt_solve_report& report) {
    const auto asked = static_cast<std::int32_t>(GetParam());
    EXPECT_TRUE(report.converged) << gt_solve_outcome_name(report.outcome);
    if (asked == GT_LINEAR_AUTO)
      EXPECT_NE(report.linear_solver, GT_LINEAR_DENSE);
    else
      EXPECT_EQ(report.linear_solver, asked);
  }
  Context ctx;
};

TEST_P(Sparse, APendulumSwingsUp) {
  const problems::Swing swing{40};
  const auto [z, report] = solve_equations(swing.conditions(), swing.start(ctx), {.linear_solver = GetParam()});
  expect_ran(report);
  EXPECT_LT(reduce_max(abs(swing.conditions()(z))).item(), 1e-8);
}
TEST_P(Sparse, AnEquationOnASquare) {
  const problems::Bratu bratu{14};
  const auto f = [&](const Tensor& u) { return bratu.residuals(u); };
  const auto [u, report] = solve_equations(f, bratu.start(ctx), {.linear_solver = GetParam()});
  expect_ran(report);
  EXPECT_LE(report.iterations, 6);
  EXPECT_NEAR(reduce_max(u).item(), 0.79, 0.02);
  const auto least = [&](const Tensor& v) { return bratu.energy(v); };
  const auto [v, by_energy] =
      minimize(least, bratu.start(ctx), {.method = Method::newton, .linear_solver = GetParam()});
  expect_ran(by_energy);
  EXPECT_LT(distance(u, v), 1e-6);
  const auto [w, by_squares] = least_squares(f, bratu.start(ctx), {.linear_solver = GetParam(), .tolerance = 1e-10});
  expect_ran(by_squares);
  EXPECT_LT(distance(u, w), 1e-6);
}
INSTANTIATE_TEST_SUITE_P(By, Sparse,
                         ::testing::Values(LinearSolver::automatic, LinearSolver::dense, LinearSolver::banded,
                                           LinearSolver::suitesparse));

// AUTO takes Newton's method where the Hessian is sparse.
TEST(SparseMinimize, AutoLooksForAPattern) {
  Context ctx;
  const auto chain = [](const Tensor& x) {
    return reduce_sum(log(cosh(x(Slice(1)) - x(Slice(0, -1)) - 0.1))) + 0.1 * reduce_sum(square(x - 1));
  };
  const auto sparse = minimize(chain, ctx.zeros({1000})).report;
  EXPECT_EQ(sparse.method, GT_METHOD_NEWTON);
  EXPECT_EQ(sparse.linear_solver, GT_LINEAR_BANDED);
  EXPECT_TRUE(sparse.converged);
  const auto dense =
      minimize([](const Tensor& x) { return square(reduce_sum(x) - 1) + reduce_sum(square(x)); }, ctx.zeros({1000}))
          .report;
  EXPECT_EQ(dense.method, GT_METHOD_NEWTON_CG);
  EXPECT_EQ(dense.linear_solver, 0);
  EXPECT_TRUE(dense.converged);
}

}  // namespace
}  // namespace test
