// BLAS for matrices by rows. It counts by columns and sees the transposes: out^T = op(b)^T op(a)^T.
#pragma once

#include <cstdint>
#include <type_traits>

extern "C" {
void sgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const float* alpha,
            const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c,
            const int* ldc);
void dgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const double* alpha,
            const double* a, const int* lda, const double* b, const int* ldb, const double* beta, double* c,
            const int* ldc);
void sgemv_(const char* t, const int* m, const int* n, const float* alpha, const float* a, const int* lda,
            const float* x, const int* incx, const float* beta, float* y, const int* incy);
void dgemv_(const char* t, const int* m, const int* n, const double* alpha, const double* a, const int* lda,
            const double* x, const int* incx, const double* beta, double* y, const int* incy);
}

namespace gradtape::kernels {

// A matrix by rows, `step` elements apart; read transposed where asked.
template <class T>
struct Operand {
  const T* data;
  int64_t step;
  bool transposed = false;
};

// out[m, n] = a[m, k] b[k, n] + add * out, its rows ldc apart. The sizes fit ints.
template <class T>
void gemm(int64_t m, int64_t n, int64_t k, const Operand<T>& a, const Operand<T>& b, T* out, int64_t ldc, T add = 0) {
  const char *tb = b.transposed ? "T" : "N", *ta = a.transposed ? "T" : "N";
  const auto columns = static_cast<int>(n), rows = static_cast<int>(m), inner = static_cast<int>(k);
  const auto ldb = static_cast<int>(b.step), lda = static_cast<int>(a.step), ldout = static_cast<int>(ldc);
  const T one = 1;
  if constexpr (std::is_same_v<T, float>)
    sgemm_(tb, ta, &columns, &rows, &inner, &one, b.data, &ldb, a.data, &lda, &add, out, &ldout);
  else
    dgemm_(tb, ta, &columns, &rows, &inner, &one, b.data, &ldb, a.data, &lda, &add, out, &ldout);
}

// y = matrix [rows, columns] times x, or its transpose times x.
template <class T>
void gemv(bool transposed, int64_t rows, int64_t columns, const T* matrix, const T* x, T* y) {
  const char* t = transposed ? "N" : "T";
  const auto m = static_cast<int>(columns), n = static_cast<int>(rows);
  const int step = 1;
  const T one = 1, zero = 0;
  if constexpr (std::is_same_v<T, float>)
    sgemv_(t, &m, &n, &one, matrix, &m, x, &step, &zero, y, &step);
  else
    dgemv_(t, &m, &n, &one, matrix, &m, x, &step, &zero, y, &step);
}

}  // namespace gradtape::kernels
