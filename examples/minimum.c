/* A minimum in C: the objective is a function of tensors, and the solver differentiates it. */
#include <gradtape/solve.h>
#include <stdio.h>

static gt_tensor part(gt_context ctx, gt_tensor x, int64_t begin, int64_t size) {
  return gt_slice(ctx, x, &begin, 1, &size, 1);
}

/* Rosenbrock's chain: the sum of 100 (x[i + 1] - x[i]^2)^2 + (1 - x[i])^2. */
static gt_status chain(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                       size_t* n_out) {
  (void)data, (void)n, (void)capacity;
  gt_tensor a = part(ctx, in[0], 0, 9), b = part(ctx, in[0], 1, 9);
  gt_tensor valley = gt_multiply(ctx, gt_scalar(ctx, 10), gt_subtract(ctx, b, gt_square(ctx, a)));
  gt_tensor slope = gt_subtract(ctx, gt_scalar(ctx, 1), a);
  out[0] = gt_reduce_sum(ctx, gt_add(ctx, gt_square(ctx, valley), gt_square(ctx, slope)), NULL, 0, 0);
  *n_out = 1;
  return GT_OK;
}

int main(void) {
  gt_context ctx;
  gt_context_create(&ctx);
  double x[10] = {0};
  int64_t shape[] = {10};
  gt_tensor start = gt_tensor_create(ctx, GT_FLOAT64, shape, 1, x, sizeof x), minimum = NULL;

  gt_solve_report report = {.struct_size = sizeof report};
  gt_minimize(ctx, chain, NULL, NULL, &start, 1, NULL, &minimum, &report);
  gt_tensor_read(ctx, minimum, x, sizeof x);

  char message[256];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  printf("%s: x[0] = %.6f, x[9] = %.6f\n", gt_solve_outcome_name(report.outcome), x[0], x[9]);
  return gt_context_destroy(ctx) != GT_OK || !report.converged;
}
