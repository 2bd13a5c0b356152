// Products of sparse matrices and their dense form: gathers, products, and sums in the order of the entries.
#include "autodiff/sparse_products.hpp"

#include <algorithm>
#include <numeric>

#include "autodiff/jacobian.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

Tensor SparseMatrix::integers(std::size_t n, const std::function<void(int64_t*)>& fill) const {
  const BufferPtr memory = recorder_.allocate(n * sizeof(int64_t), "a sparsity's pattern");
  fill(static_cast<int64_t*>(memory->data()));
  return recorder_.constant({Dtype::int64, {static_cast<int64_t>(n)}, false}, memory);
}

Tensor SparseMatrix::row_offsets() {
  const std::vector<int64_t>& offsets = pattern().offsets;
  if (!row_offsets_) row_offsets_ = integers(offsets.size(), [&](int64_t* out) { std::ranges::copy(offsets, out); });
  return row_offsets_;
}
Tensor SparseMatrix::rows() {
  const Pattern& p = pattern();
  if (!rows_)
    rows_ = integers(p.indices.size(), [&](int64_t* out) {
      for (int64_t i = 0; i < p.rows; ++i) out = std::fill_n(out, p.offsets[i + 1] - p.offsets[i], i);
    });
  return rows_;
}
Tensor SparseMatrix::columns() {
  const std::vector<int32_t>& indices = pattern().indices;
  if (!columns_) columns_ = integers(indices.size(), [&](int64_t* out) { std::ranges::copy(indices, out); });
  return columns_;
}
Tensor SparseMatrix::column_offsets() {
  const Pattern& p = pattern();
  return integers(static_cast<std::size_t>(p.columns) + 1, [&](int64_t* out) {
    std::fill_n(out, p.columns + 1, 0);
    for (const int32_t column : p.indices) ++out[column + 1];
    std::partial_sum(out, out + p.columns + 1, out);
  });
}
Tensor SparseMatrix::rows_by_column() {
  const Pattern t = transposed(pattern());
  return integers(t.indices.size(), [&](int64_t* out) { std::ranges::copy(t.indices, out); });
}

void SparseMatrix::check_values(const char* function, const Tensor& values) const {
  const int64_t n = pattern().nonzeros();
  if (!is_floating(values.dtype()) || !(values.shape() == Shape{n}))
    invalid("{}: values must be floating point numbers [{}], one for each entry of the sparsity, got {}", function, n,
            to_string(values.spec()));
}

Tensor SparseMatrix::times(const Tensor& values, const Tensor& x, bool transpose) {
  constexpr const char* function = "gt_sparse_matvec";
  check_values(function, values);
  const Pattern& p = pattern();
  const int64_t inner = transpose ? p.rows : p.columns, outer = transpose ? p.columns : p.rows;
  const Shape& given = x.shape();
  if (given.rank() < 1 || given.rank() > 2 || given[0] != inner)
    invalid("{}: x must be [{}] or [{}, k] for a product with the {}matrix [{}, {}], got {}", function, inner, inner,
            transpose ? "transposed " : "", p.rows, p.columns, to_string(x.spec()));
  if (x.dtype() != values.dtype() && !x.spec().weak && !values.spec().weak)
    invalid("{}: values and x must have one dtype, got {} and {}", function, to_string(values.spec()),
            to_string(x.spec()));
  const bool matrix = given.rank() == 2;
  const Tensor factors = matrix ? reshape(values, {p.nonzeros(), 1}) : values;
  const Tensor terms = factors * gather(x, transpose ? rows() : columns(), 0, 0);
  return scatter_add(transpose ? columns() : rows(), terms, matrix ? Shape{outer, given[1]} : Shape{outer}, 0, 0);
}

Tensor SparseMatrix::to_dense(const Tensor& values) {
  constexpr const char* function = "gt_sparse_to_dense";
  check_values(function, values);
  const Pattern& p = pattern();
  const Shape matrix{p.rows, p.columns};
  check_result(recorder_, function, {values.dtype(), matrix, false}, "gt_sparse_matvec gives products with it");
  if (!places_)
    places_ = integers(p.indices.size(), [&](int64_t* out) {
      for (int64_t i = 0; i < p.rows; ++i)
        for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) *out++ = i * p.columns + p.indices[at];
    });
  return reshape(scatter_add(places_, values, {p.rows * p.columns}, 0, 0), matrix);
}

}  // namespace gradtape::core
