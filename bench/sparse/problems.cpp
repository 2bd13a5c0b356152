// The problems of ./run bench sparse: chains, grids, optimal control, meshes.
#include "problems.hpp"

#include <cmath>

namespace bench::sparse {
namespace {

// Rosenbrock's function: b follows a in a chain of unknowns.
Tensor links(const Tensor& a, const Tensor& b) { return 100 * reduce_sum(square(b - square(a))); }
Tensor rosenbrock(const Tensor& x) {
  const Tensor a = x(Slice(0, -1)), b = x(Slice(1));
  return links(a, b) + reduce_sum(square(1 - a));
}
// The same number from unknowns [T, 2].
Tensor rosenbrock_pairs(const Tensor& x) {
  const Tensor even = x(All, 0), odd = x(All, 1);
  return links(even, odd) + links(odd(Slice(0, -1)), even(Slice(1))) + reduce_sum(square(1 - x));
}
// The same from every second element of a vector.
Tensor rosenbrock_strided(const Tensor& x) {
  const Tensor even = x(Slice(0, {}, 2)), odd = x(Slice(1, {}, 2));
  return links(even, odd) + links(odd(Slice(0, -1)), even(Slice(1))) + reduce_sum(square(1 - x));
}
Tensor arrowhead(const Tensor& x) { return reduce_sum(sin(x[0] * x(Slice(1)))) + reduce_sum(square(square(x))); }

// Each inner point of a k by k grid with its four neighbours.
Tensor five_point(const Tensor& x, std::int64_t k) {
  const Tensor grid = reshape(x, {k, k});
  const auto moved = [&](std::int64_t down, std::int64_t right) {
    return grid(Slice(1 + down, k - 1 + down), Slice(1 + right, k - 1 + right));
  };
  const Tensor middle = moved(0, 0);
  return moved(-1, 0) + moved(1, 0) + moved(0, -1) + moved(0, 1) + middle * middle * middle;
}

constexpr std::int64_t kStates = 8, kWidth = 12;

// Stages of 8 states and 4 controls: the next states are tanh(stage W).
struct Control {
  std::int64_t stages;
  Tensor dynamics, multipliers;

  Control(const Context& ctx, std::int64_t n)
      : stages(n), dynamics(wave(ctx, kWidth, 0.1)), multipliers(wave(ctx, n - 1, 1)) {}

  static Tensor wave(const Context& ctx, std::int64_t rows, double size) {
    std::vector<double> v(static_cast<std::size_t>(rows * kStates));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = size * std::cos(static_cast<double>(i));
    return ctx.tensor<double>({rows, kStates}, v);
  }
  Tensor residuals(const Tensor& x) const {
    const Tensor z = reshape(x, {stages, kWidth});
    return z(Slice(1), Slice(0, kStates)) - tanh(matmul(z(Slice(0, -1)), dynamics));
  }
  Tensor lagrangian(const Tensor& x) const {
    return reduce_sum(square(x)) / 2 + reduce_sum(multipliers * residuals(x));
  }
  Tensor augmented(const Tensor& x) const { return lagrangian(x) + 5 * reduce_sum(square(residuals(x))); }
};

constexpr std::int64_t kVertices = 300'000, kEdges = 900'000;

// A vertex has three edges to one of the next 50 vertices. The edges are in no order.
struct Mesh {
  Tensor from, to;

  explicit Mesh(const Context& ctx) {
    std::vector<std::int32_t> a, b;
    for (std::int64_t e = 0; e < kEdges; ++e) {
      a.push_back(static_cast<std::int32_t>(e * 7919 % kVertices));
      b.push_back(static_cast<std::int32_t>((a.back() + 1 + e / 7 % 50) % kVertices));
    }
    from = ctx.tensor<std::int32_t>({kEdges}, a);
    to = ctx.tensor<std::int32_t>({kEdges}, b);
  }
  Tensor residuals(const Tensor& x) const { return square(gather(x, from)) - sin(gather(x, to)); }
  Tensor energy(const Tensor& x) const {
    return reduce_sum(sqrt(1 + square(gather(x, from) - gather(x, to)))) + reduce_sum(square(x));
  }
};

}  // namespace

std::vector<Problem> sparse_problems(const Context& ctx) {
  std::vector<Problem> all;
  for (const auto& [text, n] :
       {std::pair<const char*, std::int64_t>{"1,000", 1000}, {"100,000", 100'000}, {"1,000,000", 1'000'000}})
    all.push_back({std::string("Rosenbrock, ") + text, {n}, true, rosenbrock});
  all.push_back({"Rosenbrock by pairs, [50,000, 2]", {50'000, 2}, true, rosenbrock_pairs});
  all.push_back({"Rosenbrock strided, 100,000", {100'000}, true, rosenbrock_strided});
  all.push_back({"arrowhead, 100,000", {100'000}, true, arrowhead});
  for (const std::int64_t k : {300, 1000})
    all.push_back(
        {"5 points, grid " + std::to_string(k) + " x " + std::to_string(k), {k * k}, false, [k](const Tensor& x) {
           return five_point(x, k);
         }});
  all.push_back({"13 points, grid 300 x 300", {90'000}, true, [](const Tensor& x) {
                   return reduce_sum(square(five_point(x, 300)));
                 }});
  for (const auto& [text, n] : {std::pair<const char*, std::int64_t>{"1,000 x 12", 1000}, {"50,000 x 12", 50'000}}) {
    const Control c(ctx, n);
    const auto named = [&, t = text](const char* kind) { return std::string("control, ") + kind + ", " + t; };
    all.push_back({named("dynamics"), {n * kWidth}, false, [c](const Tensor& x) { return c.residuals(x); }});
    all.push_back({named("Lagrangian"), {n * kWidth}, true, [c](const Tensor& x) { return c.lagrangian(x); }});
    all.push_back({named("augmented"), {n * kWidth}, true, [c](const Tensor& x) { return c.augmented(x); }});
  }
  const Mesh m(ctx);
  all.push_back(
      {"mesh, residuals, 900,000 edges", {kVertices}, false, [m](const Tensor& x) { return m.residuals(x); }});
  all.push_back({"mesh, energy, 900,000 edges", {kVertices}, true, [m](const Tensor& x) { return m.energy(x); }});
  return all;
}

std::vector<Problem> dense_problems(const Context& ctx) {
  std::vector<Problem> all;
  for (const auto& [text, n] : {std::pair<const char*, std::int64_t>{"1,000", 1000}, {"2,000", 2000}, {"4,000", 4000}})
    all.push_back({std::string("dense Rosenbrock, ") + text, {n}, true, rosenbrock});
  all.push_back({"dense Rosenbrock by pairs, [1,000, 2]", {1000, 2}, true, rosenbrock_pairs});
  all.push_back({"dense Rosenbrock strided, 2,000", {2000}, true, rosenbrock_strided});
  const Control c(ctx, 1000);
  all.push_back(
      {"dense control, Lagrangian, 1,000 x 12", {12'000}, true, [c](const Tensor& x) { return c.lagrangian(x); }});
  return all;
}

}  // namespace bench::sparse
