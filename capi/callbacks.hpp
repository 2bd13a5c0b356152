// Calling the user's functions, and the registry of gradients by name.
#pragma once

#include "capi/marshal.hpp"
#include "ops/custom.hpp"
#include "ops/registry.hpp"

namespace gradtape::core::capi {

struct GradientFunction {
  gt_gradient_fn call;
  void* data;
};
std::optional<GradientFunction> gradient_named(const std::string& name);
void register_gradient(const std::string& name, GradientFunction gradient);  // throws already_exists
void forget_gradient(const char* name) noexcept;

// Calls a gradient function with lent handles and checks what it gives back.
Tensors call_gradient(Context& c, const GradientFunction& f, const CustomCall& call, const Tensors& cotangents);

// Calls a rule of an op with lent handles, NULL for what is absent of `given`, and takes what it gives back.
using RuleFunction = std::function<gt_status(const gt_call& call, const gt_tensor* given, gt_tensor* results)>;
Tensors call_rule(Context& c, const CustomCall& call, std::string_view role, std::span<const Tensor> given,
                  std::size_t n_results, const RuleFunction& rule);
Tensors call_tangent(Context& c, gt_tangent_fn f, void* data, const CustomCall& call, const Tensors& tangents);
Tensors call_batch(Context& c, gt_batch_fn f, void* data, const BatchCall& b);

inline constexpr std::size_t kMostOutputs = 256;  // of a function whose outputs nobody has counted

// Runs a function that records ops, on lent inputs.
using BodyFunction = std::function<gt_status(const gt_tensor* inputs, std::size_t n_inputs, gt_tensor* outputs,
                                             std::size_t capacity, std::size_t* n_outputs)>;
Tensors call_body(Context& c, const std::string& name, const BodyFunction& body, std::span<const Tensor> in,
                  std::size_t capacity);
Tensors call_forward(Context& c, const std::string& name, gt_forward_fn forward, void* data, const Tensors& in,
                     std::size_t capacity);

// Lends rows of a Jacobian to a function of the user's.
void call_rows(Context& c, const char* name, gt_rows_fn f, void* data, int64_t first, int64_t count,
               const Tensors& rows);

const Op& op_named(const char* name);
// names: of the inputs, for messages; null: they have none.
Tensors read_inputs(Context& c, std::string_view op, const gt_tensor* inputs, std::size_t n, const Op* names = nullptr);
void check_capacity(std::string_view op, std::size_t outputs, const gt_tensor* slots, std::size_t capacity);
inline void clear_outputs(gt_tensor* outputs, std::size_t capacity, std::size_t* n_outputs) {
  clear_array(outputs, capacity);
  if (n_outputs) *n_outputs = 0;
}

}  // namespace gradtape::core::capi
