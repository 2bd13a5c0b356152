/* attrs.h included before any other header, as C99: lists and structs of attributes compile without a warning. */
#include "gradtape/attrs.h"

int gt_header_attrs(void);
int gt_header_attrs(void) {
  gt_context ctx;
  gt_attr_list list;
  gt_strided_slice_attrs attrs = GT_STRIDED_SLICE_ATTRS_DEFAULT;
  const int64_t shape[] = {3}, begin[] = {1}, end[] = {3};
  const double numbers[] = {-1, -2, -3};
  double values[2] = {0, 0};
  gt_tensor x, y = NULL;
  if (gt_context_create(&ctx) != GT_OK) return 1;
  x = gt_tensor_create(ctx, GT_FLOAT64, shape, 1, numbers, sizeof numbers);
  list.n = 0;
  gt_add_float(&list, "alpha", 0.5);
  if (gt_apply(ctx, "leaky_relu", &x, 1, list.attrs, list.n, &y, 1, NULL) != GT_OK) return 2;
  attrs.begin = begin, attrs.n_begin = 1;
  attrs.end = end, attrs.n_end = 1;
  if (gt_tensor_read(ctx, gt_strided_slice_with(ctx, y, &attrs), values, sizeof values) != GT_OK) return 3;
  return gt_context_destroy(ctx) == GT_OK && values[0] == -1 && values[1] == -1.5 ? 0 : 4;
}
