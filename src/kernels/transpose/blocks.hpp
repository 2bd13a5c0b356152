// Included once for each instruction set.
#include "kernels/simd.hpp"

// In squares that the registers hold, so that both sides are read and written in whole vectors.
template <class T>
struct Transpose {
  static constexpr int kSide = Simd<T>::count;

  static void square(const T* x, int64_t step, T* out, int64_t out_step) {
    typename Simd<T>::Vector rows[kSide];
#pragma GCC unroll 16
    for (int j = 0; j < kSide; ++j) rows[j] = Simd<T>::load(x + j * step);
    Simd<T>::transpose(rows);
#pragma GCC unroll 16
    for (int i = 0; i < kSide; ++i) Simd<T>::store(out + i * out_step, rows[i]);
  }
  static void run(const T* x, int64_t step, T* out, int64_t out_step, int64_t rows, int64_t columns) {
    const int64_t whole_rows = rows / kSide * kSide, whole_columns = columns / kSide * kSide;
    for (int64_t i = 0; i < whole_rows; i += kSide)
      for (int64_t j = 0; j < whole_columns; j += kSide)
        square(x + i + j * step, step, out + i * out_step + j, out_step);
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = i < whole_rows ? whole_columns : 0; j < columns; ++j) out[i * out_step + j] = x[i + j * step];
  }
  static TransposeKernel<T> kernel() { return run; }
};
