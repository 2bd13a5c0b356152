/* The public headers alone, as C99: they compile without a warning, and every typed function with them. */
#include "gradtape/solve.h"

int gt_header_c99(void);
int gt_header_c99(void) {
  gt_context ctx;
  gt_tensor x, y;
  double value = 0;
  if (gt_context_create(&ctx) != GT_OK) return 1;
  x = gt_scalar(ctx, 3.0);
  y = gt_multiply(ctx, x, x);
  if (gt_tensor_read(ctx, y, &value, sizeof value) != GT_OK) return 2;
  return gt_context_destroy(ctx) == GT_OK && value == 9.0 ? 0 : 3;
}
