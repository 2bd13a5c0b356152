// The registry as the extension keeps it: an op's parameters, read from its description once.
#include "op.hpp"

namespace gradtape_python {
namespace {

// Names under which TensorFlow has the same parameter.
std::string alias_of(const std::string& op, const std::string& param) {
  static const std::unordered_map<std::string, std::string> kEverywhere = {{"transpose.x", "a"},
                                                                           {"concat.values", "arrays"},
                                                                           {"stack.values", "arrays"},
                                                                           {"gather.x", "params"},
                                                                           {"split.x", "value"},
                                                                           {"unstack.x", "value"},
                                                                           {"cast.x", "x"},
                                                                           {"reshape.x", "tensor"},
                                                                           {"pad.x", "tensor"},
                                                                           {"slice.x", "input_"},
                                                                           {"strided_slice.x", "input_"},
                                                                           {"squeeze.x", "input"},
                                                                           {"expand_dims.x", "input"},
                                                                           {"tile.x", "input"},
                                                                           {"clip_by_norm.x", "t"},
                                                                           {"clip_by_value.x", "t"},
                                                                           {"boolean_mask.x", "tensor"},
                                                                           {"norm.x", "tensor"},
                                                                           {"roll.x", "input"},
                                                                           {"repeat.x", "input"},
                                                                           {"reverse.x", "tensor"},
                                                                           {"argmax.x", "input"},
                                                                           {"argmin.x", "input"},
                                                                           {"sort.x", "values"},
                                                                           {"argsort.x", "values"},
                                                                           {"broadcast_to.x", "input"},
                                                                           {"softmax.x", "logits"},
                                                                           {"log_softmax.x", "logits"},
                                                                           {"relu.x", "features"},
                                                                           {"elu.x", "features"},
                                                                           {"selu.x", "features"},
                                                                           {"leaky_relu.x", "features"},
                                                                           {"softplus.x", "features"},
                                                                           {"zeros_like.x", "input"},
                                                                           {"ones_like.x", "input"},
                                                                           {"identity.x", "input"},
                                                                           {"stop_gradient.x", "input"},
                                                                           {"dropout.x", "x"},
                                                                           {"where.condition", "condition"}};
  if (op.starts_with("reduce_") && param == "x") return "input_tensor";
  const auto found = kEverywhere.find(op + "." + param);
  return found == kEverywhere.end() ? "" : found->second;
}

Op read(const std::string& name) {
  nb::dict d = nb::cast<nb::dict>(nb::module_::import_("json").attr("loads")(describe_op(name)));
  Op op;
  op.name = name;
  op.doc = nb::cast<std::string>(d["doc"]);
  op.variadic = nb::cast<bool>(d["variadic"]);
  op.by_user = nb::cast<bool>(d["registered_by_user"]);
  op.many = nb::cast<bool>(d["many_outputs"]);
  for (nb::handle i : d["inputs"]) {
    Param p{nb::cast<std::string>(i["name"]), "", nb::cast<std::string>(i["dtype"])[0]};
    p.alias = alias_of(name, p.name);
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
  size_t needed = 0;
  if (gt_op_describe(name.c_str(), nullptr, 0, &needed) != GT_OK)
    fail("NotFoundError", "there is no op '" + name + "'");
  std::string json(needed, '\0');
  gt_op_describe(name.c_str(), json.data(), needed, nullptr);
  json.pop_back();
  return json;
}

const Op& find_op(const std::string& name) {
  static auto* const ops = new std::unordered_map<std::string, std::unique_ptr<const Op>>;
  const auto known = ops->find(name);
  if (known != ops->end()) return *known->second;
  auto op =
      std::make_unique<const Op>(read(name));  // runs Python code, and so perhaps another thread that adds it first
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
  nb::dict d = nb::cast<nb::dict>(nb::module_::import_("json").attr("loads")(describe_op(op.name)));
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
