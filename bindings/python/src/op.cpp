// Ops as callables: their parameters come from the registry, and a call goes to gt_apply without Python code between.
#include <list>
#include <string_view>

#include "inputs.hpp"

#include <structmember.h>  // after Python.h

namespace gradtape_python {
namespace {

nb::object apply(const Op& op, const char* rule, const gt_tensor* inputs, size_t n_inputs, const Attributes& attrs) {
  const ContextPtr& here = Context::here();
  const auto call = [&](gt_tensor* outputs, size_t capacity, size_t* n) {
    here->check(rule ? gt_apply_with_gradient(here->get(), op.name.c_str(), rule, inputs, n_inputs, attrs.data(),
                                              attrs.size(), outputs, capacity, n)
                     : gt_apply(here->get(), op.name.c_str(), inputs, n_inputs, attrs.data(), attrs.size(), outputs,
                                capacity, n));
  };
  if (!op.many && !op.by_user) {
    gt_tensor out = nullptr;
    call(&out, 1, nullptr);
    return wrap({here, out});
  }
  size_t n = 0;
  call(nullptr, 0, &n);
  std::vector<gt_tensor> outputs(n);
  call(outputs.data(), n, &n);
  if (op.by_user && n == 1) return wrap({here, outputs[0]});
  return nb::tuple(wrap_all(here, outputs.data(), n));
}

using Values = std::array<PyObject*, kMostParams>;

[[noreturn]] void wrong_call(const Op& op, const std::string& what) {
  std::string takes;
  for (const Param& p : op.params) takes += (takes.empty() ? "" : ", ") + p.name;
  fail(PyExc_TypeError, op.name + ": " + what + "; it takes (" + takes + ")");
}

void place_arguments(const Op& op, PyObject* const* args, size_t n, PyObject* names, Values& values) {
  values.fill(nullptr);
  if (n > op.params.size()) wrong_call(op, std::to_string(n) + " arguments are too many");
  std::copy(args, args + n, values.begin());
  const Py_ssize_t n_named = names ? PyTuple_GET_SIZE(names) : 0;
  for (Py_ssize_t k = 0; k < n_named; ++k) {
    const char* name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, k));
    size_t i = 0;
    while (i < op.params.size() && op.params[i].name != name && op.params[i].alias != name) ++i;
    if (i == op.params.size()) {
      if (std::string_view(name) == "name") continue;
      wrong_call(op, std::string("there is no parameter '") + name + "'");
    }
    if (values[i]) wrong_call(op, std::string("two values for '") + name + "'");
    values[i] = args[n + static_cast<size_t>(k)];
  }
}

// A dtype that is left out: float32, and for a range of integers int32.
void add_default_dtype(const Op& op, const Values& values, Attributes& attrs) {
  for (size_t i = op.n_inputs; i < op.params.size(); ++i) {
    if (op.params[i].dtype != 'd' || op.params[i].required || (values[i] && values[i] != Py_None)) continue;
    bool any_float = op.name != "range";
    for (size_t k = op.n_inputs; k < op.params.size(); ++k) any_float |= values[k] && PyFloat_Check(values[k]);
    attrs.add_dtype(op.params[i].name.c_str(), any_float ? GT_FLOAT32 : GT_INT32);
  }
}

nb::object call(const Op& op, const Values& values) {
  Inputs inputs(Context::here());
  if (op.variadic) {
    if (!values[0] || values[0] == Py_None) wrong_call(op, op.params[0].name + " is missing: a sequence of tensors");
    nb::object sequence = nb::steal(PySequence_Fast(values[0], (op.name + ": want a sequence of tensors").c_str()));
    if (!sequence.is_valid()) throw nb::python_error();
    const auto n = static_cast<size_t>(PySequence_Fast_GET_SIZE(sequence.ptr()));
    const std::vector<Param> alike(n, op.params[0]);
    inputs.add_all(op, PySequence_Fast_ITEMS(sequence.ptr()), alike.data(), n);
  } else {
    inputs.add_all(op, values.data(), op.params.data(), op.n_inputs);
  }
  Attributes attrs;
  for (size_t i = op.n_inputs; i < op.params.size(); ++i)
    if (values[i] && values[i] != Py_None)
      attrs.add(op.params[i].name.c_str(), values[i], op.params[i].dtype == 'd', op.name.c_str());
  if (op.has_default_dtype) add_default_dtype(op, values, attrs);
  return apply(op, nullptr, inputs.data(), inputs.size(), attrs);
}

// A user's op takes any tensors by place, and any attributes by name.
nb::object call_user(const Op& op, PyObject* const* args, size_t n, PyObject* names) {
  Inputs inputs(Context::here());
  const std::vector<Param> params(n, Param{"input", "", 'u'});
  inputs.add_all(op, args, params.data(), n);
  Attributes attrs;
  const Py_ssize_t n_named = names ? PyTuple_GET_SIZE(names) : 0;
  for (Py_ssize_t k = 0; k < n_named; ++k) {
    PyObject* value = args[n + static_cast<size_t>(k)];
    if (value != Py_None) attrs.add(PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, k)), value, false, op.name.c_str());
  }
  return apply(op, nullptr, inputs.data(), inputs.size(), attrs);
}

struct OpObject {
  PyObject_HEAD;
  vectorcallfunc vectorcall;
  PyObject* weakrefs;
  const Op* op;
};

PyObject* op_vectorcall(PyObject* self, PyObject* const* args, size_t flagged, PyObject* names) {
  return guarded(
      [&] {
        const Op& op = *reinterpret_cast<OpObject*>(self)->op;
        const auto n = static_cast<size_t>(PyVectorcall_NARGS(flagged));
        if (op.by_user) return call_user(op, args, n, names).release().ptr();
        Values values;
        place_arguments(op, args, n, names, values);
        return call(op, values).release().ptr();
      },
      static_cast<PyObject*>(nullptr));
}
PyObject* op_repr(PyObject* self) {
  return PyUnicode_FromFormat("<op %s>", reinterpret_cast<OpObject*>(self)->op->name.c_str());
}
PyObject* op_name(PyObject* self, void*) {
  return PyUnicode_FromString(reinterpret_cast<OpObject*>(self)->op->name.c_str());
}
PyObject* op_doc(PyObject* self, void*) {
  return PyUnicode_FromString(reinterpret_cast<OpObject*>(self)->op->doc.c_str());
}
PyObject* op_signature(PyObject* self, void*) {
  return guarded([&] { return signature(*reinterpret_cast<OpObject*>(self)->op).release().ptr(); },
                 static_cast<PyObject*>(nullptr));
}
PyObject* op_new(PyTypeObject*, PyObject*, PyObject*) {
  PyErr_SetString(PyExc_TypeError, "ops are found by their names: gradtape._core.op(name)");
  return nullptr;
}

PyTypeObject* make_op_type() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", T_PYSSIZET, offsetof(OpObject, vectorcall), READONLY, nullptr},
      {"__weaklistoffset__", T_PYSSIZET, offsetof(OpObject, weakrefs), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyGetSetDef properties[] = {{"__name__", op_name, nullptr, "The op's registered name.", nullptr},
                                     {"__qualname__", op_name, nullptr, nullptr, nullptr},
                                     {"__doc__", op_doc, nullptr, nullptr, nullptr},
                                     {"__signature__", op_signature, nullptr, "For inspect.signature.", nullptr},
                                     {nullptr, nullptr, nullptr, nullptr, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_new, reinterpret_cast<void*>(op_new)},
                                {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                                {Py_tp_repr, reinterpret_cast<void*>(op_repr)},
                                {Py_tp_members, members},
                                {Py_tp_getset, properties},
                                {0, nullptr}};
  static PyType_Spec spec = {"gradtape._core.Op", sizeof(OpObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
                             slots};
  return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
}
PyTypeObject* op_type = nullptr;

nb::object op_object(const std::string& name) {
  static auto* const objects = new std::unordered_map<std::string, PyObject*>;
  auto found = objects->find(name);
  if (found == objects->end()) {
    const Op& op = find_op(name);  // may let another thread run, which adds the object first
    auto* o = PyObject_New(OpObject, op_type);
    o->vectorcall = op_vectorcall, o->weakrefs = nullptr, o->op = &op;
    const auto [place, added] = objects->emplace(name, reinterpret_cast<PyObject*>(o));
    if (!added) Py_DECREF(o);
    found = place;
  }
  return nb::borrow(found->second);
}

// Whether a tensor can be made of an operand, so that an operator need not be left to the other side.
bool is_operand(PyObject* o) {
  return is_tensor(o) || PyFloat_Check(o) || PyLong_Check(o) || PyList_Check(o) || PyTuple_Check(o) ||
         nb::hasattr(o, "__array_interface__") || o == Py_None;
}

// A quotient of two integers is a float64, as NumPy's and TensorFlow's are.
bool is_integral(PyObject* o) {
  return is_tensor(o) ? dtype_of(tensor_in(o).dtype()).kind == 'i' : static_cast<bool>(PyLong_Check(o));
}

}  // namespace

PyObject* binary_op(int which, PyObject* a, PyObject* b) {
  static constexpr const char* kNames[] = {"add",     "subtract",     "multiply",    "divide",     "floor_divide",
                                           "mod",     "matmul",       "logical_and", "logical_or", "logical_xor",
                                           "pow",     "less",         "less_equal",  "equal",      "not_equal",
                                           "greater", "greater_equal"};
  static std::array<const Op*, std::size(kNames)> ops;  // each found once
  if (!ops[which]) ops[which] = &find_op(kNames[which]);
  const Op& op = *ops[which];
  const ContextPtr& here = Context::here();
  if (is_tensor(a) && is_tensor(b)) {
    const Tensor &x = tensor_in(a), &y = tensor_in(b);
    if (x.context == here && y.context == here && x.dtype() == y.dtype() && which != kDivide) {
      check_dtype(op, x.dtype());
      const gt_tensor inputs[] = {x.handle, y.handle};
      gt_tensor out = nullptr;
      here->check(gt_apply(here->get(), op.name.c_str(), inputs, 2, nullptr, 0, &out, 1, nullptr));
      return wrap({here, out, which < kAnd ? x.dtype() : 0}).release().ptr();
    }
  }
  if (!is_operand(a) || !is_operand(b)) return not_implemented();
  const bool equates = which == kLess + Py_EQ || which == kLess + Py_NE;
  if (equates && (a == Py_None || b == Py_None)) return not_implemented();
  nb::object x = nb::borrow(a), y = nb::borrow(b);
  if (which == kDivide && is_integral(a) && is_integral(b)) {
    x = wrap(to_tensor(a, &dtype_of(GT_FLOAT64)));
    y = wrap(to_tensor(b, &dtype_of(GT_FLOAT64)));
  }
  Values values;
  values.fill(nullptr);
  values[0] = x.ptr(), values[1] = y.ptr();
  return call(op, values).release().ptr();
}

void add_ops(nb::module_& m) {
  op_type = make_op_type();
  m.attr("Op") = nb::borrow(reinterpret_cast<PyObject*>(op_type));
  m.def("op", &op_object, nb::arg("name"), "The callable of a registered op. LookupError: there is none of that name.");
  m.def("op_names", [] {
    nb::list names;
    for (size_t i = 0; i < gt_op_count(); ++i) names.append(gt_op_name(i));
    return names;
  });
  m.def("op_describe", &describe_op, nb::arg("name"), "What the registry knows of an op, as a JSON text.");
  m.def(
      "apply_with_gradient",
      [](const std::string& name, const std::string& rule, nb::list inputs, nb::dict attributes) {
        const Op& op = find_op(name);
        Inputs converted(Context::here());
        nb::object sequence = nb::steal(PySequence_Fast(inputs.ptr(), ""));
        std::vector<Param> params(nb::len(inputs), Param{});
        for (size_t i = 0; i < params.size(); ++i)
          params[i] =
              op.n_inputs == 0 ? Param{"input", "", 'u'} : op.params[op.variadic ? 0 : std::min(i, op.n_inputs - 1)];
        converted.add_all(op, PySequence_Fast_ITEMS(sequence.ptr()), params.data(), params.size());
        Attributes attrs;
        std::list<std::string> names;
        for (auto [key, value] : attributes) {
          names.push_back(nb::cast<std::string>(key));
          if (!value.is_none()) attrs.add(names.back().c_str(), value, names.back() == "dtype", name.c_str());
        }
        return apply(op, rule.c_str(), converted.data(), converted.size(), attrs);
      },
      nb::arg("op"), nb::arg("rule"), nb::arg("inputs"), nb::arg("attributes") = nb::dict());
}

}  // namespace gradtape_python
