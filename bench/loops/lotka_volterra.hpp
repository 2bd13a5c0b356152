// Lotka and Volterra's equations by gradtape, on numbers: the program of programs.hpp, as a loop and without one.
#pragma once

#include <array>
#include <vector>

#include "gradtape/gradtape.hpp"
#include "programs.hpp"

namespace bench::loops {

using Numbers = std::array<gradtape::Tensor, 2>;

// Runge and Kutta's step.
inline Numbers step(const gradtape::Tensor& x, const gradtape::Tensor& y, const std::vector<gradtape::Tensor>& p) {
  const double h = kStep;
  const auto slope = [&](const gradtape::Tensor& u, const gradtape::Tensor& v) {
    return Numbers{u * (p[0] - p[1] * v), v * (p[2] * u - p[3])};
  };
  const auto [ax, ay] = slope(x, y);
  const auto [bx, by] = slope(x + h / 2 * ax, y + h / 2 * ay);
  const auto [cx, cy] = slope(x + h / 2 * bx, y + h / 2 * by);
  const auto [dx, dy] = slope(x + h * cx, y + h * cy);
  return {x + h / 6 * (ax + 2 * bx + 2 * cx + dx), y + h / 6 * (ay + 2 * by + 2 * cy + dy)};
}

inline gradtape::Tensor unrolled(const gradtape::Tensor& in, long steps) {
  const std::vector<gradtape::Tensor> p = unstack(in[gradtape::Slice(2)]);
  Numbers z{in[0], in[1]};
  for (long i = 0; i < steps; ++i) z = step(z[0], z[1], p);
  return z[0] + z[1];
}

inline gradtape::Tensor scanned(const gradtape::Tensor& in, long steps) {
  const std::vector<gradtape::Tensor> p = unstack(in[gradtape::Slice(2)]);
  const auto body = [&](const gradtape::Tensor& x, const gradtape::Tensor& y) { return step(x, y, p); };
  const Numbers z = gradtape::scan(body, Numbers{in[0], in[1]}, {}, {.length = steps}).carried;
  return z[0] + z[1];
}

}  // namespace bench::loops
