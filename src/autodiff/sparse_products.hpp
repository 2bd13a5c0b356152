// A sparse matrix of a sparsity and values: its products and its dense form, recorded as ops on the values.
#pragma once

#include "autodiff/sparsity.hpp"

namespace gradtape::core {

// A sparsity, with its pattern as tensors of one recorder.
class SparseMatrix {
 public:
  SparseMatrix(Recorder& recorder, SparsityPtr sparsity) : recorder_(recorder), sparsity_(std::move(sparsity)) {}
  const Sparsity& sparsity() const { return *sparsity_; }
  const Pattern& pattern() const { return sparsity_->pattern; }

  // int64 tensors, made when they are first asked for. rows and columns: of each entry, row by row.
  Tensor row_offsets();
  Tensor rows();
  Tensor columns();
  // The same of the transposed matrix: what columns begin with, and the rows of the entries, column by column.
  Tensor column_offsets();
  Tensor rows_by_column();

  // The product of the matrix, or its transpose, with x, [n] or [n, k].
  Tensor times(const Tensor& values, const Tensor& x, bool transpose);
  // [rows, columns], 0 between the entries.
  Tensor to_dense(const Tensor& values);

 private:
  void check_values(const char* function, const Tensor& values) const;
  Tensor integers(std::size_t n, const std::function<void(int64_t*)>& fill) const;

  Recorder& recorder_;
  SparsityPtr sparsity_;
  Tensor row_offsets_, rows_, columns_, places_;
};

}  // namespace gradtape::core
