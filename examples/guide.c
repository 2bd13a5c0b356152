/* TensorFlow's guide "Advanced automatic differentiation", part by part, through the C interface.
 *
 * Each part prints the values that the guide shows, and checks its own claims. The program ends with 0 if all claims
 * hold. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "guide_layers.h"

static void title(const char* text) { printf("\n%s\n", text); }

static gt_tensor number(gt_context ctx, float value) {
  return gt_tensor_create(ctx, GT_FLOAT32, NULL, 0, &value, sizeof value);
}

static int close_to(double a, double b) { return fabs(a - b) <= 1e-5 * (1 + fabs(b)); }

/* ---- 1, 2: pausing and resetting a tape ---- */

static void stop_recording(gt_context ctx) {
  title("1. Stop recording: y_sq is computed behind the tape's back");
  gt_tensor x = gt_variable(ctx, number(ctx, 2)), y = gt_variable(ctx, number(ctx, 3));
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_tensor x_sq = gt_multiply(ctx, x, x);
  gt_tape_stop_recording(ctx, t);
  gt_tensor y_sq = gt_multiply(ctx, y, y);
  gt_tape_resume_recording(ctx, t);
  gt_tensor z = gt_add(ctx, x_sq, y_sq);
  gt_tensor sources[] = {x, y}, grad[2];
  gt_tape_gradient(ctx, t, &z, 1, sources, 2, NULL, GT_UNCONNECTED_NULL, grad);
  print_item(ctx, "dz/dx", grad[0]);
  print_item(ctx, "dz/dy", grad[1]);
  check(item(ctx, grad[0]) == 4 && !grad[1], "dz/dx is 2x, and y is not connected");
}

static void reset(gt_context ctx) {
  title("2. Reset: the recording starts anew");
  gt_tensor x = gt_variable(ctx, number(ctx, 2)), y = gt_variable(ctx, number(ctx, 3));
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_tensor y_sq = gt_multiply(ctx, y, y);
  gt_tape_reset(ctx, t); /* throws away the recording so far */
  gt_tensor z = gt_add(ctx, gt_multiply(ctx, x, x), y_sq);
  gt_tensor sources[] = {x, y}, grad[2];
  gt_tape_gradient(ctx, t, &z, 1, sources, 2, NULL, GT_UNCONNECTED_NULL, grad);
  print_item(ctx, "dz/dx", grad[0]);
  print_item(ctx, "dz/dy", grad[1]);
  check(item(ctx, grad[0]) == 4 && !grad[1], "dz/dx is 2x, and y is not connected");
}

/* ---- 3: stopping the gradient ---- */

static void stop_gradient(gt_context ctx) {
  title("3. Stop gradient: more precise than stopping the tape");
  gt_tensor x = gt_variable(ctx, number(ctx, 2)), y = gt_variable(ctx, number(ctx, 3));
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_tensor y_sq = gt_square(ctx, y);
  gt_tensor z = gt_add(ctx, gt_square(ctx, x), gt_stop_gradient(ctx, y_sq));
  gt_tensor sources[] = {x, y}, grad[2];
  gt_tape_gradient(ctx, t, &z, 1, sources, 2, NULL, GT_UNCONNECTED_NULL, grad);
  print_item(ctx, "dz/dx", grad[0]);
  print_item(ctx, "dz/dy", grad[1]);
  check(item(ctx, grad[0]) == 4 && !grad[1], "the gradient stops at stop_gradient");
}

/* ---- 4: custom gradients ---- */

/* An identity whose gradient is clipped on its way back. */
static gt_status identity_forward(gt_context ctx, void* user, const gt_tensor* in, size_t n, gt_tensor* out,
                                  size_t capacity, size_t* n_out) {
  (void)ctx, (void)user, (void)n, (void)capacity;
  out[0] = in[0];
  *n_out = 1;
  return GT_OK;
}
static gt_status clip_backward(gt_context ctx, void* user, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  (void)user, (void)call;
  dx[0] = gt_clip_by_norm(ctx, dy[0], 0.5, NULL, 0);
  return dx[0] ? GT_OK : GT_CALLBACK_FAILED;
}

static void clip_gradient(gt_context ctx) {
  printf("Clip the gradient during the backward pass:\n");
  gt_tensor v = gt_variable(ctx, number(ctx, 2)), output = NULL, grad = NULL;
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_tensor squared = gt_multiply(ctx, v, v);
  gt_custom_gradient(ctx, "clip_gradients", identity_forward, clip_backward, NULL, NULL, &squared, 1, &output, 1, NULL);
  gt_tape_gradient(ctx, t, &output, 1, &v, 1, NULL, GT_UNCONNECTED_NULL, &grad);
  print_item(ctx, "  d(v * v)/dv with its gradient clipped to 0.5", grad);
  check(item(ctx, output) == 4 && item(ctx, grad) == 2, "the value is 4, the gradient 0.5 * 2v");
}

/* An op of one's own over plain memory (the cube), and its gradient, registered by name. */
static gt_status cube_infer(gt_context ctx, void* user, const gt_spec* in, size_t n, const gt_attr* attrs,
                            size_t n_attrs, gt_spec* out, size_t capacity, size_t* n_out) {
  (void)ctx, (void)user, (void)attrs, (void)n_attrs, (void)capacity;
  if (n != 1 || in[0].dtype != GT_FLOAT32) return GT_INVALID_ARGUMENT;
  out[0] = in[0];
  *n_out = 1;
  return GT_OK;
}
static gt_status cube_compute(void* user, const gt_spec* specs, const void* const* in, size_t n, const gt_attr* attrs,
                              size_t n_attrs, const gt_spec* out_specs, void* const* out, size_t n_out) {
  (void)user, (void)n, (void)attrs, (void)n_attrs, (void)out_specs, (void)n_out;
  const float* x = in[0];
  float* y = out[0];
  int64_t elements = 1;
  for (int32_t i = 0; i < specs[0].rank; ++i) elements *= specs[0].dims[i];
  for (int64_t i = 0; i < elements; ++i) y[i] = x[i] * x[i] * x[i];
  return GT_OK;
}
static gt_status cube_gradient(gt_context ctx, void* user, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  (void)user;
  dx[0] = gt_multiply(ctx, dy[0], gt_multiply(ctx, gt_scalar(ctx, 3), gt_square(ctx, call->inputs[0])));
  return dx[0] ? GT_OK : GT_CALLBACK_FAILED;
}

static void own_op(gt_context ctx) {
  printf("An op of one's own with a registered gradient:\n");
  gt_op_definition cube;
  memset(&cube, 0, sizeof cube);
  cube.struct_size = sizeof cube;
  cube.doc = "x * x * x";
  cube.infer = cube_infer;
  cube.compute = cube_compute;
  gt_register_op("cube", &cube, NULL, NULL);
  gt_register_gradient("cube", cube_gradient, NULL, NULL);
  gt_tensor x = gt_variable(ctx, number(ctx, 2)), y = NULL, first = NULL, second = NULL;
  gt_tape outer = gt_tape_begin(ctx, 0), inner = gt_tape_begin(ctx, 0);
  gt_apply(ctx, "cube", &x, 1, NULL, 0, &y, 1, NULL);
  gt_tape_gradient(ctx, inner, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &first);
  gt_tape_gradient(ctx, outer, &first, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &second);
  printf("  cube(2) = %g, first derivative %g, second %g\n", item(ctx, y), item(ctx, first), item(ctx, second));
  check(item(ctx, y) == 8 && item(ctx, first) == 12 && item(ctx, second) == 12,
        "3x^2 and 6x: a gradient made of ops has a gradient");
}

/* log(1 + e^x): the plain formula overflows at 100, and its gradient is nan there. The backward pass takes e^x from the
 * forward pass. */
typedef struct {
  gt_tensor e;
} kept_exp;
static gt_status log1pexp_forward(gt_context ctx, void* user, const gt_tensor* in, size_t n, gt_tensor* out,
                                  size_t capacity, size_t* n_out) {
  (void)n, (void)capacity;
  kept_exp* kept = user;
  kept->e = gt_exp(ctx, in[0]);
  out[0] = gt_log(ctx, gt_add(ctx, gt_scalar(ctx, 1), kept->e));
  *n_out = 1;
  return out[0] ? GT_OK : GT_CALLBACK_FAILED;
}
static gt_status log1pexp_backward(gt_context ctx, void* user, const gt_call* call, const gt_tensor* dy,
                                   gt_tensor* dx) {
  (void)call;
  const kept_exp* kept = user;
  gt_tensor one = gt_scalar(ctx, 1); /* dy * (1 - 1 / (1 + e^x)) */
  dx[0] = gt_multiply(ctx, dy[0], gt_subtract(ctx, one, gt_divide(ctx, one, gt_add(ctx, one, kept->e))));
  return dx[0] ? GT_OK : GT_CALLBACK_FAILED;
}

static void stable_gradient(gt_context ctx) {
  printf("A numerically stable gradient, with e^x kept from the forward pass:\n");
  gt_tensor x = gt_variable(ctx, number(ctx, 100)), y = NULL, naive = NULL, stable = NULL;
  gt_tape plain = gt_tape_begin(ctx, 0);
  gt_tensor log1pexp = gt_log(ctx, gt_add(ctx, gt_scalar(ctx, 1), gt_exp(ctx, x)));
  gt_tape_gradient(ctx, plain, &log1pexp, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &naive);
  kept_exp kept = {NULL};
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_custom_gradient(ctx, "log1pexp", log1pexp_forward, log1pexp_backward, &kept, NULL, &x, 1, &y, 1, NULL);
  gt_tape_gradient(ctx, t, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &stable);
  print_item(ctx, "  gradient of log(1 + exp(x)) at 100, by the formula", naive);
  print_item(ctx, "  and with the custom gradient", stable);
  check(isnan(item(ctx, naive)) && item(ctx, stable) == 1, "nan becomes 1");
}

/* A value changed without its gradient. */
static gt_status round_and_clip_forward(gt_context ctx, void* user, const gt_tensor* in, size_t n, gt_tensor* out,
                                        size_t capacity, size_t* n_out) {
  (void)user, (void)n, (void)capacity;
  out[0] = gt_round(ctx, gt_clip_by_value(ctx, in[0], 0, 10));
  *n_out = 1;
  return out[0] ? GT_OK : GT_CALLBACK_FAILED;
}
static gt_status pass_backward(gt_context ctx, void* user, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  (void)ctx, (void)user, (void)call;
  dx[0] = dy[0];
  return GT_OK;
}

static void pass_through(gt_context ctx) {
  printf("A value rounded and clipped, its gradient passed through:\n");
  gt_tensor x = gt_variable(ctx, number(ctx, 12.3f)), y = NULL, grad = NULL;
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_custom_gradient(ctx, "round_and_clip", round_and_clip_forward, pass_backward, NULL, NULL, &x, 1, &y, 1, NULL);
  gt_tape_gradient(ctx, t, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &grad);
  printf("  12.3 becomes %g, with gradient %g\n", item(ctx, y), item(ctx, grad));
  check(item(ctx, y) == 10 && item(ctx, grad) == 1, "round and clip_by_value are the identity backwards");
}

static void custom_gradients(gt_context ctx) {
  title("4. Custom gradients");
  clip_gradient(ctx);
  own_op(ctx);
  stable_gradient(ctx);
  pass_through(ctx);
}

/* ---- 5, 6: several tapes, higher orders ---- */

static void multiple_tapes(gt_context ctx) {
  title("5. Multiple tapes: each watches what it is told");
  gt_tensor x0 = number(ctx, 0), x1 = number(ctx, 0), g0 = NULL, g1 = NULL;
  gt_tape tape0 = gt_tape_begin(ctx, 0), tape1 = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, tape0, x0);
  gt_tape_watch(ctx, tape1, x1);
  gt_tensor ys = sum_all(ctx, gt_add(ctx, gt_sin(ctx, x0), gt_sigmoid(ctx, x1)));
  gt_tape_gradient(ctx, tape0, &ys, 1, &x0, 1, NULL, GT_UNCONNECTED_NULL, &g0);
  gt_tape_gradient(ctx, tape1, &ys, 1, &x1, 1, NULL, GT_UNCONNECTED_NULL, &g1);
  print_item(ctx, "dys/dx0 (cos 0)", g0);
  print_item(ctx, "dys/dx1 (sigmoid' 0)", g1);
  check(item(ctx, g0) == 1 && item(ctx, g1) == 0.25, "1 and 1/4");
}

static void higher_order(gt_context ctx) {
  title("6. Higher-order gradients: a gradient taken while another tape records");
  gt_tensor x = gt_variable(ctx, number(ctx, 1)), d1 = NULL, d2 = NULL, d3 = NULL;
  gt_tape t3 = gt_tape_begin(ctx, 0), t2 = gt_tape_begin(ctx, 0), t1 = gt_tape_begin(ctx, 0);
  gt_tensor y = gt_multiply(ctx, x, gt_multiply(ctx, x, x));
  gt_tape_gradient(ctx, t1, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &d1);
  gt_tape_gradient(ctx, t2, &d1, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &d2);
  gt_tape_gradient(ctx, t3, &d2, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &d3);
  print_item(ctx, "dy_dx: 3 * x**2", d1);
  print_item(ctx, "d2y_dx2: 6 * x", d2);
  print_item(ctx, "d3y_dx3: 6", d3);
  check(item(ctx, d1) == 3 && item(ctx, d2) == 6 && item(ctx, d3) == 6, "3, 6 and 6 at x = 1");
}

/* ---- 7: input gradient regularisation ---- */

static void input_gradient_regularization(gt_context ctx) {
  title("7. Input gradient regularization: the gradient of the size of a gradient");
  gt_tensor x = normal(ctx, 7, 5);
  dense_layer l = dense(ctx, 5, 10, gt_relu);
  gt_tensor params[] = {l.kernel, l.bias}, grads[2], g1 = NULL;
  gt_tape t2 = gt_tape_begin(ctx, 0); /* the outer tape records the inner gradient */
  gt_tape t1 = gt_tape_begin(ctx, GT_TAPE_MANUAL_WATCH);
  gt_tape_watch(ctx, t1, x);
  gt_tensor out = sum_all(ctx, gt_square(ctx, dense_apply(ctx, &l, x)));
  gt_tape_gradient(ctx, t1, &out, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &g1);
  gt_tensor magnitude = gt_norm(ctx, g1, "euclidean", NULL, 0, 0);
  gt_tape_gradient(ctx, t2, &magnitude, 1, params, 2, NULL, GT_UNCONNECTED_NULL, grads);
  print_item(ctx, "size of the gradient by the input", magnitude);
  print_shape(ctx, "its gradient by the kernel", grads[0]);
  print_shape(ctx, "its gradient by the bias", grads[1]);
  check(item(ctx, gt_norm(ctx, grads[0], "euclidean", NULL, 0, 0)) > 0, "the kernel can be trained to make it smaller");
}

/* ---- 8, 9: Jacobians ---- */

static void scalar_source(gt_context ctx) {
  title("8. Jacobian of a tensor by a scalar: sigmoid along a line");
  gt_tensor x = gt_linspace(ctx, number(ctx, -10), number(ctx, 10), 201, 0);
  gt_tensor delta = gt_variable(ctx, number(ctx, 0)), dy_dx = NULL;
  gt_tape t = gt_tape_begin(ctx, 0);
  gt_tensor y = gt_sigmoid(ctx, gt_add(ctx, x, delta));
  gt_tape_jacobian(ctx, t, y, &delta, 1, NULL, &dy_dx);
  print_shape(ctx, "y.shape", y);
  print_shape(ctx, "dy_dx.shape", dy_dx);
  float slope[201];
  if (gt_tensor_read(ctx, dy_dx, slope, sizeof slope) != GT_OK) die(ctx, "reading the Jacobian");
  printf("slope at -10, -2, 0, 2, 10: %.5f %.5f %.5f %.5f %.5f\n", slope[0], slope[80], slope[100], slope[120],
         slope[200]);
  check(slope[100] == 0.25f && close_to(slope[80], slope[120]), "1/4 in the middle, and symmetric");
}

static void tensor_source(gt_context ctx) {
  title("9. Jacobian of a layer's output by its kernel");
  gt_tensor x = normal(ctx, 7, 5), jacobian = NULL, gradient = NULL;
  dense_layer l = dense(ctx, 5, 10, gt_relu);
  gt_tape t = gt_tape_begin(ctx, GT_TAPE_PERSISTENT);
  gt_tensor y = dense_apply(ctx, &l, x);
  gt_tape_jacobian(ctx, t, y, &l.kernel, 1, NULL, &jacobian);
  gt_tape_gradient(ctx, t, &y, 1, &l.kernel, 1, NULL, GT_UNCONNECTED_NULL, &gradient);
  print_shape(ctx, "y.shape", y);
  print_shape(ctx, "kernel.shape", l.kernel);
  print_shape(ctx, "jacobian.shape", jacobian);
  const int64_t target_axes[] = {0, 1};
  const double delta = largest_difference(ctx, gt_reduce_sum(ctx, jacobian, target_axes, 2, 0), gradient);
  printf("largest difference between the gradient and the Jacobian's sum: %g\n", delta);
  check(delta < 1e-4, "the Jacobian, summed over the target, is the gradient");
}

/* ---- 10: the Hessian ---- */

static gt_tensor two_layer_loss(gt_context ctx, const dense_layer* l1, const dense_layer* l2, gt_tensor x) {
  return mean_all(ctx, gt_square(ctx, dense_apply(ctx, l2, dense_apply(ctx, l1, x))));
}

static void hessian_newton(gt_context ctx) {
  title("10. The Hessian, and a step of Newton's method");
  gt_tensor x = normal(ctx, 7, 5), g = NULL, h = NULL;
  dense_layer l1 = dense(ctx, 5, 8, gt_relu), l2 = dense(ctx, 8, 6, gt_relu);
  gt_tape t2 = gt_tape_begin(ctx, 0), t1 = gt_tape_begin(ctx, 0);
  gt_tensor loss = two_layer_loss(ctx, &l1, &l2, x);
  gt_tape_gradient(ctx, t1, &loss, 1, &l1.kernel, 1, NULL, GT_UNCONNECTED_NULL, &g);
  gt_tape_jacobian(ctx, t2, g, &l1.kernel, 1, NULL, &h);
  print_shape(ctx, "kernel.shape", l1.kernel);
  print_shape(ctx, "hessian.shape", h);

  const int64_t n = 40, matrix[] = {40, 40}, column[] = {40, 1}, kernel[] = {5, 8};
  gt_tensor h_mat = gt_reshape(ctx, h, matrix, 2), g_vec = gt_reshape(ctx, g, column, 2);
  const double asymmetry = largest_difference(ctx, h_mat, gt_transpose(ctx, h_mat, NULL, 0));
  printf("largest difference between the Hessian and its transpose: %g\n", asymmetry);
  check(asymmetry < 1e-5, "the Hessian is symmetric");

  const double eps = 1e-3; /* keeps the matrix away from singular ones: relu leaves directions flat */
  gt_tensor eye = gt_eye(ctx, n, n, NULL, 0, GT_FLOAT32);
  gt_tensor update = gt_solve(ctx, gt_add(ctx, h_mat, gt_multiply(ctx, eye, gt_scalar(ctx, eps))), g_vec, 0);
  const double before = item(ctx, loss);
  gt_assign_sub(ctx, l1.kernel, gt_reshape(ctx, update, kernel, 2));
  const double after = item(ctx, two_layer_loss(ctx, &l1, &l2, x));
  printf("loss before the step %g, after it %g\n", before, after);
  check(after < before, "the step lowers the loss");
}

/* ---- 11, 12: batch Jacobians ---- */

static void batch_jacobian(gt_context ctx) {
  title("11. Batch Jacobian: one block for each sample");
  gt_tensor x = normal(ctx, 7, 5), full = NULL, blocks = NULL;
  layer model[2] = {{DENSE, dense(ctx, 5, 8, gt_elu), {0}}, {DENSE, dense(ctx, 8, 6, gt_elu), {0}}};
  gt_tape t = gt_tape_begin(ctx, GT_TAPE_PERSISTENT | GT_TAPE_MANUAL_WATCH);
  gt_tape_watch(ctx, t, x);
  gt_tensor y = sequential(ctx, model, 2, x);
  gt_tape_jacobian(ctx, t, y, &x, 1, NULL, &full);
  gt_tape_batch_jacobian(ctx, t, y, x, NULL, &blocks);
  print_shape(ctx, "y.shape", y);
  print_shape(ctx, "full jacobian.shape", full);
  print_shape(ctx, "batch_jacobian.shape", blocks);

  const int64_t axis[] = {2};
  gt_tensor sum = gt_reduce_sum(ctx, full, axis, 1, 0), diagonal = gt_einsum(ctx, &full, 1, "bxby->bxy");
  printf("largest difference from the full Jacobian's diagonal: %g, from its sum over the batch: %g\n",
         largest_difference(ctx, blocks, diagonal), largest_difference(ctx, blocks, sum));
  check(largest_difference(ctx, blocks, diagonal) < 1e-5, "the blocks are the diagonal of the full Jacobian");
  check(largest_difference(ctx, sum, diagonal) < 1e-5, "which is 0 off its diagonal: samples do not touch each other");
}

static void batch_norm_refused(gt_context ctx) {
  title("12. Batch normalization: the samples depend on each other");
  gt_tensor x = normal(ctx, 7, 5), full = NULL, blocks = NULL;
  layer model[3] = {{DENSE, dense(ctx, 5, 8, gt_elu), {0}},
                    {BATCH_NORM, {0}, batch_norm(ctx, 8)},
                    {DENSE, dense(ctx, 8, 6, gt_elu), {0}}};
  gt_tape t = gt_tape_begin(ctx, GT_TAPE_PERSISTENT | GT_TAPE_MANUAL_WATCH);
  gt_tape_watch(ctx, t, x);
  gt_tensor y = sequential(ctx, model, 3, x);
  const gt_status refused = gt_tape_batch_jacobian(ctx, t, y, x, NULL, &blocks);
  char message[512];
  gt_take_error(ctx, message, sizeof message, NULL);
  printf("refused: %s\n", message);
  check(refused == GT_FAILED_PRECONDITION && !blocks, "TensorFlow returns numbers here that mean nothing");

  gt_jacobian_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.batch_dependence = GT_BATCH_SUM; /* TensorFlow's formula, asked for by name */
  gt_tape_batch_jacobian(ctx, t, y, x, &options, &blocks);
  gt_tape_jacobian(ctx, t, y, &x, 1, NULL, &full);
  const int64_t axis[] = {0};
  gt_tensor diagonal = gt_einsum(ctx, &full, 1, "bxby->bxy"), sum = gt_reduce_sum(ctx, full, axis, 1, 0);
  const int64_t perm[] = {1, 0, 2};
  printf("the sum over the batch differs from the diagonal by %g\n", largest_difference(ctx, blocks, diagonal));
  check(largest_difference(ctx, blocks, gt_transpose(ctx, sum, perm, 3)) < 1e-5,
        "GT_BATCH_SUM is the full Jacobian summed over the target's batch");
  check(largest_difference(ctx, blocks, diagonal) > 1e-3, "which is not the diagonal");
}

int main(void) {
  static void (*const parts[])(gt_context) = {stop_recording,
                                              reset,
                                              stop_gradient,
                                              custom_gradients,
                                              multiple_tapes,
                                              higher_order,
                                              input_gradient_regularization,
                                              scalar_source,
                                              tensor_source,
                                              hessian_newton,
                                              batch_jacobian,
                                              batch_norm_refused};
  gt_context ctx;
  if (gt_context_create(&ctx) != GT_OK) return 1;
  printf("gradtape %s: TensorFlow's guide \"Advanced automatic differentiation\" in C\n", gt_version());
  gt_random_seed(ctx, 42);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i) {
    gt_scope_begin(ctx);
    parts[i](ctx);
    gt_scope_end(ctx, NULL, 0);
    if (gt_take_error(ctx, NULL, 0, NULL) != GT_OK) {
      printf("  [FAILED] an error was left behind\n");
      return 1;
    }
  }
  gt_context_destroy(ctx);
  printf("\n%s\n", failed_checks() == 0 ? "All claims hold." : "Some claims do not hold.");
  return failed_checks() != 0;
}
