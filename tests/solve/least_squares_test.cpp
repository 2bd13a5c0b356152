// gt_least_squares on the published problems.
#include <gtest/gtest.h>

#include "solve/published.hpp"

namespace test {
namespace {

using namespace gradtape;

class LeastSquares : public ::testing::TestWithParam<Case> {};

TEST_P(LeastSquares, FindsAPublishedMinimum) {
  const auto& [method, p] = GetParam();
  Context ctx;
  const auto [x, report] = least_squares(
      p.residuals, ctx.tensor<double>({static_cast<std::int64_t>(p.start.size())}, p.start), {.method = method});
  bool known = false;
  for (double want : p.squares) known |= std::abs(2 * report.value - want) <= 2e-5 * want + 1e-8;
  EXPECT_TRUE(known) << 2 * report.value;
  // Meyer's residuals are small differences of large numbers, so the last steps drown in rounding.
  EXPECT_TRUE(report.converged || (p.name == "Meyer" && report.outcome == GT_OUTCOME_STALLED));
}

std::vector<Case> cases(Method method) {
  std::vector<Case> list;
  for (const Published& p : published_problems()) {
    // Residuals that stay large, or bend sharply, make steps of Gauss and Newton's method converge slowly or not at all.
    if (method == Method::gauss_newton && (p.name == "Chebyquad" || p.name == "GulfResearch" || p.name == "BiggsExp6"))
      continue;
    list.push_back({method, p});
  }
  return list;
}
std::string name(const ::testing::TestParamInfo<Case>& info) { return info.param.problem.name; }
INSTANTIATE_TEST_SUITE_P(LevenbergMarquardt, LeastSquares, ::testing::ValuesIn(cases(Method::levenberg_marquardt)),
                         name);
INSTANTIATE_TEST_SUITE_P(GaussNewton, LeastSquares, ::testing::ValuesIn(cases(Method::gauss_newton)), name);

}  // namespace
}  // namespace test
