// Finds powers of roots in a graph, and records each as a smooth function of the inputs of its root.
#include "autodiff/powers.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "ops/functions.hpp"

namespace gradtape::core {

namespace {
// The number that t is, where it is one that nothing watches; else 0.
double number_of(const Tensor& t) {
  if (t.rank() != 0 || !t.value() || !t.node()->memberships.empty()) return 0;
  return dispatch(t.dtype(), [&]<class T>(Type<T>) {
    T number;
    std::memcpy(&number, t.value()->data(), sizeof number);
    return static_cast<double>(number);
  });
}

// The node is a power of a tensor that is of the second order at least; exponent 0: it is none.
struct Power {
  Tensor base;
  double exponent = 0;
  bool is_even() const { return std::fmod(exponent, 2) == 0; }
};
Power power_of(const Node& node) {
  if (node.op == op<"square">) return {node.inputs[0], 2};
  if (node.op == op<"multiply"> && node.inputs[0].same(node.inputs[1])) return {node.inputs[0], 2};
  if (node.op != op<"power">) return {};
  const double exponent = number_of(node.inputs[1]);
  return exponent >= 2 ? Power{node.inputs[0], exponent} : Power{};
}
// The square of a root's output, and how many of its inputs it depends on.
std::pair<Tensor, std::size_t> square_of(Node& root) {
  const Tensors& in = root.inputs;
  if (root.op == op<"sqrt">) {  // a number below 0 has none
    const Tensor nan = number_like(in[0], std::numeric_limits<double>::quiet_NaN());
    return {in[0] * where(less(in[0], number_like(in[0], 0)), nan, number_like(in[0], 1)), 1};
  }
  if (root.op == op<"abs">) return {square(in[0]), 1};
  if (root.op == op<"hypot">) return {square(in[0]) + square(in[1]), 2};
  if (const Call c(root); root.op == op<"length"> && c.number("ord") == 2)
    return {reduce_sum(square(in[0]), c.ints("axis"), true), 1};
  return {};
}
// Higher powers of a length are flat where it is 0, in second order too.
bool has_kink(const Tensor& root) {
  const Op& made_by = root.node()->op;
  return made_by == op<"abs"> || made_by == op<"hypot"> || made_by == op<"length">;
}
}  // namespace

bool SmoothPower::between(const Tensor& t) const {
  return !t.node()->inputs.empty() && std::ranges::none_of(inputs, [&](const Tensor& x) { return x.same(t); });
}

std::optional<SmoothPower> smooth_power(const Node& node, const std::function<bool(const Tensor&)>& stands) {
  const Power power = power_of(node);
  Tensor root = power.base;
  while (root && !stands(root) && root.node()->op == op<"reshape"> && !root.node()->inputs.empty())
    root = root.node()->inputs[0];
  if (!root || stands(root) || root.node()->inputs.empty()) return std::nullopt;
  if (!power.is_even()) {
    if (!has_kink(root)) return std::nullopt;
    const Tensor zero = number_like(root, 0), flat = where(equal(root, zero), zero, root);
    return SmoothPower{reshape(pow(flat, number_like(root, power.exponent)), node.outputs[0].spec.shape), {root}};
  }
  auto [value, inputs] = square_of(*root.node());
  if (!value) return std::nullopt;
  if (power.exponent != 2) value = pow(value, number_like(value, 0.5 * power.exponent));
  SmoothPower s{reshape(value, node.outputs[0].spec.shape), {}};
  for (std::size_t i = 0; i < inputs; ++i) {  // each once: hypot(x, x) has one
    const Tensor& x = root.node()->inputs[i];
    if (std::ranges::none_of(s.inputs, [&](const Tensor& known) { return known.same(x); })) s.inputs.push_back(x);
  }
  return s;
}

}  // namespace gradtape::core
