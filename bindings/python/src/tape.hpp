// A tape of the package, and the progress of what it computes.
#pragma once

#include "callbacks.hpp"

namespace gradtape_python {

struct Tape {
  Tape(bool persistent, bool watch_accessed_variables) : context(Context::here()) {
    uint32_t flags = 0;
    if (persistent) flags |= GT_TAPE_PERSISTENT;
    if (!watch_accessed_variables) flags |= GT_TAPE_MANUAL_WATCH;
    handle = context->made(gt_tape_begin(context->get(), flags));
  }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  ~Tape() { gt_release(context->get(), handle); }

  // The context, where the tape is this thread's.
  Context& own() const {
    if (context == Context::here()) return *context;
    fail("FailedPreconditionError",
         "a tape of another thread: a thread records and differentiates what it computes itself");
  }
  ContextPtr context;
  gt_tape handle;
};

inline gt_tensor one(const Tape& t, nb::handle tensor, const char* name) {
  if (!is_tensor(tensor)) fail(PyExc_TypeError, std::string(name) + ": want a tensor, got " + shown(tensor));
  return handle_in(t.context, tensor);
}

// Between the parts of a Jacobian: the caller's function.
struct Progress {
  Context& context;
  nb::object function;

  static int32_t call(void* data, uint64_t done, uint64_t total) {
    auto& me = *static_cast<Progress*>(data);
    nb::gil_scoped_acquire gil;
    try {
      me.function(done, total);
      return 0;
    } catch (nb::python_error& e) {
      me.context.keep_exception(e);
      return 1;
    }
  }
};

}  // namespace gradtape_python
