// The functions whose divided differences exist, and the recursion over points.
#include "math/divided_differences.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/small_vector.hpp"

namespace gradtape::core::math {

namespace {
constexpr double kClose = 0.5;      // points within this distance are served by a Taylor series
constexpr std::size_t kTerms = 32;  // of it: the terms shrink by 6 and more each

double sinhc(double x) { return x == 0 ? 1 : std::sinh(x) / x; }
double sinc(double x) { return x == 0 ? 1 : std::sin(x) / x; }

constexpr DividedDifference::Function kExp{[](double x) { return std::exp(x); },
                                           [](double x, double y) {
                                             if (std::abs(y - x) > 1) return (std::exp(y) - std::exp(x)) / (y - x);
                                             return std::exp(x + (y - x) / 2) * sinhc((y - x) / 2);
                                           },
                                           [](double x, std::size_t count, double* a) {
                                             a[0] = std::exp(x);
                                             for (std::size_t j = 1; j < count; ++j)
                                               a[j] = a[j - 1] / static_cast<double>(j);
                                           }};

constexpr DividedDifference::Function kSquare{[](double x) { return x * x; }, [](double x, double y) { return x + y; },
                                              [](double x, std::size_t count, double* a) {
                                                const double all[] = {x * x, 2 * x, 1};
                                                for (std::size_t j = 0; j < count; ++j) a[j] = j < 3 ? all[j] : 0;
                                              }};

constexpr DividedDifference::Function kSin{
    [](double x) { return std::sin(x); },
    [](double x, double y) { return std::cos(x + (y - x) / 2) * sinc((y - x) / 2); },
    [](double x, std::size_t count, double* a) {
      const double derivatives[] = {std::sin(x), std::cos(x), -std::sin(x), -std::cos(x)};
      double factorial = 1;
      for (std::size_t j = 0; j < count; factorial *= static_cast<double>(++j)) a[j] = derivatives[j % 4] / factorial;
    }};

constexpr DividedDifference::Function kTanh{[](double x) { return std::tanh(x); },
                                            [](double x, double y) {
                                              if (std::abs(y - x) > 1) return (std::tanh(y) - std::tanh(x)) / (y - x);
                                              return sinhc(y - x) / std::cosh(x) / std::cosh(y);
                                            },
                                            // y' = 1 - y^2, coefficient by coefficient.
                                            [](double x, std::size_t count, double* a) {
                                              a[0] = std::tanh(x);
                                              for (std::size_t j = 0; j + 1 < count; ++j) {
                                                double sum = 0;
                                                for (std::size_t i = 0; i <= j; ++i) sum += a[i] * a[j - i];
                                                a[j + 1] = j == 0 ? 1 / (std::cosh(x) * std::cosh(x))
                                                                  : -sum / static_cast<double>(j + 1);
                                              }
                                            }};

DividedDifference::Function named(std::string_view name) {
  if (name == "exp") return kExp;
  if (name == "square") return kSquare;
  return name == "sin" ? kSin : kTanh;
}
}  // namespace

DividedDifference::DividedDifference(std::string_view function) : f_(named(function)) {}

double DividedDifference::operator()(std::span<const double> points) const {
  SmallVector<double, 8> sorted(points.begin(), points.end());
  std::ranges::sort(sorted);
  return of_sorted(sorted.data(), sorted.size());
}

double DividedDifference::of_sorted(const double* x, std::size_t n) const {
  if (n == 1) return f_.value(x[0]);
  if (n == 2) return f_.pair(x[0], x[1]);
  const double spread = x[n - 1] - x[0];
  if (spread > kClose) return (of_sorted(x + 1, n - 1) - of_sorted(x, n - 1)) / spread;
  // About the middle c: f[x_0, ..., x_k] = sum over m of a_(m + k) h_m(x - c). a are the Taylor coefficients of f, and
  // h the complete homogeneous symmetric polynomials.
  const double middle = x[0] + spread / 2;
  double h[kTerms] = {1};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t m = 1; m < kTerms; ++m) h[m] += (x[i] - middle) * h[m - 1];
  SmallVector<double, kTerms + 8> a(kTerms + n - 1);
  f_.taylor(middle, a.size(), a.data());
  double sum = 0;
  for (std::size_t m = kTerms; m-- > 0;) sum += a[m + n - 1] * h[m];
  return sum;
}

}  // namespace gradtape::core::math
