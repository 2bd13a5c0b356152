// Tapes: recording, derivatives, the variables that were met.
#include <nanobind/stl/optional.h>

#include <optional>

#include "tape.hpp"

namespace gradtape_python {
namespace {

using TapeCall = gt_status (*)(gt_context, gt_tape);
auto calling(TapeCall call) {
  return [call](Tape& t) {
    Context& c = t.own();
    c.check(call(c.get(), t.handle));
  };
}

nb::object wrap_or_none(const ContextPtr& here, gt_tensor t) { return t ? wrap({here, t}) : nb::none(); }
nb::list wrap_all(const Tape& t, const std::vector<gt_tensor>& found) {
  return wrap_all(t.context, found.data(), found.size());
}
int32_t unconnected(bool zero) { return zero ? GT_UNCONNECTED_ZERO : GT_UNCONNECTED_NULL; }

nb::list watched_variables(Tape& t) {
  Context& c = t.own();
  size_t n = 0;
  c.check(gt_tape_watched_variables(c.get(), t.handle, nullptr, 0, &n));
  std::vector<gt_tensor> handles(n);
  c.check(gt_tape_watched_variables(c.get(), t.handle, handles.data(), n, &n));
  nb::list all;
  for (gt_tensor h : handles) {
    Tensor variable(t.context, h);
    uint64_t id = 0;
    c.check(gt_variable_id(c.get(), h, &id));
    const auto known = c.variables.find(id);
    if (known != c.variables.end()) {
      all.append(nb::find(known->second));
    } else {  // the program has dropped its own object
      nb::object o = nb::inst_alloc(variable_type);
      new (nb::inst_ptr<Variable>(o)) Variable(std::move(variable), true, nb::none());
      nb::inst_mark_ready(o);
      all.append(o);
    }
  }
  return all;
}

nb::list gradient(Tape& t, nb::list targets, nb::list sources, std::optional<nb::list> output_gradients, bool zero) {
  Context& c = t.own();
  const auto y = handles_in(t.context, targets, false, "gradient: targets"),
             x = handles_in(t.context, sources, false, "gradient: sources");
  std::vector<gt_tensor> weights, found(x.size());
  if (output_gradients) {
    weights = handles_in(t.context, *output_gradients, false, "gradient: output_gradients");
    if (weights.size() != y.size())
      fail("InvalidArgumentError", "gradient: " + std::to_string(weights.size()) + " output gradients for " +
                                       std::to_string(y.size()) + " targets");
  }
  c.check(gt_tape_gradient(c.get(), t.handle, y.data(), y.size(), x.data(), x.size(),
                           output_gradients ? weights.data() : nullptr, unconnected(zero), found.data()));
  return wrap_all(t, found);
}

nb::list jvp(Tape& t, nb::list targets, nb::list sources, nb::list tangents, bool zero) {
  Context& c = t.own();
  const auto y = handles_in(t.context, targets, false, "jvp: targets"),
             x = handles_in(t.context, sources, false, "jvp: sources"),
             dx = handles_in(t.context, tangents, true, "jvp: tangents");
  if (dx.size() != x.size())
    fail("InvalidArgumentError",
         "jvp: " + std::to_string(dx.size()) + " tangents for " + std::to_string(x.size()) + " sources");
  std::vector<gt_tensor> found(y.size());
  c.check(gt_tape_jvp(c.get(), t.handle, y.data(), y.size(), x.data(), x.size(), dx.data(), unconnected(zero),
                      found.data()));
  return wrap_all(t, found);
}

// A function of tangents of the sources, or transposed of cotangents of the targets.
nb::object linearize(Tape& t, nb::list targets, nb::list sources, bool transposed) {
  Context& c = t.own();
  const auto y = handles_in(t.context, targets, false, "linearize: targets"),
             x = handles_in(t.context, sources, false, "linearize: sources");
  gt_function map = nullptr;
  c.check_unlocked([&] {
    return gt_tape_linearize(c.get(), t.handle, y.data(), y.size(), x.data(), x.size(), transposed ? 1 : 0, &map);
  });
  return wrap_function(t.context, map);
}

std::string explain(Tape& t, nb::handle target, nb::handle source) {
  Context& c = t.own();
  const gt_tensor y = one(t, target, "explain: the target"), x = one(t, source, "explain: the source");
  std::string text;
  c.check(read_text(text, [&](char* to, size_t capacity, size_t* needed) {
    return gt_tape_explain(c.get(), t.handle, y, x, to, capacity, needed);
  }));
  return text;
}

std::string check(Tape& t, nb::handle target, nb::list sources, uint32_t compare, uint64_t seed, double tolerance) {
  Context& c = t.own();
  const gt_tensor y = one(t, target, "check: the target");
  const auto x = handles_in(t.context, sources, false, "check: sources");
  gt_check_options o{};
  o.struct_size = sizeof o;
  o.compare = compare;
  o.seed = seed;
  o.tolerance = tolerance;
  std::string report;
  c.check(read_text(report, [&](char* to, size_t capacity, size_t* needed) {
    return gt_tape_check(c.get(), t.handle, y, x.data(), x.size(), &o, to, capacity, needed);
  }));
  return report;
}

// A Jacobian with a progress function is computed at once, part by part.
gt_jacobian_options options_of(bool zero, const std::string& mode, uint64_t memory_budget, Progress& progress) {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.unconnected = unconnected(zero);
  if (mode != "auto" && mode != "forward" && mode != "reverse")
    fail("InvalidArgumentError", "jacobian: mode '" + mode + "'; want 'auto', 'forward' or 'reverse'");
  o.mode = mode == "auto" ? GT_MODE_AUTO : mode == "forward" ? GT_MODE_FORWARD : GT_MODE_REVERSE;
  o.memory_budget = memory_budget;
  if (!progress.function.is_none()) {
    o.progress = Progress::call;
    o.progress_data = &progress;
  }
  return o;
}

nb::list jacobian(Tape& t, nb::handle target, nb::list sources, bool zero, const std::string& mode,
                  uint64_t memory_budget, nb::object progress) {
  Context& c = t.own();
  const auto x = handles_in(t.context, sources, false, "jacobian: sources");
  const gt_tensor y = one(t, target, "jacobian: target");
  Progress watcher{c, std::move(progress)};
  const gt_jacobian_options options = options_of(zero, mode, memory_budget, watcher);
  std::vector<gt_tensor> found(x.size());
  c.check_unlocked([&] { return gt_tape_jacobian(c.get(), t.handle, y, x.data(), x.size(), &options, found.data()); });
  return wrap_all(t, found);
}

nb::object batch_jacobian(Tape& t, nb::handle target, nb::handle source, bool zero, bool sum, uint64_t memory_budget,
                          nb::object progress) {
  Context& c = t.own();
  const gt_tensor y = one(t, target, "batch_jacobian: target"), x = one(t, source, "batch_jacobian: source");
  Progress watcher{c, std::move(progress)};
  gt_jacobian_options options = options_of(zero, "auto", memory_budget, watcher);
  options.batch_dependence = sum ? GT_BATCH_SUM : GT_BATCH_INDEPENDENT;
  gt_tensor found = nullptr;
  c.check_unlocked([&] { return gt_tape_batch_jacobian(c.get(), t.handle, y, x, &options, &found); });
  return wrap_or_none(t.context, found);
}

nb::list hvp(Tape& t, nb::handle target, nb::list sources, nb::list vectors, bool zero) {
  Context& c = t.own();
  const auto x = handles_in(t.context, sources, false, "hvp: sources"),
             v = handles_in(t.context, vectors, true, "hvp: vectors");
  if (v.size() != x.size())
    fail("InvalidArgumentError",
         "hvp: " + std::to_string(v.size()) + " vectors for " + std::to_string(x.size()) + " sources");
  const gt_tensor y = one(t, target, "hvp: target");
  std::vector<gt_tensor> found(x.size());
  c.check(gt_tape_hvp(c.get(), t.handle, y, x.data(), x.size(), v.data(), unconnected(zero), found.data()));
  return wrap_all(t, found);
}

// The blocks, row by row.
nb::list hessian(Tape& t, nb::handle target, nb::list sources, bool zero, const std::string& mode,
                 uint64_t memory_budget, nb::object progress) {
  Context& c = t.own();
  const auto x = handles_in(t.context, sources, false, "hessian: sources");
  const gt_tensor y = one(t, target, "hessian: target");
  Progress watcher{c, std::move(progress)};
  const gt_jacobian_options options = options_of(zero, mode, memory_budget, watcher);
  std::vector<gt_tensor> found(x.size() * x.size());
  c.check_unlocked([&] { return gt_tape_hessian(c.get(), t.handle, y, x.data(), x.size(), &options, found.data()); });
  return wrap_all(t, found);
}

nb::list hessian_diagonal(Tape& t, nb::handle target, nb::list sources, bool zero, uint64_t memory_budget,
                          nb::object progress) {
  Context& c = t.own();
  const auto x = handles_in(t.context, sources, false, "hessian_diagonal: sources");
  const gt_tensor y = one(t, target, "hessian_diagonal: target");
  Progress watcher{c, std::move(progress)};
  const gt_jacobian_options options = options_of(zero, "auto", memory_budget, watcher);
  std::vector<gt_tensor> found(x.size());
  c.check_unlocked(
      [&] { return gt_tape_hessian_diagonal(c.get(), t.handle, y, x.data(), x.size(), &options, found.data()); });
  return wrap_all(t, found);
}

nb::object batch_hessian(Tape& t, nb::handle target, nb::handle source, bool zero, uint64_t memory_budget,
                         nb::object progress) {
  Context& c = t.own();
  const gt_tensor y = one(t, target, "batch_hessian: target"), x = one(t, source, "batch_hessian: source");
  Progress watcher{c, std::move(progress)};
  const gt_jacobian_options options = options_of(zero, "auto", memory_budget, watcher);
  gt_tensor found = nullptr;
  c.check_unlocked([&] { return gt_tape_batch_hessian(c.get(), t.handle, y, x, &options, &found); });
  return wrap_or_none(t.context, found);
}

// Calls take(first, rows) with a chunk of rows, one tensor or None for each source.
void jacobian_rows(Tape& t, nb::handle target, nb::list sources, nb::object take, bool zero, uint64_t memory_budget,
                   nb::object progress) {
  Context& c = t.own();
  const auto x = handles_in(t.context, sources, false, "jacobian_rows: sources");
  const gt_tensor y = one(t, target, "jacobian_rows: target");
  Progress watcher{c, std::move(progress)};
  const gt_jacobian_options options = options_of(zero, "auto", memory_budget, watcher);
  const gt_rows_fn call = [](gt_context, void* function, int64_t first, int64_t, const gt_tensor* rows, size_t n) {
    return called_back([&] { (*static_cast<nb::object*>(function))(first, lent(rows, n)); });
  };
  c.check_unlocked(
      [&] { return gt_tape_jacobian_rows(c.get(), t.handle, y, x.data(), x.size(), &options, call, &take); });
}

}  // namespace

void add_tapes(nb::module_& m) {
  nb::class_<Tape>(m, "Tape", nb::is_weak_referenceable(), "A recording, under way from the moment it is made.")
      .def(nb::init<bool, bool>(), nb::arg("persistent") = false, nb::arg("watch_accessed_variables") = true)
      .def(
          "watch",
          [](Tape& t, nb::handle x) {
            Context& c = t.own();
            c.check(gt_tape_watch(c.get(), t.handle, one(t, x, "watch")));
          },
          nb::arg("tensor").none())
      .def("end", calling(gt_tape_end))
      .def("stop", calling(gt_tape_stop_recording))
      .def("resume", calling(gt_tape_resume_recording))
      .def("reset", calling(gt_tape_reset))
      .def("watched_variables", watched_variables)
      .def("explain", explain, nb::arg("target").none(), nb::arg("source").none())
      .def("check", check, nb::arg("target").none(), nb::arg("sources"), nb::arg("compare") = 0, nb::arg("seed") = 0,
           nb::arg("tolerance") = 0.0)
      .def("gradient", gradient, nb::arg("targets"), nb::arg("sources"),
           nb::arg("output_gradients").none() = nb::none(), nb::arg("zero") = false)
      .def("jvp", jvp, nb::arg("targets"), nb::arg("sources"), nb::arg("tangents"), nb::arg("zero") = false)
      .def("linearize", linearize, nb::arg("targets"), nb::arg("sources"), nb::arg("transposed") = false)
      .def("jacobian", jacobian, nb::arg("target").none(), nb::arg("sources"), nb::arg("zero") = false,
           nb::arg("mode") = "auto", nb::arg("memory_budget") = 0, nb::arg("progress").none() = nb::none())
      .def("batch_jacobian", batch_jacobian, nb::arg("target").none(), nb::arg("source").none(),
           nb::arg("zero") = false, nb::arg("sum") = false, nb::arg("memory_budget") = 0,
           nb::arg("progress").none() = nb::none())
      .def("jacobian_rows", jacobian_rows, nb::arg("target").none(), nb::arg("sources"), nb::arg("take"),
           nb::arg("zero") = false, nb::arg("memory_budget") = 0, nb::arg("progress").none() = nb::none())
      .def("hvp", hvp, nb::arg("target").none(), nb::arg("sources"), nb::arg("vectors"), nb::arg("zero") = false)
      .def("hessian", hessian, nb::arg("target").none(), nb::arg("sources"), nb::arg("zero") = false,
           nb::arg("mode") = "auto", nb::arg("memory_budget") = 0, nb::arg("progress").none() = nb::none())
      .def("hessian_diagonal", hessian_diagonal, nb::arg("target").none(), nb::arg("sources"), nb::arg("zero") = false,
           nb::arg("memory_budget") = 0, nb::arg("progress").none() = nb::none())
      .def("batch_hessian", batch_hessian, nb::arg("target").none(), nb::arg("source").none(), nb::arg("zero") = false,
           nb::arg("memory_budget") = 0, nb::arg("progress").none() = nb::none());
}

}  // namespace gradtape_python
