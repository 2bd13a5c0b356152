// The public headers as C++17, each included first by someone.
#include "gradtape/ops.h"

#include "gradtape/gradtape.hpp"

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

int main() {
  const Context ctx;
  return gt_header_c99() + gt_header_attrs() + (everything(ctx) > 0 && (ctx.scalar(2.0) * 3.0).item() == 6.0 ? 0 : 1);
}
