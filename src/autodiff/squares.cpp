// Finds squares of roots in a graph, and records each as a smooth function of the inputs of its root.
#include "autodiff/squares.hpp"

#include <algorithm>
#include <cstring>

#include "ops/functions.hpp"
#include "ops/registry.hpp"

namespace gradtape {

namespace {
struct Ops {
  const Op &square, &multiply, &power, &reshape, &abs, &hypot, &length;
};
const Ops& ops() {
  static const Registry& r = Registry::instance();
  static const Ops known{r.builtin("square"), r.builtin("multiply"), r.builtin("power"), r.builtin("reshape"),
                         r.builtin("abs"),    r.builtin("hypot"),    r.builtin("length")};
  return known;
}

bool is_two(const Tensor& t) {  // and nothing watches it
  if (t.rank() != 0 || !t.value() || !t.node()->memberships.empty()) return false;
  return dispatch(t.dtype(), [&](auto type) {
    typename decltype(type)::type number;
    std::memcpy(&number, t.value()->data(), sizeof number);
    return static_cast<double>(number) == 2;
  });
}

// What the node is the square of.
Tensor squared(const Node& node) {
  if (&node.op == &ops().square) return node.inputs[0];
  if (&node.op == &ops().multiply && node.inputs[0].same(node.inputs[1])) return node.inputs[0];
  if (&node.op == &ops().power && is_two(node.inputs[1])) return node.inputs[0];
  return {};
}
// The square of a root's output, and how many of its inputs it depends on.
std::pair<Tensor, std::size_t> square_of(Node& root) {
  const Tensors& in = root.inputs;
  if (&root.op == &ops().abs) return {square(in[0]), 1};
  if (&root.op == &ops().hypot) return {square(in[0]) + square(in[1]), 2};
  if (const Call c(root); &root.op == &ops().length && c.number("ord") == 2)
    return {reduce_sum(square(in[0]), c.ints("axis"), true), 1};
  return {};
}
}  // namespace

bool SmoothSquare::between(const Tensor& t) const {
  return !t.node()->inputs.empty() && std::ranges::none_of(inputs, [&](const Tensor& x) { return x.same(t); });
}

std::optional<SmoothSquare> smooth_square(const Node& node, const std::function<bool(const Tensor&)>& stands) {
  Tensor root = squared(node);
  while (root && !stands(root) && &root.node()->op == &ops().reshape && !root.node()->inputs.empty())
    root = root.node()->inputs[0];
  if (!root || stands(root) || root.node()->inputs.empty()) return std::nullopt;
  const auto [value, inputs] = square_of(*root.node());
  if (!value) return std::nullopt;
  SmoothSquare s{reshape(value, node.outputs[0].spec.shape), {}};
  for (std::size_t i = 0; i < inputs; ++i) {  // each once: hypot(x, x) has one
    const Tensor& x = root.node()->inputs[i];
    if (std::ranges::none_of(s.inputs, [&](const Tensor& known) { return known.same(x); })) s.inputs.push_back(x);
  }
  return s;
}

}  // namespace gradtape
