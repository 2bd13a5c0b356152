// Products of matrices, by blocks of registers over panels that fit the caches (Goto and van de Geijn, Anatomy of
// high-performance matrix multiplication, 2008). The order in which an element is added up depends on k alone, not
// on m, n, the workers, or the operands' layout.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gradtape::core::kernels {

// A matrix by rows, `step` elements apart; read transposed where asked.
template <class T>
struct Operand {
  const T* data;
  int64_t step;
  bool transposed = false;

  Operand from(int64_t row, int64_t column) const {
    return {data + (transposed ? column * step + row : row * step + column), step, transposed};
  }
};

// out[m, n] = a[m, k] b[k, n], or that added to it. out's rows are `step` elements apart.
template <class T>
struct Product {
  int64_t m, n, k;
  Operand<T> a, b;
  T* out;
  int64_t step;
  bool add = false;

  Product part(int64_t row, int64_t rows, int64_t column, int64_t columns) const {
    return {rows, columns, k, a.from(row, 0), b.from(0, column), out + row * step + column, step, add};
  }
};

// Told of all rows of a product, some at a time, as they are complete.
struct RowsDone {
  int64_t grain;  // the rows start at a multiple of it
  void* state;
  void (*call)(void* state, int64_t first, int64_t rows);
};

template <class T>
struct GemmKernels {
  int tile_rows, tile_columns;  // of a block of registers: shares of a product are best multiples of it
  // Elements of memory that a product of these sizes needs, or a smaller one. grain: of its RowsDone, or 1.
  std::size_t (*workspace)(int64_t m, int64_t n, int64_t k, int64_t grain);
  // workspace: aligned to 64 bytes. done: may be null.
  void (*multiply)(const Product<T>& product, T* workspace, const RowsDone* done);
};

template <class T>
const GemmKernels<T>& gemm_kernels();  // for this machine

template <class T>
std::size_t gemm_workspace(int64_t m, int64_t n, int64_t k, int64_t grain = 1) {
  return gemm_kernels<T>().workspace(m, n, k, grain);
}
template <class T>
void gemm(const Product<T>& product, T* workspace, const RowsDone* done = nullptr) {
  gemm_kernels<T>().multiply(product, workspace, done);
}

}  // namespace gradtape::core::kernels
