// Shared by all files of the extension: contexts, handles, dtypes, tensors and the way errors reach Python.
#pragma once

#include <gradtape/gradtape.h>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace gradtape_python {

struct Variable;

// The state behind the tensors of one Python thread. It lives as long as the thread, or anything that was made in it.
class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // The calling thread's, made at first use.
  static const std::shared_ptr<Context>& here();

  gt_context get() const { return context_; }

  // Raises the exception that fits the status, with the engine's message, or the one that a callback has kept.
  [[noreturn]] void raise(gt_status status);
  void check(gt_status status) {
    if (status != GT_OK) raise(status);
    if (raised_) drop_raised();
  }
  // The same of a call that may compute for long: other threads of Python run meanwhile.
  template <class Call>
  void check_unlocked(Call&& call) {
    gt_status status;
    {
      nb::gil_scoped_release release;
      status = call();
    }
    check(status);
  }
  // The result of a call that makes an object; NULL is a failure.
  template <class Handle>
  Handle made(Handle handle) {
    if (!handle) raise(GT_INTERNAL);
    if (raised_) drop_raised();
    return handle;
  }
  // Keeps the Python exception that is in flight for the call around the callback, and gives that call's status.
  gt_status keep_exception(nb::python_error& error);

  std::unordered_map<uint64_t, Variable*> variables;  // by gt_variable_id

 private:
  static int32_t signalled(void* context);
  void drop_raised();

  gt_context context_ = nullptr;
  PyObject* raised_ = nullptr;  // an exception, owned
};
using ContextPtr = std::shared_ptr<Context>;

// A handle that is given back when the object is dropped, on any thread.
struct Tensor {
  // dtype: 0 where it is to be asked for.
  Tensor(ContextPtr owner, gt_tensor owned, gt_dtype dtype = 0)
      : context(std::move(owner)), handle(owned), dtype_(dtype) {}
  Tensor(Tensor&& other) noexcept
      : context(std::move(other.context)), handle(std::exchange(other.handle, nullptr)), dtype_(other.dtype_) {}
  Tensor& operator=(Tensor&&) = delete;
  ~Tensor() {
    if (handle) gt_release(context->get(), handle);
  }
  gt_dtype dtype() const {
    if (dtype_ == 0) context->check(gt_tensor_dtype(context->get(), handle, &dtype_));
    return dtype_;
  }

  ContextPtr context;
  gt_tensor handle;

 private:
  mutable gt_dtype dtype_;
};

struct Variable : Tensor {
  Variable(Tensor&& variable, bool trainable, nb::object name);
  ~Variable();
  uint64_t id = 0;
  bool trainable;
  nb::object name;
};

struct Shape {
  std::array<int64_t, size_t{2} * GT_MAX_RANK> dims;
  size_t rank = 0;
  size_t elements() const {
    size_t n = 1;
    for (size_t i = 0; i < rank; ++i) n *= static_cast<size_t>(dims[i]);
    return n;
  }
};
Shape shape_of(const Tensor& t);

// Exceptions: a class of gradtape.errors by its name, or one of Python's.
[[noreturn]] void fail(const char* error, const std::string& message);
[[noreturn]] void fail(PyObject* type, const std::string& message);

// Python's objects.
extern nb::object tensor_type, variable_type;
nb::object wrap(Tensor&& t);
nb::list wrap_all(const ContextPtr& here, const gt_tensor* tensors, size_t n);  // owned ones; None for NULL
inline bool is_tensor(nb::handle h) {
  PyTypeObject* type = Py_TYPE(h.ptr());
  return type == reinterpret_cast<PyTypeObject*>(tensor_type.ptr()) ||
         PyType_IsSubtype(type, reinterpret_cast<PyTypeObject*>(tensor_type.ptr()));
}
// TypeError where a class derived from Variable has not called its __init__.
inline Tensor& tensor_in(nb::handle h) {
  if (!nb::inst_ready(h))
    fail(PyExc_TypeError, "a tensor that was not made: __init__ of its class calls super().__init__(value)");
  return *nb::inst_ptr<Tensor>(h);
}
// The tensor's handle for a call on this thread's context; raises where the tensor is another thread's.
gt_tensor handle_in(const ContextPtr& here, nb::handle tensor);
// The values leave as an array, or as a number, though nobody has asked for them by name. If this would lose a
// derivative, the array raises and the number warns. The check acts only while this thread differentiates a function.
void check_reading(nb::handle tensor, bool as_number);
// A new handle to a tensor that a callback is lent.
Tensor duplicate(const ContextPtr& here, gt_tensor lent);

// Python's part, given by _set_hooks.
struct Hooks {
  nb::object convert;  // (value, dtype or None) -> Tensor, for all that to_tensor does not convert itself
  nb::object numpy;    // the module
  nb::object reading;  // (tensor, as_number): see check_reading
  nb::object shape;    // a class derived from tuple
  nb::dict errors;     // the classes of gradtape.errors by their names
};
Hooks& hooks();

// dtypes
struct DType {
  gt_dtype number;
  const char* name;
  const char* format;  // of the buffer protocol
  size_t size;
  char kind;  // b, i, f
};
const DType& dtype_of(gt_dtype number);
const DType& as_dtype(nb::handle value);
const DType* dtype_of_format(const char* format);  // of the buffer protocol; NULL: none of the five
gt_dtype promoted(gt_dtype a, gt_dtype b);         // 0: of different kinds

// Values
Tensor to_tensor(nb::handle value, const DType* dtype);
std::vector<gt_tensor> handles_in(const ContextPtr& here, nb::handle sequence, bool optional, const char* name);
nb::object to_list(nb::handle value);                   // value.tolist()
std::string shown(nb::handle value);                    // its repr
int64_t to_int64(PyObject* integer, const char* what);  // OverflowError, beginning with `what`, where it does not fit

// The end of a message about a None where a tensor is wanted.
inline constexpr const char* kNotConnected =
    "a gradient is None where its tape knows of no path from the target to the source: was the source watched before "
    "it "
    "was used?";

// A text of the engine's, which fill(buffer, capacity, &needed) gives.
template <class Fill>
gt_status read_text(std::string& text, Fill&& fill) {
  size_t needed = 0;
  gt_status status = fill(static_cast<char*>(nullptr), size_t{0}, &needed);
  if (status != GT_OK) return status;
  text.assign(needed, '\0');
  status = fill(text.data(), needed, &needed);
  text.resize(needed > 0 ? needed - 1 : 0);
  return status;
}

// For the engine, to free user data: data is a T.
template <class T>
void drop(void* data) {
  if (!Py_IsInitialized()) return;
  nb::gil_scoped_acquire gil;
  delete static_cast<T*>(data);
}

// Each file's part of the module.
void add_dtypes(nb::module_& m);
void add_tensors(nb::module_& m);
void add_interchange(nb::module_& m);
void add_ops(nb::module_& m);
void add_tapes(nb::module_& m);
void add_callbacks(nb::module_& m);
void add_functions(nb::module_& m);
void add_bodies(nb::module_& m);
void add_sparsities(nb::module_& m);
void add_solvers(nb::module_& m);
enum : int { kAdd, kSubtract, kMultiply, kDivide, kFloorDivide, kMod, kMatmul, kAnd, kOr, kXor, kPower, kLess };
inline PyObject* not_implemented() {
  Py_INCREF(Py_NotImplemented);
  return Py_NotImplemented;
}
PyObject* binary_op(int op, PyObject* a, PyObject* b);  // comparisons: kLess + Py_LT …
Tensor cast(const Tensor& t, gt_dtype dtype);

// The body of a slot or a method of C: exceptions become Python's.
template <class Body>
auto guarded(Body&& body, decltype(body()) failed) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (nb::python_error& e) {
    e.restore();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::bad_cast&) {
    PyErr_SetString(PyExc_TypeError, "an argument is of a type that does not fit");
  } catch (const std::exception& e) {
    PyErr_SetString(PyExc_RuntimeError, e.what());
  }
  return failed;
}

}  // namespace gradtape_python
