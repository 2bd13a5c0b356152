// Contexts of threads, and how statuses become exceptions.
#include <string_view>

#include "core.hpp"

namespace gradtape_python {

Context::Context() {
  if (gt_context_create(&context_) != GT_OK)
    fail("ResourceExhaustedError", "no context is left: 1024 are alive, one for each thread whose tensors live");
  gt_set_interrupt(context_, signalled, this, nullptr);
}

Context::~Context() {
  gt_context_destroy(context_);
  if (raised_ && Py_IsInitialized()) {
    nb::gil_scoped_acquire gil;
    Py_DECREF(raised_);
  }
}

const ContextPtr& Context::here() {
  thread_local const ContextPtr own = std::make_shared<Context>();
  return own;
}

// Between the steps of a computation: Ctrl-C, or another signal whose handler raises an exception.
int32_t Context::signalled(void* data) {
  nb::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() == 0) return 0;
  nb::python_error error;
  static_cast<Context*>(data)->keep_exception(error);
  return 1;
}

// A call has succeeded although a callback failed: it found another way.
void Context::drop_raised() {
  Py_CLEAR(raised_);
  char ignored[1];
  gt_take_error(context_, ignored, sizeof ignored, nullptr);
}

gt_status Context::keep_exception(nb::python_error& error) {
  error.restore();
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace) PyException_SetTraceback(value, trace);
  Py_XDECREF(type);
  Py_XDECREF(trace);
  if (raised_)
    Py_DECREF(value);
  else
    raised_ = value;
  gt_set_error(context_, GT_CALLBACK_FAILED, "a Python callback raised an exception");
  return GT_CALLBACK_FAILED;
}

void Context::raise(gt_status status) {
  static constexpr const char* kErrors[] = {"InternalError",
                                            "InvalidArgumentError",
                                            "NotFoundError",
                                            "FailedPreconditionError",
                                            "ResourceExhaustedError",
                                            "InvalidHandleError",
                                            "UnsupportedError",
                                            "BusyError",
                                            "Error",
                                            "Error",
                                            "InternalError",
                                            "AlreadyExistsError",
                                            "CancelledError"};
  size_t needed = 0;
  gt_take_error(context_, nullptr, 0, &needed);
  std::string message(needed > 0 ? needed : 1, '\0');
  const gt_status first = gt_take_error(context_, message.data(), message.size(), nullptr);
  message.pop_back();
  if (raised_) {
    PyObject* raised = std::exchange(raised_, nullptr);
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(raised)), raised);
    Py_DECREF(raised);
    throw nb::python_error();
  }
  if (first != GT_OK) status = first;
  if (message.empty() && status == GT_BUSY)
    message = "another thread is computing with these tensors, or an op's compute function calls gradtape";
  else if (message.empty() && status == GT_FAILED_PRECONDITION)  // so deep that its text cannot be asked for
    message = "functions call each other through the engine 100 deep: does one lead to itself?";
  else if (message.empty())
    message = std::string("the engine gave no message for ") + gt_status_name(status);
  for (const std::string_view prefix : {"gt_tape_", "gt_"})  // the names of C's functions
    if (message.starts_with(prefix)) message.erase(0, prefix.size());
  constexpr std::string_view field = "options.";  // of C's structs: an argument here
  for (size_t at = 0; (at = message.find(field, at)) != std::string::npos;) message.erase(at, field.size());
  fail(status >= 0 && static_cast<size_t>(status) < std::size(kErrors) ? kErrors[status] : "InternalError", message);
}

Hooks& hooks() {
  static Hooks* const all = new Hooks;  // outlives the interpreter's end, when nothing may be released
  return *all;
}

void fail(PyObject* type, const std::string& message) {
  PyErr_SetString(type, message.c_str());
  throw nb::python_error();
}
void fail(const char* error, const std::string& message) {
  nb::object type = hooks().errors.contains(error) ? nb::object(hooks().errors[error]) : nb::borrow(PyExc_RuntimeError);
  fail(type.ptr(), message);
}

}  // namespace gradtape_python
