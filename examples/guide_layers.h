/* Layers made of ops, and small helpers of the guide: printing, checking, reading one number. */
#ifndef GUIDE_LAYERS_H
#define GUIDE_LAYERS_H

#include <gradtape/gradtape.h>

/* ---- Helpers ---- */
void die(gt_context ctx, const char* what); /* prints the context's first error and ends the program */
double item(gt_context ctx, gt_tensor t);   /* the one element of a float32 tensor, or of gt_scalar */
void print_shape(gt_context ctx, const char* label, gt_tensor t);
void print_item(gt_context ctx, const char* label, gt_tensor t); /* "label: 4.0", or "None" for NULL */
void check(int holds, const char* claim); /* prints the claim; one that fails makes the program end with 1 */
int failed_checks(void);
double largest_difference(gt_context ctx, gt_tensor a, gt_tensor b); /* max |a - b| */

gt_tensor normal(gt_context ctx, int64_t rows, int64_t columns); /* [rows, columns], from the context's generator */
gt_tensor sum_all(gt_context ctx, gt_tensor x);
gt_tensor mean_all(gt_context ctx, gt_tensor x);

/* ---- Layers ---- */
typedef gt_tensor (*activation_fn)(gt_context, gt_tensor);
typedef struct {
  gt_tensor kernel, bias;   /* variables: [inputs, units], [units] */
  activation_fn activation; /* or NULL */
} dense_layer;
dense_layer dense(gt_context ctx, int64_t inputs, int64_t units,
                  activation_fn activation); /* Glorot-uniform kernel, zero bias */

typedef struct {
  gt_tensor gamma, beta; /* variables: [features] */
} batch_norm_layer;
batch_norm_layer batch_norm(gt_context ctx, int64_t features);

/* A sequence of layers of either kind. */
typedef struct {
  enum { DENSE, BATCH_NORM } kind;
  dense_layer dense;
  batch_norm_layer norm;
} layer;
gt_tensor dense_apply(gt_context ctx, const dense_layer* l, gt_tensor x);
gt_tensor batch_norm_apply(gt_context ctx, const batch_norm_layer* l, gt_tensor x); /* with the batch's own moments */
gt_tensor sequential(gt_context ctx, const layer* layers, size_t n, gt_tensor x);

#endif
