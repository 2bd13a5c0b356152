// Costs of nodes by what they read, write and multiply; and the cut of a path, found in one walk along it.
#include "autodiff/cost.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace gradtape::core {

namespace {
constexpr double kMultiply = 0.06;  // ns a multiplication of a product
constexpr double kElement = 0.5;    // ns an element that is computed or moved

// A product of two tensors, each element of which meets several of the other: matmul, a convolution.
bool is_product(const Node& node) {
  const auto* linear = std::get_if<Linear>(&node.op.derivative);
  return linear && !linear->jointly && linear->by_input.size() >= 2 && node.inputs.size() >= 2 &&
         is_floating(node.inputs[0].dtype()) && is_floating(node.inputs[1].dtype());
}
double elements(const Tensor& t) { return static_cast<double>(t.shape().elements()); }
}  // namespace

// m k, k n and m n elements stand for m k n multiplications: the root of their product.
double cost_of(const Node& node) {
  double out = 0, in = 0;
  for (const Node::Output& o : node.outputs) out += static_cast<double>(o.spec.shape.elements());
  if (is_product(node)) return kMultiply * std::sqrt(elements(node.inputs[0]) * elements(node.inputs[1]) * out);
  if (std::holds_alternative<StridedView>(node.op.computation) || std::holds_alternative<Alias>(node.op.computation))
    return 0;
  if (node.op.is_elementwise()) return kElement * out;
  for (const Tensor& t : node.inputs) in += elements(t);
  return kElement * (in + out);
}

double cost_of(std::span<Node* const> nodes) {
  double sum = 0;
  for (const Node* node : nodes) sum += cost_of(*node);
  return sum;
}

double elements_of_cost(double nanoseconds) { return nanoseconds / kElement; }

double cost_of_product(int64_t m, int64_t k, int64_t n) {
  return kMultiply * static_cast<double>(m) * static_cast<double>(k) * static_cast<double>(n);
}

// Nodes are numbered along the path. A node is a cut if no edge leads from before it to behind it. Edges from sources
// come from before all.
Tensor narrowest_cut(const Path& path, const Tensor& target, const Tensors& sources, int64_t inputs) {
  constexpr double kWorthIt = 50'000;  // ns to be gained
  const std::unordered_set<Tensor, TensorHash, TensorSame> all(sources.begin(), sources.end());
  const auto is_source = [&](const Tensor& t) { return all.contains(t); };
  const std::size_t n = path.nodes.size();
  if (n < 2 || is_source(target)) return {};
  // Rows of one factor have the target's dtype, those of the other the sources'.
  if (std::ranges::any_of(sources, [&](const Tensor& s) { return s.dtype() != target.dtype(); })) return {};
  std::unordered_map<const Node*, std::size_t> place;
  std::vector<std::size_t> reach(n, 0);  // the last node that reads an output of the node
  std::size_t from_sources = 0;
  for (std::size_t k = 0; k < n; ++k) {
    place[path.nodes[k]] = k;
    for (const Tensor& t : path.nodes[k]->inputs) {
      if (!is_floating(t.dtype()) || !path.on_path(t)) continue;
      if (is_source(t)) from_sources = k;
      if (const auto it = place.find(t.node()); it != place.end()) reach[it->second] = k;
    }
  }
  const int64_t outputs = target.shape().elements();
  const double total = cost_of(path.nodes);
  const auto sweeps = [](int64_t a, int64_t b) { return static_cast<double>(std::min(a, b)); };

  Tensor best;
  double most = kWorthIt, before = 0;
  std::size_t furthest = from_sources;
  for (std::size_t k = 0; k + 1 < n; ++k) {
    Node* node = path.nodes[k];
    before += cost_of(*node);
    const bool is_cut = furthest <= k;
    furthest = std::max(furthest, reach[k]);
    const Tensor cut(node);
    if (!is_cut || node->outputs.size() != 1 || !is_floating(cut.dtype()) || cut.dtype() != target.dtype()) continue;
    if (is_source(cut) || cut.same(target)) continue;
    const int64_t width = cut.shape().elements();
    const double gained = sweeps(outputs, inputs) * total - sweeps(outputs, width) * (total - before) -
                          sweeps(width, inputs) * before - cost_of_product(outputs, width, inputs);
    // The first of equal cuts is taken: a root is then differentiated together with its powers.
    constexpr double kBetter = 1.01;
    if (2 * width < std::min(outputs, inputs) && gained > most * (best ? kBetter : 1)) best = cut, most = gained;
  }
  return best;
}

}  // namespace gradtape::core
