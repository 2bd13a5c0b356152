// Recipe: steps of a ball above a floor, with the contact force as an unknown. Each step is a root: the force is 0, or the
// gap is. The derivative of the last height by the first one goes through all impacts.
#include <cmath>
#include <cstdio>
#include <gradtape/gradtape.hpp>
#include <utility>

namespace gt = gradtape;

namespace {
constexpr double kStep = 0.01, kGravity = 9.81, kSmooth = 1e-4;

// Height and speed after a step. The function a + b - sqrt(a^2 + b^2 + 2 s^2) is 0 where a b = s^2 with both positive. For a
// small s either the gap a or the force b is near 0 (Kanzow, "Some noninterior continuation methods", 1996).
std::pair<gt::Tensor, gt::Tensor> step(const gt::Tensor& height, const gt::Tensor& speed) {
  const auto residuals = [&](const gt::Tensor& after, const gt::Tensor& force) {
    const gt::Tensor gap = height + kStep * after;
    return std::pair(after - speed - kStep * (force - kGravity),
                     gap + force - gt::sqrt(gap * gap + force * force + 2 * kSmooth * kSmooth));
  };
  const auto [after, force] = gt::root(residuals, std::array{speed, gt::ones_like(speed)}, {.tolerance = 1e-9});
  return {height + kStep * after, after};
}

gt::Tensor last_height(const gt::Tensor& first) {
  return gt::scan([](const gt::Tensor& h, const gt::Tensor& v) { return step(h, v); },
                  std::array{first, gt::zeros_like(first)}, {}, {.length = 80})
      .carried[0];
}
}  // namespace

int main() {
  const gt::Context ctx;
  const gt::Tensor falling = ctx.full({}, 5.0), landing = ctx.full({}, 0.2);
  const double above = last_height(falling).item(), on_floor = last_height(landing).item();
  const double slope_above = gt::grad(last_height)(falling).item(),
               slope_on_floor = gt::grad(last_height)(landing).item();
  std::printf("height %.4f, slope %.4f; height %.4f, slope %.4f\n", above, slope_above, on_floor, slope_on_floor);
  const double fall = kGravity * kStep * kStep * 80 * 81 / 2;
  const bool falls = std::abs(above - (5 - fall)) < 1e-3 && std::abs(slope_above - 1) < 1e-3;
  return falls && on_floor > -1e-3 && on_floor < 1e-2 && std::abs(slope_on_floor) < 1e-2 ? 0 : 1;
}
