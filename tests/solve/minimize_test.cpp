// gt_minimize: each method on the published problems, as sums of squares.
#include <gtest/gtest.h>

#include "solve/published.hpp"

namespace test {
namespace {

using namespace gradtape;

class Minimize : public ::testing::TestWithParam<Case> {};

TEST_P(Minimize, FindsAPublishedMinimum) {
  const auto& [method, p] = GetParam();
  Context ctx;
  const auto squares = [&p = p](const Tensor& x) { return reduce_sum(square(p.residuals(x))); };
  const auto [x, report] = minimize(squares, ctx.tensor<double>({static_cast<std::int64_t>(p.start.size())}, p.start),
                                    {.method = method, .max_iterations = 3000});
  bool known = false;
  for (double want : p.squares) known |= std::abs(report.value - want) <= 2e-5 * want + 1e-8;
  EXPECT_TRUE(known) << report.value;
  // Meyer's residuals are small differences of large numbers, so the last steps drown in rounding.
  EXPECT_TRUE(report.converged || (p.name == "Meyer" && report.outcome == GT_OUTCOME_STALLED));
  EXPECT_EQ(report.value, squares(x).item());
}

std::vector<Case> cases(Method method) {
  std::vector<Case> list;
  for (const Published& p : published_problems()) {
    // The Hessian's eigenvalues lie 10^16 apart, which neither conjugate gradients without a preconditioner nor the pairs
    // of L-BFGS bridge for sure.
    if (method != Method::newton && p.name == "Meyer") continue;
    list.push_back({method, p});
  }
  return list;
}
std::string name(const ::testing::TestParamInfo<Case>& info) { return info.param.problem.name; }
INSTANTIATE_TEST_SUITE_P(Lbfgs, Minimize, ::testing::ValuesIn(cases(Method::lbfgs)), name);
INSTANTIATE_TEST_SUITE_P(Newton, Minimize, ::testing::ValuesIn(cases(Method::newton)), name);
INSTANTIATE_TEST_SUITE_P(NewtonCg, Minimize, ::testing::ValuesIn(cases(Method::newton_cg)), name);

}  // namespace
}  // namespace test
