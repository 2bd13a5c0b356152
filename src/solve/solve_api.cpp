// The functions of gradtape/solve.h.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

#include "solve/factor.hpp"
#include "solve/settings.hpp"
#include "solve/suitesparse.hpp"

namespace gradtape::solving {

namespace {

// The user's function and its data, which `free` ends with the call.
struct Given {
  gt_context ctx;
  const char* caller;
  gt_forward_fn call;
  void* user_data;
  void (*free)(void*);
  const gt_tensor* start;
  size_t n;
  const gt_solve_options* options;
  gt_tensor* solution;
  gt_solve_report* report;
};

void check_report(const Given& given) {
  if (!given.report) return;
  const size_t size = given.report->struct_size, known = sizeof(gt_solve_report);
  if (size < known)
    fail(given.ctx, GT_INVALID_ARGUMENT,
         std::string(given.caller) + ": report.struct_size must be the struct's sizeof, " + std::to_string(known) +
             ", got " + std::to_string(size));
  std::memset(reinterpret_cast<unsigned char*>(given.report) + sizeof size, 0, size - sizeof size);
}

void publish(const Given& given, const Parameters& parameters, const State& state, const Counts& counts,
             int32_t method) {
  const bool converged = state.outcome <= GT_OUTCOME_ROUNDING;
  if (!given.report && !converged)
    fail(given.ctx, GT_FAILED_PRECONDITION,
         std::string(given.caller) + ": no convergence in " + std::to_string(state.iterations) +
             " iterations: " + gt_solve_outcome_name(state.outcome) + "; a report gives the point that was reached");
  parameters.write(state.x, given.solution);
  if (!given.report) return;
  gt_solve_report r{};
  r.struct_size = given.report->struct_size;
  r.outcome = state.outcome;
  r.converged = converged;
  r.method = method;
  r.linear_solver = state.linear_solver;
  r.iterations = state.iterations;
  r.evaluations = counts.evaluations;
  r.products = counts.products;
  r.matrices = counts.matrices;
  r.factorizations = counts.factorizations;
  r.value = state.value;
  r.gradient_norm = state.gradient_norm;
  std::memcpy(given.report, &r, sizeof r);
}

// Runs solve(program, parameters, options) and makes a status of whatever it throws. The user's data ends with it.
template <class Solve>
gt_status guarded(const Given& given, Solve&& solve) {
  if (given.solution && given.n <= kMostTensors) std::fill_n(given.solution, given.n, nullptr);
  gt_status status = GT_OK;
  try {
    check(gt_scope_begin(given.ctx));  // whether the context lives, and no other thread is inside
    check(gt_scope_end(given.ctx, nullptr, 0));
    check_report(given);
    if (!given.call) fail(given.ctx, GT_INVALID_ARGUMENT, std::string(given.caller) + ": the function is NULL");
    if (!given.solution) fail(given.ctx, GT_INVALID_ARGUMENT, std::string(given.caller) + ": solution is NULL");
    const Parameters parameters(given.ctx, given.caller, given.start, given.n);
    const gt_solve_options options = read_options(given.ctx, given.caller, given.options, parameters.epsilon());
    const Program program{given.ctx, given.caller, given.call, given.user_data, parameters};
    if (options.linear_solver == GT_LINEAR_SUITESPARSE && !has_suitesparse())
      fail(
          given.ctx, GT_UNSUPPORTED,
          std::string(given.caller) +
              ": options.linear_solver is GT_LINEAR_SUITESPARSE, and the library was built without it; GT_LINEAR_AUTO takes what is there");
    solve(program, parameters, options);
  } catch (const Failure& failure) {
    status = failure.status;
  } catch (const std::bad_alloc&) {
    char message[64];
    std::snprintf(message, sizeof message, "%s: out of memory", given.caller);
    gt_set_error(given.ctx, status = GT_OUT_OF_MEMORY, message);
  }
  if (given.free) given.free(given.user_data);
  return status;
}

void need_method(const Given& given, int32_t method, std::initializer_list<int32_t> known, const char* names) {
  if (std::find(known.begin(), known.end(), method) == known.end())
    fail(given.ctx, GT_INVALID_ARGUMENT,
         std::string(given.caller) + ": options.method must be " + names + ", got " + std::to_string(method));
}

constexpr int64_t kSmall = 300;  // unknowns up to which a dense Hessian costs little

}  // namespace

}  // namespace gradtape::solving

using namespace gradtape::solving;

const char* gt_solve_outcome_name(int32_t outcome) {
  static const char* const names[] = {"GT_OUTCOME_?",        "GT_OUTCOME_GRADIENT",   "GT_OUTCOME_STEP",
                                      "GT_OUTCOME_RESIDUAL", "GT_OUTCOME_ROUNDING",   "GT_OUTCOME_ITERATIONS",
                                      "GT_OUTCOME_STALLED",  "GT_OUTCOME_NOT_FINITE", "GT_OUTCOME_SINGULAR",
                                      "GT_OUTCOME_STOPPED"};
  return names[outcome > 0 && outcome <= GT_OUTCOME_STOPPED ? outcome : 0];
}

gt_status gt_minimize(gt_context ctx, gt_forward_fn objective, void* user_data, void (*free)(void*),
                      const gt_tensor* start, size_t n, const gt_solve_options* options, gt_tensor* solution,
                      gt_solve_report* report) {
  const Given given{ctx, "gt_minimize", objective, user_data, free, start, n, options, solution, report};
  return guarded(given, [&](const Program& program, const Parameters& parameters, const gt_solve_options& o) {
    int32_t method = o.method;
    need_method(given, method, {GT_METHOD_AUTO, GT_METHOD_LBFGS, GT_METHOD_NEWTON, GT_METHOD_NEWTON_CG},
                "GT_METHOD_AUTO 0, GT_METHOD_LBFGS 1, GT_METHOD_NEWTON 2 or GT_METHOD_NEWTON_CG 3");
    Objective f(program);
    State state;
    state.x = parameters.start();
    if (method == GT_METHOD_AUTO && parameters.size() > kSmall)
      method = f.prepare_hessian(o.linear_solver, true) && cheap_to_factor(f.hessian_form()) ? GT_METHOD_NEWTON
                                                                                             : GT_METHOD_NEWTON_CG;
    if (method == GT_METHOD_AUTO) method = GT_METHOD_NEWTON;
    if (method == GT_METHOD_NEWTON && !f.hessian_form().sparse()) f.prepare_hessian(o.linear_solver, false);
    (method == GT_METHOD_LBFGS    ? minimize_lbfgs
     : method == GT_METHOD_NEWTON ? minimize_newton
                                  : minimize_newton_cg)(f, o, state);
    publish(given, parameters, state, f.counts, method);
  });
}

gt_status gt_least_squares(gt_context ctx, gt_forward_fn residuals, void* user_data, void (*free)(void*),
                           const gt_tensor* start, size_t n, const gt_solve_options* options, gt_tensor* solution,
                           gt_solve_report* report) {
  const Given given{ctx, "gt_least_squares", residuals, user_data, free, start, n, options, solution, report};
  return guarded(given, [&](const Program& program, const Parameters& parameters, gt_solve_options o) {
    need_method(given, o.method, {GT_METHOD_AUTO, GT_METHOD_GAUSS_NEWTON, GT_METHOD_LEVENBERG_MARQUARDT},
                "GT_METHOD_AUTO 0, GT_METHOD_GAUSS_NEWTON 4 or GT_METHOD_LEVENBERG_MARQUARDT 5");
    if (o.method == GT_METHOD_AUTO) o.method = GT_METHOD_LEVENBERG_MARQUARDT;
    Residuals r(program, o.linear_solver);
    State state;
    state.x = parameters.start();
    least_squares(r, o, state);
    publish(given, parameters, state, r.counts, o.method);
  });
}

gt_status gt_solve_equations(gt_context ctx, gt_forward_fn residuals, void* user_data, void (*free)(void*),
                             const gt_tensor* start, size_t n, const gt_solve_options* options, gt_tensor* solution,
                             gt_solve_report* report) {
  const Given given{ctx, "gt_solve_equations", residuals, user_data, free, start, n, options, solution, report};
  return guarded(given, [&](const Program& program, const Parameters& parameters, const gt_solve_options& o) {
    need_method(given, o.method, {GT_METHOD_AUTO, GT_METHOD_NEWTON}, "GT_METHOD_AUTO 0 or GT_METHOD_NEWTON 2");
    Residuals r(program, o.linear_solver);
    if (r.size() != r.parameters())
      fail(ctx, GT_INVALID_ARGUMENT,
           "gt_solve_equations: there must be as many residuals as unknowns, got " + std::to_string(r.size()) +
               " for " + std::to_string(r.parameters()) + "; gt_least_squares takes any number");
    State state;
    state.x = parameters.start();
    solve_equations(r, o, state);
    publish(given, parameters, state, r.counts, GT_METHOD_NEWTON);
  });
}
