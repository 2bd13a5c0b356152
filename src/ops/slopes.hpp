// Slopes: internal elementwise ops that derivatives consist of. They are closed under differentiation, so every order
// is right.
#pragma once

#include "ops/functions.hpp"

namespace gradtape::core {

inline constexpr Unary sech_squared{op<"sech_squared">};      // 1 / cosh(x)^2
inline constexpr Unary logistic_slope{op<"logistic_slope">};  // e^-x / (1 + e^-x)^2, the derivative of sigmoid
inline constexpr Unary gaussian{op<"gaussian">};              // e^(-x^2)
inline constexpr Unary normal_cdf{op<"normal_cdf">};          // P(X <= x), X ~ N(0, 1)
inline constexpr Unary inverse_square{op<"inverse_square">};  // 1 / (1 + x^2)
inline constexpr Unary inverse_root{op<"inverse_root">};      // 1 / sqrt(1 + x^2)
inline constexpr Unary circle_inverse{op<"circle_inverse">};  // 1 / (1 - x^2)
inline constexpr Unary circle_root{op<"circle_root">};        // 1 / sqrt(1 - x^2)
inline constexpr Binary direction{op<"direction">};           // x / sqrt(x^2 + y^2)

}  // namespace gradtape::core
