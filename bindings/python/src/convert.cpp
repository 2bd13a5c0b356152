// From Python's values to tensors: numbers, arrays, lists, and objects that lend their memory.
#include <limits>

#include "core.hpp"

namespace gradtape_python {
namespace {

Tensor in_dtype(Tensor&& t, const DType* dtype) {
  if (!dtype || t.dtype() == dtype->number) return std::move(t);
  return cast(t, dtype->number);
}

Tensor from_number(nb::handle value, const DType* dtype) {
  const ContextPtr& here = Context::here();
  const auto scalar = [&](gt_dtype d, const void* data) {
    return Tensor(here, here->made(gt_tensor_create(here->get(), d, nullptr, 0, data, dtype_of(d).size)));
  };
  if (PyBool_Check(value.ptr())) {
    const bool b = value.ptr() == Py_True;
    return in_dtype(scalar(GT_BOOL, &b), dtype);
  }
  if (PyLong_Check(value.ptr()) && !(dtype && dtype->kind == 'f')) {
    const int64_t n = to_int64(value.ptr(), "a tensor's element");
    const bool small = n >= std::numeric_limits<int32_t>::min() && n <= std::numeric_limits<int32_t>::max();
    if (dtype && dtype->number == GT_INT32 && !small)
      fail(PyExc_OverflowError, std::to_string(n) + " does not fit into int32");
    if (dtype ? dtype->number == GT_INT32 : small) {
      const auto i = static_cast<int32_t>(n);
      return scalar(GT_INT32, &i);
    }
    return in_dtype(scalar(GT_INT64, &n), dtype);
  }
  const double d = PyFloat_AsDouble(value.ptr());
  if (d == -1 && PyErr_Occurred()) throw nb::python_error();
  if (dtype && dtype->kind == 'i') fail("DTypeError", shown(value) + " is no integer, and the dtype is " + dtype->name);
  if (dtype && dtype->number == GT_FLOAT64) return scalar(GT_FLOAT64, &d);
  const auto f = static_cast<float>(d);
  return in_dtype(scalar(GT_FLOAT32, &f), dtype);
}

// Copies an object that lends its memory in one of the five dtypes; false if it does not.
bool from_buffer(nb::handle value, const DType* dtype, std::vector<Tensor>& out) {
  Py_buffer view;
  if (PyObject_GetBuffer(value.ptr(), &view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) {
    PyErr_Clear();
    return false;
  }
  const std::unique_ptr<Py_buffer, void (*)(Py_buffer*)> release(&view, PyBuffer_Release);
  const DType* own = dtype_of_format(view.format);
  if (!own) return false;
  const ContextPtr& here = Context::here();
  const std::vector<int64_t> dims(view.shape, view.shape + view.ndim);
  Tensor t(here, here->made(gt_tensor_create(here->get(), own->number, dims.data(), dims.size(), view.buf,
                                             static_cast<size_t>(view.len))));
  out.push_back(in_dtype(std::move(t), dtype));
  return true;
}

}  // namespace

int64_t to_int64(PyObject* integer, const char* what) {
  int overflow = 0;
  const long long n = PyLong_AsLongLongAndOverflow(integer, &overflow);
  if (overflow != 0)
    fail(PyExc_OverflowError, std::string(what) + ": an integer beyond 64 bits; they reach from -2^63 to 2^63 - 1");
  if (n == -1 && PyErr_Occurred()) throw nb::python_error();
  return n;
}

std::string shown(nb::handle value) { return nb::cast<std::string>(nb::repr(value)); }
nb::object to_list(nb::handle value) { return value.attr("tolist")(); }

Tensor to_tensor(nb::handle value, const DType* dtype) {
  if (is_tensor(value)) {
    const ContextPtr& here = Context::here();
    const gt_tensor t = handle_in(here, value);
    const Tensor& source = tensor_in(value);
    if (dtype && source.dtype() != dtype->number) return cast(source, dtype->number);
    // A read of a variable: the tensor keeps the present value.
    if (nb::isinstance<Variable>(value)) return {here, here->made(gt_identity(here->get(), t))};
    return duplicate(here, t);
  }
  PyObject* o = value.ptr();
  if (PyFloat_CheckExact(o) || PyLong_CheckExact(o) || PyBool_Check(o)) return from_number(value, dtype);
  if (value.is_none()) fail(PyExc_TypeError, std::string("None is no tensor; ") + kNotConnected);
  std::vector<Tensor> made;
  const bool is_list = PyList_Check(o) || PyTuple_Check(o);
  // A masked array lends the memory of hidden values too.
  const bool lends = !is_list && PyObject_CheckBuffer(o) && !PyBytes_Check(o) && !nb::hasattr(value, "mask");
  if (lends && from_buffer(value, dtype, made)) return std::move(made[0]);
  nb::object t = hooks().convert(value, dtype ? nb::cast(dtype, nb::rv_policy::reference) : nb::none());
  if (!is_tensor(t)) fail(PyExc_TypeError, "no tensor can be made of " + shown(value));
  return duplicate(Context::here(), handle_in(Context::here(), t));
}

std::vector<gt_tensor> handles_in(const ContextPtr& here, nb::handle sequence, bool optional, const char* name) {
  std::vector<gt_tensor> handles;
  for (nb::handle h : nb::iter(sequence)) {
    if (h.is_none() && optional)
      handles.push_back(nullptr);
    else if (is_tensor(h))
      handles.push_back(handle_in(here, h));
    else
      fail(PyExc_TypeError, std::string(name) + ": want tensors, got " + shown(h));
  }
  return handles;
}

}  // namespace gradtape_python
