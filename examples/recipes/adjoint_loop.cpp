// Recipe: the gradient of a long simulation, step by step. One step and its transpose are functions that are recorded
// once. The loops over time are ordinary C++ loops, so memory holds the states alone. No graph grows with the number of
// steps.
#include <cmath>
#include <cstdio>
#include <gradtape/gradtape.hpp>

namespace gt = gradtape;

namespace {
constexpr int kSteps = 2000;
constexpr double kStep = 0.005;

// Lotka-Volterra: d prey = a prey - b prey predators, d predators = -c predators + d prey predators; rates [4].
gt::Tensor slope(const gt::Tensor& state, const gt::Tensor& rates) {
  const gt::Tensor prey = gt::slice(state, {0}, {1}), predators = gt::slice(state, {1}, {1});
  const auto rate = [&](std::int64_t i) { return gt::slice(rates, {i}, {1}); };
  const gt::Tensor met = prey * predators;
  return gt::concat({rate(0) * prey - rate(1) * met, rate(3) * met - rate(2) * predators}, 0);
}
gt::Tensor runge_kutta(const gt::Tensor& y, const gt::Tensor& rates) {
  const gt::Tensor k1 = slope(y, rates), k2 = slope(y + k1 * (kStep / 2), rates);
  const gt::Tensor k3 = slope(y + k2 * (kStep / 2), rates), k4 = slope(y + k3 * kStep, rates);
  return y + (k1 + k2 * 2.0 + k3 * 2.0 + k4) * (kStep / 6);
}
}  // namespace

int main() {
  gt::Context ctx;
  const gt::Shape two = {2}, four = {4};
  gt::Function forward(
      ctx, {{gt::Dtype::float64, two}, {gt::Dtype::float64, four}},
      [](const std::vector<gt::Tensor>& in) { return std::vector<gt::Tensor>{runge_kutta(in[0], in[1])}; });
  // From the cotangent of a step's result to those of its state and of the rates.
  gt::Function backward(ctx, {{gt::Dtype::float64, two}, {gt::Dtype::float64, four}, {gt::Dtype::float64, two}},
                        [&](const std::vector<gt::Tensor>& in) {
                          gt::Tape tape(ctx);
                          tape.watch(in[0]);
                          tape.watch(in[1]);
                          const gt::Tensor next = runge_kutta(in[0], in[1]);
                          return tape.gradient({next}, {in[0], in[1]}, {in[2]});
                        });

  const std::vector<double> rates = {1.1, 0.4, 0.4, 0.1};
  const auto simulate = [&](const std::vector<double>& with, std::vector<std::vector<double>>& states) {
    states.assign(1, {10, 10});
    for (int i = 0; i < kSteps; ++i)
      states.push_back(
          forward({ctx.tensor<double>(two, states.back()), ctx.tensor<double>(four, with)})[0].to_vector<double>());
    return states.back()[0];  // the prey in the end
  };
  std::vector<std::vector<double>> states;
  const double prey = simulate(rates, states);

  std::vector<double> cotangent = {1, 0}, gradient(4, 0.0);
  for (int i = kSteps; i-- > 0;) {
    const std::vector<gt::Tensor> back =
        backward({ctx.tensor<double>(two, states[static_cast<std::size_t>(i)]), ctx.tensor<double>(four, rates),
                  ctx.tensor<double>(two, cotangent)});
    cotangent = back[0].to_vector<double>();
    const std::vector<double> of_rates = back[1].to_vector<double>();
    for (std::size_t k = 0; k < 4; ++k) gradient[k] += of_rates[k];
  }

  double worst = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    std::vector<double> more = rates, less = rates;
    more[k] += 1e-5, less[k] -= 1e-5;
    const double difference = (simulate(more, states) - simulate(less, states)) / 2e-5;
    worst = std::fmax(worst, std::fabs(gradient[k] - difference) / std::fabs(difference));
  }
  std::printf("prey %.4f, its gradient %.4f %.4f %.4f %.4f; differences agree to %.1e\n", prey, gradient[0],
              gradient[1], gradient[2], gradient[3], worst);
  return worst < 1e-6 ? 0 : 1;
}
