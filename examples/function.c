/* A function recorded once, with its gradient, and replayed from and to plain memory. */
#include <gradtape/gradtape.h>
#include <stdio.h>

static gt_status body(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                      size_t* n_out) {
  (void)data, (void)n, (void)capacity;
  gt_tape tape = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, tape, in[0]);
  out[0] = gt_reduce_sum(ctx, gt_multiply(ctx, gt_sin(ctx, in[0]), in[0]), NULL, 0, 0); /* sum of sin(x) x */
  *n_out = 2;
  return gt_tape_gradient(ctx, tape, &out[0], 1, &in[0], 1, NULL, GT_UNCONNECTED_NULL, &out[1]);
}

int main(void) {
  gt_context ctx;
  gt_context_create(&ctx);
  gt_spec x = {GT_FLOAT32, 1, {3}};
  gt_function f = gt_function_create(ctx, body, NULL, NULL, &x, 1);

  float values[] = {1, 2, 3}, y = 0, dy_dx[3] = {0};
  const void* inputs[] = {values};
  void* outputs[] = {&y, dy_dx};
  for (int step = 0; step < 3; ++step) { /* downhill */
    gt_function_run(ctx, f, inputs, 1, outputs, 2);
    printf("y = %g, dy/dx = %g %g %g\n", y, dy_dx[0], dy_dx[1], dy_dx[2]);
    for (int i = 0; i < 3; ++i) values[i] -= 0.1f * dy_dx[i];
  }

  char message[256];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  return gt_context_destroy(ctx);
}
