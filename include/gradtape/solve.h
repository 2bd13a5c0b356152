/* gradtape/solve.h: minima, least squares and systems of equations, by derivatives from gradtape.
 *
 * The functions are of the library gradtape_solve, which uses gradtape.h alone. Objectives and residuals are functions
 * of tensors, as for gt_function_create. Values, gradients, products with Hessians, and matrices are recorded once, as
 * functions, and then replayed on plain memory.
 *
 *     gt_solve_report report = {sizeof report};
 *     gt_tensor minimum;
 *     if (gt_minimize(ctx, rosenbrock, NULL, NULL, &start, 1, NULL, &minimum, &report) != GT_OK) ...
 *     if (!report.converged) puts(gt_solve_outcome_name(report.outcome));
 *
 * The conventions of gradtape.h hold. docs/solve.md explains methods and outcomes. All is since 0.2.
 */
#ifndef GRADTAPE_SOLVE_H
#define GRADTAPE_SOLVE_H

#include "gradtape.h"

#if defined(GT_BUILDING_SOLVE) && defined(__GNUC__)
#define GT_SOLVE_API __attribute__((visibility("default")))
#else
#define GT_SOLVE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Numbers ----------------------------------------------------------- */

enum {
  GT_METHOD_AUTO = 0,
  GT_METHOD_LBFGS = 1,              /* gt_minimize: gradients alone */
  GT_METHOD_NEWTON = 2,             /* gt_minimize: the Hessian, in a trust region; gt_solve_equations: the Jacobian */
  GT_METHOD_NEWTON_CG = 3,          /* gt_minimize: products with the Hessian, in a trust region */
  GT_METHOD_GAUSS_NEWTON = 4,       /* gt_least_squares: whole steps, shortened where they do not help */
  GT_METHOD_LEVENBERG_MARQUARDT = 5 /* gt_least_squares: damped steps */
};
/* How linear systems are solved. BANDED and SUITESPARSE take sparse matrices, whose pattern is found once. */
enum {
  GT_LINEAR_AUTO = 0,       /* sparse, where the pattern makes that cheaper */
  GT_LINEAR_DENSE = 1,      /* LAPACK */
  GT_LINEAR_BANDED = 2,     /* LAPACK's banded matrices, after reordering by reverse Cuthill-McKee */
  GT_LINEAR_SUITESPARSE = 3 /* CHOLMOD and UMFPACK. GT_UNSUPPORTED: built without them */
};
/* Why a solver ended. The first four count as converged. */
enum {
  GT_OUTCOME_GRADIENT = 1,   /* no element of the gradient exceeds its tolerance */
  GT_OUTCOME_STEP = 2,       /* the step was within its tolerance */
  GT_OUTCOME_RESIDUAL = 3,   /* no residual exceeds its tolerance */
  GT_OUTCOME_ROUNDING = 4,   /* further steps would change the value by less than it is rounded */
  GT_OUTCOME_ITERATIONS = 5, /* the most iterations are done */
  GT_OUTCOME_STALLED = 6, /* no step helps, though derivatives promise it: they are wrong, or the function has kinks */
  GT_OUTCOME_NOT_FINITE = 7, /* the value or a derivative at the start, or a derivative later, is not finite */
  GT_OUTCOME_SINGULAR = 8,   /* gt_solve_equations: the Jacobian is singular */
  GT_OUTCOME_STOPPED = 9     /* by the progress callback */
};
/* "GT_OUTCOME_GRADIENT"; "GT_OUTCOME_?" for a number that is none. */
GT_SOLVE_API const char* gt_solve_outcome_name(int32_t outcome);

/* ---- Options and reports ----------------------------------------------- */

/* An iteration, lent to the callback. The first has number 0 and is the start. */
typedef struct gt_solve_progress {
  size_t struct_size;
  int64_t iteration;
  int64_t evaluations;  /* of the objective or the residuals so far */
  double value;         /* the objective; for residuals half the sum of their squares */
  double gradient_norm; /* its largest element in absolute value; for gt_solve_equations the largest residual */
  double step_norm;     /* the Euclidean length of the last step */
} gt_solve_progress;
/* Called after each iteration, on the calling thread. It may use the context. Non-zero: stop, with the present point as
 * solution and GT_OUTCOME_STOPPED. */
typedef int32_t (*gt_solve_progress_fn)(void* user_data, const gt_solve_progress* progress);

/* 0 and NULL stand for defaults. */
typedef struct gt_solve_options {
  size_t struct_size;
  int32_t method;         /* AUTO: gt_minimize takes NEWTON where the Hessian is small or sparse, else NEWTON_CG;
                            gt_least_squares takes LEVENBERG_MARQUARDT */
  int32_t linear_solver;  /* of NEWTON, GAUSS_NEWTON and LEVENBERG_MARQUARDT */
  int64_t max_iterations; /* 0: 1000 */
  double tolerance;       /* of gradients, and of the residuals of equations, in absolute value; 0: 1e-8, or 1e-4 if
                                 a parameter is float32 */
  double step_tolerance;  /* ends where the step is at most so long, relative to the parameters; 0: never */
  double radius;          /* the first trust region of NEWTON and NEWTON_CG, in Euclidean length, and the longest
                                 first step of LBFGS; 0: a long step is tried, then a short one */
  double damping;         /* the first of LEVENBERG_MARQUARDT, relative to the diagonal of J'J; 0: 1e-3 */
  int32_t memory;         /* steps that LBFGS remembers; 0: 10 */
  int32_t reserved;       /* 0 */
  gt_solve_progress_fn progress;
  void* progress_data;
} gt_solve_options;

typedef struct gt_solve_report {
  size_t struct_size;
  int32_t outcome;
  int32_t converged;     /* 1 or 0 */
  int32_t method;        /* that ran */
  int32_t linear_solver; /* that ran; 0: none */
  int64_t iterations;
  int64_t evaluations; /* of the objective with its gradient, or of the residuals */
  int64_t products;    /* of the Hessian with a vector */
  int64_t matrices;    /* Hessians or Jacobians */
  int64_t factorizations;
  double value;         /* at the solution, as in gt_solve_progress */
  double gradient_norm; /* the same */
} gt_solve_report;

/* ---- Solvers ----------------------------------------------------------- */

/* All three take a function of n tensors, float32 or float64, up to 255, and a starting point. The function is recorded
 * during the call, several times, and never called afterwards: `free` is then called with user_data, whether the call
 * succeeds or not. The function may use tensors and variables from outside. It cannot read values that depend on its
 * inputs. Loops, branches and roots in it are those of gradtape.h. The solver keeps numbers in float64, and records
 * nothing on tapes.
 *
 * solution has room for n tensors, of the shapes and dtypes of the start. The same input gives the same solution to the
 * bit, if BLAS does. A value that is not finite makes the step shorter. With `report` NULL the call fails with GT_FAILED_PRECONDITION
 * if it has not converged; with a report it gives the best point and GT_OK. GT_CALLBACK_FAILED: the function left an
 * output NULL. GT_CANCELLED: by gt_set_interrupt. */

/* A local minimum of the objective, which gives one number. NEWTON does not end at a saddle point or a maximum. */
GT_SOLVE_API gt_status gt_minimize(gt_context ctx, gt_forward_fn objective, void* user_data, void (*free)(void*),
                                   const gt_tensor* start, size_t n, const gt_solve_options* options /* or NULL */,
                                   gt_tensor* solution, gt_solve_report* report /* or NULL */);
/* A local minimum of half the sum of the squares of all outputs of `residuals`. */
GT_SOLVE_API gt_status gt_least_squares(gt_context ctx, gt_forward_fn residuals, void* user_data, void (*free)(void*),
                                        const gt_tensor* start, size_t n, const gt_solve_options* options /* or NULL */,
                                        gt_tensor* solution, gt_solve_report* report /* or NULL */);
/* A point at which all outputs of `residuals` are 0, as many elements as the parameters have. A step of Newton's method
 * is halved until the residuals shrink. The gradient of a Lagrangian is such a system. */
GT_SOLVE_API gt_status gt_solve_equations(gt_context ctx, gt_forward_fn residuals, void* user_data, void (*free)(void*),
                                          const gt_tensor* start, size_t n,
                                          const gt_solve_options* options /* or NULL */, gt_tensor* solution,
                                          gt_solve_report* report /* or NULL */);

#ifdef __cplusplus
}
#endif

#endif
