// Sparse Hessians and Jacobians from tapes.
#include "solve/sparse_source.hpp"

namespace gradtape::solving {

namespace {

// Unknowns up to which AUTO does not look for a pattern.
constexpr int64_t kFew = 64;

std::vector<int64_t> read_indices(gt_context ctx, gt_tensor t) {
  int64_t size = 0;
  size_t rank = 0;
  check(gt_tensor_shape(ctx, t, &size, 1, &rank));
  std::vector<int64_t> indices(static_cast<size_t>(size));
  check(gt_tensor_read(ctx, t, indices.data(), indices.size() * sizeof(int64_t)));
  return indices;
}

gt_status pending_error(gt_context ctx) {
  size_t needed = 0;
  return gt_take_error(ctx, nullptr, 0, &needed);
}

// Whether a sparse factorization can be cheaper. A Jacobian's is one of J'J, in which the entries of a row meet.
bool worthwhile(const Matrix& pattern, Derivative derivative) {
  const int64_t n = pattern.columns;
  int64_t filled = 0;
  for (size_t i = 0; i < static_cast<size_t>(pattern.rows); ++i) {
    const int64_t row = pattern.offsets[i + 1] - pattern.offsets[i];
    filled += derivative == Derivative::hessian ? row : row * row;
    if (filled > n * n / 4) return false;
  }
  return true;
}

}  // namespace

gt_tensor sparse_values(gt_context ctx, gt_tape tape, gt_tensor target, gt_tensor source, Derivative derivative,
                        int32_t linear_solver, Matrix& pattern) {
  if (linear_solver == GT_LINEAR_DENSE || (linear_solver == GT_LINEAR_AUTO && pattern.columns <= kFew)) return nullptr;
  gt_sparse_options options{};
  options.struct_size = sizeof options;
  options.dependence =
      GT_DEPENDENCE_CONSERVATIVE;  // inside of a body, indices that depend on the unknowns have no values
  const auto find = derivative == Derivative::hessian ? gt_tape_hessian_sparsity : gt_tape_jacobian_sparsity;
  const bool had_error = pending_error(ctx) != GT_OK;
  gt_sparsity sparsity = find(ctx, tape, target, &source, 1, &options);
  if (!sparsity && linear_solver == GT_LINEAR_AUTO && !had_error && pending_error(ctx) == GT_OUT_OF_MEMORY) {
    gt_take_error(ctx, nullptr, 0, nullptr);  // a pattern that has no room is not sparse
    return nullptr;
  }
  gt_sparsity_info info{};
  info.struct_size = sizeof info;
  check(gt_sparsity_describe(ctx, sparsity, &info));
  if (linear_solver == GT_LINEAR_AUTO && info.nonzeros / 4 > info.rows * info.columns / 16) return nullptr;
  gt_tensor offsets = nullptr, columns = nullptr, values = nullptr;
  check(gt_sparsity_pattern(ctx, sparsity, GT_CSR, &offsets, &columns));
  pattern.offsets = read_indices(ctx, offsets);
  pattern.column = read_indices(ctx, columns);
  if (linear_solver == GT_LINEAR_AUTO && !worthwhile(pattern, derivative)) {
    pattern.offsets.clear();
    pattern.column.clear();
    return nullptr;
  }
  check(gt_tape_sparse_values(ctx, tape, target, &source, 1, sparsity, &values));
  return values;
}

}  // namespace gradtape::solving
