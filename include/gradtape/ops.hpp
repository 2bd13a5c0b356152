// A C++ function for every op. Made by `./run generate` from the registry of ops: not to be edited.
//
// Numbers go wherever tensors go. Ops with a fixed number of outputs give a std::array: auto [q, r] = qr(x).
// Attributes follow the inputs, those without a default first, or are given by name in C++20, from a struct:
// conv2d(x, filters, {.strides = 2, .padding = "SAME"}).
//
// CONTENTS
//
//     Arithmetic                        add subtract multiply divide floor_divide mod pow negative abs sign
//                                       reciprocal square squared_difference fma lerp maximum minimum
//                                       clip_by_value hypot atan2 divide_no_nan multiply_no_nan xlogy
//                                       xlog1py ceil floor round trunc
//     Elementary functions              sqrt rsqrt exp exp2 expm1 log log1p log2 sin cos tan asin acos atan
//                                       sinh cosh tanh asinh acosh atanh erf erfc erfinv lgamma digamma
//                                       polygamma
//     Comparison and logic              equal not_equal less less_equal greater greater_equal logical_and
//                                       logical_or logical_xor logical_not is_finite is_inf is_nan
//     Reductions                        reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_all
//                                       reduce_any reduce_logsumexp reduce_std reduce_variance norm moments
//                                       argmax argmin
//     Cumulative ops                    cumsum cumprod logcumsumexp linear_scan
//     Shapes                            reshape transpose expand_dims squeeze broadcast_to concat stack
//                                       unstack split tile repeat pad reverse roll
//     Parts and indices                 slice strided_slice gather gather_nd take_along_axis
//                                       embedding_lookup boolean_mask where scatter_nd scatter_add
//                                       tensor_scatter_add tensor_scatter_update segment_sum
//                                       unsorted_segment_sum
//     Sorting                           sort argsort top_k
//     Making tensors                    fill zeros_like ones_like eye range linspace one_hot random_normal
//                                       random_uniform
//     Dtypes and the flow of gradients  cast identity stop_gradient
//     Products of matrices and vectors  matmul einsum tensordot dot outer cross kron matrix_power diag
//                                       diag_part trace tril triu
//     Linear algebra                    solve triangular_solve lstsq inv det slogdet cholesky qr eigh
//                                       eigh_with_vectors eigh_function svd svd_with_vectors expm
//     Activations                       relu relu6 leaky_relu elu selu gelu silu sigmoid log_sigmoid
//                                       softplus softsign softmax log_softmax
//     Layers                            conv1d conv2d conv2d_transpose depthwise_conv2d max_pool2d
//                                       avg_pool2d bias_add batch_normalization layer_normalization
//                                       l2_normalize clip_by_norm clip_by_global_norm dropout
//     Losses                            mse huber_loss sigmoid_cross_entropy_with_logits
//                                       softmax_cross_entropy_with_logits sparse_softmax_cross_entropy
#pragma once

#include "cpp/call.hpp"
#include "cpp/context.hpp"

namespace gradtape {

// ---- Arithmetic --------------------------------------------------------
// Operators and their kin, element by element. Operands broadcast.

/// x + y.
inline Tensor add(const Operand& x, const Operand& y) {
  return detail::Call("add").in(x).in(y).one();
}

/// x - y.
inline Tensor subtract(const Operand& x, const Operand& y) {
  return detail::Call("subtract").in(x).in(y).one();
}

/// x * y.
inline Tensor multiply(const Operand& x, const Operand& y) {
  return detail::Call("multiply").in(x).in(y).one();
}

/// x / y; of integers in float64.
inline Tensor divide(const Operand& x, const Operand& y) {
  return detail::Call("divide").in(x).in(y).one();
}

/// x / y, rounded toward minus infinity: y * floor_divide(x, y) + mod(x, y) is x. It is an error to divide
/// an integer by 0.
inline Tensor floor_divide(const Operand& x, const Operand& y) {
  return detail::Call("floor_divide").in(x).in(y).one();
}

/// x - y * floor(x / y), which has the sign of y or is 0. It is an error to divide an integer by 0.
inline Tensor mod(const Operand& x, const Operand& y) {
  return detail::Call("mod").in(x).in(y).one();
}

/// x^y; d/dx = y x^(y-1), d/dy = x^y log(x) where x > 0, else 0. It is an error to raise an integer to a
/// power below 0.
inline Tensor pow(const Operand& x, const Operand& y) {
  return detail::Call("pow").in(x).in(y).one();
}

/// -x.
inline Tensor negative(const Tensor& x) {
  return detail::Call("negative").in(x).one();
}

/// |x|; its derivative at 0 is 0, and the second one nan where that of a smooth function may be hidden.
inline Tensor abs(const Tensor& x) {
  return detail::Call("abs").in(x).one();
}

/// -1, 0 or 1; its derivative is 0 everywhere.
inline Tensor sign(const Tensor& x) {
  return detail::Call("sign").in(x).one();
}

/// 1 / x.
inline Tensor reciprocal(const Tensor& x) {
  return detail::Call("reciprocal").in(x).one();
}

/// x * x.
inline Tensor square(const Tensor& x) {
  return detail::Call("square").in(x).one();
}

/// (x - y)^2.
inline Tensor squared_difference(const Operand& x, const Operand& y) {
  return detail::Call("squared_difference").in(x).in(y).one();
}

/// x * y + z.
inline Tensor fma(const Operand& x, const Operand& y, const Operand& z) {
  return detail::Call("fma").in(x).in(y).in(z).one();
}

/// start + weight * (end - start).
inline Tensor lerp(const Operand& start, const Operand& end, const Operand& weight) {
  return detail::Call("lerp").in(start).in(end).in(weight).one();
}

/// The larger of x and y; on a tie the gradient goes to x.
inline Tensor maximum(const Operand& x, const Operand& y) {
  return detail::Call("maximum").in(x).in(y).one();
}

/// The smaller of x and y; on a tie the gradient goes to x.
inline Tensor minimum(const Operand& x, const Operand& y) {
  return detail::Call("minimum").in(x).in(y).one();
}

/// min(max(x, clip_value_min), clip_value_max); the gradient passes on both bounds. Attributes:
/// clip_value_min, clip_value_max.
inline Tensor clip_by_value(const Tensor& x, Number clip_value_min, Number clip_value_max) {
  return detail::Call("clip_by_value").in(x).with("clip_value_min", clip_value_min)
      .with("clip_value_max", clip_value_max).one();
}

struct ClipByValueAttrs {
  Number clip_value_min{};
  Number clip_value_max{};
};
template <class = void>
Tensor clip_by_value(const Tensor& x, const ClipByValueAttrs& attrs) {
  return clip_by_value(x, attrs.clip_value_min, attrs.clip_value_max);
}

/// sqrt(x^2 + y^2), without overflow; its derivative at 0 is 0, the second one nan.
inline Tensor hypot(const Operand& x, const Operand& y) {
  return detail::Call("hypot").in(x).in(y).one();
}

/// The angle of the point (y, x): of y / x, in its quadrant, in radians.
inline Tensor atan2(const Operand& x, const Operand& y) {
  return detail::Call("atan2").in(x).in(y).one();
}

/// x / y, 0 where y is 0.
inline Tensor divide_no_nan(const Operand& x, const Operand& y) {
  return detail::Call("divide_no_nan").in(x).in(y).one();
}

/// x * y, 0 wherever y is 0, even against nan and infinities in x.
inline Tensor multiply_no_nan(const Operand& x, const Operand& y) {
  return detail::Call("multiply_no_nan").in(x).in(y).one();
}

/// x * log(y), 0 where x is 0; where log(y) is not finite there, its derivatives are 0 too.
inline Tensor xlogy(const Operand& x, const Operand& y) {
  return detail::Call("xlogy").in(x).in(y).one();
}

/// x * log1p(y), 0 where x is 0; where log1p(y) is not finite there, its derivatives are 0 too.
inline Tensor xlog1py(const Operand& x, const Operand& y) {
  return detail::Call("xlog1py").in(x).in(y).one();
}

/// The smallest integer >= x, in the dtype of x.
inline Tensor ceil(const Tensor& x) {
  return detail::Call("ceil").in(x).one();
}

/// The largest integer <= x, in the dtype of x.
inline Tensor floor(const Tensor& x) {
  return detail::Call("floor").in(x).one();
}

/// The nearest integer, halves to the even one, in the dtype of x.
inline Tensor round(const Tensor& x) {
  return detail::Call("round").in(x).one();
}

/// The integer part, toward 0, in the dtype of x.
inline Tensor trunc(const Tensor& x) {
  return detail::Call("trunc").in(x).one();
}

// ---- Elementary functions ----------------------------------------------
// Roots, exponentials, logarithms, angles and special functions, element by element.

/// Square root: y * y = x.
inline Tensor sqrt(const Tensor& x) {
  return detail::Call("sqrt").in(x).one();
}

/// 1 / sqrt(x).
inline Tensor rsqrt(const Tensor& x) {
  return detail::Call("rsqrt").in(x).one();
}

/// e^x.
inline Tensor exp(const Tensor& x) {
  return detail::Call("exp").in(x).one();
}

/// 2^x.
inline Tensor exp2(const Tensor& x) {
  return detail::Call("exp2").in(x).one();
}

/// e^x - 1, exact near 0.
inline Tensor expm1(const Tensor& x) {
  return detail::Call("expm1").in(x).one();
}

/// Natural logarithm.
inline Tensor log(const Tensor& x) {
  return detail::Call("log").in(x).one();
}

/// log(1 + x), exact near 0.
inline Tensor log1p(const Tensor& x) {
  return detail::Call("log1p").in(x).one();
}

/// Logarithm to base 2.
inline Tensor log2(const Tensor& x) {
  return detail::Call("log2").in(x).one();
}

/// Sine of x, in radians.
inline Tensor sin(const Tensor& x) {
  return detail::Call("sin").in(x).one();
}

/// Cosine of x, in radians.
inline Tensor cos(const Tensor& x) {
  return detail::Call("cos").in(x).one();
}

/// Tangent of x, in radians.
inline Tensor tan(const Tensor& x) {
  return detail::Call("tan").in(x).one();
}

/// Inverse sine, in radians, for x in [-1, 1].
inline Tensor asin(const Tensor& x) {
  return detail::Call("asin").in(x).one();
}

/// Inverse cosine, in radians, for x in [-1, 1].
inline Tensor acos(const Tensor& x) {
  return detail::Call("acos").in(x).one();
}

/// Inverse tangent, in radians.
inline Tensor atan(const Tensor& x) {
  return detail::Call("atan").in(x).one();
}

/// Hyperbolic sine.
inline Tensor sinh(const Tensor& x) {
  return detail::Call("sinh").in(x).one();
}

/// Hyperbolic cosine.
inline Tensor cosh(const Tensor& x) {
  return detail::Call("cosh").in(x).one();
}

/// Hyperbolic tangent.
inline Tensor tanh(const Tensor& x) {
  return detail::Call("tanh").in(x).one();
}

/// Inverse hyperbolic sine.
inline Tensor asinh(const Tensor& x) {
  return detail::Call("asinh").in(x).one();
}

/// Inverse hyperbolic cosine, for x >= 1.
inline Tensor acosh(const Tensor& x) {
  return detail::Call("acosh").in(x).one();
}

/// Inverse hyperbolic tangent, for x in [-1, 1].
inline Tensor atanh(const Tensor& x) {
  return detail::Call("atanh").in(x).one();
}

/// 2 / sqrt(pi) * integral of e^(-s^2) from 0 to x.
inline Tensor erf(const Tensor& x) {
  return detail::Call("erf").in(x).one();
}

/// 1 - erf(x), exact for large x.
inline Tensor erfc(const Tensor& x) {
  return detail::Call("erfc").in(x).one();
}

/// The y with erf(y) = x, for x in [-1, 1].
inline Tensor erfinv(const Tensor& x) {
  return detail::Call("erfinv").in(x).one();
}

/// log |Gamma(x)|.
inline Tensor lgamma(const Tensor& x) {
  return detail::Call("lgamma").in(x).one();
}

/// The derivative of log Gamma(x).
inline Tensor digamma(const Tensor& x) {
  return detail::Call("digamma").in(x).one();
}

/// The n-th derivative of digamma. Attributes: n.
inline Tensor polygamma(const Tensor& x, std::int64_t n) {
  return detail::Call("polygamma").in(x).with("n", n).one();
}

// ---- Comparison and logic ----------------------------------------------
// Results are bools. They have no derivative.

/// x == y.
inline Tensor equal(const Operand& x, const Operand& y) {
  return detail::Call("equal").in(x).in(y).one();
}

/// x != y.
inline Tensor not_equal(const Operand& x, const Operand& y) {
  return detail::Call("not_equal").in(x).in(y).one();
}

/// x < y; false < true.
inline Tensor less(const Operand& x, const Operand& y) {
  return detail::Call("less").in(x).in(y).one();
}

/// x <= y; false < true.
inline Tensor less_equal(const Operand& x, const Operand& y) {
  return detail::Call("less_equal").in(x).in(y).one();
}

/// x > y; true > false.
inline Tensor greater(const Operand& x, const Operand& y) {
  return detail::Call("greater").in(x).in(y).one();
}

/// x >= y; true > false.
inline Tensor greater_equal(const Operand& x, const Operand& y) {
  return detail::Call("greater_equal").in(x).in(y).one();
}

/// x and y.
inline Tensor logical_and(const Operand& x, const Operand& y) {
  return detail::Call("logical_and").in(x).in(y).one();
}

/// x or y.
inline Tensor logical_or(const Operand& x, const Operand& y) {
  return detail::Call("logical_or").in(x).in(y).one();
}

/// x or y, not both.
inline Tensor logical_xor(const Operand& x, const Operand& y) {
  return detail::Call("logical_xor").in(x).in(y).one();
}

/// not x.
inline Tensor logical_not(const Tensor& x) {
  return detail::Call("logical_not").in(x).one();
}

/// Whether x is neither nan nor infinite, as all integers and bools are.
inline Tensor is_finite(const Tensor& x) {
  return detail::Call("is_finite").in(x).one();
}

/// Whether x is an infinity; no integer or bool is.
inline Tensor is_inf(const Tensor& x) {
  return detail::Call("is_inf").in(x).one();
}

/// Whether x is not a number; no integer or bool is.
inline Tensor is_nan(const Tensor& x) {
  return detail::Call("is_nan").in(x).one();
}

// ---- Reductions --------------------------------------------------------
// Sums, means, extremes and norms over axes. An axis that is left out stands for all axes.

/// Sum over the axes; of bools their count, int64. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_sum(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_sum").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceSumAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_sum(const Tensor& x, const ReduceSumAttrs& attrs) {
  return reduce_sum(x, attrs.axis, attrs.keepdims);
}

/// Mean over the axes; of integers and bools in float64. Attributes: axis (optional), keepdims (default
/// false).
inline Tensor reduce_mean(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_mean").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceMeanAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_mean(const Tensor& x, const ReduceMeanAttrs& attrs) {
  return reduce_mean(x, attrs.axis, attrs.keepdims);
}

/// Product over the axes, of bools in int64; its derivatives are right with zeros among the factors, to any
/// order. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_prod(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_prod").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceProdAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_prod(const Tensor& x, const ReduceProdAttrs& attrs) {
  return reduce_prod(x, attrs.axis, attrs.keepdims);
}

/// Largest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional),
/// keepdims (default false).
inline Tensor reduce_max(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_max").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceMaxAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_max(const Tensor& x, const ReduceMaxAttrs& attrs) {
  return reduce_max(x, attrs.axis, attrs.keepdims);
}

/// Smallest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional),
/// keepdims (default false).
inline Tensor reduce_min(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_min").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceMinAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_min(const Tensor& x, const ReduceMinAttrs& attrs) {
  return reduce_min(x, attrs.axis, attrs.keepdims);
}

/// Whether all entries over the axes are true. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_all(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_all").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceAllAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_all(const Tensor& x, const ReduceAllAttrs& attrs) {
  return reduce_all(x, attrs.axis, attrs.keepdims);
}

/// Whether any entry over the axes is true. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_any(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_any").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceAnyAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_any(const Tensor& x, const ReduceAnyAttrs& attrs) {
  return reduce_any(x, attrs.axis, attrs.keepdims);
}

/// log(sum(e^x)) over the axes, without overflow. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_logsumexp(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_logsumexp").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceLogsumexpAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_logsumexp(const Tensor& x, const ReduceLogsumexpAttrs& attrs) {
  return reduce_logsumexp(x, attrs.axis, attrs.keepdims);
}

/// Square root of the biased variance; its derivative is 0 where all entries are the same. Of integers and
/// bools in float64. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_std(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_std").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceStdAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_std(const Tensor& x, const ReduceStdAttrs& attrs) {
  return reduce_std(x, attrs.axis, attrs.keepdims);
}

/// Biased variance over the axes: mean((x - mean(x))^2); of integers and bools in float64. Attributes: axis
/// (optional), keepdims (default false).
inline Tensor reduce_variance(const Tensor& x, const Axes& axis = {}, bool keepdims = false) {
  return detail::Call("reduce_variance").in(x).with("axis", axis).with("keepdims", keepdims).one();
}

struct ReduceVarianceAttrs {
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor reduce_variance(const Tensor& x, const ReduceVarianceAttrs& attrs) {
  return reduce_variance(x, attrs.axis, attrs.keepdims);
}

/// Vector norm of order ord: euclidean, inf and -inf (largest and smallest magnitude), 0 (entries that are
/// not 0, with derivative 0), else sum(|x|^ord)^(1 / ord). Over two axes the matrix norm: euclidean or fro
/// (Frobenius), nuc (sum of the singular values), 2 and -2 (largest and smallest of them), 1 and -1 (largest
/// and smallest column sum), inf and -inf (row sum). Its derivative at 0 is 0, the second one nan.
/// Attributes: ord (default "euclidean"), axis (optional), keepdims (default false).
inline Tensor norm(const Tensor& x, const NameOrNumber& ord = "euclidean", const Axes& axis = {},
                   bool keepdims = false) {
  return detail::Call("norm").in(x).with("ord", ord).with("axis", axis).with("keepdims", keepdims).one();
}

struct NormAttrs {
  NameOrNumber ord = "euclidean";
  Axes axis = {};
  bool keepdims = false;
};
template <class = void>
Tensor norm(const Tensor& x, const NormAttrs& attrs) {
  return norm(x, attrs.ord, attrs.axis, attrs.keepdims);
}

/// Mean and biased variance over the axes. Attributes: axes (optional), keepdims (default false).
inline std::array<Tensor, 2> moments(const Tensor& x, const Axes& axes = {}, bool keepdims = false) {
  return detail::Call("moments").in(x).with("axes", axes).with("keepdims", keepdims).array<2>();
}

struct MomentsAttrs {
  Axes axes = {};
  bool keepdims = false;
};
template <class = void>
std::array<Tensor, 2> moments(const Tensor& x, const MomentsAttrs& attrs) {
  return moments(x, attrs.axes, attrs.keepdims);
}

/// Index of the first largest entry along the axis. Attributes: axis (default 0).
inline Tensor argmax(const Tensor& x, std::int64_t axis = 0) {
  return detail::Call("argmax").in(x).with("axis", axis).one();
}

/// Index of the first smallest entry along the axis. Attributes: axis (default 0).
inline Tensor argmin(const Tensor& x, std::int64_t axis = 0) {
  return detail::Call("argmin").in(x).with("axis", axis).one();
}

// ---- Cumulative ops ----------------------------------------------------
// Running sums, products and recurrences along an axis.

/// Sums of all entries up to each one. Attributes: axis (default 0), exclusive (default false), reverse
/// (default false).
inline Tensor cumsum(const Tensor& x, std::int64_t axis = 0, bool exclusive = false, bool reverse = false) {
  return detail::Call("cumsum").in(x).with("axis", axis).with("exclusive", exclusive)
      .with("reverse", reverse).one();
}

struct CumsumAttrs {
  std::int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};
template <class = void>
Tensor cumsum(const Tensor& x, const CumsumAttrs& attrs) {
  return cumsum(x, attrs.axis, attrs.exclusive, attrs.reverse);
}

/// Products of all entries up to each one; its derivatives are right with zeros among them, to any order.
/// Attributes: axis (default 0), exclusive (default false), reverse (default false).
inline Tensor cumprod(const Tensor& x, std::int64_t axis = 0, bool exclusive = false, bool reverse = false) {
  return detail::Call("cumprod").in(x).with("axis", axis).with("exclusive", exclusive)
      .with("reverse", reverse).one();
}

struct CumprodAttrs {
  std::int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};
template <class = void>
Tensor cumprod(const Tensor& x, const CumprodAttrs& attrs) {
  return cumprod(x, attrs.axis, attrs.exclusive, attrs.reverse);
}

/// log of the sums of e^x over all entries up to each one, without overflow. Attributes: axis (default 0),
/// exclusive (default false), reverse (default false).
inline Tensor logcumsumexp(const Tensor& x, std::int64_t axis = 0, bool exclusive = false,
                           bool reverse = false) {
  return detail::Call("logcumsumexp").in(x).with("axis", axis).with("exclusive", exclusive)
      .with("reverse", reverse).one();
}

struct LogcumsumexpAttrs {
  std::int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};
template <class = void>
Tensor logcumsumexp(const Tensor& x, const LogcumsumexpAttrs& attrs) {
  return logcumsumexp(x, attrs.axis, attrs.exclusive, attrs.reverse);
}

/// y_i = a_i * y_(i-1) + x_i along the axis, from y = 0 on; reverse: from the last entry on. Attributes:
/// axis (default 0), reverse (default false).
inline Tensor linear_scan(const Operand& a, const Operand& x, std::int64_t axis = 0, bool reverse = false) {
  return detail::Call("linear_scan").in(a).in(x).with("axis", axis).with("reverse", reverse).one();
}

struct LinearScanAttrs {
  std::int64_t axis = 0;
  bool reverse = false;
};
template <class = void>
Tensor linear_scan(const Operand& a, const Operand& x, const LinearScanAttrs& attrs) {
  return linear_scan(a, x, attrs.axis, attrs.reverse);
}

// ---- Shapes ------------------------------------------------------------
// Axes are added, removed, moved and joined. Values stay.

/// The same elements in another shape; one entry of shape may be -1. Attributes: shape.
inline Tensor reshape(const Tensor& x, const Axes& shape) {
  return detail::Call("reshape").in(x).list("shape", shape).one();
}

/// Axes in another order: axis i of the result is axis perm[i] of x. Without perm they are reversed.
/// Attributes: perm (optional).
inline Tensor transpose(const Tensor& x, const Axes& perm = {}) {
  return detail::Call("transpose").in(x).with("perm", perm).one();
}

/// A new axis of size 1 at `axis`. Attributes: axis (default 0).
inline Tensor expand_dims(const Tensor& x, std::int64_t axis = 0) {
  return detail::Call("expand_dims").in(x).with("axis", axis).one();
}

/// Without the named axes, or all axes, of size 1. Attributes: axis (optional).
inline Tensor squeeze(const Tensor& x, const Axes& axis = {}) {
  return detail::Call("squeeze").in(x).with("axis", axis).one();
}

/// x repeated along its axes of size 1 and along new leading axes. Attributes: shape.
inline Tensor broadcast_to(const Tensor& x, const Axes& shape) {
  return detail::Call("broadcast_to").in(x).list("shape", shape).one();
}

/// The inputs one after the other along `axis`. Attributes: axis (default 0).
inline Tensor concat(const std::vector<Tensor>& values, std::int64_t axis = 0) {
  return detail::Call("concat").in(values).with("axis", axis).one();
}

/// The inputs as the entries of a new axis. Attributes: axis (default 0).
inline Tensor stack(const std::vector<Tensor>& values, std::int64_t axis = 0) {
  return detail::Call("stack").in(values).with("axis", axis).one();
}

/// The entries along the axis, one output each. Attributes: axis (default 0).
inline std::vector<Tensor> unstack(const Tensor& x, std::int64_t axis = 0) {
  return detail::Call("unstack").in(x).with("axis", axis).all();
}

/// x cut along the axis into a number of equal parts, or into parts of the given sizes. Attributes:
/// num_or_size_splits, axis (default 0).
inline std::vector<Tensor> split(const Tensor& x, const Axes& num_or_size_splits, std::int64_t axis = 0) {
  return detail::Call("split").in(x).list("num_or_size_splits", num_or_size_splits).with("axis", axis).all();
}

struct SplitAttrs {
  Axes num_or_size_splits{};
  std::int64_t axis = 0;
};
template <class = void>
std::vector<Tensor> split(const Tensor& x, const SplitAttrs& attrs) {
  return split(x, attrs.num_or_size_splits, attrs.axis);
}

/// x repeated multiples[i] times along axis i. Attributes: multiples.
inline Tensor tile(const Tensor& x, const Axes& multiples) {
  return detail::Call("tile").in(x).list("multiples", multiples).one();
}

/// Each entry along the axis repeated, as often for all or one count for each; without an axis x is
/// flattened first. Attributes: repeats, axis (optional).
inline Tensor repeat(const Tensor& x, const Axes& repeats, std::optional<std::int64_t> axis = std::nullopt) {
  return detail::Call("repeat").in(x).list("repeats", repeats).with("axis", axis).one();
}

struct RepeatAttrs {
  Axes repeats{};
  std::optional<std::int64_t> axis = std::nullopt;
};
template <class = void>
Tensor repeat(const Tensor& x, const RepeatAttrs& attrs) {
  return repeat(x, attrs.repeats, attrs.axis);
}

/// x with paddings [[before, after], ...]: of constant_values, or mirrored at the edges. Attributes:
/// paddings, mode (default "CONSTANT"), constant_values (default 0).
inline Tensor pad(const Tensor& x, const Axes& paddings, const std::string& mode = "CONSTANT",
                  Number constant_values = 0) {
  return detail::Call("pad").in(x).list("paddings", paddings).with("mode", mode)
      .with("constant_values", constant_values).one();
}

struct PadAttrs {
  Axes paddings{};
  std::string mode = "CONSTANT";
  Number constant_values = 0;
};
template <class = void>
Tensor pad(const Tensor& x, const PadAttrs& attrs) {
  return pad(x, attrs.paddings, attrs.mode, attrs.constant_values);
}

/// The named axes from the last entry to the first. Attributes: axis.
inline Tensor reverse(const Tensor& x, const Axes& axis) {
  return detail::Call("reverse").in(x).list("axis", axis).one();
}

/// x moved by shift entries along each axis; what leaves at one end comes in at the other. Attributes:
/// shift, axis.
inline Tensor roll(const Tensor& x, const Axes& shift, const Axes& axis) {
  return detail::Call("roll").in(x).list("shift", shift).list("axis", axis).one();
}

struct RollAttrs {
  Axes shift{};
  Axes axis{};
};
template <class = void>
Tensor roll(const Tensor& x, const RollAttrs& attrs) {
  return roll(x, attrs.shift, attrs.axis);
}

// ---- Parts and indices -------------------------------------------------
// Slices, entries by index, and sums into places.

/// The part of x from begin with the given size; -1: to the end. Attributes: begin, size.
inline Tensor slice(const Tensor& x, const Axes& begin, const Axes& size) {
  return detail::Call("slice").in(x).list("begin", begin).list("size", size).one();
}

struct SliceAttrs {
  Axes begin{};
  Axes size{};
};
template <class = void>
Tensor slice(const Tensor& x, const SliceAttrs& attrs) {
  return slice(x, attrs.begin, attrs.size);
}

/// x[begin:end:strides], with TensorFlow's bit masks; bounds out of range clamp. Attributes: begin, end,
/// strides (optional), begin_mask (default 0), end_mask (default 0), ellipsis_mask (default 0),
/// new_axis_mask (default 0), shrink_axis_mask (default 0).
inline Tensor strided_slice(const Tensor& x, const Axes& begin, const Axes& end, const Axes& strides = {},
                            std::int64_t begin_mask = 0, std::int64_t end_mask = 0,
                            std::int64_t ellipsis_mask = 0, std::int64_t new_axis_mask = 0,
                            std::int64_t shrink_axis_mask = 0) {
  return detail::Call("strided_slice").in(x).list("begin", begin).list("end", end).with("strides", strides)
      .with("begin_mask", begin_mask).with("end_mask", end_mask).with("ellipsis_mask", ellipsis_mask)
      .with("new_axis_mask", new_axis_mask).with("shrink_axis_mask", shrink_axis_mask).one();
}

struct StridedSliceAttrs {
  Axes begin{};
  Axes end{};
  Axes strides = {};
  std::int64_t begin_mask = 0;
  std::int64_t end_mask = 0;
  std::int64_t ellipsis_mask = 0;
  std::int64_t new_axis_mask = 0;
  std::int64_t shrink_axis_mask = 0;
};
template <class = void>
Tensor strided_slice(const Tensor& x, const StridedSliceAttrs& attrs) {
  return strided_slice(x, attrs.begin, attrs.end, attrs.strides, attrs.begin_mask, attrs.end_mask,
                       attrs.ellipsis_mask, attrs.new_axis_mask, attrs.shrink_axis_mask);
}

/// Entries of params along `axis`, at indices; the first batch_dims axes of both run together. Attributes:
/// axis (optional), batch_dims (default 0).
inline Tensor gather(const Operand& params, const Operand& indices,
                     std::optional<std::int64_t> axis = std::nullopt, std::int64_t batch_dims = 0) {
  return detail::Call("gather").in(params).index(indices).with("axis", axis).with("batch_dims", batch_dims)
      .one();
}

struct GatherAttrs {
  std::optional<std::int64_t> axis = std::nullopt;
  std::int64_t batch_dims = 0;
};
template <class = void>
Tensor gather(const Operand& params, const Operand& indices, const GatherAttrs& attrs) {
  return gather(params, indices, attrs.axis, attrs.batch_dims);
}

/// Entries of params at indices [..., k] into its first k axes behind the batch dims, which run together.
/// Attributes: batch_dims (default 0).
inline Tensor gather_nd(const Operand& params, const Operand& indices, std::int64_t batch_dims = 0) {
  return detail::Call("gather_nd").in(params).index(indices).with("batch_dims", batch_dims).one();
}

/// x at indices along the axis; the other axes of both run together, and broadcast. Attributes: axis.
inline Tensor take_along_axis(const Operand& x, const Operand& indices, std::int64_t axis) {
  return detail::Call("take_along_axis").in(x).index(indices).with("axis", axis).one();
}

/// Rows of params at ids.
inline Tensor embedding_lookup(const Operand& params, const Operand& ids) {
  return detail::Call("embedding_lookup").in(params).index(ids).one();
}

/// The entries of x where the mask, which stands before the axes from `axis` on, is true, along one axis.
/// The mask's value is read when the op is recorded. Attributes: axis (default 0).
inline Tensor boolean_mask(const Operand& x, const Operand& mask, std::int64_t axis = 0) {
  return detail::Call("boolean_mask").in(x).in(mask).with("axis", axis).one();
}

/// x where the condition holds, else y; what is not selected reaches no gradient.
inline Tensor where(const Operand& condition, const Operand& x, const Operand& y) {
  return detail::Call("where").in(condition).in(x).in(y).one();
}

/// Zeros of `shape`, to which updates are added at indices [..., k] into its first k axes. Attributes: shape.
inline Tensor scatter_nd(const Operand& indices, const Operand& updates, const Axes& shape) {
  return detail::Call("scatter_nd").index(indices).in(updates).list("shape", shape).one();
}

/// Zeros of `shape`, to which updates are added where gather(axis, batch_dims) with these indices would
/// read. Attributes: shape, axis (optional), batch_dims (default 0).
inline Tensor scatter_add(const Operand& indices, const Operand& updates, const Axes& shape,
                          std::optional<std::int64_t> axis = std::nullopt, std::int64_t batch_dims = 0) {
  return detail::Call("scatter_add").index(indices).in(updates).list("shape", shape).with("axis", axis)
      .with("batch_dims", batch_dims).one();
}

struct ScatterAddAttrs {
  Axes shape{};
  std::optional<std::int64_t> axis = std::nullopt;
  std::int64_t batch_dims = 0;
};
template <class = void>
Tensor scatter_add(const Operand& indices, const Operand& updates, const ScatterAddAttrs& attrs) {
  return scatter_add(indices, updates, attrs.shape, attrs.axis, attrs.batch_dims);
}

/// x with updates added at indices [..., k] into its first k axes.
inline Tensor tensor_scatter_add(const Operand& x, const Operand& indices, const Operand& updates) {
  return detail::Call("tensor_scatter_add").in(x).index(indices).in(updates).one();
}

/// x with updates in place of the entries at indices [..., k] into its first k axes; the last one of several
/// for one place counts.
inline Tensor tensor_scatter_update(const Operand& x, const Operand& indices, const Operand& updates) {
  return detail::Call("tensor_scatter_update").in(x).index(indices).in(updates).one();
}

/// Row i is the sum of data's rows with segment id i; ids do not fall, the last one says how many rows there
/// are. Its value is read when the op is recorded.
inline Tensor segment_sum(const Operand& data, const Operand& segment_ids) {
  return detail::Call("segment_sum").in(data).index(segment_ids).one();
}

/// Row i is the sum of data's rows with segment id i, 0 where there is none; rows with a negative id are
/// left out. Attributes: num_segments.
inline Tensor unsorted_segment_sum(const Operand& data, const Operand& segment_ids,
                                   std::int64_t num_segments) {
  return detail::Call("unsorted_segment_sum").in(data).index(segment_ids).with("num_segments", num_segments)
      .one();
}

// ---- Sorting -----------------------------------------------------------
// Orders along an axis.

/// The entries along the axis in order; stable, nan last, false before true. Attributes: axis (default -1),
/// direction (default "ASCENDING").
inline Tensor sort(const Tensor& x, std::int64_t axis = -1, const std::string& direction = "ASCENDING") {
  return detail::Call("sort").in(x).with("axis", axis).with("direction", direction).one();
}

struct SortAttrs {
  std::int64_t axis = -1;
  std::string direction = "ASCENDING";
};
template <class = void>
Tensor sort(const Tensor& x, const SortAttrs& attrs) {
  return sort(x, attrs.axis, attrs.direction);
}

/// Indices that sort the entries along the axis; stable, nan last, false before true. Attributes: axis
/// (default -1), direction (default "ASCENDING").
inline Tensor argsort(const Tensor& x, std::int64_t axis = -1, const std::string& direction = "ASCENDING") {
  return detail::Call("argsort").in(x).with("axis", axis).with("direction", direction).one();
}

struct ArgsortAttrs {
  std::int64_t axis = -1;
  std::string direction = "ASCENDING";
};
template <class = void>
Tensor argsort(const Tensor& x, const ArgsortAttrs& attrs) {
  return argsort(x, attrs.axis, attrs.direction);
}

/// The k largest entries along the last axis, largest first, and their indices; of equal ones the first
/// comes first. Attributes: k.
inline std::array<Tensor, 2> top_k(const Tensor& x, std::int64_t k) {
  return detail::Call("top_k").in(x).with("k", k).array<2>();
}

// ---- Making tensors ----------------------------------------------------
// Tensors from numbers, dtypes and shapes, and random ones.

/// A tensor of `shape` that holds value everywhere. Attributes: shape.
inline Tensor fill(const Tensor& value, const Axes& shape) {
  return detail::Call("fill").in(value).list("shape", shape).one();
}

/// Zeros of x's shape and dtype; no gradient reaches x.
inline Tensor zeros_like(const Tensor& x) {
  return detail::Call("zeros_like").in(x).one();
}

/// Ones of x's shape and dtype; no gradient reaches x.
inline Tensor ones_like(const Tensor& x) {
  return detail::Call("ones_like").in(x).one();
}

/// Identity matrices [batch_shape..., num_rows, num_columns]. Attributes: num_rows, num_columns (optional),
/// batch_shape (default []), dtype (optional).
inline Tensor eye(const Context& ctx, std::int64_t num_rows,
                  std::optional<std::int64_t> num_columns = std::nullopt, const Axes& batch_shape = {},
                  std::optional<Dtype> dtype = std::nullopt) {
  return detail::Call("eye", ctx.get()).with("num_rows", num_rows).with("num_columns", num_columns)
      .with("batch_shape", batch_shape).with("dtype", dtype).one();
}

struct EyeAttrs {
  std::int64_t num_rows{};
  std::optional<std::int64_t> num_columns = std::nullopt;
  Axes batch_shape = {};
  std::optional<Dtype> dtype = std::nullopt;
};
template <class = void>
Tensor eye(const Context& ctx, const EyeAttrs& attrs) {
  return eye(ctx, attrs.num_rows, attrs.num_columns, attrs.batch_shape, attrs.dtype);
}

/// start, start + delta, ... below (above, if delta < 0) limit. Without a dtype integers give int32, or
/// int64 where one of the three does not fit. Attributes: start (default 0), limit, delta (default 1), dtype
/// (optional).
inline Tensor range(const Context& ctx, Number limit, Number start = 0, Number delta = 1,
                    std::optional<Dtype> dtype = std::nullopt) {
  return detail::Call("range", ctx.get()).with("start", start).with("limit", limit).with("delta", delta)
      .with("dtype", dtype).one();
}

struct RangeAttrs {
  Number start = 0;
  Number limit{};
  Number delta = 1;
  std::optional<Dtype> dtype = std::nullopt;
};
template <class = void>
Tensor range(const Context& ctx, const RangeAttrs& attrs) {
  return range(ctx, attrs.limit, attrs.start, attrs.delta, attrs.dtype);
}

/// num numbers from start to stop at equal distances, along a new axis. Attributes: num, axis (default 0).
inline Tensor linspace(const Operand& start, const Operand& stop, std::int64_t num, std::int64_t axis = 0) {
  return detail::Call("linspace").in(start).in(stop).with("num", num).with("axis", axis).one();
}

struct LinspaceAttrs {
  std::int64_t num{};
  std::int64_t axis = 0;
};
template <class = void>
Tensor linspace(const Operand& start, const Operand& stop, const LinspaceAttrs& attrs) {
  return linspace(start, stop, attrs.num, attrs.axis);
}

/// on_value where the new axis's index equals indices, off_value elsewhere. Attributes: depth, axis (default
/// -1), on_value (default 1), off_value (default 0), dtype (optional).
inline Tensor one_hot(const Tensor& indices, std::int64_t depth, std::int64_t axis = -1, Number on_value = 1,
                      Number off_value = 0, std::optional<Dtype> dtype = std::nullopt) {
  return detail::Call("one_hot").in(indices).with("depth", depth).with("axis", axis)
      .with("on_value", on_value).with("off_value", off_value).with("dtype", dtype).one();
}

struct OneHotAttrs {
  std::int64_t depth{};
  std::int64_t axis = -1;
  Number on_value = 1;
  Number off_value = 0;
  std::optional<Dtype> dtype = std::nullopt;
};
template <class = void>
Tensor one_hot(const Tensor& indices, const OneHotAttrs& attrs) {
  return one_hot(indices, attrs.depth, attrs.axis, attrs.on_value, attrs.off_value, attrs.dtype);
}

/// Independent normal numbers of the given mean and standard deviation. Attributes: shape, dtype (default
/// "float32"), mean (default 0), stddev (default 1), key (optional), counter (optional).
inline Tensor random_normal(const Context& ctx, const Axes& shape, Dtype dtype = Dtype::float32,
                            double mean = 0, double stddev = 1,
                            std::optional<std::int64_t> key = std::nullopt,
                            std::optional<std::int64_t> counter = std::nullopt) {
  return detail::Call("random_normal", ctx.get()).list("shape", shape).with("dtype", dtype)
      .with("mean", mean).with("stddev", stddev).with("key", key).with("counter", counter).one();
}

struct RandomNormalAttrs {
  Axes shape{};
  Dtype dtype = Dtype::float32;
  double mean = 0;
  double stddev = 1;
  std::optional<std::int64_t> key = std::nullopt;
  std::optional<std::int64_t> counter = std::nullopt;
};
template <class = void>
Tensor random_normal(const Context& ctx, const RandomNormalAttrs& attrs) {
  return random_normal(ctx, attrs.shape, attrs.dtype, attrs.mean, attrs.stddev, attrs.key, attrs.counter);
}

/// Independent uniform numbers in [minval, maxval), floats or integers. Attributes: shape, dtype (default
/// "float32"), minval (default 0), maxval (default 1), key (optional), counter (optional).
inline Tensor random_uniform(const Context& ctx, const Axes& shape, Dtype dtype = Dtype::float32,
                             double minval = 0, double maxval = 1,
                             std::optional<std::int64_t> key = std::nullopt,
                             std::optional<std::int64_t> counter = std::nullopt) {
  return detail::Call("random_uniform", ctx.get()).list("shape", shape).with("dtype", dtype)
      .with("minval", minval).with("maxval", maxval).with("key", key).with("counter", counter).one();
}

struct RandomUniformAttrs {
  Axes shape{};
  Dtype dtype = Dtype::float32;
  double minval = 0;
  double maxval = 1;
  std::optional<std::int64_t> key = std::nullopt;
  std::optional<std::int64_t> counter = std::nullopt;
};
template <class = void>
Tensor random_uniform(const Context& ctx, const RandomUniformAttrs& attrs) {
  return random_uniform(ctx, attrs.shape, attrs.dtype, attrs.minval, attrs.maxval, attrs.key, attrs.counter);
}

// ---- Dtypes and the flow of gradients ----------------------------------
// Ops that change a dtype, or whether a gradient passes.

/// x in another dtype: float to int truncates toward 0 and saturates, to bool is x != 0. Attributes: dtype.
inline Tensor cast(const Tensor& x, Dtype dtype) {
  return detail::Call("cast").in(x).with("dtype", dtype).one();
}

/// x itself.
inline Tensor identity(const Tensor& x) {
  return detail::Call("identity").in(x).one();
}

/// x itself, taken as a constant by every derivative.
inline Tensor stop_gradient(const Tensor& x) {
  return detail::Call("stop_gradient").in(x).one();
}

// ---- Products of matrices and vectors ----------------------------------
// Matrices are the last two axes. The axes before them are a batch.

/// Matrix product of the last two axes; leading axes broadcast. A vector a is a row, a vector b a column,
/// whose axis the result lacks. Attributes: transpose_a (default false), transpose_b (default false).
inline Tensor matmul(const Operand& a, const Operand& b, bool transpose_a = false, bool transpose_b = false) {
  return detail::Call("matmul").in(a).in(b).with("transpose_a", transpose_a).with("transpose_b", transpose_b)
      .one();
}

struct MatmulAttrs {
  bool transpose_a = false;
  bool transpose_b = false;
};
template <class = void>
Tensor matmul(const Operand& a, const Operand& b, const MatmulAttrs& attrs) {
  return matmul(a, b, attrs.transpose_a, attrs.transpose_b);
}

/// Sum of products over the labels that the output lacks, as in "ij,jk->ik"; "..." stands for axes that
/// broadcast. Attributes: equation.
inline Tensor einsum(const std::vector<Tensor>& operands, const std::string& equation) {
  return detail::Call("einsum").in(operands).with("equation", equation).one();
}

/// Sum of products over pairs of axes: a count (the last of a with the first of b), or two lists.
/// Attributes: axes (default 2).
inline Tensor tensordot(const Operand& a, const Operand& b, const Axes& axes = {}) {
  return detail::Call("tensordot").in(a).in(b).with("axes", axes).one();
}

/// Sum of a[i] * b[i] of two vectors.
inline Tensor dot(const Operand& a, const Operand& b) {
  return detail::Call("dot").in(a).in(b).one();
}

/// a[i] * b[j] of two vectors.
inline Tensor outer(const Operand& a, const Operand& b) {
  return detail::Call("outer").in(a).in(b).one();
}

/// Cross product of the vectors of 3 in the last axis.
inline Tensor cross(const Operand& a, const Operand& b) {
  return detail::Call("cross").in(a).in(b).one();
}

/// Kronecker product: each entry of a times all of b.
inline Tensor kron(const Operand& a, const Operand& b) {
  return detail::Call("kron").in(a).in(b).one();
}

/// The n-th power of the matrices in the last two axes: of the inverse where n < 0, the identity where n is
/// 0. Attributes: n.
inline Tensor matrix_power(const Tensor& x, std::int64_t n) {
  return detail::Call("matrix_power").in(x).with("n", n).one();
}

/// Matrices with the given diagonals [..., n] as diagonal k, else 0: [..., n + |k|, n + |k|]. Attributes: k
/// (default 0).
inline Tensor diag(const Tensor& diagonal, std::int64_t k = 0) {
  return detail::Call("diag").in(diagonal).with("k", k).one();
}

/// The diagonal k of the matrices in the last two axes: entries [i, i + k]. Attributes: k (default 0).
inline Tensor diag_part(const Tensor& x, std::int64_t k = 0) {
  return detail::Call("diag_part").in(x).with("k", k).one();
}

/// Sum of the main diagonal of the matrices in the last two axes; of bools their count, int64.
inline Tensor trace(const Tensor& x) {
  return detail::Call("trace").in(x).one();
}

/// x on and below diagonal k of the last two axes, 0 above. Attributes: k (default 0).
inline Tensor tril(const Tensor& x, std::int64_t k = 0) {
  return detail::Call("tril").in(x).with("k", k).one();
}

/// x on and above diagonal k of the last two axes, 0 below. Attributes: k (default 0).
inline Tensor triu(const Tensor& x, std::int64_t k = 0) {
  return detail::Call("triu").in(x).with("k", k).one();
}

// ---- Linear algebra ----------------------------------------------------
// Equations, decompositions and functions of matrices. The axes before the last two are a batch.

/// x with matrix x = rhs [..., n, k], or a vector [n] for every matrix; with the transposed matrix where
/// adjoint. Attributes: adjoint (default false).
inline Tensor solve(const Operand& matrix, const Operand& rhs, bool adjoint = false) {
  return detail::Call("solve").in(matrix).in(rhs).with("adjoint", adjoint).one();
}

/// x with matrix x = rhs [..., n, k], or a vector [n] for every matrix, where the lower (or else upper)
/// triangle alone of the matrix is read; with its transpose where adjoint. Attributes: lower (default true),
/// adjoint (default false).
inline Tensor triangular_solve(const Operand& matrix, const Operand& rhs, bool lower = true,
                               bool adjoint = false) {
  return detail::Call("triangular_solve").in(matrix).in(rhs).with("lower", lower).with("adjoint", adjoint)
      .one();
}

struct TriangularSolveAttrs {
  bool lower = true;
  bool adjoint = false;
};
template <class = void>
Tensor triangular_solve(const Operand& matrix, const Operand& rhs, const TriangularSolveAttrs& attrs) {
  return triangular_solve(matrix, rhs, attrs.lower, attrs.adjoint);
}

/// The x that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2, for a matrix [..., m, n], rhs [..., m,
/// k], or a vector [m] for every matrix. Without l2_regularizer it is an error when the rank is not full.
/// Attributes: l2_regularizer (default 0).
inline Tensor lstsq(const Operand& matrix, const Operand& rhs, double l2_regularizer = 0) {
  return detail::Call("lstsq").in(matrix).in(rhs).with("l2_regularizer", l2_regularizer).one();
}

/// Inverse of the matrices in the last two axes.
inline Tensor inv(const Tensor& x) {
  return detail::Call("inv").in(x).one();
}

/// Determinant of the matrices in the last two axes; its derivatives are right for singular ones too.
inline Tensor det(const Tensor& x) {
  return detail::Call("det").in(x).one();
}

/// sign and log |determinant| of the matrices in the last two axes: 0 and -inf for singular ones. The sign
/// has no derivative.
inline std::array<Tensor, 2> slogdet(const Tensor& x) {
  return detail::Call("slogdet").in(x).array<2>();
}

/// The lower triangular L with L L^T = x; x is symmetrised first, or else its lower triangle alone is read.
/// Attributes: symmetrize_input (default true).
inline Tensor cholesky(const Tensor& x, bool symmetrize_input = true) {
  return detail::Call("cholesky").in(x).with("symmetrize_input", symmetrize_input).one();
}

/// q [..., m, k] with orthonormal columns and upper triangular r [..., k, n] with q r = x [..., m, n], k =
/// min(m, n); r has a positive diagonal where positive_diagonal. Derivatives are nan unless the first k
/// columns are independent. Attributes: positive_diagonal (default true).
inline std::array<Tensor, 2> qr(const Tensor& x, bool positive_diagonal = true) {
  return detail::Call("qr").in(x).with("positive_diagonal", positive_diagonal).array<2>();
}

/// The eigenvalues of symmetric matrices, rising. x is symmetrised first, or else its lower triangle alone
/// is read. Of repeated eigenvalues second derivatives are nan: eigh_function has those of smooth functions.
/// Attributes: symmetrize_input (default true).
inline Tensor eigh(const Tensor& x, bool symmetrize_input = true) {
  return detail::Call("eigh").in(x).with("symmetrize_input", symmetrize_input).one();
}

/// Eigenvalues e, rising, and eigenvectors, the columns of v, of symmetric matrices: x = v diag(e) v^T. In
/// each column the first entry of at least 0.9 times its largest magnitude is positive. x is symmetrised
/// first, or else its lower triangle alone is read. Of repeated eigenvalues derivatives of v are nan.
/// Attributes: symmetrize_input (default true).
inline std::array<Tensor, 2> eigh_with_vectors(const Tensor& x, bool symmetrize_input = true) {
  return detail::Call("eigh_with_vectors").in(x).with("symmetrize_input", symmetrize_input).array<2>();
}

/// v diag(f(w)) v^T with the eigenvalues w and eigenvectors v of x; its derivatives are right for repeated
/// eigenvalues too, to any order. x is symmetrised first, or else its lower triangle alone is read.
/// Attributes: symmetrize_input (default true), f.
inline Tensor eigh_function(const Tensor& x, const std::string& f, bool symmetrize_input = true) {
  return detail::Call("eigh_function").in(x).with("symmetrize_input", symmetrize_input).with("f", f).one();
}

struct EighFunctionAttrs {
  bool symmetrize_input = true;
  std::string f{};
};
template <class = void>
Tensor eigh_function(const Tensor& x, const EighFunctionAttrs& attrs) {
  return eigh_function(x, attrs.f, attrs.symmetrize_input);
}

/// The singular values of the matrices in the last two axes, largest first. Of repeated ones, or of 0,
/// second derivatives are nan.
inline Tensor svd(const Tensor& x) {
  return detail::Call("svd").in(x).one();
}

/// Singular values s, largest first, and singular vectors, the columns of u [..., m, k] and v [..., n, k],
/// of x [..., m, n], k = min(m, n): x = u diag(s) v^T. In each column of u the first entry of at least 0.9
/// times its largest magnitude is positive. Of repeated singular values derivatives of u and v are nan, and
/// of 0 where x is not square.
inline std::array<Tensor, 3> svd_with_vectors(const Tensor& x) {
  return detail::Call("svd_with_vectors").in(x).array<3>();
}

/// The exponential of the matrices in the last two axes: sum of x^k / k!.
inline Tensor expm(const Tensor& x) {
  return detail::Call("expm").in(x).one();
}

// ---- Activations -------------------------------------------------------
// Functions between the layers of networks, and softmax.

/// max(x, 0); its derivative at 0 is 0.
inline Tensor relu(const Tensor& x) {
  return detail::Call("relu").in(x).one();
}

/// min(max(x, 0), 6); its derivative at 0 and at 6 is 0.
inline Tensor relu6(const Tensor& x) {
  return detail::Call("relu6").in(x).one();
}

/// x where (x > 0), else alpha * x; its derivative at 0 is alpha. Attributes: alpha (default 0.2).
inline Tensor leaky_relu(const Tensor& x, double alpha = 0.2) {
  return detail::Call("leaky_relu").in(x).with("alpha", alpha).one();
}

/// x where x >= 0, else e^x - 1.
inline Tensor elu(const Tensor& x) {
  return detail::Call("elu").in(x).one();
}

/// 1.0507 * (x where (x > 0), else 1.6733 * (e^x - 1)); its derivative at 0 is 1.0507.
inline Tensor selu(const Tensor& x) {
  return detail::Call("selu").in(x).one();
}

/// x * P(X <= x), X ~ N(0, 1); approximate: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). Attributes:
/// approximate (default false).
inline Tensor gelu(const Tensor& x, bool approximate = false) {
  return detail::Call("gelu").in(x).with("approximate", approximate).one();
}

/// x * sigmoid(x).
inline Tensor silu(const Tensor& x) {
  return detail::Call("silu").in(x).one();
}

/// 1 / (1 + e^-x).
inline Tensor sigmoid(const Tensor& x) {
  return detail::Call("sigmoid").in(x).one();
}

/// log(1 / (1 + e^-x)).
inline Tensor log_sigmoid(const Tensor& x) {
  return detail::Call("log_sigmoid").in(x).one();
}

/// log(1 + e^x), without overflow.
inline Tensor softplus(const Tensor& x) {
  return detail::Call("softplus").in(x).one();
}

/// x / (1 + |x|).
inline Tensor softsign(const Tensor& x) {
  return detail::Call("softsign").in(x).one();
}

/// e^x / sum(e^x) along the axis, without overflow. Attributes: axis (default -1).
inline Tensor softmax(const Tensor& x, std::int64_t axis = -1) {
  return detail::Call("softmax").in(x).with("axis", axis).one();
}

/// log(e^x / sum(e^x)) along the axis, without overflow. Attributes: axis (default -1).
inline Tensor log_softmax(const Tensor& x, std::int64_t axis = -1) {
  return detail::Call("log_softmax").in(x).with("axis", axis).one();
}

// ---- Layers ------------------------------------------------------------
// Convolutions, pooling, normalisation and clipping.

/// y[n, p, o] = sum x[n, p * stride + k * dilation - padding, i] filters[k, i, o]: x [n, width, in], filters
/// [k, in, out]. Attributes: stride (default 1), padding (default "VALID"), dilations (default 1).
inline Tensor conv1d(const Operand& x, const Operand& filters, std::int64_t stride = 1,
                     const NameOrInts& padding = "VALID", std::int64_t dilations = 1) {
  return detail::Call("conv1d").in(x).in(filters).with("stride", stride).with("padding", padding)
      .with("dilations", dilations).one();
}

struct Conv1dAttrs {
  std::int64_t stride = 1;
  NameOrInts padding = "VALID";
  std::int64_t dilations = 1;
};
template <class = void>
Tensor conv1d(const Operand& x, const Operand& filters, const Conv1dAttrs& attrs) {
  return conv1d(x, filters, attrs.stride, attrs.padding, attrs.dilations);
}

/// y[n, p, q, o] = sum x[n, p * stride + k * dilation - padding, ..., i] filters[k, l, i, o]: x [n, h, w,
/// in], filters [kh, kw, in, out]; padding SAME, VALID or [[top, bottom], [left, right]]. Attributes:
/// strides (default 1), padding (default "VALID"), dilations (default 1).
inline Tensor conv2d(const Operand& x, const Operand& filters, const Axes& strides = {},
                     const NameOrInts& padding = "VALID", const Axes& dilations = {}) {
  return detail::Call("conv2d").in(x).in(filters).with("strides", strides).with("padding", padding)
      .with("dilations", dilations).one();
}

struct Conv2dAttrs {
  Axes strides = {};
  NameOrInts padding = "VALID";
  Axes dilations = {};
};
template <class = void>
Tensor conv2d(const Operand& x, const Operand& filters, const Conv2dAttrs& attrs) {
  return conv2d(x, filters, attrs.strides, attrs.padding, attrs.dilations);
}

/// The transpose of the conv2d that maps output_shape to the shape of x: x [n, h, w, in], filters [kh, kw,
/// out, in]. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1), output_shape.
inline Tensor conv2d_transpose(const Operand& x, const Operand& filters, const Axes& output_shape,
                               const Axes& strides = {}, const NameOrInts& padding = "VALID",
                               const Axes& dilations = {}) {
  return detail::Call("conv2d_transpose").in(x).in(filters).with("strides", strides).with("padding", padding)
      .with("dilations", dilations).list("output_shape", output_shape).one();
}

struct Conv2dTransposeAttrs {
  Axes strides = {};
  NameOrInts padding = "VALID";
  Axes dilations = {};
  Axes output_shape{};
};
template <class = void>
Tensor conv2d_transpose(const Operand& x, const Operand& filters, const Conv2dTransposeAttrs& attrs) {
  return conv2d_transpose(x, filters, attrs.output_shape, attrs.strides, attrs.padding, attrs.dilations);
}

/// Each channel by filters of its own: x [n, h, w, in], filters [kh, kw, in, multiplier]; output channel in
/// * multiplier + m. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1).
inline Tensor depthwise_conv2d(const Operand& x, const Operand& filters, const Axes& strides = {},
                               const NameOrInts& padding = "VALID", const Axes& dilations = {}) {
  return detail::Call("depthwise_conv2d").in(x).in(filters).with("strides", strides).with("padding", padding)
      .with("dilations", dilations).one();
}

struct DepthwiseConv2dAttrs {
  Axes strides = {};
  NameOrInts padding = "VALID";
  Axes dilations = {};
};
template <class = void>
Tensor depthwise_conv2d(const Operand& x, const Operand& filters, const DepthwiseConv2dAttrs& attrs) {
  return depthwise_conv2d(x, filters, attrs.strides, attrs.padding, attrs.dilations);
}

/// The largest entry of each window of ksize, strides apart: x [n, h, w, c]. The first of equal ones takes
/// the gradient; padding never wins. Attributes: ksize, strides, padding (default "VALID").
inline Tensor max_pool2d(const Tensor& x, const Axes& ksize, const Axes& strides,
                         const std::string& padding = "VALID") {
  return detail::Call("max_pool2d").in(x).list("ksize", ksize).list("strides", strides)
      .with("padding", padding).one();
}

struct MaxPool2dAttrs {
  Axes ksize{};
  Axes strides{};
  std::string padding = "VALID";
};
template <class = void>
Tensor max_pool2d(const Tensor& x, const MaxPool2dAttrs& attrs) {
  return max_pool2d(x, attrs.ksize, attrs.strides, attrs.padding);
}

/// The mean of each window of ksize, strides apart, over what is not padding: x [n, h, w, c]. Attributes:
/// ksize, strides, padding (default "VALID").
inline Tensor avg_pool2d(const Tensor& x, const Axes& ksize, const Axes& strides,
                         const std::string& padding = "VALID") {
  return detail::Call("avg_pool2d").in(x).list("ksize", ksize).list("strides", strides)
      .with("padding", padding).one();
}

struct AvgPool2dAttrs {
  Axes ksize{};
  Axes strides{};
  std::string padding = "VALID";
};
template <class = void>
Tensor avg_pool2d(const Tensor& x, const AvgPool2dAttrs& attrs) {
  return avg_pool2d(x, attrs.ksize, attrs.strides, attrs.padding);
}

/// x + bias along the last axis (NHWC), or along axis 1 (NCHW). Attributes: data_format (default "NHWC").
inline Tensor bias_add(const Operand& x, const Operand& bias, const std::string& data_format = "NHWC") {
  return detail::Call("bias_add").in(x).in(bias).with("data_format", data_format).one();
}

/// (x - mean) / sqrt(variance + epsilon) * scale + offset; training: with the moments over `axes`, which are
/// outputs too. Attributes: training (default true), axes (optional), epsilon (default 0.001).
inline std::vector<Tensor> batch_normalization(const Operand& x, const Operand& scale, const Operand& offset,
                                               const Tensor& mean = {}, const Tensor& variance = {},
                                               bool training = true, const Axes& axes = {},
                                               double epsilon = 0.001) {
  return detail::Call("batch_normalization").in(x).in(scale).in(offset).maybe(mean).maybe(variance)
      .with("training", training).with("axes", axes).with("epsilon", epsilon).all();
}

/// (x - mean) / sqrt(variance + epsilon) * scale + offset, with the moments over `axis`; scale and offset
/// have the sizes of these axes. Attributes: axis (default [-1]), epsilon (default 0.001).
inline Tensor layer_normalization(const Operand& x, const Operand& scale, const Operand& offset,
                                  const Axes& axis = {}, double epsilon = 0.001) {
  return detail::Call("layer_normalization").in(x).in(scale).in(offset).with("axis", axis)
      .with("epsilon", epsilon).one();
}

struct LayerNormalizationAttrs {
  Axes axis = {};
  double epsilon = 0.001;
};
template <class = void>
Tensor layer_normalization(const Operand& x, const Operand& scale, const Operand& offset,
                           const LayerNormalizationAttrs& attrs) {
  return layer_normalization(x, scale, offset, attrs.axis, attrs.epsilon);
}

/// x / sqrt(max(sum(x^2), epsilon)) over the axis. Attributes: axis (optional), epsilon (default 1e-12).
inline Tensor l2_normalize(const Tensor& x, const Axes& axis = {}, double epsilon = 1e-12) {
  return detail::Call("l2_normalize").in(x).with("axis", axis).with("epsilon", epsilon).one();
}

struct L2NormalizeAttrs {
  Axes axis = {};
  double epsilon = 1e-12;
};
template <class = void>
Tensor l2_normalize(const Tensor& x, const L2NormalizeAttrs& attrs) {
  return l2_normalize(x, attrs.axis, attrs.epsilon);
}

/// x * clip_norm / max(norm(x), clip_norm) over the axes; zeros stay, and their gradient passes. Attributes:
/// clip_norm, axes (optional).
inline Tensor clip_by_norm(const Tensor& x, double clip_norm, const Axes& axes = {}) {
  return detail::Call("clip_by_norm").in(x).with("clip_norm", clip_norm).with("axes", axes).one();
}

struct ClipByNormAttrs {
  double clip_norm{};
  Axes axes = {};
};
template <class = void>
Tensor clip_by_norm(const Tensor& x, const ClipByNormAttrs& attrs) {
  return clip_by_norm(x, attrs.clip_norm, attrs.axes);
}

/// Each input * clip_norm / max(norm, clip_norm), with the norm of all of them, which is the last output.
/// Attributes: clip_norm.
inline std::vector<Tensor> clip_by_global_norm(const std::vector<Tensor>& values, double clip_norm) {
  return detail::Call("clip_by_global_norm").in(values).with("clip_norm", clip_norm).all();
}

/// x * mask / (1 - rate). Attributes: rate.
inline Tensor dropout(const Operand& x, const Operand& mask, double rate) {
  return detail::Call("dropout").in(x).in(mask).with("rate", rate).one();
}

// ---- Losses ------------------------------------------------------------
// Distances between predicted and true values.

/// (prediction - target)^2. Attributes: reduction (default "none").
inline Tensor mse(const Operand& target, const Operand& prediction, const std::string& reduction = "none") {
  return detail::Call("mse").in(target).in(prediction).with("reduction", reduction).one();
}

/// With e = prediction - target: e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2. Attributes: delta
/// (default 1), reduction (default "none").
inline Tensor huber_loss(const Operand& target, const Operand& prediction, double delta = 1,
                         const std::string& reduction = "none") {
  return detail::Call("huber_loss").in(target).in(prediction).with("delta", delta)
      .with("reduction", reduction).one();
}

struct HuberLossAttrs {
  double delta = 1;
  std::string reduction = "none";
};
template <class = void>
Tensor huber_loss(const Operand& target, const Operand& prediction, const HuberLossAttrs& attrs) {
  return huber_loss(target, prediction, attrs.delta, attrs.reduction);
}

/// -labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)).
inline Tensor sigmoid_cross_entropy_with_logits(const Operand& labels, const Operand& logits) {
  return detail::Call("sigmoid_cross_entropy_with_logits").in(labels).in(logits).one();
}

/// -sum(labels * log_softmax(logits)) along the axis. Attributes: axis (default -1).
inline Tensor softmax_cross_entropy_with_logits(const Operand& labels, const Operand& logits,
                                                std::int64_t axis = -1) {
  return detail::Call("softmax_cross_entropy_with_logits").in(labels).in(logits).with("axis", axis).one();
}

/// -log_softmax(logits)[label] along the last axis.
inline Tensor sparse_softmax_cross_entropy(const Operand& labels, const Operand& logits) {
  return detail::Call("sparse_softmax_cross_entropy").index(labels).in(logits).one();
}

}  // namespace gradtape
