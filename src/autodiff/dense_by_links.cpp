// Dense matrices by links, where links last and leave most of the matrix out.
#include "autodiff/dense_by_links.hpp"

#include <algorithm>

#include "autodiff/accumulate.hpp"
#include "autodiff/jacobian.hpp"
#include "autodiff/sparse_links.hpp"
#include "ops/assemble.hpp"

namespace gradtape::core {

namespace {
constexpr int64_t kLeastEntries = 1 << 14;  // below which all rows at once take little time

int64_t entries_of(const Links& links) {
  int64_t n = 0;
  for (const Link& link : links.all()) n += link.size();
  return n;
}
// Whether links may follow tables of indices. Their pairs are lists, which may be as long as the matrix has entries.
bool follows_tables(const Path& path) {
  return std::ranges::any_of(path.nodes, [](const Node* node) {
    const bool gathers = node->op == op<"gather">, scatters = node->op == op<"scatter_add">;
    return (gathers || scatters) && !(node->inputs[gathers ? 1 : 0].node()->op == op<"range">);
  });
}
}  // namespace

std::optional<Tensor> dense_by_links(const Tape& tape, const Tensor& target, const Source& source, bool symmetric) {
  const int64_t rows = target.shape().elements(), columns = source.tensor.shape().elements();
  if (rows * columns < kLeastEntries || rows * columns > INT32_MAX) return std::nullopt;
  if (!is_floating(target.dtype()) || target.dtype() != source.tensor.dtype()) return std::nullopt;
  const Path path = tape.path(Tensors{target}, tape.tensors_of(source));
  if (path.nodes.empty() || follows_tables(path)) return std::nullopt;
  const std::span<const Source> by(&source, 1);
  const SparseLinks found = links_of_jacobian(tape, target, by, Indices::known);
  if (found.by_row[0].empty() || 4 * entries_of(found.by_row[0]) > rows * columns) return std::nullopt;
  const std::vector<LinkSource> sources = link_sources(tape, by);
  const Accumulation trial(path, sources, Indices::known, false);
  const double products = static_cast<double>(std::min(rows, columns)) * trial.path_elements();
  if (trial.stopped_by() || 4 * trial.elements() > products) return std::nullopt;

  const Accumulation weighted(path, sources, Indices::known, true);
  const std::optional<WeightedLinks> of = weighted.of(target);
  if (!of) return std::nullopt;
  Recorder& r = tape.recorder();
  Tensors factors;
  for (const Tensor& f : of->factors) factors.push_back(f ? f : ones(r, {target.dtype(), {}, false}));
  PlaceFinder finder(rows, columns, symmetric);
  finder.add(of->links, 0);
  const Tensor values = assemble(factors, std::make_shared<const Assembly>(finder.found()));
  return reshape(values, concatenate(target.shape(), source.tensor.shape()));
}

}  // namespace gradtape::core
