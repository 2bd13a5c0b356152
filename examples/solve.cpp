// The program of docs/solve.md: each snippet of that page stands here, and its output stands on the page.
#include <cmath>
#include <cstdlib>
#include <gradtape/solve.hpp>
#include <iostream>

using namespace gradtape;

static void need(bool holds, const char* fact) {
  if (holds) return;
  std::cerr << "not so: " << fact << "\n";
  std::exit(1);
}

static void minimum(const Context& ctx) {
  auto rosenbrock = [](const Tensor& x) { return 100 * square(x[1] - x[0] * x[0]) + square(1 - x[0]); };
  auto [x, report] = minimize(rosenbrock, ctx.tensor({-1.2, 1.0}));
  std::cout << round(x * 1000) / 1000 << " " << gt_solve_outcome_name(report.outcome) << "\n";

  SolveOptions options{.method = Method::lbfgs};
  options.progress = [](const gt_solve_progress& p) { return p.value < 1e-3; };  // true: good enough
  auto early = minimize(rosenbrock, ctx.tensor({-1.2, 1.0}), options);
  std::cout << gt_solve_outcome_name(early.report.outcome) << " " << early.report.converged << "\n";
  need(report.converged && early.report.value < 1e-3, "both are minima");
}

static void fit(const Context& ctx) {
  Tensor t = ctx.tensor({0.0, 1.0, 2.0, 3.0, 4.0}), y = ctx.tensor({5.0, 3.6, 2.8, 2.3, 1.9});
  auto residuals = [&](const Tensor& level, const Tensor& rate, const Tensor& rest) {
    return level * exp(-rate * t) + rest - y;
  };
  auto [p, report] = least_squares(residuals, {ctx.scalar(1), ctx.scalar(1), ctx.scalar(0)});
  for (const Tensor& value : p) std::cout << round(value * 100) / 100 << " ";
  std::cout << report.converged << "\n";
  need(std::abs(p[0].item() + p[2].item() - 5) < 0.1, "the curve begins near the first point");
}

static void equations(const Context& ctx) {
  auto circle_and_curve = [](const Tensor& x) { return stack({x[0] * x[0] + x[1] * x[1] - 4, exp(x[0]) + x[1] - 1}); };
  Tensor x = solve_equations(circle_and_curve, ctx.tensor({1.0, -1.0})).x;
  std::cout << round(x * 10000) / 10000 << "\n";
}

static void sparse(const Context& ctx) {
  // The shape of a membrane over [40, 40] points: u = 0 at its edge, and a load that grows with the deflection.
  const double area = 1.0 / (41 * 41);
  auto energy = [&](const Tensor& u) {
    Tensor v = pad(u, {1, 1, 1, 1});
    Tensor down = v(Slice(1), All) - v(Slice(0, -1), All), right = v(All, Slice(1)) - v(All, Slice(0, -1));
    return (reduce_sum(down * down) + reduce_sum(right * right)) / 2 - 6 * area * reduce_sum(exp(u));
  };
  auto [u, report] = minimize(energy, ctx.zeros({40, 40}));
  std::cout << round(reduce_max(u) * 100) / 100 << " " << report.converged << "\n";
}

static void derivative(const Context& ctx) {
  // A smooth curve x near y, whose weight w of smoothness costs height.
  Tensor y = ctx.tensor({0.0, 2.0, 0.0, 1.0, 0.0});
  auto slope = [&](const Tensor& w) {
    return grad([&, w](const Tensor& x) {
      return reduce_sum(square(x - y)) + w * reduce_sum(square(x(Slice(1)) - x(Slice(0, -1))));
    });
  };
  auto smooth = [&](const Tensor& w) {
    auto by_newton = [&](const Tensor& guess) { return solve_equations(slope(w), guess).x; };
    return root(slope(w), y, {.solver = by_newton});
  };
  auto largest = [&](const Tensor& w) { return reduce_max(smooth(w)); };
  auto [value, by_w] = value_and_grad(largest)(ctx.tensor({1.0})[0]);
  std::cout << round(value * 1000) / 1000 << " " << round(by_w * 1000) / 1000 << "\n";
}

int main() {
  Context ctx;
  minimum(ctx);
  fit(ctx);
  equations(ctx);
  sparse(ctx);
  derivative(ctx);
}
