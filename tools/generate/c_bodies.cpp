// gradtape/ops_inline.h: the bodies of the functions that ops.h declares.
#include <stdexcept>

#include "c_forms.hpp"
#include "gradtape/attrs.h"
#include "layout.hpp"

namespace generate {

namespace {
constexpr const char* kHead =
    R"(/* The bodies of the functions of ops.h, which includes this. Made by `./run generate`: not to be edited. */
#include "ops.h"

#ifndef GRADTAPE_OPS_INLINE_H
#define GRADTAPE_OPS_INLINE_H

#ifdef __cplusplus
extern "C" {
#endif

)";
constexpr const char* kFoot = R"(
#ifdef __cplusplus
}
#endif

#endif
)";

// An array for gt_apply: the statements that make it, its name and its size.
struct Argument {
  std::string made, array = "NULL", count = "0";
};

Argument inputs_of_call(const json& op) {
  const json& inputs = op["inputs"];
  if (inputs.empty()) return {};
  if (op["variadic"]) {
    const std::string name = inputs[0]["name"];
    return {"", name, "n_" + name};
  }
  std::string names;
  for (const json& in : inputs) names += (names.empty() ? "" : ", ") + in["name"].get<std::string>();
  Argument made{fmt::format("  const gt_tensor inputs[] = {{{}}};\n", names), "inputs", std::to_string(inputs.size())};
  if (!inputs.back()["optional"]) return made;
  made.made += fmt::format("  size_t n_inputs = {};\n  while (n_inputs > 0 && !inputs[n_inputs - 1]) --n_inputs;\n",
                           inputs.size());
  made.count = "n_inputs";
  return made;
}

Argument attributes_of_call(const json& op) {
  if (op["attrs"].empty()) return {};
  if (op["attrs"].size() > GT_ATTR_LIST_CAPACITY)
    throw std::logic_error(fmt::format("{} has {} attributes, and GT_ATTR_LIST_CAPACITY in gradtape/attrs.h is {}",
                                       op["name"].get<std::string>(), op["attrs"].size(), +GT_ATTR_LIST_CAPACITY));
  Argument made{"  gt_attr_list list;\n  list.n = 0;\n", "list.attrs", "list.n"};
  for (const json& attr : op["attrs"]) made.made += "  " + c_form(attr).add + "\n";
  return made;
}

std::string body(const json& op) {
  const Argument inputs = inputs_of_call(op), attrs = attributes_of_call(op);
  const bool many = op["many_outputs"];
  const std::vector<std::string> arguments = {"ctx",
                                              "\"" + op["name"].get<std::string>() + "\"",
                                              inputs.array,
                                              inputs.count,
                                              attrs.array,
                                              attrs.count,
                                              many ? "outputs, capacity, n_outputs" : "&out, 1, NULL"};
  std::string text = declaration(c_head(op), c_parameters(op), " {") + "\n" + attrs.made + inputs.made;
  if (many) return text + declaration("  return gt_apply", arguments, ";") + "\n}\n";
  text += "  gt_tensor out = NULL;\n";
  return text + declaration("  (void)gt_apply", arguments, ";") + "\n  return out;\n}\n";
}

std::string body_with(const json& op) {
  const std::string type = struct_name(op), name = op["name"];
  std::vector<std::string> arguments = {"ctx"};
  for (const json& in : op["inputs"]) arguments.push_back(in["name"]);
  for (const Parameter& p : c_attributes(op)) arguments.push_back("a." + p.name);
  std::string text = declaration(c_head(op, "_with"), c_parameters_with(op), " {") + "\n";
  text += fmt::format(
      "  static const char wrong[] =\n"
      "      \"{}: struct_size is not that of {}; \"\n"
      "      \"begin with {}\";\n",
      name, type, struct_default(op));
  text += fmt::format("  {} a = {};\n", type, struct_default(op));
  text += "  if (attrs && !gt_attrs_fit(ctx, attrs, attrs->struct_size, sizeof a, wrong)) return NULL;\n";
  text += "  if (attrs) a = *attrs;\n";
  return text + declaration("  return gt_" + name, arguments, ";") + "\n}\n";
}
}  // namespace

std::string c_bodies(const std::vector<json>& ops) {
  std::string text = kHead;
  for (const json& op : ops) text += body(op) + (takes_struct(op) ? body_with(op) : "");
  return in_columns(text + kFoot);
}

}  // namespace generate
