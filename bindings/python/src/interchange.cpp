// Memory that Python's worlds share: NumPy, the buffer protocol, DLPack.
#include <nanobind/ndarray.h>

#include <cstring>

#include "core.hpp"

namespace gradtape_python {
namespace {

// ---- out

// Lends the tensor's memory, computed. A variable's value is copied first, for it may be assigned while it is lent.
nb::object lender_of(nb::handle self) {
  if (!nb::isinstance<Variable>(self)) return nb::borrow(self);
  const Tensor& v = tensor_in(self);
  const DType& d = dtype_of(v.dtype());
  const Shape s = shape_of(v);
  std::string bytes(s.elements() * d.size, '\0');
  v.context->check(gt_tensor_read(v.context->get(), v.handle, bytes.data(), bytes.size()));
  return wrap({v.context, v.context->made(gt_tensor_create(v.context->get(), d.number, s.dims.data(), s.rank,
                                                           bytes.data(), bytes.size()))});
}
const void* lend(const Tensor& t) {
  const void* data = nullptr;
  size_t bytes = 0;
  gt_status status;
  {
    nb::gil_scoped_release release;
    status = gt_tensor_borrow_data(t.context->get(), t.handle, &data, &bytes);
  }
  t.context->check(status);
  static const char none = 0;
  return data ? data : &none;
}

struct BufferShape {
  Shape shape;
  std::array<Py_ssize_t, size_t{2} * GT_MAX_RANK> dims, strides;
};

}  // namespace

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;
  return guarded(
      [&] {
        if (flags & PyBUF_WRITABLE) {
          PyErr_SetString(PyExc_BufferError, "the memory of a tensor is not to be written to");
          throw nb::python_error();
        }
        nb::object lender = lender_of(self);
        const Tensor& t = tensor_in(lender);
        const DType& d = dtype_of(t.dtype());
        auto layout = std::make_unique<BufferShape>();
        layout->shape = shape_of(t);
        const size_t rank = layout->shape.rank;
        auto stride = static_cast<Py_ssize_t>(d.size);
        for (size_t i = rank; i-- > 0;) {
          layout->dims[i] = static_cast<Py_ssize_t>(layout->shape.dims[i]);
          layout->strides[i] = stride;
          stride *= layout->dims[i];
        }
        view->buf = const_cast<void*>(lend(t));
        view->len = static_cast<Py_ssize_t>(layout->shape.elements() * d.size);
        view->itemsize = static_cast<Py_ssize_t>(d.size);
        view->readonly = 1;
        view->ndim = static_cast<int>(rank);
        view->format = (flags & PyBUF_FORMAT) ? const_cast<char*>(d.format) : nullptr;
        view->shape = (flags & PyBUF_ND) ? layout->dims.data() : nullptr;
        view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? layout->strides.data() : nullptr;
        view->suboffsets = nullptr;
        view->internal = layout.release();
        view->obj = lender.release().ptr();
        return 0;
      },
      -1);
}
void release_buffer(PyObject*, Py_buffer* view) { delete static_cast<BufferShape*>(view->internal); }

namespace {

nb::object numpy(nb::handle self) {
  nb::object array = hooks().numpy.attr("asarray")(nb::steal(PyMemoryView_FromObject(self.ptr())));
  if (PyTuple_GET_SIZE(nb::object(array.attr("shape")).ptr()) == 0) return array[nb::make_tuple()];
  return array;
}

nb::object as_array(nb::handle self, nb::handle dtype, nb::handle copy) {
  nb::object array = hooks().numpy.attr("asarray")(nb::steal(PyMemoryView_FromObject(self.ptr())));
  const bool other = !dtype.is_none() && !nb::cast<bool>(array.attr("dtype").equal(hooks().numpy.attr("dtype")(dtype)));
  if (other) {
    if (copy.is(nb::handle(Py_False))) fail(PyExc_ValueError, "another dtype takes a copy, which copy=False forbids");
    return array.attr("astype")(dtype);
  }
  return copy.is(nb::handle(Py_True)) ? array.attr("copy")() : array;
}

// ---- DLPack, https://dmlc.github.io/dlpack/latest/c_api.html

struct Legacy {  // DLManagedTensor
  nb::dlpack::dltensor tensor;
  void* manager;
  void (*deleter)(Legacy*);
};
struct Versioned {  // DLManagedTensorVersioned
  uint32_t major, minor;
  void* manager;
  void (*deleter)(Versioned*);
  uint64_t flags;
  nb::dlpack::dltensor tensor;
};
constexpr uint64_t kReadOnly = 1;

template <class Managed>
nb::object capsule(Managed* managed, const char* name) {
  PyObject* c = PyCapsule_New(managed, name, [](PyObject* o) {
    for (const char* unused : {"dltensor", "dltensor_versioned"})
      if (PyCapsule_IsValid(o, unused)) {
        auto* m = static_cast<Managed*>(PyCapsule_GetPointer(o, unused));
        m->deleter(m);
      }
  });
  return nb::steal(c);
}

nb::object to_dlpack(nb::handle self, nb::kwargs options) {
  for (auto [key, value] : options) {
    const std::string name = nb::cast<std::string>(key);
    if (name == "dl_device" && !value.is_none() && nb::cast<int>(value[0]) != 1)
      fail(PyExc_BufferError, "tensors are in the memory of the CPU: dl_device must be (1, 0)");
    if (name == "stream" && !value.is_none()) fail(PyExc_BufferError, "the CPU has no streams: stream must be None");
  }
  nb::object lender = lender_of(self);
  const Tensor& t = tensor_in(lender);
  if (options.contains("copy") && options["copy"].is(nb::handle(Py_True))) {
    lend(t);
    const Shape s = shape_of(t);
    const size_t bytes = s.elements() * dtype_of(t.dtype()).size;
    lender =
        wrap({t.context,
              t.context->made(gt_tensor_create(t.context->get(), t.dtype(), s.dims.data(), s.rank, lend(t), bytes))});
  }
  const Tensor& lent = tensor_in(lender);
  void* managed = nullptr;
  lent.context->check(gt_tensor_to_dlpack(lent.context->get(), lent.handle, &managed));
  auto* legacy = static_cast<Legacy*>(managed);
  const bool versioned = options.contains("max_version") && !options["max_version"].is_none() &&
                         nb::cast<int>(options["max_version"][0]) >= 1;
  if (!versioned) return capsule(legacy, "dltensor");
  auto* v = new Versioned{1,
                          0,
                          legacy,
                          [](Versioned* me) {
                            auto* inner = static_cast<Legacy*>(me->manager);
                            inner->deleter(inner);
                            delete me;
                          },
                          kReadOnly,
                          legacy->tensor};
  return capsule(v, "dltensor_versioned");
}

// The legacy struct of whatever the capsule holds; the capsule is used up.
Legacy* taken(nb::handle c) {
  if (PyCapsule_IsValid(c.ptr(), "dltensor")) {
    auto* legacy = static_cast<Legacy*>(PyCapsule_GetPointer(c.ptr(), "dltensor"));
    PyCapsule_SetName(c.ptr(), "used_dltensor");
    return legacy;
  }
  if (!PyCapsule_IsValid(c.ptr(), "dltensor_versioned"))
    fail(PyExc_TypeError, "__dlpack__ gave no capsule of DLPack's that is unused");
  auto* v = static_cast<Versioned*>(PyCapsule_GetPointer(c.ptr(), "dltensor_versioned"));
  if (v->major != 1)
    fail(PyExc_BufferError, "DLPack of version " + std::to_string(v->major) + " is not understood; 1 is");
  PyCapsule_SetName(c.ptr(), "used_dltensor_versioned");
  return new Legacy{v->tensor, v, [](Legacy* me) {
                      auto* inner = static_cast<Versioned*>(me->manager);
                      if (inner->deleter) inner->deleter(inner);
                      delete me;
                    }};
}

nb::object from_dlpack(nb::handle source, nb::handle copy) {
  nb::object exported;
  try {
    exported = source.attr("__dlpack__")(nb::arg("max_version") = nb::make_tuple(1, 0));
  } catch (nb::python_error& e) {
    if (!e.matches(PyExc_TypeError)) throw;
    exported = source.attr("__dlpack__")();
  }
  const ContextPtr& here = Context::here();
  Legacy* legacy = taken(exported);
  const gt_tensor made = gt_tensor_from_dlpack(here->get(), legacy);
  if (!made) {
    legacy->deleter(legacy);
    here->raise(GT_INVALID_ARGUMENT);
  }
  Tensor t(here, made);
  if (!copy.is(nb::handle(Py_True))) return wrap(std::move(t));
  const Shape s = shape_of(t);
  return wrap({here, here->made(gt_tensor_create(here->get(), t.dtype(), s.dims.data(), s.rank, lend(t),
                                                 s.elements() * dtype_of(t.dtype()).size))});
}

// ---- in, without a copy

void drop_view(void* p) {
  if (!Py_IsInitialized()) return;
  nb::gil_scoped_acquire gil;
  auto* view = static_cast<Py_buffer*>(p);
  PyBuffer_Release(view);
  delete view;
}

nb::object borrow(nb::handle array) {
  auto view = std::make_unique<Py_buffer>();
  if (PyObject_GetBuffer(array.ptr(), view.get(), PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) throw nb::python_error();
  const DType* dtype = nullptr;
  for (gt_dtype n = GT_BOOL; n <= GT_FLOAT64; ++n) {
    const DType& d = dtype_of(n);
    const std::string_view format = view->format ? view->format : "B";
    if (format == d.format || (n == GT_INT64 && format == "l")) dtype = &d;
  }
  if (!dtype) {
    const std::string format = view->format ? view->format : "B";
    PyBuffer_Release(view.get());
    fail("DTypeError",
         "borrow: elements of format '" + format + "' are none of bool, int32, int64, float32 and float64");
  }
  std::vector<int64_t> dims(view->shape, view->shape + view->ndim);
  const ContextPtr& here = Context::here();
  Py_buffer* kept = view.release();
  return wrap({here, here->made(gt_tensor_borrow(here->get(), dtype->number, dims.data(), dims.size(), kept->buf,
                                                 static_cast<size_t>(kept->len), drop_view, kept))});
}

}  // namespace

void add_interchange(nb::module_& m) {
  nb::class_<Tensor>& tensor = reinterpret_cast<nb::class_<Tensor>&>(tensor_type);
  tensor
      .def("numpy", numpy,
           "The values, computed, as an array that shares the tensor's memory and cannot be written to.")
      .def("__array__", as_array, nb::arg("dtype").none() = nb::none(), nb::arg("copy").none() = nb::none())
      .def(
          "tolist", [](nb::handle self) { return numpy(self).attr("tolist")(); }, "The values as nested lists.")
      .def("__dlpack__", to_dlpack)
      .def("__dlpack_device__", [](nb::handle) { return nb::make_tuple(1, 0); })
      .def("__copy__", [](nb::handle self) { return nb::borrow(self); })
      .def(
          "__deepcopy__", [](nb::handle self, nb::handle) { return nb::borrow(self); }, nb::arg("memo").none());
  m.def("from_dlpack", from_dlpack, nb::arg("x"), nb::arg("copy").none() = nb::none(),
        "A tensor that shares the memory of an object with __dlpack__, which must not change while the tensor lives.");
  m.def("borrow", borrow, nb::arg("array"),
        "A tensor that shares the memory of a contiguous array, which must not change while the tensor lives.");
}

}  // namespace gradtape_python
