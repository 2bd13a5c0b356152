/* The bodies of the functions of ops.h, which includes this. Made by `./run generate`: not to be edited. */
#include "ops.h"

#ifndef GRADTAPE_OPS_INLINE_H
#define GRADTAPE_OPS_INLINE_H

#ifdef __cplusplus
extern "C" {
#endif

static inline gt_tensor gt_abs(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "abs", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_acos(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "acos", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_acosh(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "acosh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_add(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "add", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_argmax(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "argmax", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_argmin(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "argmin", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_argsort(gt_context ctx, gt_tensor x, int64_t axis, const char* direction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_string(&list, "direction", direction);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "argsort", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_asin(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "asin", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_asinh(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "asinh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_atan(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "atan", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_atan2(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "atan2", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_atanh(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "atanh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_avg_pool2d(gt_context ctx, gt_tensor x, const int64_t* ksize, size_t n_ksize,
                                      const int64_t* strides, size_t n_strides, const char* padding) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "ksize", ksize, n_ksize);
  gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string(&list, "padding", padding);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "avg_pool2d", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_status gt_batch_normalization(gt_context ctx, gt_tensor x, gt_tensor scale,
                                               gt_tensor offset, gt_tensor mean /* or NULL */,
                                               gt_tensor variance /* or NULL */, int32_t training,
                                               const int64_t* axes, size_t n_axes, double epsilon,
                                               gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "training", training);
  gt_add_ints(&list, "axes", axes, n_axes);
  gt_add_float(&list, "epsilon", epsilon);
  const gt_tensor inputs[] = {x, scale, offset, mean, variance};
  size_t n_inputs = 5;
  while (n_inputs > 0 && !inputs[n_inputs - 1]) --n_inputs;
  return gt_apply(ctx, "batch_normalization", inputs, n_inputs, list.attrs, list.n,
                  outputs, capacity, n_outputs);
}
static inline gt_tensor gt_bias_add(gt_context ctx, gt_tensor x, gt_tensor bias, const char* data_format) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "data_format", data_format);
  const gt_tensor inputs[] = {x, bias};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "bias_add", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_boolean_mask(gt_context ctx, gt_tensor x, gt_tensor mask, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x, mask};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "boolean_mask", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_broadcast_to(gt_context ctx, gt_tensor x, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "broadcast_to", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_cast(gt_context ctx, gt_tensor x, gt_dtype dtype) {
  gt_attr_list list;
  list.n = 0;
  gt_add_dtype(&list, "dtype", dtype);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cast", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_ceil(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "ceil", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_cholesky(gt_context ctx, gt_tensor x, int32_t symmetrize_input) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cholesky", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_status gt_clip_by_global_norm(gt_context ctx, const gt_tensor* values, size_t n_values,
                                               double clip_norm, gt_tensor* outputs, size_t capacity,
                                               size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "clip_norm", clip_norm);
  return gt_apply(ctx, "clip_by_global_norm", values, n_values, list.attrs, list.n,
                  outputs, capacity, n_outputs);
}
static inline gt_tensor gt_clip_by_norm(gt_context ctx, gt_tensor x, double clip_norm, const int64_t* axes,
                                        size_t n_axes) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "clip_norm", clip_norm);
  gt_add_ints(&list, "axes", axes, n_axes);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "clip_by_norm", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_clip_by_value(gt_context ctx, gt_tensor x, double clip_value_min,
                                         double clip_value_max) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "clip_value_min", clip_value_min);
  gt_add_float(&list, "clip_value_max", clip_value_max);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "clip_by_value", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_concat(gt_context ctx, const gt_tensor* values, size_t n_values, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "concat", values, n_values, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_conv1d(gt_context ctx, gt_tensor x, gt_tensor filters, int64_t stride,
                                  const char* padding, const int64_t* padding_list, size_t n_padding_list,
                                  int64_t dilations) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "stride", stride);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  gt_add_int(&list, "dilations", dilations);
  const gt_tensor inputs[] = {x, filters};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "conv1d", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_conv2d(gt_context ctx, gt_tensor x, gt_tensor filters, const int64_t* strides,
                                  size_t n_strides, const char* padding, const int64_t* padding_list,
                                  size_t n_padding_list, const int64_t* dilations, size_t n_dilations) {
  gt_attr_list list;
  list.n = 0;
  if (strides || n_strides > 0) gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  if (dilations || n_dilations > 0) gt_add_int_or_ints(&list, "dilations", dilations, n_dilations);
  const gt_tensor inputs[] = {x, filters};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "conv2d", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_conv2d_with(gt_context ctx, gt_tensor x, gt_tensor filters,
                                       const gt_conv2d_attrs* attrs /* or NULL */) {
  static const char wrong[] =
      "conv2d: struct_size is not that of gt_conv2d_attrs; "
      "begin with GT_CONV2D_ATTRS_DEFAULT";
  gt_conv2d_attrs a = GT_CONV2D_ATTRS_DEFAULT;
  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;
  if (attrs) a = *attrs;
  return gt_conv2d(ctx, x, filters, a.strides, a.n_strides, a.padding, a.padding_list, a.n_padding_list,
                   a.dilations, a.n_dilations);
}
static inline gt_tensor gt_conv2d_transpose(gt_context ctx, gt_tensor x, gt_tensor filters,
                                            const int64_t* strides, size_t n_strides, const char* padding,
                                            const int64_t* padding_list, size_t n_padding_list,
                                            const int64_t* dilations, size_t n_dilations,
                                            const int64_t* output_shape, size_t n_output_shape) {
  gt_attr_list list;
  list.n = 0;
  if (strides || n_strides > 0) gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  if (dilations || n_dilations > 0) gt_add_int_or_ints(&list, "dilations", dilations, n_dilations);
  gt_add_ints(&list, "output_shape", output_shape, n_output_shape);
  const gt_tensor inputs[] = {x, filters};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "conv2d_transpose", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_conv2d_transpose_with(gt_context ctx, gt_tensor x, gt_tensor filters,
                                                 const gt_conv2d_transpose_attrs* attrs /* or NULL */) {
  static const char wrong[] =
      "conv2d_transpose: struct_size is not that of gt_conv2d_transpose_attrs; "
      "begin with GT_CONV2D_TRANSPOSE_ATTRS_DEFAULT";
  gt_conv2d_transpose_attrs a = GT_CONV2D_TRANSPOSE_ATTRS_DEFAULT;
  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;
  if (attrs) a = *attrs;
  return gt_conv2d_transpose(ctx, x, filters, a.strides, a.n_strides, a.padding, a.padding_list,
                             a.n_padding_list, a.dilations, a.n_dilations, a.output_shape, a.n_output_shape);
}
static inline gt_tensor gt_cos(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cos", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_cosh(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cosh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_cross(gt_context ctx, gt_tensor a, gt_tensor b) {
  const gt_tensor inputs[] = {a, b};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cross", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_cumprod(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive,
                                   int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "exclusive", exclusive);
  gt_add_bool(&list, "reverse", reverse);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cumprod", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_cumsum(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive,
                                  int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "exclusive", exclusive);
  gt_add_bool(&list, "reverse", reverse);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "cumsum", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_depthwise_conv2d(gt_context ctx, gt_tensor x, gt_tensor filters,
                                            const int64_t* strides, size_t n_strides, const char* padding,
                                            const int64_t* padding_list, size_t n_padding_list,
                                            const int64_t* dilations, size_t n_dilations) {
  gt_attr_list list;
  list.n = 0;
  if (strides || n_strides > 0) gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string_or_ints(&list, "padding", padding, padding_list, n_padding_list);
  if (dilations || n_dilations > 0) gt_add_int_or_ints(&list, "dilations", dilations, n_dilations);
  const gt_tensor inputs[] = {x, filters};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "depthwise_conv2d", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_depthwise_conv2d_with(gt_context ctx, gt_tensor x, gt_tensor filters,
                                                 const gt_depthwise_conv2d_attrs* attrs /* or NULL */) {
  static const char wrong[] =
      "depthwise_conv2d: struct_size is not that of gt_depthwise_conv2d_attrs; "
      "begin with GT_DEPTHWISE_CONV2D_ATTRS_DEFAULT";
  gt_depthwise_conv2d_attrs a = GT_DEPTHWISE_CONV2D_ATTRS_DEFAULT;
  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;
  if (attrs) a = *attrs;
  return gt_depthwise_conv2d(ctx, x, filters, a.strides, a.n_strides, a.padding, a.padding_list,
                             a.n_padding_list, a.dilations, a.n_dilations);
}
static inline gt_tensor gt_det(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "det", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_diag(gt_context ctx, gt_tensor diagonal, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  const gt_tensor inputs[] = {diagonal};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "diag", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_diag_part(gt_context ctx, gt_tensor x, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "diag_part", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_digamma(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "digamma", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_divide(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "divide", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_divide_no_nan(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "divide_no_nan", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_dot(gt_context ctx, gt_tensor a, gt_tensor b) {
  const gt_tensor inputs[] = {a, b};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "dot", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_dropout(gt_context ctx, gt_tensor x, gt_tensor mask, double rate) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "rate", rate);
  const gt_tensor inputs[] = {x, mask};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "dropout", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_eigh(gt_context ctx, gt_tensor x, int32_t symmetrize_input) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "eigh", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_eigh_function(gt_context ctx, gt_tensor x, int32_t symmetrize_input,
                                         const char* f) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  gt_add_string(&list, "f", f);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "eigh_function", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_status gt_eigh_with_vectors(gt_context ctx, gt_tensor x, int32_t symmetrize_input,
                                             gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "symmetrize_input", symmetrize_input);
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "eigh_with_vectors", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_einsum(gt_context ctx, const gt_tensor* operands, size_t n_operands,
                                  const char* equation) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "equation", equation);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "einsum", operands, n_operands, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_elu(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "elu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_embedding_lookup(gt_context ctx, gt_tensor params, gt_tensor ids) {
  const gt_tensor inputs[] = {params, ids};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "embedding_lookup", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_erf(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "erf", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_erfc(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "erfc", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_erfinv(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "erfinv", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_exp(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "exp", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_exp2(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "exp2", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_expand_dims(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "expand_dims", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_expm(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "expm", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_expm1(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "expm1", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_eye(gt_context ctx, int64_t num_rows, int64_t num_columns,
                               const int64_t* batch_shape, size_t n_batch_shape, gt_dtype dtype) {
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
static inline gt_tensor gt_fill(gt_context ctx, gt_tensor value, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  const gt_tensor inputs[] = {value};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "fill", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_floor(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "floor", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_floor_divide(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "floor_divide", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_fma(gt_context ctx, gt_tensor x, gt_tensor y, gt_tensor z) {
  const gt_tensor inputs[] = {x, y, z};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "fma", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_gather(gt_context ctx, gt_tensor params, gt_tensor indices, int64_t axis,
                                  int64_t batch_dims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_int(&list, "batch_dims", batch_dims);
  const gt_tensor inputs[] = {params, indices};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "gather", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_gather_nd(gt_context ctx, gt_tensor params, gt_tensor indices,
                                     int64_t batch_dims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "batch_dims", batch_dims);
  const gt_tensor inputs[] = {params, indices};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "gather_nd", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_gelu(gt_context ctx, gt_tensor x, int32_t approximate) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "approximate", approximate);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "gelu", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_greater(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "greater", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_greater_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "greater_equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_huber_loss(gt_context ctx, gt_tensor target, gt_tensor prediction, double delta,
                                      const char* reduction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "delta", delta);
  gt_add_string(&list, "reduction", reduction);
  const gt_tensor inputs[] = {target, prediction};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "huber_loss", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_hypot(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "hypot", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_identity(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "identity", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_inv(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "inv", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_is_finite(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "is_finite", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_is_inf(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "is_inf", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_is_nan(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "is_nan", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_kron(gt_context ctx, gt_tensor a, gt_tensor b) {
  const gt_tensor inputs[] = {a, b};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "kron", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_l2_normalize(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                        double epsilon) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_float(&list, "epsilon", epsilon);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "l2_normalize", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_layer_normalization(gt_context ctx, gt_tensor x, gt_tensor scale,
                                               gt_tensor offset, const int64_t* axis, size_t n_axis,
                                               double epsilon) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_float(&list, "epsilon", epsilon);
  const gt_tensor inputs[] = {x, scale, offset};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "layer_normalization", inputs, 3, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_leaky_relu(gt_context ctx, gt_tensor x, double alpha) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "alpha", alpha);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "leaky_relu", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_lerp(gt_context ctx, gt_tensor start, gt_tensor end, gt_tensor weight) {
  const gt_tensor inputs[] = {start, end, weight};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "lerp", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_less(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "less", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_less_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "less_equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_lgamma(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "lgamma", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_linear_scan(gt_context ctx, gt_tensor a, gt_tensor x, int64_t axis,
                                       int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "reverse", reverse);
  const gt_tensor inputs[] = {a, x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "linear_scan", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_linspace(gt_context ctx, gt_tensor start, gt_tensor stop, int64_t num,
                                    int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "num", num);
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {start, stop};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "linspace", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_log(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_log1p(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log1p", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_log2(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log2", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_log_sigmoid(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log_sigmoid", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_log_softmax(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "log_softmax", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_logcumsumexp(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive,
                                        int32_t reverse) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_bool(&list, "exclusive", exclusive);
  gt_add_bool(&list, "reverse", reverse);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logcumsumexp", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_logical_and(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_and", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_logical_not(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_not", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_logical_or(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_or", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_logical_xor(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "logical_xor", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_lstsq(gt_context ctx, gt_tensor matrix, gt_tensor rhs, double l2_regularizer) {
  gt_attr_list list;
  list.n = 0;
  gt_add_float(&list, "l2_regularizer", l2_regularizer);
  const gt_tensor inputs[] = {matrix, rhs};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "lstsq", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_matmul(gt_context ctx, gt_tensor a, gt_tensor b, int32_t transpose_a,
                                  int32_t transpose_b) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "transpose_a", transpose_a);
  gt_add_bool(&list, "transpose_b", transpose_b);
  const gt_tensor inputs[] = {a, b};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "matmul", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_matrix_power(gt_context ctx, gt_tensor x, int64_t n) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "n", n);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "matrix_power", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_max_pool2d(gt_context ctx, gt_tensor x, const int64_t* ksize, size_t n_ksize,
                                      const int64_t* strides, size_t n_strides, const char* padding) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "ksize", ksize, n_ksize);
  gt_add_int_or_ints(&list, "strides", strides, n_strides);
  gt_add_string(&list, "padding", padding);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "max_pool2d", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_maximum(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "maximum", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_minimum(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "minimum", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_mod(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "mod", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_status gt_moments(gt_context ctx, gt_tensor x, const int64_t* axes, size_t n_axes,
                                   int32_t keepdims, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axes", axes, n_axes);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "moments", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_mse(gt_context ctx, gt_tensor target, gt_tensor prediction,
                               const char* reduction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "reduction", reduction);
  const gt_tensor inputs[] = {target, prediction};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "mse", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_multiply(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "multiply", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_multiply_no_nan(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "multiply_no_nan", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_negative(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "negative", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_norm(gt_context ctx, gt_tensor x, const char* ord, const int64_t* axis,
                                size_t n_axis, int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "ord", ord);
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "norm", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_not_equal(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "not_equal", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_one_hot(gt_context ctx, gt_tensor indices, int64_t depth, int64_t axis,
                                   double on_value, double off_value, gt_dtype dtype) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "depth", depth);
  gt_add_int(&list, "axis", axis);
  gt_add_float(&list, "on_value", on_value);
  gt_add_float(&list, "off_value", off_value);
  gt_add_dtype(&list, "dtype", dtype);
  const gt_tensor inputs[] = {indices};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "one_hot", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_ones_like(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "ones_like", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_outer(gt_context ctx, gt_tensor a, gt_tensor b) {
  const gt_tensor inputs[] = {a, b};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "outer", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_pad(gt_context ctx, gt_tensor x, const int64_t* paddings, size_t n_paddings,
                               const char* mode, double constant_values) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "paddings", paddings, n_paddings);
  gt_add_string(&list, "mode", mode);
  gt_add_float(&list, "constant_values", constant_values);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "pad", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_polygamma(gt_context ctx, gt_tensor x, int64_t n) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "n", n);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "polygamma", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_pow(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "pow", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_status gt_qr(gt_context ctx, gt_tensor x, int32_t positive_diagonal, gt_tensor* outputs,
                              size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "positive_diagonal", positive_diagonal);
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "qr", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_random_normal(gt_context ctx, const int64_t* shape, size_t n_shape,
                                         gt_dtype dtype, double mean, double stddev, int64_t key,
                                         int64_t counter) {
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
static inline gt_tensor gt_random_normal_with(gt_context ctx,
                                              const gt_random_normal_attrs* attrs /* or NULL */) {
  static const char wrong[] =
      "random_normal: struct_size is not that of gt_random_normal_attrs; "
      "begin with GT_RANDOM_NORMAL_ATTRS_DEFAULT";
  gt_random_normal_attrs a = GT_RANDOM_NORMAL_ATTRS_DEFAULT;
  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;
  if (attrs) a = *attrs;
  return gt_random_normal(ctx, a.shape, a.n_shape, a.dtype, a.mean, a.stddev, a.key, a.counter);
}
static inline gt_tensor gt_random_uniform(gt_context ctx, const int64_t* shape, size_t n_shape,
                                          gt_dtype dtype, double minval, double maxval, int64_t key,
                                          int64_t counter) {
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
static inline gt_tensor gt_random_uniform_with(gt_context ctx,
                                               const gt_random_uniform_attrs* attrs /* or NULL */) {
  static const char wrong[] =
      "random_uniform: struct_size is not that of gt_random_uniform_attrs; "
      "begin with GT_RANDOM_UNIFORM_ATTRS_DEFAULT";
  gt_random_uniform_attrs a = GT_RANDOM_UNIFORM_ATTRS_DEFAULT;
  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;
  if (attrs) a = *attrs;
  return gt_random_uniform(ctx, a.shape, a.n_shape, a.dtype, a.minval, a.maxval, a.key, a.counter);
}
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
static inline gt_tensor gt_reciprocal(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reciprocal", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_all(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_all", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_any(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_any", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_logsumexp(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                            int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_logsumexp", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_max(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_max", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_mean(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                       int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_mean", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_min(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_min", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_prod(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                       int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_prod", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_std(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_std", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_sum(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_sum", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reduce_variance(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                           int32_t keepdims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  gt_add_bool(&list, "keepdims", keepdims);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reduce_variance", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_relu(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "relu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_relu6(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "relu6", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_repeat(gt_context ctx, gt_tensor x, const int64_t* repeats, size_t n_repeats,
                                  int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "repeats", repeats, n_repeats);
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "repeat", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reshape(gt_context ctx, gt_tensor x, const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reshape", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_reverse(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "reverse", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_roll(gt_context ctx, gt_tensor x, const int64_t* shift, size_t n_shift,
                                const int64_t* axis, size_t n_axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shift", shift, n_shift);
  gt_add_ints(&list, "axis", axis, n_axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "roll", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_round(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "round", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_rsqrt(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "rsqrt", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_scatter_add(gt_context ctx, gt_tensor indices, gt_tensor updates,
                                       const int64_t* shape, size_t n_shape, int64_t axis,
                                       int64_t batch_dims) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  gt_add_int(&list, "axis", axis);
  gt_add_int(&list, "batch_dims", batch_dims);
  const gt_tensor inputs[] = {indices, updates};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "scatter_add", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_scatter_nd(gt_context ctx, gt_tensor indices, gt_tensor updates,
                                      const int64_t* shape, size_t n_shape) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "shape", shape, n_shape);
  const gt_tensor inputs[] = {indices, updates};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "scatter_nd", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_segment_sum(gt_context ctx, gt_tensor data, gt_tensor segment_ids) {
  const gt_tensor inputs[] = {data, segment_ids};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "segment_sum", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_selu(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "selu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sigmoid(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sigmoid", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sigmoid_cross_entropy_with_logits(gt_context ctx, gt_tensor labels,
                                                             gt_tensor logits) {
  const gt_tensor inputs[] = {labels, logits};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sigmoid_cross_entropy_with_logits", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sign(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sign", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_silu(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "silu", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sin(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sin", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sinh(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sinh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_slice(gt_context ctx, gt_tensor x, const int64_t* begin, size_t n_begin,
                                 const int64_t* size, size_t n_size) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "begin", begin, n_begin);
  gt_add_ints(&list, "size", size, n_size);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "slice", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_status gt_slogdet(gt_context ctx, gt_tensor x, gt_tensor* outputs, size_t capacity,
                                   size_t* n_outputs) {
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "slogdet", inputs, 1, NULL, 0, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_softmax(gt_context ctx, gt_tensor x, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softmax", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_softmax_cross_entropy_with_logits(gt_context ctx, gt_tensor labels,
                                                             gt_tensor logits, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {labels, logits};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softmax_cross_entropy_with_logits", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_softplus(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softplus", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_softsign(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "softsign", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_solve(gt_context ctx, gt_tensor matrix, gt_tensor rhs, int32_t adjoint) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "adjoint", adjoint);
  const gt_tensor inputs[] = {matrix, rhs};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "solve", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sort(gt_context ctx, gt_tensor x, int64_t axis, const char* direction) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_add_string(&list, "direction", direction);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sort", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_sparse_softmax_cross_entropy(gt_context ctx, gt_tensor labels, gt_tensor logits) {
  const gt_tensor inputs[] = {labels, logits};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sparse_softmax_cross_entropy", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_status gt_split(gt_context ctx, gt_tensor x, const int64_t* num_or_size_splits,
                                 size_t n_num_or_size_splits, int64_t axis, gt_tensor* outputs,
                                 size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int_or_ints(&list, "num_or_size_splits", num_or_size_splits, n_num_or_size_splits);
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "split", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_sqrt(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "sqrt", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_square(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "square", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_squared_difference(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "squared_difference", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_squeeze(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "axis", axis, n_axis);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "squeeze", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_stack(gt_context ctx, const gt_tensor* values, size_t n_values, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "stack", values, n_values, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_stop_gradient(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "stop_gradient", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_strided_slice(gt_context ctx, gt_tensor x, const int64_t* begin, size_t n_begin,
                                         const int64_t* end, size_t n_end, const int64_t* strides,
                                         size_t n_strides, int64_t begin_mask, int64_t end_mask,
                                         int64_t ellipsis_mask, int64_t new_axis_mask,
                                         int64_t shrink_axis_mask) {
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
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "strided_slice", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_strided_slice_with(gt_context ctx, gt_tensor x,
                                              const gt_strided_slice_attrs* attrs /* or NULL */) {
  static const char wrong[] =
      "strided_slice: struct_size is not that of gt_strided_slice_attrs; "
      "begin with GT_STRIDED_SLICE_ATTRS_DEFAULT";
  gt_strided_slice_attrs a = GT_STRIDED_SLICE_ATTRS_DEFAULT;
  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;
  if (attrs) a = *attrs;
  return gt_strided_slice(ctx, x, a.begin, a.n_begin, a.end, a.n_end, a.strides, a.n_strides, a.begin_mask,
                          a.end_mask, a.ellipsis_mask, a.new_axis_mask, a.shrink_axis_mask);
}
static inline gt_tensor gt_subtract(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "subtract", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_svd(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "svd", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_status gt_svd_with_vectors(gt_context ctx, gt_tensor x, gt_tensor* outputs, size_t capacity,
                                            size_t* n_outputs) {
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "svd_with_vectors", inputs, 1, NULL, 0, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_take_along_axis(gt_context ctx, gt_tensor x, gt_tensor indices, int64_t axis) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x, indices};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "take_along_axis", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tan(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tan", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tanh(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tanh", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tensor_scatter_add(gt_context ctx, gt_tensor x, gt_tensor indices,
                                              gt_tensor updates) {
  const gt_tensor inputs[] = {x, indices, updates};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tensor_scatter_add", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tensor_scatter_update(gt_context ctx, gt_tensor x, gt_tensor indices,
                                                 gt_tensor updates) {
  const gt_tensor inputs[] = {x, indices, updates};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tensor_scatter_update", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tensordot(gt_context ctx, gt_tensor a, gt_tensor b, const int64_t* axes,
                                     size_t n_axes) {
  gt_attr_list list;
  list.n = 0;
  if (axes || n_axes > 0) gt_add_int_or_ints(&list, "axes", axes, n_axes);
  const gt_tensor inputs[] = {a, b};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tensordot", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tile(gt_context ctx, gt_tensor x, const int64_t* multiples, size_t n_multiples) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "multiples", multiples, n_multiples);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tile", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_status gt_top_k(gt_context ctx, gt_tensor x, int64_t k, gt_tensor* outputs, size_t capacity,
                                 size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "top_k", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_trace(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "trace", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_transpose(gt_context ctx, gt_tensor x, const int64_t* perm, size_t n_perm) {
  gt_attr_list list;
  list.n = 0;
  gt_add_ints(&list, "perm", perm, n_perm);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "transpose", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_triangular_solve(gt_context ctx, gt_tensor matrix, gt_tensor rhs, int32_t lower,
                                            int32_t adjoint) {
  gt_attr_list list;
  list.n = 0;
  gt_add_bool(&list, "lower", lower);
  gt_add_bool(&list, "adjoint", adjoint);
  const gt_tensor inputs[] = {matrix, rhs};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "triangular_solve", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_tril(gt_context ctx, gt_tensor x, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "tril", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_triu(gt_context ctx, gt_tensor x, int64_t k) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "k", k);
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "triu", inputs, 1, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_trunc(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "trunc", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_unsorted_segment_sum(gt_context ctx, gt_tensor data, gt_tensor segment_ids,
                                                int64_t num_segments) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "num_segments", num_segments);
  const gt_tensor inputs[] = {data, segment_ids};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "unsorted_segment_sum", inputs, 2, list.attrs, list.n, &out, 1, NULL);
  return out;
}
static inline gt_status gt_unstack(gt_context ctx, gt_tensor x, int64_t axis, gt_tensor* outputs,
                                   size_t capacity, size_t* n_outputs) {
  gt_attr_list list;
  list.n = 0;
  gt_add_int(&list, "axis", axis);
  const gt_tensor inputs[] = {x};
  return gt_apply(ctx, "unstack", inputs, 1, list.attrs, list.n, outputs, capacity, n_outputs);
}
static inline gt_tensor gt_where(gt_context ctx, gt_tensor condition, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {condition, x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "where", inputs, 3, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_xlog1py(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "xlog1py", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_xlogy(gt_context ctx, gt_tensor x, gt_tensor y) {
  const gt_tensor inputs[] = {x, y};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "xlogy", inputs, 2, NULL, 0, &out, 1, NULL);
  return out;
}
static inline gt_tensor gt_zeros_like(gt_context ctx, gt_tensor x) {
  const gt_tensor inputs[] = {x};
  gt_tensor out = NULL;
  (void)gt_apply(ctx, "zeros_like", inputs, 1, NULL, 0, &out, 1, NULL);
  return out;
}

#ifdef __cplusplus
}
#endif

#endif
