// Ops by name, checked when compiled: op<"hypot">(x, y) records a call, and op<"hypot"> is the op's record.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <iterator>
#include <string_view>
#include <vector>

#include "graph/op.hpp"

namespace gradtape::core {

// The ops that definitions, derivatives and the planner call by name, sorted. The registry finds each of them when it is
// made, and fails if one has no definition.
inline constexpr std::string_view kOpNames[] = {
    "abs",
    "add",
    "add_blocks",
    "affine_view",
    "argmax",
    "assemble",
    "banded_solve",
    "bands",
    "broadcast_to",
    "carry",
    "carry_both",
    "carry_divide",
    "cast",
    "cholesky_factor",
    "circle_inverse",
    "circle_root",
    "clip_by_value",
    "cofactor",
    "concat",
    "constant_pad",
    "convolution",
    "convolution_filter",
    "convolution_input",
    "cos",
    "cosh",
    "cumprod",
    "cumsum",
    "custom_gradient",
    "det",
    "diag",
    "diag_part",
    "difference",
    "direction",
    "divide",
    "divide_no_nan",
    "eigen_factors",
    "equal",
    "exp",
    "exp2",
    "expm_of_jet",
    "eye",
    "floor",
    "floor_quotient",
    "floor_remainder",
    "full_rank",
    "gather",
    "gaussian",
    "greater",
    "greater_equal",
    "hypot",
    "identity",
    "identity_rows",
    "integer_divisor",
    "integer_exponent",
    "inv",
    "inverse_root",
    "inverse_square",
    "is_finite",
    "largest_of_windows",
    "last_writer",
    "length",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log_sum_scan",
    "logical_and",
    "logical_not",
    "logical_or",
    "logistic_slope",
    "lu_solve",
    "matmul",
    "maximum",
    "minimum",
    "mirror_lower",
    "multiply",
    "multiply_no_nan",
    "negative",
    "norm",
    "normal_cdf",
    "normal_density",
    "not_equal",
    "once_only",
    "over_root",
    "over_square",
    "philox_fold",
    "philox_normal",
    "philox_uniform",
    "polygamma",
    "pow",
    "power",
    "product_scan",
    "qr",
    "range",
    "ravel_index",
    "recurrence",
    "reduce_all",
    "reduce_any",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_sum",
    "repeated_places",
    "reshape",
    "reverse",
    "rsqrt",
    "scatter_add",
    "sech_squared",
    "sigmoid",
    "sigmoid_part",
    "sign",
    "sin",
    "singular_sum",
    "sinh",
    "slice",
    "softplus",
    "solve",
    "sorted",
    "spectral_form",
    "spectral_sum",
    "sqrt",
    "square",
    "stop_gradient",
    "substitute",
    "subtract",
    "svd",
    "svd_factors",
    "symmetric_eigenvalues",
    "take_along_axis",
    "tanh",
    "tanh_part",
    "transpose",
    "triangular_solve",
    "tril",
    "triu",
    "where",
};
static_assert(std::ranges::adjacent_find(kOpNames, std::ranges::greater_equal()) == std::end(kOpNames));

const Op& op_at(std::size_t index);  // of kOpNames

// The name of one of these ops. It finds the op when it is used, so definitions may hold names of ops that come later.
class OpName {
 public:
  constexpr explicit OpName(std::size_t index) : index_(index) {}
  constexpr std::string_view name() const { return kOpNames[index_]; }
  const Op& get() const { return op_at(index_); }
  operator const Op&() const { return get(); }
  friend bool operator==(const Op& op, OpName name) { return &op == &name.get(); }
  friend bool operator==(const Op* op, OpName name) { return op == &name.get(); }

  // Records a call of one to three inputs. Attributes come behind, in the order of the op's specs; those left out at the
  // end take their defaults.
  template <std::convertible_to<AttrValue>... A>
  Tensor operator()(const Tensor& x, A&&... attrs) const {
    return call({x}, {AttrValue(std::forward<A>(attrs))...});
  }
  template <std::convertible_to<AttrValue>... A>
  Tensor operator()(const Tensor& x, const Tensor& y, A&&... attrs) const {
    return call({x, y}, {AttrValue(std::forward<A>(attrs))...});
  }
  template <std::convertible_to<AttrValue>... A>
  Tensor operator()(const Tensor& x, const Tensor& y, const Tensor& z, A&&... attrs) const {
    return call({x, y, z}, {AttrValue(std::forward<A>(attrs))...});
  }

 private:
  Tensor call(std::initializer_list<Tensor> inputs, std::vector<AttrValue> attrs) const;

  std::size_t index_;
};

// A string literal as a template argument.
template <std::size_t N>
struct Literal {
  char text[N];
  consteval Literal(const char (&literal)[N]) { std::ranges::copy(literal, text); }
  constexpr operator std::string_view() const { return {text, N - 1}; }
};

template <Literal Name>
consteval OpName named() {
  constexpr auto* found = std::ranges::find(kOpNames, std::string_view(Name));
  static_assert(found != std::end(kOpNames), "no op of this name can be called: list it in ops/names.hpp");
  return OpName(static_cast<std::size_t>(found - kOpNames));
}
template <Literal Name>
inline constexpr OpName op = named<Name>();

}  // namespace gradtape::core
