/* Recipe: a perceptron trained on two spirals, in minibatches, by Adam. One step, gradients and assignments included,
 * is a function that is replayed from plain memory. */
#include <gradtape/gradtape.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 512, BATCH = 64, HIDDEN = 24, PARAMETERS = 6, EPOCHS = 60 };

struct model {
  gt_tensor parameters[PARAMETERS], means[PARAMETERS], squares[PARAMETERS]; /* variables */
  gt_tensor steps;
};

static gt_tensor variable(gt_context ctx, gt_tensor initial, int trainable) {
  gt_tensor v = gt_variable(ctx, initial);
  gt_variable_set_trainable(ctx, v, trainable);
  gt_release(ctx, initial);
  return v;
}

static gt_tensor layer(gt_context ctx, gt_tensor x, const gt_tensor* weights_and_bias) {
  return gt_add(ctx, gt_matmul(ctx, x, weights_and_bias[0], 0, 0), weights_and_bias[1]);
}
static gt_tensor logits(gt_context ctx, const struct model* m, gt_tensor x) {
  x = gt_tanh(ctx, layer(ctx, x, m->parameters));
  x = gt_tanh(ctx, layer(ctx, x, m->parameters + 2));
  return layer(ctx, x, m->parameters + 4);
}

/* 1 - rate^steps: the divisor of a mean that started from 0. */
static gt_tensor correction(gt_context ctx, double rate, gt_tensor steps) {
  return gt_subtract(ctx, gt_scalar(ctx, 1), gt_pow(ctx, gt_scalar(ctx, rate), steps));
}

/* Inputs: samples [BATCH, 2] and their classes. Output: the loss before the step. */
static gt_status step(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                      size_t* n_out) {
  struct model* m = data;
  (void)n, (void)capacity;
  gt_tape tape = gt_tape_begin(ctx, 0); /* watches the trainable variables that are read */
  gt_tensor losses = gt_sparse_softmax_cross_entropy(ctx, in[1], logits(ctx, m, in[0]));
  gt_tensor loss = gt_reduce_mean(ctx, losses, NULL, 0, 0);
  gt_tensor gradients[PARAMETERS];
  gt_status status =
      gt_tape_gradient(ctx, tape, &loss, 1, m->parameters, PARAMETERS, NULL, GT_UNCONNECTED_NULL, gradients);
  if (status != GT_OK) return status;

  gt_assign_add(ctx, m->steps, gt_scalar(ctx, 1));
  gt_tensor mean_correction = correction(ctx, 0.9, m->steps), square_correction = correction(ctx, 0.999, m->steps);
  for (int i = 0; i < PARAMETERS; ++i) {
    gt_assign(ctx, m->means[i], gt_lerp(ctx, m->means[i], gradients[i], gt_scalar(ctx, 0.1)));
    gt_assign(ctx, m->squares[i], gt_lerp(ctx, m->squares[i], gt_square(ctx, gradients[i]), gt_scalar(ctx, 0.001)));
    gt_tensor mean = gt_divide(ctx, m->means[i], mean_correction);
    gt_tensor deviation = gt_sqrt(ctx, gt_divide(ctx, m->squares[i], square_correction));
    gt_tensor direction = gt_divide(ctx, mean, gt_add(ctx, deviation, gt_scalar(ctx, 1e-8)));
    gt_assign_sub(ctx, m->parameters[i], gt_multiply(ctx, gt_scalar(ctx, 0.01), direction));
  }
  out[0] = loss;
  *n_out = 1;
  return GT_OK;
}

static gt_status predict(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t capacity,
                         size_t* n_out) {
  (void)n, (void)capacity;
  out[0] = gt_argmax(ctx, logits(ctx, data, in[0]), 1);
  *n_out = 1;
  return GT_OK;
}

static void make_model(gt_context ctx, struct model* m) {
  static const int64_t dims[PARAMETERS][2] = {{2, HIDDEN}, {HIDDEN}, {HIDDEN, HIDDEN}, {HIDDEN}, {HIDDEN, 2}, {2}};
  for (int i = 0; i < PARAMETERS; ++i) {
    const size_t rank = i % 2 ? 1 : 2;
    const double deviation = i % 2 ? 0 : 1 / sqrt((double)dims[i][0]);
    gt_tensor normal = gt_random_normal(ctx, dims[i], rank, GT_FLOAT32, 0, deviation, GT_DEFAULT_INT, GT_DEFAULT_INT);
    m->means[i] = variable(ctx, gt_zeros_like(ctx, normal), 0);
    m->squares[i] = variable(ctx, gt_zeros_like(ctx, normal), 0);
    m->parameters[i] = variable(ctx, normal, 1);
  }
  const float none = 0;
  m->steps = variable(ctx, gt_tensor_create(ctx, GT_FLOAT32, NULL, 0, &none, sizeof none), 0);
}

static void make_spirals(float x[][2], int32_t* classes) {
  for (int i = 0; i < SAMPLES; ++i) {
    classes[i] = i % 2;
    const float radius = 0.2f + 2.4f * (float)i / SAMPLES, angle = 2 * radius + 3.14159f * (float)classes[i];
    x[i][0] = radius * cosf(angle) / 2;
    x[i][1] = radius * sinf(angle) / 2;
  }
}

int main(void) {
  static float x[SAMPLES][2];
  static int32_t classes[SAMPLES];
  static int64_t predicted[SAMPLES];
  make_spirals(x, classes);

  gt_context ctx;
  gt_context_create(&ctx);
  gt_random_seed(ctx, 7);
  struct model m;
  make_model(ctx, &m);
  const gt_spec batch[] = {{GT_FLOAT32, 2, {BATCH, 2}}, {GT_INT32, 1, {BATCH}}};
  const gt_spec all = {GT_FLOAT32, 2, {SAMPLES, 2}};
  gt_function train = gt_function_create(ctx, step, &m, NULL, batch, 2);
  gt_function test = gt_function_create(ctx, predict, &m, NULL, &all, 1);

  float loss = 0;
  for (int epoch = 0; epoch < EPOCHS; ++epoch)
    for (int b = 0; b < SAMPLES; b += BATCH) {
      const void* inputs[] = {x[b], &classes[b]};
      void* outputs[] = {&loss};
      gt_function_run(ctx, train, inputs, 2, outputs, 1);
    }
  const void* inputs[] = {x};
  void* outputs[] = {predicted};
  gt_function_run(ctx, test, inputs, 1, outputs, 1);
  int right = 0;
  for (int i = 0; i < SAMPLES; ++i) right += predicted[i] == classes[i];
  printf("loss %.4f, %d of %d right\n", loss, right, SAMPLES);

  char message[512];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  if (gt_context_destroy(ctx) != GT_OK) return 1;
  return right < SAMPLES * 9 / 10;
}
