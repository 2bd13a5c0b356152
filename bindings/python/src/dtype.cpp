// The five dtypes as Python objects, what may stand for them, and promotion.
#include <nanobind/operators.h>

#include "core.hpp"

namespace gradtape_python {
namespace {

constexpr DType kDTypes[] = {{GT_BOOL, "bool", "?", 1, 'b'},
                             {GT_INT32, "int32", "i", 4, 'i'},
                             {GT_INT64, "int64", "q", 8, 'i'},
                             {GT_FLOAT32, "float32", "f", 4, 'f'},
                             {GT_FLOAT64, "float64", "d", 8, 'f'}};

const DType* by_name(std::string_view name) {
  if (name == "bool_") name = "bool";
  for (const DType& d : kDTypes)
    if (name == d.name) return &d;
  return nullptr;
}

// NULL where nothing of that kind is meant.
const DType* find(nb::handle value) {
  if (nb::isinstance<DType>(value)) return nb::cast<const DType*>(value);
  if (PyUnicode_Check(value.ptr())) {
    const std::string name = nb::cast<std::string>(value);
    if (const DType* known = by_name(name)) return known;
    if (name == "float" || name == "int") return nullptr;  // of NumPy 64 bits, of TensorFlow 32
  }
  if (value.ptr() == reinterpret_cast<PyObject*>(&PyFloat_Type)) return &dtype_of(GT_FLOAT32);
  if (value.ptr() == reinterpret_cast<PyObject*>(&PyLong_Type)) return &dtype_of(GT_INT32);
  if (value.ptr() == reinterpret_cast<PyObject*>(&PyBool_Type)) return &dtype_of(GT_BOOL);
  if (value.is_none() || !hooks().numpy.is_valid()) return nullptr;
  try {
    nb::object dtype = hooks().numpy.attr("dtype")(value);
    if (!nb::cast<bool>(dtype.attr("isnative"))) return nullptr;
    return by_name(nb::cast<std::string>(nb::str(dtype.attr("name"))));
  } catch (nb::python_error&) {
    return nullptr;
  }
}

}  // namespace

const DType& dtype_of(gt_dtype number) { return kDTypes[number - GT_BOOL]; }

const DType* dtype_of_format(const char* format) {
  if (!format || format[0] == '\0' || format[1] != '\0') return nullptr;
  if (format[0] == 'l') return &dtype_of(sizeof(long) == 8 ? GT_INT64 : GT_INT32);
  for (const DType& d : kDTypes)
    if (format[0] == d.format[0]) return &d;
  return nullptr;
}

const DType& as_dtype(nb::handle value) {
  if (const DType* found = find(value)) return *found;
  fail("DTypeError", shown(value) + " is no dtype of gradtape: bool, int32, int64, float32 or float64");
}

gt_dtype promoted(gt_dtype a, gt_dtype b) {
  if (a == b) return a;
  return dtype_of(a).kind == dtype_of(b).kind ? std::max(a, b) : 0;
}

void add_dtypes(nb::module_& m) {
  nb::class_<DType>(m, "DType", "The type of a tensor's elements.")
      .def_prop_ro("name", [](const DType& d) { return d.name; })
      .def_prop_ro(
          "itemsize", [](const DType& d) { return d.size; }, "Bytes of one element.")
      .def_prop_ro("is_floating", [](const DType& d) { return d.kind == 'f'; })
      .def_prop_ro("is_integer", [](const DType& d) { return d.kind == 'i'; })
      .def_prop_ro("is_bool", [](const DType& d) { return d.kind == 'b'; })
      .def_prop_ro(
          "dtype", [](const DType& d) { return hooks().numpy.attr("dtype")(d.name); }, "NumPy's, for np.dtype().")
      .def_prop_ro("as_numpy_dtype", [](const DType& d) { return hooks().numpy.attr("dtype")(d.name); })
      .def(
          "__eq__",
          [](const DType& d, nb::handle other) {
            const DType* o = find(other);
            return o && o->number == d.number;
          },
          nb::arg("other").none())
      .def(
          "__ne__",
          [](const DType& d, nb::handle other) {
            const DType* o = find(other);
            return !o || o->number != d.number;
          },
          nb::arg("other").none())
      .def("__hash__", [](const DType& d) { return d.number; })
      .def("__repr__", [](const DType& d) { return std::string("gradtape.") + d.name; })
      .def("__str__", [](const DType& d) { return d.name; });
  for (const DType& d : kDTypes)
    m.attr(d.number == GT_BOOL ? "bool_" : d.name) = nb::cast(&d, nb::rv_policy::reference);
  m.def(
      "as_dtype", [](nb::handle value) { return &as_dtype(value); }, nb::rv_policy::reference, nb::arg("value").none(),
      "The dtype that a name, a dtype of NumPy's or one of Python's types stands for.");
}

}  // namespace gradtape_python
