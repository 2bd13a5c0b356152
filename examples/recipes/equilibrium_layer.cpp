// Recipe: a layer whose output is a fixed point, z = tanh(W z + U x). Anderson's method finds it. Its derivative needs the
// fixed point alone, not the way to it, and GMRES solves for it without a matrix. Gradient steps fit the weights to a
// target, and differences confirm the gradient.
#include <cmath>
#include <cstdio>
#include <gradtape/gradtape.hpp>

namespace gt = gradtape;

namespace {
gt::Tensor layer(const gt::Tensor& w, const gt::Tensor& u, const gt::Tensor& x) {
  const gt::Tensor drive = gt::matmul(u, x);
  const auto next = [&](const gt::Tensor& z) { return gt::tanh(gt::matmul(w, z) + drive); };
  return gt::fixed_point(next, gt::zeros_like(drive));
}
}  // namespace

int main() {
  const gt::Context ctx;
  const gt::Tensor x = ctx.tensor({{0.5}, {-1.0}}), target = ctx.tensor({{0.3}, {-0.2}, {0.6}});
  gt::Tensor w = ctx.tensor({{0.2, -0.3, 0.1}, {0.4, 0.1, -0.2}, {-0.1, 0.3, 0.2}});
  gt::Tensor u = ctx.tensor({{0.5, 0.1}, {-0.3, 0.4}, {0.2, -0.6}});
  const auto loss = [&](const gt::Tensor& of_state, const gt::Tensor& of_input) {
    return gt::reduce_sum(gt::square(layer(of_state, of_input, x) - target));
  };

  const auto [gw, gu] = gt::grad(loss)(w, u);
  const gt::Tensor step = ctx.tensor({{0.0, 1e-5, 0.0}, {0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}});
  const double slope = ((loss(w + step, u) - loss(w - step, u)) / 2e-5).item();
  const bool is_derivative = std::abs(slope - gt::reduce_sum(gw * step / 1e-5).item()) < 1e-8;

  const double before = loss(w, u).item();
  for (int k = 0; k < 200; ++k) {
    const auto [dw, du] = gt::grad(loss)(w, u);
    w = w - 0.3 * dw;
    u = u - 0.3 * du;
  }
  const double after = loss(w, u).item();
  std::printf("loss %.6f, then %.6f\n", before, after);
  return is_derivative && after < 1e-6 * before ? 0 : 1;
}
