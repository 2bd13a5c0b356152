/* gradtape/ops.h: a typed function for every op. Made by `./run generate` from the registry of ops: not to be
 * edited.
 *
 * gt_NAME(ctx, inputs, attributes) is gt_apply of the op NAME. The functions are inline (their bodies are in
 * ops_inline.h) and add nothing to the library's interface. Each returns a new tensor, NULL on failure. Ops
 * with several outputs write them to an array, as gt_apply does.
 *
 * ATTRIBUTES
 *
 * Defaults. NULL for a list or a name, 0 for a dtype and GT_DEFAULT_INT for an integer take the default.
 *
 * A name or a list (padding) has parameters for both. The list counts where it is not NULL.
 *
 * An integer or a list is the integer n where the list is NULL: gt_split(ctx, x, NULL, 3, ...) makes 3 equal
 * parts, gt_tensordot(ctx, a, b, NULL, 1) sums over 1 pair of axes. NULL and 0 take the default, if there is
 * one.
 *
 * A name or a number (the order of gt_norm) is text, "euclidean" or "3".
 *
 * The numbers of gt_range are floating; its dtype makes it count in integers.
 *
 * In a struct. A function of more than five attribute arguments has a second form, gt_NAME_with, that takes
 * them in a struct, gt_NAME_attrs. An initialiser has the defaults; other values are set by name:
 *
 *     gt_conv2d_attrs attrs = GT_CONV2D_ATTRS_DEFAULT;
 *     attrs.padding = "SAME";
 *     gt_tensor y = gt_conv2d_with(ctx, x, filters, &attrs);
 *
 * The fields are the parameters of the long form, and mean the same. NULL in place of the struct takes all
 * defaults. Later versions may add fields at the end; struct_size, which the initialiser sets, tells how many
 * there are. GT_INVALID_ARGUMENT: struct_size is smaller, or bytes behind the known fields are not 0. Since
 * 0.2.
 *
 * CONTENTS, without gt_
 *
 *     Arithmetic                        add subtract multiply divide floor_divide mod pow negative abs sign
 *                                       reciprocal square squared_difference fma lerp maximum minimum
 *                                       clip_by_value hypot atan2 divide_no_nan multiply_no_nan xlogy
 *                                       xlog1py ceil floor round trunc
 *     Elementary functions              sqrt rsqrt exp exp2 expm1 log log1p log2 sin cos tan asin acos atan
 *                                       sinh cosh tanh asinh acosh atanh erf erfc erfinv lgamma digamma
 *                                       polygamma
 *     Comparison and logic              equal not_equal less less_equal greater greater_equal logical_and
 *                                       logical_or logical_xor logical_not is_finite is_inf is_nan
 *     Reductions                        reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_all
 *                                       reduce_any reduce_logsumexp reduce_std reduce_variance norm moments
 *                                       argmax argmin
 *     Cumulative ops                    cumsum cumprod logcumsumexp linear_scan
 *     Shapes                            reshape transpose expand_dims squeeze broadcast_to concat stack
 *                                       unstack split tile repeat pad reverse roll
 *     Parts and indices                 slice strided_slice gather gather_nd take_along_axis
 *                                       embedding_lookup boolean_mask where scatter_nd scatter_add
 *                                       tensor_scatter_add tensor_scatter_update segment_sum
 *                                       unsorted_segment_sum
 *     Sorting                           sort argsort top_k
 *     Making tensors                    fill zeros_like ones_like eye range linspace one_hot random_normal
 *                                       random_uniform
 *     Dtypes and the flow of gradients  cast identity stop_gradient
 *     Products of matrices and vectors  matmul einsum tensordot dot outer cross kron matrix_power diag
 *                                       diag_part trace tril triu
 *     Linear algebra                    solve triangular_solve lstsq inv det slogdet cholesky qr eigh
 *                                       eigh_with_vectors eigh_function svd svd_with_vectors expm
 *     Activations                       relu relu6 leaky_relu elu selu gelu silu sigmoid log_sigmoid
 *                                       softplus softsign softmax log_softmax
 *     Layers                            conv1d conv2d conv2d_transpose depthwise_conv2d max_pool2d
 *                                       avg_pool2d bias_add batch_normalization layer_normalization
 *                                       l2_normalize clip_by_norm clip_by_global_norm dropout
 *     Losses                            mse huber_loss sigmoid_cross_entropy_with_logits
 *                                       softmax_cross_entropy_with_logits sparse_softmax_cross_entropy
 */
#ifndef GRADTAPE_OPS_H
#define GRADTAPE_OPS_H

#include "gradtape.h"

#include "attrs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Arithmetic -------------------------------------------------------- */
/* Operators and their kin, element by element. Operands broadcast. */

/* x + y. */
static inline gt_tensor gt_add(gt_context ctx, gt_tensor x, gt_tensor y);

/* x - y. */
static inline gt_tensor gt_subtract(gt_context ctx, gt_tensor x, gt_tensor y);

/* x * y. */
static inline gt_tensor gt_multiply(gt_context ctx, gt_tensor x, gt_tensor y);

/* x / y; of integers in float64. */
static inline gt_tensor gt_divide(gt_context ctx, gt_tensor x, gt_tensor y);

/* x / y, rounded toward minus infinity: y * floor_divide(x, y) + mod(x, y) is x. It is an error to divide an
 * integer by 0. */
static inline gt_tensor gt_floor_divide(gt_context ctx, gt_tensor x, gt_tensor y);

/* x - y * floor(x / y), which has the sign of y or is 0. It is an error to divide an integer by 0. */
static inline gt_tensor gt_mod(gt_context ctx, gt_tensor x, gt_tensor y);

/* x^y; d/dx = y x^(y-1), d/dy = x^y log(x) where x > 0, else 0. It is an error to raise an integer to a
 * power below 0. */
static inline gt_tensor gt_pow(gt_context ctx, gt_tensor x, gt_tensor y);

/* -x. */
static inline gt_tensor gt_negative(gt_context ctx, gt_tensor x);

/* |x|; its derivative at 0 is 0, and the second one nan where that of a smooth function may be hidden. */
static inline gt_tensor gt_abs(gt_context ctx, gt_tensor x);

/* -1, 0 or 1; its derivative is 0 everywhere. */
static inline gt_tensor gt_sign(gt_context ctx, gt_tensor x);

/* 1 / x. */
static inline gt_tensor gt_reciprocal(gt_context ctx, gt_tensor x);

/* x * x. */
static inline gt_tensor gt_square(gt_context ctx, gt_tensor x);

/* (x - y)^2. */
static inline gt_tensor gt_squared_difference(gt_context ctx, gt_tensor x, gt_tensor y);

/* x * y + z. */
static inline gt_tensor gt_fma(gt_context ctx, gt_tensor x, gt_tensor y, gt_tensor z);

/* start + weight * (end - start). */
static inline gt_tensor gt_lerp(gt_context ctx, gt_tensor start, gt_tensor end, gt_tensor weight);

/* The larger of x and y; on a tie the gradient goes to x. */
static inline gt_tensor gt_maximum(gt_context ctx, gt_tensor x, gt_tensor y);

/* The smaller of x and y; on a tie the gradient goes to x. */
static inline gt_tensor gt_minimum(gt_context ctx, gt_tensor x, gt_tensor y);

/* min(max(x, clip_value_min), clip_value_max); the gradient passes on both bounds. Attributes:
 * clip_value_min, clip_value_max. */
static inline gt_tensor gt_clip_by_value(gt_context ctx, gt_tensor x, double clip_value_min,
                                         double clip_value_max);

/* sqrt(x^2 + y^2), without overflow; its derivative at 0 is 0, the second one nan. */
static inline gt_tensor gt_hypot(gt_context ctx, gt_tensor x, gt_tensor y);

/* The angle of the point (y, x): of y / x, in its quadrant, in radians. */
static inline gt_tensor gt_atan2(gt_context ctx, gt_tensor x, gt_tensor y);

/* x / y, 0 where y is 0. */
static inline gt_tensor gt_divide_no_nan(gt_context ctx, gt_tensor x, gt_tensor y);

/* x * y, 0 wherever y is 0, even against nan and infinities in x. */
static inline gt_tensor gt_multiply_no_nan(gt_context ctx, gt_tensor x, gt_tensor y);

/* x * log(y), 0 where x is 0; where log(y) is not finite there, its derivatives are 0 too. */
static inline gt_tensor gt_xlogy(gt_context ctx, gt_tensor x, gt_tensor y);

/* x * log1p(y), 0 where x is 0; where log1p(y) is not finite there, its derivatives are 0 too. */
static inline gt_tensor gt_xlog1py(gt_context ctx, gt_tensor x, gt_tensor y);

/* The smallest integer >= x, in the dtype of x. */
static inline gt_tensor gt_ceil(gt_context ctx, gt_tensor x);

/* The largest integer <= x, in the dtype of x. */
static inline gt_tensor gt_floor(gt_context ctx, gt_tensor x);

/* The nearest integer, halves to the even one, in the dtype of x. */
static inline gt_tensor gt_round(gt_context ctx, gt_tensor x);

/* The integer part, toward 0, in the dtype of x. */
static inline gt_tensor gt_trunc(gt_context ctx, gt_tensor x);

/* ---- Elementary functions ---------------------------------------------- */
/* Roots, exponentials, logarithms, angles and special functions, element by element. */

/* Square root: y * y = x. */
static inline gt_tensor gt_sqrt(gt_context ctx, gt_tensor x);

/* 1 / sqrt(x). */
static inline gt_tensor gt_rsqrt(gt_context ctx, gt_tensor x);

/* e^x. */
static inline gt_tensor gt_exp(gt_context ctx, gt_tensor x);

/* 2^x. */
static inline gt_tensor gt_exp2(gt_context ctx, gt_tensor x);

/* e^x - 1, exact near 0. */
static inline gt_tensor gt_expm1(gt_context ctx, gt_tensor x);

/* Natural logarithm. */
static inline gt_tensor gt_log(gt_context ctx, gt_tensor x);

/* log(1 + x), exact near 0. */
static inline gt_tensor gt_log1p(gt_context ctx, gt_tensor x);

/* Logarithm to base 2. */
static inline gt_tensor gt_log2(gt_context ctx, gt_tensor x);

/* Sine of x, in radians. */
static inline gt_tensor gt_sin(gt_context ctx, gt_tensor x);

/* Cosine of x, in radians. */
static inline gt_tensor gt_cos(gt_context ctx, gt_tensor x);

/* Tangent of x, in radians. */
static inline gt_tensor gt_tan(gt_context ctx, gt_tensor x);

/* Inverse sine, in radians, for x in [-1, 1]. */
static inline gt_tensor gt_asin(gt_context ctx, gt_tensor x);

/* Inverse cosine, in radians, for x in [-1, 1]. */
static inline gt_tensor gt_acos(gt_context ctx, gt_tensor x);

/* Inverse tangent, in radians. */
static inline gt_tensor gt_atan(gt_context ctx, gt_tensor x);

/* Hyperbolic sine. */
static inline gt_tensor gt_sinh(gt_context ctx, gt_tensor x);

/* Hyperbolic cosine. */
static inline gt_tensor gt_cosh(gt_context ctx, gt_tensor x);

/* Hyperbolic tangent. */
static inline gt_tensor gt_tanh(gt_context ctx, gt_tensor x);

/* Inverse hyperbolic sine. */
static inline gt_tensor gt_asinh(gt_context ctx, gt_tensor x);

/* Inverse hyperbolic cosine, for x >= 1. */
static inline gt_tensor gt_acosh(gt_context ctx, gt_tensor x);

/* Inverse hyperbolic tangent, for x in [-1, 1]. */
static inline gt_tensor gt_atanh(gt_context ctx, gt_tensor x);

/* 2 / sqrt(pi) * integral of e^(-s^2) from 0 to x. */
static inline gt_tensor gt_erf(gt_context ctx, gt_tensor x);

/* 1 - erf(x), exact for large x. */
static inline gt_tensor gt_erfc(gt_context ctx, gt_tensor x);

/* The y with erf(y) = x, for x in [-1, 1]. */
static inline gt_tensor gt_erfinv(gt_context ctx, gt_tensor x);

/* log |Gamma(x)|. */
static inline gt_tensor gt_lgamma(gt_context ctx, gt_tensor x);

/* The derivative of log Gamma(x). */
static inline gt_tensor gt_digamma(gt_context ctx, gt_tensor x);

/* The n-th derivative of digamma. Attributes: n. */
static inline gt_tensor gt_polygamma(gt_context ctx, gt_tensor x, int64_t n);

/* ---- Comparison and logic ---------------------------------------------- */
/* Results are bools. They have no derivative. */

/* x == y. */
static inline gt_tensor gt_equal(gt_context ctx, gt_tensor x, gt_tensor y);

/* x != y. */
static inline gt_tensor gt_not_equal(gt_context ctx, gt_tensor x, gt_tensor y);

/* x < y; false < true. */
static inline gt_tensor gt_less(gt_context ctx, gt_tensor x, gt_tensor y);

/* x <= y; false < true. */
static inline gt_tensor gt_less_equal(gt_context ctx, gt_tensor x, gt_tensor y);

/* x > y; true > false. */
static inline gt_tensor gt_greater(gt_context ctx, gt_tensor x, gt_tensor y);

/* x >= y; true > false. */
static inline gt_tensor gt_greater_equal(gt_context ctx, gt_tensor x, gt_tensor y);

/* x and y. */
static inline gt_tensor gt_logical_and(gt_context ctx, gt_tensor x, gt_tensor y);

/* x or y. */
static inline gt_tensor gt_logical_or(gt_context ctx, gt_tensor x, gt_tensor y);

/* x or y, not both. */
static inline gt_tensor gt_logical_xor(gt_context ctx, gt_tensor x, gt_tensor y);

/* not x. */
static inline gt_tensor gt_logical_not(gt_context ctx, gt_tensor x);

/* Whether x is neither nan nor infinite, as all integers and bools are. */
static inline gt_tensor gt_is_finite(gt_context ctx, gt_tensor x);

/* Whether x is an infinity; no integer or bool is. */
static inline gt_tensor gt_is_inf(gt_context ctx, gt_tensor x);

/* Whether x is not a number; no integer or bool is. */
static inline gt_tensor gt_is_nan(gt_context ctx, gt_tensor x);

/* ---- Reductions -------------------------------------------------------- */
/* Sums, means, extremes and norms over axes. An axis that is left out stands for all axes. */

/* Sum over the axes; of bools their count, int64. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_sum(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims);

/* Mean over the axes; of integers and bools in float64. Attributes: axis (optional), keepdims (default
 * false). */
static inline gt_tensor gt_reduce_mean(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                       int32_t keepdims);

/* Product over the axes, of bools in int64; its derivatives are right with zeros among the factors, to any
 * order. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_prod(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                       int32_t keepdims);

/* Largest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional), keepdims
 * (default false). */
static inline gt_tensor gt_reduce_max(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims);

/* Smallest entry over the axes; tied entries share the gradient evenly. Attributes: axis (optional),
 * keepdims (default false). */
static inline gt_tensor gt_reduce_min(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims);

/* Whether all entries over the axes are true. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_all(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims);

/* Whether any entry over the axes is true. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_any(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims);

/* log(sum(e^x)) over the axes, without overflow. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_logsumexp(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                            int32_t keepdims);

/* Square root of the biased variance; its derivative is 0 where all entries are the same. Of integers and
 * bools in float64. Attributes: axis (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_std(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                      int32_t keepdims);

/* Biased variance over the axes: mean((x - mean(x))^2); of integers and bools in float64. Attributes: axis
 * (optional), keepdims (default false). */
static inline gt_tensor gt_reduce_variance(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                           int32_t keepdims);

/* Vector norm of order ord: euclidean, inf and -inf (largest and smallest magnitude), 0 (entries that are
 * not 0, with derivative 0), else sum(|x|^ord)^(1 / ord). Over two axes the matrix norm: euclidean or fro
 * (Frobenius), nuc (sum of the singular values), 2 and -2 (largest and smallest of them), 1 and -1 (largest
 * and smallest column sum), inf and -inf (row sum). Its derivative at 0 is 0, the second one nan.
 * Attributes: ord (default "euclidean"), axis (optional), keepdims (default false). */
static inline gt_tensor gt_norm(gt_context ctx, gt_tensor x, const char* ord, const int64_t* axis,
                                size_t n_axis, int32_t keepdims);

/* Mean and biased variance over the axes. Attributes: axes (optional), keepdims (default false). */
static inline gt_status gt_moments(gt_context ctx, gt_tensor x, const int64_t* axes, size_t n_axes,
                                   int32_t keepdims, gt_tensor* outputs, size_t capacity, size_t* n_outputs);

/* Index of the first largest entry along the axis. Attributes: axis (default 0). */
static inline gt_tensor gt_argmax(gt_context ctx, gt_tensor x, int64_t axis);

/* Index of the first smallest entry along the axis. Attributes: axis (default 0). */
static inline gt_tensor gt_argmin(gt_context ctx, gt_tensor x, int64_t axis);

/* ---- Cumulative ops ---------------------------------------------------- */
/* Running sums, products and recurrences along an axis. */

/* Sums of all entries up to each one. Attributes: axis (default 0), exclusive (default false), reverse
 * (default false). */
static inline gt_tensor gt_cumsum(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive,
                                  int32_t reverse);

/* Products of all entries up to each one; its derivatives are right with zeros among them, to any order.
 * Attributes: axis (default 0), exclusive (default false), reverse (default false). */
static inline gt_tensor gt_cumprod(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive,
                                   int32_t reverse);

/* log of the sums of e^x over all entries up to each one, without overflow. Attributes: axis (default 0),
 * exclusive (default false), reverse (default false). */
static inline gt_tensor gt_logcumsumexp(gt_context ctx, gt_tensor x, int64_t axis, int32_t exclusive,
                                        int32_t reverse);

/* y_i = a_i * y_(i-1) + x_i along the axis, from y = 0 on; reverse: from the last entry on. Attributes: axis
 * (default 0), reverse (default false). */
static inline gt_tensor gt_linear_scan(gt_context ctx, gt_tensor a, gt_tensor x, int64_t axis,
                                       int32_t reverse);

/* ---- Shapes ------------------------------------------------------------ */
/* Axes are added, removed, moved and joined. Values stay. */

/* The same elements in another shape; one entry of shape may be -1. Attributes: shape. */
static inline gt_tensor gt_reshape(gt_context ctx, gt_tensor x, const int64_t* shape, size_t n_shape);

/* Axes in another order: axis i of the result is axis perm[i] of x. Without perm they are reversed.
 * Attributes: perm (optional). */
static inline gt_tensor gt_transpose(gt_context ctx, gt_tensor x, const int64_t* perm, size_t n_perm);

/* A new axis of size 1 at `axis`. Attributes: axis (default 0). */
static inline gt_tensor gt_expand_dims(gt_context ctx, gt_tensor x, int64_t axis);

/* Without the named axes, or all axes, of size 1. Attributes: axis (optional). */
static inline gt_tensor gt_squeeze(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis);

/* x repeated along its axes of size 1 and along new leading axes. Attributes: shape. */
static inline gt_tensor gt_broadcast_to(gt_context ctx, gt_tensor x, const int64_t* shape, size_t n_shape);

/* The inputs one after the other along `axis`. Attributes: axis (default 0). */
static inline gt_tensor gt_concat(gt_context ctx, const gt_tensor* values, size_t n_values, int64_t axis);

/* The inputs as the entries of a new axis. Attributes: axis (default 0). */
static inline gt_tensor gt_stack(gt_context ctx, const gt_tensor* values, size_t n_values, int64_t axis);

/* The entries along the axis, one output each. Attributes: axis (default 0). */
static inline gt_status gt_unstack(gt_context ctx, gt_tensor x, int64_t axis, gt_tensor* outputs,
                                   size_t capacity, size_t* n_outputs);

/* x cut along the axis into a number of equal parts, or into parts of the given sizes. Attributes:
 * num_or_size_splits, axis (default 0). */
static inline gt_status gt_split(gt_context ctx, gt_tensor x, const int64_t* num_or_size_splits,
                                 size_t n_num_or_size_splits, int64_t axis, gt_tensor* outputs,
                                 size_t capacity, size_t* n_outputs);

/* x repeated multiples[i] times along axis i. Attributes: multiples. */
static inline gt_tensor gt_tile(gt_context ctx, gt_tensor x, const int64_t* multiples, size_t n_multiples);

/* Each entry along the axis repeated, as often for all or one count for each; without an axis x is flattened
 * first. Attributes: repeats, axis (optional). */
static inline gt_tensor gt_repeat(gt_context ctx, gt_tensor x, const int64_t* repeats, size_t n_repeats,
                                  int64_t axis);

/* x with paddings [[before, after], ...]: of constant_values, or mirrored at the edges. Attributes:
 * paddings, mode (default "CONSTANT"), constant_values (default 0). */
static inline gt_tensor gt_pad(gt_context ctx, gt_tensor x, const int64_t* paddings, size_t n_paddings,
                               const char* mode, double constant_values);

/* The named axes from the last entry to the first. Attributes: axis. */
static inline gt_tensor gt_reverse(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis);

/* x moved by shift entries along each axis; what leaves at one end comes in at the other. Attributes: shift,
 * axis. */
static inline gt_tensor gt_roll(gt_context ctx, gt_tensor x, const int64_t* shift, size_t n_shift,
                                const int64_t* axis, size_t n_axis);

/* ---- Parts and indices ------------------------------------------------- */
/* Slices, entries by index, and sums into places. */

/* The part of x from begin with the given size; -1: to the end. Attributes: begin, size. */
static inline gt_tensor gt_slice(gt_context ctx, gt_tensor x, const int64_t* begin, size_t n_begin,
                                 const int64_t* size, size_t n_size);

/* x[begin:end:strides], with TensorFlow's bit masks; bounds out of range clamp. Attributes: begin, end,
 * strides (optional), begin_mask (default 0), end_mask (default 0), ellipsis_mask (default 0), new_axis_mask
 * (default 0), shrink_axis_mask (default 0). */
static inline gt_tensor gt_strided_slice(gt_context ctx, gt_tensor x, const int64_t* begin, size_t n_begin,
                                         const int64_t* end, size_t n_end, const int64_t* strides,
                                         size_t n_strides, int64_t begin_mask, int64_t end_mask,
                                         int64_t ellipsis_mask, int64_t new_axis_mask,
                                         int64_t shrink_axis_mask);
/* The same, with its attributes in a struct. */
typedef struct gt_strided_slice_attrs {
  size_t struct_size;
  const int64_t* begin;
  size_t n_begin;
  const int64_t* end;
  size_t n_end;
  const int64_t* strides;
  size_t n_strides;
  int64_t begin_mask;
  int64_t end_mask;
  int64_t ellipsis_mask;
  int64_t new_axis_mask;
  int64_t shrink_axis_mask;
} gt_strided_slice_attrs;
#define GT_STRIDED_SLICE_ATTRS_DEFAULT \
  {sizeof(gt_strided_slice_attrs), NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0, 0}
static inline gt_tensor gt_strided_slice_with(gt_context ctx, gt_tensor x,
                                              const gt_strided_slice_attrs* attrs /* or NULL */);

/* Entries of params along `axis`, at indices; the first batch_dims axes of both run together. Attributes:
 * axis (optional), batch_dims (default 0). */
static inline gt_tensor gt_gather(gt_context ctx, gt_tensor params, gt_tensor indices, int64_t axis,
                                  int64_t batch_dims);

/* Entries of params at indices [..., k] into its first k axes behind the batch dims, which run together.
 * Attributes: batch_dims (default 0). */
static inline gt_tensor gt_gather_nd(gt_context ctx, gt_tensor params, gt_tensor indices, int64_t batch_dims);

/* x at indices along the axis; the other axes of both run together, and broadcast. Attributes: axis. */
static inline gt_tensor gt_take_along_axis(gt_context ctx, gt_tensor x, gt_tensor indices, int64_t axis);

/* Rows of params at ids. */
static inline gt_tensor gt_embedding_lookup(gt_context ctx, gt_tensor params, gt_tensor ids);

/* The entries of x where the mask, which stands before the axes from `axis` on, is true, along one axis. The
 * mask's value is read when the op is recorded. Attributes: axis (default 0). */
static inline gt_tensor gt_boolean_mask(gt_context ctx, gt_tensor x, gt_tensor mask, int64_t axis);

/* x where the condition holds, else y; what is not selected reaches no gradient. */
static inline gt_tensor gt_where(gt_context ctx, gt_tensor condition, gt_tensor x, gt_tensor y);

/* Zeros of `shape`, to which updates are added at indices [..., k] into its first k axes. Attributes:
 * shape. */
static inline gt_tensor gt_scatter_nd(gt_context ctx, gt_tensor indices, gt_tensor updates,
                                      const int64_t* shape, size_t n_shape);

/* Zeros of `shape`, to which updates are added where gather(axis, batch_dims) with these indices would read.
 * Attributes: shape, axis (optional), batch_dims (default 0). */
static inline gt_tensor gt_scatter_add(gt_context ctx, gt_tensor indices, gt_tensor updates,
                                       const int64_t* shape, size_t n_shape, int64_t axis,
                                       int64_t batch_dims);

/* x with updates added at indices [..., k] into its first k axes. */
static inline gt_tensor gt_tensor_scatter_add(gt_context ctx, gt_tensor x, gt_tensor indices,
                                              gt_tensor updates);

/* x with updates in place of the entries at indices [..., k] into its first k axes; the last one of several
 * for one place counts. */
static inline gt_tensor gt_tensor_scatter_update(gt_context ctx, gt_tensor x, gt_tensor indices,
                                                 gt_tensor updates);

/* Row i is the sum of data's rows with segment id i; ids do not fall, the last one says how many rows there
 * are. Its value is read when the op is recorded. */
static inline gt_tensor gt_segment_sum(gt_context ctx, gt_tensor data, gt_tensor segment_ids);

/* Row i is the sum of data's rows with segment id i, 0 where there is none; rows with a negative id are left
 * out. Attributes: num_segments. */
static inline gt_tensor gt_unsorted_segment_sum(gt_context ctx, gt_tensor data, gt_tensor segment_ids,
                                                int64_t num_segments);

/* ---- Sorting ----------------------------------------------------------- */
/* Orders along an axis. */

/* The entries along the axis in order; stable, nan last, false before true. Attributes: axis (default -1),
 * direction (default "ASCENDING"). */
static inline gt_tensor gt_sort(gt_context ctx, gt_tensor x, int64_t axis, const char* direction);

/* Indices that sort the entries along the axis; stable, nan last, false before true. Attributes: axis
 * (default -1), direction (default "ASCENDING"). */
static inline gt_tensor gt_argsort(gt_context ctx, gt_tensor x, int64_t axis, const char* direction);

/* The k largest entries along the last axis, largest first, and their indices; of equal ones the first comes
 * first. Attributes: k. */
static inline gt_status gt_top_k(gt_context ctx, gt_tensor x, int64_t k, gt_tensor* outputs, size_t capacity,
                                 size_t* n_outputs);

/* ---- Making tensors ---------------------------------------------------- */
/* Tensors from numbers, dtypes and shapes, and random ones. */

/* A tensor of `shape` that holds value everywhere. Attributes: shape. */
static inline gt_tensor gt_fill(gt_context ctx, gt_tensor value, const int64_t* shape, size_t n_shape);

/* Zeros of x's shape and dtype; no gradient reaches x. */
static inline gt_tensor gt_zeros_like(gt_context ctx, gt_tensor x);

/* Ones of x's shape and dtype; no gradient reaches x. */
static inline gt_tensor gt_ones_like(gt_context ctx, gt_tensor x);

/* Identity matrices [batch_shape..., num_rows, num_columns]. Attributes: num_rows, num_columns (optional),
 * batch_shape (default []), dtype (optional). */
static inline gt_tensor gt_eye(gt_context ctx, int64_t num_rows, int64_t num_columns,
                               const int64_t* batch_shape, size_t n_batch_shape, gt_dtype dtype);

/* start, start + delta, ... below (above, if delta < 0) limit. Without a dtype integers give int32, or int64
 * where one of the three does not fit. Attributes: start (default 0), limit, delta (default 1), dtype
 * (optional). */
static inline gt_tensor gt_range(gt_context ctx, double start, double limit, double delta, gt_dtype dtype);

/* num numbers from start to stop at equal distances, along a new axis. Attributes: num, axis (default 0). */
static inline gt_tensor gt_linspace(gt_context ctx, gt_tensor start, gt_tensor stop, int64_t num,
                                    int64_t axis);

/* on_value where the new axis's index equals indices, off_value elsewhere. Attributes: depth, axis (default
 * -1), on_value (default 1), off_value (default 0), dtype (optional). */
static inline gt_tensor gt_one_hot(gt_context ctx, gt_tensor indices, int64_t depth, int64_t axis,
                                   double on_value, double off_value, gt_dtype dtype);

/* Independent normal numbers of the given mean and standard deviation. Attributes: shape, dtype (default
 * "float32"), mean (default 0), stddev (default 1), key (optional), counter (optional). */
static inline gt_tensor gt_random_normal(gt_context ctx, const int64_t* shape, size_t n_shape,
                                         gt_dtype dtype, double mean, double stddev, int64_t key,
                                         int64_t counter);
/* The same, with its attributes in a struct. */
typedef struct gt_random_normal_attrs {
  size_t struct_size;
  const int64_t* shape;
  size_t n_shape;
  gt_dtype dtype;
  double mean;
  double stddev;
  int64_t key;
  int64_t counter;
} gt_random_normal_attrs;
#define GT_RANDOM_NORMAL_ATTRS_DEFAULT \
  {sizeof(gt_random_normal_attrs), NULL, 0, 0, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT}
static inline gt_tensor gt_random_normal_with(gt_context ctx,
                                              const gt_random_normal_attrs* attrs /* or NULL */);

/* Independent uniform numbers in [minval, maxval), floats or integers. Attributes: shape, dtype (default
 * "float32"), minval (default 0), maxval (default 1), key (optional), counter (optional). */
static inline gt_tensor gt_random_uniform(gt_context ctx, const int64_t* shape, size_t n_shape,
                                          gt_dtype dtype, double minval, double maxval, int64_t key,
                                          int64_t counter);
/* The same, with its attributes in a struct. */
typedef struct gt_random_uniform_attrs {
  size_t struct_size;
  const int64_t* shape;
  size_t n_shape;
  gt_dtype dtype;
  double minval;
  double maxval;
  int64_t key;
  int64_t counter;
} gt_random_uniform_attrs;
#define GT_RANDOM_UNIFORM_ATTRS_DEFAULT \
  {sizeof(gt_random_uniform_attrs), NULL, 0, 0, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT}
static inline gt_tensor gt_random_uniform_with(gt_context ctx,
                                               const gt_random_uniform_attrs* attrs /* or NULL */);

/* ---- Dtypes and the flow of gradients ---------------------------------- */
/* Ops that change a dtype, or whether a gradient passes. */

/* x in another dtype: float to int truncates toward 0 and saturates, to bool is x != 0. Attributes: dtype. */
static inline gt_tensor gt_cast(gt_context ctx, gt_tensor x, gt_dtype dtype);

/* x itself. */
static inline gt_tensor gt_identity(gt_context ctx, gt_tensor x);

/* x itself, taken as a constant by every derivative. */
static inline gt_tensor gt_stop_gradient(gt_context ctx, gt_tensor x);

/* ---- Products of matrices and vectors ---------------------------------- */
/* Matrices are the last two axes. The axes before them are a batch. */

/* Matrix product of the last two axes; leading axes broadcast. A vector a is a row, a vector b a column,
 * whose axis the result lacks. Attributes: transpose_a (default false), transpose_b (default false). */
static inline gt_tensor gt_matmul(gt_context ctx, gt_tensor a, gt_tensor b, int32_t transpose_a,
                                  int32_t transpose_b);

/* Sum of products over the labels that the output lacks, as in "ij,jk->ik"; "..." stands for axes that
 * broadcast. Attributes: equation. */
static inline gt_tensor gt_einsum(gt_context ctx, const gt_tensor* operands, size_t n_operands,
                                  const char* equation);

/* Sum of products over pairs of axes: a count (the last of a with the first of b), or two lists. Attributes:
 * axes (default 2). */
static inline gt_tensor gt_tensordot(gt_context ctx, gt_tensor a, gt_tensor b, const int64_t* axes,
                                     size_t n_axes);

/* Sum of a[i] * b[i] of two vectors. */
static inline gt_tensor gt_dot(gt_context ctx, gt_tensor a, gt_tensor b);

/* a[i] * b[j] of two vectors. */
static inline gt_tensor gt_outer(gt_context ctx, gt_tensor a, gt_tensor b);

/* Cross product of the vectors of 3 in the last axis. */
static inline gt_tensor gt_cross(gt_context ctx, gt_tensor a, gt_tensor b);

/* Kronecker product: each entry of a times all of b. */
static inline gt_tensor gt_kron(gt_context ctx, gt_tensor a, gt_tensor b);

/* The n-th power of the matrices in the last two axes: of the inverse where n < 0, the identity where n is
 * 0. Attributes: n. */
static inline gt_tensor gt_matrix_power(gt_context ctx, gt_tensor x, int64_t n);

/* Matrices with the given diagonals [..., n] as diagonal k, else 0: [..., n + |k|, n + |k|]. Attributes: k
 * (default 0). */
static inline gt_tensor gt_diag(gt_context ctx, gt_tensor diagonal, int64_t k);

/* The diagonal k of the matrices in the last two axes: entries [i, i + k]. Attributes: k (default 0). */
static inline gt_tensor gt_diag_part(gt_context ctx, gt_tensor x, int64_t k);

/* Sum of the main diagonal of the matrices in the last two axes; of bools their count, int64. */
static inline gt_tensor gt_trace(gt_context ctx, gt_tensor x);

/* x on and below diagonal k of the last two axes, 0 above. Attributes: k (default 0). */
static inline gt_tensor gt_tril(gt_context ctx, gt_tensor x, int64_t k);

/* x on and above diagonal k of the last two axes, 0 below. Attributes: k (default 0). */
static inline gt_tensor gt_triu(gt_context ctx, gt_tensor x, int64_t k);

/* ---- Linear algebra ---------------------------------------------------- */
/* Equations, decompositions and functions of matrices. The axes before the last two are a batch. */

/* x with matrix x = rhs [..., n, k], or a vector [n] for every matrix; with the transposed matrix where
 * adjoint. Attributes: adjoint (default false). */
static inline gt_tensor gt_solve(gt_context ctx, gt_tensor matrix, gt_tensor rhs, int32_t adjoint);

/* x with matrix x = rhs [..., n, k], or a vector [n] for every matrix, where the lower (or else upper)
 * triangle alone of the matrix is read; with its transpose where adjoint. Attributes: lower (default true),
 * adjoint (default false). */
static inline gt_tensor gt_triangular_solve(gt_context ctx, gt_tensor matrix, gt_tensor rhs, int32_t lower,
                                            int32_t adjoint);

/* The x that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2, for a matrix [..., m, n], rhs [..., m, k],
 * or a vector [m] for every matrix. Without l2_regularizer it is an error when the rank is not full.
 * Attributes: l2_regularizer (default 0). */
static inline gt_tensor gt_lstsq(gt_context ctx, gt_tensor matrix, gt_tensor rhs, double l2_regularizer);

/* Inverse of the matrices in the last two axes. */
static inline gt_tensor gt_inv(gt_context ctx, gt_tensor x);

/* Determinant of the matrices in the last two axes; its derivatives are right for singular ones too. */
static inline gt_tensor gt_det(gt_context ctx, gt_tensor x);

/* sign and log |determinant| of the matrices in the last two axes: 0 and -inf for singular ones. The sign
 * has no derivative. */
static inline gt_status gt_slogdet(gt_context ctx, gt_tensor x, gt_tensor* outputs, size_t capacity,
                                   size_t* n_outputs);

/* The lower triangular L with L L^T = x; x is symmetrised first, or else its lower triangle alone is read.
 * Attributes: symmetrize_input (default true). */
static inline gt_tensor gt_cholesky(gt_context ctx, gt_tensor x, int32_t symmetrize_input);

/* q [..., m, k] with orthonormal columns and upper triangular r [..., k, n] with q r = x [..., m, n], k =
 * min(m, n); r has a positive diagonal where positive_diagonal. Derivatives are nan unless the first k
 * columns are independent. Attributes: positive_diagonal (default true). */
static inline gt_status gt_qr(gt_context ctx, gt_tensor x, int32_t positive_diagonal, gt_tensor* outputs,
                              size_t capacity, size_t* n_outputs);

/* The eigenvalues of symmetric matrices, rising. x is symmetrised first, or else its lower triangle alone is
 * read. Of repeated eigenvalues second derivatives are nan: eigh_function has those of smooth functions.
 * Attributes: symmetrize_input (default true). */
static inline gt_tensor gt_eigh(gt_context ctx, gt_tensor x, int32_t symmetrize_input);

/* Eigenvalues e, rising, and eigenvectors, the columns of v, of symmetric matrices: x = v diag(e) v^T. In
 * each column the first entry of at least 0.9 times its largest magnitude is positive. x is symmetrised
 * first, or else its lower triangle alone is read. Of repeated eigenvalues derivatives of v are nan.
 * Attributes: symmetrize_input (default true). */
static inline gt_status gt_eigh_with_vectors(gt_context ctx, gt_tensor x, int32_t symmetrize_input,
                                             gt_tensor* outputs, size_t capacity, size_t* n_outputs);

/* v diag(f(w)) v^T with the eigenvalues w and eigenvectors v of x; its derivatives are right for repeated
 * eigenvalues too, to any order. x is symmetrised first, or else its lower triangle alone is read.
 * Attributes: symmetrize_input (default true), f. */
static inline gt_tensor gt_eigh_function(gt_context ctx, gt_tensor x, int32_t symmetrize_input,
                                         const char* f);

/* The singular values of the matrices in the last two axes, largest first. Of repeated ones, or of 0, second
 * derivatives are nan. */
static inline gt_tensor gt_svd(gt_context ctx, gt_tensor x);

/* Singular values s, largest first, and singular vectors, the columns of u [..., m, k] and v [..., n, k], of
 * x [..., m, n], k = min(m, n): x = u diag(s) v^T. In each column of u the first entry of at least 0.9 times
 * its largest magnitude is positive. Of repeated singular values derivatives of u and v are nan, and of 0
 * where x is not square. */
static inline gt_status gt_svd_with_vectors(gt_context ctx, gt_tensor x, gt_tensor* outputs, size_t capacity,
                                            size_t* n_outputs);

/* The exponential of the matrices in the last two axes: sum of x^k / k!. */
static inline gt_tensor gt_expm(gt_context ctx, gt_tensor x);

/* ---- Activations ------------------------------------------------------- */
/* Functions between the layers of networks, and softmax. */

/* max(x, 0); its derivative at 0 is 0. */
static inline gt_tensor gt_relu(gt_context ctx, gt_tensor x);

/* min(max(x, 0), 6); its derivative at 0 and at 6 is 0. */
static inline gt_tensor gt_relu6(gt_context ctx, gt_tensor x);

/* x where (x > 0), else alpha * x; its derivative at 0 is alpha. Attributes: alpha (default 0.2). */
static inline gt_tensor gt_leaky_relu(gt_context ctx, gt_tensor x, double alpha);

/* x where x >= 0, else e^x - 1. */
static inline gt_tensor gt_elu(gt_context ctx, gt_tensor x);

/* 1.0507 * (x where (x > 0), else 1.6733 * (e^x - 1)); its derivative at 0 is 1.0507. */
static inline gt_tensor gt_selu(gt_context ctx, gt_tensor x);

/* x * P(X <= x), X ~ N(0, 1); approximate: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). Attributes:
 * approximate (default false). */
static inline gt_tensor gt_gelu(gt_context ctx, gt_tensor x, int32_t approximate);

/* x * sigmoid(x). */
static inline gt_tensor gt_silu(gt_context ctx, gt_tensor x);

/* 1 / (1 + e^-x). */
static inline gt_tensor gt_sigmoid(gt_context ctx, gt_tensor x);

/* log(1 / (1 + e^-x)). */
static inline gt_tensor gt_log_sigmoid(gt_context ctx, gt_tensor x);

/* log(1 + e^x), without overflow. */
static inline gt_tensor gt_softplus(gt_context ctx, gt_tensor x);

/* x / (1 + |x|). */
static inline gt_tensor gt_softsign(gt_context ctx, gt_tensor x);

/* e^x / sum(e^x) along the axis, without overflow. Attributes: axis (default -1). */
static inline gt_tensor gt_softmax(gt_context ctx, gt_tensor x, int64_t axis);

/* log(e^x / sum(e^x)) along the axis, without overflow. Attributes: axis (default -1). */
static inline gt_tensor gt_log_softmax(gt_context ctx, gt_tensor x, int64_t axis);

/* ---- Layers ------------------------------------------------------------ */
/* Convolutions, pooling, normalisation and clipping. */

/* y[n, p, o] = sum x[n, p * stride + k * dilation - padding, i] filters[k, i, o]: x [n, width, in], filters
 * [k, in, out]. Attributes: stride (default 1), padding (default "VALID"), dilations (default 1). */
static inline gt_tensor gt_conv1d(gt_context ctx, gt_tensor x, gt_tensor filters, int64_t stride,
                                  const char* padding, const int64_t* padding_list, size_t n_padding_list,
                                  int64_t dilations);

/* y[n, p, q, o] = sum x[n, p * stride + k * dilation - padding, ..., i] filters[k, l, i, o]: x [n, h, w,
 * in], filters [kh, kw, in, out]; padding SAME, VALID or [[top, bottom], [left, right]]. Attributes: strides
 * (default 1), padding (default "VALID"), dilations (default 1). */
static inline gt_tensor gt_conv2d(gt_context ctx, gt_tensor x, gt_tensor filters, const int64_t* strides,
                                  size_t n_strides, const char* padding, const int64_t* padding_list,
                                  size_t n_padding_list, const int64_t* dilations, size_t n_dilations);
/* The same, with its attributes in a struct. */
typedef struct gt_conv2d_attrs {
  size_t struct_size;
  const int64_t* strides;
  size_t n_strides;
  const char* padding;
  const int64_t* padding_list;
  size_t n_padding_list;
  const int64_t* dilations;
  size_t n_dilations;
} gt_conv2d_attrs;
#define GT_CONV2D_ATTRS_DEFAULT \
  {sizeof(gt_conv2d_attrs), NULL, 0, NULL, NULL, 0, NULL, 0}
static inline gt_tensor gt_conv2d_with(gt_context ctx, gt_tensor x, gt_tensor filters,
                                       const gt_conv2d_attrs* attrs /* or NULL */);

/* The transpose of the conv2d that maps output_shape to the shape of x: x [n, h, w, in], filters [kh, kw,
 * out, in]. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1),
 * output_shape. */
static inline gt_tensor gt_conv2d_transpose(gt_context ctx, gt_tensor x, gt_tensor filters,
                                            const int64_t* strides, size_t n_strides, const char* padding,
                                            const int64_t* padding_list, size_t n_padding_list,
                                            const int64_t* dilations, size_t n_dilations,
                                            const int64_t* output_shape, size_t n_output_shape);
/* The same, with its attributes in a struct. */
typedef struct gt_conv2d_transpose_attrs {
  size_t struct_size;
  const int64_t* strides;
  size_t n_strides;
  const char* padding;
  const int64_t* padding_list;
  size_t n_padding_list;
  const int64_t* dilations;
  size_t n_dilations;
  const int64_t* output_shape;
  size_t n_output_shape;
} gt_conv2d_transpose_attrs;
#define GT_CONV2D_TRANSPOSE_ATTRS_DEFAULT \
  {sizeof(gt_conv2d_transpose_attrs), NULL, 0, NULL, NULL, 0, NULL, 0, NULL, 0}
static inline gt_tensor gt_conv2d_transpose_with(gt_context ctx, gt_tensor x, gt_tensor filters,
                                                 const gt_conv2d_transpose_attrs* attrs /* or NULL */);

/* Each channel by filters of its own: x [n, h, w, in], filters [kh, kw, in, multiplier]; output channel in *
 * multiplier + m. Attributes: strides (default 1), padding (default "VALID"), dilations (default 1). */
static inline gt_tensor gt_depthwise_conv2d(gt_context ctx, gt_tensor x, gt_tensor filters,
                                            const int64_t* strides, size_t n_strides, const char* padding,
                                            const int64_t* padding_list, size_t n_padding_list,
                                            const int64_t* dilations, size_t n_dilations);
/* The same, with its attributes in a struct. */
typedef struct gt_depthwise_conv2d_attrs {
  size_t struct_size;
  const int64_t* strides;
  size_t n_strides;
  const char* padding;
  const int64_t* padding_list;
  size_t n_padding_list;
  const int64_t* dilations;
  size_t n_dilations;
} gt_depthwise_conv2d_attrs;
#define GT_DEPTHWISE_CONV2D_ATTRS_DEFAULT \
  {sizeof(gt_depthwise_conv2d_attrs), NULL, 0, NULL, NULL, 0, NULL, 0}
static inline gt_tensor gt_depthwise_conv2d_with(gt_context ctx, gt_tensor x, gt_tensor filters,
                                                 const gt_depthwise_conv2d_attrs* attrs /* or NULL */);

/* The largest entry of each window of ksize, strides apart: x [n, h, w, c]. The first of equal ones takes
 * the gradient; padding never wins. Attributes: ksize, strides, padding (default "VALID"). */
static inline gt_tensor gt_max_pool2d(gt_context ctx, gt_tensor x, const int64_t* ksize, size_t n_ksize,
                                      const int64_t* strides, size_t n_strides, const char* padding);

/* The mean of each window of ksize, strides apart, over what is not padding: x [n, h, w, c]. Attributes:
 * ksize, strides, padding (default "VALID"). */
static inline gt_tensor gt_avg_pool2d(gt_context ctx, gt_tensor x, const int64_t* ksize, size_t n_ksize,
                                      const int64_t* strides, size_t n_strides, const char* padding);

/* x + bias along the last axis (NHWC), or along axis 1 (NCHW). Attributes: data_format (default "NHWC"). */
static inline gt_tensor gt_bias_add(gt_context ctx, gt_tensor x, gt_tensor bias, const char* data_format);

/* (x - mean) / sqrt(variance + epsilon) * scale + offset; training: with the moments over `axes`, which are
 * outputs too. Attributes: training (default true), axes (optional), epsilon (default 0.001). */
static inline gt_status gt_batch_normalization(gt_context ctx, gt_tensor x, gt_tensor scale,
                                               gt_tensor offset, gt_tensor mean /* or NULL */,
                                               gt_tensor variance /* or NULL */, int32_t training,
                                               const int64_t* axes, size_t n_axes, double epsilon,
                                               gt_tensor* outputs, size_t capacity, size_t* n_outputs);

/* (x - mean) / sqrt(variance + epsilon) * scale + offset, with the moments over `axis`; scale and offset
 * have the sizes of these axes. Attributes: axis (default [-1]), epsilon (default 0.001). */
static inline gt_tensor gt_layer_normalization(gt_context ctx, gt_tensor x, gt_tensor scale,
                                               gt_tensor offset, const int64_t* axis, size_t n_axis,
                                               double epsilon);

/* x / sqrt(max(sum(x^2), epsilon)) over the axis. Attributes: axis (optional), epsilon (default 1e-12). */
static inline gt_tensor gt_l2_normalize(gt_context ctx, gt_tensor x, const int64_t* axis, size_t n_axis,
                                        double epsilon);

/* x * clip_norm / max(norm(x), clip_norm) over the axes; zeros stay, and their gradient passes. Attributes:
 * clip_norm, axes (optional). */
static inline gt_tensor gt_clip_by_norm(gt_context ctx, gt_tensor x, double clip_norm, const int64_t* axes,
                                        size_t n_axes);

/* Each input * clip_norm / max(norm, clip_norm), with the norm of all of them, which is the last output.
 * Attributes: clip_norm. */
static inline gt_status gt_clip_by_global_norm(gt_context ctx, const gt_tensor* values, size_t n_values,
                                               double clip_norm, gt_tensor* outputs, size_t capacity,
                                               size_t* n_outputs);

/* x * mask / (1 - rate). Attributes: rate. */
static inline gt_tensor gt_dropout(gt_context ctx, gt_tensor x, gt_tensor mask, double rate);

/* ---- Losses ------------------------------------------------------------ */
/* Distances between predicted and true values. */

/* (prediction - target)^2. Attributes: reduction (default "none"). */
static inline gt_tensor gt_mse(gt_context ctx, gt_tensor target, gt_tensor prediction, const char* reduction);

/* With e = prediction - target: e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2. Attributes: delta
 * (default 1), reduction (default "none"). */
static inline gt_tensor gt_huber_loss(gt_context ctx, gt_tensor target, gt_tensor prediction, double delta,
                                      const char* reduction);

/* -labels log(sigmoid(logits)) - (1 - labels) log(1 - sigmoid(logits)). */
static inline gt_tensor gt_sigmoid_cross_entropy_with_logits(gt_context ctx, gt_tensor labels,
                                                             gt_tensor logits);

/* -sum(labels * log_softmax(logits)) along the axis. Attributes: axis (default -1). */
static inline gt_tensor gt_softmax_cross_entropy_with_logits(gt_context ctx, gt_tensor labels,
                                                             gt_tensor logits, int64_t axis);

/* -log_softmax(logits)[label] along the last axis. */
static inline gt_tensor gt_sparse_softmax_cross_entropy(gt_context ctx, gt_tensor labels, gt_tensor logits);

#ifdef __cplusplus
}
#endif

#include "ops_inline.h"

#endif
