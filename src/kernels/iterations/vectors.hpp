// Sums, products and rows of vectors, for methods that iterate. Numbers are summed in double precision.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace gradtape::core::kernels {

// Sums over lanes, which compilers turn into vectors.
template <class T>
double dot(const T* x, const T* y, int64_t n) {
  constexpr int64_t kLanes = 8;
  double lanes[kLanes] = {}, sum = 0;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int64_t k = 0; k < kLanes; ++k) lanes[k] += static_cast<double>(x[i + k]) * static_cast<double>(y[i + k]);
  for (; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  for (const double lane : lanes) sum += lane;
  return sum;
}
// y = y + a x
template <class T>
void add_multiple(double a, const T* x, T* y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) y[i] += static_cast<T>(a * static_cast<double>(x[i]));
}
template <class T>
double length(const T* x, int64_t n) {
  return std::sqrt(dot(x, x, n));
}
template <class T>
void scale_vector(double a, T* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<T>(a * static_cast<double>(x[i]));
}
template <class T>
double largest(const T* x, int64_t n) {  // nan where one is
  double most = 0;
  for (int64_t i = 0; i < n; ++i) {
    const double size = std::abs(static_cast<double>(x[i]));
    if (!(size <= most)) most = size;
    if (std::isnan(most)) break;
  }
  return most;
}

// Vectors of n numbers, whose distance keeps them aligned.
template <class T>
class VectorSpace {
 public:
  VectorSpace(int64_t n, T* memory) : n_(n), each_(padded(n)), memory_(memory) {}
  static int64_t padded(int64_t n) {
    constexpr int64_t kLine = 64 / sizeof(T);
    return (n + kLine - 1) / kLine * kLine;
  }
  T* operator[](int64_t k) const { return memory_ + each_ * k; }
  int64_t size() const { return n_; }

 private:
  int64_t n_, each_;
  T* memory_;
};

}  // namespace gradtape::core::kernels
