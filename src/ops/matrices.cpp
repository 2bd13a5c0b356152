// The definitions of matrices.hpp.
#include "ops/matrices.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtape::core {

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

Tensors batch_of_matrices(const BatchCall& b) { return reapply_all(b.call, full_inputs(b)); }

Dependence links_of_sum(const LinkCall& c) { return c.input == 2 ? no_dependence() : within_matrices(c); }

Tensor matrix_transpose(const Tensor& x) {
  Ints perm = all_axes(x);
  std::swap(perm[x.rank() - 2], perm[x.rank() - 1]);
  return transpose(x, perm);
}
Tensor lower_triangle(const Tensor& x, int64_t k) { return op<"tril">(x, k); }
Tensor upper_triangle(const Tensor& x) { return op<"triu">(x, int64_t{0}); }
Tensor symmetric_part(const Tensor& x) { return 0.5 * (x + matrix_transpose(x)); }
Tensor symmetric_input(const Call& c) {
  if (c.flag("symmetrize_input")) return symmetric_part(c.in());
  return lower_triangle(c.in()) + matrix_transpose(lower_triangle(c.in(), -1));
}
Tensor on_diagonal(const Tensor& x) { return op<"diag">(x); }
Tensor column(const Tensor& x) { return insert_axes(x, x.rank(), 1); }
Tensor row(const Tensor& x) { return insert_axes(x, x.rank() - 1, 1); }

namespace {
// True where x may be 0 but for rounding: values of n vectors, the largest of magnitude `largest`, are right to about
// this.
Tensor is_rounding(const Tensor& x, const Tensor& largest) {
  const double digit =
      x.dtype() == Dtype::float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  const double n = static_cast<double>(x.shape()[x.rank() - 1]);
  return less_equal(abs(x), 4 * std::sqrt(n) * digit * largest);
}
Tensor nan_where(const Tensor& condition, const Tensor& x) {
  return where(condition, number_like(x, std::numeric_limits<double>::quiet_NaN()), x);
}
}  // namespace
Tensor inverse_or_nan(const Tensor& x, const Tensor& largest) { return 1.0 / nan_where(is_rounding(x, largest), x); }
Tensor inverse_off_diagonal(const Tensor& x, const Tensor& largest) {
  const Tensor ones = identity_matrices(x.recorder(), rows_of(x.shape()), {}, x.dtype());
  const Tensor diagonal = equal(ones, number_like(x, 1));
  return keep_where(logical_not(diagonal),
                    1.0 / where(diagonal, number_like(x, 1), nan_where(is_rounding(x, largest), x)));
}
Tensor of_full_rank(const Tensor& upper) {
  const Tensor diagonal = abs(stop_gradient(diag_part(upper)));
  const Tensor largest = reduce_max(diagonal, {-1}, true);
  return upper + on_diagonal(nan_where(is_rounding(diagonal, largest), zeros_like(diagonal)));
}
Tensor signs_of_vectors(const Tensor& x, std::size_t axis) {
  const auto at = static_cast<int64_t>(axis);
  const Tensor fixed = stop_gradient(x), size = abs(fixed);
  const Tensor large = greater_equal(size, 0.9 * reduce_max(size, {at}, true));
  const Tensor first = insert_axes(op<"argmax">(cast(large, Dtype::int32), at), axis, 1);
  return sign(op<"take_along_axis">(fixed, first, at));
}
Tensor triangular_solve(const Tensor& a, const Tensor& b, bool lower, bool adjoint) {
  return op<"triangular_solve">(a, b, lower, adjoint);
}

}  // namespace gradtape::core
