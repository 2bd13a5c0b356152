// Sums and products of vectors and matrices.
#include "solve/matrix.hpp"

#include <algorithm>
#include <cmath>

namespace gradtape::solving {

double dot(const Vector& a, const Vector& b) {
  double total = 0;
  for (size_t i = 0; i < a.size(); ++i) total += a[i] * b[i];
  return total;
}
double norm(const Vector& a) {
  const double scale = largest(a);
  if (!(scale > 1e-150 && scale < 1e150)) {  // squares would underflow or overflow
    if (scale == 0 || !std::isfinite(scale)) return scale;
    double total = 0;
    for (double v : a) total += (v / scale) * (v / scale);
    return scale * std::sqrt(total);
  }
  return std::sqrt(dot(a, a));
}
double largest(const Vector& a) {
  double most = 0;
  for (double v : a) {
    if (std::isnan(v)) return v;
    most = std::max(most, std::abs(v));
  }
  return most;
}
bool all_finite(const Vector& a) {
  return std::all_of(a.begin(), a.end(), [](double v) { return std::isfinite(v); });
}
void add(double factor, const Vector& x, Vector& y) {
  for (size_t i = 0; i < x.size(); ++i) y[i] += factor * x[i];
}

void Matrix::multiply(const Vector& x, Vector& y) const {
  std::fill(y.begin(), y.end(), 0.0);
  each([&](int64_t i, int64_t j, double v) { y[static_cast<size_t>(i)] += v * x[static_cast<size_t>(j)]; });
}
void Matrix::multiply_transposed(const Vector& x, Vector& y) const {
  std::fill(y.begin(), y.end(), 0.0);
  each([&](int64_t i, int64_t j, double v) { y[static_cast<size_t>(j)] += v * x[static_cast<size_t>(i)]; });
}

}  // namespace gradtape::solving
