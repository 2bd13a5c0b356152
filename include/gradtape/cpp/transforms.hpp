// Derivatives of lambdas: grad(f)(x), jacobian(f)(x), hessian(f)(x), jvp, vjp, linearize, and sparse ones. They nest:
// grad(grad(f)).
//
// f takes one or more Tensors. Derivatives by one argument are a Tensor, by several an array of them, one for each:
// auto [gx, gy] = grad(f)(x, y). The derivative by an argument that f does not depend on is 0.
#pragma once

#include "tape.hpp"

namespace gradtape {

namespace detail {
template <std::size_t N>
using ByArgument = Grouped<N>;
// Derivatives of F by N arguments; there is none where F does not take N.
template <class F, std::size_t N>
using First = std::enable_if_t<takes<const F, N>::value, ByArgument<N>>;
template <class F, std::size_t N>
using Second = std::conditional_t<N == 1, First<F, N>, std::array<First<F, N>, N>>;
template <class F, std::size_t N>
using SparseOf = std::enable_if_t<takes<const F, N>::value, SparseMatrix>;
template <class F, std::size_t N>
using ValuesOf = std::enable_if_t<takes<const F, N>::value, Tensor>;

// Names of one's own for the arguments, so that one given twice has two derivatives.
template <class... X>
std::array<Tensor, sizeof...(X)> renamed(const X&... x) {
  return {identity(static_cast<const Tensor&>(x))...};
}
template <std::size_t N>
ByArgument<N> by_argument(std::vector<Tensor> list) {
  return from_list<ByArgument<N>>::make(std::move(list));
}
template <std::size_t N>
std::vector<Tensor> listed(const std::array<Tensor, N>& x) {
  return {x.begin(), x.end()};
}

// f recorded at x: the tape that watches, the arguments and the value.
template <class Value, std::size_t N>
struct Recorded {
  Tape tape;
  std::array<Tensor, N> x;
  Value value;
};
template <class F, class... X>
auto recorded(F& f, std::uint32_t flags, const X&... x) {
  static_assert(sizeof...(X) > 0, "derivatives are by arguments: give at least one");
  auto at = renamed(x...);
  Tape tape(at[0].context(), flags | GT_TAPE_MANUAL_WATCH);
  tape.watch(listed(at));
  auto value = std::apply(f, at);
  return Recorded<decltype(value), sizeof...(X)>{std::move(tape), std::move(at), std::move(value)};
}
inline void need_number(const Tensor& value, const char* what) {
  if (value.size() != 1)
    throw Error(GT_INVALID_ARGUMENT, std::string(what) + ": the function must return one number, got " +
                                         std::to_string(value.size()) + "; sum them, or take jacobian(f)");
}
}  // namespace detail

/// The gradient of a function that returns one number.
template <class F>
auto grad(F f) {
  return [f = std::move(f)](const auto&... x) -> detail::First<F, sizeof...(x)> {
    auto r = detail::recorded(f, 0, x...);
    detail::need_number(r.value, "grad");
    return detail::by_argument<sizeof...(x)>(r.tape.gradient({r.value}, detail::listed(r.x), {}, true));
  };
}
/// Value and gradient together: auto [value, g] = value_and_grad(f)(x).
template <class F>
auto value_and_grad(F f) {
  return [f = std::move(f)](const auto&... x) -> std::pair<Tensor, detail::First<F, sizeof...(x)>> {
    auto r = detail::recorded(f, 0, x...);
    detail::need_number(r.value, "value_and_grad");
    auto g = detail::by_argument<sizeof...(x)>(r.tape.gradient({r.value}, detail::listed(r.x), {}, true));
    return {std::move(r.value), std::move(g)};
  };
}
/// All derivatives of a function that returns one Tensor: of its shape followed by the argument's.
template <class F>
auto jacobian(F f, JacobianOptions options = {}) {
  options.zero_unconnected = true;
  return [ f = std::move(f), options ](const auto&... x) -> detail::First<F, sizeof...(x)> {
    auto r = detail::recorded(f, 0, x...);
    return detail::by_argument<sizeof...(x)>(r.tape.jacobian(r.value, detail::listed(r.x), options));
  };
}
/// Second derivatives of a function that returns one number: by one argument of its shape twice; by several h[i][j], by
/// argument i and j.
template <class F>
auto hessian(F f, JacobianOptions options = {}) {
  options.zero_unconnected = true;
  return [ f = std::move(f), options ](const auto&... x) -> detail::Second<F, sizeof...(x)> {
    constexpr std::size_t n = sizeof...(x);
    auto r = detail::recorded(f, 0, x...);
    detail::need_number(r.value, "hessian");
    auto blocks = r.tape.hessian(r.value, detail::listed(r.x), options);
    if constexpr (n == 1) {
      return blocks[0][0];
    } else {
      std::array<std::array<Tensor, n>, n> h;
      for (std::size_t i = 0; i < n; ++i) h[i] = detail::by_argument<n>(std::move(blocks[i]));
      return h;
    }
  };
}
/// The Jacobian of a function that returns one Tensor, as a sparse matrix: auto [sparsity, values] = sparse_jacobian(f)(x).
/// Its columns are the elements of the arguments, one argument after the other.
template <class F>
auto sparse_jacobian(F f, SparseOptions options = {}) {
  return [ f = std::move(f), options ](const auto&... x) -> detail::SparseOf<F, sizeof...(x)> {
    auto r = detail::recorded(f, 0, x...);
    const Sparsity sparsity = r.tape.jacobian_sparsity(r.value, detail::listed(r.x), options);
    return {sparsity, r.tape.sparse_values(r.value, detail::listed(r.x), sparsity)};
  };
}
/// The Hessian of a function that returns one number, as a sparse matrix of all arguments.
template <class F>
auto sparse_hessian(F f, SparseOptions options = {}) {
  return [ f = std::move(f), options ](const auto&... x) -> detail::SparseOf<F, sizeof...(x)> {
    auto r = detail::recorded(f, 0, x...);
    detail::need_number(r.value, "sparse_hessian");
    const Sparsity sparsity = r.tape.hessian_sparsity(r.value, detail::listed(r.x), options);
    return {sparsity, r.tape.sparse_values(r.value, detail::listed(r.x), sparsity)};
  };
}
/// The values alone, at a pattern that is known: of the Jacobian, or with a symmetric sparsity of the Hessian. As a body
/// of a Function it gives values as often as wanted.
template <class F>
auto sparse_values(F f, Sparsity sparsity) {
  return [ f = std::move(f), sparsity = std::move(sparsity) ](const auto&... x) -> detail::ValuesOf<F, sizeof...(x)> {
    auto r = detail::recorded(f, 0, x...);
    return r.tape.sparse_values(r.value, detail::listed(r.x), sparsity);
  };
}
/// The Hessian of a function that returns one number, at x, times the vectors; it is never formed. With several
/// arguments: hvp(f, std::array{a, b}, std::array{va, vb}).
template <class F, std::size_t N>
auto hvp(F f, const std::array<Tensor, N>& x, const std::array<Tensor, N>& vectors) {
  auto r = std::apply([&](const auto&... each) { return detail::recorded(f, 0, each...); }, x);
  detail::need_number(r.value, "hvp");
  return detail::by_argument<N>(r.tape.hvp(r.value, detail::listed(r.x), detail::listed(vectors), true));
}
template <class F>
auto hvp(F f, const Tensor& x, const Tensor& vector) {
  return hvp(std::move(f), std::array<Tensor, 1>{x}, std::array<Tensor, 1>{vector});
}

/// The value, and its derivative along the tangents: auto [y, dy] = jvp(f, x, dx), or of several arguments
/// jvp(f, std::array{a, b}, std::array{da, db}).
template <class F, std::size_t N>
auto jvp(F f, const std::array<Tensor, N>& x, const std::array<Tensor, N>& tangents) {
  auto r = std::apply([&](const auto&... each) { return detail::recorded(f, 0, each...); }, x);
  using R = decltype(r.value);
  auto along = r.tape.jvp(detail::as_list(r.value), detail::listed(r.x), detail::listed(tangents), true);
  return std::pair<R, R>(std::move(r.value), detail::from_list<R>::make(std::move(along)));
}
template <class F>
auto jvp(F f, const Tensor& x, const Tensor& tangent) {
  return jvp(std::move(f), std::array<Tensor, 1>{x}, std::array<Tensor, 1>{tangent});
}

/// The value, and the derivative at x as a Function of tangents: auto [y, push] = linearize(f, x), then push(dx) as often
/// as wanted. The values that f computed are its constants. See gt_tape_linearize.
template <class F, class... X>
auto linearize(F f, const X&... x) {
  auto r = detail::recorded(f, 0, x...);
  TypedFunction<decltype(r.value)> push(r.tape.linearize(detail::as_list(r.value), detail::listed(r.x)));
  return std::pair(std::move(r.value), std::move(push));
}

/// The value, and the function that brings gradients by it back to the arguments: auto [y, pull] = vjp(f, x); pull(dy).
template <class F, class... X>
auto vjp(F f, const X&... x) {
  auto r = detail::recorded(f, GT_TAPE_PERSISTENT, x...);
  r.tape.end();
  auto value = r.value;
  auto shared = std::make_shared<decltype(r)>(std::move(r));
  auto pull = [shared](const auto&... gradients) {
    return detail::by_argument<sizeof...(X)>(shared->tape.gradient(
        detail::as_list(shared->value), detail::listed(shared->x), std::vector<Tensor>{gradients...}, true));
  };
  return std::pair(std::move(value), std::move(pull));
}

}  // namespace gradtape
