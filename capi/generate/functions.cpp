#include "generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace generate {

namespace {

// How one attribute appears in C: parameters, and the statement that adds it to the array of attributes.
struct AttrForm {
  std::string c_params, c_add, cpp_param, cpp_default, cpp_args;
};

bool has_kind(const json& attr, const char* kind) {
  for (const json& k : attr["kinds"])
    if (k == kind) return true;
  return false;
}

AttrForm form_of(const json& attr) {
  const std::string name = attr["name"];
  const json& fallback = attr["default"];
  const bool required = attr["required"], nullable = !required && fallback.is_null();
  if (has_kind(attr, "ints") && has_kind(attr, "string"))
    return {fmt::format("const char* {0}, const int64_t* {0}_list, size_t n_{0}_list", name),
            fmt::format("gt_add_string_or_ints(&list, \"{0}\", {0}, {0}_list, n_{0}_list);", name),
            fmt::format("const NameOrInts& {}", name), fallback.dump(),
            fmt::format("{0}.name, {0}.name ? nullptr : detail::data({0}.list), {0}.list.size()", name)};
  const bool list_with_default = !required && !nullable;
  if (has_kind(attr, "ints"))
    return {fmt::format("const int64_t* {0}, size_t n_{0}", name),
            fmt::format("gt_add_ints(&list, \"{0}\", {0}, n_{0});", name),
            nullable ? fmt::format("std::optional<Ints> {}", name) : fmt::format("const Ints& {}", name),
            required   ? ""
            : nullable ? "std::nullopt"
                       : "{}",
            nullable            ? fmt::format("{0} ? detail::data(*{0}) : nullptr, {0} ? {0}->size() : 0", name)
            : list_with_default ? fmt::format("{0}.empty() ? nullptr : {0}.data(), {0}.size()", name)
                                : fmt::format("detail::data({0}), {0}.size()", name)};
  if (has_kind(attr, "string"))
    return {fmt::format("const char* {}", name), fmt::format("gt_add_string(&list, \"{0}\", {0});", name),
            fmt::format("const char* {}", name), required ? "" : fmt::format("{}", fallback.dump()), name};
  if (has_kind(attr, "float")) {
    const bool missing = required || fallback.is_null();
    return {fmt::format("double {}", name), fmt::format("gt_add_float(&list, \"{0}\", {0});", name),
            fmt::format("double {}", name), missing ? "" : fmt::format("{}", fallback.get<double>()), name};
  }
  if (has_kind(attr, "bool"))
    return {fmt::format("int32_t {}", name), fmt::format("gt_add_bool(&list, \"{0}\", {0});", name),
            fmt::format("bool {}", name), required ? "" : fallback.dump(), name};
  if (has_kind(attr, "dtype"))
    return {fmt::format("gt_dtype {}", name), fmt::format("gt_add_dtype(&list, \"{0}\", {0});", name),
            nullable ? fmt::format("std::optional<Dtype> {}", name) : fmt::format("Dtype {}", name),
            required   ? ""
            : nullable ? "std::nullopt"
                       : fmt::format("Dtype::{}", fallback.get<std::string>()),
            nullable ? fmt::format("{0} ? static_cast<gt_dtype>(*{0}) : 0", name)
                     : fmt::format("static_cast<gt_dtype>({})", name)};
  return {fmt::format("int64_t {}", name), fmt::format("gt_add_int(&list, \"{0}\", {0});", name),
          nullable ? fmt::format("std::optional<int64_t> {}", name) : fmt::format("int64_t {}", name),
          required   ? ""
          : nullable ? "std::nullopt"
                     : fallback.dump(),
          nullable ? fmt::format("{0}.value_or(GT_DEFAULT_INT)", name) : name};
}

std::string doc_of(const json& op) {
  std::string text = op["doc"];
  std::string attrs;
  for (const json& a : op["attrs"]) {
    std::string one = a["name"];
    if (!a["required"]) one += a["default"].is_null() ? " (optional)" : " (default " + a["default"].dump() + ")";
    attrs += (attrs.empty() ? " Attributes: " : ", ") + one;
  }
  return text + (attrs.empty() ? "" : attrs + ".");
}

std::string c_function(const json& op) {
  const std::string name = op["name"];
  const bool many = op["many_outputs"], variadic = op["variadic"];
  std::string params = "gt_context ctx", inputs, adds, count;
  std::size_t n_inputs = 0;
  for (const json& in : op["inputs"]) {
    const std::string input = in["name"];
    if (variadic) {
      params += fmt::format(", const gt_tensor* {0}, size_t n_{0}", input);
      inputs = input;
      count = "n_" + input;
    } else {
      params += fmt::format(", gt_tensor {}{}", input, in["optional"] ? " /* or NULL */" : "");
      inputs += fmt::format("{}{}", inputs.empty() ? "" : ", ", input);
      ++n_inputs;
    }
  }
  for (const json& a : op["attrs"]) {
    const AttrForm form = form_of(a);
    params += ", " + form.c_params;
    adds += "  " + form.c_add + "\n";
  }
  if (many) params += ", gt_tensor* outputs, size_t capacity, size_t* n_outputs";
  std::string body;
  if (!adds.empty()) body += "  gt_attr_list list;\n  list.n = 0;\n" + adds;
  const std::string attrs = adds.empty() ? "NULL, 0" : "list.attrs, list.n";
  if (!variadic && n_inputs > 0) {
    body += fmt::format("  gt_tensor inputs[{}];\n", n_inputs);
    std::size_t i = 0;
    for (const json& in : op["inputs"]) body += fmt::format("  inputs[{}] = {};\n", i++, in["name"].get<std::string>());
    inputs = "inputs";
    count = std::to_string(n_inputs);
    if (op["inputs"][n_inputs - 1]["optional"]) {
      body += fmt::format("  size_t n_inputs = {};\n  while (n_inputs > 0 && !inputs[n_inputs - 1]) --n_inputs;\n",
                          n_inputs);
      count = "n_inputs";
    }
  } else if (!variadic) {
    inputs = "NULL";
    count = "0";
  }
  const std::string call = many ? "outputs, capacity, n_outputs" : "&out, 1, NULL";
  const std::string apply = fmt::format("gt_apply(ctx, \"{}\", {}, {}, {}, {})", name, inputs, count, attrs, call);
  if (many)
    body += "  return " + apply + ";\n";
  else
    body += "  gt_tensor out = NULL;\n  (void)" + apply + ";\n  return out;\n";
  return fmt::format("/* {} */\nstatic inline {} gt_{}({}) {{\n{}}}\n\n", doc_of(op), many ? "gt_status" : "gt_tensor",
                     name, params, body);
}

// "batch_jacobian" -> "BatchJacobian"
std::string camel(const std::string& name) {
  std::string out;
  bool upper = true;
  for (char ch : name) {
    if (ch != '_') out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(ch))) : ch;
    upper = ch == '_';
  }
  return out;
}

// For ops with several attributes a struct of them, to be given by name: conv2d(x, w, Conv2dAttrs{.strides = {2, 2}}).
std::string with_attrs_by_name(const json& op, const std::string& result) {
  if (op["attrs"].size() < 2 || op["inputs"].empty() || op["inputs"].back()["optional"]) return "";
  const std::string name = op["name"], type = camel(name) + "Attrs";
  std::string members, params, args;
  std::vector<std::string> required, rest;
  for (const json& a : op["attrs"]) {
    const AttrForm form = form_of(a);
    std::string member = form.cpp_param;
    if (member.starts_with("const ") && member.find('&') != std::string::npos) {
      member = member.substr(6);
      member.erase(member.find('&'), 1);
    }
    members += fmt::format("  {}{};\n", member, form.cpp_default.empty() ? "{}" : " = " + form.cpp_default);
    (form.cpp_default.empty() ? required : rest).push_back("attrs." + a["name"].get<std::string>());
  }
  for (const json& in : op["inputs"]) {
    const std::string input = in["name"];
    params += fmt::format("const {}& {}, ", op["variadic"] ? "std::vector<Tensor>" : "Tensor", input);
    args += input + ", ";
  }
  required.insert(required.end(), rest.begin(), rest.end());
  return fmt::format("struct {0} {{\n{1}}};\ninline {2} {3}({4}const {0}& attrs) {{\n  return {3}({5}{6});\n}}\n\n",
                     type, members, result, name, params, args, fmt::join(required, ", "));
}

std::string cpp_function(const json& op) {
  const std::string name = op["name"];
  const bool many = op["many_outputs"], variadic = op["variadic"], sourceless = op["inputs"].empty();
  std::vector<std::string> params, args;
  std::string first;
  if (sourceless) {
    params.push_back("const Context& ctx");
    args.push_back("ctx.get()");
  }
  for (const json& in : op["inputs"]) {
    const std::string input = in["name"];
    if (variadic) {
      params.push_back(fmt::format("const std::vector<Tensor>& {}", input));
      args.push_back(fmt::format("detail::context_of({})", input));
      args.push_back(fmt::format("detail::handles({}).data()", input));
      args.push_back(fmt::format("{}.size()", input));
    } else {
      params.push_back(fmt::format("const Tensor& {}{}", input, in["optional"] ? " = {}" : ""));
      if (first.empty()) {
        first = input;
        args.push_back(fmt::format("{}.context()", input));
      }
      args.push_back(fmt::format("{}.get()", input));
    }
  }
  std::vector<std::string> tail;
  for (const json& a : op["attrs"]) {
    const AttrForm form = form_of(a);
    const bool after_optional = !op["inputs"].empty() && op["inputs"].back()["optional"] && form.cpp_default.empty();
    tail.push_back(form.cpp_param + (form.cpp_default.empty() && !after_optional
                                         ? ""
                                         : " = " + (after_optional ? "{}" : form.cpp_default)));
    args.push_back(form.cpp_args);
  }
  // C++ wants parameters without a default first.
  std::stable_partition(tail.begin(), tail.end(),
                        [](const std::string& p) { return p.find(" = ") == std::string::npos; });
  for (std::string& p : tail) params.push_back(std::move(p));
  const std::string context = sourceless ? "ctx.get()" : args[0];
  const std::string joined_params = fmt::format("{}", fmt::join(params, ", ")),
                    joined_args = fmt::format("{}", fmt::join(args, ", "));
  std::string body;
  if (many)
    body = fmt::format(
        "  return detail::outputs({}, [&](gt_tensor* out, std::size_t capacity, std::size_t* n) {{\n    return "
        "gt_{}({}, out, capacity, n);\n  }});\n",
        context, name, joined_args);
  else
    body = fmt::format("  return detail::wrap({}, gt_{}({}));\n", context, name, joined_args);
  const std::string result = many ? "std::vector<Tensor>" : "Tensor";
  return fmt::format("/// {}\ninline {} {}({}) {{\n{}}}\n\n", doc_of(op), result, name, joined_params, body) +
         with_attrs_by_name(op, result);
}

constexpr const char* kCHead = R"(/* Made by `./run generate` from the registry of ops: not to be edited.
 *
 * A typed function for every op: gt_apply underneath, so they add nothing to the library's interface. Each returns a new tensor, NULL on
 * failure. Optional attributes: NULL for a list or a string, 0 for a dtype, GT_DEFAULT_INT for an integer take the default. An attribute that is
 * a name or a list (padding) has parameters for both: the list counts where it is not NULL.
 */
#ifndef GRADTAPE_OPS_H
#define GRADTAPE_OPS_H

#include "gradtape.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GT_DEFAULT_INT INT64_MIN

typedef struct gt_attr_list {
  gt_attr attrs[8];
  union {
    int64_t integer;
    double number;
    uint8_t flag;
    gt_dtype dtype;
  } values[8];
  size_t n;
} gt_attr_list;

static inline void gt_add_attr(gt_attr_list* list, const char* name, int32_t kind, int32_t is_list, size_t count, const void* values) {
  gt_attr* a = &list->attrs[list->n++];
  a->name = name;
  a->kind = kind;
  a->is_list = is_list;
  a->count = count;
  a->values = values;
}
static inline void gt_add_int(gt_attr_list* list, const char* name, int64_t value) {
  if (value == GT_DEFAULT_INT) return;
  list->values[list->n].integer = value;
  gt_add_attr(list, name, GT_ATTR_INT, 0, 1, &list->values[list->n]);
}
static inline void gt_add_float(gt_attr_list* list, const char* name, double value) {
  list->values[list->n].number = value;
  gt_add_attr(list, name, GT_ATTR_FLOAT, 0, 1, &list->values[list->n]);
}
static inline void gt_add_bool(gt_attr_list* list, const char* name, int32_t value) {
  list->values[list->n].flag = value != 0;
  gt_add_attr(list, name, GT_ATTR_BOOL, 0, 1, &list->values[list->n]);
}
static inline void gt_add_dtype(gt_attr_list* list, const char* name, gt_dtype value) {
  if (value == 0) return;
  list->values[list->n].dtype = value;
  gt_add_attr(list, name, GT_ATTR_DTYPE, 0, 1, &list->values[list->n]);
}
static inline void gt_add_string(gt_attr_list* list, const char* name, const char* value) {
  size_t n = 0;
  if (!value) return;
  while (value[n]) ++n;
  gt_add_attr(list, name, GT_ATTR_STRING, 0, n, value);
}
static inline void gt_add_ints(gt_attr_list* list, const char* name, const int64_t* values, size_t n) {
  if (!values) return;
  gt_add_attr(list, name, GT_ATTR_INT, 1, n, values);
}
static inline void gt_add_string_or_ints(gt_attr_list* list, const char* name, const char* value, const int64_t* values, size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_string(list, name, value);
}

)";

constexpr const char* kCFoot = R"(#ifdef __cplusplus
}
#endif

#endif
)";

constexpr const char* kCppHead = R"(// Made by `./run generate` from the registry of ops: not to be edited.
// A C++ function for every op, over gradtape/ops.h.
#pragma once

#include "gradtape.hpp"

namespace gradtape {

)";

}  // namespace

std::string c_header(const std::vector<json>& ops) {
  std::string text = kCHead;
  for (const json& op : ops) text += c_function(op);
  return text + kCFoot;
}
std::string cpp_header(const std::vector<json>& ops) {
  std::string text = kCppHead;
  for (const json& op : ops) text += cpp_function(op);
  return text + "}  // namespace gradtape\n";
}

}  // namespace generate
