// BLAS for matrices by rows. It counts by columns and sees the transposes.
#pragma once

#include <cstdint>
#include <type_traits>

extern "C" {
void sgemv_(const char* t, const int* m, const int* n, const float* alpha, const float* a, const int* lda,
            const float* x, const int* incx, const float* beta, float* y, const int* incy);
void dgemv_(const char* t, const int* m, const int* n, const double* alpha, const double* a, const int* lda,
            const double* x, const int* incx, const double* beta, double* y, const int* incy);
}

namespace gradtape::core::kernels {

// y = matrix [rows, columns] times x, or its transpose times x.
template <class T>
void gemv(bool transposed, int64_t rows, int64_t columns, const T* matrix, const T* x, T* y) {
  const char* t = transposed ? "N" : "T";
  const int m = columns, n = rows;
  const int step = 1;
  const T one = 1, zero = 0;
  if constexpr (std::is_same_v<T, float>)
    sgemv_(t, &m, &n, &one, matrix, &m, x, &step, &zero, y, &step);
  else
    dgemv_(t, &m, &n, &one, matrix, &m, x, &step, &zero, y, &step);
}

}  // namespace gradtape::core::kernels
