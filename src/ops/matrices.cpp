#include "ops/matrices.hpp"

#include <algorithm>

namespace gradtape {

void need_matrices(const Inference& c, std::size_t i) {
  if (c.rank(i) < 2)
    invalid("{}: {} must have at least 2 axes, got shape {}", c.name(), c.op().inputs[i].name, to_string(c.shape(i)));
}
void need_square(const Inference& c, std::size_t i) {
  need_matrices(c, i);
  if (rows_of(c.shape(i)) != columns_of(c.shape(i)))
    invalid("{}: {} must be square in its last two axes, got shape {}", c.name(), c.op().inputs[i].name,
            to_string(c.shape(i)));
}

Tensors batch_of_matrices(const BatchCall& b) {
  Tensors full;
  for (std::size_t i = 0; i < b.in.size(); ++i) full.push_back(b.full(i));
  return reapply_all(b.call, full);
}

int samples_of_matrices(const Call& c, std::span<const int> axes) {
  int common = kNoSamples;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] == kNoSamples) continue;
    if (axes[i] >= static_cast<int>(c.in(i).rank()) - 2 || (common != kNoSamples && axes[i] != common)) return kMixed;
    common = axes[i];
  }
  return common;
}

Tensor transposed(const Tensor& x) {
  Ints perm = all_axes(x);
  std::swap(perm[x.rank() - 2], perm[x.rank() - 1]);
  return transpose(x, perm);
}
Tensor lower_triangle(const Tensor& x, int64_t k) {
  static const Op& tril = Registry::instance().builtin("tril");
  return apply1(tril, {x}, {k});
}
Tensor upper_triangle(const Tensor& x) {
  static const Op& triu = Registry::instance().builtin("triu");
  return apply1(triu, {x}, {int64_t{0}});
}
Tensor symmetric(const Tensor& x) { return 0.5 * (x + transposed(x)); }
Tensor symmetric_input(const Call& c) {
  if (c.flag("symmetrize_input")) return symmetric(c.in());
  return lower_triangle(c.in()) + transposed(lower_triangle(c.in(), -1));
}
Tensor on_diagonal(const Tensor& x) {
  static const Op& diag = Registry::instance().builtin("diag");
  return apply1(diag, {x});
}
Tensor column(const Tensor& x) { return insert_axes(x, x.rank(), 1); }
Tensor row(const Tensor& x) { return insert_axes(x, x.rank() - 1, 1); }
Tensor inverse_or_zero(const Tensor& x) { return divide_no_nan(ones(x.recorder(), x.spec()), x); }
Tensor triangular_solve(const Tensor& a, const Tensor& b, bool lower, bool adjoint) {
  static const Op& op = Registry::instance().builtin("triangular_solve");
  return apply1(op, {a, b}, {lower, adjoint});
}

}  // namespace gradtape
