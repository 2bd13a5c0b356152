/* Made by `./run generate` from the registry of ops: not to be edited.
 *
 * A typed function for every op: gt_apply underneath, so they add nothing to the library's interface. Each returns a new tensor, NULL on
 * failure. Ops with several outputs write them to an array, as gt_apply does. Optional attributes: NULL for a list or a string, 0 for a dtype,
 * GT_DEFAULT_INT for an integer take the default. An attribute that is a name or a list (padding) has parameters for both: the list counts where it
 * is not NULL. One that is an integer or a list is the integer n where the list is NULL: gt_split(ctx, x, NULL, 3, ...) makes 3 equal parts,
 * gt_tensordot(ctx, a, b, NULL, 1) sums over 1 pair of axes; NULL and 0 take the default, if there is one. One that is a name or a number (the order
 * of gt_norm) is text, "euclidean" or "3". The numbers of gt_range are floating; its dtype makes it count in integers.
 */
#ifndef GRADTAPE_OPS_H
#define GRADTAPE_OPS_H

#include "gradtape.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GT_DEFAULT_INT INT64_MIN

typedef struct gt_attr_list {
  gt_attr attrs[8];
  union {
    int64_t integer;
    double number;
    uint8_t flag;
    gt_dtype dtype;
  } values[8];
  size_t n;
} gt_attr_list;

static inline void gt_add_attr(gt_attr_list* list, const char* name, int32_t kind, int32_t is_list, size_t count, const void* values) {
  gt_attr* a = &list->attrs[list->n++];
  a->name = name;
  a->kind = kind;
  a->is_list = is_list;
  a->count = count;
  a->values = values;
}
static inline void gt_add_int(gt_attr_list* list, const char* name, int64_t value) {
  if (value == GT_DEFAULT_INT) return;
  list->values[list->n].integer = value;
  gt_add_attr(list, name, GT_ATTR_INT, 0, 1, &list->values[list->n]);
}
static inline void gt_add_float(gt_attr_list* list, const char* name, double value) {
  list->values[list->n].number = value;
  gt_add_attr(list, name, GT_ATTR_FLOAT, 0, 1, &list->values[list->n]);
}
static inline void gt_add_bool(gt_attr_list* list, const char* name, int32_t value) {
  list->values[list->n].flag = value != 0;
  gt_add_attr(list, name, GT_ATTR_BOOL, 0, 1, &list->values[list->n]);
}
static inline void gt_add_dtype(gt_attr_list* list, const char* name, gt_dtype value) {
  if (value == 0) return;
  list->values[list->n].dtype = value;
  gt_add_attr(list, name, GT_ATTR_DTYPE, 0, 1, &list->values[list->n]);
}
static inline void gt_add_string(gt_attr_list* list, const char* name, const char* value) {
  size_t n = 0;
  if (!value) return;
  while (value[n]) ++n;
  gt_add_attr(list, name, GT_ATTR_STRING, 0, n, value);
}
static inline void gt_add_ints(gt_attr_list* list, const char* name, const int64_t* values, size_t n) {
  if (!values) return;
  gt_add_attr(list, name, GT_ATTR_INT, 1, n, values);
}
/* The integer n where values is NULL. */
static inline void gt_add_int_or_ints(gt_attr_list* list, const char* name, const int64_t* values, size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_int(list, name, (int64_t)n);
}
static inline void gt_add_string_or_ints(gt_attr_list* list, const char* name, const char* value, const int64_t* values, size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_string(list, name, value);
}

/* |x|; its derivative at 0 is 0, and the second one nan where that of a smooth function may be hidden. */
static inline gt_tensor gt_abs(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "abs", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Inverse cosine, in radians, for x in [-1, 1]. */
static inline gt_tensor gt_acos(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "acos", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Inverse hyperbolic cosine, for x >= 1. */
static inline gt_tensor gt_acosh(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "acosh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x + y. */
static inline gt_tensor gt_add(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "add", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Index of the first largest entry along the axis. Attributes: axis (default 0). */
static inline gt_tensor gt_argmax(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "argmax", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Index of the first smallest entry along the axis. Attributes: axis (default 0). */
static inline gt_tensor gt_argmin(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "argmin", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Indices that sort the entries along the axis; stable, nan last, false before true. Attributes: axis (default -1), direction (default "ASCENDING"). */
static inline gt_tensor gt_argsort(gt_context ctx, gt_tensor x, int64_t axis, const char* direction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_string(&list, "direction", direction);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "argsort", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Inverse sine, in radians, for x in [-1, 1]. */
static inline gt_tensor gt_asin(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "asin", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Inverse hyperbolic sine. */
static inline gt_tensor gt_asinh(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "asinh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Inverse tangent, in radians. */
static inline gt_tensor gt_atan(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "atan", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* The angle of the point (y, x): of y / x, in its quadrant, in radians. */
static inline gt_tensor gt_atan2(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "atan2", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Inverse hyperbolic tangent, for x in [-1, 1]. */
static inline gt_tensor gt_atanh(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "atanh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* The mean of each window of ksize, strides apart, over what is not padding: x [n, h, w, c]. Attributes: ksize, strides, padding (default "VALID"). */
static inline gt_tensor gt_avg_pool2d(gt_context ctx, gt_tensor x, const int64_t* ksize, size_t n_ksize, const int64_t* strides, size_t n_strides, const char* padding) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "ksize", ksize, n_ksize);
  gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string(&list, "padding", padding);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "avg_pool2d", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* (x - mean) / sqrt(variance + epsilon) * scale + offset; training: with the moments over `axes`, which are outputs too. Attributes: training (default true), axes (optional), epsilon (default 0.001). */
static inline gt_status gt_batch_normalization(gt_context ctx, gt_tensor x, gt_tensor scale, gt_tensor offset, gt_tensor mean /* or NULL */, gt_tensor variance /* or NULL */, int32_t training, const int64_t* axes, size_t n_axes, double epsilon, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "training", training);
  gt_add_ints(&list, "axes", axes, n_axes);
  gt_add_float(&list, "epsilon", epsilon);
  gt_tensor inputs[5];
  inputs[0] = x;
  inputs[1] = scale;
  inputs[2] = offset;
  inputs[3] = mean;
  inputs[4] = variance;
  size_t n_inputs = 5;
  while (n_inputs > 0 && !inputs[n_inputs - 1]) --n_inputs;
  return gt_apply(ctx, "batch_normalization", inputs, n_inputs, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* x + bias along the last axis (NHWC), or along axis 1 (NCHW). Attributes: data_format (default "NHWC"). */
static inline gt_tensor gt_bias_add(gt_context ctx, gt_tensor x, gt_tensor bias, const char* data_format) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "data_format", data_format);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = bias;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "bias_add", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The entries of x where the mask, which stands before the axes from `axis` on, is true, along one axis. The mask's value is read when the op is recorded. Attributes: axis (default 0). */
static inline gt_tensor gt_boolean_mask(gt_context ctx, gt_tensor x, gt_tensor mask, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = mask;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "boolean_mask", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x repeated along its axes of size 1 and along new leading axes. Attributes: shape. */
static inline gt_tensor gt_broadcast_to(gt_context ctx, gt_tensor x, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "broadcast_to", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x in another dtype: float to int truncates toward 0 and saturates, to bool is x != 0. Attributes: dtype. */
static inline gt_tensor gt_cast(gt_context ctx, gt_tensor x, gt_dtype dtype) {
  gt_attr_list list;
  list.n = 0;
  gt_add_dtype(&list, "dtype", dtype);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cast", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The smallest integer >= x, in the dtype of x. */
static inline gt_tensor gt_ceil(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "ceil", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* The lower triangular L with L L^T = x; x is symmetrised first, or else its lower triangle alone is read. Attributes: symmetrize_input (default true). */
static inline gt_tensor gt_cholesky(gt_context ctx, gt_tensor x, int32_t symmetrize_input) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cholesky", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Each input * clip_norm / max(norm, clip_norm), with the norm of all of them, which is the last output. Attributes: clip_norm. */
static inline gt_status gt_clip_by_global_norm(gt_context ctx, const gt_tensor* values, size_t n_values, double clip_norm, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "clip_norm", clip_norm);
  return gt_apply(ctx, "clip_by_global_norm", values, n_values, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* x * clip_norm / max(norm(x), clip_norm) over the axes; zeros stay, and their gradient passes. Attributes: clip_norm, axes (optional). */
static inline gt_tensor gt_clip_by_norm(gt_context ctx, gt_tensor x, double clip_norm, const int64_t* axes, size_t n_axes) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "clip_norm", clip_norm);
  gt_add_ints(&list, "axes", axes, n_axes);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "clip_by_norm", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* min(max(x, clip_value_min), clip_value_max); the gradient passes on both bounds. Attributes: clip_value_min, clip_value_max. */
static inline gt_tensor gt_clip_by_value(gt_context ctx, gt_tensor x, double clip_value_min, double clip_value_max) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "clip_value_min", clip_value_min);
  gt_add_float(&list, "clip_value_max", clip_value_max);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "clip_by_value", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The inputs one after the other along `axis`. Attributes: axis (default 0). */
static inline gt_tensor gt_concat(gt_context ctx, const gt_tensor* values, size_t n_values, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "concat", values, n_values, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* y[n, p, o] = sum x[n, p * stride + k * dilation - padding, i] filters[k, i, o]: x [n, width, in], filters [k, in, out]. Attributes: stride (default 1), padding (default "VALID"), dilations (default 1). */
static inline gt_tensor gt_conv1d(gt_context ctx, gt_tensor x, gt_tensor filters, int64_t stride, const char* padding, const int64_t* padding_list, size_t n_padding_list, int64_t dilations) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "stride", stride);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  gt_add_int(&list, "dilations", dilations);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = filters;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "conv1d", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* y[n, p, q, o] = sum x[n, p * stride + k * dilation - padding, ..., i] filters[k, l, i, o]: x [n, h, w, in], filters [kh, kw, in, out]; padding SAME, VALID or [[top, bottom], [left, right]]. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1). */
static inline gt_tensor gt_conv2d(gt_context ctx, gt_tensor x, gt_tensor filters, const int64_t* strides, size_t n_strides, const char* padding, const int64_t* padding_list, size_t n_padding_list, const int64_t* dilations, size_t n_dilations) {
  gt_attr_list list;
  list.n = 0;
  if (strides || n_strides > 0) gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  if (dilations || n_dilations > 0) gt_add_int_or_ints(&list, "dilations", dilations, n_dilations);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = filters;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "conv2d", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The transpose of the conv2d that maps output_shape to the shape of x: x [n, h, w, in], filters [kh, kw, out, in]. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1), output_shape. */
static inline gt_tensor gt_conv2d_transpose(gt_context ctx, gt_tensor x, gt_tensor filters, const int64_t* strides, size_t n_strides, const char* padding, const int64_t* padding_list, size_t n_padding_list, const int64_t* dilations, size_t n_dilations, const int64_t* output_shape, size_t n_output_shape) {
  gt_attr_list list;
  list.n = 0;
  if (strides || n_strides > 0) gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  if (dilations || n_dilations > 0) gt_add_int_or_ints(&list, "dilations", dilations, n_dilations);
  gt_add_ints(&list, "output_shape", output_shape, n_output_shape);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = filters;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "conv2d_transpose", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Cosine of x, in radians. */
static inline gt_tensor gt_cos(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cos", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Hyperbolic cosine. */
static inline gt_tensor gt_cosh(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cosh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Cross product of the vectors of 3 in the last axis. */
static inline gt_tensor gt_cross(gt_context ctx, gt_tensor a, gt_tensor b) {
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = b;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cross", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Products of all entries up to each one; its derivatives are right with zeros among them, to any order. Attributes: axis (default 0), exclusive (default false), reverse (default false). */
static inline gt_tensor gt_cumprod(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive, int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "exclusive", exclusive);
  gt_add_bool(&list, "reverse", reverse);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cumprod", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Sums of all entries up to each one. Attributes: axis (default 0), exclusive (default false), reverse (default false). */
static inline gt_tensor gt_cumsum(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive, int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "exclusive", exclusive);
  gt_add_bool(&list, "reverse", reverse);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cumsum", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Each channel by filters of its own: x [n, h, w, in], filters [kh, kw, in, multiplier]; output channel in * multiplier + m. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1). */
static inline gt_tensor gt_depthwise_conv2d(gt_context ctx, gt_tensor x, gt_tensor filters, const int64_t* strides, size_t n_strides, const char* padding, const int64_t* padding_list, size_t n_padding_list, const int64_t* dilations, size_t n_dilations) {
  gt_attr_list list;
  list.n = 0;
  if (strides || n_strides > 0) gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  if (dilations || n_dilations > 0) gt_add_int_or_ints(&list, "dilations", dilations, n_dilations);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = filters;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "depthwise_conv2d", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Determinant of the matrices in the last two axes; its derivatives are right for singular ones too. */
static inline gt_tensor gt_det(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "det", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Matrices with the given diagonals [..., n] as diagonal k, else 0: [..., n + |k|, n + |k|]. Attributes: k (default 0). */
static inline gt_tensor gt_diag(gt_context ctx, gt_tensor diagonal, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  gt_tensor inputs[1];
  inputs[0] = diagonal;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "diag", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The diagonal k of the matrices in the last two axes: entries [i, i + k]. Attributes: k (default 0). */
static inline gt_tensor gt_diag_part(gt_context ctx, gt_tensor x, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "diag_part", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The derivative of log Gamma(x). */
static inline gt_tensor gt_digamma(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "digamma", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x / y; of integers in float64. */
static inline gt_tensor gt_divide(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "divide", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x / y, 0 where y is 0. */
static inline gt_tensor gt_divide_no_nan(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "divide_no_nan", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Sum of a[i] * b[i] of two vectors. */
static inline gt_tensor gt_dot(gt_context ctx, gt_tensor a, gt_tensor b) {
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = b;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "dot", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * mask / (1 - rate). Attributes: rate. */
static inline gt_tensor gt_dropout(gt_context ctx, gt_tensor x, gt_tensor mask, double rate) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "rate", rate);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = mask;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "dropout", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The eigenvalues of symmetric matrices, rising. x is symmetrised first, or else its lower triangle alone is read. Of repeated eigenvalues second derivatives are nan: eigh_function has those of smooth functions. Attributes: symmetrize_input (default true). */
static inline gt_tensor gt_eigh(gt_context ctx, gt_tensor x, int32_t symmetrize_input) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "eigh", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* v diag(f(w)) v^T with the eigenvalues w and eigenvectors v of x; its derivatives are right for repeated eigenvalues too, to any order. x is symmetrised first, or else its lower triangle alone is read. Attributes: symmetrize_input (default true), f. */
static inline gt_tensor gt_eigh_function(gt_context ctx, gt_tensor x, int32_t symmetrize_input, const char* f) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  gt_add_string(&list, "f", f);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "eigh_function", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Eigenvalues e, rising, and eigenvectors, the columns of v, of symmetric matrices: x = v diag(e) v^T. In each column the first entry of at least 0.9 times its largest magnitude is positive. x is symmetrised first, or else its lower triangle alone is read. Of repeated eigenvalues derivatives of v are nan. Attributes: symmetrize_input (default true). */
static inline gt_status gt_eigh_with_vectors(gt_context ctx, gt_tensor x, int32_t symmetrize_input, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "eigh_with_vectors", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* Sum of products over the labels that the output lacks, as in "ij,jk->ik"; "..." stands for axes that broadcast. Attributes: equation. */
static inline gt_tensor gt_einsum(gt_context ctx, const gt_tensor* operands, size_t n_operands, const char* equation) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "equation", equation);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "einsum", operands, n_operands, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x where x >= 0, else e^x - 1. */
static inline gt_tensor gt_elu(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "elu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Rows of params at ids. */
static inline gt_tensor gt_embedding_lookup(gt_context ctx, gt_tensor params, gt_tensor ids) {
  gt_tensor inputs[2];
  inputs[0] = params;
  inputs[1] = ids;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "embedding_lookup", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x == y. */
static inline gt_tensor gt_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* 2 / sqrt(pi) * integral of e^(-s^2) from 0 to x. */
static inline gt_tensor gt_erf(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "erf", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* 1 - erf(x), exact for large x. */
static inline gt_tensor gt_erfc(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "erfc", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* The y with erf(y) = x, for x in [-1, 1]. */
static inline gt_tensor gt_erfinv(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "erfinv", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* e^x. */
static inline gt_tensor gt_exp(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "exp", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* 2^x. */
static inline gt_tensor gt_exp2(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "exp2", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* A new axis of size 1 at `axis`. Attributes: axis (default 0). */
static inline gt_tensor gt_expand_dims(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "expand_dims", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The exponential of the matrices in the last two axes: sum of x^k / k!. */
static inline gt_tensor gt_expm(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "expm", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* e^x - 1, exact near 0. */
static inline gt_tensor gt_expm1(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "expm1", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Identity matrices [batch_shape..., num_rows, num_columns]. Attributes: num_rows, num_columns (optional), batch_shape (default []), dtype (optional). */
static inline gt_tensor gt_eye(gt_context ctx, int64_t num_rows, int64_t num_columns, const int64_t* batch_shape, size_t n_batch_shape, gt_dtype dtype) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "num_rows", num_rows);
  gt_add_int(&list, "num_columns", num_columns);
  gt_add_ints(&list, "batch_shape", batch_shape, n_batch_shape);
  gt_add_dtype(&list, "dtype", dtype);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "eye", NULL, 0, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* A tensor of `shape` that holds value everywhere. Attributes: shape. */
static inline gt_tensor gt_fill(gt_context ctx, gt_tensor value, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_tensor inputs[1];
  inputs[0] = value;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "fill", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The largest integer <= x, in the dtype of x. */
static inline gt_tensor gt_floor(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "floor", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x / y, rounded toward minus infinity: y * floor_divide(x, y) + mod(x, y) is x. It is an error to divide an integer by 0. */
static inline gt_tensor gt_floor_divide(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "floor_divide", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * y + z. */
static inline gt_tensor gt_fma(gt_context ctx, gt_tensor x, gt_tensor y, gt_tensor z) {
  gt_tensor inputs[3];
  inputs[0] = x;
  inputs[1] = y;
  inputs[2] = z;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "fma", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}

/* Entries of params along `axis`, at indices; the first batch_dims axes of both run together. Attributes: axis (optional), batch_dims (default 0). */
static inline gt_tensor gt_gather(gt_context ctx, gt_tensor params, gt_tensor indices, int64_t axis, int64_t batch_dims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_int(&list, "batch_dims", batch_dims);
  gt_tensor inputs[2];
  inputs[0] = params;
  inputs[1] = indices;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "gather", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Entries of params at indices [..., k] into its first k axes behind the batch dims, which run together. Attributes: batch_dims (default 0). */
static inline gt_tensor gt_gather_nd(gt_context ctx, gt_tensor params, gt_tensor indices, int64_t batch_dims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "batch_dims", batch_dims);
  gt_tensor inputs[2];
  inputs[0] = params;
  inputs[1] = indices;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "gather_nd", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x * P(X <= x), X ~ N(0, 1); approximate: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). Attributes: approximate (default false). */
static inline gt_tensor gt_gelu(gt_context ctx, gt_tensor x, int32_t approximate) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "approximate", approximate);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "gelu", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x > y; true > false. */
static inline gt_tensor gt_greater(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "greater", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x >= y; true > false. */
static inline gt_tensor gt_greater_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "greater_equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* With e = prediction - target: e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2. Attributes: delta (default 1), reduction (default "none"). */
static inline gt_tensor gt_huber_loss(gt_context ctx, gt_tensor target, gt_tensor prediction, double delta, const char* reduction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "delta", delta);
  gt_add_string(&list, "reduction", reduction);
  gt_tensor inputs[2];
  inputs[0] = target;
  inputs[1] = prediction;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "huber_loss", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* sqrt(x^2 + y^2), without overflow; its derivative at 0 is 0, the second one nan. */
static inline gt_tensor gt_hypot(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "hypot", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x itself. */
static inline gt_tensor gt_identity(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "identity", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Inverse of the matrices in the last two axes. */
static inline gt_tensor gt_inv(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "inv", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Whether x is neither nan nor infinite, as all integers and bools are. */
static inline gt_tensor gt_is_finite(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "is_finite", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Whether x is an infinity; no integer or bool is. */
static inline gt_tensor gt_is_inf(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "is_inf", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Whether x is not a number; no integer or bool is. */
static inline gt_tensor gt_is_nan(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "is_nan", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Kronecker product: each entry of a times all of b. */
static inline gt_tensor gt_kron(gt_context ctx, gt_tensor a, gt_tensor b) {
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = b;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "kron", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x / sqrt(max(sum(x^2), epsilon)) over the axis. Attributes: axis (optional), epsilon (default 1e-12). */
static inline gt_tensor gt_l2_normalize(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, double epsilon) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_float(&list, "epsilon", epsilon);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "l2_normalize", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* (x - mean) / sqrt(variance + epsilon) * scale + offset, with the moments over `axis`; scale and offset have the sizes of these axes. Attributes: axis (default [-1]), epsilon (default 0.001). */
static inline gt_tensor gt_layer_normalization(gt_context ctx, gt_tensor x, gt_tensor scale, gt_tensor offset, const int64_t* axis, size_t n_axis, double epsilon) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_float(&list, "epsilon", epsilon);
  gt_tensor inputs[3];
  inputs[0] = x;
  inputs[1] = scale;
  inputs[2] = offset;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "layer_normalization", inputs, 3, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x where (x > 0), else alpha * x; its derivative at 0 is alpha. Attributes: alpha (default 0.2). */
static inline gt_tensor gt_leaky_relu(gt_context ctx, gt_tensor x, double alpha) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "alpha", alpha);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "leaky_relu", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* start + weight * (end - start). */
static inline gt_tensor gt_lerp(gt_context ctx, gt_tensor start, gt_tensor end, gt_tensor weight) {
  gt_tensor inputs[3];
  inputs[0] = start;
  inputs[1] = end;
  inputs[2] = weight;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "lerp", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}

/* x < y; false < true. */
static inline gt_tensor gt_less(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "less", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x <= y; false < true. */
static inline gt_tensor gt_less_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "less_equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* log |Gamma(x)|. */
static inline gt_tensor gt_lgamma(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "lgamma", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* y_i = a_i * y_(i-1) + x_i along the axis, from y = 0 on; reverse: from the last entry on. Attributes: axis (default 0), reverse (default false). */
static inline gt_tensor gt_linear_scan(gt_context ctx, gt_tensor a, gt_tensor x, int64_t axis, int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "reverse", reverse);
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "linear_scan", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* num numbers from start to stop at equal distances, along a new axis. Attributes: num, axis (default 0). */
static inline gt_tensor gt_linspace(gt_context ctx, gt_tensor start, gt_tensor stop, int64_t num, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "num", num);
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[2];
  inputs[0] = start;
  inputs[1] = stop;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "linspace", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Natural logarithm. */
static inline gt_tensor gt_log(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* log(1 + x), exact near 0. */
static inline gt_tensor gt_log1p(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log1p", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Logarithm to base 2. */
static inline gt_tensor gt_log2(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log2", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* log(1 / (1 + e^-x)). */
static inline gt_tensor gt_log_sigmoid(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log_sigmoid", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* log(e^x / sum(e^x)) along the axis, without overflow. Attributes: axis (default -1). */
static inline gt_tensor gt_log_softmax(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log_softmax", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* log of the sums of e^x over all entries up to each one, without overflow. Attributes: axis (default 0), exclusive (default false), reverse (default false). */
static inline gt_tensor gt_logcumsumexp(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive, int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "exclusive", exclusive);
  gt_add_bool(&list, "reverse", reverse);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logcumsumexp", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x and y. */
static inline gt_tensor gt_logical_and(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_and", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* not x. */
static inline gt_tensor gt_logical_not(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_not", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x or y. */
static inline gt_tensor gt_logical_or(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_or", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x or y, not both. */
static inline gt_tensor gt_logical_xor(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_xor", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* The x that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2, for a matrix [..., m, n], rhs [..., m, k], or a vector [m] for every matrix. Without l2_regularizer it is an error when the rank is not full. Attributes: l2_regularizer (default 0). */
static inline gt_tensor gt_lstsq(gt_context ctx, gt_tensor matrix, gt_tensor rhs, double l2_regularizer) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "l2_regularizer", l2_regularizer);
  gt_tensor inputs[2];
  inputs[0] = matrix;
  inputs[1] = rhs;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "lstsq", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Matrix product of the last two axes; leading axes broadcast. A vector a is a row, a vector b a column, whose axis the result lacks. Attributes: transpose_a (default false), transpose_b (default false). */
static inline gt_tensor gt_matmul(gt_context ctx, gt_tensor a, gt_tensor b, int32_t transpose_a, int32_t transpose_b) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "transpose_a", transpose_a);
  gt_add_bool(&list, "transpose_b", transpose_b);
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = b;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "matmul", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The n-th power of the matrices in the last two axes: of the inverse where n < 0, the identity where n is 0. Attributes: n. */
static inline gt_tensor gt_matrix_power(gt_context ctx, gt_tensor x, int64_t n) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "n", n);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "matrix_power", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The largest entry of each window of ksize, strides apart: x [n, h, w, c]. The first of equal ones takes the gradient; padding never wins. Attributes: ksize, strides, padding (default "VALID"). */
static inline gt_tensor gt_max_pool2d(gt_context ctx, gt_tensor x, const int64_t* ksize, size_t n_ksize, const int64_t* strides, size_t n_strides, const char* padding) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "ksize", ksize, n_ksize);
  gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string(&list, "padding", padding);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "max_pool2d", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The larger of x and y; on a tie the gradient goes to x. */
static inline gt_tensor gt_maximum(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "maximum", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* The smaller of x and y; on a tie the gradient goes to x. */
static inline gt_tensor gt_minimum(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "minimum", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x - y * floor(x / y), which has the sign of y or is 0. It is an error to divide an integer by 0. */
static inline gt_tensor gt_mod(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "mod", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Mean and biased variance over the axes. Attributes: axes (optional), keepdims (default false). */
static inline gt_status gt_moments(gt_context ctx, gt_tensor x, const int64_t* axes, size_t n_axes, int32_t keepdims, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axes", axes, n_axes);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "moments", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* (prediction - target)^2. Attributes: reduction (default "none"). */
static inline gt_tensor gt_mse(gt_context ctx, gt_tensor target, gt_tensor prediction, const char* reduction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "reduction", reduction);
  gt_tensor inputs[2];
  inputs[0] = target;
  inputs[1] = prediction;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "mse", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x * y. */
static inline gt_tensor gt_multiply(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "multiply", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * y, 0 wherever y is 0, even against nan and infinities in x. */
static inline gt_tensor gt_multiply_no_nan(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "multiply_no_nan", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* -x. */
static inline gt_tensor gt_negative(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "negative", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Vector norm of order ord: euclidean, inf and -inf (largest and smallest magnitude), 0 (entries that are not 0, with derivative 0), else sum(|x|^ord)^(1 / ord). Over two axes the matrix norm: euclidean or fro (Frobenius), nuc (sum of the singular values), 2 and -2 (largest and smallest of them), 1 and -1 (largest and smallest column sum), inf and -inf (row sum). Its derivative at 0 is 0, the second one nan. Attributes: ord (default "euclidean"), axis (optional), keepdims (default false). */
static inline gt_tensor gt_norm(gt_context ctx, gt_tensor x, const char* ord, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "ord", ord);
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "norm", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x != y. */
static inline gt_tensor gt_not_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "not_equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* on_value where the new axis's index equals indices, off_value elsewhere. Attributes: depth, axis (default -1), on_value (default 1), off_value (default 0), dtype (optional). */
static inline gt_tensor gt_one_hot(gt_context ctx, gt_tensor indices, int64_t depth, int64_t axis, double on_value, double off_value, gt_dtype dtype) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "depth", depth);
  gt_add_int(&list, "axis", axis);
  gt_add_float(&list, "on_value", on_value);
  gt_add_float(&list, "off_value", off_value);
  gt_add_dtype(&list, "dtype", dtype);
  gt_tensor inputs[1];
  inputs[0] = indices;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "one_hot", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Ones of x's shape and dtype; no gradient reaches x. */
static inline gt_tensor gt_ones_like(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "ones_like", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* a[i] * b[j] of two vectors. */
static inline gt_tensor gt_outer(gt_context ctx, gt_tensor a, gt_tensor b) {
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = b;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "outer", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x with paddings [[before, after], ...]: of constant_values, or mirrored at the edges. Attributes: paddings, mode (default "CONSTANT"), constant_values (default 0). */
static inline gt_tensor gt_pad(gt_context ctx, gt_tensor x, const int64_t* paddings, size_t n_paddings, const char* mode, double constant_values) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "paddings", paddings, n_paddings);
  gt_add_string(&list, "mode", mode);
  gt_add_float(&list, "constant_values", constant_values);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "pad", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The n-th derivative of digamma. Attributes: n. */
static inline gt_tensor gt_polygamma(gt_context ctx, gt_tensor x, int64_t n) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "n", n);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "polygamma", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x^y; d/dx = y x^(y-1), d/dy = x^y log(x) where x > 0, else 0. It is an error to raise an integer to a power below 0. */
static inline gt_tensor gt_pow(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "pow", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* q [..., m, k] with orthonormal columns and upper triangular r [..., k, n] with q r = x [..., m, n], k = min(m, n); r has a positive diagonal where positive_diagonal. Derivatives are nan unless the first k columns are independent. Attributes: positive_diagonal (default true). */
static inline gt_status gt_qr(gt_context ctx, gt_tensor x, int32_t positive_diagonal, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "positive_diagonal", positive_diagonal);
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "qr", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* Independent normal numbers of the given mean and standard deviation. Attributes: shape, dtype (default "float32"), mean (default 0), stddev (default 1), key (optional), counter (optional). */
static inline gt_tensor gt_random_normal(gt_context ctx, const int64_t* shape, size_t n_shape, gt_dtype dtype, double mean, double stddev, int64_t key, int64_t counter) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_add_dtype(&list, "dtype", dtype);
  gt_add_float(&list, "mean", mean);
  gt_add_float(&list, "stddev", stddev);
  gt_add_int(&list, "key", key);
  gt_add_int(&list, "counter", counter);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "random_normal", NULL, 0, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Independent uniform numbers in [minval, maxval), floats or integers. Attributes: shape, dtype (default "float32"), minval (default 0), maxval (default 1), key (optional), counter (optional). */
static inline gt_tensor gt_random_uniform(gt_context ctx, const int64_t* shape, size_t n_shape, gt_dtype dtype, double minval, double maxval, int64_t key, int64_t counter) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_add_dtype(&list, "dtype", dtype);
  gt_add_float(&list, "minval", minval);
  gt_add_float(&list, "maxval", maxval);
  gt_add_int(&list, "key", key);
  gt_add_int(&list, "counter", counter);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "random_uniform", NULL, 0, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* start, start + delta, ... below (above, if delta < 0) limit. Without a dtype integers give int32, or int64 where one of the three does not fit. Attributes: start (default 0), limit, delta (default 1), dtype (optional). */
static inline gt_tensor gt_range(gt_context ctx, double start, double limit, double delta, gt_dtype dtype) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "start", start);
  gt_add_float(&list, "limit", limit);
  gt_add_float(&list, "delta", delta);
  gt_add_dtype(&list, "dtype", dtype);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "range", NULL, 0, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* 1 / x. */
static inline gt_tensor gt_reciprocal(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reciprocal", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Whether all entries over the axes are true. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_all(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_all", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Whether any entry over the axes is true. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_any(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_any", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* log(sum(e^x)) over the axes, without overflow. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_logsumexp(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_logsumexp", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Largest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_max(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_max", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Mean over the axes; of integers and bools in float64. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_mean(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_mean", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Smallest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_min(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_min", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Product over the axes, of bools in int64; its derivatives are right with zeros among the factors, to any order. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_prod(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_prod", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Square root of the biased variance; its derivative is 0 where all entries are the same. Of integers and bools in float64. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_std(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_std", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Sum over the axes; of bools their count, int64. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_sum(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_sum", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Biased variance over the axes: mean((x - mean(x))^2); of integers and bools in float64. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_variance(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_variance", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* max(x, 0); its derivative at 0 is 0. */
static inline gt_tensor gt_relu(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "relu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* min(max(x, 0), 6); its derivative at 0 and at 6 is 0. */
static inline gt_tensor gt_relu6(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "relu6", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Each entry along the axis repeated, as often for all or one count for each; without an axis x is flattened first. Attributes: repeats, axis (optional). */
static inline gt_tensor gt_repeat(gt_context ctx, gt_tensor x, const int64_t* repeats, size_t n_repeats, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "repeats", repeats, n_repeats);
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "repeat", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The same elements in another shape; one entry of shape may be -1. Attributes: shape. */
static inline gt_tensor gt_reshape(gt_context ctx, gt_tensor x, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reshape", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The named axes from the last entry to the first. Attributes: axis. */
static inline gt_tensor gt_reverse(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reverse", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x moved by shift entries along each axis; what leaves at one end comes in at the other. Attributes: shift, axis. */
static inline gt_tensor gt_roll(gt_context ctx, gt_tensor x, const int64_t* shift, size_t n_shift, const int64_t* axis, size_t n_axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shift", shift, n_shift);
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "roll", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The nearest integer, halves to the even one, in the dtype of x. */
static inline gt_tensor gt_round(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "round", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* 1 / sqrt(x). */
static inline gt_tensor gt_rsqrt(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "rsqrt", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Zeros of `shape`, to which updates are added where gather(axis, batch_dims) with these indices would read. Attributes: shape, axis (optional), batch_dims (default 0). */
static inline gt_tensor gt_scatter_add(gt_context ctx, gt_tensor indices, gt_tensor updates, const int64_t* shape, size_t n_shape, int64_t axis, int64_t batch_dims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_add_int(&list, "axis", axis);
  gt_add_int(&list, "batch_dims", batch_dims);
  gt_tensor inputs[2];
  inputs[0] = indices;
  inputs[1] = updates;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "scatter_add", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Zeros of `shape`, to which updates are added at indices [..., k] into its first k axes. Attributes: shape. */
static inline gt_tensor gt_scatter_nd(gt_context ctx, gt_tensor indices, gt_tensor updates, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_tensor inputs[2];
  inputs[0] = indices;
  inputs[1] = updates;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "scatter_nd", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Row i is the sum of data's rows with segment id i; ids do not fall, the last one says how many rows there are. Its value is read when the op is recorded. */
static inline gt_tensor gt_segment_sum(gt_context ctx, gt_tensor data, gt_tensor segment_ids) {
  gt_tensor inputs[2];
  inputs[0] = data;
  inputs[1] = segment_ids;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "segment_sum", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* 1.0507 * (x where (x > 0), else 1.6733 * (e^x - 1)); its derivative at 0 is 1.0507. */
static inline gt_tensor gt_selu(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "selu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* 1 / (1 + e^-x). */
static inline gt_tensor gt_sigmoid(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sigmoid", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* -labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)). */
static inline gt_tensor gt_sigmoid_cross_entropy_with_logits(gt_context ctx, gt_tensor labels, gt_tensor logits) {
  gt_tensor inputs[2];
  inputs[0] = labels;
  inputs[1] = logits;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sigmoid_cross_entropy_with_logits", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* -1, 0 or 1; its derivative is 0 everywhere. */
static inline gt_tensor gt_sign(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sign", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * sigmoid(x). */
static inline gt_tensor gt_silu(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "silu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Sine of x, in radians. */
static inline gt_tensor gt_sin(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sin", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Hyperbolic sine. */
static inline gt_tensor gt_sinh(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sinh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* The part of x from begin with the given size; -1: to the end. Attributes: begin, size. */
static inline gt_tensor gt_slice(gt_context ctx, gt_tensor x, const int64_t* begin, size_t n_begin, const int64_t* size, size_t n_size) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "begin", begin, n_begin);
  gt_add_ints(&list, "size", size, n_size);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "slice", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* sign and log |determinant| of the matrices in the last two axes: 0 and -inf for singular ones. The sign has no derivative. */
static inline gt_status gt_slogdet(gt_context ctx, gt_tensor x, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "slogdet", inputs, 1, NULL, 0, outputs, capacity, n_outputs);
}

/* e^x / sum(e^x) along the axis, without overflow. Attributes: axis (default -1). */
static inline gt_tensor gt_softmax(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softmax", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* -sum(labels * log_softmax(logits)) along the axis. Attributes: axis (default -1). */
static inline gt_tensor gt_softmax_cross_entropy_with_logits(gt_context ctx, gt_tensor labels, gt_tensor logits, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[2];
  inputs[0] = labels;
  inputs[1] = logits;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softmax_cross_entropy_with_logits", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* log(1 + e^x), without overflow. */
static inline gt_tensor gt_softplus(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softplus", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x / (1 + |x|). */
static inline gt_tensor gt_softsign(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softsign", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x with matrix x = rhs [..., n, k], or a vector [n] for every matrix; with the transposed matrix where adjoint. Attributes: adjoint (default false). */
static inline gt_tensor gt_solve(gt_context ctx, gt_tensor matrix, gt_tensor rhs, int32_t adjoint) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "adjoint", adjoint);
  gt_tensor inputs[2];
  inputs[0] = matrix;
  inputs[1] = rhs;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "solve", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The entries along the axis in order; stable, nan last, false before true. Attributes: axis (default -1), direction (default "ASCENDING"). */
static inline gt_tensor gt_sort(gt_context ctx, gt_tensor x, int64_t axis, const char* direction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_string(&list, "direction", direction);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sort", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* -log_softmax(logits)[label] along the last axis. */
static inline gt_tensor gt_sparse_softmax_cross_entropy(gt_context ctx, gt_tensor labels, gt_tensor logits) {
  gt_tensor inputs[2];
  inputs[0] = labels;
  inputs[1] = logits;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sparse_softmax_cross_entropy", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x cut along the axis into a number of equal parts, or into parts of the given sizes. Attributes: num_or_size_splits, axis (default 0). */
static inline gt_status gt_split(gt_context ctx, gt_tensor x, const int64_t* num_or_size_splits, size_t n_num_or_size_splits, int64_t axis, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "num_or_size_splits", num_or_size_splits, n_num_or_size_splits);
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "split", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* Square root: y * y = x. */
static inline gt_tensor gt_sqrt(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sqrt", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * x. */
static inline gt_tensor gt_square(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "square", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* (x - y)^2. */
static inline gt_tensor gt_squared_difference(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "squared_difference", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Without the named axes, or all axes, of size 1. Attributes: axis (optional). */
static inline gt_tensor gt_squeeze(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "squeeze", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The inputs as the entries of a new axis. Attributes: axis (default 0). */
static inline gt_tensor gt_stack(gt_context ctx, const gt_tensor* values, size_t n_values, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "stack", values, n_values, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x itself, taken as a constant by every derivative. */
static inline gt_tensor gt_stop_gradient(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "stop_gradient", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x[begin:end:strides], with TensorFlow's bit masks; bounds out of range clamp. Attributes: begin, end, strides (optional), begin_mask (default 0), end_mask (default 0), ellipsis_mask (default 0), new_axis_mask (default 0), shrink_axis_mask (default 0). */
static inline gt_tensor gt_strided_slice(gt_context ctx, gt_tensor x, const int64_t* begin, size_t n_begin, const int64_t* end, size_t n_end, const int64_t* strides, size_t n_strides, int64_t begin_mask, int64_t end_mask, int64_t ellipsis_mask, int64_t new_axis_mask, int64_t shrink_axis_mask) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "begin", begin, n_begin);
  gt_add_ints(&list, "end", end, n_end);
  gt_add_ints(&list, "strides", strides, n_strides);
  gt_add_int(&list, "begin_mask", begin_mask);
  gt_add_int(&list, "end_mask", end_mask);
  gt_add_int(&list, "ellipsis_mask", ellipsis_mask);
  gt_add_int(&list, "new_axis_mask", new_axis_mask);
  gt_add_int(&list, "shrink_axis_mask", shrink_axis_mask);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "strided_slice", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x - y. */
static inline gt_tensor gt_subtract(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "subtract", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* The singular values of the matrices in the last two axes, largest first. Of repeated ones, or of 0, second derivatives are nan. */
static inline gt_tensor gt_svd(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "svd", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Singular values s, largest first, and singular vectors, the columns of u [..., m, k] and v [..., n, k], of x [..., m, n], k = min(m, n): x = u diag(s) v^T. In each column of u the first entry of at least 0.9 times its largest magnitude is positive. Of repeated singular values derivatives of u and v are nan, and of 0 where x is not square. */
static inline gt_status gt_svd_with_vectors(gt_context ctx, gt_tensor x, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "svd_with_vectors", inputs, 1, NULL, 0, outputs, capacity, n_outputs);
}

/* x at indices along the axis; the other axes of both run together, and broadcast. Attributes: axis. */
static inline gt_tensor gt_take_along_axis(gt_context ctx, gt_tensor x, gt_tensor indices, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = indices;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "take_along_axis", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* Tangent of x, in radians. */
static inline gt_tensor gt_tan(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tan", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Hyperbolic tangent. */
static inline gt_tensor gt_tanh(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tanh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* x with updates added at indices [..., k] into its first k axes. */
static inline gt_tensor gt_tensor_scatter_add(gt_context ctx, gt_tensor x, gt_tensor indices, gt_tensor updates) {
  gt_tensor inputs[3];
  inputs[0] = x;
  inputs[1] = indices;
  inputs[2] = updates;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tensor_scatter_add", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}

/* x with updates in place of the entries at indices [..., k] into its first k axes; the last one of several for one place counts. */
static inline gt_tensor gt_tensor_scatter_update(gt_context ctx, gt_tensor x, gt_tensor indices, gt_tensor updates) {
  gt_tensor inputs[3];
  inputs[0] = x;
  inputs[1] = indices;
  inputs[2] = updates;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tensor_scatter_update", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}

/* Sum of products over pairs of axes: a count (the last of a with the first of b), or two lists. Attributes: axes (default 2). */
static inline gt_tensor gt_tensordot(gt_context ctx, gt_tensor a, gt_tensor b, const int64_t* axes, size_t n_axes) {
  gt_attr_list list;
  list.n = 0;
  if (axes || n_axes > 0) gt_add_int_or_ints(&list, "axes", axes, n_axes);
  gt_tensor inputs[2];
  inputs[0] = a;
  inputs[1] = b;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tensordot", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x repeated multiples[i] times along axis i. Attributes: multiples. */
static inline gt_tensor gt_tile(gt_context ctx, gt_tensor x, const int64_t* multiples, size_t n_multiples) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "multiples", multiples, n_multiples);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tile", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The k largest entries along the last axis, largest first, and their indices; of equal ones the first comes first. Attributes: k. */
static inline gt_status gt_top_k(gt_context ctx, gt_tensor x, int64_t k, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "top_k", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* Sum of the main diagonal of the matrices in the last two axes; of bools their count, int64. */
static inline gt_tensor gt_trace(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "trace", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Axes in another order: axis i of the result is axis perm[i] of x. Without perm they are reversed. Attributes: perm (optional). */
static inline gt_tensor gt_transpose(gt_context ctx, gt_tensor x, const int64_t* perm, size_t n_perm) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "perm", perm, n_perm);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "transpose", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x with matrix x = rhs [..., n, k], or a vector [n] for every matrix, where the lower (or else upper) triangle alone of the matrix is read; with its transpose where adjoint. Attributes: lower (default true), adjoint (default false). */
static inline gt_tensor gt_triangular_solve(gt_context ctx, gt_tensor matrix, gt_tensor rhs, int32_t lower, int32_t adjoint) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "lower", lower);
  gt_add_bool(&list, "adjoint", adjoint);
  gt_tensor inputs[2];
  inputs[0] = matrix;
  inputs[1] = rhs;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "triangular_solve", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x on and below diagonal k of the last two axes, 0 above. Attributes: k (default 0). */
static inline gt_tensor gt_tril(gt_context ctx, gt_tensor x, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tril", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* x on and above diagonal k of the last two axes, 0 below. Attributes: k (default 0). */
static inline gt_tensor gt_triu(gt_context ctx, gt_tensor x, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "triu", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The integer part, toward 0, in the dtype of x. */
static inline gt_tensor gt_trunc(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "trunc", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

/* Row i is the sum of data's rows with segment id i, 0 where there is none; rows with a negative id are left out. Attributes: num_segments. */
static inline gt_tensor gt_unsorted_segment_sum(gt_context ctx, gt_tensor data, gt_tensor segment_ids, int64_t num_segments) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "num_segments", num_segments);
  gt_tensor inputs[2];
  inputs[0] = data;
  inputs[1] = segment_ids;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "unsorted_segment_sum", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}

/* The entries along the axis, one output each. Attributes: axis (default 0). */
static inline gt_status gt_unstack(gt_context ctx, gt_tensor x, int64_t axis, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor inputs[1];
  inputs[0] = x;
  return gt_apply(ctx, "unstack", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}

/* x where the condition holds, else y; what is not selected reaches no gradient. */
static inline gt_tensor gt_where(gt_context ctx, gt_tensor condition, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[3];
  inputs[0] = condition;
  inputs[1] = x;
  inputs[2] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "where", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * log1p(y), 0 where x is 0; where log1p(y) is not finite there, its derivatives are 0 too. */
static inline gt_tensor gt_xlog1py(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "xlog1py", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* x * log(y), 0 where x is 0; where log(y) is not finite there, its derivatives are 0 too. */
static inline gt_tensor gt_xlogy(gt_context ctx, gt_tensor x, gt_tensor y) {
  gt_tensor inputs[2];
  inputs[0] = x;
  inputs[1] = y;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "xlogy", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}

/* Zeros of x's shape and dtype; no gradient reaches x. */
static inline gt_tensor gt_zeros_like(gt_context ctx, gt_tensor x) {
  gt_tensor inputs[1];
  inputs[0] = x;
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "zeros_like", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

#ifdef __cplusplus
}
#endif

#endif
