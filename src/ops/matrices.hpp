// What ops on the matrices in the last two axes share; leading axes are batches.
#pragma once

#include "ops/define.hpp"

namespace gradtape {

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
// Samples may lie along batch axes, not along those of the matrices.
int samples_of_matrices(const Call& c, std::span<const int> axes);

Tensor transposed(const Tensor& x);                     // the last two axes swapped
Tensor lower_triangle(const Tensor& x, int64_t k = 0);  // 0 above diagonal k
Tensor upper_triangle(const Tensor& x);                 // 0 below the diagonal
Tensor symmetric(const Tensor& x);                      // (x + x^T) / 2
Tensor symmetric_input(const Call& c);                  // x, symmetrised or its lower triangle mirrored
Tensor on_diagonal(const Tensor& x);                    // [..., n] -> [..., n, n]
Tensor column(const Tensor& x);                         // [..., n] -> [..., n, 1]
Tensor row(const Tensor& x);                            // [..., n] -> [..., 1, n]
Tensor inverse_or_zero(const Tensor& x);                // 1 / x, 0 where x is 0
Tensor triangular_solve(const Tensor& a, const Tensor& b, bool lower, bool adjoint);

}  // namespace gradtape
