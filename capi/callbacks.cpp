#include "capi/callbacks.hpp"

#include <shared_mutex>

namespace gradtape::capi {

namespace {
struct Gradients {
  std::shared_mutex mutex;
  std::unordered_map<std::string, GradientFunction> by_name;
};
Gradients& gradients() {
  static auto* all = new Gradients;
  return *all;
}
}  // namespace

std::optional<GradientFunction> gradient_named(const std::string& name) {
  std::shared_lock lock(gradients().mutex);
  auto it = gradients().by_name.find(name);
  if (it == gradients().by_name.end()) return std::nullopt;
  return it->second;
}

void register_gradient(const std::string& name, GradientFunction gradient) {
  std::unique_lock lock(gradients().mutex);
  if (!gradients().by_name.emplace(name, gradient).second)
    fail(Status::already_exists, "gt_register_gradient: \"{}\" has a gradient already", name);
}

void callback_failed(std::string_view what, gt_status status) {
  fail(callback_status(status), "{} returned {} ({})", what, gt_status_name(status), status);
}

Tensors call_gradient(Context& c, const GradientFunction& f, const CustomCall& custom, const Tensors& cotangents) {
  Tensors full;
  for (std::size_t i = 0; i < custom.outputs.size(); ++i)
    full.push_back(cotangents[i] ? cotangents[i] : zeros(c.recorder(), custom.outputs[i].spec()));
  std::vector<gt_tensor> inputs, outputs, gradients_of_outputs;
  Loan loan(c);
  loan.lend(custom.inputs, inputs);
  loan.lend(custom.outputs, outputs);
  loan.lend(full, gradients_of_outputs);
  const std::string name(custom.name);
  const AttrArray attrs(custom.op, custom.attrs.get());
  const gt_call call{sizeof(gt_call), name.c_str(),   inputs.data(), inputs.size(),
                     outputs.data(),  outputs.size(), attrs.data(),  attrs.size()};
  std::vector<gt_tensor> results(inputs.size() + 1, nullptr);  // never an empty array
  const gt_status status = f.call(c.handle(), f.data, &call, gradients_of_outputs.data(), results.data());
  Tensors taken = loan.take(std::span(results.data(), inputs.size()), fmt::format("{}: input gradient", name));
  if (status != GT_OK) callback_failed(fmt::format("{}: the gradient function", name), status);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) continue;
    const Spec& want = custom.inputs[i].spec();
    if (taken[i].spec().weak && is_floating(want.dtype)) taken[i] = cast(taken[i], want.dtype);
    if (taken[i].dtype() != want.dtype || !(taken[i].shape() == want.shape))
      invalid("{}: the gradient function returned {} for input {}, which is {}", name, to_string(taken[i].spec()), i,
              to_string(want));
  }
  return taken;
}

Tensors call_forward(Context& c, const std::string& name, gt_forward_fn forward, void* data, const Tensors& in,
                     std::size_t capacity) {
  std::vector<gt_tensor> inputs, outputs(capacity + 1, nullptr);
  Loan loan(c);
  loan.lend(in, inputs);
  std::size_t n = 0;
  const gt_status status = forward(c.handle(), data, inputs.data(), inputs.size(), outputs.data(), capacity, &n);
  Tensors taken = loan.take(std::span(outputs.data(), capacity), fmt::format("{}: output", name));
  if (status != GT_OK) callback_failed(fmt::format("{}: the forward function", name), status);
  if (n > capacity) invalid("{}: the forward function has {} outputs, room for {} was given", name, n, capacity);
  taken.resize(n);
  for (std::size_t i = 0; i < n; ++i)
    if (!taken[i])
      fail(Status::callback_failed, "{}: the forward function returned GT_OK and left output {} of {} NULL", name, i,
           n);
  return taken;
}

}  // namespace gradtape::capi
