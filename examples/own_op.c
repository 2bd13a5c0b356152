/* An op of one's own: cube, computed by a loop, with its gradient. The library derives the second derivative and
 * forward mode. */
#include <gradtape/gradtape.h>
#include <stdio.h>

/* The output is like the input. */
static gt_status infer(gt_context ctx, void* data, const gt_spec* inputs, size_t n, const gt_attr* attrs,
                       size_t n_attrs, gt_spec* outputs, size_t capacity, size_t* n_outputs) {
  (void)data, (void)attrs, (void)n_attrs, (void)capacity;
  if (n != 1 || inputs[0].dtype != GT_FLOAT64)
    return gt_set_error(ctx, GT_INVALID_ARGUMENT, "cube: it takes one tensor of float64"), GT_INVALID_ARGUMENT;
  outputs[0] = inputs[0];
  *n_outputs = 1;
  return GT_OK;
}

static gt_status compute(void* data, const gt_spec* specs, const void* const* inputs, size_t n, const gt_attr* attrs,
                         size_t n_attrs, const gt_spec* output_specs, void* const* outputs, size_t n_outputs) {
  (void)data, (void)n, (void)attrs, (void)n_attrs, (void)output_specs, (void)n_outputs;
  const double* x = inputs[0];
  double* y = outputs[0];
  int64_t size = 1;
  for (int32_t i = 0; i < specs[0].rank; ++i) size *= specs[0].dims[i];
  for (int64_t i = 0; i < size; ++i) y[i] = x[i] * x[i] * x[i];
  return GT_OK;
}

/* 3 x^2 dy, written with ops, so that it has derivatives itself. */
static gt_status gradient(gt_context ctx, void* data, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  (void)data;
  gt_tensor slope = gt_multiply(ctx, gt_scalar(ctx, 3), gt_square(ctx, call->inputs[0]));
  dx[0] = gt_multiply(ctx, slope, dy[0]);
  return dx[0] ? GT_OK : GT_CALLBACK_FAILED;
}

static gt_tensor cube(gt_context ctx, gt_tensor x) {
  gt_tensor y = NULL;
  gt_apply(ctx, "cube", &x, 1, NULL, 0, &y, 1, NULL);
  return y;
}

int main(void) {
  gt_op_definition definition = {
      .struct_size = sizeof definition, .infer = infer, .compute = compute, .gradient = gradient};
  if (gt_register_op("cube", &definition, NULL, NULL) != GT_OK) return 1;

  gt_context ctx;
  gt_context_create(&ctx);
  double values[] = {1, 2}, hessian[4];
  int64_t shape[] = {2};
  gt_tensor x = gt_tensor_create(ctx, GT_FLOAT64, shape, 1, values, sizeof values);

  gt_tape outer = gt_tape_begin(ctx, 0), inner = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, outer, x);
  gt_tape_watch(ctx, inner, x);
  gt_tensor y = cube(ctx, x), dy_dx = NULL, second = NULL;
  gt_tape_gradient(ctx, inner, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &dy_dx);
  gt_tape_jacobian(ctx, outer, dy_dx, &x, 1, NULL, &second);
  gt_tensor_read(ctx, dy_dx, values, sizeof values);
  gt_tensor_read(ctx, second, hessian, sizeof hessian);

  char message[256];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  printf("gradient %g %g\nHessian %g %g, %g %g\n", values[0], values[1], hessian[0], hessian[1], hessian[2],
         hessian[3]);
  return gt_context_destroy(ctx);
}
