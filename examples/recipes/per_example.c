/* Recipe: the gradient of each example's loss by shared weights. Two ways that agree: weights of their own for each
 * example and one gradient of all losses, or the Jacobian of the losses. */
#include <gradtape/gradtape.h>
#include <math.h>
#include <stdio.h>

enum { EXAMPLES = 32, INPUTS = 5, HIDDEN = 7 };

/* The squared errors of a perceptron: x [.., INPUTS], weights [.., INPUTS, HIDDEN] and [.., HIDDEN, 1]. */
static gt_tensor losses(gt_context ctx, gt_tensor x, gt_tensor y, const gt_tensor* weights) {
  const int64_t flat = EXAMPLES;
  gt_tensor hidden = gt_tanh(ctx, gt_matmul(ctx, x, weights[0], 0, 0));
  gt_tensor predicted = gt_reshape(ctx, gt_matmul(ctx, hidden, weights[1], 0, 0), &flat, 1);
  return gt_squared_difference(ctx, predicted, y);
}

/* Inputs of both: the two weights, x [EXAMPLES, INPUTS] and y [EXAMPLES]. Outputs: [EXAMPLES, weight...] each. */
static gt_status own_weights(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                             size_t* n_out) {
  (void)data, (void)n, (void)capacity;
  const int64_t first[] = {EXAMPLES, INPUTS, HIDDEN}, second[] = {EXAMPLES, HIDDEN, 1}, rows[] = {EXAMPLES, 1, INPUTS};
  gt_tensor weights[] = {gt_broadcast_to(ctx, in[0], first, 3), gt_broadcast_to(ctx, in[1], second, 3)};
  gt_tape tape = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, tape, weights[0]);
  gt_tape_watch(ctx, tape, weights[1]);
  gt_tensor each = losses(ctx, gt_reshape(ctx, in[2], rows, 3), in[3], weights);
  *n_out = 2;
  return gt_tape_gradient(ctx, tape, &each, 1, weights, 2, NULL, GT_UNCONNECTED_NULL, out);
}
static gt_status jacobian(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                          size_t* n_out) {
  (void)data, (void)n, (void)capacity;
  gt_tape tape = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, tape, in[0]);
  gt_tape_watch(ctx, tape, in[1]);
  gt_tensor each = losses(ctx, in[2], in[3], in);
  *n_out = 2;
  return gt_tape_jacobian(ctx, tape, each, in, 2, NULL, out);
}

int main(void) {
  static double w1[INPUTS * HIDDEN], w2[HIDDEN], x[EXAMPLES * INPUTS], y[EXAMPLES];
  static double a1[EXAMPLES][INPUTS * HIDDEN], a2[EXAMPLES][HIDDEN], b1[EXAMPLES][INPUTS * HIDDEN],
      b2[EXAMPLES][HIDDEN];
  for (int i = 0; i < INPUTS * HIDDEN; ++i) w1[i] = 0.5 * sin(1.7 * i);
  for (int i = 0; i < HIDDEN; ++i) w2[i] = cos(2.3 * i);
  for (int i = 0; i < EXAMPLES * INPUTS; ++i) x[i] = sin(0.9 * i + 1);
  for (int i = 0; i < EXAMPLES; ++i) y[i] = cos(0.4 * i);

  gt_context ctx;
  gt_context_create(&ctx);
  const gt_spec specs[] = {{GT_FLOAT64, 2, {INPUTS, HIDDEN}},
                           {GT_FLOAT64, 2, {HIDDEN, 1}},
                           {GT_FLOAT64, 2, {EXAMPLES, INPUTS}},
                           {GT_FLOAT64, 1, {EXAMPLES}}};
  gt_function one = gt_function_create(ctx, own_weights, NULL, NULL, specs, 4);
  gt_function other = gt_function_create(ctx, jacobian, NULL, NULL, specs, 4);
  const void* inputs[] = {w1, w2, x, y};
  void *of_one[] = {a1, a2}, *of_other[] = {b1, b2};
  gt_function_run(ctx, one, inputs, 4, of_one, 2);
  gt_function_run(ctx, other, inputs, 4, of_other, 2);
  double largest = 0, difference = 0;
  for (int i = 0; i < EXAMPLES; ++i)
    for (int k = 0; k < INPUTS * HIDDEN; ++k) {
      largest = fmax(largest, fabs(a1[i][k]));
      difference = fmax(difference, fabs(a1[i][k] - b1[i][k]));
    }
  printf("%d gradients, the largest entry %.3f; the two ways differ by %.1e\n", EXAMPLES, largest, difference);

  char message[512];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  if (gt_context_destroy(ctx) != GT_OK) return 1;
  return !(largest > 0.1 && difference < 1e-12);
}
