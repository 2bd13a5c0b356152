// Included once for each instruction set.
#include "kernels/simd.hpp"

template <class T>
struct Depthwise {
  using Vector = typename Simd<T>::Vector;
  static constexpr int kLanes = Simd<T>::count;

  // A vector's width of channels from c, of so many pixels from p.
  template <int Pixels>
  static void block(const DepthwiseRow<T>& r, int64_t p, int64_t c) {
    Vector sums[Pixels];
#pragma GCC unroll 8
    for (int i = 0; i < Pixels; ++i) sums[i] = Vector{};
    const T* x = r.x + p * r.x_step + c;
    for (int tap = 0; tap < r.taps; ++tap) {
      const Vector w = Simd<T>::load(r.w[tap] + c);
#pragma GCC unroll 8
      for (int i = 0; i < Pixels; ++i) sums[i] += Simd<T>::load(x + r.at[tap] + i * r.x_step) * w;
    }
#pragma GCC unroll 8
    for (int i = 0; i < Pixels; ++i) Simd<T>::store(r.y + (p + i) * r.y_step + c, sums[i]);
  }
  static void channel(const DepthwiseRow<T>& r, int64_t c) {
    for (int64_t p = 0; p < r.pixels; ++p) {
      T sum = 0;
      for (int tap = 0; tap < r.taps; ++tap) sum += r.x[p * r.x_step + r.at[tap] + c] * r.w[tap][c];
      r.y[p * r.y_step + c] = sum;
    }
  }
  static void row(const DepthwiseRow<T>& r) {
    const int64_t whole = r.channels / kLanes * kLanes;
    int64_t p = 0;
    for (; p + 8 <= r.pixels; p += 8)
      for (int64_t c = 0; c < whole; c += kLanes) block<8>(r, p, c);
    for (; p + 2 <= r.pixels; p += 2)
      for (int64_t c = 0; c < whole; c += kLanes) block<2>(r, p, c);
    for (; p < r.pixels; ++p)
      for (int64_t c = 0; c < whole; c += kLanes) block<1>(r, p, c);
    for (int64_t c = whole; c < r.channels; ++c) channel(r, c);
  }

  // So many taps of a vector's width of channels from c.
  template <int Taps>
  static void sums_of(const DepthwiseSums<T>& r, int tap, int64_t c) {
    Vector sums[Taps];
    const T* from[Taps];
#pragma GCC unroll 16
    for (int t = 0; t < Taps; ++t) {
      sums[t] = Simd<T>::load(r.sums[tap + t] + c);
      from[t] = r.x + r.at[tap + t] + c;
    }
    for (int64_t p = 0; p < r.pixels; ++p) {
      const Vector y = Simd<T>::load(r.y + p * r.y_step + c);
#pragma GCC unroll 16
      for (int t = 0; t < Taps; ++t) sums[t] += Simd<T>::load(from[t] + p * r.x_step) * y;
    }
#pragma GCC unroll 16
    for (int t = 0; t < Taps; ++t) Simd<T>::store(r.sums[tap + t] + c, sums[t]);
  }
  static void sums(const DepthwiseSums<T>& r) {
    const int64_t whole = r.channels / kLanes * kLanes;
    for (int64_t c = 0; c < whole; c += kLanes) {
      int tap = 0;
      for (; tap + 9 <= r.taps; tap += 9) sums_of<9>(r, tap, c);
      for (; tap + 3 <= r.taps; tap += 3) sums_of<3>(r, tap, c);
      for (; tap < r.taps; ++tap) sums_of<1>(r, tap, c);
    }
    for (int tap = 0; tap < r.taps; ++tap)
      for (int64_t c = whole; c < r.channels; ++c)
        for (int64_t p = 0; p < r.pixels; ++p)
          r.sums[tap][c] += r.x[p * r.x_step + r.at[tap] + c] * r.y[p * r.y_step + c];
  }

  static DepthwiseKernels<T> table() { return {row, sums}; }
};
