// Internal elementwise ops that derivatives are made of: closed under differentiation, so that every order is right.
#pragma once

#include "ops/functions.hpp"

namespace gradtape::core {

Tensor sech_squared(const Tensor& x);                // 1 / cosh(x)^2
Tensor logistic_slope(const Tensor& x);              // the derivative of sigmoid
Tensor gaussian(const Tensor& x);                    // e^(-x^2)
Tensor normal_cdf(const Tensor& x);                  // P(X <= x), X ~ N(0, 1)
Tensor inverse_square(const Tensor& x);              // 1 / (1 + x^2)
Tensor inverse_root(const Tensor& x);                // 1 / sqrt(1 + x^2)
Tensor circle_inverse(const Tensor& x);              // 1 / (1 - x^2)
Tensor circle_root(const Tensor& x);                 // 1 / sqrt(1 - x^2)
Tensor direction(const Tensor& x, const Tensor& y);  // x / sqrt(x^2 + y^2)

}  // namespace gradtape::core
