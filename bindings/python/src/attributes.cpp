// Python values as attributes of an op.
#include "op.hpp"

namespace gradtape_python {
namespace {

// A level of a nested value: one that holds itself is a RecursionError.
struct Deeper {
  Deeper() {
    if (Py_EnterRecursiveCall(" in the value of an attribute")) throw nb::python_error();
  }
  ~Deeper() { Py_LeaveRecursiveCall(); }
};

// Appends the numbers of a value, row by row.
struct Numbers {
  std::vector<int64_t> ints;
  std::vector<double> floats;
  bool any_float = false, all_bool = true;

  void add(nb::handle v, const char* what) {
    PyObject* o = v.ptr();
    if (PyFloat_Check(o)) return add_float(PyFloat_AS_DOUBLE(o));
    if (PyBool_Check(o)) return add_int(o == Py_True);
    if (PyLong_Check(o)) return all_bool = false, add_int(to_int64(o, what));
    const Deeper deeper;
    if (PyList_Check(o) || PyTuple_Check(o)) {
      for (nb::handle e : nb::iter(v)) add(e, what);
      return;
    }
    if (is_tensor(v)) check_reading(v, false);
    if (nb::hasattr(v, "tolist")) return add(to_list(v), what);
    if (PyIndex_Check(o)) return all_bool = false, add_int(to_int64(nb::steal(PyNumber_Index(o)).ptr(), what));
    const bool unordered = PyDict_Check(o) || PyAnySet_Check(o);
    if (nb::isinstance<nb::iterable>(v) && !PyUnicode_Check(o) && !unordered) {
      for (nb::handle e : nb::iter(v)) add(e, what);
      return;
    }
    fail(PyExc_TypeError, std::string(what) + ": " + shown(v) + " is no value of an attribute");
  }

 private:
  void add_int(int64_t n) { ints.push_back(n), floats.push_back(static_cast<double>(n)); }
  void add_float(double d) { any_float = true, all_bool = false, ints.push_back(0), floats.push_back(d); }
};

bool is_list_like(nb::handle v) {
  PyObject* o = v.ptr();
  if (PyList_Check(o) || PyTuple_Check(o)) return true;
  if (PyFloat_Check(o) || PyLong_Check(o) || PyUnicode_Check(o)) return false;
  if (nb::hasattr(v, "shape")) return PyObject_Length(nb::object(v.attr("shape")).ptr()) != 0;
  return !PyIndex_Check(o);
}

}  // namespace

Attributes::Single& Attributes::next(const char* name, int32_t kind, const char* op) {
  if (n_ == attrs_.size()) fail(PyExc_TypeError, std::string(op) + ": more than 24 attributes");
  attrs_[n_] = {name, kind, 0, 1, &singles_[n_]};
  return singles_[n_++];
}

void Attributes::add(const char* name, nb::handle value, bool is_dtype, const char* op) {
  PyObject* o = value.ptr();
  if (PyBool_Check(o)) {
    next(name, GT_ATTR_BOOL, op).flag = o == Py_True;
  } else if (PyLong_CheckExact(o) && !is_dtype) {
    next(name, GT_ATTR_INT, op).integer = to_int64(o, op);
  } else if (PyFloat_CheckExact(o)) {
    next(name, GT_ATTR_FLOAT, op).real = PyFloat_AS_DOUBLE(o);
  } else if (is_dtype || nb::isinstance<DType>(value)) {
    next(name, GT_ATTR_DTYPE, op).dtype = as_dtype(value).number;
  } else {
    add_many(name, value, op);
  }
}

void Attributes::add_many(const char* name, nb::handle value, const char* op) {
  Many& many = many_.emplace_back();
  next(name, GT_ATTR_INT, op);
  gt_attr& a = attrs_[n_ - 1];
  if (PyUnicode_Check(value.ptr())) {
    many.text = nb::cast<std::string>(value);
    a.kind = GT_ATTR_STRING, a.count = many.text.size(), a.values = many.text.data();
    return;
  }
  Numbers numbers;
  numbers.add(value, op);
  a.is_list = is_list_like(value);
  a.count = numbers.ints.size();
  if (numbers.any_float) {
    many.floats = std::move(numbers.floats);
    a.kind = GT_ATTR_FLOAT, a.values = many.floats.data();
  } else if (numbers.all_bool && !numbers.ints.empty()) {
    many.bools.assign(numbers.ints.begin(), numbers.ints.end());
    a.kind = GT_ATTR_BOOL, a.values = many.bools.data();
  } else {
    many.ints = std::move(numbers.ints);
    a.kind = GT_ATTR_INT, a.values = many.ints.data();
  }
}

}  // namespace gradtape_python
