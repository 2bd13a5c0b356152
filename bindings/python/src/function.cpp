// Functions that are recorded once and replayed, and questions about contexts and graphs.
#include "callbacks.hpp"

namespace gradtape_python {

std::vector<gt_spec> read_specs(nb::handle specs) {
  std::vector<gt_spec> all;
  if (specs.is_none() || !PySequence_Check(specs.ptr()))
    fail(PyExc_TypeError, "want a list of specs, pairs of a dtype and a shape, got " + shown(specs));
  for (nb::handle s : nb::iter(specs)) {
    if (!PySequence_Check(s.ptr()) || PyUnicode_Check(s.ptr()) || nb::len(s) != 2 ||
        !PySequence_Check(nb::object(s[1]).ptr()))
      fail(PyExc_TypeError, "a spec is a pair of a dtype and a shape, got " + shown(s));
    gt_spec spec{};
    spec.dtype = as_dtype(s[0]).number;
    for (nb::handle d : nb::iter(s[1])) {
      if (spec.rank == GT_MAX_RANK) fail("InvalidArgumentError", "a spec of more than 16 axes");
      spec.dims[spec.rank++] = d.is_none() ? -1 : nb::cast<int64_t>(d);
    }
    all.push_back(spec);
  }
  return all;
}

namespace {

struct Function {
  Function(nb::object body, nb::handle specs) : context(Context::here()) {
    const std::vector<gt_spec> inputs = read_specs(specs);
    callback = new Callback{std::move(body)};
    handle = context->made(
        gt_function_create(context->get(), body_callback, callback, drop<Callback>, inputs.data(), inputs.size()));
  }
  Function(ContextPtr owner, gt_function owned) : context(std::move(owner)), callback(nullptr), handle(owned) {}
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  ~Function() { gt_release(context->get(), handle); }

  ContextPtr context;
  // The engine's, as long as the handle is not given back; null where the engine's own function is called.
  Callback* callback;
  gt_function handle;
};

Callback* callback_of(PyObject* self) {
  return nb::inst_ready(self) ? nb::inst_ptr<Function>(self)->callback : nullptr;
}

// A body often leads back to its function, by a closure: the garbage collector must see that.
int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (const Callback* callback = callback_of(self)) Py_VISIT(callback->function.ptr());
  return 0;
}
int clear(PyObject* self) {
  if (Callback* callback = callback_of(self)) callback->function = nb::none();
  return 0;
}

nb::list call(Function& f, nb::handle inputs) {
  if (f.context != Context::here())
    fail("FailedPreconditionError", "a function of another thread: make one in each thread");
  const auto x = handles_in(f.context, inputs, false, "function");
  std::array<gt_tensor, 256> outputs;
  size_t n = 0;
  f.context->check_unlocked([&] {
    return gt_function_call(f.context->get(), f.handle, x.data(), x.size(), outputs.data(), outputs.size(), &n);
  });
  return wrap_all(f.context, outputs.data(), n);
}

template <class Fill>
std::string text_of(Context& c, Fill&& fill) {
  std::string text;
  c.check(read_text(text, fill));
  return text;
}

int32_t plan_format(const std::string& format) {
  if (format == "text") return GT_PLAN_TEXT;
  if (format == "dot") return GT_PLAN_DOT;
  if (format == "times") return GT_PLAN_TIMES;
  fail("InvalidArgumentError", "a plan's format is 'text', 'dot' or 'times', not '" + format + "'");
}

nb::dict memory_stats() {
  const ContextPtr& here = Context::here();
  gt_memory_info info{};
  info.struct_size = sizeof info;
  here->check(gt_memory_stats(here->get(), &info));
  nb::dict d;
  d["live"] = info.live, d["cached"] = info.cached, d["peak"] = info.peak, d["limit"] = info.limit,
  d["plans"] = info.plans;
  d["graph"] = info.graph, d["nodes"] = info.nodes, d["handles"] = info.handles;
  d["native_code"] = info.native_code;
  return d;
}

}  // namespace

nb::object wrap_function(const ContextPtr& context, gt_function owned) {
  return nb::cast(new Function(context, owned), nb::rv_policy::take_ownership);
}

void add_functions(nb::module_& m) {
  static const PyType_Slot slots[] = {
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)}, {Py_tp_clear, reinterpret_cast<void*>(clear)}, {0, nullptr}};
  nb::class_<Function>(m, "Function", nb::type_slots(slots), nb::is_weak_referenceable(),
                       "A computation that was recorded once; calls replay it.")
      .def(nb::init<nb::object, nb::handle>(), nb::arg("body"), nb::arg("specs"))
      .def("__call__", call, nb::arg("inputs"))
      .def(
          "compile",
          [](Function& f) {
            f.context->check_unlocked([&] { return gt_function_compile(f.context->get(), f.handle); });
          },
          "Compiles all loops to native code now, whatever their size.")
      .def(
          "describe",
          [](Function& f, const std::string& format) {
            const int32_t which = plan_format(format);
            return text_of(*f.context, [&](char* text, size_t capacity, size_t* needed) {
              return gt_function_describe(f.context->get(), f.handle, which, text, capacity, needed);
            });
          },
          nb::arg("format") = "text");
  m.def(
      "eval",
      [](nb::list tensors) {
        const ContextPtr& here = Context::here();
        const auto all = handles_in(here, tensors, false, "eval");
        here->check_unlocked([&] { return gt_eval(here->get(), all.data(), all.size()); });
      },
      nb::arg("tensors"), "Computes tensors, together and once.");
  m.def(
      "graph_describe",
      [](nb::list tensors, bool dot) {
        const ContextPtr& here = Context::here();
        const auto all = handles_in(here, tensors, false, "graph_describe");
        return text_of(*here, [&](char* text, size_t capacity, size_t* needed) {
          return gt_graph_describe(here->get(), all.data(), all.size(), dot ? GT_GRAPH_DOT : GT_GRAPH_TEXT, text,
                                   capacity, needed);
        });
      },
      nb::arg("tensors"), nb::arg("dot") = false);
  m.def(
      "plan_describe",
      [](nb::list tensors, const std::string& format) {
        const ContextPtr& here = Context::here();
        const auto all = handles_in(here, tensors, false, "plan_describe");
        const int32_t which = plan_format(format);
        return text_of(*here, [&](char* text, size_t capacity, size_t* needed) {
          return gt_plan_describe(here->get(), all.data(), all.size(), which, text, capacity, needed);
        });
      },
      nb::arg("tensors"), nb::arg("format") = "text");
  m.def(
      "seed", [](uint64_t key) { Context::here()->check(gt_random_seed(Context::here()->get(), key)); },
      nb::arg("key"));
  m.def(
      "set_threads", [](int32_t n) { Context::here()->check(gt_set_threads(Context::here()->get(), n)); },
      nb::arg("threads"));
  m.def(
      "set_checks", [](uint32_t checks) { Context::here()->check(gt_set_checks(Context::here()->get(), checks)); },
      nb::arg("checks"));
  m.def("memory_stats", memory_stats, "What this thread's tensors hold, in bytes; nodes and handles are counts.");
  m.def(
      "memory_limit", [](uint64_t bytes) { Context::here()->check(gt_memory_limit(Context::here()->get(), bytes)); },
      nb::arg("bytes"));
  m.def("memory_trim", [] { Context::here()->check(gt_memory_trim(Context::here()->get())); });
  m.def("version", [] { return gt_version(); });
  m.def(
      "abi_version", [] { return gt_abi_version(); }, "The ABI number of the library that is running.");
}

}  // namespace gradtape_python
