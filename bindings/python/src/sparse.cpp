// Sparsities: the patterns of sparse Jacobians and Hessians, found by tapes or given by the user.
#include <memory>

#include "tape.hpp"

namespace gradtape_python {
namespace {

struct Sparsity {
  Sparsity(ContextPtr owner, gt_sparsity owned, std::unique_ptr<Progress> watcher)
      : context(std::move(owner)), handle(owned), progress(std::move(watcher)) {}
  // A pattern of the user's: int64 tensors of offsets and columns.
  Sparsity(int64_t rows, int64_t columns, nb::handle offsets, nb::handle indices, bool symmetric, bool trusted)
      : context(Context::here()) {
    const int64_t first = count(offsets, "row_offsets"), n = count(indices, "column_indices");
    const auto* from = numbers(offsets);
    if (rows < 0 || first != rows + 1)
      fail("InvalidArgumentError",
           "a sparsity of " + std::to_string(rows) + " rows has rows + 1 row_offsets, got " + std::to_string(first));
    if (from[rows] != n)
      fail("InvalidArgumentError", "a sparsity: the last of row_offsets is the number of columns given, got " +
                                       std::to_string(from[rows]) + " and " + std::to_string(n));
    const int32_t flags = (symmetric ? GT_SPARSITY_SYMMETRIC : 0) | (trusted ? GT_SPARSITY_TRUSTED : 0);
    handle = context->made(gt_sparsity_create(context->get(), rows, columns, from, numbers(indices), flags));
  }
  Sparsity(const Sparsity&) = delete;
  Sparsity& operator=(const Sparsity&) = delete;
  ~Sparsity() { gt_release(context->get(), handle); }

  // The context, where the sparsity is this thread's.
  Context& own() const {
    if (context == Context::here()) return *context;
    fail("FailedPreconditionError", "a sparsity of another thread: a thread differentiates what it computes itself");
  }
  gt_tensor operand(nb::handle tensor, const char* name) const {
    if (!is_tensor(tensor)) fail(PyExc_TypeError, std::string(name) + ": want a tensor, got " + shown(tensor));
    return handle_in(context, tensor);
  }

  ContextPtr context;
  gt_sparsity handle;
  std::unique_ptr<Progress> progress;  // called as long as the handle lives

 private:
  int64_t count(nb::handle tensor, const char* name) const {
    const gt_tensor t = operand(tensor, name);
    const Shape s = shape_of(tensor_in(tensor));
    if (tensor_in(tensor).dtype() != GT_INT64 || s.rank != 1)
      fail(PyExc_TypeError, std::string(name) + ": want integers in a row, got " + shown(tensor));
    return t ? s.dims[0] : 0;
  }
  const int64_t* numbers(nb::handle tensor) const {
    const void* data = nullptr;
    size_t bytes = 0;
    context->check(gt_tensor_borrow_data(context->get(), tensor_in(tensor).handle, &data, &bytes));
    return static_cast<const int64_t*>(data);
  }
};

// A function that leads back to its sparsity, by a closure: the garbage collector must see that.
int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  if (nb::inst_ready(self))
    if (const Progress* p = nb::inst_ptr<Sparsity>(self)->progress.get()) Py_VISIT(p->function.ptr());
  return 0;
}
int clear(PyObject* self) {
  if (nb::inst_ready(self))
    if (Progress* p = nb::inst_ptr<Sparsity>(self)->progress.get()) p->function = nb::none();
  return 0;
}

int32_t number_of(const char* option, const std::string& given, std::initializer_list<const char*> names) {
  std::string known;
  int32_t number = 0;
  for (const char* name : names) {
    if (given == name) return number;
    known += (number++ > 0 ? ", '" : "'") + std::string(name) + "'";
  }
  fail("InvalidArgumentError", std::string("sparsity: ") + option + " '" + given + "'; want one of " + known);
}

using Find = gt_sparsity (*)(gt_context, gt_tape, gt_tensor, const gt_tensor*, size_t, const gt_sparse_options*);
auto finding(Find find) {
  return
      [find](Tape& t, nb::handle target, nb::list sources, const std::string& method, const std::string& mode,
             const std::string& triangle, const std::string& dependence, uint64_t memory_budget, nb::object progress) {
        Context& c = t.own();
        const auto x = handles_in(t.context, sources, false, "sparsity: sources");
        const gt_tensor y = one(t, target, "sparsity: target");
        gt_sparse_options o{};
        o.struct_size = sizeof o;
        o.method = number_of("method", method, {"auto", "accumulate", "compress"});
        o.mode = number_of("mode", mode, {"auto", "forward", "reverse", "both"});
        o.triangle = number_of("triangle", triangle, {"full", "lower", "upper"});
        o.dependence = number_of("dependence", dependence, {"exact", "conservative", "trust"});
        o.memory_budget = memory_budget;
        std::unique_ptr<Progress> watcher;
        if (!progress.is_none()) {
          watcher.reset(new Progress{c, std::move(progress)});
          o.progress = Progress::call;
          o.progress_data = watcher.get();
        }
        gt_sparsity found;
        {
          nb::gil_scoped_release release;
          found = find(c.get(), t.handle, y, x.data(), x.size(), &o);
        }
        return new Sparsity(t.context, c.made(found), std::move(watcher));
      };
}

nb::object sparse_values(Tape& t, nb::handle target, nb::list sources, Sparsity& s) {
  Context& c = t.own();
  s.own();
  const auto x = handles_in(t.context, sources, false, "sparse_values: sources");
  const gt_tensor y = one(t, target, "sparse_values: target");
  gt_tensor found = nullptr;
  c.check_unlocked([&] { return gt_tape_sparse_values(c.get(), t.handle, y, x.data(), x.size(), s.handle, &found); });
  return wrap({t.context, found});
}

nb::tuple pattern(Sparsity& s, const std::string& format) {
  Context& c = s.own();
  const int32_t which = number_of("format", format, {"csr", "csc", "coo"});
  gt_tensor first = nullptr, second = nullptr;
  c.check(gt_sparsity_pattern(c.get(), s.handle, which, &first, &second));
  nb::object a = wrap({s.context, first}), b = wrap({s.context, second});
  return nb::make_tuple(a, b);
}

nb::dict info(Sparsity& s) {
  Context& c = s.own();
  gt_sparsity_info i{};
  i.struct_size = sizeof i;
  c.check(gt_sparsity_describe(c.get(), s.handle, &i));
  nb::dict d;
  d["rows"] = i.rows, d["columns"] = i.columns, d["nonzeros"] = i.nonzeros, d["links"] = i.links;
  d["method"] = i.method == GT_SPARSE_ACCUMULATE ? "accumulate" : i.method == GT_SPARSE_COMPRESS ? "compress" : "auto";
  d["symmetric"] = i.symmetric == 1;
  d["forward_colours"] = i.forward_colours, d["reverse_colours"] = i.reverse_colours, d["peeled"] = i.peeled;
  d["seconds"] = i.seconds;
  return d;
}

nb::object matvec(Sparsity& s, nb::handle values, nb::handle x, bool transpose) {
  Context& c = s.own();
  const gt_tensor v = s.operand(values, "matvec: values"), by = s.operand(x, "matvec: x");
  gt_tensor y = nullptr;
  c.check(gt_sparse_matvec(c.get(), s.handle, v, by, transpose ? 1 : 0, &y));
  return wrap({s.context, y});
}

nb::object to_dense(Sparsity& s, nb::handle values) {
  Context& c = s.own();
  gt_tensor matrix = nullptr;
  c.check(gt_sparse_to_dense(c.get(), s.handle, s.operand(values, "to_dense: values"), &matrix));
  return wrap({s.context, matrix});
}

}  // namespace

void add_sparsities(nb::module_& m) {
  static const PyType_Slot slots[] = {
      {Py_tp_traverse, reinterpret_cast<void*>(traverse)}, {Py_tp_clear, reinterpret_cast<void*>(clear)}, {0, nullptr}};
  nb::class_<Sparsity>(m, "Sparsity", nb::type_slots(slots), nb::is_weak_referenceable(),
                       "The entries of a matrix that may be other than 0.")
      .def(nb::init<int64_t, int64_t, nb::handle, nb::handle, bool, bool>(), nb::arg("rows"), nb::arg("columns"),
           nb::arg("row_offsets"), nb::arg("column_indices"), nb::arg("symmetric") = false, nb::arg("trusted") = false)
      .def("pattern", pattern, nb::arg("format") = "csr")
      .def("info", info)
      .def("matvec", matvec, nb::arg("values").none(), nb::arg("x").none(), nb::arg("transpose") = false)
      .def("to_dense", to_dense, nb::arg("values").none());
  const auto find = [&m](const char* name, Find function) {
    nb::object tape = m.attr("Tape");
    nb::cpp_function_def(finding(function), nb::scope(tape), nb::name(name), nb::is_method(), nb::arg("target").none(),
                         nb::arg("sources"), nb::arg("method") = "auto", nb::arg("mode") = "auto",
                         nb::arg("triangle") = "full", nb::arg("dependence") = "exact", nb::arg("memory_budget") = 0,
                         nb::arg("progress").none() = nb::none());
  };
  find("jacobian_sparsity", gt_tape_jacobian_sparsity);
  find("hessian_sparsity", gt_tape_hessian_sparsity);
  nb::cpp_function_def(sparse_values, nb::scope(m.attr("Tape")), nb::name("sparse_values"), nb::is_method(),
                       nb::arg("target").none(), nb::arg("sources"), nb::arg("sparsity"));
}

}  // namespace gradtape_python
