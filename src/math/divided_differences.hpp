// Divided differences f[x_0, ..., x_k] of smooth functions, right for points that are close or the same.
#pragma once

#include <span>
#include <string_view>

namespace gradtape::core::math {

class DividedDifference {
 public:
  explicit DividedDifference(std::string_view function);    // exp, square, sin, tanh
  double operator()(std::span<const double> points) const;  // at least one; in any order

  struct Function {
    double (*value)(double x);
    double (*pair)(double x, double y);  // (f(y) - f(x)) / (y - x), without cancellation
    // f^(j)(x) / j! for j < count.
    void (*taylor)(double x, std::size_t count, double* coefficients);
  };

 private:
  double of_sorted(const double* x, std::size_t n) const;
  Function f_;
};

}  // namespace gradtape::core::math
