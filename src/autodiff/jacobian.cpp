// Jacobians: the linear map from a symbolic cotangent (or tangent), built once, batched over a basis and evaluated in
// chunks that fit the memory budget.
#include "autodiff/jacobian.hpp"

#include <algorithm>

#include "autodiff/batch.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
constexpr uint64_t kDefaultBudget = uint64_t{256} << 20;

Shape concatenate(const Shape& a, const Shape& b) {
  Shape s = a;
  for (int64_t d : b) s.push_back(d);
  return s;
}

// Rows first..first+count of the identity of order n, each shaped as spec. Along `repeat` > 0 leading entries a row is
// the same.
Tensor basis(Recorder& r, const Spec& spec, int64_t n, int64_t first, int64_t count, int64_t repeat) {
  const Tensor hot = identity_rows(r, n, first, count, spec.dtype);
  if (repeat == 0) return reshape(hot, spec.shape.with_leading(count));
  const Tensor repeated = broadcast_to(insert_axes(hot, 1, 1), {count, repeat, n});
  return reshape(repeated, spec.shape.with_leading(count));
}

// Bytes that one row of the batched graph takes, roughly: all symbolic nodes, as recorded.
uint64_t bytes_per_row(std::span<const Tensor> outputs, const Tensor& placeholder) {
  uint64_t bytes = placeholder.bytes();
  const Path path = path_between(outputs, Tensors{placeholder}, is_symbolic_result);
  for (const Node* node : path.nodes)
    for (const Node::Output& out : node->outputs) bytes += bytes_of(out.spec);
  return bytes;
}

// One linear map: from a placeholder to results of known shapes, at most one of them empty.
class JacobianBuilder {
 public:
  JacobianBuilder(const Tape& tape, const JacobianOptions& options)
      : tape_(tape), r_(tape.recorder()), options_(options) {}

  // d target / d sources by cotangents: the basis of the target goes in, [target..., source...] comes out.
  Tensors by_reverse(const Tensor& target, std::span<const Source> sources, int64_t repeat) {
    const Spec& spec = target.spec();
    const int64_t n = repeat > 0 ? spec.shape.product(1, spec.shape.rank()) : spec.shape.elements();
    const auto pull = [&](const Tensor& ct) { return tape_.pull_back(Tensors{target}, Tensors{ct}, sources); };
    return over_basis(spec, n, repeat, pull);
  }
  // d target / d source by tangents: [source..., target...].
  Tensors by_forward(const Tensor& target, const Source& source, int64_t repeat) {
    const Spec& spec = source.tensor.spec();
    const int64_t n = repeat > 0 ? spec.shape.product(1, spec.shape.rank()) : spec.shape.elements();
    const auto push = [&](const Tensor& t) {
      return tape_.push_forward(Tensors{target}, std::span(&source, 1), Tensors{t});
    };
    return over_basis(spec, n, repeat, push);
  }

  void start(uint64_t total) {
    total_ = total;
    report();
  }

  // The graph of the symbolic map that was built last, for the check of its samples.
  Tensor placeholder;
  Tensors symbolic_results;

 private:
  using Map = std::function<Tensors(const Tensor&)>;

  // Each result: rows of the basis in front, then the result's own shape. Empty: not connected.
  Tensors over_basis(const Spec& spec, int64_t n, int64_t repeat, const Map& map) {
    placeholder = r_.placeholder(spec);
    if (!takes_placeholder(map)) return row_by_row(spec, n, repeat, map);
    if (std::ranges::none_of(symbolic_results, [](const Tensor& t) { return static_cast<bool>(t); }))
      return symbolic_results;
    return in_chunks(spec, n, repeat);
  }

  // False: a rule asked for the placeholder's value, whatever it made of the answer.
  bool takes_placeholder(const Map& map) {
    const Recorder::Attempt attempt(r_);
    try {
      symbolic_results = map(placeholder);
    } catch (const Error& e) {
      if (!attempt.asked() || e.code() == Status::cancelled) throw;
    }
    return !attempt.asked();
  }

  Tensors in_chunks(const Spec& spec, int64_t n, int64_t repeat) {
    const uint64_t budget = options_.memory_budget ? options_.memory_budget : kDefaultBudget;
    const int64_t fit = static_cast<int64_t>(
        std::min<uint64_t>(budget / std::max<uint64_t>(1, bytes_per_row(symbolic_results, placeholder)), INT32_MAX));
    const int64_t chunk = std::clamp<int64_t>(fit, 1, std::max<int64_t>(n, 1));
    std::vector<Tensors> parts(symbolic_results.size());
    for (int64_t first = 0; first < n || first == 0; first += chunk) {
      const int64_t count = std::min(chunk, n - first);
      const Tensor rows = basis(r_, spec, n, first, count, repeat);
      std::vector<Batched> batched = batch(symbolic_results, Tensors{placeholder}, Tensors{rows}, count);
      Tensors computed;
      for (std::size_t i = 0; i < batched.size(); ++i) {
        Batched& b = batched[i];
        if (!b.value) continue;
        if (!b.batched) b.value = broadcast_to(b.value, b.value.shape().with_leading(count));
        parts[i].push_back(b.value);
        computed.push_back(b.value);
      }
      if (chunk < n || options_.progress) evaluate(computed);
      done_ += count;
      report();
      if (n == 0) break;
    }
    Tensors results;
    for (const Tensors& part : parts) results.push_back(part.empty() ? Tensor() : concat(part, 0));
    return results;
  }

  // For a rule that asks for the values of its cotangent: one call a row.
  Tensors row_by_row(const Spec& spec, int64_t n, int64_t repeat, const Map& map) {
    r_.host().forget_symbolic_error();
    std::vector<Tensors> rows;
    Tensors results;
    for (int64_t k = 0; k < n; ++k) {
      const Selections of_row;  // each row lets go of what it was made of
      rows.push_back(map(select_row(basis(r_, spec, n, k, 1, repeat), 0)));
      if (options_.progress) evaluate(rows.back());
      ++done_;
      report();
    }
    symbolic_results = {};
    for (std::size_t i = 0; !rows.empty() && i < rows[0].size(); ++i) {
      Tensors column;
      for (const Tensors& row : rows) column.push_back(row[i]);
      const bool connected = std::ranges::any_of(column, [](const Tensor& t) { return static_cast<bool>(t); });
      if (connected)
        for (Tensor& t : column)
          if (!t) t = zeros_like(*std::ranges::find_if(column, [](const Tensor& c) { return static_cast<bool>(c); }));
      results.push_back(connected ? stack_rows(column) : Tensor());
    }
    return results;
  }

  // Inside a function that is being recorded there is nothing to compute yet.
  void evaluate(const Tensors& tensors) {
    Tensors computable;
    for (const Tensor& t : tensors)
      if (t && !t.node()->symbolic) computable.push_back(t);
    r_.host().evaluate(computable);
  }

  void report() {
    if (options_.progress && !options_.progress(done_, total_))
      fail(Status::cancelled, "the Jacobian was cancelled after {} of {} rows", done_, total_);
  }

  const Tape& tape_;
  Recorder& r_;
  const JacobianOptions& options_;
  uint64_t done_ = 0, total_ = 0;
};

// Rules that are known in reverse only may be non-linear or read values: automatic mode leaves them to reverse mode.
bool has_reverse_only_rule(const Path& path) {
  return std::ranges::any_of(path.nodes, [](const Node* node) {
    const auto* rules = std::get_if<Rules>(&node->op.derivative);
    return rules && !rules->forward;
  });
}

Tensor source_first_to_last(const Tensor& j, std::size_t source_rank) {
  Ints perm;
  for (std::size_t i = source_rank; i < j.rank(); ++i) perm.push_back(i);
  for (std::size_t i = 0; i < source_rank; ++i) perm.push_back(i);
  return transpose(j, perm);
}

// Throws, naming the op, if a sample of the target depends on another sample of the source.
void check_samples(const Tape& tape, const Tensor& target, const Tensors& sources, const Tensor& placeholder,
                   const Tensors& derivative) {
  const Node* mixer = nullptr;
  if (!derivative.empty() && !(mixer = where_samples_mix(derivative[0], placeholder, is_symbolic_result))) return;
  // The map mixes samples, or could not be built symbolically. The op the user recorded says more than one of its
  // derivative.
  for (const Tensor& source : sources)
    if (const Node* recorded = where_samples_mix(target, source, tape.passable())) {
      mixer = recorded;
      break;
    }
  if (!mixer) {
    if (derivative.empty()) return;
    fail(Status::failed_precondition,
         "gt_tape_batch_jacobian: the samples of the batch do not stay apart; GT_BATCH_SUM sums over the target's "
         "batch");
  }
  fail(Status::failed_precondition,
       "gt_tape_batch_jacobian: {} may mix the samples of the batch, so that the Jacobian has no blocks of its own for "
       "each; take gt_tape_jacobian, or GT_BATCH_SUM for the sum over the target's batch",
       name_with_composite(*mixer));
}
}  // namespace

Tensors jacobian(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                 const JacobianOptions& options) {
  Tensors results(sources.size());
  if (is_floating(target.dtype())) {
    int64_t inputs = 0;
    Tensors all;
    for (const Source& source : sources) {
      if (is_floating(source.tensor.dtype())) inputs += source.tensor.shape().elements();
      for (const Tensor& t : tape.tensors_of(source)) all.push_back(t);
    }
    const int64_t outputs = target.shape().elements();
    const bool cheaper_forward = inputs < outputs && !has_reverse_only_rule(tape.path(Tensors{target}, all));
    const bool by_forward = options.mode == Mode::forward || (options.mode == Mode::automatic && cheaper_forward);
    JacobianBuilder builder(tape, options);
    builder.start(by_forward ? inputs : outputs);
    const Shape& target_shape = target.shape();
    if (by_forward) {
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if (!is_floating(sources[i].tensor.dtype())) continue;
        const Tensors rows = builder.by_forward(target, sources[i], 0);
        if (rows.empty() || !rows[0]) continue;
        const Shape& s = sources[i].tensor.shape();
        results[i] = source_first_to_last(reshape(rows[0], concatenate(s, target_shape)), s.rank());
      }
    } else {
      const Tensors rows = builder.by_reverse(target, sources, 0);
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i]) results[i] = reshape(rows[i], concatenate(target_shape, sources[i].tensor.shape()));
    }
  }
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (!results[i] && options.zero_unconnected) {
      const Spec& s = sources[i].tensor.spec();
      results[i] = zeros(tape.recorder(), {s.dtype, concatenate(target.shape(), s.shape), s.weak});
    }
  return results;
}

Tensor batch_jacobian(const Tape& tape, const Tensor& target, const Source& source, const JacobianOptions& options) {
  const Shape &ys = target.shape(), &xs = source.tensor.shape();
  for (const auto& [name, shape] : {std::pair("target", &ys), std::pair("source", &xs)})
    if (shape->rank() < 2)
      invalid("gt_tape_batch_jacobian: {} must have at least 2 axes, [batch, ...], got {}", name, to_string(*shape));
  if (ys[0] != xs[0])
    invalid("gt_tape_batch_jacobian: target and source must have the same first size, the batch, got {} and {}",
            to_string(ys), to_string(xs));
  const int64_t batch_size = ys[0];
  const Shape y = ys.without_leading(), x = xs.without_leading();
  const Shape result_shape = concatenate(ys, x);
  const Spec result_spec{source.tensor.dtype(), result_shape, source.tensor.spec().weak};
  const auto unconnected = [&] { return options.zero_unconnected ? zeros(tape.recorder(), result_spec) : Tensor(); };
  if (!is_floating(target.dtype()) || !is_floating(source.tensor.dtype())) return unconnected();

  const Tensors sources = tape.tensors_of(source);
  const Path path = tape.path(Tensors{target}, sources);
  const bool cheaper_forward = x.elements() < y.elements() && !options.sum_over_batch && !has_reverse_only_rule(path);
  // TensorFlow's formula sums over the target's batch, which only reverse mode does.
  const bool by_forward = !options.sum_over_batch &&
                          (options.mode == Mode::forward || (options.mode == Mode::automatic && cheaper_forward));
  if (options.sum_over_batch && options.mode == Mode::forward)
    invalid(
        "gt_tape_batch_jacobian: GT_BATCH_SUM sums over the target's batch: it needs reverse mode, not "
        "GT_MODE_FORWARD");
  JacobianBuilder builder(tape, options);
  builder.start(by_forward ? x.elements() : y.elements());
  const auto nothing = [&] { return path.on_path(target) ? zeros(tape.recorder(), result_spec) : unconnected(); };
  if (batch_size == 0) return nothing();
  const Tensors rows = by_forward ? builder.by_forward(target, source, batch_size)
                                  : builder.by_reverse(target, std::span(&source, 1), batch_size);
  if (rows.empty() || !rows[0]) return y.elements() * x.elements() == 0 ? nothing() : unconnected();
  if (!options.sum_over_batch) check_samples(tape, target, sources, builder.placeholder, builder.symbolic_results);

  // [y, batch, x] or [x, batch, y], both as three axes.
  const Tensor three = reshape(
      rows[0], {by_forward ? x.elements() : y.elements(), batch_size, by_forward ? y.elements() : x.elements()});
  return reshape(transpose(three, by_forward ? Ints{1, 2, 0} : Ints{1, 0, 2}), result_shape);
}

}  // namespace gradtape::core
