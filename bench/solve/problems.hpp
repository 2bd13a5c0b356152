// Large sparse problems for solvers: a pendulum that swings up, and a nonlinear equation on a square.
#pragma once

#include <cmath>
#include <gradtape/solve.hpp>

namespace problems {

using namespace gradtape;

inline const double kPi = std::acos(-1.0);

// A pendulum hangs still and shall stand still after `seconds`, by a torque u whose integrated square is least. The motion
// th'' = u - sin(th) is transcribed at T steps by the trapezoidal rule. The unknowns are angles and velocities between
// the ends, T torques, and a multiplier for each of the 2 T equations of motion.
struct Swing {
  std::int64_t steps;
  double seconds = 6;

  std::int64_t unknowns() const { return 2 * (steps - 1) + steps + 2 * steps; }
  Tensor start(const Context& ctx) const {
    std::vector<double> v(static_cast<std::size_t>(unknowns()), 0.0);
    for (std::int64_t k = 1; k < steps; ++k) {
      v[static_cast<std::size_t>(k - 1)] = kPi * static_cast<double>(k) / static_cast<double>(steps);
      v[static_cast<std::size_t>(steps - 1 + k - 1)] = kPi / seconds;
    }
    return ctx.tensor<double>({unknowns()}, v);
  }
  Tensor torques(const Tensor& z) const { return z(Slice(2 * (steps - 1), 3 * steps - 2)); }
  // With 0 as far as the velocities, and the ends of the angles.
  Tensor between(const Tensor& inner, double last) const { return pad(inner, {1, 1}) + last * last_one(inner); }
  Tensor lagrangian(const Tensor& z) const {
    const double h = seconds / static_cast<double>(steps);
    Tensor angle = between(z(Slice(0, steps - 1)), kPi), velocity = between(z(Slice(steps - 1, 2 * steps - 2)), 0);
    Tensor u = torques(z), p = z(Slice(3 * steps - 2, 4 * steps - 2)), q = z(Slice(4 * steps - 2));
    const auto first = [&](const Tensor& t) { return t(Slice(0, -1)); };
    const auto second = [&](const Tensor& t) { return t(Slice(1)); };
    Tensor force = -sin(angle);
    Tensor moves = second(angle) - first(angle) - h / 2 * (first(velocity) + second(velocity));
    Tensor turns = second(velocity) - first(velocity) - h / 2 * (first(force) + second(force)) - h * u;
    return h / 2 * reduce_sum(u * u) + reduce_sum(p * moves) + reduce_sum(q * turns);
  }
  // All derivatives of the Lagrangian, which are 0 at the best motion.
  auto conditions() const {
    return grad([self = *this](const Tensor& z) { return self.lagrangian(z); });
  }

 private:
  Tensor last_one(const Tensor& like) const {
    std::vector<double> v(static_cast<std::size_t>(steps + 1), 0.0);
    v.back() = 1;
    const std::int64_t size = steps + 1;
    return {like.context(),
            gt_tensor_create(like.context(), GT_FLOAT64, &size, 1, v.data(), v.size() * sizeof(double))};
  }
};

// Bratu's equation -(u_xx + u_yy) = 6 exp(u) on the unit square, u = 0 on its edge, by differences at n by n points.
struct Bratu {
  std::int64_t n;

  double area() const { return 1 / static_cast<double>((n + 1) * (n + 1)); }
  Tensor start(const Context& ctx) const { return ctx.zeros({n, n}); }
  Tensor residuals(const Tensor& u) const {
    Tensor v = pad(u, {1, 1, 1, 1});
    const Slice middle(1, -1), before(0, -2), behind(2);
    return 4 * u - v(before, middle) - v(behind, middle) - v(middle, before) - v(middle, behind) - 6 * area() * exp(u);
  }
  // The energy, whose derivatives these residuals are.
  Tensor energy(const Tensor& u) const {
    Tensor v = pad(u, {1, 1, 1, 1});
    Tensor down = v(Slice(1), All) - v(Slice(0, -1), All), right = v(All, Slice(1)) - v(All, Slice(0, -1));
    return (reduce_sum(down * down) + reduce_sum(right * right)) / 2 - 6 * area() * reduce_sum(exp(u));
  }
};

}  // namespace problems
