// gradtape/ops.hpp: a typed C++ function for every op.
#include <algorithm>
#include <cctype>

#include "forms.hpp"

namespace generate {

namespace {
constexpr const char* kHead = R"(// Made by `./run generate` from the registry of ops: not to be edited.
// A C++ function for every op. Numbers go wherever tensors go. Ops with a fixed number of outputs give a std::array: auto [q, r] = qr(x).
#pragma once

#include "cpp/call.hpp"
#include "cpp/context.hpp"

namespace gradtape {

)";

// The type of an attribute's parameter, and its default: empty where it must be given.
struct CppForm {
  std::string type, fallback;
};

CppForm cpp_form(const json& attr) {
  const json& fallback = attr["default"];
  const bool required = attr["required"], nullable = !required && fallback.is_null();
  const auto otherwise = [&](const std::string& text) { return required ? std::string() : text; };
  switch (form_of(attr)) {
    case Form::name_or_ints: return {"const NameOrInts&", otherwise(fallback.dump())};
    case Form::int_or_ints:
    case Form::ints: return {"const Axes&", otherwise("{}")};
    case Form::name_or_number: return {"const NameOrNumber&", otherwise(fallback.dump())};
    case Form::name: return {"const std::string&", otherwise(fallback.dump())};
    case Form::number: return {"Number", otherwise(fallback.dump())};
    case Form::real: return {"double", otherwise(fallback.dump())};
    case Form::flag: return {"bool", otherwise(fallback.dump())};
    case Form::dtype:
      return nullable
                 ? CppForm{"std::optional<Dtype>", "std::nullopt"}
                 : CppForm{"Dtype", otherwise("Dtype::" + (fallback.is_null() ? "" : fallback.get<std::string>()))};
    case Form::integer: break;
  }
  return nullable ? CppForm{"std::optional<std::int64_t>", "std::nullopt"}
                  : CppForm{"std::int64_t", otherwise(fallback.dump())};
}

std::string result_of(const json& op) {
  if (const std::size_t n = fixed_outputs(op)) return fmt::format("std::array<Tensor, {}>", n);
  return op["many_outputs"] ? "std::vector<Tensor>" : "Tensor";
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

// Where several tensors meet, a number may stand for one.
bool takes_numbers(const json& op) { return op["inputs"].size() > 1; }
std::string input_type(const json& op, const json& in) {
  if (op["variadic"]) return "const std::vector<Tensor>&";
  return takes_numbers(op) && !in["optional"] ? "const Operand&" : "const Tensor&";
}

// For ops with several attributes a struct of them, to be given by name: conv2d(x, w, {.strides = {2, 2}}). As a
// template it gives way where {2, 2} could be either the first attribute or the struct.
std::string with_attrs_by_name(const json& op) {
  if (op["attrs"].size() < 2 || op["inputs"].empty() || op["inputs"].back()["optional"]) return "";
  const std::string name = op["name"], type = camel(name) + "Attrs";
  std::string members, params, args;
  std::vector<std::string> required, rest;
  for (const json& a : op["attrs"]) {
    const CppForm form = cpp_form(a);
    std::string member = form.type;
    if (member.starts_with("const ")) member = member.substr(6, member.size() - 7);
    const std::string attr = a["name"];
    members += fmt::format("  {} {}{};\n", member, attr, form.fallback.empty() ? "{}" : " = " + form.fallback);
    (form.fallback.empty() ? required : rest).push_back("attrs." + attr);
  }
  for (const json& in : op["inputs"]) {
    const std::string input = in["name"];
    params += fmt::format("{} {}, ", input_type(op, in), input);
    args += input + ", ";
  }
  required.insert(required.end(), rest.begin(), rest.end());
  return fmt::format(
      "struct {0} {{\n{1}}};\ntemplate <class = void>\n{2} {3}({4}const {0}& attrs) {{\n  return {3}({5}{6});\n}}\n\n",
      type, members, result_of(op), name, params, args, fmt::join(required, ", "));
}

std::string function(const json& op) {
  const std::string name = op["name"];
  std::vector<std::string> params, with_default;
  std::string call = fmt::format("detail::Call(\"{}\"{})", name, op["inputs"].empty() ? ", ctx.get()" : "");
  if (op["inputs"].empty()) params.push_back("const Context& ctx");
  for (const json& in : op["inputs"]) {
    const std::string input = in["name"];
    (in["optional"] ? with_default : params)
        .push_back(fmt::format("{} {}{}", input_type(op, in), input, in["optional"] ? " = {}" : ""));
    const bool index = in["dtype"] == "integer" && takes_numbers(op);
    call += fmt::format(".{}({})", in["optional"] ? "maybe" : index ? "index" : "in", input);
  }
  // C++ wants parameters without a default first.
  for (const json& a : op["attrs"]) {
    const CppForm form = cpp_form(a);
    const std::string attr = a["name"];
    if (form.fallback.empty())
      params.push_back(form.type + " " + attr);
    else
      with_default.push_back(fmt::format("{} {} = {}", form.type, attr, form.fallback));
    call +=
        fmt::format(".{1}(\"{0}\", {0})", attr, form.type == "const Axes&" && form.fallback.empty() ? "list" : "with");
  }
  params.insert(params.end(), with_default.begin(), with_default.end());
  const std::size_t n = fixed_outputs(op);
  call += n > 0 ? fmt::format(".array<{}>()", n) : op["many_outputs"] ? ".all()" : ".one()";
  return fmt::format("/// {}\ninline {} {}({}) {{\n  return {};\n}}\n\n", doc_of(op), result_of(op), name,
                     fmt::join(params, ", "), call) +
         with_attrs_by_name(op);
}
}  // namespace

std::string cpp_header(const std::vector<json>& ops) {
  std::string text = kHead;
  for (const json& op : ops) text += function(op);
  return text + "}  // namespace gradtape\n";
}

}  // namespace generate
