// Sparsities: the patterns of sparse Jacobians and Hessians, and products with matrices that have them.
#pragma once

#include <tuple>

#include "context.hpp"

namespace gradtape {

/// How a pattern is found, and the values at it. See gt_sparse_options.
struct SparseOptions {
  std::int32_t method = GT_SPARSE_AUTO;
  std::int32_t mode = GT_MODE_AUTO;
  std::int32_t triangle = GT_TRIANGLE_FULL;
  std::int32_t dependence = GT_DEPENDENCE_EXACT;
  std::uint64_t memory_budget = 0;
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;  ///< false: stop, with GT_CANCELLED
};

/// Sizes of a pattern, and the way to its values. See gt_sparsity_info.
struct SparsityInfo {
  std::int64_t rows, columns, nonzeros;
  std::int64_t links;
  std::int32_t method;
  bool symmetric;
  std::int64_t forward_colours, reverse_colours, peeled;
  double seconds;
};

/// The entries of a matrix that may be other than 0. It never changes, and copies share it. Values are a Tensor
/// [nonzeros], row by row. Tapes make sparsities: Tape::jacobian_sparsity, Tape::hessian_sparsity.
class Sparsity {
 public:
  /// A pattern of one's own in compressed rows. flags: GT_SPARSITY_SYMMETRIC, GT_SPARSITY_TRUSTED. See gt_sparsity_create.
  Sparsity(const Context& ctx, std::int64_t rows, std::int64_t columns, const Ints& row_offsets,
           const Ints& column_indices, std::int32_t flags = 0)
      : Sparsity(ctx.get(), create(ctx.get(), rows, columns, row_offsets, column_indices, flags)) {}
  Sparsity(gt_context ctx, gt_sparsity handle)
      : shared_(std::make_shared<Shared>(ctx, handle)) {}  ///< takes over a handle

  gt_sparsity get() const noexcept { return shared_->handle; }

  SparsityInfo info() const {
    gt_sparsity_info i{};
    i.struct_size = sizeof i;
    detail::check(context(), gt_sparsity_describe(context(), get(), &i));
    return {i.rows,           i.columns,         i.nonzeros,        i.links,  i.method,
            i.symmetric == 1, i.forward_colours, i.reverse_colours, i.peeled, i.seconds};
  }
  /// auto [offsets, columns] = s.pattern(); auto [rows, columns] = s.pattern(GT_COO). See gt_sparsity_pattern.
  std::pair<Ints, Ints> pattern(std::int32_t format = GT_CSR) const {
    const auto [first, second] = pattern_tensors(format);
    return {first.template to_vector<std::int64_t>(), second.template to_vector<std::int64_t>()};
  }
  std::pair<Tensor, Tensor> pattern_tensors(std::int32_t format = GT_CSR) const {
    gt_tensor first = nullptr, second = nullptr;
    detail::check(context(), gt_sparsity_pattern(context(), get(), format, &first, &second));
    return {Tensor(context(), first), Tensor(context(), second)};
  }

  /// The product with x, [columns] or [columns, k]; that of the transposed matrix takes [rows] or [rows, k].
  Tensor matvec(const Tensor& values, const Tensor& x, bool transpose = false) const {
    gt_tensor y = nullptr;
    detail::check(context(), gt_sparse_matvec(context(), get(), values.get(), x.get(), transpose, &y));
    return Tensor(context(), y);
  }
  /// [rows, columns], with zeros between the entries.
  Tensor to_dense(const Tensor& values) const {
    gt_tensor matrix = nullptr;
    detail::check(context(), gt_sparse_to_dense(context(), get(), values.get(), &matrix));
    return Tensor(context(), matrix);
  }

 private:
  friend class Tape;
  using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;
  struct Shared {
    Shared(gt_context c, gt_sparsity h) : ctx(c), handle(h) {}
    ~Shared() {
      if (handle) gt_release(ctx, handle);
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    gt_context ctx;
    gt_sparsity handle;
    Progress progress;  // called as long as the handle lives
  };

  // find(options) makes the handle.
  template <class Find>
  Sparsity(gt_context ctx, const SparseOptions& given, Find&& find) : Sparsity(ctx, nullptr) {
    shared_->progress = given.progress;
    gt_sparse_options o{};
    o.struct_size = sizeof o;
    o.method = given.method;
    o.mode = given.mode;
    o.triangle = given.triangle;
    o.dependence = given.dependence;
    o.memory_budget = given.memory_budget;
    if (given.progress) {
      o.progress = [](void* f, std::uint64_t done, std::uint64_t total) -> std::int32_t {
        return detail::stops([&] { return !(*static_cast<const Progress*>(f))(done, total); });
      };
      o.progress_data = &shared_->progress;
    }
    shared_->handle = detail::made(ctx, find(o));
  }
  static gt_sparsity create(gt_context ctx, std::int64_t rows, std::int64_t columns, const Ints& row_offsets,
                            const Ints& column_indices, std::int32_t flags) {
    if (rows < 0 || row_offsets.size() != static_cast<std::size_t>(rows) + 1)
      throw Error(GT_INVALID_ARGUMENT, "Sparsity: " + std::to_string(rows) + " rows have rows + 1 offsets, got " +
                                           std::to_string(row_offsets.size()));
    if (row_offsets.back() != static_cast<std::int64_t>(column_indices.size()))
      throw Error(GT_INVALID_ARGUMENT, "Sparsity: the last offset is the number of columns given, got " +
                                           std::to_string(row_offsets.back()) + " and " +
                                           std::to_string(column_indices.size()));
    return detail::made(ctx, gt_sparsity_create(ctx, rows, columns, row_offsets.data(), column_indices.data(), flags));
  }
  gt_context context() const noexcept { return shared_->ctx; }

  std::shared_ptr<Shared> shared_;
};

/// A matrix: the entries that may be other than 0, and their values.
struct SparseMatrix {
  Sparsity sparsity;
  Tensor values;

  Tensor matvec(const Tensor& x, bool transpose = false) const { return sparsity.matvec(values, x, transpose); }
  Tensor to_dense() const { return sparsity.to_dense(values); }
};

}  // namespace gradtape
