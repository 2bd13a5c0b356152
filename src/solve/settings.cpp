// Options of a solver, and the end of an iteration.
#include "solve/settings.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace gradtape::solving {

namespace {

[[noreturn]] void invalid(gt_context ctx, const char* caller, const std::string& message) {
  fail(ctx, GT_INVALID_ARGUMENT, std::string(caller) + ": options." + message);
}
// The known part of a struct, by the rule of gradtape.h for structs that grow.
gt_solve_options known_part(gt_context ctx, const char* caller, const gt_solve_options* given) {
  gt_solve_options known{};
  const size_t size = given->struct_size;
  if (size < sizeof known)
    invalid(
        ctx, caller,
        "struct_size must be the struct's sizeof, " + std::to_string(sizeof known) + ", got " + std::to_string(size));
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  if (std::any_of(bytes + sizeof known, bytes + size, [](unsigned char byte) { return byte != 0; }))
    invalid(ctx, caller,
            "struct_size is " + std::to_string(size) + ", of which this version knows " + std::to_string(sizeof known) +
                ": the bytes behind must be 0");
  std::memcpy(&known, given, sizeof known);
  return known;
}
double or_default(gt_context ctx, const char* caller, const char* name, double given, double otherwise) {
  if (!(given >= 0) || std::isinf(given))
    invalid(ctx, caller, std::string(name) + " must be 0 or more and finite, got " + std::to_string(given));
  return given == 0 ? otherwise : given;
}

}  // namespace

gt_solve_options read_options(gt_context ctx, const char* caller, const gt_solve_options* options, double epsilon) {
  gt_solve_options o = options ? known_part(ctx, caller, options) : gt_solve_options{};
  if (o.method < GT_METHOD_AUTO || o.method > GT_METHOD_LEVENBERG_MARQUARDT)
    invalid(
        ctx, caller,
        "method must be one of GT_METHOD_AUTO 0 to GT_METHOD_LEVENBERG_MARQUARDT 5, got " + std::to_string(o.method));
  if (o.linear_solver < GT_LINEAR_AUTO || o.linear_solver > GT_LINEAR_SUITESPARSE)
    invalid(ctx, caller,
            "linear_solver must be one of GT_LINEAR_AUTO 0 to GT_LINEAR_SUITESPARSE 3, got " +
                std::to_string(o.linear_solver));
  if (o.max_iterations < 0)
    invalid(ctx, caller, "max_iterations must be 0 or more, got " + std::to_string(o.max_iterations));
  if (o.memory < 0) invalid(ctx, caller, "memory must be 0 or more, got " + std::to_string(o.memory));
  if (o.reserved != 0) invalid(ctx, caller, "reserved must be 0, got " + std::to_string(o.reserved));
  o.tolerance = or_default(ctx, caller, "tolerance", o.tolerance, epsilon > 1e-10 ? 1e-4 : 1e-8);
  o.step_tolerance = or_default(ctx, caller, "step_tolerance", o.step_tolerance, 0);
  o.radius = or_default(ctx, caller, "radius", o.radius, 0);
  o.damping = or_default(ctx, caller, "damping", o.damping, 1e-3);
  if (o.max_iterations == 0) o.max_iterations = 1000;
  if (o.memory == 0) o.memory = 10;
  return o;
}

bool Monitor::ends(State& state, int32_t reached) const {
  const bool finite = std::isfinite(state.value) && std::isfinite(state.gradient_norm);
  if (options_.progress) {
    gt_solve_progress p{};
    p.struct_size = sizeof p;
    p.iteration = state.iterations;
    p.evaluations = counts_.evaluations;
    p.value = state.value;
    p.gradient_norm = state.gradient_norm;
    p.step_norm = state.step_norm;
    if (options_.progress(options_.progress_data, &p) != 0) state.outcome = GT_OUTCOME_STOPPED;
  }
  if (!finite)
    state.outcome = GT_OUTCOME_NOT_FINITE;
  else if (state.gradient_norm <= options_.tolerance)
    state.outcome = reached;
  else if (state.outcome == 0 && state.iterations > 0 && options_.step_tolerance > 0 &&
           state.step_norm <= options_.step_tolerance * std::max(1.0, norm(state.x)))
    state.outcome = GT_OUTCOME_STEP;
  else if (state.outcome == 0 && state.iterations >= options_.max_iterations)
    state.outcome = GT_OUTCOME_ITERATIONS;
  return state.outcome != 0;
}

}  // namespace gradtape::solving
