// Second derivatives: a gradient is recorded on its own tape, and differentiated along it.
#include "autodiff/hessian.hpp"

#include <algorithm>
#include <optional>

#include "autodiff/batch.hpp"
#include "autodiff/dense_by_links.hpp"
#include "autodiff/dependence.hpp"
#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
using Maps = std::vector<std::optional<BasisMap>>;  // by source; empty: its gradient is not connected

Spec block_spec(const Source& a, const Source& b) {
  const Spec& s = a.tensor.spec();
  return {s.dtype, concatenate(s.shape, b.tensor.shape()), s.weak};
}

// A rule that is known in reverse only may have no tangent: its gradient is then differentiated in reverse mode too.
bool has_reverse_only_rule(const Tape& tape, const Tensors& gradients, std::span<const Source> sources) {
  return has_reverse_only_rule(tape.path(gradients, tape.tensors_of(sources)));
}

// Symmetric matrices, n by n behind `batch` leading axes, of which rounding made the triangles differ. They are [...,
// x..., x...] in t. Memory that nobody else knows is changed in place.
Tensor symmetric(const Tensor& t, std::size_t batch, int64_t n) {
  Shape matrices(std::span(t.shape().begin(), batch));
  matrices.push_back(n);
  matrices.push_back(n);
  const bool is_ours = &t.node()->op == &constant_op() && t.node()->references() == 1 && t.value().use_count() == 1;
  const Tensor m = reshape(t, matrices), mirrored = op<"mirror_lower">(m);
  if (!is_ours) return reshape(mirrored, t.shape());
  t.recorder().host().evaluate_into(Tensors{mirrored}, std::vector{Place{t.value(), 0}});
  return t;
}

// Row i of blocks, from the diagonal on. The Hessian is symmetric: a tangent of source i gives the same rows as a
// cotangent of gradient i.
BasisMap block_row(const Tape& tape, const Tensors& gradients, std::span<const Source> sources, std::size_t i,
                   Mode mode) {
  const Spec& spec = sources[i].tensor.spec();
  const std::span<const Source> rest = sources.subspan(i);
  if (mode != Mode::forward)
    return {tape.recorder(), spec, 0, [&tape, gradient = gradients[i], rest](const Tensor& ct) {
              return tape.pull_back(Tensors{gradient}, Tensors{ct}, rest);
            }};
  Tensors targets;
  for (std::size_t k = i; k < sources.size(); ++k) targets.push_back(gradients[k]);
  return {tape.recorder(), spec, 0, [&tape, targets, rest](const Tensor& tangent) {
            Tensors connected, results;
            for (const Tensor& t : targets)
              if (t) connected.push_back(t);
            const Tensors tangents = tape.push_forward(connected, rest.first(1), Tensors{tangent});
            for (std::size_t k = 0, next = 0; k < targets.size(); ++k)
              results.push_back(targets[k] ? tangents[next++] : Tensor());
            return results;
          }};
}

// If all maps are symbolic, nothing asks for the gradient's nodes any more.
void forget_if_symbolic(Tape::Gradient& gradient, const Maps& maps) {
  if (std::ranges::all_of(maps, [](const std::optional<BasisMap>& m) { return !m || m->is_symbolic(); }))
    gradient.forget();
}
uint64_t rows_of(const Maps& maps) {
  uint64_t n = 0;
  for (const std::optional<BasisMap>& m : maps) n += m ? static_cast<uint64_t>(m->rows()) : 0;
  return n;
}
}  // namespace

Tensors hvp(Tape& tape, const Tensor& target, std::span<const Source> sources, std::span<const Tensor> vectors,
            bool zero_unconnected) {
  Tensors directions, gradients, along, products(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i)
    directions.push_back(vectors[i] ? fit_direction("gt_tape_hvp: vector", i, vectors[i], sources[i].tensor.spec())
                                    : Tensor());
  if (is_floating(target.dtype())) {
    const Tape::Gradient gradient(tape, "gt_tape_hvp", target, sources);
    std::vector<std::size_t> connected;
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (const Tensor& g = gradient.by_source()[i]) gradients.push_back(g), connected.push_back(i);
    if (has_reverse_only_rule(tape, gradients, sources)) {
      Tensors targets;
      for (std::size_t k = 0; k < connected.size(); ++k)
        if (const Tensor& v = directions[connected[k]]) targets.push_back(gradients[k]), along.push_back(v);
      products = tape.pull_back(targets, along, sources);
    } else {
      const Tensors tangents = tape.push_forward(gradients, sources, directions);
      for (std::size_t k = 0; k < connected.size(); ++k) products[connected[k]] = tangents[k];
    }
  }
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (!products[i] && zero_unconnected) products[i] = zeros_like(sources[i].tensor);
  return products;
}

Tensors hessian(Tape& tape, const Tensor& target, std::span<const Source> sources, const JacobianOptions& options) {
  constexpr const char* function = "gt_tape_hessian";
  constexpr const char* kHessianWaysOut =
      "gt_tape_sparse_values gives its entries other than 0, gt_tape_hvp products with it, gt_tape_hessian_diagonal its "
      "diagonal";
  Recorder& r = tape.recorder();
  const std::size_t n = sources.size();
  Tensors blocks(n * n);
  if (is_floating(target.dtype())) {
    Tape::Gradient gradient(tape, function, target, sources);
    const Tensor only = n == 1 ? gradient.by_source()[0] : Tensor();
    const bool may_choose = options.mode == Mode::automatic && only && !options.progress;
    if (may_choose)
      if (const auto sparse = dense_by_links(tape, only, sources[0], true)) {
        check_result(r, function, block_spec(sources[0], sources[0]), kHessianWaysOut);
        return {*sparse};
      }
    Maps maps(n);
    for (std::size_t i = 0; i < n; ++i)
      if (gradient.by_source()[i]) maps[i].emplace(block_row(tape, gradient.by_source(), sources, i, options.mode));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i; j < n && maps[i]; ++j)
        if (!maps[i]->is_symbolic() || maps[i]->results()[j - i])
          check_result(r, function, block_spec(sources[i], sources[j]), kHessianWaysOut);
    forget_if_symbolic(gradient, maps);
    Progress progress(options.progress, function);
    progress.start(rows_of(maps));
    for (std::size_t i = 0; i < n; ++i) {
      if (!maps[i]) continue;
      const Tensors rows = maps[i]->all({}, options.memory_budget, progress);
      const Shape& own = sources[i].tensor.shape();
      for (std::size_t k = 0; k < rows.size(); ++k) {
        if (!rows[k]) continue;
        const std::size_t j = i + k;
        const Tensor block = k == 0 ? symmetric(rows[k], 0, own.elements()) : rows[k];
        blocks[i * n + j] = reshape(block, block_spec(sources[i], sources[j]).shape);
        if (k > 0) blocks[j * n + i] = source_first_to_last(blocks[i * n + j], own.rank());
      }
    }
  }
  for (std::size_t k = 0; k < n * n && options.zero_unconnected; ++k)
    if (!blocks[k]) blocks[k] = zeros(r, block_spec(sources[k / n], sources[k % n]));
  return blocks;
}

namespace {
// v times H v: the diagonal's entries where a unit vector v is 1, else 0.
BasisMap::Map on_diagonal(const Tape& tape, const Tensor& gradient, const Source& source) {
  return [&tape, gradient, &source](const Tensor& v) {
    Tensors products = tape.pull_back(Tensors{gradient}, Tensors{v}, std::span(&source, 1));
    if (products[0]) products[0] = multiply_no_nan(products[0], v);
    return products;
  };
}
bool samples_stay_apart(const BasisMap& map) {
  return map.is_symbolic() && map.results()[0] &&
         !where_samples_mix(map.results()[0], map.vector(), is_symbolic_result);
}
}  // namespace

Tensors hessian_diagonal(Tape& tape, const Tensor& target, std::span<const Source> sources,
                         const JacobianOptions& options) {
  constexpr const char* function = "gt_tape_hessian_diagonal";
  Tensors diagonals(sources.size());
  if (is_floating(target.dtype())) {
    Tape::Gradient gradient(tape, function, target, sources);
    Maps maps(sources.size());
    std::vector<bool> apart(sources.size(), false);  // a unit vector of each sample at once
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const Tensor& g = gradient.by_source()[i];
      if (!g) continue;
      const auto map = [&](int64_t repeat) {
        maps[i].emplace(tape.recorder(), g.spec(), repeat, on_diagonal(tape, g, sources[i]));
      };
      map(0);
      apart[i] = g.rank() > 0 && g.shape()[0] > 1 && samples_stay_apart(*maps[i]);
      if (apart[i]) map(g.shape()[0]);
    }
    forget_if_symbolic(gradient, maps);
    Progress progress(options.progress, function);
    progress.start(rows_of(maps));
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (!maps[i]) continue;
      const Shape& shape = sources[i].tensor.shape();
      const auto of_rows = [&](const Tensor& rows) {
        return apart[i] ? reduce_sum(rows, {0}) : reduce_sum(reshape(rows, {rows.shape()[0], shape.elements()}), {1});
      };
      const Tensors diagonal = maps[i]->all({of_rows, 0, apart[i]}, options.memory_budget, progress);
      if (!diagonal.empty() && diagonal[0]) diagonals[i] = reshape(diagonal[0], shape);
    }
  }
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (!diagonals[i] && options.zero_unconnected) diagonals[i] = zeros_like(sources[i].tensor);
  return diagonals;
}

Tensor batch_hessian(Tape& tape, const Tensor& target, const Source& source, const JacobianOptions& options) {
  constexpr BatchNames names{"gt_tape_batch_hessian", "Hessian", "gt_tape_hessian", 1};
  const Shape &ys = target.shape(), &xs = source.tensor.shape();
  for (const auto& [name, shape] : {std::pair("target", &ys), std::pair("source", &xs)})
    if (shape->rank() < 1) invalid("{}: {} must have at least 1 axis, [batch, ...], got []", names.function, name);
  if (ys[0] != xs[0])
    invalid("{}: target and source must have the same first size, the batch, got {} and {}", names.function,
            to_string(ys), to_string(xs));
  const Shape x = xs.without_leading();
  const Spec result{source.tensor.dtype(), concatenate(xs, x), source.tensor.spec().weak};
  Tensor hessian;
  if (is_floating(target.dtype()) && is_floating(result.dtype)) {
    const Tape::Gradient gradient(tape, names.function, target, std::span(&source, 1));
    if (const Tensor& g = gradient.by_source()[0]) {
      check_result(tape.recorder(), names.function, result, "gt_tape_hvp gives products with it");
      hessian = batch_jacobian(tape, g, source, options, names);
    }
  }
  // TensorFlow's sum over the batch is not symmetric.
  if (hessian) return options.sum_over_batch ? hessian : symmetric(hessian, 1, x.elements());
  return options.zero_unconnected ? zeros(tape.recorder(), result) : Tensor();
}

}  // namespace gradtape::core
