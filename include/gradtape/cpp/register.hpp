// Ops of one's own, from lambdas.
#pragma once

#include <cstring>

#include "custom.hpp"
#include "function.hpp"

namespace gradtape {

/// Elements that a compute function reads or writes, row by row, of spec's shape. T must be spec's dtype.
struct OpInput {
  Spec spec;
  const void* memory;
  template <class T>
  View<T> data() const {
    if (spec.dtype != dtype_of<T>())
      throw Error(GT_INVALID_ARGUMENT, "an input is " + detail::to_text(spec) + ", not " + name_of(dtype_of<T>()));
    return {static_cast<const T*>(memory), static_cast<std::size_t>(detail::elements_of(spec))};
  }
};
struct OpOutput {
  Spec spec;
  void* memory;
  std::size_t size() const { return static_cast<std::size_t>(detail::elements_of(spec)); }
  template <class T>
  T* data() const {
    if (spec.dtype != dtype_of<T>())
      throw Error(GT_INVALID_ARGUMENT, "an output is " + detail::to_text(spec) + ", not " + name_of(dtype_of<T>()));
    return static_cast<T*>(memory);
  }
};

/// The attributes an op was given.
class OpAttrs {
 public:
  OpAttrs(const gt_attr* attrs, std::size_t n) : attrs_(attrs), n_(n) {}
  const gt_attr* find(const char* name) const {
    for (std::size_t i = 0; i < n_; ++i)
      if (std::strcmp(attrs_[i].name, name) == 0) return &attrs_[i];
    return nullptr;
  }
  /// The number of that name, an integer or a floating one; `otherwise` where it was not given.
  double number(const char* name, double otherwise) const {
    const gt_attr* a = find(name);
    if (!a) return otherwise;
    if (a->count == 1 && a->kind == GT_ATTR_FLOAT) return *static_cast<const double*>(a->values);
    if (a->count == 1 && a->kind == GT_ATTR_INT)
      return static_cast<double>(*static_cast<const std::int64_t*>(a->values));
    throw Error(GT_INVALID_ARGUMENT, std::string("attribute ") + name + " must be a number");
  }

 private:
  const gt_attr* attrs_;
  std::size_t n_;
};

/// Either infer and compute, with a gradient where there is one, or composite alone. See gt_op_definition. compute must
/// not use the context.
struct OpDefinition {
  std::string doc = {};
  std::function<std::vector<Spec>(const std::vector<Spec>& inputs, const OpAttrs&)> infer = nullptr;
  std::function<void(const std::vector<OpInput>&, const std::vector<OpOutput>&, const OpAttrs&)> compute = nullptr;
  Backward gradient = nullptr;
  std::function<std::vector<Tensor>(const std::vector<Tensor>& inputs, const OpAttrs&)> composite = nullptr;
};

namespace detail {
// The first member serves call_backward, which expects CustomFunctions.
struct UserOp : CustomFunctions {
  OpDefinition definition;
};
inline UserOp& user_op(void* user) { return *static_cast<UserOp*>(static_cast<CustomFunctions*>(user)); }

inline gt_status infer_user_op(gt_context ctx, void* user, const gt_spec* inputs, std::size_t n, const gt_attr* attrs,
                               std::size_t n_attrs, gt_spec* outputs, std::size_t capacity, std::size_t* n_outputs) {
  return protect(ctx, [&] {
    std::vector<Spec> specs;
    for (std::size_t i = 0; i < n; ++i) specs.push_back(from_c(inputs[i]));
    const std::vector<Spec> results = user_op(user).definition.infer(specs, OpAttrs(attrs, n_attrs));
    *n_outputs = results.size();
    for (std::size_t i = 0; i < results.size() && i < capacity; ++i) outputs[i] = to_c(results[i]);
  });
}
inline gt_status compute_user_op(void* user, const gt_spec* input_specs, const void* const* inputs, std::size_t n,
                                 const gt_attr* attrs, std::size_t n_attrs, const gt_spec* output_specs,
                                 void* const* outputs, std::size_t n_outputs) {
  return protect(nullptr, [&] {
    std::vector<OpInput> in;
    std::vector<OpOutput> out;
    for (std::size_t i = 0; i < n; ++i) in.push_back({from_c(input_specs[i]), inputs[i]});
    for (std::size_t i = 0; i < n_outputs; ++i) out.push_back({from_c(output_specs[i]), outputs[i]});
    user_op(user).definition.compute(in, out, OpAttrs(attrs, n_attrs));
  });
}
inline gt_status expand_user_op(gt_context ctx, void* user, const gt_tensor* inputs, std::size_t n,
                                const gt_attr* attrs, std::size_t n_attrs, gt_tensor* outputs, std::size_t capacity,
                                std::size_t* n_outputs) {
  return protect(ctx, [&] {
    std::vector<Tensor> results = user_op(user).definition.composite(borrow(ctx, inputs, n), OpAttrs(attrs, n_attrs));
    give(results, outputs, capacity, n_outputs);
  });
}
}  // namespace detail

/// Makes an op known to Context::apply in every context, for the life of the process. See gt_register_op.
inline void register_op(const char* name, OpDefinition definition) {
  auto* op = new detail::UserOp;
  op->backward = definition.gradient;
  op->definition = std::move(definition);
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.doc = op->definition.doc.c_str();
  if (op->definition.infer) d.infer = detail::infer_user_op;
  if (op->definition.compute) d.compute = detail::compute_user_op;
  if (op->definition.gradient) d.gradient = detail::call_backward;
  if (op->definition.composite) d.composite = detail::expand_user_op;
  const gt_status s = gt_register_op(name, &d, static_cast<detail::CustomFunctions*>(op), [](void* user) {
    delete static_cast<detail::UserOp*>(static_cast<detail::CustomFunctions*>(user));
  });
  if (s != GT_OK)
    throw Error(s, std::string("register_op(") + (name ? name : "NULL") + "): " + gt_status_name(s) +
                       (s == GT_INVALID_ARGUMENT ? ": infer and compute are needed, or composite alone" : ""));
}

}  // namespace gradtape
