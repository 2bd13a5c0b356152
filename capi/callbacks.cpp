#include "capi/callbacks.hpp"

#include <shared_mutex>

#include "base/fork.hpp"

namespace gradtape::core::capi {

namespace {
struct Gradients {
  std::shared_mutex mutex;
  std::unordered_map<std::string, GradientFunction> by_name;
};
Gradients& gradients() {
  static auto* all = [] {
    hold_over_forks<[]() -> std::shared_mutex& { return gradients().mutex; }>();
    return new Gradients;
  }();
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

void forget_gradient(const char* name) noexcept {
  std::unique_lock lock(gradients().mutex);
  std::erase_if(gradients().by_name, [&](const auto& entry) { return entry.first == name; });
}

namespace {
// The result of a callback for something of a known dtype and shape. Throws where it does not fit.
Tensor adopted(Tensor t, const Spec& want, std::string_view rule, std::string_view what) {
  if (t.spec().weak && is_floating(want.dtype)) t = cast(t, want.dtype);
  if (t.dtype() != want.dtype || !(t.shape() == want.shape))
    invalid("{} returned {} for {}, which is {}", rule, to_string(t.spec()), what, to_string(want));
  return t;
}
gt_tensor lend_one(Loan& loan, const Tensor& t) {
  std::vector<gt_tensor> handle;
  if (t) loan.lend(std::span(&t, 1), handle);
  return t ? handle[0] : nullptr;
}
}  // namespace

Tensors call_rule(Context& c, const CustomCall& custom, std::string_view role, std::span<const Tensor> given,
                  std::size_t n_results, const RuleFunction& rule) {
  std::vector<gt_tensor> inputs, outputs, lent;
  Loan loan(c);
  loan.lend(custom.inputs, inputs);
  loan.lend(custom.outputs, outputs);
  for (const Tensor& t : given) lent.push_back(lend_one(loan, t));
  const std::string name(custom.name);
  const AttrArray attrs(custom.op, custom.attrs.get());
  const gt_call call{sizeof(gt_call), name.c_str(),   inputs.data(), inputs.size(),
                     outputs.data(),  outputs.size(), attrs.data(),  attrs.size()};
  std::vector<gt_tensor> results(n_results + 1, nullptr);                             // never an empty array
  const std::string what = fmt::format("{}: result of the {} function", name, role);  // from the call on slots are ours
  const gt_status status = rule(call, lent.data(), results.data());
  Tensors taken = loan.take(std::span(results.data(), n_results), what);
  if (status != GT_OK) loan.failed(fmt::format("{}: the {} function", name, role), status);
  return taken;
}

Tensors call_gradient(Context& c, const GradientFunction& f, const CustomCall& custom, const Tensors& cotangents) {
  Tensors full;
  for (std::size_t i = 0; i < custom.outputs.size(); ++i)
    full.push_back(cotangents[i] ? cotangents[i] : zeros(c.recorder(), custom.outputs[i].spec()));
  const RuleScope scope;
  Tensors results = call_rule(c, custom, "gradient", full, custom.inputs.size(),
                              [&](const gt_call& call, const gt_tensor* given, gt_tensor* out) {
                                return f.call(c.handle(), f.data, &call, given, out);
                              });
  const std::string rule = fmt::format("{}: the gradient function", custom.name);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) results[i] = adopted(results[i], custom.inputs[i].spec(), rule, fmt::format("input {}", i));
  return results;
}

Tensors call_tangent(Context& c, gt_tangent_fn f, void* data, const CustomCall& custom, const Tensors& tangents) {
  const RuleScope scope;
  Tensors results = call_rule(c, custom, "tangent", tangents, custom.outputs.size(),
                              [&](const gt_call& call, const gt_tensor* given, gt_tensor* out) {
                                return f(c.handle(), data, &call, given, out);
                              });
  const std::string rule = fmt::format("{}: the tangent function", custom.name);
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) results[i] = adopted(results[i], custom.outputs[i].spec(), rule, fmt::format("output {}", i));
  return results;
}

Tensors call_batch(Context& c, gt_batch_fn f, void* data, const BatchCall& b) {
  const std::string& name = b.call.op().name;
  std::vector<uint8_t> batched(b.batched.begin(), b.batched.end());
  const std::size_t n = b.call.outputs();
  Tensors results = call_rule(c, {b.call, name, b.in, {}, b.call.attrs(), &b.call.op()}, "batch", {}, n,
                              [&](gt_call call, const gt_tensor*, gt_tensor* out) {
                                call.outputs = nullptr;
                                call.n_outputs = n;
                                return f(c.handle(), data, &call, batched.data(), b.size, out);
                              });
  for (std::size_t i = 0; i < n; ++i) {
    if (!results[i]) fail(Status::callback_failed, "{}: the batch function left output {} of {} NULL", name, i, n);
    Spec want = b.call.out_spec(i);
    want.shape = want.shape.with_leading(b.size);
    results[i] = adopted(results[i], want, fmt::format("{}: the batch function", name),
                         fmt::format("output {} of {} rows", i, b.size));
  }
  return results;
}

void call_rows(Context& c, const char* name, gt_rows_fn f, void* data, int64_t first, int64_t count,
               const Tensors& rows) {
  std::vector<gt_tensor> lent;
  Loan loan(c);
  for (const Tensor& t : rows) lent.push_back(lend_one(loan, t));
  const gt_status status = f(c.handle(), data, first, count, lent.data(), lent.size());
  if (status != GT_OK) loan.failed(fmt::format("{}: the function that takes rows", name), status);
}

Tensors call_body(Context& c, const std::string& name, const BodyFunction& body, std::span<const Tensor> in,
                  std::size_t capacity) {
  std::vector<gt_tensor> inputs, outputs(capacity + 1, nullptr);
  Loan loan(c);
  loan.lend(in, inputs);
  std::size_t n = 0;
  const std::string what = fmt::format("{}: output", name);  // from the call on the slots are the library's
  const gt_status status = body(inputs.data(), inputs.size(), outputs.data(), capacity, &n);
  Tensors taken = loan.take(std::span(outputs.data(), capacity), what);
  if (status != GT_OK) loan.failed(fmt::format("{}: the forward function", name), status);
  if (n > capacity) invalid("{}: the forward function has {} outputs, room for {} was given", name, n, capacity);
  taken.resize(n);
  for (std::size_t i = 0; i < n; ++i)
    if (!taken[i])
      fail(Status::callback_failed, "{}: the forward function returned GT_OK and left output {} of {} NULL", name, i,
           n);
  return taken;
}

Tensors call_forward(Context& c, const std::string& name, gt_forward_fn forward, void* data, const Tensors& in,
                     std::size_t capacity) {
  return call_body(
      c, name,
      [&](const gt_tensor* inputs, std::size_t n_inputs, gt_tensor* outputs, std::size_t room, std::size_t* n) {
        return forward(c.handle(), data, inputs, n_inputs, outputs, room, n);
      },
      in, capacity);
}

}  // namespace gradtape::core::capi
