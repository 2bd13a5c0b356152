#include "guide_layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int failures = 0;

void die(gt_context ctx, const char* what) {
  char message[512];
  const gt_status code = gt_take_error(ctx, message, sizeof message, NULL);
  fprintf(stderr, "%s: %s: %s\n", what, gt_status_name(code), message);
  exit(1);
}

double item(gt_context ctx, gt_tensor t) {
  float value = 0;
  if (gt_tensor_read(ctx, t, &value, sizeof value) != GT_OK) die(ctx, "reading a number");
  return value;
}

void print_shape(gt_context ctx, const char* label, gt_tensor t) {
  int64_t dims[8];
  size_t rank = 0;
  if (gt_tensor_shape(ctx, t, dims, 8, &rank) != GT_OK) die(ctx, label);
  printf("%s: (", label);
  for (size_t i = 0; i < rank; ++i) printf("%s%lld", i ? ", " : "", (long long)dims[i]);
  printf(")\n");
}

void print_item(gt_context ctx, const char* label, gt_tensor t) {
  if (!t)
    printf("%s: None\n", label);
  else if (isnan(item(ctx, t)))
    printf("%s: nan\n", label); /* without the sign that some machines print */
  else
    printf("%s: %g\n", label, item(ctx, t));
}

void check(int holds, const char* claim) {
  printf("  %s %s\n", holds ? "[ok]" : "[FAILED]", claim);
  failures += !holds;
}
int failed_checks(void) { return failures; }

gt_tensor sum_all(gt_context ctx, gt_tensor x) { return gt_reduce_sum(ctx, x, NULL, 0, 0); }
gt_tensor mean_all(gt_context ctx, gt_tensor x) { return gt_reduce_mean(ctx, x, NULL, 0, 0); }

double largest_difference(gt_context ctx, gt_tensor a, gt_tensor b) {
  return item(ctx, gt_reduce_max(ctx, gt_abs(ctx, gt_subtract(ctx, a, b)), NULL, 0, 0));
}

gt_tensor normal(gt_context ctx, int64_t rows, int64_t columns) {
  const int64_t shape[] = {rows, columns};
  return gt_random_normal(ctx, shape, 2, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT);
}

static gt_tensor constant_variable(gt_context ctx, int64_t n, double value) {
  return gt_variable(ctx, gt_fill(ctx, gt_cast(ctx, gt_scalar(ctx, value), GT_FLOAT32), &n, 1));
}

dense_layer dense(gt_context ctx, int64_t inputs, int64_t units, activation_fn activation) {
  const int64_t shape[] = {inputs, units};
  const double limit = sqrt(6.0 / (double)(inputs + units));
  dense_layer l;
  l.kernel =
      gt_variable(ctx, gt_random_uniform(ctx, shape, 2, GT_FLOAT32, -limit, limit, GT_DEFAULT_INT, GT_DEFAULT_INT));
  l.bias = constant_variable(ctx, units, 0);
  l.activation = activation;
  return l;
}

batch_norm_layer batch_norm(gt_context ctx, int64_t features) {
  batch_norm_layer l;
  l.gamma = constant_variable(ctx, features, 1);
  l.beta = constant_variable(ctx, features, 0);
  return l;
}

gt_tensor dense_apply(gt_context ctx, const dense_layer* l, gt_tensor x) {
  gt_tensor y = gt_add(ctx, gt_matmul(ctx, x, l->kernel, 0, 0), l->bias);
  return l->activation ? l->activation(ctx, y) : y;
}

gt_tensor batch_norm_apply(gt_context ctx, const batch_norm_layer* l, gt_tensor x) {
  const int64_t axes[] = {0};
  gt_tensor out[3];
  gt_batch_normalization(ctx, x, l->gamma, l->beta, NULL, NULL, 1, axes, 1, 1e-3, out, 3, NULL);
  return out[0];
}

gt_tensor sequential(gt_context ctx, const layer* layers, size_t n, gt_tensor x) {
  for (size_t i = 0; i < n; ++i)
    x = layers[i].kind == DENSE ? dense_apply(ctx, &layers[i].dense, x) : batch_norm_apply(ctx, &layers[i].norm, x);
  return x;
}
