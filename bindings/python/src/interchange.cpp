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
  t.context->check_unlocked([&] { return gt_tensor_borrow_data(t.context->get(), t.handle, &data, &bytes); });
  static const char none = 0;
  return data ? data : &none;
}
nb::object copied(const Tensor& t) {
  const Shape s = shape_of(t);
  const size_t bytes = s.elements() * dtype_of(t.dtype()).size;
  const gt_context c = t.context->get();
  return wrap({t.context, t.context->made(gt_tensor_create(c, t.dtype(), s.dims.data(), s.rank, lend(t), bytes))});
}

// Whether the buffer that is asked for next is for array_of.
thread_local bool checked = false;

struct BufferShape {
  Shape shape;
  std::array<Py_ssize_t, size_t{2} * GT_MAX_RANK> dims, strides;
};

}  // namespace

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;
  return guarded(
      [&] {
        const bool by_name = std::exchange(checked, false);
        if (flags & PyBUF_WRITABLE) {
          PyErr_SetString(PyExc_BufferError, "the memory of a tensor is not to be written to");
          throw nb::python_error();
        }
        if (!by_name) check_reading(self, false);
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

// An array that shares the memory; whoever calls it has checked the reading, where that is to be checked.
nb::object array_of(nb::handle self) {
  checked = true;
  return hooks().numpy.attr("asarray")(nb::steal(PyMemoryView_FromObject(self.ptr())));
}
nb::object numpy(nb::handle self) {
  nb::object array = array_of(self);
  if (PyTuple_GET_SIZE(nb::object(array.attr("shape")).ptr()) == 0) return array[nb::make_tuple()];
  return array;
}

nb::object as_array(nb::handle self, nb::handle dtype, nb::handle copy) {
  check_reading(self, false);
  nb::object array = array_of(self);
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

nb::object to_dlpack(nb::handle self, nb::handle stream, nb::handle max_version, nb::handle device, nb::handle copy) {
  if (!device.is_none() && nb::cast<int>(device[0]) != 1)
    fail(PyExc_BufferError, "tensors are in the memory of the CPU: dl_device must be (1, 0)");
  if (!stream.is_none()) fail(PyExc_BufferError, "the CPU has no streams: stream must be None");
  check_reading(self, false);
  const bool versioned = !max_version.is_none() && nb::cast<int>(max_version[0]) >= 1;
  nb::object lender = lender_of(self);
  if (copy.is(nb::handle(Py_True))) lender = copied(tensor_in(lender));
  const Tensor& lent = tensor_in(lender);
  void* managed = nullptr;
  lent.context->check(gt_tensor_to_dlpack(lent.context->get(), lent.handle, &managed));
  auto* legacy = static_cast<Legacy*>(managed);
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

// The content of the capsule as the legacy struct; the capsule is used up.
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
  return copy.is(nb::handle(Py_True)) ? copied(t) : wrap(std::move(t));
}

// ---- in, without a copy

struct View {
  Py_buffer buffer{};
  ~View() { PyBuffer_Release(&buffer); }
};

nb::object borrow(nb::handle array) {
  auto view = std::make_unique<View>();
  const Py_buffer& buffer = view->buffer;
  if (PyObject_GetBuffer(array.ptr(), &view->buffer, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) throw nb::python_error();
  const DType* dtype = dtype_of_format(buffer.format);
  if (!dtype)
    fail("DTypeError", std::string("borrow: elements of format '") + (buffer.format ? buffer.format : "B") +
                           "' are none of bool, int32, int64, float32 and float64");
  const std::vector<int64_t> dims(buffer.shape, buffer.shape + buffer.ndim);
  const ContextPtr& here = Context::here();
  const gt_tensor made = gt_tensor_borrow(here->get(), dtype->number, dims.data(), dims.size(), buffer.buf,
                                          static_cast<size_t>(buffer.len), drop<View>, view.get());
  view.release();  // the engine's, also where it has failed
  return wrap({here, here->made(made)});
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
      .def("__dlpack__", to_dlpack, nb::kw_only(), nb::arg("stream").none() = nb::none(),
           nb::arg("max_version").none() = nb::none(), nb::arg("dl_device").none() = nb::none(),
           nb::arg("copy").none() = nb::none())
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
