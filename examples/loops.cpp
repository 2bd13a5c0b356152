// The program of docs/loops.md: each snippet of that page stands here, and its output stands on the page.
#include <cmath>
#include <cstdlib>
#include <gradtape/gradtape.hpp>
#include <iostream>

using namespace gradtape;

static void need(bool holds, const char* fact) {
  if (holds) return;
  std::cerr << "not so: " << fact << "\n";
  std::exit(1);
}
static bool near(const Tensor& a, const Tensor& b, double tolerance) {
  return reduce_max(abs(a - b)).item() <= tolerance;
}

static void predators(const Context& ctx) {
  // Prey and predators: x' = x (p0 - p1 y), y' = y (p2 x - p3).
  auto slope = [](const Tensor& z, const Tensor& p) {
    return stack({z[0] * (p[0] - p[1] * z[1]), z[1] * (p[2] * z[0] - p[3])});
  };
  auto orbit = [&](const Tensor& p) {
    auto step = [&](const Tensor& z) {  // Runge and Kutta's, of length 0.1
      Tensor k1 = slope(z, p), k2 = slope(z + 0.05 * k1, p), k3 = slope(z + 0.05 * k2, p), k4 = slope(z + 0.1 * k3, p);
      Tensor next = z + 0.1 / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
      return std::pair(next, next);
    };
    return scan(step, ctx.tensor({1.0, 0.5}), {}, {.length = 100}).results;  // [100, 2]
  };
  Tensor observed = orbit(ctx.tensor({1.1, 0.4, 0.1, 0.4}));

  auto loss = [&](const Tensor& p) { return reduce_mean(square(orbit(p) - observed)); };
  Tensor start = ctx.tensor({1.0, 0.45, 0.12, 0.45});
  auto [before, gradient] = value_and_grad(loss)(start);
  std::cout << round(before * 1000) / 1000 << round(gradient * 10) / 10 << "\n";

  auto improve = function(ctx, {{Dtype::float64, {4}}}, [&](const Tensor& p) {  // Gauss and Newton's step
    auto residual = [&](const Tensor& q) { return reshape(orbit(q) - observed, {200}); };
    return p - lstsq(jacobian(residual)(p), residual(p));
  });
  Tensor p = start;
  for (int round = 0; round < 10; ++round) p = improve(p);
  std::cout << round(p * 1000) / 1000 << "\n";

  need(near(p, ctx.tensor({1.1, 0.4, 0.1, 0.4}), 1e-6), "the fit finds the parameters");
  Tensor e = ctx.tensor({0.0, 0.0, 1e-5, 0.0});
  double slope_of_loss = ((loss(start + e) - loss(start - e)) / 2e-5).item();
  need(std::abs(slope_of_loss / gradient[2].item() - 1) < 1e-6, "the gradient is that of differences");
}

static void recurrent(const Context& ctx) {
  // A gated recurrent unit learns to say the number that it was given two steps before.
  constexpr int steps = 12, batch = 16, n = 8;
  ctx.seed(1);
  auto weights = [&](const Shape& shape) {
    return Variable(random_normal(ctx, {.shape = shape, .dtype = Dtype::float64, .stddev = 0.5}));
  };
  Variable gates = weights({1 + n, 2 * n}), candidate = weights({1 + n, n}), out = weights({n, 1});

  auto cell = [&](const Tensor& h, const Tensor& x) {  // [batch, n], [batch, 1]
    Tensor g = sigmoid(matmul(concat({x, h}, 1), gates));
    Tensor keep = g(All, Slice(0, n)), reset = g(All, Slice(n));
    Tensor next = keep * h + (1 - keep) * tanh(matmul(concat({x, reset * h}, 1), candidate));
    return std::pair(next, matmul(next, out));
  };
  Tensor given = random_normal(ctx, {.shape = Ints{steps, batch, 1}, .dtype = Dtype::float64});
  auto loss = [&] {
    Tensor said = scan(cell, ctx.zeros({batch, n}), given).results;  // [steps, batch, 1]
    return reduce_mean(square(said(Slice(2)) - given(Slice(0, -2))));
  };

  auto learn = function(ctx, {}, [&] {
    Tape tape(ctx);
    Tensor error = loss();
    auto [dg, dc, d_out] = tape.gradient(error, gates, candidate, out);
    gates -= 0.5 * dg;
    candidate -= 0.5 * dc;
    out -= 0.5 * d_out;
    return error;
  });
  double first = learn().item(), last = 0;
  for (int round = 0; round < 500; ++round) last = learn().item();
  std::cout << (last < first / 5 ? "learned" : "not learned") << "\n";
  need(last < first / 5, "the unit learns");
}

static void roots(const Context& ctx) {
  auto square_root = [](const Tensor& a) {
    auto far = [&](const Tensor& x) { return abs(x * x - a) > 1e-12 * a; };
    auto newton = [&](const Tensor& x) { return (x + a / x) / 2; };
    return while_loop(far, newton, a, {.max_steps = 50});
  };
  Tensor two = ctx.scalar(2);
  std::cout << square_root(two) << " " << grad(square_root)(two) << " " << grad(grad(square_root))(two) << "\n";

  auto by_root = [](const Tensor& a) { return root([&](const Tensor& x) { return x * x - a; }, a); };
  std::cout << by_root(two) << " " << grad(by_root)(two) << "\n";

  auto layer = [](const Tensor& w, const Tensor& x) {
    return fixed_point([&](const Tensor& z) { return tanh(matmul(w, z) + x); }, zeros_like(x));
  };
  Tensor w = ctx.tensor({{0.2, -0.3}, {0.4, 0.1}}), x = ctx.tensor({{0.5}, {-1.0}});
  auto strength = [&](const Tensor& v) { return reduce_sum(square(layer(v, x))); };
  std::cout << round(grad(strength)(w) * 1e4) / 1e4 << "\n";

  auto rod = [](const Tensor& heat) {
    auto balance = [&](const Tensor& u) {
      Tensor left = pad(u(Slice(0, -1)), {1, 0}), right = pad(u(Slice(1)), {0, 1});
      return 2 * u - left - right + u * u * u - heat;
    };
    return root(balance, zeros_like(heat), {.linear = RootLinear::banded});
  };
  Tensor heat = ctx.full({100'000}, 1.0);
  Tensor by_heat = grad([&](const Tensor& h) { return reduce_mean(rod(h)); })(heat) * 1e5;
  std::cout << round(by_heat(50'000) * 1e4) / 1e4 << "\n";

  need(near(by_heat(50'000), ctx.scalar(1. / 3), 1e-9), "far from the ends u is 1, and its derivative 1 / (3 u^2)");
  need(std::abs(grad(square_root)(two).item() - 0.5 / std::sqrt(2)) < 1e-12, "the derivative is 1 / (2 sqrt(a))");
  need(std::abs(grad(grad(square_root))(two).item() + 0.25 / std::pow(2, 1.5)) < 1e-12, "and the second one is right");
}

static void per_example(const Context& ctx) {
  auto error = [](const Tensor& w, const Tensor& x, const Tensor& y) { return square(reduce_sum(w * x) - y); };
  Tensor w = ctx.tensor({1, 2}), x = ctx.tensor({{1, 0}, {0, 1}, {1, 1}}), y = ctx.tensor({0, 0, 1});
  auto of_samples = vmap(grad(error), {.in_axes = {-1, 0, 0}});  // w is given whole to each sample
  auto [by_w, by_x, by_y] = of_samples(w, x, y);
  std::cout << by_w << "\n";

  Tensor norms = sqrt(reduce_sum(by_w * by_w, {1}));
  Tensor clipped = reduce_mean(by_w * minimum(1, 3 / norms)(All, NewAxis), {0});
  std::cout << norms << clipped << "\n";
  need(near(by_w, ctx.tensor({{2, 0}, {0, 4}, {4, 4}}), 1e-12), "each sample has its gradient");
}

static void memory() {
  auto peak = [](std::uint64_t budget) {
    Context own;  // which counts the memory of this gradient alone
    auto last = [&](const Tensor& c) {
      auto step = [&](const Tensor& s) { return sin(s) + c; };
      return reduce_sum(scan(step, own.zeros({1000}), {}, {.length = 1000, .memory_budget = budget}).carried);
    };
    Tensor gradient = grad(last)(own.full({1000}, 0.5));
    own.eval({gradient});
    return own.memory().peak;
  };
  std::cout << (peak(0) > 8'000'000) << " " << (peak(1'000'000) < 2'000'000) << "\n";  // bytes

  Context ctx;
  Tensor x = ctx.full({4, 3}, 0.5), w = ctx.tensor({{0.1, 0.2, 0.3}, {0.4, 0.5, 0.6}, {0.7, 0.8, 0.9}});
  auto layer = [](const Tensor& h, const Tensor& v) { return tanh(matmul(sin(exp(matmul(h, v))), v)); };
  auto lean = checkpoint(layer);
  auto chain = [&](const Tensor& h, const Tensor& v) { return reduce_sum(lean(lean(lean(h, v), v), v)); };
  auto [gx, gw] = grad(chain)(x, w);
  std::cout << round(gw[0] * 1000) / 1000 << "\n";

  auto plain = [&](const Tensor& h, const Tensor& v) { return reduce_sum(layer(layer(layer(h, v), v), v)); };
  auto [hx, hw] = grad(plain)(x, w);
  need(peak(0) > 8'000'000 && peak(1'000'000) < 2'000'000, "a budget bounds the memory");
  need(near(gx, hx, 1e-12) && near(gw, hw, 1e-12), "a checkpoint changes no gradient");
}

int main() {
  Context ctx;
  predators(ctx);
  recurrent(ctx);
  roots(ctx);
  per_example(ctx);
  memory();
}
