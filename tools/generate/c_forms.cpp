#include "c_forms.hpp"

#include <algorithm>
#include <stdexcept>

namespace generate {

std::string text_of(const Parameter& p) { return p.type + " " + p.name; }

CForm c_form(const json& attr) {
  const std::string name = attr["name"], list = name + "_list";
  const json& fallback = attr["default"];
  const std::string number = fallback.is_null() ? "" : fallback.dump();
  const auto ints = [](const std::string& n) {
    return std::vector<Parameter>{{"const int64_t*", n, "NULL"}, {"size_t", "n_" + n, "0"}};
  };
  switch (form_of(attr)) {
    case Form::name_or_ints: {
      std::vector<Parameter> all = ints(list);
      all.insert(all.begin(), {"const char*", name, "NULL"});
      return {all, fmt::format("gt_add_string_or_ints(&list, \"{0}\", {0}, {1}, n_{1});", name, list)};
    }
    case Form::int_or_ints:
      return {ints(name), fmt::format("{1}gt_add_int_or_ints(&list, \"{0}\", {0}, n_{0});", name,
                                      attr["required"] ? "" : fmt::format("if ({0} || n_{0} > 0) ", name))};
    case Form::ints: return {ints(name), fmt::format("gt_add_ints(&list, \"{0}\", {0}, n_{0});", name)};
    case Form::name_or_number:
    case Form::name: return {{{"const char*", name, "NULL"}}, fmt::format("gt_add_string(&list, \"{0}\", {0});", name)};
    case Form::number:
    case Form::real: return {{{"double", name, number}}, fmt::format("gt_add_float(&list, \"{0}\", {0});", name)};
    case Form::flag:
      return {{{"int32_t", name, fallback == true ? "1" : "0"}},
              fmt::format("gt_add_bool(&list, \"{0}\", {0});", name)};
    case Form::dtype: return {{{"gt_dtype", name, "0"}}, fmt::format("gt_add_dtype(&list, \"{0}\", {0});", name)};
    case Form::integer: break;
  }
  return {{{"int64_t", name, number.empty() ? "GT_DEFAULT_INT" : number}},
          fmt::format("gt_add_int(&list, \"{0}\", {0});", name)};
}

std::string c_head(const json& op, const std::string& suffix) {
  return fmt::format("static inline {} gt_{}{}", op["many_outputs"] ? "gt_status" : "gt_tensor",
                     op["name"].get<std::string>(), suffix);
}

std::vector<std::string> c_inputs(const json& op) {
  std::vector<std::string> all = {"gt_context ctx"};
  for (const json& in : op["inputs"]) {
    const std::string name = in["name"];
    if (op["variadic"]) {
      all.push_back("const gt_tensor* " + name);
      all.push_back("size_t n_" + name);
    } else {
      all.push_back("gt_tensor " + name + (in["optional"] ? " /* or NULL */" : ""));
    }
  }
  return all;
}
std::vector<Parameter> c_attributes(const json& op) {
  std::vector<Parameter> all;
  for (const json& attr : op["attrs"])
    for (const Parameter& p : c_form(attr).parameters) all.push_back(p);
  return all;
}
std::vector<std::string> c_outputs(const json& op) {
  if (!op["many_outputs"]) return {};
  return {"gt_tensor* outputs", "size_t capacity", "size_t* n_outputs"};
}

std::vector<std::string> c_parameters(const json& op) {
  std::vector<std::string> all = c_inputs(op);
  for (const Parameter& p : c_attributes(op)) all.push_back(text_of(p));
  for (const std::string& p : c_outputs(op)) all.push_back(p);
  return all;
}

bool takes_struct(const json& op) {
  constexpr std::size_t kMost = 5;
  if (c_attributes(op).size() <= kMost) return false;
  if (!c_outputs(op).empty()) throw std::logic_error("no struct of attributes is written for ops of several outputs");
  return true;
}
std::string struct_name(const json& op) { return "gt_" + op["name"].get<std::string>() + "_attrs"; }
std::string struct_default(const json& op) {
  std::string name = struct_name(op) + "_default";
  std::ranges::transform(name, name.begin(), [](unsigned char ch) { return static_cast<char>(std::toupper(ch)); });
  return name;
}
std::vector<std::string> c_parameters_with(const json& op) {
  std::vector<std::string> all = c_inputs(op);
  all.push_back("const " + struct_name(op) + "* attrs /* or NULL */");
  return all;
}

}  // namespace generate
