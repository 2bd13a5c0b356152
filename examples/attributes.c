/* Attributes of ops in C: as arguments, in a struct that begins with the defaults, and in a list for gt_apply. */
#include <gradtape/gradtape.h>
#include <stdio.h>

static void print(gt_context ctx, gt_tensor t) {
  char text[300];
  if (gt_eval(ctx, &t, 1) != GT_OK || gt_tensor_describe(ctx, t, text, sizeof text, NULL) != GT_OK)
    gt_take_error(ctx, text, sizeof text, NULL);
  printf("%s\n", text);
}

int main(void) {
  gt_context ctx;
  gt_context_create(&ctx);
  const float pixels[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, ones[] = {1, 1, 1, 1};
  const int64_t image[] = {1, 3, 3, 1}, window[] = {2, 2, 1, 1};
  const gt_tensor x = gt_tensor_create(ctx, GT_FLOAT32, image, 4, pixels, sizeof pixels);
  const gt_tensor filters = gt_tensor_create(ctx, GT_FLOAT32, window, 4, ones, sizeof ones);

  /* As arguments: strides, padding and dilations, of which the list counts where it is given. */
  print(ctx, gt_conv2d(ctx, x, filters, NULL, 2, "SAME", NULL, 0, NULL, 0));

  /* By name, in a struct. */
  gt_conv2d_attrs attrs = GT_CONV2D_ATTRS_DEFAULT;
  attrs.padding = "SAME";
  attrs.n_strides = 2; /* of both axes, as strides is NULL */
  print(ctx, gt_conv2d_with(ctx, x, filters, &attrs));

  /* In a list, as an op of one's own is called. */
  gt_attr_list list;
  list.n = 0;
  gt_add_string(&list, "padding", "SAME");
  gt_add_int(&list, "strides", 2);
  const gt_tensor inputs[] = {x, filters};
  gt_tensor y = NULL;
  gt_apply(ctx, "conv2d", inputs, 2, list.attrs, list.n, &y, 1, NULL);
  print(ctx, y);
  return gt_context_destroy(ctx);
}
