// Reductions of one row of elements, in an order that depends on the row's length alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace gradtape::core::kernels {

// The loops know bool as a byte, and integers as unsigned ones where they are added, so that sums wrap around.
template <class T>
using Element = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

// The larger of two numbers, or nan.
struct Max {
  template <class T>
  static constexpr T start = std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                                  : std::numeric_limits<T>::lowest();
  template <class V>
  static V combine(const V& a, const V& b) {
    return a > b ? a : (a != a ? a : b);
  }
};
// The smaller of two numbers, or nan.
struct Min {
  template <class T>
  static constexpr T start = std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity()
                                                                  : std::numeric_limits<T>::max();
  template <class V>
  static V combine(const V& a, const V& b) {
    return a < b ? a : (a != a ? a : b);
  }
};

// The number of accumulators side by side, and the longest row that they run over. Longer rows are halved, so that
// errors grow with the logarithm of a row's length.
template <class T>
constexpr std::size_t kLanes = 256 / sizeof(T);
template <class T>
constexpr std::size_t kRun = kLanes<T> * 16;

// Reduces a row of n >= lanes elements.
template <class R, std::size_t lanes, class T>
static T reduce_run(const T* x, std::size_t n) {
  T sums[lanes];
  std::copy(x, x + lanes, sums);
  std::size_t i = lanes;
  for (; i + lanes <= n; i += lanes)
    for (std::size_t k = 0; k < lanes; ++k) sums[k] = R::combine(sums[k], x[i + k]);
  for (std::size_t k = 0; i + k < n; ++k) sums[k] = R::combine(sums[k], x[i + k]);
  for (std::size_t step = lanes / 2; step > 0; step /= 2)
    for (std::size_t k = 0; k < step; ++k) sums[k] = R::combine(sums[k], sums[k + step]);
  return sums[0];
}
// static: gcc then unfolds the recursion into each instruction set's loops, as it does not for a function that other
// files share.
template <class R, class T>
static T reduce_row(const T* x, std::size_t n) {
  constexpr std::size_t lanes = kLanes<T>, few = 8;
  if (n > kRun<T>) {
    const std::size_t half = n / 2 / lanes * lanes;
    const T first = reduce_row<R>(x, half);
    return R::combine(first, reduce_row<R>(x + half, n - half));
  }
  if (n >= lanes) return reduce_run<R, lanes>(x, n);
  if (n >= few) return reduce_run<R, few>(x, n);
  T result = R::template start<T>;
  for (std::size_t i = 0; i < n; ++i) result = R::combine(result, x[i]);
  return result;
}

}  // namespace gradtape::core::kernels
