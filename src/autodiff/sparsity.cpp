// Patterns and values of sparse Jacobians and Hessians.
#include "autodiff/sparsity.hpp"

#include <numeric>

#include "autodiff/hessian.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
int64_t elements_of(std::span<const Source> sources) {
  int64_t n = 0;
  for (const Source& s : sources) n += s.tensor.shape().elements();
  return n;
}
Pattern all_entries(int64_t rows, int64_t columns) {
  Pattern p{rows, columns, {}, {}};
  for (int64_t i = 0; i <= rows; ++i) p.offsets.push_back(i * columns);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) p.indices.push_back(static_cast<int32_t>(j));
  return p;
}
}  // namespace

SparsityPtr jacobian_sparsity(const Tape&, const Tensor& target, std::span<const Source> sources,
                              const SparseOptions& options) {
  auto s = std::make_shared<Sparsity>();
  s->kind = Sparsity::Kind::jacobian;
  s->pattern = all_entries(target.shape().elements(), elements_of(sources));
  s->options = options;
  return s;
}

SparsityPtr hessian_sparsity(Tape&, const Tensor&, std::span<const Source> sources, const SparseOptions& options) {
  auto s = std::make_shared<Sparsity>();
  s->kind = Sparsity::Kind::hessian;
  s->symmetric = true;
  s->pattern = all_entries(elements_of(sources), elements_of(sources));
  s->options = options;
  return s;
}

SparsityPtr given_sparsity(Pattern pattern, bool symmetric, const SparseOptions& options) {
  auto s = std::make_shared<Sparsity>();
  s->symmetric = symmetric;
  s->pattern = std::move(pattern);
  s->options = options;
  return s;
}

Tensor sparse_values(Tape& tape, const Tensor& target, std::span<const Source> sources, const Sparsity& sparsity) {
  const Pattern& p = sparsity.pattern;
  JacobianOptions options;
  options.zero_unconnected = true;
  const std::size_t n = sources.size();
  Tensors rows;
  if (sparsity.symmetric) {
    const Tensors blocks = hessian(tape, target, sources, options);
    for (std::size_t i = 0; i < n; ++i) {
      Tensors row;
      for (std::size_t j = 0; j < n; ++j)
        row.push_back(
            reshape(blocks[i * n + j], {sources[i].tensor.shape().elements(), sources[j].tensor.shape().elements()}));
      rows.push_back(concat(row, 1));
    }
  } else {
    Tensors row;
    const Tensors blocks = jacobian(tape, target, sources, options);
    for (std::size_t j = 0; j < n; ++j)
      row.push_back(reshape(blocks[j], {p.rows, sources[j].tensor.shape().elements()}));
    rows.push_back(concat(row, 1));
  }
  std::vector<int64_t> places;
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) places.push_back(i * p.columns + p.indices[at]);
  return gather(reshape(concat(rows, 0), {p.rows * p.columns}), constant_ints(tape.recorder(), places), 0, 0);
}

}  // namespace gradtape::core
