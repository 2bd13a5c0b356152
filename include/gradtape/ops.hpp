// Made by `./run generate` from the registry of ops: not to be edited.
// A C++ function for every op, over gradtape/ops.h.
#pragma once

#include "gradtape.hpp"

namespace gradtape {

/// |x|; its derivative at 0 is 0.
inline Tensor abs(const Tensor& x) {
  return detail::wrap(x.context(), gt_abs(x.context(), x.get()));
}

/// Inverse cosine, in radians, for x in [-1, 1].
inline Tensor acos(const Tensor& x) {
  return detail::wrap(x.context(), gt_acos(x.context(), x.get()));
}

/// Inverse hyperbolic cosine, for x >= 1.
inline Tensor acosh(const Tensor& x) {
  return detail::wrap(x.context(), gt_acosh(x.context(), x.get()));
}

/// x + y.
inline Tensor add(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_add(x.context(), x.get(), y.get()));
}

/// Index of the first largest entry along the axis. Attributes: axis (default 0).
inline Tensor argmax(const Tensor& x, int64_t axis = 0) {
  return detail::wrap(x.context(), gt_argmax(x.context(), x.get(), axis));
}

/// Index of the first smallest entry along the axis. Attributes: axis (default 0).
inline Tensor argmin(const Tensor& x, int64_t axis = 0) {
  return detail::wrap(x.context(), gt_argmin(x.context(), x.get(), axis));
}

/// Indices that sort the entries along the axis; stable, nan last, false before true. Attributes: axis (default -1), direction (default "ASCENDING").
inline Tensor argsort(const Tensor& x, int64_t axis = -1, const char* direction = "ASCENDING") {
  return detail::wrap(x.context(), gt_argsort(x.context(), x.get(), axis, direction));
}

struct ArgsortAttrs {
  int64_t axis = -1;
  const char* direction = "ASCENDING";
};
inline Tensor argsort(const Tensor& x, const ArgsortAttrs& attrs) {
  return argsort(x, attrs.axis, attrs.direction);
}

/// Inverse sine, in radians, for x in [-1, 1].
inline Tensor asin(const Tensor& x) {
  return detail::wrap(x.context(), gt_asin(x.context(), x.get()));
}

/// Inverse hyperbolic sine.
inline Tensor asinh(const Tensor& x) {
  return detail::wrap(x.context(), gt_asinh(x.context(), x.get()));
}

/// Inverse tangent, in radians.
inline Tensor atan(const Tensor& x) {
  return detail::wrap(x.context(), gt_atan(x.context(), x.get()));
}

/// The angle of the point (y, x): of y / x, in its quadrant, in radians.
inline Tensor atan2(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_atan2(x.context(), x.get(), y.get()));
}

/// Inverse hyperbolic tangent, for x in [-1, 1].
inline Tensor atanh(const Tensor& x) {
  return detail::wrap(x.context(), gt_atanh(x.context(), x.get()));
}

/// The mean of each window of ksize, strides apart, over what is not padding: x [n, h, w, c]. Attributes: ksize, strides, padding (default "VALID").
inline Tensor avg_pool2d(const Tensor& x, const Ints& ksize, const Ints& strides, const char* padding = "VALID") {
  return detail::wrap(x.context(), gt_avg_pool2d(x.context(), x.get(), detail::data(ksize), ksize.size(), detail::data(strides), strides.size(), padding));
}

struct AvgPool2dAttrs {
  Ints ksize{};
  Ints strides{};
  const char* padding = "VALID";
};
inline Tensor avg_pool2d(const Tensor& x, const AvgPool2dAttrs& attrs) {
  return avg_pool2d(x, attrs.ksize, attrs.strides, attrs.padding);
}

/// (x - mean) / sqrt(variance + epsilon) * scale + offset; training: with the moments over `axes`, which are outputs too. Attributes: training (default true), axes (optional), epsilon (default 0.001).
inline std::vector<Tensor> batch_normalization(const Tensor& x, const Tensor& scale, const Tensor& offset, const Tensor& mean = {}, const Tensor& variance = {}, bool training = true, std::optional<Ints> axes = std::nullopt, double epsilon = 0.001) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_batch_normalization(x.context(), x.get(), scale.get(), offset.get(), mean.get(), variance.get(), training, axes ? detail::data(*axes) : nullptr, axes ? axes->size() : 0, epsilon, out, capacity, n);
  });
}

/// x + bias along the last axis (NHWC), or along axis 1 (NCHW). Attributes: data_format (default "NHWC").
inline Tensor bias_add(const Tensor& x, const Tensor& bias, const char* data_format = "NHWC") {
  return detail::wrap(x.context(), gt_bias_add(x.context(), x.get(), bias.get(), data_format));
}

/// The entries of x where the mask, which stands before the axes from `axis` on, is true, along one axis. The mask's value is read when the op is recorded. Attributes: axis (default 0).
inline Tensor boolean_mask(const Tensor& x, const Tensor& mask, int64_t axis = 0) {
  return detail::wrap(x.context(), gt_boolean_mask(x.context(), x.get(), mask.get(), axis));
}

/// x repeated along its axes of size 1 and along new leading axes. Attributes: shape.
inline Tensor broadcast_to(const Tensor& x, const Ints& shape) {
  return detail::wrap(x.context(), gt_broadcast_to(x.context(), x.get(), detail::data(shape), shape.size()));
}

/// x in another dtype: float to int truncates toward 0 and saturates, to bool is x != 0. Attributes: dtype.
inline Tensor cast(const Tensor& x, Dtype dtype) {
  return detail::wrap(x.context(), gt_cast(x.context(), x.get(), static_cast<gt_dtype>(dtype)));
}

/// The smallest integer >= x, in the dtype of x.
inline Tensor ceil(const Tensor& x) {
  return detail::wrap(x.context(), gt_ceil(x.context(), x.get()));
}

/// The lower triangular L with L L^T = x; x is symmetrised first, or else its lower triangle alone is read. Attributes: symmetrize_input (default true).
inline Tensor cholesky(const Tensor& x, bool symmetrize_input = true) {
  return detail::wrap(x.context(), gt_cholesky(x.context(), x.get(), symmetrize_input));
}

/// Each input * clip_norm / max(norm, clip_norm), with the norm of all of them, which is the last output. Attributes: clip_norm.
inline std::vector<Tensor> clip_by_global_norm(const std::vector<Tensor>& values, double clip_norm) {
  return detail::outputs(detail::context_of(values), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_clip_by_global_norm(detail::context_of(values), detail::handles(values).data(), values.size(), clip_norm, out, capacity, n);
  });
}

/// x * clip_norm / max(norm(x), clip_norm) over the axes; zeros stay, and their gradient passes. Attributes: clip_norm, axes (optional).
inline Tensor clip_by_norm(const Tensor& x, double clip_norm, std::optional<Ints> axes = std::nullopt) {
  return detail::wrap(x.context(), gt_clip_by_norm(x.context(), x.get(), clip_norm, axes ? detail::data(*axes) : nullptr, axes ? axes->size() : 0));
}

struct ClipByNormAttrs {
  double clip_norm{};
  std::optional<Ints> axes = std::nullopt;
};
inline Tensor clip_by_norm(const Tensor& x, const ClipByNormAttrs& attrs) {
  return clip_by_norm(x, attrs.clip_norm, attrs.axes);
}

/// min(max(x, clip_value_min), clip_value_max); the gradient passes on both bounds. Attributes: clip_value_min, clip_value_max.
inline Tensor clip_by_value(const Tensor& x, double clip_value_min, double clip_value_max) {
  return detail::wrap(x.context(), gt_clip_by_value(x.context(), x.get(), clip_value_min, clip_value_max));
}

struct ClipByValueAttrs {
  double clip_value_min{};
  double clip_value_max{};
};
inline Tensor clip_by_value(const Tensor& x, const ClipByValueAttrs& attrs) {
  return clip_by_value(x, attrs.clip_value_min, attrs.clip_value_max);
}

/// The inputs one after the other along `axis`. Attributes: axis (default 0).
inline Tensor concat(const std::vector<Tensor>& values, int64_t axis = 0) {
  return detail::wrap(detail::context_of(values), gt_concat(detail::context_of(values), detail::handles(values).data(), values.size(), axis));
}

/// y[n, p, o] = sum x[n, p * stride + k * dilation - padding, i] filters[k, i, o]: x [n, width, in], filters [k, in, out]. Attributes: stride (default 1), padding (default "VALID"), dilations (default 1).
inline Tensor conv1d(const Tensor& x, const Tensor& filters, int64_t stride = 1, const NameOrInts& padding = "VALID", int64_t dilations = 1) {
  return detail::wrap(x.context(), gt_conv1d(x.context(), x.get(), filters.get(), stride, padding.name, padding.name ? nullptr : detail::data(padding.list), padding.list.size(), dilations));
}

struct Conv1dAttrs {
  int64_t stride = 1;
  NameOrInts padding = "VALID";
  int64_t dilations = 1;
};
inline Tensor conv1d(const Tensor& x, const Tensor& filters, const Conv1dAttrs& attrs) {
  return conv1d(x, filters, attrs.stride, attrs.padding, attrs.dilations);
}

/// y[n, p, q, o] = sum x[n, p * stride + k * dilation - padding, ..., i] filters[k, l, i, o]: x [n, h, w, in], filters [kh, kw, in, out]; padding SAME, VALID or [[top, bottom], [left, right]]. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1).
inline Tensor conv2d(const Tensor& x, const Tensor& filters, const Ints& strides = {}, const NameOrInts& padding = "VALID", const Ints& dilations = {}) {
  return detail::wrap(x.context(), gt_conv2d(x.context(), x.get(), filters.get(), strides.empty() ? nullptr : strides.data(), strides.size(), padding.name, padding.name ? nullptr : detail::data(padding.list), padding.list.size(), dilations.empty() ? nullptr : dilations.data(), dilations.size()));
}

struct Conv2dAttrs {
  Ints strides = {};
  NameOrInts padding = "VALID";
  Ints dilations = {};
};
inline Tensor conv2d(const Tensor& x, const Tensor& filters, const Conv2dAttrs& attrs) {
  return conv2d(x, filters, attrs.strides, attrs.padding, attrs.dilations);
}

/// The transpose of the conv2d that maps output_shape to the shape of x: x [n, h, w, in], filters [kh, kw, out, in]. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1), output_shape.
inline Tensor conv2d_transpose(const Tensor& x, const Tensor& filters, const Ints& output_shape, const Ints& strides = {}, const NameOrInts& padding = "VALID", const Ints& dilations = {}) {
  return detail::wrap(x.context(), gt_conv2d_transpose(x.context(), x.get(), filters.get(), strides.empty() ? nullptr : strides.data(), strides.size(), padding.name, padding.name ? nullptr : detail::data(padding.list), padding.list.size(), dilations.empty() ? nullptr : dilations.data(), dilations.size(), detail::data(output_shape), output_shape.size()));
}

struct Conv2dTransposeAttrs {
  Ints strides = {};
  NameOrInts padding = "VALID";
  Ints dilations = {};
  Ints output_shape{};
};
inline Tensor conv2d_transpose(const Tensor& x, const Tensor& filters, const Conv2dTransposeAttrs& attrs) {
  return conv2d_transpose(x, filters, attrs.output_shape, attrs.strides, attrs.padding, attrs.dilations);
}

/// Cosine of x, in radians.
inline Tensor cos(const Tensor& x) {
  return detail::wrap(x.context(), gt_cos(x.context(), x.get()));
}

/// Hyperbolic cosine.
inline Tensor cosh(const Tensor& x) {
  return detail::wrap(x.context(), gt_cosh(x.context(), x.get()));
}

/// Cross product of the vectors of 3 in the last axis.
inline Tensor cross(const Tensor& a, const Tensor& b) {
  return detail::wrap(a.context(), gt_cross(a.context(), a.get(), b.get()));
}

/// Products of all entries up to each one; its derivatives are right with zeros among them, to any order. Attributes: axis (default 0), exclusive (default false), reverse (default false).
inline Tensor cumprod(const Tensor& x, int64_t axis = 0, bool exclusive = false, bool reverse = false) {
  return detail::wrap(x.context(), gt_cumprod(x.context(), x.get(), axis, exclusive, reverse));
}

struct CumprodAttrs {
  int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};
inline Tensor cumprod(const Tensor& x, const CumprodAttrs& attrs) {
  return cumprod(x, attrs.axis, attrs.exclusive, attrs.reverse);
}

/// Sums of all entries up to each one. Attributes: axis (default 0), exclusive (default false), reverse (default false).
inline Tensor cumsum(const Tensor& x, int64_t axis = 0, bool exclusive = false, bool reverse = false) {
  return detail::wrap(x.context(), gt_cumsum(x.context(), x.get(), axis, exclusive, reverse));
}

struct CumsumAttrs {
  int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};
inline Tensor cumsum(const Tensor& x, const CumsumAttrs& attrs) {
  return cumsum(x, attrs.axis, attrs.exclusive, attrs.reverse);
}

/// Each channel by filters of its own: x [n, h, w, in], filters [kh, kw, in, multiplier]; output channel in * multiplier + m. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1).
inline Tensor depthwise_conv2d(const Tensor& x, const Tensor& filters, const Ints& strides = {}, const NameOrInts& padding = "VALID", const Ints& dilations = {}) {
  return detail::wrap(x.context(), gt_depthwise_conv2d(x.context(), x.get(), filters.get(), strides.empty() ? nullptr : strides.data(), strides.size(), padding.name, padding.name ? nullptr : detail::data(padding.list), padding.list.size(), dilations.empty() ? nullptr : dilations.data(), dilations.size()));
}

struct DepthwiseConv2dAttrs {
  Ints strides = {};
  NameOrInts padding = "VALID";
  Ints dilations = {};
};
inline Tensor depthwise_conv2d(const Tensor& x, const Tensor& filters, const DepthwiseConv2dAttrs& attrs) {
  return depthwise_conv2d(x, filters, attrs.strides, attrs.padding, attrs.dilations);
}

/// Determinant of the matrices in the last two axes; its derivatives are right for singular ones too.
inline Tensor det(const Tensor& x) {
  return detail::wrap(x.context(), gt_det(x.context(), x.get()));
}

/// Matrices with the given diagonals [..., n] as diagonal k, else 0: [..., n + |k|, n + |k|]. Attributes: k (default 0).
inline Tensor diag(const Tensor& diagonal, int64_t k = 0) {
  return detail::wrap(diagonal.context(), gt_diag(diagonal.context(), diagonal.get(), k));
}

/// The diagonal k of the matrices in the last two axes: entries [i, i + k]. Attributes: k (default 0).
inline Tensor diag_part(const Tensor& x, int64_t k = 0) {
  return detail::wrap(x.context(), gt_diag_part(x.context(), x.get(), k));
}

/// The derivative of log Gamma(x).
inline Tensor digamma(const Tensor& x) {
  return detail::wrap(x.context(), gt_digamma(x.context(), x.get()));
}

/// x / y; of integers in float64.
inline Tensor divide(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_divide(x.context(), x.get(), y.get()));
}

/// x / y, 0 where y is 0.
inline Tensor divide_no_nan(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_divide_no_nan(x.context(), x.get(), y.get()));
}

/// Sum of a[i] * b[i] of two vectors.
inline Tensor dot(const Tensor& a, const Tensor& b) {
  return detail::wrap(a.context(), gt_dot(a.context(), a.get(), b.get()));
}

/// x * mask / (1 - rate). Attributes: rate.
inline Tensor dropout(const Tensor& x, const Tensor& mask, double rate) {
  return detail::wrap(x.context(), gt_dropout(x.context(), x.get(), mask.get(), rate));
}

/// The eigenvalues of symmetric matrices, rising. x is symmetrised first, or else its lower triangle alone is read. Of repeated eigenvalues second derivatives are nan: eigh_function has those of smooth functions. Attributes: symmetrize_input (default true).
inline Tensor eigh(const Tensor& x, bool symmetrize_input = true) {
  return detail::wrap(x.context(), gt_eigh(x.context(), x.get(), symmetrize_input));
}

/// v diag(f(w)) v^T with the eigenvalues w and eigenvectors v of x; its derivatives are right for repeated eigenvalues too, to any order. x is symmetrised first, or else its lower triangle alone is read. Attributes: symmetrize_input (default true), f.
inline Tensor eigh_function(const Tensor& x, const char* f, bool symmetrize_input = true) {
  return detail::wrap(x.context(), gt_eigh_function(x.context(), x.get(), symmetrize_input, f));
}

struct EighFunctionAttrs {
  bool symmetrize_input = true;
  const char* f{};
};
inline Tensor eigh_function(const Tensor& x, const EighFunctionAttrs& attrs) {
  return eigh_function(x, attrs.f, attrs.symmetrize_input);
}

/// Eigenvalues e, rising, and eigenvectors, the columns of v, of symmetric matrices: x = v diag(e) v^T. In each column the first entry of at least 0.9 times its largest magnitude is positive. x is symmetrised first, or else its lower triangle alone is read. Of repeated eigenvalues derivatives of v are nan. Attributes: symmetrize_input (default true).
inline std::vector<Tensor> eigh_with_vectors(const Tensor& x, bool symmetrize_input = true) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_eigh_with_vectors(x.context(), x.get(), symmetrize_input, out, capacity, n);
  });
}

/// Sum of products over the labels that the output lacks, as in "ij,jk->ik"; "..." stands for axes that broadcast. Attributes: equation.
inline Tensor einsum(const std::vector<Tensor>& operands, const char* equation) {
  return detail::wrap(detail::context_of(operands), gt_einsum(detail::context_of(operands), detail::handles(operands).data(), operands.size(), equation));
}

/// x where x >= 0, else e^x - 1.
inline Tensor elu(const Tensor& x) {
  return detail::wrap(x.context(), gt_elu(x.context(), x.get()));
}

/// Rows of params at ids.
inline Tensor embedding_lookup(const Tensor& params, const Tensor& ids) {
  return detail::wrap(params.context(), gt_embedding_lookup(params.context(), params.get(), ids.get()));
}

/// x == y.
inline Tensor equal(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_equal(x.context(), x.get(), y.get()));
}

/// 2 / sqrt(pi) * integral of e^(-s^2) from 0 to x.
inline Tensor erf(const Tensor& x) {
  return detail::wrap(x.context(), gt_erf(x.context(), x.get()));
}

/// 1 - erf(x), exact for large x.
inline Tensor erfc(const Tensor& x) {
  return detail::wrap(x.context(), gt_erfc(x.context(), x.get()));
}

/// The y with erf(y) = x, for x in [-1, 1].
inline Tensor erfinv(const Tensor& x) {
  return detail::wrap(x.context(), gt_erfinv(x.context(), x.get()));
}

/// e^x.
inline Tensor exp(const Tensor& x) {
  return detail::wrap(x.context(), gt_exp(x.context(), x.get()));
}

/// 2^x.
inline Tensor exp2(const Tensor& x) {
  return detail::wrap(x.context(), gt_exp2(x.context(), x.get()));
}

/// A new axis of size 1 at `axis`. Attributes: axis (default 0).
inline Tensor expand_dims(const Tensor& x, int64_t axis = 0) {
  return detail::wrap(x.context(), gt_expand_dims(x.context(), x.get(), axis));
}

/// The exponential of the matrices in the last two axes: sum of x^k / k!.
inline Tensor expm(const Tensor& x) {
  return detail::wrap(x.context(), gt_expm(x.context(), x.get()));
}

/// e^x - 1, exact near 0.
inline Tensor expm1(const Tensor& x) {
  return detail::wrap(x.context(), gt_expm1(x.context(), x.get()));
}

/// Identity matrices [batch_shape..., num_rows, num_columns]. Attributes: num_rows, num_columns (optional), batch_shape (default []), dtype (optional).
inline Tensor eye(const Context& ctx, int64_t num_rows, std::optional<int64_t> num_columns = std::nullopt, const Ints& batch_shape = {}, std::optional<Dtype> dtype = std::nullopt) {
  return detail::wrap(ctx.get(), gt_eye(ctx.get(), num_rows, num_columns.value_or(GT_DEFAULT_INT), batch_shape.empty() ? nullptr : batch_shape.data(), batch_shape.size(), dtype ? static_cast<gt_dtype>(*dtype) : 0));
}

/// A tensor of `shape` that holds value everywhere. Attributes: shape.
inline Tensor fill(const Tensor& value, const Ints& shape) {
  return detail::wrap(value.context(), gt_fill(value.context(), value.get(), detail::data(shape), shape.size()));
}

/// The largest integer <= x, in the dtype of x.
inline Tensor floor(const Tensor& x) {
  return detail::wrap(x.context(), gt_floor(x.context(), x.get()));
}

/// x / y, rounded toward minus infinity.
inline Tensor floor_divide(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_floor_divide(x.context(), x.get(), y.get()));
}

/// x * y + z.
inline Tensor fma(const Tensor& x, const Tensor& y, const Tensor& z) {
  return detail::wrap(x.context(), gt_fma(x.context(), x.get(), y.get(), z.get()));
}

/// Entries of params along `axis`, at indices; the first batch_dims axes of both run together. Attributes: axis (optional), batch_dims (default 0).
inline Tensor gather(const Tensor& params, const Tensor& indices, std::optional<int64_t> axis = std::nullopt, int64_t batch_dims = 0) {
  return detail::wrap(params.context(), gt_gather(params.context(), params.get(), indices.get(), axis.value_or(GT_DEFAULT_INT), batch_dims));
}

struct GatherAttrs {
  std::optional<int64_t> axis = std::nullopt;
  int64_t batch_dims = 0;
};
inline Tensor gather(const Tensor& params, const Tensor& indices, const GatherAttrs& attrs) {
  return gather(params, indices, attrs.axis, attrs.batch_dims);
}

/// Entries of params at indices [..., k] into its first k axes behind the batch dims, which run together. Attributes: batch_dims (default 0).
inline Tensor gather_nd(const Tensor& params, const Tensor& indices, int64_t batch_dims = 0) {
  return detail::wrap(params.context(), gt_gather_nd(params.context(), params.get(), indices.get(), batch_dims));
}

/// x * P(X <= x), X ~ N(0, 1); approximate: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). Attributes: approximate (default false).
inline Tensor gelu(const Tensor& x, bool approximate = false) {
  return detail::wrap(x.context(), gt_gelu(x.context(), x.get(), approximate));
}

/// x > y; true > false.
inline Tensor greater(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_greater(x.context(), x.get(), y.get()));
}

/// x >= y; true > false.
inline Tensor greater_equal(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_greater_equal(x.context(), x.get(), y.get()));
}

/// With e = prediction - target: e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2. Attributes: delta (default 1), reduction (default "none").
inline Tensor huber_loss(const Tensor& target, const Tensor& prediction, double delta = 1, const char* reduction = "none") {
  return detail::wrap(target.context(), gt_huber_loss(target.context(), target.get(), prediction.get(), delta, reduction));
}

struct HuberLossAttrs {
  double delta = 1;
  const char* reduction = "none";
};
inline Tensor huber_loss(const Tensor& target, const Tensor& prediction, const HuberLossAttrs& attrs) {
  return huber_loss(target, prediction, attrs.delta, attrs.reduction);
}

/// sqrt(x^2 + y^2), without overflow.
inline Tensor hypot(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_hypot(x.context(), x.get(), y.get()));
}

/// x itself.
inline Tensor identity(const Tensor& x) {
  return detail::wrap(x.context(), gt_identity(x.context(), x.get()));
}

/// Inverse of the matrices in the last two axes.
inline Tensor inv(const Tensor& x) {
  return detail::wrap(x.context(), gt_inv(x.context(), x.get()));
}

/// Whether x is neither nan nor infinite, as all integers and bools are.
inline Tensor is_finite(const Tensor& x) {
  return detail::wrap(x.context(), gt_is_finite(x.context(), x.get()));
}

/// Whether x is an infinity; no integer or bool is.
inline Tensor is_inf(const Tensor& x) {
  return detail::wrap(x.context(), gt_is_inf(x.context(), x.get()));
}

/// Whether x is not a number; no integer or bool is.
inline Tensor is_nan(const Tensor& x) {
  return detail::wrap(x.context(), gt_is_nan(x.context(), x.get()));
}

/// Kronecker product: each entry of a times all of b.
inline Tensor kron(const Tensor& a, const Tensor& b) {
  return detail::wrap(a.context(), gt_kron(a.context(), a.get(), b.get()));
}

/// x / sqrt(max(sum(x^2), epsilon)) over the axis. Attributes: axis (optional), epsilon (default 1e-12).
inline Tensor l2_normalize(const Tensor& x, std::optional<Ints> axis = std::nullopt, double epsilon = 1e-12) {
  return detail::wrap(x.context(), gt_l2_normalize(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, epsilon));
}

struct L2NormalizeAttrs {
  std::optional<Ints> axis = std::nullopt;
  double epsilon = 1e-12;
};
inline Tensor l2_normalize(const Tensor& x, const L2NormalizeAttrs& attrs) {
  return l2_normalize(x, attrs.axis, attrs.epsilon);
}

/// (x - mean) / sqrt(variance + epsilon) * scale + offset, with the moments over `axis`; scale and offset have the sizes of these axes. Attributes: axis (default [-1]), epsilon (default 0.001).
inline Tensor layer_normalization(const Tensor& x, const Tensor& scale, const Tensor& offset, const Ints& axis = {}, double epsilon = 0.001) {
  return detail::wrap(x.context(), gt_layer_normalization(x.context(), x.get(), scale.get(), offset.get(), axis.empty() ? nullptr : axis.data(), axis.size(), epsilon));
}

struct LayerNormalizationAttrs {
  Ints axis = {};
  double epsilon = 0.001;
};
inline Tensor layer_normalization(const Tensor& x, const Tensor& scale, const Tensor& offset, const LayerNormalizationAttrs& attrs) {
  return layer_normalization(x, scale, offset, attrs.axis, attrs.epsilon);
}

/// x where (x > 0), else alpha * x; its derivative at 0 is alpha. Attributes: alpha (default 0.2).
inline Tensor leaky_relu(const Tensor& x, double alpha = 0.2) {
  return detail::wrap(x.context(), gt_leaky_relu(x.context(), x.get(), alpha));
}

/// start + weight * (end - start).
inline Tensor lerp(const Tensor& start, const Tensor& end, const Tensor& weight) {
  return detail::wrap(start.context(), gt_lerp(start.context(), start.get(), end.get(), weight.get()));
}

/// x < y; false < true.
inline Tensor less(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_less(x.context(), x.get(), y.get()));
}

/// x <= y; false < true.
inline Tensor less_equal(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_less_equal(x.context(), x.get(), y.get()));
}

/// log |Gamma(x)|.
inline Tensor lgamma(const Tensor& x) {
  return detail::wrap(x.context(), gt_lgamma(x.context(), x.get()));
}

/// y_i = a_i * y_(i-1) + x_i along the axis, from y = 0 on; reverse: from the last entry on. Attributes: axis (default 0), reverse (default false).
inline Tensor linear_scan(const Tensor& a, const Tensor& x, int64_t axis = 0, bool reverse = false) {
  return detail::wrap(a.context(), gt_linear_scan(a.context(), a.get(), x.get(), axis, reverse));
}

struct LinearScanAttrs {
  int64_t axis = 0;
  bool reverse = false;
};
inline Tensor linear_scan(const Tensor& a, const Tensor& x, const LinearScanAttrs& attrs) {
  return linear_scan(a, x, attrs.axis, attrs.reverse);
}

/// num numbers from start to stop at equal distances, along a new axis. Attributes: num, axis (default 0).
inline Tensor linspace(const Tensor& start, const Tensor& stop, int64_t num, int64_t axis = 0) {
  return detail::wrap(start.context(), gt_linspace(start.context(), start.get(), stop.get(), num, axis));
}

struct LinspaceAttrs {
  int64_t num{};
  int64_t axis = 0;
};
inline Tensor linspace(const Tensor& start, const Tensor& stop, const LinspaceAttrs& attrs) {
  return linspace(start, stop, attrs.num, attrs.axis);
}

/// Natural logarithm.
inline Tensor log(const Tensor& x) {
  return detail::wrap(x.context(), gt_log(x.context(), x.get()));
}

/// log(1 + x), exact near 0.
inline Tensor log1p(const Tensor& x) {
  return detail::wrap(x.context(), gt_log1p(x.context(), x.get()));
}

/// Logarithm to base 2.
inline Tensor log2(const Tensor& x) {
  return detail::wrap(x.context(), gt_log2(x.context(), x.get()));
}

/// log(1 / (1 + e^-x)).
inline Tensor log_sigmoid(const Tensor& x) {
  return detail::wrap(x.context(), gt_log_sigmoid(x.context(), x.get()));
}

/// log(e^x / sum(e^x)) along the axis, without overflow. Attributes: axis (default -1).
inline Tensor log_softmax(const Tensor& x, int64_t axis = -1) {
  return detail::wrap(x.context(), gt_log_softmax(x.context(), x.get(), axis));
}

/// log of the sums of e^x over all entries up to each one, without overflow. Attributes: axis (default 0), exclusive (default false), reverse (default false).
inline Tensor logcumsumexp(const Tensor& x, int64_t axis = 0, bool exclusive = false, bool reverse = false) {
  return detail::wrap(x.context(), gt_logcumsumexp(x.context(), x.get(), axis, exclusive, reverse));
}

struct LogcumsumexpAttrs {
  int64_t axis = 0;
  bool exclusive = false;
  bool reverse = false;
};
inline Tensor logcumsumexp(const Tensor& x, const LogcumsumexpAttrs& attrs) {
  return logcumsumexp(x, attrs.axis, attrs.exclusive, attrs.reverse);
}

/// x and y.
inline Tensor logical_and(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_logical_and(x.context(), x.get(), y.get()));
}

/// not x.
inline Tensor logical_not(const Tensor& x) {
  return detail::wrap(x.context(), gt_logical_not(x.context(), x.get()));
}

/// x or y.
inline Tensor logical_or(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_logical_or(x.context(), x.get(), y.get()));
}

/// x or y, not both.
inline Tensor logical_xor(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_logical_xor(x.context(), x.get(), y.get()));
}

/// The x that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2, for a matrix of full rank: [..., m, n], rhs [..., m, k], or a vector [m] for every matrix. Attributes: l2_regularizer (default 0).
inline Tensor lstsq(const Tensor& matrix, const Tensor& rhs, double l2_regularizer = 0) {
  return detail::wrap(matrix.context(), gt_lstsq(matrix.context(), matrix.get(), rhs.get(), l2_regularizer));
}

/// Matrix product of the last two axes; leading axes broadcast. A vector a is a row, a vector b a column, whose axis the result lacks. Attributes: transpose_a (default false), transpose_b (default false).
inline Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a = false, bool transpose_b = false) {
  return detail::wrap(a.context(), gt_matmul(a.context(), a.get(), b.get(), transpose_a, transpose_b));
}

struct MatmulAttrs {
  bool transpose_a = false;
  bool transpose_b = false;
};
inline Tensor matmul(const Tensor& a, const Tensor& b, const MatmulAttrs& attrs) {
  return matmul(a, b, attrs.transpose_a, attrs.transpose_b);
}

/// The n-th power of the matrices in the last two axes: of the inverse where n < 0, the identity where n is 0. Attributes: n.
inline Tensor matrix_power(const Tensor& x, int64_t n) {
  return detail::wrap(x.context(), gt_matrix_power(x.context(), x.get(), n));
}

/// The largest entry of each window of ksize, strides apart: x [n, h, w, c]. The first of equal ones takes the gradient; padding never wins. Attributes: ksize, strides, padding (default "VALID").
inline Tensor max_pool2d(const Tensor& x, const Ints& ksize, const Ints& strides, const char* padding = "VALID") {
  return detail::wrap(x.context(), gt_max_pool2d(x.context(), x.get(), detail::data(ksize), ksize.size(), detail::data(strides), strides.size(), padding));
}

struct MaxPool2dAttrs {
  Ints ksize{};
  Ints strides{};
  const char* padding = "VALID";
};
inline Tensor max_pool2d(const Tensor& x, const MaxPool2dAttrs& attrs) {
  return max_pool2d(x, attrs.ksize, attrs.strides, attrs.padding);
}

/// The larger of x and y; on a tie the gradient goes to x.
inline Tensor maximum(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_maximum(x.context(), x.get(), y.get()));
}

/// The smaller of x and y; on a tie the gradient goes to x.
inline Tensor minimum(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_minimum(x.context(), x.get(), y.get()));
}

/// x - y * floor(x / y): has the sign of y.
inline Tensor mod(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_mod(x.context(), x.get(), y.get()));
}

/// Mean and biased variance over the axes. Attributes: axes (optional), keepdims (default false).
inline std::vector<Tensor> moments(const Tensor& x, std::optional<Ints> axes = std::nullopt, bool keepdims = false) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_moments(x.context(), x.get(), axes ? detail::data(*axes) : nullptr, axes ? axes->size() : 0, keepdims, out, capacity, n);
  });
}

struct MomentsAttrs {
  std::optional<Ints> axes = std::nullopt;
  bool keepdims = false;
};
inline std::vector<Tensor> moments(const Tensor& x, const MomentsAttrs& attrs) {
  return moments(x, attrs.axes, attrs.keepdims);
}

/// (prediction - target)^2. Attributes: reduction (default "none").
inline Tensor mse(const Tensor& target, const Tensor& prediction, const char* reduction = "none") {
  return detail::wrap(target.context(), gt_mse(target.context(), target.get(), prediction.get(), reduction));
}

/// x * y.
inline Tensor multiply(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_multiply(x.context(), x.get(), y.get()));
}

/// x * y, 0 wherever y is 0, even against nan and infinities in x.
inline Tensor multiply_no_nan(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_multiply_no_nan(x.context(), x.get(), y.get()));
}

/// -x.
inline Tensor negative(const Tensor& x) {
  return detail::wrap(x.context(), gt_negative(x.context(), x.get()));
}

/// Vector norm of order ord, or over two axes the matrix norm: euclidean (Frobenius), 1 (largest column sum), inf (largest row sum). Attributes: ord (default "euclidean"), axis (optional), keepdims (default false).
inline Tensor norm(const Tensor& x, const char* ord = "euclidean", std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_norm(x.context(), x.get(), ord, axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct NormAttrs {
  const char* ord = "euclidean";
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor norm(const Tensor& x, const NormAttrs& attrs) {
  return norm(x, attrs.ord, attrs.axis, attrs.keepdims);
}

/// x != y.
inline Tensor not_equal(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_not_equal(x.context(), x.get(), y.get()));
}

/// on_value where the new axis's index equals indices, off_value elsewhere. Attributes: depth, axis (default -1), on_value (default 1), off_value (default 0), dtype (optional).
inline Tensor one_hot(const Tensor& indices, int64_t depth, int64_t axis = -1, double on_value = 1, double off_value = 0, std::optional<Dtype> dtype = std::nullopt) {
  return detail::wrap(indices.context(), gt_one_hot(indices.context(), indices.get(), depth, axis, on_value, off_value, dtype ? static_cast<gt_dtype>(*dtype) : 0));
}

struct OneHotAttrs {
  int64_t depth{};
  int64_t axis = -1;
  double on_value = 1;
  double off_value = 0;
  std::optional<Dtype> dtype = std::nullopt;
};
inline Tensor one_hot(const Tensor& indices, const OneHotAttrs& attrs) {
  return one_hot(indices, attrs.depth, attrs.axis, attrs.on_value, attrs.off_value, attrs.dtype);
}

/// Ones of x's shape and dtype; no gradient reaches x.
inline Tensor ones_like(const Tensor& x) {
  return detail::wrap(x.context(), gt_ones_like(x.context(), x.get()));
}

/// a[i] * b[j] of two vectors.
inline Tensor outer(const Tensor& a, const Tensor& b) {
  return detail::wrap(a.context(), gt_outer(a.context(), a.get(), b.get()));
}

/// x with paddings [[before, after], ...]: of constant_values, or mirrored at the edges. Attributes: paddings, mode (default "CONSTANT"), constant_values (default 0).
inline Tensor pad(const Tensor& x, const Ints& paddings, const char* mode = "CONSTANT", double constant_values = 0) {
  return detail::wrap(x.context(), gt_pad(x.context(), x.get(), detail::data(paddings), paddings.size(), mode, constant_values));
}

struct PadAttrs {
  Ints paddings{};
  const char* mode = "CONSTANT";
  double constant_values = 0;
};
inline Tensor pad(const Tensor& x, const PadAttrs& attrs) {
  return pad(x, attrs.paddings, attrs.mode, attrs.constant_values);
}

/// The n-th derivative of digamma. Attributes: n.
inline Tensor polygamma(const Tensor& x, int64_t n) {
  return detail::wrap(x.context(), gt_polygamma(x.context(), x.get(), n));
}

/// x^y; d/dx = y x^(y-1), d/dy = x^y log(x) where x > 0, else 0.
inline Tensor pow(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_pow(x.context(), x.get(), y.get()));
}

/// q [..., m, k] with orthonormal columns and upper triangular r [..., k, n] with q r = x [..., m, n], k = min(m, n); r has a positive diagonal where positive_diagonal. Derivatives are nan unless the first k columns are independent. Attributes: positive_diagonal (default true).
inline Tensor qr(const Tensor& x, bool positive_diagonal = true) {
  return detail::wrap(x.context(), gt_qr(x.context(), x.get(), positive_diagonal));
}

/// Independent normal numbers of the given mean and standard deviation. Attributes: shape, dtype (default "float32"), mean (default 0), stddev (default 1), key (optional), counter (optional).
inline Tensor random_normal(const Context& ctx, const Ints& shape, Dtype dtype = Dtype::float32, double mean = 0, double stddev = 1, std::optional<int64_t> key = std::nullopt, std::optional<int64_t> counter = std::nullopt) {
  return detail::wrap(ctx.get(), gt_random_normal(ctx.get(), detail::data(shape), shape.size(), static_cast<gt_dtype>(dtype), mean, stddev, key.value_or(GT_DEFAULT_INT), counter.value_or(GT_DEFAULT_INT)));
}

/// Independent uniform numbers in [minval, maxval), floats or integers. Attributes: shape, dtype (default "float32"), minval (default 0), maxval (default 1), key (optional), counter (optional).
inline Tensor random_uniform(const Context& ctx, const Ints& shape, Dtype dtype = Dtype::float32, double minval = 0, double maxval = 1, std::optional<int64_t> key = std::nullopt, std::optional<int64_t> counter = std::nullopt) {
  return detail::wrap(ctx.get(), gt_random_uniform(ctx.get(), detail::data(shape), shape.size(), static_cast<gt_dtype>(dtype), minval, maxval, key.value_or(GT_DEFAULT_INT), counter.value_or(GT_DEFAULT_INT)));
}

/// start, start + delta, ... below (above, if delta < 0) limit. int32 where all are integers and no dtype is given. Attributes: start (default 0), limit, delta (default 1), dtype (optional).
inline Tensor range(const Context& ctx, double limit, double start = 0, double delta = 1, std::optional<Dtype> dtype = std::nullopt) {
  return detail::wrap(ctx.get(), gt_range(ctx.get(), start, limit, delta, dtype ? static_cast<gt_dtype>(*dtype) : 0));
}

/// 1 / x.
inline Tensor reciprocal(const Tensor& x) {
  return detail::wrap(x.context(), gt_reciprocal(x.context(), x.get()));
}

/// Whether all entries over the axes are true. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_all(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_all(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceAllAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_all(const Tensor& x, const ReduceAllAttrs& attrs) {
  return reduce_all(x, attrs.axis, attrs.keepdims);
}

/// Whether any entry over the axes is true. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_any(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_any(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceAnyAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_any(const Tensor& x, const ReduceAnyAttrs& attrs) {
  return reduce_any(x, attrs.axis, attrs.keepdims);
}

/// log(sum(e^x)) over the axes, without overflow. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_logsumexp(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_logsumexp(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceLogsumexpAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_logsumexp(const Tensor& x, const ReduceLogsumexpAttrs& attrs) {
  return reduce_logsumexp(x, attrs.axis, attrs.keepdims);
}

/// Largest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_max(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_max(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceMaxAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_max(const Tensor& x, const ReduceMaxAttrs& attrs) {
  return reduce_max(x, attrs.axis, attrs.keepdims);
}

/// Mean over the axes; of integers and bools in float64. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_mean(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_mean(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceMeanAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_mean(const Tensor& x, const ReduceMeanAttrs& attrs) {
  return reduce_mean(x, attrs.axis, attrs.keepdims);
}

/// Smallest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_min(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_min(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceMinAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_min(const Tensor& x, const ReduceMinAttrs& attrs) {
  return reduce_min(x, attrs.axis, attrs.keepdims);
}

/// Product over the axes, of bools in int64; its derivatives are right with zeros among the factors, to any order. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_prod(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_prod(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceProdAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_prod(const Tensor& x, const ReduceProdAttrs& attrs) {
  return reduce_prod(x, attrs.axis, attrs.keepdims);
}

/// Square root of the biased variance; its derivative is 0 where all entries are the same. Of integers and bools in float64. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_std(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_std(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceStdAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_std(const Tensor& x, const ReduceStdAttrs& attrs) {
  return reduce_std(x, attrs.axis, attrs.keepdims);
}

/// Sum over the axes; of bools their count, int64. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_sum(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_sum(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceSumAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_sum(const Tensor& x, const ReduceSumAttrs& attrs) {
  return reduce_sum(x, attrs.axis, attrs.keepdims);
}

/// Biased variance over the axes: mean((x - mean(x))^2); of integers and bools in float64. Attributes: axis (optional), keepdims (default false).
inline Tensor reduce_variance(const Tensor& x, std::optional<Ints> axis = std::nullopt, bool keepdims = false) {
  return detail::wrap(x.context(), gt_reduce_variance(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0, keepdims));
}

struct ReduceVarianceAttrs {
  std::optional<Ints> axis = std::nullopt;
  bool keepdims = false;
};
inline Tensor reduce_variance(const Tensor& x, const ReduceVarianceAttrs& attrs) {
  return reduce_variance(x, attrs.axis, attrs.keepdims);
}

/// max(x, 0); its derivative at 0 is 0.
inline Tensor relu(const Tensor& x) {
  return detail::wrap(x.context(), gt_relu(x.context(), x.get()));
}

/// min(max(x, 0), 6); its derivative at 0 and at 6 is 0.
inline Tensor relu6(const Tensor& x) {
  return detail::wrap(x.context(), gt_relu6(x.context(), x.get()));
}

/// Each entry along the axis repeated, as often for all or one count for each; without an axis x is flattened first. Attributes: repeats, axis (optional).
inline Tensor repeat(const Tensor& x, const Ints& repeats, std::optional<int64_t> axis = std::nullopt) {
  return detail::wrap(x.context(), gt_repeat(x.context(), x.get(), detail::data(repeats), repeats.size(), axis.value_or(GT_DEFAULT_INT)));
}

struct RepeatAttrs {
  Ints repeats{};
  std::optional<int64_t> axis = std::nullopt;
};
inline Tensor repeat(const Tensor& x, const RepeatAttrs& attrs) {
  return repeat(x, attrs.repeats, attrs.axis);
}

/// The same elements in another shape; one entry of shape may be -1. Attributes: shape.
inline Tensor reshape(const Tensor& x, const Ints& shape) {
  return detail::wrap(x.context(), gt_reshape(x.context(), x.get(), detail::data(shape), shape.size()));
}

/// The named axes from the last entry to the first. Attributes: axis.
inline Tensor reverse(const Tensor& x, const Ints& axis) {
  return detail::wrap(x.context(), gt_reverse(x.context(), x.get(), detail::data(axis), axis.size()));
}

/// x moved by shift entries along each axis; what leaves at one end comes in at the other. Attributes: shift, axis.
inline Tensor roll(const Tensor& x, const Ints& shift, const Ints& axis) {
  return detail::wrap(x.context(), gt_roll(x.context(), x.get(), detail::data(shift), shift.size(), detail::data(axis), axis.size()));
}

struct RollAttrs {
  Ints shift{};
  Ints axis{};
};
inline Tensor roll(const Tensor& x, const RollAttrs& attrs) {
  return roll(x, attrs.shift, attrs.axis);
}

/// The nearest integer, halves to the even one, in the dtype of x.
inline Tensor round(const Tensor& x) {
  return detail::wrap(x.context(), gt_round(x.context(), x.get()));
}

/// 1 / sqrt(x).
inline Tensor rsqrt(const Tensor& x) {
  return detail::wrap(x.context(), gt_rsqrt(x.context(), x.get()));
}

/// Zeros of `shape`, to which updates are added where gather(axis, batch_dims) with these indices would read. Attributes: shape, axis (optional), batch_dims (default 0).
inline Tensor scatter_add(const Tensor& indices, const Tensor& updates, const Ints& shape, std::optional<int64_t> axis = std::nullopt, int64_t batch_dims = 0) {
  return detail::wrap(indices.context(), gt_scatter_add(indices.context(), indices.get(), updates.get(), detail::data(shape), shape.size(), axis.value_or(GT_DEFAULT_INT), batch_dims));
}

struct ScatterAddAttrs {
  Ints shape{};
  std::optional<int64_t> axis = std::nullopt;
  int64_t batch_dims = 0;
};
inline Tensor scatter_add(const Tensor& indices, const Tensor& updates, const ScatterAddAttrs& attrs) {
  return scatter_add(indices, updates, attrs.shape, attrs.axis, attrs.batch_dims);
}

/// Zeros of `shape`, to which updates are added at indices [..., k] into its first k axes. Attributes: shape.
inline Tensor scatter_nd(const Tensor& indices, const Tensor& updates, const Ints& shape) {
  return detail::wrap(indices.context(), gt_scatter_nd(indices.context(), indices.get(), updates.get(), detail::data(shape), shape.size()));
}

/// Row i is the sum of data's rows with segment id i; ids do not fall, the last one says how many rows there are. Its value is read when the op is recorded.
inline Tensor segment_sum(const Tensor& data, const Tensor& segment_ids) {
  return detail::wrap(data.context(), gt_segment_sum(data.context(), data.get(), segment_ids.get()));
}

/// 1.0507 * (x where (x > 0), else 1.6733 * (e^x - 1)); its derivative at 0 is 1.0507.
inline Tensor selu(const Tensor& x) {
  return detail::wrap(x.context(), gt_selu(x.context(), x.get()));
}

/// 1 / (1 + e^-x).
inline Tensor sigmoid(const Tensor& x) {
  return detail::wrap(x.context(), gt_sigmoid(x.context(), x.get()));
}

/// -labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)).
inline Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits) {
  return detail::wrap(labels.context(), gt_sigmoid_cross_entropy_with_logits(labels.context(), labels.get(), logits.get()));
}

/// -1, 0 or 1; its derivative is 0 everywhere.
inline Tensor sign(const Tensor& x) {
  return detail::wrap(x.context(), gt_sign(x.context(), x.get()));
}

/// x * sigmoid(x).
inline Tensor silu(const Tensor& x) {
  return detail::wrap(x.context(), gt_silu(x.context(), x.get()));
}

/// Sine of x, in radians.
inline Tensor sin(const Tensor& x) {
  return detail::wrap(x.context(), gt_sin(x.context(), x.get()));
}

/// Hyperbolic sine.
inline Tensor sinh(const Tensor& x) {
  return detail::wrap(x.context(), gt_sinh(x.context(), x.get()));
}

/// The part of x from begin with the given size; -1: to the end. Attributes: begin, size.
inline Tensor slice(const Tensor& x, const Ints& begin, const Ints& size) {
  return detail::wrap(x.context(), gt_slice(x.context(), x.get(), detail::data(begin), begin.size(), detail::data(size), size.size()));
}

struct SliceAttrs {
  Ints begin{};
  Ints size{};
};
inline Tensor slice(const Tensor& x, const SliceAttrs& attrs) {
  return slice(x, attrs.begin, attrs.size);
}

/// sign and log |determinant| of the matrices in the last two axes: 0 and -inf for singular ones. The sign has no derivative.
inline Tensor slogdet(const Tensor& x) {
  return detail::wrap(x.context(), gt_slogdet(x.context(), x.get()));
}

/// e^x / sum(e^x) along the axis, without overflow. Attributes: axis (default -1).
inline Tensor softmax(const Tensor& x, int64_t axis = -1) {
  return detail::wrap(x.context(), gt_softmax(x.context(), x.get(), axis));
}

/// -sum(labels * log_softmax(logits)) along the axis. Attributes: axis (default -1).
inline Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits, int64_t axis = -1) {
  return detail::wrap(labels.context(), gt_softmax_cross_entropy_with_logits(labels.context(), labels.get(), logits.get(), axis));
}

/// log(1 + e^x), without overflow.
inline Tensor softplus(const Tensor& x) {
  return detail::wrap(x.context(), gt_softplus(x.context(), x.get()));
}

/// x / (1 + |x|).
inline Tensor softsign(const Tensor& x) {
  return detail::wrap(x.context(), gt_softsign(x.context(), x.get()));
}

/// x with matrix x = rhs [..., n, k], or a vector [n] for every matrix; with the transposed matrix where adjoint. Attributes: adjoint (default false).
inline Tensor solve(const Tensor& matrix, const Tensor& rhs, bool adjoint = false) {
  return detail::wrap(matrix.context(), gt_solve(matrix.context(), matrix.get(), rhs.get(), adjoint));
}

/// The entries along the axis in order; stable, nan last, false before true. Attributes: axis (default -1), direction (default "ASCENDING").
inline Tensor sort(const Tensor& x, int64_t axis = -1, const char* direction = "ASCENDING") {
  return detail::wrap(x.context(), gt_sort(x.context(), x.get(), axis, direction));
}

struct SortAttrs {
  int64_t axis = -1;
  const char* direction = "ASCENDING";
};
inline Tensor sort(const Tensor& x, const SortAttrs& attrs) {
  return sort(x, attrs.axis, attrs.direction);
}

/// -log_softmax(logits)[label] along the last axis.
inline Tensor sparse_softmax_cross_entropy(const Tensor& labels, const Tensor& logits) {
  return detail::wrap(labels.context(), gt_sparse_softmax_cross_entropy(labels.context(), labels.get(), logits.get()));
}

/// x cut along the axis into a number of equal parts, or into parts of the given sizes. Attributes: num_or_size_splits, axis (default 0).
inline std::vector<Tensor> split(const Tensor& x, const Ints& num_or_size_splits, int64_t axis = 0) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_split(x.context(), x.get(), detail::data(num_or_size_splits), num_or_size_splits.size(), axis, out, capacity, n);
  });
}

struct SplitAttrs {
  Ints num_or_size_splits{};
  int64_t axis = 0;
};
inline std::vector<Tensor> split(const Tensor& x, const SplitAttrs& attrs) {
  return split(x, attrs.num_or_size_splits, attrs.axis);
}

/// Square root: y * y = x.
inline Tensor sqrt(const Tensor& x) {
  return detail::wrap(x.context(), gt_sqrt(x.context(), x.get()));
}

/// x * x.
inline Tensor square(const Tensor& x) {
  return detail::wrap(x.context(), gt_square(x.context(), x.get()));
}

/// (x - y)^2.
inline Tensor squared_difference(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_squared_difference(x.context(), x.get(), y.get()));
}

/// Without the named axes, or all axes, of size 1. Attributes: axis (optional).
inline Tensor squeeze(const Tensor& x, std::optional<Ints> axis = std::nullopt) {
  return detail::wrap(x.context(), gt_squeeze(x.context(), x.get(), axis ? detail::data(*axis) : nullptr, axis ? axis->size() : 0));
}

/// The inputs as the entries of a new axis. Attributes: axis (default 0).
inline Tensor stack(const std::vector<Tensor>& values, int64_t axis = 0) {
  return detail::wrap(detail::context_of(values), gt_stack(detail::context_of(values), detail::handles(values).data(), values.size(), axis));
}

/// x itself, taken as a constant by every derivative.
inline Tensor stop_gradient(const Tensor& x) {
  return detail::wrap(x.context(), gt_stop_gradient(x.context(), x.get()));
}

/// x[begin:end:strides], with TensorFlow's bit masks; bounds out of range clamp. Attributes: begin, end, strides (optional), begin_mask (default 0), end_mask (default 0), ellipsis_mask (default 0), new_axis_mask (default 0), shrink_axis_mask (default 0).
inline Tensor strided_slice(const Tensor& x, const Ints& begin, const Ints& end, std::optional<Ints> strides = std::nullopt, int64_t begin_mask = 0, int64_t end_mask = 0, int64_t ellipsis_mask = 0, int64_t new_axis_mask = 0, int64_t shrink_axis_mask = 0) {
  return detail::wrap(x.context(), gt_strided_slice(x.context(), x.get(), detail::data(begin), begin.size(), detail::data(end), end.size(), strides ? detail::data(*strides) : nullptr, strides ? strides->size() : 0, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask));
}

struct StridedSliceAttrs {
  Ints begin{};
  Ints end{};
  std::optional<Ints> strides = std::nullopt;
  int64_t begin_mask = 0;
  int64_t end_mask = 0;
  int64_t ellipsis_mask = 0;
  int64_t new_axis_mask = 0;
  int64_t shrink_axis_mask = 0;
};
inline Tensor strided_slice(const Tensor& x, const StridedSliceAttrs& attrs) {
  return strided_slice(x, attrs.begin, attrs.end, attrs.strides, attrs.begin_mask, attrs.end_mask, attrs.ellipsis_mask, attrs.new_axis_mask, attrs.shrink_axis_mask);
}

/// x - y.
inline Tensor subtract(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_subtract(x.context(), x.get(), y.get()));
}

/// The singular values of the matrices in the last two axes, largest first. Of repeated ones, or of 0, second derivatives are nan.
inline Tensor svd(const Tensor& x) {
  return detail::wrap(x.context(), gt_svd(x.context(), x.get()));
}

/// Singular values s, largest first, and singular vectors, the columns of u [..., m, k] and v [..., n, k], of x [..., m, n], k = min(m, n): x = u diag(s) v^T. In each column of u the first entry of at least 0.9 times its largest magnitude is positive. Of repeated singular values derivatives of u and v are nan, and of 0 where x is not square.
inline std::vector<Tensor> svd_with_vectors(const Tensor& x) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_svd_with_vectors(x.context(), x.get(), out, capacity, n);
  });
}

/// x at indices along the axis; the other axes of both run together, and broadcast. Attributes: axis.
inline Tensor take_along_axis(const Tensor& x, const Tensor& indices, int64_t axis) {
  return detail::wrap(x.context(), gt_take_along_axis(x.context(), x.get(), indices.get(), axis));
}

/// Tangent of x, in radians.
inline Tensor tan(const Tensor& x) {
  return detail::wrap(x.context(), gt_tan(x.context(), x.get()));
}

/// Hyperbolic tangent.
inline Tensor tanh(const Tensor& x) {
  return detail::wrap(x.context(), gt_tanh(x.context(), x.get()));
}

/// x with updates added at indices [..., k] into its first k axes.
inline Tensor tensor_scatter_add(const Tensor& x, const Tensor& indices, const Tensor& updates) {
  return detail::wrap(x.context(), gt_tensor_scatter_add(x.context(), x.get(), indices.get(), updates.get()));
}

/// x with updates in place of the entries at indices [..., k] into its first k axes; the last one of several for one place counts.
inline Tensor tensor_scatter_update(const Tensor& x, const Tensor& indices, const Tensor& updates) {
  return detail::wrap(x.context(), gt_tensor_scatter_update(x.context(), x.get(), indices.get(), updates.get()));
}

/// Sum of products over pairs of axes: a count (the last of a with the first of b), or two lists. Attributes: axes (default 2).
inline Tensor tensordot(const Tensor& a, const Tensor& b, const Ints& axes = {}) {
  return detail::wrap(a.context(), gt_tensordot(a.context(), a.get(), b.get(), axes.empty() ? nullptr : axes.data(), axes.size()));
}

/// x repeated multiples[i] times along axis i. Attributes: multiples.
inline Tensor tile(const Tensor& x, const Ints& multiples) {
  return detail::wrap(x.context(), gt_tile(x.context(), x.get(), detail::data(multiples), multiples.size()));
}

/// The k largest entries along the last axis, largest first, and their indices; of equal ones the first comes first. Attributes: k.
inline std::vector<Tensor> top_k(const Tensor& x, int64_t k) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_top_k(x.context(), x.get(), k, out, capacity, n);
  });
}

/// Sum of the main diagonal of the matrices in the last two axes; of bools their count, int64.
inline Tensor trace(const Tensor& x) {
  return detail::wrap(x.context(), gt_trace(x.context(), x.get()));
}

/// Axes in another order: axis i of the result is axis perm[i] of x. Without perm they are reversed. Attributes: perm (optional).
inline Tensor transpose(const Tensor& x, std::optional<Ints> perm = std::nullopt) {
  return detail::wrap(x.context(), gt_transpose(x.context(), x.get(), perm ? detail::data(*perm) : nullptr, perm ? perm->size() : 0));
}

/// x with matrix x = rhs [..., n, k], or a vector [n] for every matrix, where the lower (or else upper) triangle alone of the matrix is read; with its transpose where adjoint. Attributes: lower (default true), adjoint (default false).
inline Tensor triangular_solve(const Tensor& matrix, const Tensor& rhs, bool lower = true, bool adjoint = false) {
  return detail::wrap(matrix.context(), gt_triangular_solve(matrix.context(), matrix.get(), rhs.get(), lower, adjoint));
}

struct TriangularSolveAttrs {
  bool lower = true;
  bool adjoint = false;
};
inline Tensor triangular_solve(const Tensor& matrix, const Tensor& rhs, const TriangularSolveAttrs& attrs) {
  return triangular_solve(matrix, rhs, attrs.lower, attrs.adjoint);
}

/// x on and below diagonal k of the last two axes, 0 above. Attributes: k (default 0).
inline Tensor tril(const Tensor& x, int64_t k = 0) {
  return detail::wrap(x.context(), gt_tril(x.context(), x.get(), k));
}

/// x on and above diagonal k of the last two axes, 0 below. Attributes: k (default 0).
inline Tensor triu(const Tensor& x, int64_t k = 0) {
  return detail::wrap(x.context(), gt_triu(x.context(), x.get(), k));
}

/// The integer part, toward 0, in the dtype of x.
inline Tensor trunc(const Tensor& x) {
  return detail::wrap(x.context(), gt_trunc(x.context(), x.get()));
}

/// Row i is the sum of data's rows with segment id i, 0 where there is none; rows with a negative id are left out. Attributes: num_segments.
inline Tensor unsorted_segment_sum(const Tensor& data, const Tensor& segment_ids, int64_t num_segments) {
  return detail::wrap(data.context(), gt_unsorted_segment_sum(data.context(), data.get(), segment_ids.get(), num_segments));
}

/// The entries along the axis, one output each. Attributes: axis (default 0).
inline std::vector<Tensor> unstack(const Tensor& x, int64_t axis = 0) {
  return detail::outputs(x.context(), [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
    return gt_unstack(x.context(), x.get(), axis, out, capacity, n);
  });
}

/// x where the condition holds, else y; what is not selected reaches no gradient.
inline Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y) {
  return detail::wrap(condition.context(), gt_where(condition.context(), condition.get(), x.get(), y.get()));
}

/// x * log1p(y), 0 where x is 0.
inline Tensor xlog1py(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_xlog1py(x.context(), x.get(), y.get()));
}

/// x * log(y), 0 where x is 0.
inline Tensor xlogy(const Tensor& x, const Tensor& y) {
  return detail::wrap(x.context(), gt_xlogy(x.context(), x.get(), y.get()));
}

/// Zeros of x's shape and dtype; no gradient reaches x.
inline Tensor zeros_like(const Tensor& x) {
  return detail::wrap(x.context(), gt_zeros_like(x.context(), x.get()));
}

}  // namespace gradtape
