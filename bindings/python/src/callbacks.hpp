// Python functions kept for the engine, tensors lent to them and given back by them.
#pragma once

#include "core.hpp"

namespace gradtape_python {

struct Callback {
  nb::object function;
};

// The lent tensors as objects of their own, which may be kept. None for NULL.
nb::list lent(const gt_tensor* tensors, size_t n);
// Hands results to the engine; None leaves NULL.
void give(nb::handle results, gt_tensor* outputs, size_t capacity, size_t* n_outputs, const char* who);
gt_status body_callback(gt_context, void* callback, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs,
                        size_t capacity, size_t* n_outputs);
nb::object wrap_function(const ContextPtr& context, gt_function owned);  // an object as the class Function's
std::vector<gt_spec> read_specs(nb::handle specs);  // pairs of a dtype and a shape, None a size that is any

// Runs a callback's body under the interpreter's lock; an exception waits for the call around.
template <class Body>
gt_status called_back(Body&& body) {
  nb::gil_scoped_acquire gil;
  try {
    body();
    return GT_OK;
  } catch (nb::python_error& e) {
    return Context::here()->keep_exception(e);
  } catch (const std::exception& e) {
    gt_set_error(Context::here()->get(), GT_CALLBACK_FAILED, e.what());
    return GT_CALLBACK_FAILED;
  }
}

}  // namespace gradtape_python
