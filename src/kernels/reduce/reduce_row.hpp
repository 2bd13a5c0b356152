// Reductions of one row of elements, in an order that depends on the row's length alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

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
// A row of n >= kLanes elements, by halves. A stack has the halves, for gcc would unfold a recursion into each instruction
// set's loops, eight levels deep.
template <class R, class T>
static T reduce_long_row(const T* x, std::size_t n) {
  struct Halved {
    std::size_t second;  // elements of the second half; 0: the sum of the first one is in `first`
    T first;
  };
  Halved halved[64];
  for (std::size_t depth = 0;;) {
    for (; n > kRun<T>; ++depth) {
      const std::size_t half = n / 2 / kLanes<T> * kLanes<T>;
      halved[depth].second = n - half;
      n = half;
    }
    T result = reduce_run<R, kLanes<T>>(x, n);
    for (; depth > 0 && halved[depth - 1].second == 0; --depth) result = R::combine(halved[depth - 1].first, result);
    if (depth == 0) return result;
    x += n;
    halved[depth - 1].first = result;
    n = std::exchange(halved[depth - 1].second, 0);
  }
}
constexpr std::size_t kFewLanes = 8;  // of rows that are shorter
template <class R, class T>
static T reduce_row(const T* x, std::size_t n) {
  if (n >= kLanes<T>) return reduce_long_row<R>(x, n);
  if (n >= kFewLanes) return reduce_run<R, kFewLanes>(x, n);
  T result = R::template start<T>;
  for (std::size_t i = 0; i < n; ++i) result = R::combine(result, x[i]);
  return result;
}

// Rows of kFewLanes to kShort - 1 elements, and fewer than kLanes, so many side by side: each in the order of reduce_row.
constexpr std::size_t kShort = 64, kTogether = 16;
template <class R, class T>
static void reduce_short_rows(const T* x, std::size_t n, T* out) {
  T turned[kShort][kTogether];
  for (std::size_t r = 0; r < kTogether; ++r)
    for (std::size_t i = 0; i < n; ++i) turned[i][r] = x[r * n + i];
  const auto combine = [&](std::size_t to, std::size_t from) {
    for (std::size_t r = 0; r < kTogether; ++r) turned[to][r] = R::combine(turned[to][r], turned[from][r]);
  };
  for (std::size_t i = kFewLanes; i < n; ++i) combine(i % kFewLanes, i);
  for (std::size_t step = kFewLanes / 2; step > 0; step /= 2)
    for (std::size_t k = 0; k < step; ++k) combine(k, k + step);
  std::copy(turned[0], turned[0] + kTogether, out);
}

}  // namespace gradtape::core::kernels
