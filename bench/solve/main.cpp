// Times of solvers on large sparse problems: usage: gradtape_solvers [swing | bratu]. A line for each way to solve one.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "problems.hpp"

namespace {

using namespace gradtape;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// Runs solve(options): the time before the first iteration, the least and the mean time of an iteration, and the whole.
template <class Solve>
void measure(const char* problem, const char* way, SolveOptions options, Solve&& solve) {
  std::vector<Clock::time_point> at{Clock::now()};
  options.progress = [&](const gt_solve_progress&) {
    at.push_back(Clock::now());
    return false;
  };
  try {
    const gt_solve_report r = solve(options);
    double least = 1e300;
    for (std::size_t i = 2; i < at.size(); ++i) least = std::min(least, seconds(at[i - 1], at[i]));
    std::printf("%-8s %-32s %9.2f %9.2f %9.2f %9.2f %5lld %5lld  %.2e %s\n", problem, way, seconds(at[0], at[1]) * 1e3,
                least * 1e3, seconds(at[1], at.back()) * 1e3 / static_cast<double>(r.iterations),
                seconds(at[0], at.back()) * 1e3, static_cast<long long>(r.iterations),
                static_cast<long long>(r.evaluations), r.gradient_norm, gt_solve_outcome_name(r.outcome));
  } catch (const Error& e) {
    std::printf("%-8s %-32s %s\n", problem, way, e.what());
  }
  std::fflush(stdout);
}

void swing(std::int64_t steps) {
  const Context ctx;
  const problems::Swing p{steps};
  const auto solve = [&](const SolveOptions& o) { return solve_equations(p.conditions(), p.start(ctx), o).report; };
  measure("swing", "Newton, banded LU", {.linear_solver = LinearSolver::banded}, solve);
  measure("swing", "Newton, UMFPACK", {.linear_solver = LinearSolver::suitesparse}, solve);
}

void bratu(std::int64_t n) {
  const Context ctx;
  const problems::Bratu p{n};
  const auto energy = [&](const SolveOptions& o) {
    return minimize([&](const Tensor& u) { return p.energy(u); }, p.start(ctx), o).report;
  };
  const auto equations = [&](const SolveOptions& o) {
    return solve_equations([&](const Tensor& u) { return p.residuals(u); }, p.start(ctx), o).report;
  };
  measure("bratu", "energy: Newton, banded Cholesky", {.method = Method::newton, .linear_solver = LinearSolver::banded},
          energy);
  measure("bratu", "energy: Newton, CHOLMOD", {.method = Method::newton, .linear_solver = LinearSolver::suitesparse},
          energy);
  measure("bratu", "energy: Newton-CG", {.method = Method::newton_cg}, energy);
  measure("bratu", "energy: L-BFGS", {.method = Method::lbfgs, .max_iterations = 3000}, energy);
  measure("bratu", "equations: Newton, UMFPACK", {.linear_solver = LinearSolver::suitesparse}, equations);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const std::int64_t size = argc > 2 ? std::atoll(argv[2]) : 0;
  std::printf("%-8s %-32s %9s %9s %9s %9s %5s %5s  %s\n", "problem", "way", "start ms", "least ms", "mean ms", "all ms",
              "iter", "eval", "norm");
  if (only.empty() || only == "swing") swing(size ? size : 1000);
  if (only.empty() || only == "bratu") bratu(size ? size : 300);
}
