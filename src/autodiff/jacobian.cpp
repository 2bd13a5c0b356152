// Jacobians by rows or by columns, whichever take less time, or as a product through a bottleneck.
#include "autodiff/jacobian.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "autodiff/batch.hpp"
#include "autodiff/cost.hpp"
#include "autodiff/dense_by_links.hpp"
#include "autodiff/dependence.hpp"
#include "autodiff/values.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

Shape concatenate(const Shape& a, const Shape& b) {
  Shape s = a;
  for (int64_t d : b) s.push_back(d);
  return s;
}

void check_result(Recorder& recorder, const char* function, const Spec& spec, const char* way_out) {
  check_bytes(function, spec.shape, size_of(spec.dtype));
  if (recorder.is_tracing()) return;  // a plan may do without it
  const uint64_t bytes = bytes_of(spec), limit = recorder.memory().most();
  if (bytes > limit)
    fail(Status::out_of_memory, "{}: the result {} takes {} bytes, of at most {} that there are; {}", function,
         to_string(spec), bytes, limit, way_out);
}

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

namespace {
// The map from a cotangent of the target to those of all sources.
BasisMap reverse_map(const Tape& tape, const Tensor& target, std::span<const Source> sources, int64_t repeat = 0) {
  return {tape.recorder(), target.spec(), repeat,
          [&tape, target, sources](const Tensor& ct) { return tape.pull_back(Tensors{target}, Tensors{ct}, sources); }};
}
// The map from a tangent of the source to that of the target.
BasisMap forward_map(const Tape& tape, const Tensor& target, const Source& source, int64_t repeat = 0) {
  return {tape.recorder(), source.tensor.spec(), repeat, [&tape, target, &source](const Tensor& tangent) {
            return tape.push_forward(Tensors{target}, std::span(&source, 1), Tensors{tangent});
          }};
}

// Computes the values.
bool are_finite(const Tensors& tensors) {
  tensors[0].recorder().host().evaluate(tensors);
  return std::ranges::all_of(tensors, [](const Tensor& t) { return extent_of(t).finite() == t.shape().elements(); });
}

// The same as a bool[].
Tensor all_finite(const Tensors& tensors) {
  Tensor all;
  for (const Tensor& t : tensors) {
    const Tensor finite = op<"reduce_all">(is_finite(t), all_axes(t), false);
    all = all ? logical_and(all, finite) : finite;
  }
  return all;
}

// The Jacobians of one target, and the way to them.
class Jacobians {
 public:
  Jacobians(const Tape& tape, const Tensor& target, std::span<const Source> sources, Mode mode, bool may_cut = true)
      : tape_(tape), target_(target), sources_(sources) {
    if (mode != Mode::reverse) choose(mode, may_cut);
    if (forward_.empty() && !before_) reverse_.emplace(reverse_map(tape_, target_, sources_));
  }

  // False: the target is known not to depend on the source.
  bool may_connect(std::size_t source) const {
    if (before_) return before_->may_connect(source) && behind_->may_connect(0);
    if (reverse_) return !reverse_->is_symbolic() || reverse_->results()[source];
    const std::optional<BasisMap>& map = forward_[source];
    return map && (!map->is_symbolic() || map->results()[0]);
  }

  uint64_t rows() const {
    if (before_) return before_->rows() + behind_->rows();
    uint64_t n = reverse_ ? static_cast<uint64_t>(reverse_->rows()) : 0;
    for (const std::optional<BasisMap>& map : forward_) n += map ? static_cast<uint64_t>(map->rows()) : 0;
    return n;
  }
  JacobianWay way() const {
    return {before_ ? "two Jacobians, cut at a bottleneck" : reverse_ ? "reverse mode" : "forward mode", rows()};
  }
  // [target..., source...] each.
  Tensors compute(uint64_t budget, Progress& progress) const {
    if (before_) return product(budget, progress);
    return reverse_ ? by_rows(budget, progress) : by_columns(budget, progress);
  }

 private:
  void choose(Mode mode, bool may_cut) {
    if (mode == Mode::forward) return take_forward();
    const Tensors all = tape_.tensors_of(sources_);
    const Path path = tape_.path(Tensors{target_}, all);
    const int64_t inputs = columns(path);
    // Some samples may have finite factors and others not: the rows of a batch would be taken one by one.
    if (may_cut && !tape_.recorder().is_sampling() && cut(path, all, inputs)) return;
    if (has_reverse_only_rule(path)) return;
    const int64_t outputs = target_.shape().elements();
    const double each = cost_of(path.nodes);
    constexpr double kWorthLooking = 1e6;  // ns
    const bool close = inputs < 8 * outputs && outputs < 8 * inputs;
    if (!close || each * static_cast<double>(std::min(inputs, outputs)) < kWorthLooking) {
      if (inputs < outputs) take_forward();
      return;
    }
    take_forward();
    reverse_.emplace(reverse_map(tape_, target_, sources_));
    double forward = 0;
    for (const std::optional<BasisMap>& map : forward_)
      if (map) forward += cost_of_rows(*map);
    if (forward < cost_of_rows(*reverse_))
      reverse_.reset();
    else
      forward_.clear();
  }
  // The elements of the sources that the path reads.
  int64_t columns(const Path& path) const {
    auto read = inputs_of(path);
    read.insert(target_);
    int64_t n = 0;
    for (const Source& source : sources_) {
      const auto is_read = [&](const Tensor& t) { return read.contains(t); };
      if (is_floating(source.tensor.dtype()) && std::ranges::any_of(tape_.tensors_of(source), is_read))
        n += source.tensor.shape().elements();
    }
    return n;
  }
  // A map that asks for values is called once for each row, whatever that takes.
  static double cost_of_rows(const BasisMap& map) {
    if (!map.is_symbolic()) return std::numeric_limits<double>::infinity();
    return static_cast<double>(map.rows()) * cost_of(map.path().nodes);
  }
  bool cut(const Path& path, const Tensors& all, int64_t inputs) {
    const Tensor bottleneck = narrowest_cut(path, target_, all, inputs);
    if (!bottleneck) return false;
    cut_ = {bottleneck, nullptr};
    before_ = std::make_unique<Jacobians>(tape_, bottleneck, sources_, Mode::automatic);
    behind_ = std::make_unique<Jacobians>(tape_, target_, std::span(&cut_, 1), Mode::automatic);
    return true;
  }
  void take_forward() {
    for (const Source& source : sources_) {
      forward_.emplace_back();
      if (is_floating(source.tensor.dtype())) forward_.back().emplace(forward_map(tape_, target_, source));
    }
  }

  Tensors by_rows(uint64_t budget, Progress& progress) const {
    Tensors results = reverse_->all({}, budget, progress);
    results.resize(sources_.size());
    for (std::size_t i = 0; i < results.size(); ++i)
      if (results[i]) results[i] = reshape(results[i], concatenate(target_.shape(), sources_[i].tensor.shape()));
    return results;
  }
  // Columns [source, target...] become [target..., source], or [target..., source...] where all are there.
  Tensors by_columns(uint64_t budget, Progress& progress) const {
    Tensors results;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      results.push_back({});
      if (!forward_[i]) continue;
      const Shape& source = sources_[i].tensor.shape();
      const auto turned = [&](const Tensor& columns) {
        if (columns.shape()[0] < source.elements()) return source_first_to_last(columns, 1);
        return source_first_to_last(reshape(columns, concatenate(source, target_.shape())), source.rank());
      };
      const Tensors columns = forward_[i]->all({turned, target_.rank()}, budget, progress);
      if (!columns.empty() && columns[0]) results[i] = reshape(columns[0], concatenate(target_.shape(), source));
    }
    return results;
  }
  // A zero that means "not selected" wins over an infinity where derivatives are carried on, and not in a product of
  // matrices. A factor that is not finite is no factor.
  Tensors product(uint64_t budget, Progress& progress) const {
    const Tensor left = behind_->compute(budget, progress)[0];
    Tensors factors = before_->compute(budget, progress);
    if (!left) std::ranges::fill(factors, Tensor());
    std::vector<std::size_t> connected;
    Tensors involved{left};
    for (std::size_t i = 0; i < factors.size(); ++i)
      if (factors[i]) connected.push_back(i), involved.push_back(factors[i]);
    if (connected.empty()) return factors;

    const auto multiplied = [&] {
      Tensors results;
      for (std::size_t i : connected) results.push_back(multiply_factors(left, factors[i], sources_[i].tensor.shape()));
      return results;
    };
    const auto whole = [&] {
      const Jacobians uncut(tape_, target_, sources_, Mode::automatic, false);
      progress.extend(uncut.rows());
      const Tensors all = uncut.compute(budget, progress);
      Tensors results;
      for (std::size_t i : connected) {
        const Shape shape = concatenate(target_.shape(), sources_[i].tensor.shape());
        results.push_back(all[i] ? all[i] : zeros(tape_.recorder(), {target_.dtype(), shape, false}));
      }
      return results;
    };
    // Values that are not there yet, or that a tape is to see through, choose when they are computed.
    Recorder& r = tape_.recorder();
    const bool later = r.is_tracing() || r.has_active();
    const Tensors results = later                  ? r.host().choose(all_finite(involved), multiplied, whole)
                            : are_finite(involved) ? multiplied()
                                                   : whole();
    for (std::size_t k = 0; k < connected.size(); ++k) factors[connected[k]] = results[k];
    return factors;
  }
  Tensor multiply_factors(const Tensor& left, const Tensor& right, const Shape& source) const {
    const int64_t outputs = target_.shape().elements(), width = cut_.tensor.shape().elements();
    const Tensor product = matmul(reshape(left, {outputs, width}), reshape(right, {width, source.elements()}));
    return reshape(product, concatenate(target_.shape(), source));
  }

  const Tape& tape_;
  Tensor target_;
  std::span<const Source> sources_;
  std::optional<BasisMap> reverse_;
  std::vector<std::optional<BasisMap>> forward_;  // by source; empty: an integer source
  // A cut: the Jacobians are those of it times that by it.
  Source cut_;
  std::unique_ptr<Jacobians> before_, behind_;
};

// Throws, naming the op, if a sample of the target depends on another sample of the source. The recorded ops may show that
// none does where those of the derivative do not. The derivative of a root solves one linear system for all samples, say.
void check_samples(const Tape& tape, const BatchNames& names, const Tensor& target, const Tensors& sources,
                   const BasisMap& map) {
  if (map.is_symbolic() && !where_samples_mix(map.results()[0], map.vector(), is_symbolic_result)) return;
  const Node* mixer = nullptr;
  for (const Tensor& source : sources)
    if ((mixer = where_samples_mix(target, source, tape.passable()))) break;
  if (!mixer) return;
  fail(Status::failed_precondition,
       "{}: {} may mix the samples of the batch, so that the {} has no blocks of its own for each; take {}, or "
       "GT_BATCH_SUM for the sum over the target's batch",
       names.function, name_with_composite(*mixer), names.result, names.whole);
}
}  // namespace

JacobianWay automatic_way(const Tape& tape, const Tensor& target, std::span<const Source> sources) {
  return Jacobians(tape, target, sources, Mode::automatic).way();
}

Tensors jacobian(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                 const JacobianOptions& options) {
  constexpr const char* function = "gt_tape_jacobian";
  constexpr const char* kJacobianWaysOut =
      "gt_tape_sparse_values gives its entries other than 0, gt_tape_jacobian_rows gives it row by row, gt_tape_hvp, "
      "gt_tape_gradient and gt_tape_jvp give products with it";
  const auto spec_of = [&](const Source& source) -> Spec {
    const Spec& s = source.tensor.spec();
    return {s.dtype, concatenate(target.shape(), s.shape), s.weak};
  };
  Tensors results(sources.size());
  const bool may_choose = options.mode == Mode::automatic && sources.size() == 1 && !options.progress;
  if (const auto sparse = may_choose ? dense_by_links(tape, target, sources[0], false) : std::nullopt) {
    check_result(tape.recorder(), function, spec_of(sources[0]), kJacobianWaysOut);
    results[0] = *sparse;
  } else if (is_floating(target.dtype())) {
    const Jacobians jacobians(tape, target, sources, options.mode);
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (jacobians.may_connect(i)) check_result(tape.recorder(), function, spec_of(sources[i]), kJacobianWaysOut);
    Progress progress(options.progress, function);
    progress.start(jacobians.rows());
    results = jacobians.compute(options.memory_budget, progress);
  }
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (!results[i] && options.zero_unconnected) results[i] = zeros(tape.recorder(), spec_of(sources[i]));
  return results;
}

void jacobian_rows(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                   const JacobianOptions& options, const BasisMap::Use& use) {
  constexpr const char* function = "gt_tape_jacobian_rows";
  if (options.mode == Mode::forward)
    invalid("{}: rows come by reverse mode; options.mode must be GT_MODE_AUTO or GT_MODE_REVERSE, got GT_MODE_FORWARD",
            function);
  Recorder& r = tape.recorder();
  if (r.is_tracing())
    fail(Status::failed_precondition,
         "{}: rows are computed at once, and a function that is being recorded has no values yet; gt_tape_jacobian can "
         "be part of a function's body",
         function);
  const auto with_zeros = [&](int64_t first, int64_t count, const Tensors& rows) {
    Tensors given = rows;
    given.resize(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const Spec& s = sources[i].tensor.spec();
      if (!given[i] && options.zero_unconnected) given[i] = zeros(r, {s.dtype, s.shape.with_leading(count), s.weak});
    }
    use(first, count, given);
  };
  uint64_t zeros_of_row = 0;  // bytes, at the most
  for (const Source& source : sources) zeros_of_row += options.zero_unconnected ? source.tensor.bytes() : 0;
  Progress progress(options.progress, function);
  progress.start(static_cast<uint64_t>(target.shape().elements()));
  const BasisMap map = is_floating(target.dtype())
                           ? reverse_map(tape, target, sources)
                           : BasisMap(r, target.spec(), 0, [&](const Tensor&) { return Tensors(sources.size()); });
  map.in_chunks(options.memory_budget, zeros_of_row, progress, with_zeros);
}

Tensor batch_jacobian(const Tape& tape, const Tensor& target, const Source& source, const JacobianOptions& options,
                      const BatchNames& names) {
  const char* function = names.function;
  const Shape &ys = target.shape(), &xs = source.tensor.shape();
  for (const auto& [name, shape] : {std::pair("target", &ys), std::pair("source", &xs)})
    if (shape->rank() < names.least_rank)
      invalid("{}: {} must have at least {} axes, [batch, ...], got {}", function, name, names.least_rank,
              to_string(*shape));
  if (ys[0] != xs[0])
    invalid("{}: target and source must have the same first size, the batch, got {} and {}", function, to_string(ys),
            to_string(xs));
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
    invalid("{}: GT_BATCH_SUM sums over the target's batch: it needs reverse mode, not GT_MODE_FORWARD", function);
  Progress progress(options.progress, function);
  progress.start(static_cast<uint64_t>(by_forward ? x.elements() : y.elements()));
  const auto nothing = [&] { return path.on_path(target) ? zeros(tape.recorder(), result_spec) : unconnected(); };
  if (batch_size == 0) return nothing();
  const BasisMap map = by_forward ? forward_map(tape, target, source, batch_size)
                                  : reverse_map(tape, target, std::span(&source, 1), batch_size);
  // [y, batch, x] or [x, batch, y], as three axes, becomes [batch, y, x].
  const auto arranged = [&](const Tensor& rows) {
    const int64_t count = rows.shape()[0];
    const Tensor three = reshape(rows, {count, batch_size, by_forward ? y.elements() : x.elements()});
    return transpose(three, by_forward ? Ints{1, 2, 0} : Ints{1, 0, 2});
  };
  if (map.is_symbolic() && !map.results()[0]) return unconnected();
  if (!options.sum_over_batch) check_samples(tape, names, target, sources, map);
  const Tensors blocks = map.all({arranged, by_forward ? 2U : 1U}, options.memory_budget, progress);
  if (blocks.empty() || !blocks[0]) return y.elements() * x.elements() == 0 ? nothing() : unconnected();
  return reshape(blocks[0], result_shape);
}

}  // namespace gradtape::core
