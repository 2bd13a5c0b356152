#include <cstdint>
#include <limits>

#include "kernels/kernels.hpp"
#include "kernels/scalar_math.hpp"

extern "C" {
void sgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const float* alpha,
            const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c,
            const int* ldc);
void dgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const double* alpha,
            const double* a, const int* lda, const double* b, const int* ldb, const double* beta, double* c,
            const int* ldc);
}

namespace gradtape::kernels {

namespace {
void gemm(const char* ta, const char* tb, int m, int n, int k, const float* a, int lda, const float* b, int ldb,
          float* c) {
  const float one = 1, zero = 0;
  sgemm_(ta, tb, &m, &n, &k, &one, a, &lda, b, &ldb, &zero, c, &m);
}
void gemm(const char* ta, const char* tb, int m, int n, int k, const double* a, int lda, const double* b, int ldb,
          double* c) {
  const double one = 1, zero = 0;
  dgemm_(ta, tb, &m, &n, &k, &one, a, &lda, b, &ldb, &zero, c, &m);
}

constexpr int64_t kSmall = 512;  // multiply-adds below which a call of BLAS costs more than the product

// out[m, n] = op(a) op(b) for row-major matrices.
template <class T>
void product(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const T* a, const T* b, T* out) {
  constexpr bool has_blas = std::is_floating_point_v<T>;
  constexpr int64_t most = std::numeric_limits<int>::max();
  if (has_blas && m * n * k > kSmall && m <= most && n <= most && k <= most) {
    if constexpr (has_blas) {
      // BLAS counts by columns: it computes out^T = op(b)^T op(a)^T.
      gemm(tb ? "T" : "N", ta ? "T" : "N", static_cast<int>(n), static_cast<int>(m), static_cast<int>(k), b,
           static_cast<int>(std::max<int64_t>(1, tb ? k : n)), a, static_cast<int>(std::max<int64_t>(1, ta ? m : k)),
           out);
    }
    return;
  }
  const int64_t a_row = ta ? 1 : k, a_step = ta ? m : 1, b_row = tb ? 1 : n, b_step = tb ? k : 1;
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      T sum = T(0);
      for (int64_t l = 0; l < k; ++l)
        sum = wrap_add(sum, wrap_multiply(a[i * a_row + l * a_step], b[l * b_row + j * b_step]));
      out[i * n + j] = sum;
    }
}

// The linear index of a broadcast batch entry.
int64_t batch_offset(int64_t entry, const Shape& out, const Shape::Dims& strides, std::size_t batch_rank) {
  int64_t offset = 0;
  for (std::size_t i = batch_rank; i-- > 0; entry /= out[i]) offset += entry % out[i] * strides[i];
  return offset;
}

template <class T>
void matmul_typed(const KernelCall& c) {
  const bool ta = c.flag("transpose_a"), tb = c.flag("transpose_b");
  const Shape &a = *c.in[0].shape, &b = *c.in[1].shape, &out = *c.out[0].shape;
  const std::size_t batch_rank = out.rank() - 2;
  int64_t m = out[out.rank() - 2];
  const int64_t n = out[out.rank() - 1], k = a[a.rank() - (ta ? 2 : 1)];
  const T *x = c.in[0].as<T>(), *y = c.in[1].as<T>();
  T* z = c.out[0].as<T>();
  if (b.rank() == 2 && !ta) {  // the batch of a is only more rows
    m *= out.product(0, batch_rank);
    product(ta, tb, m, n, k, x, y, z);
    return;
  }
  const Shape a_batch(std::span(a.begin(), a.rank() - 2)), b_batch(std::span(b.begin(), b.rank() - 2)),
      batch(std::span(out.begin(), batch_rank));
  const Shape::Dims a_strides = broadcast_strides(a_batch, batch), b_strides = broadcast_strides(b_batch, batch);
  const int64_t entries = batch.elements();
  for (int64_t e = 0; e < entries; ++e)
    product(ta, tb, m, n, k, x + batch_offset(e, batch, a_strides, batch_rank) * m * k,
            y + batch_offset(e, batch, b_strides, batch_rank) * k * n, z + e * m * n);
}
}  // namespace

void matmul(const KernelCall& c) {
  dispatch(c.in[0].dtype, [&](auto type) { matmul_typed<typename decltype(type)::type>(c); });
}

}  // namespace gradtape::kernels
