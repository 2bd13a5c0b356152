// The vocabulary of ops on the matrices in the last two axes; leading axes are batches.
#pragma once

#include "ops/define.hpp"

namespace gradtape::core {

inline Shape batch_of(const Shape& s) { return Shape(std::span(s.begin(), s.rank() - 2)); }
inline Shape with_matrix(Shape batch, int64_t rows, int64_t columns) {
  batch.push_back(rows);
  batch.push_back(columns);
  return batch;
}
inline int64_t rows_of(const Shape& s) { return s[s.rank() - 2]; }
inline int64_t columns_of(const Shape& s) { return s[s.rank() - 1]; }

void need_matrices(const Inference& c, std::size_t input);
void need_square(const Inference& c, std::size_t input);

// All inputs with the leading axis: for kernels that take any batch.
Tensors batch_of_matrices(const BatchCall& b);
// The rule of ops by matrices and vectors with one batch, whose third input is the value.
Dependence links_of_sum(const LinkCall& c);

Tensor matrix_transpose(const Tensor& x);               // the last two axes swapped
Tensor lower_triangle(const Tensor& x, int64_t k = 0);  // 0 above diagonal k
Tensor upper_triangle(const Tensor& x);                 // 0 below the diagonal
Tensor symmetric_part(const Tensor& x);                 // (x + x^T) / 2
Tensor symmetric_input(const Call& c);                  // x, symmetrised or its lower triangle mirrored
Tensor on_diagonal(const Tensor& x);                    // [..., n] -> [..., n, n]
Tensor column(const Tensor& x);                         // [..., n] -> [..., n, 1]
Tensor row(const Tensor& x);                            // [..., n] -> [..., 1, n]
// 1 / x, and nan where x may be 0 but for rounding errors of values as large as `largest`.
Tensor inverse_or_nan(const Tensor& x, const Tensor& largest);
Tensor inverse_off_diagonal(const Tensor& x, const Tensor& largest);  // the same of matrices, with a diagonal of 0
// An upper triangle with nan on its diagonal where that is no more than rounding makes of 0: to divide by it gives nan.
Tensor of_full_rank(const Tensor& upper);
// 1 or -1 for each vector along the axis, which stays with size 1. Times it, the first entry of at least nine tenths of
// the largest magnitude is positive.
Tensor signs_of_vectors(const Tensor& x, std::size_t axis);
Tensor triangular_solve(const Tensor& a, const Tensor& b, bool lower, bool adjoint);

}  // namespace gradtape::core
