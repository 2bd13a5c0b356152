// The public headers as C++17, each included first by someone.
#include "gradtape/ops.h"

#include "gradtape/gradtape.hpp"
#include "gradtape/solve.hpp"

extern "C" int gt_header_c99(void);
extern "C" int gt_header_attrs(void);

using namespace gradtape;

// Templates are instantiated here in C++17 with all warnings.
static double everything(const Context& ctx) {
  const Tensor x = ctx.tensor({{1, 2}, {3, 4}});
  Tensor y = x(All, Slice(0, 1)) + x[0] * 2 + pow(x, 2) + where(x > 1, x, 0.0);
  y += 1;
  const auto square_sum = [](const Tensor& a, const Tensor& b) { return reduce_sum(a * b, {0, 1}); };
  const auto gradients = grad(square_sum)(x, y);
  const auto least = minimize(square_sum, {x, y}, SolveOptions());
  const auto fit = least_squares([](const Tensor& t) { return t - 1; }, least.x[0]);
  const auto solved = solve_equations([](const Tensor& t) { return t - 1; }, fit.x);
  y = y + solved.x;
  const auto product = jvp(square_sum, std::array<Tensor, 2>{x, y}, gradients);
  auto f = function(ctx, {{Dtype::float64, {2}}}, [](const Tensor& t) { return std::pair(t, reduce_sum(t)); });
  const auto both = f(std::vector<double>{1, 2});
  std::vector<double> out(2);
  double sum = 0;
  f.run({std::vector<double>{1, 2}}, {out, &sum});
  const auto [q, r] = qr(x);
  const Tensor h = hessian([](const Tensor&t) { return reduce_sum(t * t); })(x), same = matmul(q, r) - x;
  return product.second.item() + both.second.item() + sum + h(0, 0, 0, 0).item() + same.data<double>()[0];
}

static double loops(const Context& ctx) {
  const Tensor x = ctx.tensor({1, 2}), one = ctx.scalar(1);
  const auto below = [](const Tensor& v) { return v < 10; };
  const auto twice = [](const Tensor& v) { return v * 2; };
  const auto [sum, rows] = scan([](const Tensor& s, const Tensor& v) { return std::pair(s + v, s * v); }, one, x);
  const auto several =
      scan([](const auto& a, const auto& b, const auto& v) { return std::tuple(a, b, v); }, {one, one}, {x});
  const auto lists = scan(
      [](const std::vector<Tensor>& carried, const std::vector<Tensor>& of_row) { return std::pair(carried, of_row); },
      std::vector<Tensor>{one}, std::vector<Tensor>{x}, ScanOptions{2, true, 100});
  const Tensor power = while_loop(below, twice, one, WhileOptions{5});
  const Tensor chosen = cond(one > 0, twice, checkpoint(twice), power);
  VmapOptions first;
  first.in_axes = {0, -1};
  const auto gradients = vmap(grad([](const Tensor& a, const Tensor& b) { return a * b; }), first)(x, one);
  const Tensor half = root([](const Tensor& u) { return u * 2 - 1; }, one, RootOptions{1e-9});
  auto [y, push] = linearize(twice, x);
  return sum.item() + rows[0].item() + several.results[1].item() + lists.results[0][0].item() + chosen.item() +
         gradients[1][0].item() + checkpoint(twice, half).item() + y[0].item() + push(x)[0].item();
}

int main() {
  const Context ctx;
  return gt_header_c99() + gt_header_attrs() +
         (everything(ctx) > 0 && loops(ctx) > 0 && (ctx.scalar(2.0) * 3.0).item() == 6.0 ? 0 : 1);
}
