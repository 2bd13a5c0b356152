// The registry as the extension keeps it: an op's parameters, read from its description once.
#include <algorithm>

#include "op.hpp"

namespace gradtape_python {
namespace {

// TensorFlow's name of an op's first parameter, where it is another one.
std::string alias_of(const std::string& op) {
  static const std::unordered_map<std::string, std::vector<std::string>> kOps = {
      {"a", {"transpose"}},
      {"arrays", {"concat", "stack"}},
      {"features", {"elu", "leaky_relu", "relu", "selu", "softplus"}},
      {"input",
       {"argmax", "argmin", "broadcast_to", "expand_dims", "identity", "ones_like", "repeat", "roll", "squeeze",
        "stop_gradient", "tile", "zeros_like"}},
      {"input_", {"slice", "strided_slice"}},
      {"logits", {"log_softmax", "softmax"}},
      {"t", {"clip_by_norm", "clip_by_value"}},
      {"tensor", {"boolean_mask", "norm", "pad", "reshape", "reverse"}},
      {"value", {"split", "unstack"}},
      {"values", {"argsort", "sort"}}};
  if (op.starts_with("reduce_")) return "input_tensor";
  for (const auto& [alias, ops] : kOps)
    if (std::find(ops.begin(), ops.end(), op) != ops.end()) return alias;
  return "";
}

nb::dict description_of(const std::string& name) {
  return nb::cast<nb::dict>(nb::module_::import_("json").attr("loads")(describe_op(name)));
}

Op read(const std::string& name) {
  nb::dict d = description_of(name);
  Op op;
  op.name = name;
  op.doc = nb::cast<std::string>(d["doc"]);
  op.variadic = nb::cast<bool>(d["variadic"]);
  op.by_user = nb::cast<bool>(d["registered_by_user"]);
  op.many = nb::cast<bool>(d["many_outputs"]);
  for (nb::handle i : d["inputs"]) {
    Param p{nb::cast<std::string>(i["name"]), "", nb::cast<std::string>(i["dtype"])[0]};
    if (op.params.empty()) p.alias = alias_of(name);
    p.optional = nb::cast<bool>(i["optional"]);
    op.params.push_back(std::move(p));
  }
  op.n_inputs = op.params.size();
  for (nb::handle dtype : d["dtypes"]) op.dtypes |= 1u << as_dtype(dtype).number;
  for (nb::handle a : d["attrs"]) {
    Param p{nb::cast<std::string>(a["name"]), "", 'a'};
    for (nb::handle kind : a["kinds"])
      if (nb::cast<std::string>(kind) == "dtype") p.dtype = 'd';
    p.required = nb::cast<bool>(a["required"]);
    op.has_default_dtype |= p.dtype == 'd' && !p.required && nb::object(a["default"]).is_none();
    op.params.push_back(std::move(p));
  }
  return op;
}

}  // namespace

std::string describe_op(const std::string& name) {
  std::string json;
  const auto describe = [&](char* text, size_t capacity, size_t* needed) {
    return gt_op_describe(name.c_str(), text, capacity, needed);
  };
  if (read_text(json, describe) != GT_OK) fail("NotFoundError", "there is no op '" + name + "'");
  return json;
}

const Op& find_op(const std::string& name) {
  static auto* const ops = new std::unordered_map<std::string, std::unique_ptr<const Op>>;
  const auto known = ops->find(name);
  if (known != ops->end()) return *known->second;
  // Reading runs Python code, and so perhaps another thread that adds the op first.
  auto op = std::make_unique<const Op>(read(name));
  return *ops->try_emplace(name, std::move(op)).first->second;
}

void check_dtype(const Op& op, gt_dtype dtype) {
  if (op.by_user || dtype == 0 || (op.dtypes >> dtype & 1)) return;
  std::string wanted;
  for (gt_dtype d = GT_BOOL; d <= GT_FLOAT64; ++d)
    if (op.dtypes >> d & 1) wanted += (wanted.empty() ? "" : ", ") + std::string(dtype_of(d).name);
  fail("DTypeError", op.name + ": got " + dtype_of(dtype).name + ", wants one of " + wanted + "; cast it");
}

nb::object signature(const Op& op) {
  nb::object inspect = nb::module_::import_("inspect"), parameter = inspect.attr("Parameter");
  nb::dict d = description_of(op.name);
  nb::list parameters;
  bool defaulted = false;
  for (size_t i = 0; i < op.params.size(); ++i) {
    const Param& p = op.params[i];
    nb::object value = parameter.attr("empty");
    if (i >= op.n_inputs && !p.required) value = d["attrs"][i - op.n_inputs]["default"];
    if (p.optional) value = nb::none();
    defaulted |= !value.is(parameter.attr("empty"));
    if (defaulted && value.is(parameter.attr("empty"))) value = nb::none();
    parameters.append(parameter(p.name, parameter.attr("POSITIONAL_OR_KEYWORD"), nb::arg("default") = value));
  }
  return inspect.attr("Signature")(parameters);
}

}  // namespace gradtape_python
