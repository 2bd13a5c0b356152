// Products of small matrices, where packing and blocks would cost more than the product.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

// Element (i, l) lies at data[i * row + l * column].
template <class T>
struct Matrix {
  const T* data;
  int64_t row, column;
};

// out[m, n] = a b, row-major, by blocks of registers without packing; b's rows should be dense (column 1), or small
// enough to be copied.
void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<float>& a, const Matrix<float>& b, float* out);
void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<double>& a, const Matrix<double>& b, double* out);

}  // namespace gradtape::core::kernels
