/* Recipe: Newton's method with conjugate gradients in 2,000 unknowns. The Hessian is never formed: its products with
 * vectors come from forward mode over reverse mode, at the cost of about two gradients. */
#include <gradtape/gradtape.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNKNOWNS = 2000, STEPS = 12 };

static gt_tensor part(gt_context ctx, gt_tensor x, int64_t begin) {
  const int64_t size = UNKNOWNS - 1;
  return gt_slice(ctx, x, &begin, 1, &size, 1);
}
static gt_tensor sum(gt_context ctx, gt_tensor x) { return gt_reduce_sum(ctx, x, NULL, 0, 0); }

/* A chain: sum of log cosh of the differences between neighbours, and 0.05 (x^2 - 1)^2 for each unknown. */
static gt_tensor energy(gt_context ctx, gt_tensor x) {
  gt_tensor difference = gt_subtract(ctx, part(ctx, x, 1), part(ctx, x, 0));
  gt_tensor well = gt_square(ctx, gt_subtract(ctx, gt_square(ctx, x), gt_scalar(ctx, 1)));
  gt_tensor bonds = sum(ctx, gt_log(ctx, gt_cosh(ctx, difference)));
  return gt_add(ctx, bonds, gt_multiply(ctx, gt_scalar(ctx, 0.05), sum(ctx, well)));
}

static gt_status value_and_gradient(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out,
                                    size_t capacity, size_t* n_out) {
  (void)data, (void)n, (void)capacity;
  gt_tape tape = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, tape, in[0]);
  out[0] = energy(ctx, in[0]);
  *n_out = 2;
  return gt_tape_gradient(ctx, tape, out, 1, in, 1, NULL, GT_UNCONNECTED_NULL, &out[1]);
}

/* Inputs: x and a vector. The inner tape gives the gradient, the outer one its derivative along the vector. */
static gt_status hessian_product(gt_context ctx, void* data, const gt_tensor* in, size_t n, gt_tensor* out,
                                 size_t capacity, size_t* n_out) {
  (void)data, (void)n, (void)capacity;
  gt_tape outer = gt_tape_begin(ctx, 0), inner = gt_tape_begin(ctx, 0);
  gt_tape_watch(ctx, outer, in[0]);
  gt_tape_watch(ctx, inner, in[0]);
  gt_tensor y = energy(ctx, in[0]), gradient = NULL;
  gt_tape_gradient(ctx, inner, &y, 1, in, 1, NULL, GT_UNCONNECTED_NULL, &gradient);
  *n_out = 1;
  return gt_tape_jvp(ctx, outer, &gradient, 1, in, 1, &in[1], GT_UNCONNECTED_ZERO, out);
}

static double dot(const double* a, const double* b) {
  double total = 0;
  for (int i = 0; i < UNKNOWNS; ++i) total += a[i] * b[i];
  return total;
}

struct newton {
  gt_context ctx;
  gt_function gradient, product;
  double x[UNKNOWNS], g[UNKNOWNS], step[UNKNOWNS], rest[UNKNOWNS], direction[UNKNOWNS], product_of[UNKNOWNS];
};

/* Solves H step = -g by conjugate gradients, as exactly as the gradient is small. */
static void solve(struct newton* s) {
  memset(s->step, 0, sizeof s->step);
  for (int i = 0; i < UNKNOWNS; ++i) s->rest[i] = s->direction[i] = -s->g[i];
  const double start = dot(s->g, s->g);
  double rest = start;
  for (int k = 0; k < 500 && rest > 1e-4 * start * fmin(1, start); ++k) {
    const void* inputs[] = {s->x, s->direction};
    void* outputs[] = {s->product_of};
    if (gt_function_run(s->ctx, s->product, inputs, 2, outputs, 1) != GT_OK) return;
    const double length = rest / dot(s->direction, s->product_of);
    for (int i = 0; i < UNKNOWNS; ++i) {
      s->step[i] += length * s->direction[i];
      s->rest[i] -= length * s->product_of[i];
    }
    const double now = dot(s->rest, s->rest), ratio = now / rest;
    rest = now;
    for (int i = 0; i < UNKNOWNS; ++i) s->direction[i] = s->rest[i] + ratio * s->direction[i];
  }
}

int main(void) {
  static struct newton s;
  gt_context_create(&s.ctx);
  const gt_spec vector = {GT_FLOAT64, 1, {UNKNOWNS}}, two[] = {vector, vector};
  s.gradient = gt_function_create(s.ctx, value_and_gradient, NULL, NULL, &vector, 1);
  s.product = gt_function_create(s.ctx, hessian_product, NULL, NULL, two, 2);

  for (int i = 0; i < UNKNOWNS; ++i) s.x[i] = 1 + 0.2 * sin(0.3 * i);
  double y = 0, length = 1;
  for (int k = 0; k < STEPS && length > 1e-10; ++k) {
    const void* inputs[] = {s.x};
    void* outputs[] = {&y, s.g};
    if (gt_function_run(s.ctx, s.gradient, inputs, 1, outputs, 2) != GT_OK) break;
    length = sqrt(dot(s.g, s.g));
    printf("step %d: energy %.6f, gradient %.1e\n", k, y, length);
    solve(&s);
    for (int i = 0; i < UNKNOWNS; ++i) s.x[i] += s.step[i];
  }

  char message[512];
  if (gt_take_error(s.ctx, message, sizeof message, NULL) != GT_OK) return fprintf(stderr, "%s\n", message), 1;
  if (gt_context_destroy(s.ctx) != GT_OK) return 1;
  return !(length < 1e-10);
}
