// Gradients of one's own, from lambdas.
#pragma once

#include "bodies.hpp"
#include "context.hpp"

namespace gradtape {

/// One application of an op, as a gradient function of one's own sees it.
struct Application {
  std::string op;
  std::vector<Tensor> inputs, outputs;
  std::vector<gt_attr> attrs = {};  ///< valid during the call
};
/// Returns one gradient per input; an empty Tensor: none.
using Backward = std::function<std::vector<Tensor>(const Application&, const std::vector<Tensor>& output_gradients)>;

namespace detail {
// Hands results over; more than there is room for is an error by the count.
inline void give(std::vector<Tensor>& results, gt_tensor* outputs, std::size_t capacity, std::size_t* n_outputs) {
  *n_outputs = results.size();
  for (std::size_t i = 0; i < results.size() && i < capacity; ++i) outputs[i] = results[i].release();
}

struct CustomFunctions {
  Forward forward;
  Backward backward;
  std::vector<Tensor> overflow = {};  // results that there was no room for: the next call of forward gives them
};
inline gt_status call_forward(gt_context ctx, void* user, const gt_tensor* inputs, std::size_t n, gt_tensor* outputs,
                              std::size_t capacity, std::size_t* n_outputs) {
  return protect(ctx, [&] {
    auto& f = *static_cast<CustomFunctions*>(user);
    std::vector<Tensor> results = f.overflow.empty() ? f.forward(borrow(ctx, inputs, n)) : std::move(f.overflow);
    f.overflow.clear();
    if (results.size() > capacity) {
      *n_outputs = results.size();
      f.overflow = std::move(results);
    } else {
      give(results, outputs, capacity, n_outputs);
    }
  });
}
inline gt_status call_backward(gt_context ctx, void* user, const gt_call* call, const gt_tensor* output_gradients,
                               gt_tensor* input_gradients) {
  return protect(ctx, [&] {
    const Application a{call->op, borrow(ctx, call->inputs, call->n_inputs),
                        borrow(ctx, call->outputs, call->n_outputs),
                        std::vector<gt_attr>(call->attrs, call->attrs + call->n_attrs)};
    std::vector<Tensor> results =
        static_cast<CustomFunctions*>(user)->backward(a, borrow(ctx, output_gradients, call->n_outputs));
    if (results.size() != call->n_inputs)
      throw Error(GT_INVALID_ARGUMENT, a.op + ": a gradient function must return one gradient per input, got " +
                                           std::to_string(results.size()) + " for " + std::to_string(call->n_inputs) +
                                           " inputs");
    for (std::size_t i = 0; i < results.size(); ++i) input_gradients[i] = results[i].release();
  });
}
inline void free_functions(void* f) { delete static_cast<std::shared_ptr<CustomFunctions>*>(f); }
inline gt_status call_shared_forward(gt_context ctx, void* user, const gt_tensor* inputs, std::size_t n,
                                     gt_tensor* outputs, std::size_t capacity, std::size_t* n_outputs) {
  return call_forward(ctx, static_cast<std::shared_ptr<CustomFunctions>*>(user)->get(), inputs, n, outputs, capacity,
                      n_outputs);
}
inline gt_status call_shared_backward(gt_context ctx, void* user, const gt_call* call,
                                      const gt_tensor* output_gradients, gt_tensor* input_gradients) {
  return call_backward(ctx, static_cast<std::shared_ptr<CustomFunctions>*>(user)->get(), call, output_gradients,
                       input_gradients);
}
}  // namespace detail

/// forward(inputs), whose gradient is what backward says. See gt_custom_gradient.
inline std::vector<Tensor> custom_gradient(const std::vector<Tensor>& inputs, Forward forward, Backward backward,
                                           const char* name = nullptr) {
  const gt_context ctx = detail::context_of(inputs);
  const auto handles = detail::handles(inputs);
  const auto functions =
      std::make_shared<detail::CustomFunctions>(detail::CustomFunctions{std::move(forward), std::move(backward)});
  return detail::outputs(
      ctx,
      [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
        return gt_custom_gradient(ctx, name, detail::call_shared_forward, detail::call_shared_backward,
                                  new std::shared_ptr<detail::CustomFunctions>(functions), detail::free_functions,
                                  handles.data(), handles.size(), out, capacity, n);
      },
      [&](std::size_t* n) {
        *n = functions->overflow.size();
        return GT_OK;
      });
}
/// The same for one input and one output.
inline Tensor custom_gradient(const Tensor& x, std::function<Tensor(const Tensor&)> forward,
                              std::function<Tensor(const Tensor& x, const Tensor& output_gradient)> backward,
                              const char* name = nullptr) {
  return custom_gradient(
      std::vector<Tensor>{x},
      [f = std::move(forward)](const std::vector<Tensor>& in) { return detail::as_list(f(in[0])); },
      [g = std::move(backward)](const Application& a, const std::vector<Tensor>& dy) {
        return detail::as_list(g(a.inputs[0], dy[0]));
      },
      name)[0];
}

/// Registers a gradient for a user's op, or a rule for apply_with_gradient, for the life of the process.
inline void register_gradient(const char* name, Backward backward) {
  auto* functions = new detail::CustomFunctions{nullptr, std::move(backward)};
  const gt_status s = gt_register_gradient(name, detail::call_backward, functions,
                                           [](void* f) { delete static_cast<detail::CustomFunctions*>(f); });
  if (s != GT_OK)
    throw Error(s, std::string("register_gradient(") + (name ? name : "NULL") + "): " + gt_status_name(s));
}
/// An op with a registered rule in place of its own gradient.
inline std::vector<Tensor> apply_with_gradient(const char* op, const char* rule, const std::vector<Tensor>& inputs,
                                               const std::vector<gt_attr>& attrs = {}) {
  const gt_context ctx = detail::context_of(inputs);
  const auto handles = detail::handles(inputs);
  return detail::outputs(
      ctx,
      [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {
        return gt_apply_with_gradient(ctx, op, rule, handles.data(), handles.size(), attrs.data(), attrs.size(), out,
                                      capacity, n);
      },
      [&](std::size_t* n) {
        return gt_apply(ctx, op, handles.data(), handles.size(), attrs.data(), attrs.size(), nullptr, 0, n);
      });
}

}  // namespace gradtape
