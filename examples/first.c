#include <gradtape/gradtape.h>
#include <stdio.h>

int main(void) {
  gt_context ctx;
  gt_context_create(&ctx);
  float values[] = {1, 2, 3};
  int64_t shape[] = {3};
  gt_tensor x = gt_tensor_create(ctx, GT_FLOAT32, shape, 1, values, sizeof values);

  gt_tape tape = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, tape, x);
  gt_tensor y = gt_reduce_sum(ctx, gt_multiply(ctx, gt_sin(ctx, x), x), NULL, 0, 0); /* sum of sin(x) x */
  gt_tensor dy_dx = NULL;
  gt_tape_gradient(ctx, tape, &y, 1, &x, 1, NULL, GT_UNCONNECTED_NULL, &dy_dx);
  gt_tensor_read(ctx, dy_dx, values, sizeof values);

  char message[256];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  printf("dy/dx = %g %g %g\n", values[0], values[1], values[2]);
  return gt_context_destroy(ctx);
}
