// Recipe: the likelihood of a Kalman filter over 60 observations, with its gradient by the logarithms of the two
// noises. Gradient steps along the curvature of each raise it.
#include <cmath>
#include <cstdio>
#include <gradtape/gradtape.hpp>

namespace gt = gradtape;

namespace {
constexpr int kSteps = 60;

// The filter of a point that moves evenly in the plane. The state is [position, velocity]; the position is observed.
struct Model {
  gt::Tensor transition, observation, identity4, identity2, observed;

  explicit Model(const gt::Context& ctx) {
    constexpr double dt = 0.1;
    transition = ctx.tensor<double>({4, 4}, {1, 0, dt, 0, 0, 1, 0, dt, 0, 0, 1, 0, 0, 0, 0, 1});
    observation = ctx.tensor<double>({2, 4}, {1, 0, 0, 0, 0, 1, 0, 0});
    identity4 = ctx.tensor<double>({4, 4}, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
    identity2 = ctx.tensor<double>({2, 2}, {1, 0, 0, 1});
    std::vector<double> y;
    for (int t = 0; t < kSteps; ++t) {
      y.push_back(std::sin(0.1 * t) + 0.1 * std::sin(17.0 * t * t));
      y.push_back(std::cos(0.1 * t) + 0.1 * std::sin(13.0 * t * t));
    }
    observed = ctx.tensor<double>({kSteps, 2, 1}, y);
  }

  // noise: the logarithms of the variances of the motion and of the observations, [2].
  gt::Tensor log_likelihood(const gt::Tensor& noise) const {
    const gt::Tensor of_motion = gt::exp(gt::slice(noise, {0}, {1})),
                     of_observation = gt::exp(gt::slice(noise, {1}, {1}));
    gt::Tensor mean = gt::slice(identity4, {0, 0}, {4, 1}) * 0.0, covariance = identity4 * 1.0, total = of_motion * 0.0;
    for (int t = 0; t < kSteps; ++t) {
      mean = gt::matmul(transition, mean);
      covariance = gt::matmul(gt::matmul(transition, covariance), transition, false, true) + of_motion * identity4;
      const gt::Tensor y = gt::reshape(gt::slice(observed, {t, 0, 0}, {1, 2, 1}), {2, 1});
      const gt::Tensor surprise = y - gt::matmul(observation, mean);
      const gt::Tensor seen = gt::matmul(covariance, observation, false, true);
      const gt::Tensor spread = gt::matmul(observation, seen) + of_observation * identity2;
      total = total - 0.5 * (gt::log(gt::det(spread)) + gt::reduce_sum(surprise * gt::solve(spread, surprise)));
      const gt::Tensor gain = gt::matmul(seen, gt::inv(spread));
      mean = mean + gt::matmul(gain, surprise);
      covariance = covariance - gt::matmul(gain, gt::matmul(observation, covariance));
    }
    return gt::reduce_sum(total);
  }
};
}  // namespace

int main() {
  gt::Context ctx;
  const Model model(ctx);
  gt::Function with_gradient(ctx, {{gt::Dtype::float64, {2}}}, [&](const std::vector<gt::Tensor>& in) {
    gt::Tape tape(ctx);
    tape.watch(in[0]);
    const gt::Tensor value = model.log_likelihood(in[0]);
    return std::vector<gt::Tensor>{value, tape.gradient(value, in[0])};
  });

  std::vector<double> noise = {-3, -2};
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    const std::vector<gt::Tensor> out = with_gradient({ctx.tensor<double>({2}, noise)});
    const std::vector<double> value = out[0].to_vector<double>(), gradient = out[1].to_vector<double>();
    if (step == 0) first = value[0];
    last = value[0];
    for (int i = 0; i < 2; ++i) noise[i] += std::fmax(-0.2, std::fmin(0.2, 0.02 * gradient[i]));
  }
  std::printf("log likelihood %.3f at first, %.3f after; variances %.4f and %.4f\n", first, last, std::exp(noise[0]),
              std::exp(noise[1]));
  return last > first + 1 ? 0 : 1;
}
