// Loops, branches, checkpoints, maps and roots: ops whose operands are Python functions.
#include "callbacks.hpp"

namespace gradtape_python {
namespace {

// The functions of one call, which end with it.
struct Bodies {
  Callback first, second;
};

template <Callback Bodies::*which>
gt_status call_one(gt_context c, void* data, const gt_tensor* inputs, size_t n, gt_tensor* outputs, size_t capacity,
                   size_t* n_outputs) {
  return body_callback(c, &(static_cast<Bodies*>(data)->*which), inputs, n, outputs, capacity, n_outputs);
}
constexpr gt_forward_fn call_first = call_one<&Bodies::first>, call_second = call_one<&Bodies::second>;

// The outputs of record(context, outputs, capacity, &n_outputs).
template <class Record>
nb::list recorded(Record&& record) {
  const ContextPtr& here = Context::here();
  std::array<gt_tensor, 256> outputs;
  size_t n = 0;
  here->check(record(here->get(), outputs.data(), outputs.size(), &n));
  return wrap_all(here, outputs.data(), n);
}

template <class Options>
Options options() {
  Options o{};
  o.struct_size = sizeof o;
  return o;
}

std::vector<gt_tensor> handles(nb::list tensors, const char* name) {
  return handles_in(Context::here(), tensors, false, name);
}

nb::list scan(nb::object body, nb::list initial, nb::list sequences, int64_t length, bool reverse,
              uint64_t memory_budget) {
  Bodies functions{{std::move(body)}, {}};
  const auto carried = handles(initial, "scan: init"), rows = handles(sequences, "scan: xs");
  auto o = options<gt_scan_options>();
  o.length = length;
  o.reverse = reverse;
  o.memory_budget = memory_budget;
  return recorded([&](gt_context c, gt_tensor* outputs, size_t capacity, size_t* n) {
    return gt_scan(c, call_first, &functions, nullptr, carried.data(), carried.size(), rows.data(), rows.size(), &o,
                   outputs, capacity, n);
  });
}

nb::list while_loop(nb::object condition, nb::object body, nb::list initial, int64_t max_steps,
                    uint64_t memory_budget) {
  Bodies functions{{std::move(condition)}, {std::move(body)}};
  const auto carried = handles(initial, "while_loop: init");
  auto o = options<gt_while_options>();
  o.max_steps = max_steps;
  o.memory_budget = memory_budget;
  return recorded([&](gt_context c, gt_tensor* outputs, size_t capacity, size_t* n) {
    return gt_while(c, call_first, call_second, &functions, nullptr, carried.data(), carried.size(), &o, outputs,
                    capacity, n);
  });
}

nb::list cond(nb::handle predicate, nb::object yes, nb::object no, nb::list inputs) {
  Bodies functions{{std::move(yes)}, {std::move(no)}};
  const gt_tensor which = handle_in(Context::here(), predicate);
  const auto x = handles(inputs, "cond: operands");
  return recorded([&](gt_context c, gt_tensor* outputs, size_t capacity, size_t* n) {
    return gt_cond(c, which, call_first, call_second, &functions, nullptr, x.data(), x.size(), outputs, capacity, n);
  });
}

nb::list checkpoint(nb::object body, nb::list inputs) {
  Bodies functions{{std::move(body)}, {}};
  const auto x = handles(inputs, "checkpoint: inputs");
  return recorded([&](gt_context c, gt_tensor* outputs, size_t capacity, size_t* n) {
    return gt_checkpoint(c, call_first, &functions, nullptr, x.data(), x.size(), nullptr, outputs, capacity, n);
  });
}

// All inputs are mapped along their axes; the samples of the outputs lie along axis 0.
nb::list vmap(nb::object body, nb::list inputs, nb::list in_axes, int64_t size, bool shared_draws) {
  Bodies functions{{std::move(body)}, {}};
  const auto x = handles(inputs, "vmap: inputs");
  std::vector<int32_t> axes;
  for (nb::handle axis : in_axes) axes.push_back(nb::cast<int32_t>(axis));
  if (axes.size() != x.size())
    fail("InvalidArgumentError",
         "vmap: " + std::to_string(axes.size()) + " axes for " + std::to_string(x.size()) + " inputs");
  auto o = options<gt_vmap_options>();
  o.size = size;
  o.shared_draws = shared_draws;
  return recorded([&](gt_context c, gt_tensor* outputs, size_t capacity, size_t* n) {
    return gt_vmap(c, call_first, &functions, nullptr, x.data(), x.size(), axes.data(), nullptr, &o, outputs, capacity,
                   n);
  });
}

nb::list root(nb::object residual, nb::list guess, double tolerance, int64_t max_steps, nb::object solver,
              bool fixed_point, int32_t method, int32_t linear, int32_t history, double damping,
              double linear_tolerance, int64_t linear_max_steps, int64_t linear_restart) {
  const bool own = !solver.is_none();
  Bodies functions{{std::move(residual)}, {std::move(solver)}};
  const auto x = handles(guess, "root: guess");
  auto o = options<gt_root_options>();
  o.tolerance = tolerance;
  o.max_steps = max_steps;
  o.solver = own ? call_second : nullptr;
  o.fixed_point = fixed_point;
  o.method = method;
  o.linear = linear;
  o.history = history;
  o.damping = damping;
  o.linear_tolerance = linear_tolerance;
  o.linear_max_steps = linear_max_steps;
  o.linear_restart = linear_restart;
  return recorded([&](gt_context c, gt_tensor* outputs, size_t capacity, size_t* n) {
    return gt_root(c, call_first, &functions, nullptr, x.data(), x.size(), &o, outputs, capacity, n);
  });
}

}  // namespace

void add_bodies(nb::module_& m) {
  m.def("scan", scan, nb::arg("body"), nb::arg("initial"), nb::arg("sequences"), nb::arg("length") = -1,
        nb::arg("reverse") = false, nb::arg("memory_budget") = 0,
        "The last carries, then the stacked results, of body(*carries, *rows) -> [*carries, *results].");
  m.def("while_loop", while_loop, nb::arg("condition"), nb::arg("body"), nb::arg("initial"), nb::arg("max_steps") = 0,
        nb::arg("memory_budget") = 0);
  m.def("cond", cond, nb::arg("predicate"), nb::arg("yes"), nb::arg("no"), nb::arg("inputs"));
  m.def("checkpoint", checkpoint, nb::arg("body"), nb::arg("inputs"));
  m.def("vmap", vmap, nb::arg("body"), nb::arg("inputs"), nb::arg("in_axes"), nb::arg("size") = -1,
        nb::arg("shared_draws") = false);
  m.def("root", root, nb::arg("residual"), nb::arg("guess"), nb::arg("tolerance") = 0.0, nb::arg("max_steps") = 0,
        nb::arg("solver").none() = nb::none(), nb::arg("fixed_point") = false, nb::arg("method") = 0,
        nb::arg("linear") = 0, nb::arg("history") = 0, nb::arg("damping") = 0.0, nb::arg("linear_tolerance") = 0.0,
        nb::arg("linear_max_steps") = 0, nb::arg("linear_restart") = 0);
}

}  // namespace gradtape_python
