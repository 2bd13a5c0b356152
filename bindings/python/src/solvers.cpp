// Minima, least squares and systems of equations: solvers over the C interface, with Python functions to solve for.
#include <gradtape/solve.h>

#include "callbacks.hpp"

namespace gradtape_python {
namespace {

// The Python functions of one call. An exception of `progress` ends the solver, and comes out of the call.
struct Called {
  Callback function, progress;
  gt_status status = GT_OK;  // of the progress callback
};
gt_status call_function(gt_context c, void* data, const gt_tensor* inputs, size_t n, gt_tensor* outputs,
                        size_t capacity, size_t* n_outputs) {
  return body_callback(c, &static_cast<Called*>(data)->function, inputs, n, outputs, capacity, n_outputs);
}
int32_t call_progress(void* data, const gt_solve_progress* p) {
  auto& called = *static_cast<Called*>(data);
  bool stops = true;
  called.status = called_back([&] {
    const nb::object answer =
        called.progress.function(p->iteration, p->evaluations, p->value, p->gradient_norm, p->step_norm);
    stops = nb::cast<bool>(nb::bool_(answer));
  });
  return stops;
}

nb::dict as_dict(const gt_solve_report& r) {
  nb::dict d;
  d["converged"] = r.converged != 0;
  d["outcome"] = gt_solve_outcome_name(r.outcome);
  d["method"] = r.method;
  d["linear_solver"] = r.linear_solver;
  d["iterations"] = r.iterations;
  d["evaluations"] = r.evaluations;
  d["products"] = r.products;
  d["matrices"] = r.matrices;
  d["factorizations"] = r.factorizations;
  d["value"] = r.value;
  d["gradient_norm"] = r.gradient_norm;
  return d;
}

template <decltype(gt_minimize)* solver>
nb::tuple solve(nb::object function, nb::list start, int32_t method, int32_t linear_solver, int64_t max_iterations,
                double tolerance, double step_tolerance, double radius, double damping, int32_t memory,
                nb::object progress) {
  const ContextPtr& here = Context::here();
  const auto x = handles_in(here, start, false, "x0");
  gt_solve_options o{};
  o.struct_size = sizeof o;
  o.method = method;
  o.linear_solver = linear_solver;
  o.max_iterations = max_iterations;
  o.tolerance = tolerance;
  o.step_tolerance = step_tolerance;
  o.radius = radius;
  o.damping = damping;
  o.memory = memory;
  Called called{{std::move(function)}, {std::move(progress)}};
  if (!called.progress.function.is_none()) {
    o.progress = call_progress;
    o.progress_data = &called;
  }
  gt_solve_report report{};
  report.struct_size = sizeof report;
  std::vector<gt_tensor> found(x.size());
  here->check_unlocked([&] {
    const gt_status status =
        solver(here->get(), call_function, &called, nullptr, x.data(), x.size(), &o, found.data(), &report);
    if (called.status == GT_OK) return status;
    for (gt_tensor t : found) gt_release(here->get(), t);
    return called.status;
  });
  return nb::make_tuple(wrap_all(here, found.data(), found.size()), as_dict(report));
}

template <decltype(gt_minimize)* solver>
void add_solver(nb::module_& m, const char* name, const char* doc) {
  m.def(name, solve<solver>, nb::arg("function"), nb::arg("start"), nb::arg("method"), nb::arg("linear_solver"),
        nb::arg("max_iterations"), nb::arg("tolerance"), nb::arg("step_tolerance"), nb::arg("radius"),
        nb::arg("damping"), nb::arg("memory"), nb::arg("progress").none(), doc);
}

}  // namespace

void add_solvers(nb::module_& m) {
  add_solver<gt_minimize>(m, "minimize", "The tensors at which function(*tensors) -> [number] is least, and a report.");
  add_solver<gt_least_squares>(m, "least_squares", "The same for half the sum of the squares of all results.");
  add_solver<gt_solve_equations>(m, "solve_equations", "The tensors at which all results are 0, and a report.");
}

}  // namespace gradtape_python
