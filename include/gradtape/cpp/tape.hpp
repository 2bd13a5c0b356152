// Tapes: recording, and the derivatives taken of what was recorded.
#pragma once

#include "function.hpp"
#include "operators.hpp"
#include "sparse.hpp"

namespace gradtape {

struct JacobianOptions {
  bool zero_unconnected = false;
  std::int32_t mode = GT_MODE_AUTO;
  std::uint64_t memory_budget = 0;
  std::int32_t batch_dependence = GT_BATCH_INDEPENDENT;
  std::function<bool(std::uint64_t done, std::uint64_t total)> progress;  ///< false: stop, with GT_CANCELLED

  gt_jacobian_options c() const {
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.unconnected = zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL;
    o.mode = mode;
    o.memory_budget = memory_budget;
    o.batch_dependence = batch_dependence;
    if (progress) {
      o.progress = [](void* f, std::uint64_t done, std::uint64_t total) -> std::int32_t {
        const auto& go_on = *static_cast<const std::function<bool(std::uint64_t, std::uint64_t)>*>(f);
        return detail::stops([&] { return !go_on(done, total); });
      };
      o.progress_data = const_cast<void*>(static_cast<const void*>(&progress));
    }
    return o;
  }
};

/// How gt_tape_check tests derivative rules. See gt_check_options.
struct CheckOptions {
  std::uint32_t compare = 0;
  std::uint64_t seed = 0;
  double tolerance = 0;
};

namespace detail {
// Names of tensors: what stands in braces is a list instead.
template <class... T>
inline constexpr bool are_tensors = (std::is_convertible_v<const T&, const Tensor&> && ...);
}  // namespace detail

/// Records from its construction on. See gt_tape_begin. Moved-from it may only be destroyed or assigned to.
class Tape {
 public:
  explicit Tape(const Context& ctx, std::uint32_t flags = 0) : Tape(ctx.get(), flags) {}
  explicit Tape(gt_context ctx, std::uint32_t flags = 0)
      : ctx_(ctx), handle_(detail::made(ctx, gt_tape_begin(ctx, flags))) {}
  ~Tape() {
    if (handle_) gt_release(ctx_, handle_);
  }
  Tape(Tape&& other) noexcept : ctx_(other.ctx_), handle_(std::exchange(other.handle_, nullptr)) {}
  Tape& operator=(Tape&& other) noexcept {
    std::swap(ctx_, other.ctx_);
    std::swap(handle_, other.handle_);
    return *this;
  }

  gt_tape get() const noexcept { return handle_; }
  template <class... Tensors>
  void watch(const Tensor& t, const Tensors&... more) {
    detail::check(ctx_, gt_tape_watch(ctx_, handle_, t.get()));
    (detail::check(ctx_, gt_tape_watch(ctx_, handle_, static_cast<const Tensor&>(more).get())), ...);
  }
  void watch(const std::vector<Tensor>& all) {
    for (const Tensor& t : all) watch(t);
  }
  void end() { detail::check(ctx_, gt_tape_end(ctx_, handle_)); }
  void reset() { detail::check(ctx_, gt_tape_reset(ctx_, handle_)); }
  void stop_recording() { detail::check(ctx_, gt_tape_stop_recording(ctx_, handle_)); }
  void resume_recording() { detail::check(ctx_, gt_tape_resume_recording(ctx_, handle_)); }

  /// Pauses the tape for the length of a block.
  class Pause {
   public:
    explicit Pause(Tape& tape) : tape_(tape) { tape_.stop_recording(); }
    ~Pause() {
      if (gt_tape_resume_recording(tape_.ctx_, tape_.handle_) != GT_OK) gt_take_error(tape_.ctx_, nullptr, 0, nullptr);
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Tape& tape_;
  };

  /// Gradients of the sum of the targets; an empty Tensor where a source is not connected.
  std::vector<Tensor> gradient(const std::vector<Tensor>& targets, const std::vector<Tensor>& sources,
                               const std::vector<Tensor>& output_gradients = {}, bool zero_unconnected = false) {
    const auto to = detail::handles(targets), by = detail::handles(sources),
               weights = detail::handles(output_gradients);
    if (!weights.empty() && weights.size() != to.size())
      throw Error(GT_INVALID_ARGUMENT, "gradient: " + std::to_string(to.size()) + " targets and " +
                                           std::to_string(weights.size()) + " output gradients");
    std::vector<gt_tensor> out(by.size());
    detail::check(ctx_, gt_tape_gradient(ctx_, handle_, to.data(), to.size(), by.data(), by.size(),
                                         weights.empty() ? nullptr : weights.data(),
                                         zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  Tensor gradient(const Tensor& target, const Tensor& source) {
    return gradient(std::vector<Tensor>{target}, std::vector<Tensor>{source})[0];
  }
  std::vector<Tensor> gradient(const Tensor& target, const std::vector<Tensor>& sources) {
    return gradient(std::vector<Tensor>{target}, sources);
  }
  template <class V, std::enable_if_t<std::is_same_v<V, Variable>, int> = 0>
  std::vector<Tensor> gradient(const Tensor& target, const std::vector<V>& sources) {
    return gradient(target, std::vector<Tensor>(sources.begin(), sources.end()));
  }
  template <std::size_t N>
  std::array<Tensor, N> gradient(const Tensor& target, const std::array<Tensor, N>& sources) {
    std::vector<Tensor> all = gradient(target, std::vector<Tensor>(sources.begin(), sources.end()));
    std::array<Tensor, N> result;
    std::move(all.begin(), all.end(), result.begin());
    return result;
  }
  /// auto [gx, gy] = tape.gradient(z, x, y);
  template <class X, class Y, class... More, std::enable_if_t<detail::are_tensors<X, Y, More...>, int> = 0>
  std::array<Tensor, sizeof...(More) + 2> gradient(const Tensor& target, const X& x, const Y& y, const More&... more) {
    return gradient(target, std::array<Tensor, sizeof...(More) + 2>{x, y, more...});
  }

  std::vector<Tensor> jvp(const std::vector<Tensor>& targets, const std::vector<Tensor>& sources,
                          const std::vector<Tensor>& tangents, bool zero_unconnected = false) {
    const auto to = detail::handles(targets), by = detail::handles(sources), along = detail::handles(tangents);
    if (along.size() != by.size())
      throw Error(GT_INVALID_ARGUMENT,
                  "jvp: " + std::to_string(by.size()) + " sources and " + std::to_string(along.size()) + " tangents");
    std::vector<gt_tensor> out(to.size());
    detail::check(ctx_, gt_tape_jvp(ctx_, handle_, to.data(), to.size(), by.data(), by.size(), along.data(),
                                    zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  template <class T, std::enable_if_t<detail::are_tensors<T>, int> = 0>
  Tensor jvp(const T& target, const Tensor& source, const Tensor& tangent) {
    return jvp(std::vector<Tensor>{target}, std::vector<Tensor>{source}, std::vector<Tensor>{tangent})[0];
  }
  /// The derivative at the values that the tensors have, as a Function: tangents of the sources in, those of the targets
  /// out. Transposed: cotangents of the targets in, those of the sources out. See gt_tape_linearize.
  Function linearize(const std::vector<Tensor>& targets, const std::vector<Tensor>& sources, bool transposed = false) {
    const auto to = detail::handles(targets), by = detail::handles(sources);
    gt_function map = nullptr;
    detail::check(ctx_, gt_tape_linearize(ctx_, handle_, to.data(), to.size(), by.data(), by.size(), transposed, &map));
    std::vector<Spec> inputs;
    for (const Tensor& t : transposed ? targets : sources) inputs.push_back({t.dtype(), t.shape()});
    return Function(ctx_, map, std::move(inputs));
  }
  Function linearize(const Tensor& target, const Tensor& source, bool transposed = false) {
    return linearize(std::vector<Tensor>{target}, std::vector<Tensor>{source}, transposed);
  }
  std::vector<Tensor> jacobian(const Tensor& target, const std::vector<Tensor>& sources,
                               const JacobianOptions& options = {}) {
    const auto by = detail::handles(sources);
    std::vector<gt_tensor> out(by.size());
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_jacobian(ctx_, handle_, target.get(), by.data(), by.size(), &o, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  Tensor jacobian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    return jacobian(target, std::vector<Tensor>{source}, options)[0];
  }
  Tensor batch_jacobian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    gt_tensor out = nullptr;
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_batch_jacobian(ctx_, handle_, target.get(), source.get(), &o, &out));
    return Tensor(ctx_, out);
  }
  /// Rows of the Jacobians in chunks that fit the budget: take(first, rows), with [count, source...] for each source.
  template <class F>
  void jacobian_rows(const Tensor& target, const std::vector<Tensor>& sources, F&& take,
                     const JacobianOptions& options = {}) {
    const auto by = detail::handles(sources);
    const gt_jacobian_options o = options.c();
    const auto call = [](gt_context ctx, void* f, std::int64_t first, std::int64_t, const gt_tensor* rows,
                         std::size_t n) {
      return detail::protect(
          ctx, [&] { (*static_cast<std::remove_reference_t<F>*>(f))(first, detail::borrow(ctx, rows, n)); });
    };
    detail::check(ctx_, gt_tape_jacobian_rows(ctx_, handle_, target.get(), by.data(), by.size(), &o, call,
                                              const_cast<void*>(static_cast<const void*>(&take))));
  }

  /// The Hessian of the sum of the target times vectors, one for each source. See gt_tape_hvp.
  std::vector<Tensor> hvp(const Tensor& target, const std::vector<Tensor>& sources, const std::vector<Tensor>& vectors,
                          bool zero_unconnected = false) {
    const auto by = detail::handles(sources), along = detail::handles(vectors);
    if (along.size() != by.size())
      throw Error(GT_INVALID_ARGUMENT,
                  "hvp: " + std::to_string(by.size()) + " sources and " + std::to_string(along.size()) + " vectors");
    std::vector<gt_tensor> out(by.size());
    detail::check(ctx_, gt_tape_hvp(ctx_, handle_, target.get(), by.data(), by.size(), along.data(),
                                    zero_unconnected ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  Tensor hvp(const Tensor& target, const Tensor& source, const Tensor& vector) {
    return hvp(target, std::vector<Tensor>{source}, std::vector<Tensor>{vector})[0];
  }
  /// Blocks h[i][j] of second derivatives by sources i and j. See gt_tape_hessian.
  std::vector<std::vector<Tensor>> hessian(const Tensor& target, const std::vector<Tensor>& sources,
                                           const JacobianOptions& options = {}) {
    const auto by = detail::handles(sources);
    const std::size_t n = by.size();
    std::vector<gt_tensor> out(n * n);
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_hessian(ctx_, handle_, target.get(), by.data(), n, &o, out.data()));
    const std::vector<Tensor> all = detail::wrap_all(ctx_, out.data(), out.size());
    std::vector<std::vector<Tensor>> blocks;
    for (std::size_t i = 0; i < n; ++i) blocks.emplace_back(all.begin() + i * n, all.begin() + (i + 1) * n);
    return blocks;
  }
  Tensor hessian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    return hessian(target, std::vector<Tensor>{source}, options)[0][0];
  }
  /// The diagonals of the blocks h[i][i], of the sources' shapes.
  std::vector<Tensor> hessian_diagonal(const Tensor& target, const std::vector<Tensor>& sources,
                                       const JacobianOptions& options = {}) {
    const auto by = detail::handles(sources);
    std::vector<gt_tensor> out(by.size());
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_hessian_diagonal(ctx_, handle_, target.get(), by.data(), by.size(), &o, out.data()));
    return detail::wrap_all(ctx_, out.data(), out.size());
  }
  Tensor hessian_diagonal(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    return hessian_diagonal(target, std::vector<Tensor>{source}, options)[0];
  }
  /// The Hessian of each sample: [b, x..., x...] of a target [b, ...] by source [b, x...].
  Tensor batch_hessian(const Tensor& target, const Tensor& source, const JacobianOptions& options = {}) {
    gt_tensor out = nullptr;
    const gt_jacobian_options o = options.c();
    detail::check(ctx_, gt_tape_batch_hessian(ctx_, handle_, target.get(), source.get(), &o, &out));
    return Tensor(ctx_, out);
  }

  /// The pattern of a Jacobian: a row for each element of the target, a column for each of the sources, one source after
  /// the other. The tape stays as it was. See gt_tape_jacobian_sparsity.
  Sparsity jacobian_sparsity(const Tensor& target, const std::vector<Tensor>& sources,
                             const SparseOptions& options = {}) const {
    return found_by(gt_tape_jacobian_sparsity, target, sources, options);
  }
  Sparsity jacobian_sparsity(const Tensor& target, const Tensor& source, const SparseOptions& options = {}) const {
    return jacobian_sparsity(target, std::vector<Tensor>{source}, options);
  }
  /// The same of the Hessian of the sum of the target. See gt_tape_hessian_sparsity.
  Sparsity hessian_sparsity(const Tensor& target, const std::vector<Tensor>& sources,
                            const SparseOptions& options = {}) const {
    return found_by(gt_tape_hessian_sparsity, target, sources, options);
  }
  Sparsity hessian_sparsity(const Tensor& target, const Tensor& source, const SparseOptions& options = {}) const {
    return hessian_sparsity(target, std::vector<Tensor>{source}, options);
  }
  /// The values at the entries, [nonzeros]: of the Jacobian, or with a symmetric sparsity of the Hessian. See
  /// gt_tape_sparse_values.
  Tensor sparse_values(const Tensor& target, const std::vector<Tensor>& sources, const Sparsity& sparsity) {
    const auto by = detail::handles(sources);
    gt_tensor out = nullptr;
    detail::check(ctx_, gt_tape_sparse_values(ctx_, handle_, target.get(), by.data(), by.size(), sparsity.get(), &out));
    return Tensor(ctx_, out);
  }
  Tensor sparse_values(const Tensor& target, const Tensor& source, const Sparsity& sparsity) {
    return sparse_values(target, std::vector<Tensor>{source}, sparsity);
  }

  /// Why the gradient of the target by the source is there, is zero or is not there. See gt_tape_explain.
  std::string explain(const Tensor& target, const Tensor& source) const {
    return detail::text_of(ctx_, [&](char* text, std::size_t capacity, std::size_t* needed) {
      return gt_tape_explain(ctx_, handle_, target.get(), source.get(), text, capacity, needed);
    });
  }
  /// Tests the rules of the ops between the sources and the target, and returns the report. Throws where a rule is
  /// wrong: the message names the op, and the report follows it. See gt_tape_check.
  std::string check(const Tensor& target, const std::vector<Tensor>& sources, const CheckOptions& options = {}) const {
    const auto by = detail::handles(sources);
    gt_check_options o{};
    o.struct_size = sizeof o;
    o.compare = options.compare;
    o.seed = options.seed;
    o.tolerance = options.tolerance;
    std::string report;
    gt_status status = detail::read_text(report, [&](char* text, std::size_t capacity, std::size_t* needed) {
      return gt_tape_check(ctx_, handle_, target.get(), by.data(), by.size(), &o, text, capacity, needed);
    });
    if (status == GT_FAILED_PRECONDITION && !report.empty()) {
      detail::forget_thrown();
      const std::string message = detail::take_message(ctx_, status);
      throw Error(status, message + "\n" + report);
    }
    detail::check(ctx_, status);
    return report;
  }
  std::string check(const Tensor& target, const Tensor& source, const CheckOptions& options = {}) const {
    return check(target, std::vector<Tensor>{source}, options);
  }
  /// The variables that the tape has met, in that order.
  std::vector<Variable> watched_variables() const {
    std::size_t n = 0;
    detail::check(ctx_, gt_tape_watched_variables(ctx_, handle_, nullptr, 0, &n));
    std::vector<gt_tensor> out(n);
    detail::check(ctx_, gt_tape_watched_variables(ctx_, handle_, out.data(), n, &n));
    std::vector<Variable> variables;
    variables.reserve(n);
    for (gt_tensor v : out) variables.push_back(Variable(ctx_, v));
    return variables;
  }

 private:
  template <class Find>
  Sparsity found_by(Find find, const Tensor& target, const std::vector<Tensor>& sources,
                    const SparseOptions& options) const {
    const auto by = detail::handles(sources);
    return Sparsity(ctx_, options, [&](const gt_sparse_options& o) {
      return find(ctx_, handle_, target.get(), by.data(), by.size(), &o);
    });
  }

  gt_context ctx_;
  gt_tape handle_;
};

}  // namespace gradtape
