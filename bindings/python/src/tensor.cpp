// Tensor and Variable as Python types: their properties, numbers, operators, assignment.
#include "core.hpp"

namespace gradtape_python {

nb::object tensor_type, variable_type;

nb::object wrap(Tensor&& t) {
  nb::object o = nb::inst_alloc(tensor_type);
  new (nb::inst_ptr<Tensor>(o)) Tensor(std::move(t));
  nb::inst_mark_ready(o);
  return o;
}

nb::list wrap_all(const ContextPtr& here, const gt_tensor* tensors, size_t n) {
  nb::list all;
  for (size_t i = 0; i < n; ++i) all.append(tensors[i] ? wrap({here, tensors[i]}) : nb::none());
  return all;
}

gt_tensor handle_in(const ContextPtr& here, nb::handle tensor) {
  const Tensor& t = tensor_in(tensor);
  if (t.context == here) return t.handle;
  fail("FailedPreconditionError",
       "a tensor of another thread: each thread computes with tensors of its own; hand over tensor.numpy()");
}

namespace {
thread_local bool checks_readings = false;
}

void check_reading(nb::handle tensor, bool as_number) {
  if (checks_readings && dtype_of(tensor_in(tensor).dtype()).kind == 'f') hooks().reading(tensor, as_number);
}

Tensor duplicate(const ContextPtr& here, gt_tensor lent) {
  return {here, here->made(gt_tensor_duplicate(here->get(), lent))};
}

Shape shape_of(const Tensor& t) {
  Shape s;
  t.context->check(gt_tensor_shape(t.context->get(), t.handle, s.dims.data(), s.dims.size(), &s.rank));
  return s;
}

Tensor cast(const Tensor& t, gt_dtype dtype) {
  return {t.context, t.context->made(gt_cast(t.context->get(), t.handle, dtype))};
}

Variable::Variable(Tensor&& variable, bool is_trainable, nb::object its_name)
    : Tensor(std::move(variable)), trainable(is_trainable), name(std::move(its_name)) {
  context->check(gt_variable_id(context->get(), handle, &id));
  context->variables.emplace(id, this);
}
Variable::~Variable() { context->variables.erase(id); }

namespace {

nb::object shape_tuple(const Tensor& t) {
  const Shape s = shape_of(t);
  auto* type = reinterpret_cast<PyTypeObject*>(hooks().shape.ptr());
  PyObject* tuple = type->tp_alloc(type, static_cast<Py_ssize_t>(s.rank));
  if (!tuple) throw nb::python_error();
  for (size_t i = 0; i < s.rank; ++i)
    PyTuple_SET_ITEM(tuple, static_cast<Py_ssize_t>(i), PyLong_FromLongLong(s.dims[i]));
  return nb::steal(tuple);
}

// The one element, computed; raises where there are more, or none.
nb::object item(const Tensor& t) {
  const size_t n = shape_of(t).elements();
  if (n != 1)
    fail(PyExc_ValueError, "a tensor of " + std::to_string(n) + " elements is no number; take one, or reduce it");
  const DType& d = dtype_of(t.dtype());
  union {
    bool b;
    int32_t i;
    int64_t q;
    float f;
    double d;
  } value;
  t.context->check_unlocked([&] { return gt_tensor_read(t.context->get(), t.handle, &value, d.size); });
  switch (d.number) {
    case GT_BOOL: return nb::steal(PyBool_FromLong(value.b));
    case GT_INT32: return nb::steal(PyLong_FromLong(value.i));
    case GT_INT64: return nb::steal(PyLong_FromLongLong(value.q));
    case GT_FLOAT32: return nb::steal(PyFloat_FromDouble(value.f));
    default: return nb::steal(PyFloat_FromDouble(value.d));
  }
}

// The same for a program that wants any number, and does not see that it comes from a tensor.
nb::object as_number(nb::handle x) {
  check_reading(x, true);
  return item(tensor_in(x));
}

std::string describe(const Tensor& t) {
  std::string text;
  t.context->check(read_text(text, [&](char* buffer, size_t capacity, size_t* needed) {
    return gt_tensor_describe(t.context->get(), t.handle, buffer, capacity, needed);
  }));
  return text;
}

// ---- slots

template <class Body>
PyObject* object_slot(Body&& body) {
  return guarded(std::forward<Body>(body), static_cast<PyObject*>(nullptr));
}

template <int op>
PyObject* binary(PyObject* a, PyObject* b) {
  return object_slot([&] { return binary_op(op, a, b); });
}

PyObject* power(PyObject* a, PyObject* b, PyObject* modulus) {
  if (modulus != Py_None) return not_implemented();
  return object_slot([&] { return binary_op(kPower, a, b); });
}
PyObject* compare(PyObject* a, PyObject* b, int what) {
  static_assert(Py_LT == 0 && Py_LE == 1 && Py_EQ == 2 && Py_NE == 3 && Py_GT == 4 && Py_GE == 5);
  return object_slot([&] { return binary_op(kLess + what, a, b); });
}
PyObject* unary(const char* op, PyObject* x) {
  return object_slot([&] {
    const ContextPtr& here = Context::here();
    const gt_tensor in = handle_in(here, x);
    gt_tensor out = nullptr;
    here->check(gt_apply(here->get(), op, &in, 1, nullptr, 0, &out, 1, nullptr));
    return wrap({here, out}).release().ptr();
  });
}
PyObject* negative(PyObject* x) { return unary("negative", x); }
PyObject* positive(PyObject* x) { return unary("identity", x); }
PyObject* absolute(PyObject* x) { return unary("abs", x); }
PyObject* invert(PyObject* x) { return unary("logical_not", x); }
int truth(PyObject* x) {
  return guarded([&] { return PyObject_IsTrue(item(tensor_in(x)).ptr()); }, -1);
}
PyObject* as_int(PyObject* x) {
  return object_slot([&] { return PyNumber_Long(as_number(x).ptr()); });
}
PyObject* as_float(PyObject* x) {
  return object_slot([&] { return PyNumber_Float(as_number(x).ptr()); });
}
PyObject* as_index(PyObject* x) {
  return object_slot([&]() -> PyObject* {
    const Tensor& t = tensor_in(x);
    if (dtype_of(t.dtype()).kind != 'i' || shape_of(t).rank != 0)
      fail(PyExc_TypeError, "only a tensor of rank 0 and an integer dtype is an index");
    return item(t).release().ptr();
  });
}
Py_ssize_t length(PyObject* x) {
  return guarded(
      [&]() -> Py_ssize_t {
        const Shape s = shape_of(tensor_in(x));
        if (s.rank == 0) fail(PyExc_TypeError, "len() of a tensor of rank 0");
        return static_cast<Py_ssize_t>(s.dims[0]);
      },
      Py_ssize_t{-1});
}
Py_hash_t hash(PyObject* x) { return static_cast<Py_hash_t>(reinterpret_cast<uintptr_t>(x) >> 4); }

}  // namespace

int get_buffer(PyObject* self, Py_buffer* view, int flags);
void release_buffer(PyObject*, Py_buffer* view);

void add_tensors(nb::module_& m) {
  static const PyType_Slot slots[] = {{Py_nb_add, reinterpret_cast<void*>(binary<kAdd>)},
                                      {Py_nb_subtract, reinterpret_cast<void*>(binary<kSubtract>)},
                                      {Py_nb_multiply, reinterpret_cast<void*>(binary<kMultiply>)},
                                      {Py_nb_true_divide, reinterpret_cast<void*>(binary<kDivide>)},
                                      {Py_nb_floor_divide, reinterpret_cast<void*>(binary<kFloorDivide>)},
                                      {Py_nb_remainder, reinterpret_cast<void*>(binary<kMod>)},
                                      {Py_nb_matrix_multiply, reinterpret_cast<void*>(binary<kMatmul>)},
                                      {Py_nb_and, reinterpret_cast<void*>(binary<kAnd>)},
                                      {Py_nb_or, reinterpret_cast<void*>(binary<kOr>)},
                                      {Py_nb_xor, reinterpret_cast<void*>(binary<kXor>)},
                                      {Py_nb_power, reinterpret_cast<void*>(power)},
                                      {Py_nb_negative, reinterpret_cast<void*>(negative)},
                                      {Py_nb_positive, reinterpret_cast<void*>(positive)},
                                      {Py_nb_absolute, reinterpret_cast<void*>(absolute)},
                                      {Py_nb_invert, reinterpret_cast<void*>(invert)},
                                      {Py_nb_bool, reinterpret_cast<void*>(truth)},
                                      {Py_nb_int, reinterpret_cast<void*>(as_int)},
                                      {Py_nb_float, reinterpret_cast<void*>(as_float)},
                                      {Py_nb_index, reinterpret_cast<void*>(as_index)},
                                      {Py_mp_length, reinterpret_cast<void*>(length)},
                                      {Py_tp_richcompare, reinterpret_cast<void*>(compare)},
                                      {Py_tp_hash, reinterpret_cast<void*>(hash)},
                                      {Py_bf_getbuffer, reinterpret_cast<void*>(get_buffer)},
                                      {Py_bf_releasebuffer, reinterpret_cast<void*>(release_buffer)},
                                      {0, nullptr}};
  nb::class_<Tensor> tensor(m, "Tensor", nb::type_slots(slots), nb::is_weak_referenceable(),
                            "An immutable array of numbers; its values are computed when they are read.");
  tensor_type = nb::borrow(tensor);
  tensor.def_prop_ro("shape", shape_tuple, "The sizes of the axes, a tuple.")
      .def_prop_ro(
          "dtype", [](const Tensor& t) { return &dtype_of(t.dtype()); }, nb::rv_policy::reference)
      .def_prop_ro(
          "ndim", [](const Tensor& t) { return shape_of(t).rank; }, "How many axes there are.")
      .def_prop_ro(
          "size", [](const Tensor& t) { return shape_of(t).elements(); }, "How many elements there are.")
      .def("item", item, "The one element as a number of Python's.")
      .def("__complex__",
           [](nb::handle self) { return nb::steal(PyComplex_FromDoubles(PyFloat_AsDouble(as_number(self).ptr()), 0)); })
      .def("_describe", describe, "The engine's line about the tensor; computes nothing.");

  m.def(
      "_check_readings", [](bool whether) { checks_readings = whether; }, nb::arg("whether"),
      "Whether in this thread the hook `reading` is asked before a conversion reads values.");

  nb::class_<Variable, Tensor> variable(
      m, "Variable", nb::is_weak_referenceable(),
      "A tensor whose value can be assigned anew; tapes watch those that are trainable.");
  variable_type = nb::borrow(variable);
  variable
      .def(
          "__init__",
          [](Variable* self, nb::handle initial, nb::handle dtype, bool trainable, nb::object name) {
            const ContextPtr& here = Context::here();
            Tensor value = to_tensor(initial, dtype.is_none() ? nullptr : &as_dtype(dtype));
            Tensor made(here, here->made(gt_variable(here->get(), value.handle)));
            if (!trainable) here->check(gt_variable_set_trainable(here->get(), made.handle, 0));
            new (self) Variable(std::move(made), trainable, std::move(name));
          },
          nb::arg("initial_value").none(), nb::arg("dtype").none() = nb::none(), nb::arg("trainable") = true,
          nb::arg("name").none() = nb::none())
      .def_prop_rw(
          "trainable", [](const Variable& v) { return v.trainable; },
          [](Variable& v, bool trainable) {
            v.context->check(gt_variable_set_trainable(v.context->get(), v.handle, trainable));
            v.trainable = trainable;
          },
          "Whether tapes watch the variable when it is read.")
      .def_prop_rw(
          "name", [](const Variable& v) { return v.name; },
          [](Variable& v, nb::object name) {
            const std::string label = nb::isinstance<nb::str>(name) ? nb::cast<std::string>(name) : "";
            v.context->check(gt_label(v.context->get(), v.handle, label.c_str()));
            v.name = std::move(name);
          },
          nb::arg().none());
  m.def(
      "label",
      [](nb::handle tensor, const std::string& name) {
        const ContextPtr& here = Context::here();
        here->check(gt_label(here->get(), handle_in(here, tensor), name.c_str()));
      },
      nb::arg("tensor"), nb::arg("name"));
  static constexpr auto assigning = [](gt_status (*assign)(gt_context, gt_tensor, gt_tensor)) {
    return [assign](nb::object self, nb::handle value) {
      const ContextPtr& here = Context::here();
      const gt_tensor v = handle_in(here, self);
      Tensor converted = to_tensor(value, &dtype_of(tensor_in(self).dtype()));
      here->check(assign(here->get(), v, converted.handle));
      return self;
    };
  };
  variable
      .def("assign", assigning(gt_assign), nb::arg("value").none(),
           "Gives the variable another value; returns the variable.")
      .def("assign_add", assigning(gt_assign_add), nb::arg("delta").none())
      .def("assign_sub", assigning(gt_assign_sub), nb::arg("delta").none());
  for (const char* read : {"value", "read_value"})
    variable.def(
        read,
        [](nb::handle self) {
          const ContextPtr& here = Context::here();
          return wrap({here, here->made(gt_identity(here->get(), handle_in(here, self)))});
        },
        "The present value, as a tensor that later assignments leave alone.");
}

}  // namespace gradtape_python
