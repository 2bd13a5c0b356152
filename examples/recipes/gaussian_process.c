/* Recipe: the likelihood of a Gaussian process, with its gradient and Hessian by three hyperparameters, from one
 * Cholesky factor. Newton's method then finds the best ones. */
#include <gradtape/gradtape.h>
#include <math.h>
#include <stdio.h>

enum { POINTS = 40, PARAMETERS = 3 };

struct data {
  gt_tensor squared_distances, y; /* [POINTS, POINTS], [POINTS, 1] */
};

static gt_tensor exp_of(gt_context ctx, gt_tensor parameters, int64_t i) {
  const int64_t one = 1;
  return gt_exp(ctx, gt_reshape(ctx, gt_slice(ctx, parameters, &i, 1, &one, 1), &one, 0));
}
static gt_tensor sum(gt_context ctx, gt_tensor x) { return gt_reduce_sum(ctx, x, NULL, 0, 0); }

/* The negative logarithm of the likelihood, but for a constant. Parameters: the logarithms of the length scale, of the
 * amplitude and of the noise. */
static gt_tensor misfit(gt_context ctx, const struct data* d, gt_tensor parameters) {
  gt_tensor length = exp_of(ctx, parameters, 0), amplitude = exp_of(ctx, parameters, 1),
            noise = exp_of(ctx, parameters, 2);
  gt_tensor scale = gt_multiply(ctx, gt_scalar(ctx, -2), gt_square(ctx, length));
  gt_tensor kernel =
      gt_multiply(ctx, gt_square(ctx, amplitude), gt_exp(ctx, gt_divide(ctx, d->squared_distances, scale)));
  gt_tensor identity = gt_eye(ctx, POINTS, GT_DEFAULT_INT, NULL, 0, GT_FLOAT64);
  gt_tensor covariance = gt_add(ctx, kernel, gt_multiply(ctx, gt_square(ctx, noise), identity));
  gt_tensor factor = gt_cholesky(ctx, covariance, 1);
  gt_tensor whitened = gt_triangular_solve(ctx, factor, d->y, 1, 0);
  gt_tensor half = gt_multiply(ctx, gt_scalar(ctx, 0.5), sum(ctx, gt_square(ctx, whitened)));
  return gt_add(ctx, half, sum(ctx, gt_log(ctx, gt_diag_part(ctx, factor, 0))));
}

/* Outputs: the misfit, its gradient and its Hessian. */
static gt_status with_derivatives(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out,
                                  size_t capacity, size_t* n_out) {
  (void)n, (void)capacity;
  gt_tape outer = gt_tape_begin(ctx, 0), inner = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, outer, in[0]);
  gt_tape_watch(ctx, inner, in[0]);
  out[0] = misfit(ctx, data, in[0]);
  *n_out = 3;
  gt_status status = gt_tape_gradient(ctx, inner, out, 1, in, 1, NULL, GT_UNCONNECTED_NULL, &out[1]);
  return status != GT_OK ? status : gt_tape_jacobian(ctx, outer, out[1], in, 1, NULL, &out[2]);
}

int main(void) {
  static double x[POINTS], y[POINTS], squared[POINTS][POINTS];
  for (int i = 0; i < POINTS; ++i) {
    x[i] = 10.0 * i / POINTS;
    y[i] = sin(x[i]) + 0.1 * sin(91.7 * i * i);
  }
  for (int i = 0; i < POINTS; ++i)
    for (int j = 0; j < POINTS; ++j) squared[i][j] = (x[i] - x[j]) * (x[i] - x[j]);

  gt_context ctx;
  gt_context_create(&ctx);
  const int64_t square[] = {POINTS, POINTS}, column[] = {POINTS, 1};
  struct data d = {gt_tensor_create(ctx, GT_FLOAT64, square, 2, squared, sizeof squared),
                   gt_tensor_create(ctx, GT_FLOAT64, column, 2, y, sizeof y)};
  const gt_spec spec = {GT_FLOAT64, 1, {PARAMETERS}};
  gt_function f = gt_function_create(ctx, with_derivatives, &d, NULL, &spec, 1);

  double p[PARAMETERS] = {0.3, 0, -1.5}, value = 0, g[PARAMETERS] = {0}, h[PARAMETERS][PARAMETERS] = {{0}}, length = 1;
  const void* inputs[] = {p};
  void* outputs[] = {&value, g, h};
  for (int step = 0; step < 200 && length > 1e-8; ++step) {
    if (gt_function_run(ctx, f, inputs, 1, outputs, 3) != GT_OK) break;
    length = 0;
    for (int k = 0; k < PARAMETERS; ++k) { /* along each parameter: Newton's step where the curvature is positive */
      const double newton = h[k][k] > 0 ? -g[k] / h[k][k] : -g[k];
      p[k] += fmax(-0.2, fmin(0.2, 0.7 * newton));
      length = fmax(length, fabs(g[k]));
    }
  }
  printf("misfit %.4f at length %.3f, amplitude %.3f, noise %.3f; gradient %.1e\n", value, exp(p[0]), exp(p[1]),
         exp(p[2]), length);

  char message[512];
  if (gt_take_error(ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  if (gt_context_destroy(ctx) != GT_OK) return 1;
  return !(length <= 1e-8);
}
