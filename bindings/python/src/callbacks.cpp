// Python functions as the engine's callbacks: custom gradients, registered gradients and ops.
#include "callbacks.hpp"

#include <cstring>

#include "op.hpp"

namespace gradtape_python {

nb::list lent(const gt_tensor* tensors, size_t n) {
  const ContextPtr& here = Context::here();
  nb::list all;
  for (size_t i = 0; i < n; ++i) all.append(tensors[i] ? wrap(duplicate(here, tensors[i])) : nb::none());
  return all;
}

void give(nb::handle results, gt_tensor* outputs, size_t capacity, size_t* n_outputs, const char* who) {
  const size_t n = nb::len(results);
  if (n > capacity)
    fail("InvalidArgumentError",
         std::string(who) + ": " + std::to_string(n) + " outputs where at most " + std::to_string(capacity) + " fit");
  size_t i = 0;
  for (nb::handle r : nb::iter(results)) {
    if (!r.is_none()) {
      Tensor t = to_tensor(r, nullptr);
      outputs[i] = std::exchange(t.handle, nullptr);
    }
    ++i;
  }
  if (n_outputs) *n_outputs = n;
}

gt_status body_callback(gt_context, void* data, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs,
                        size_t capacity, size_t* n_outputs) {
  return called_back([&] {
    const auto& f = static_cast<Callback*>(data)->function;
    give(f(*lent(inputs, n_inputs)), outputs, capacity, n_outputs, "a function's body");
  });
}

namespace {

struct Pair {
  Callback forward, backward;
};

// The application of an op, as a rule sees it.
nb::object describe_call(const gt_call& call) {
  nb::object d = nb::module_::import_("types").attr("SimpleNamespace")();
  d.attr("op") = nb::str(call.op);
  d.attr("inputs") = lent(call.inputs, call.n_inputs);
  d.attr("outputs") = call.outputs ? nb::object(lent(call.outputs, call.n_outputs)) : nb::none();
  d.attr("n_outputs") = call.n_outputs;
  d.attr("attrs") = to_dict(call.attrs, call.n_attrs);
  return d;
}

// Gradients in the order of the inputs; one that is no sequence is the only one.
void give_gradients(nb::object results, gt_tensor* gradients, size_t n, const char* who) {
  if (is_tensor(results) || results.is_none()) results = nb::make_tuple(results);
  if (nb::len(results) != n)
    fail("InvalidArgumentError", std::string(who) + ": " + std::to_string(nb::len(results)) + " gradients for " +
                                     std::to_string(n) + " inputs; want one for each, None where there is none");
  give(results, gradients, n, nullptr, who);
}

gt_status rule_callback(gt_context, void* data, const gt_call* call, const gt_tensor* output_gradients,
                        gt_tensor* input_gradients) {
  return called_back([&] {
    const auto& f = static_cast<Callback*>(data)->function;
    give_gradients(f(describe_call(*call), *lent(output_gradients, call->n_outputs)), input_gradients, call->n_inputs,
                   call->op);
  });
}

gt_status pair_forward(gt_context c, void* data, const gt_tensor* inputs, size_t n, gt_tensor* outputs, size_t capacity,
                       size_t* n_outputs) {
  return body_callback(c, &static_cast<Pair*>(data)->forward, inputs, n, outputs, capacity, n_outputs);
}
gt_status pair_backward(gt_context, void* data, const gt_call* call, const gt_tensor* output_gradients,
                        gt_tensor* input_gradients) {
  return called_back([&] {
    const auto& f = static_cast<Pair*>(data)->backward.function;
    give_gradients(f(*lent(output_gradients, call->n_outputs)), input_gradients, call->n_inputs, call->op);
  });
}

nb::list custom_gradient(nb::object forward, nb::object backward, nb::list inputs, nb::object name) {
  const ContextPtr& here = Context::here();
  const auto x = handles_in(here, inputs, false, "custom_gradient: inputs");
  const std::string called = name.is_none() ? "" : nb::cast<std::string>(name);
  std::vector<gt_tensor> outputs(256);
  size_t n = 0;
  here->check(gt_custom_gradient(here->get(), called.empty() ? nullptr : called.c_str(), pair_forward, pair_backward,
                                 new Pair{{std::move(forward)}, {std::move(backward)}}, drop<Pair>, x.data(), x.size(),
                                 outputs.data(), outputs.size(), &n));
  return wrap_all(here, outputs.data(), n);
}

// The registries belong to the process: their errors go to no context.
void check_registration(gt_status status, const std::string& name) {
  if (status == GT_ALREADY_EXISTS) fail("AlreadyExistsError", "'" + name + "' is registered already");
  if (status != GT_OK)
    fail("InvalidArgumentError",
         "'" + name + "' cannot be registered (" + gt_status_name(status) +
             "): a name is of letters, digits and _, and an op has infer and compute, or composite alone");
}

void register_gradient(const std::string& name, nb::object rule) {
  check_registration(gt_register_gradient(name.c_str(), rule_callback, new Callback{std::move(rule)}, drop<Callback>),
                     name);
}

// ---- ops

struct UserOp {
  nb::object infer, compute, composite, gradient, tangent, batch;
};
UserOp& user_op(void* data) { return *static_cast<UserOp*>(data); }

nb::tuple dims_of(const gt_spec& spec) {
  nb::list dims;
  for (int32_t k = 0; k < spec.rank; ++k) dims.append(spec.dims[k]);
  return nb::tuple(dims);
}

nb::list specs_of(const gt_spec* specs, size_t n) {
  nb::list all;
  for (size_t i = 0; i < n; ++i)
    all.append(nb::make_tuple(nb::cast(&dtype_of(specs[i].dtype), nb::rv_policy::reference), dims_of(specs[i])));
  return all;
}

gt_status infer_callback(gt_context, void* data, const gt_spec* inputs, size_t n_inputs, const gt_attr* attrs,
                         size_t n_attrs, gt_spec* outputs, size_t capacity, size_t* n_outputs) {
  return called_back([&] {
    nb::object specs = user_op(data).infer(*specs_of(inputs, n_inputs), **to_dict(attrs, n_attrs));
    const std::vector<gt_spec> read = read_specs(specs);
    if (read.size() > capacity)
      fail("InvalidArgumentError", "infer: " + std::to_string(read.size()) + " outputs are too many");
    std::copy(read.begin(), read.end(), outputs);
    *n_outputs = read.size();
  });
}

// A view of the engine's memory, which lives only during the call.
nb::object array_over(const gt_spec& spec, const void* data, bool writable) {
  size_t elements = 1;
  for (int32_t k = 0; k < spec.rank; ++k) elements *= static_cast<size_t>(spec.dims[k]);
  const DType& d = dtype_of(spec.dtype);
  if (elements == 0) return hooks().numpy.attr("empty")(dims_of(spec), d.name);
  nb::object memory = nb::steal(PyMemoryView_FromMemory(static_cast<char*>(const_cast<void*>(data)),
                                                        static_cast<Py_ssize_t>(elements * d.size),
                                                        writable ? PyBUF_WRITE : PyBUF_READ));
  return hooks().numpy.attr("frombuffer")(memory, d.name).attr("reshape")(dims_of(spec));
}

gt_status compute_callback(void* data, const gt_spec* input_specs, const void* const* inputs, size_t n_inputs,
                           const gt_attr* attrs, size_t n_attrs, const gt_spec* output_specs, void* const* outputs,
                           size_t n_outputs) {
  return called_back([&] {
    nb::list arrays;
    for (size_t i = 0; i < n_inputs; ++i) {
      nb::object a = array_over(input_specs[i], inputs[i], false);
      arrays.append(a.attr("copy")());  // an array that is kept must not outlive its memory
    }
    nb::object results = user_op(data).compute(*arrays, **to_dict(attrs, n_attrs));
    if (!nb::isinstance<nb::tuple>(results) && !nb::isinstance<nb::list>(results)) results = nb::make_tuple(results);
    if (nb::len(results) != n_outputs)
      fail("InvalidArgumentError",
           "compute: " + std::to_string(nb::len(results)) + " arrays for " + std::to_string(n_outputs) + " outputs");
    for (size_t i = 0; i < n_outputs; ++i) {
      nb::object place = array_over(output_specs[i], outputs[i], true);
      nb::object result = hooks().numpy.attr("asarray")(nb::object(results[i]));
      nb::object shape = result.attr("shape"), wanted = place.attr("shape");
      if (!shape.equal(wanted))
        fail("InvalidArgumentError", "compute: output " + std::to_string(i) + " has shape " + shown(shape) +
                                         ", and infer said " + shown(wanted));
      hooks().numpy.attr("copyto")(place, result, "same_kind");
    }
  });
}

gt_status gradient_callback(gt_context c, void* data, const gt_call* call, const gt_tensor* output_gradients,
                            gt_tensor* input_gradients) {
  Callback rule{user_op(data).gradient};
  return rule_callback(c, &rule, call, output_gradients, input_gradients);
}
gt_status tangent_callback(gt_context, void* data, const gt_call* call, const gt_tensor* input_tangents,
                           gt_tensor* output_tangents) {
  return called_back([&] {
    give_gradients(user_op(data).tangent(describe_call(*call), *lent(input_tangents, call->n_inputs)), output_tangents,
                   call->n_outputs, call->op);
  });
}
gt_status batch_callback(gt_context, void* data, const gt_call* call, const uint8_t* batched, int64_t size,
                         gt_tensor* outputs) {
  return called_back([&] {
    nb::list flags;
    for (size_t i = 0; i < call->n_inputs; ++i) flags.append(batched[i] != 0);
    give_gradients(user_op(data).batch(describe_call(*call), flags, size), outputs, call->n_outputs, call->op);
  });
}
gt_status composite_callback(gt_context, void* data, const gt_tensor* inputs, size_t n_inputs, const gt_attr* attrs,
                             size_t n_attrs, gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  return called_back([&] {
    nb::object results = user_op(data).composite(*lent(inputs, n_inputs), **to_dict(attrs, n_attrs));
    if (is_tensor(results)) results = nb::make_tuple(results);
    give(results, outputs, capacity, n_outputs, "composite");
  });
}

void register_op(const std::string& name, nb::object infer, nb::object compute, nb::object composite,
                 nb::object gradient, nb::object tangent, nb::object batch, const std::string& doc) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.doc = doc.c_str();
  if (!infer.is_none()) d.infer = infer_callback;
  if (!compute.is_none()) d.compute = compute_callback;
  if (!composite.is_none()) d.composite = composite_callback;
  if (!gradient.is_none()) d.gradient = gradient_callback;
  if (!tangent.is_none()) d.tangent = tangent_callback;
  if (!batch.is_none()) d.batch = batch_callback;
  auto* op = new UserOp{std::move(infer),    std::move(compute), std::move(composite),
                        std::move(gradient), std::move(tangent), std::move(batch)};
  check_registration(gt_register_op(name.c_str(), &d, op, drop<UserOp>), name);
}

}  // namespace

nb::dict to_dict(const gt_attr* attrs, size_t n) {
  nb::dict d;
  for (size_t i = 0; i < n; ++i) {
    const gt_attr& a = attrs[i];
    if (a.kind == GT_ATTR_STRING) {
      d[a.name] = nb::str(static_cast<const char*>(a.values), a.count);
      continue;
    }
    nb::list values;
    for (size_t k = 0; k < a.count; ++k) {
      if (a.kind == GT_ATTR_INT) values.append(static_cast<const int64_t*>(a.values)[k]);
      if (a.kind == GT_ATTR_FLOAT) values.append(static_cast<const double*>(a.values)[k]);
      if (a.kind == GT_ATTR_BOOL) values.append(static_cast<const uint8_t*>(a.values)[k] != 0);
      if (a.kind == GT_ATTR_DTYPE)
        values.append(nb::cast(&dtype_of(static_cast<const gt_dtype*>(a.values)[k]), nb::rv_policy::reference));
    }
    if (a.is_list)
      d[a.name] = nb::tuple(values);
    else
      d[a.name] = nb::object(values[0]);
  }
  return d;
}

void add_callbacks(nb::module_& m) {
  m.def("custom_gradient", custom_gradient, nb::arg("forward"), nb::arg("backward"), nb::arg("inputs"),
        nb::arg("name").none() = nb::none(),
        "forward(*inputs), run now, with the gradient that backward(*output_gradients) gives.");
  m.def("register_gradient", register_gradient, nb::arg("name"), nb::arg("rule"));
  m.def("register_op", register_op, nb::arg("name"), nb::kw_only(), nb::arg("infer").none() = nb::none(),
        nb::arg("compute").none() = nb::none(), nb::arg("composite").none() = nb::none(),
        nb::arg("gradient").none() = nb::none(), nb::arg("tangent").none() = nb::none(),
        nb::arg("batch").none() = nb::none(), nb::arg("doc") = "");
}

}  // namespace gradtape_python
