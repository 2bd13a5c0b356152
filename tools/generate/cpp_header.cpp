// gradtape/ops.hpp: a typed C++ function for every op.
#include <algorithm>

#include "families.hpp"
#include "forms.hpp"
#include "layout.hpp"

namespace generate {

namespace {
constexpr const char* kHead =
    R"(// A C++ function for every op. Made by `./run generate` from the registry of ops: not to be edited.
//
// Numbers go wherever tensors go. Ops with a fixed number of outputs give a std::array: auto [q, r] = qr(x).
// Attributes follow the inputs, those without a default first, or are given by name in C++20, from a struct:
// conv2d(x, filters, {.strides = 2, .padding = "SAME"}).
//
// CONTENTS
//
)";
constexpr const char* kAfterContents = R"(#pragma once

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

// A number may stand for a tensor where several meet.
bool takes_numbers(const json& op) { return op["inputs"].size() > 1; }
std::string input_type(const json& op, const json& in) {
  if (op["variadic"]) return "const std::vector<Tensor>&";
  return takes_numbers(op) && !in["optional"] ? "const Operand&" : "const Tensor&";
}

// The inputs as parameters, the context where there are none, and as arguments.
std::vector<std::string> inputs_of(const json& op) {
  std::vector<std::string> all;
  if (op["inputs"].empty()) all.push_back("const Context& ctx");
  for (const json& in : op["inputs"]) all.push_back(input_type(op, in) + " " + in["name"].get<std::string>());
  return all;
}
std::vector<std::string> passed_on(const json& op) {
  if (op["inputs"].empty()) return {"ctx"};
  std::vector<std::string> all;
  for (const json& in : op["inputs"]) all.push_back(in["name"]);
  return all;
}

// For ops with several attributes a struct of them, to be given by name: conv2d(x, w, {.strides = {2, 2}}). As a
// template it gives way where {2, 2} could be either the first attribute or the struct.
std::string with_attrs_by_name(const json& op) {
  const std::string name = op["name"], type = cpp_struct(op);
  if (type.empty()) return "";
  std::string members;
  std::vector<std::string> params = inputs_of(op), arguments = passed_on(op), with_default;
  for (const json& a : op["attrs"]) {
    const CppForm form = cpp_form(a);
    std::string member = form.type;
    if (member.starts_with("const ")) member = member.substr(6, member.size() - 7);
    const std::string attr = a["name"];
    members += fmt::format("  {} {}{};\n", member, attr, form.fallback.empty() ? "{}" : " = " + form.fallback);
    (form.fallback.empty() ? arguments : with_default).push_back("attrs." + attr);
  }
  params.push_back(fmt::format("const {}& attrs", type));
  arguments.insert(arguments.end(), with_default.begin(), with_default.end());
  return fmt::format("\nstruct {} {{\n{}}};\ntemplate <class = void>\n", type, members) +
         declaration(fmt::format("{} {}", result_of(op), name), params, " {") + "\n" +
         declaration("  return " + name, arguments, ";") + "\n}\n";
}

std::string function(const json& op) {
  const std::string name = op["name"];
  std::vector<std::string> params, with_default;
  std::vector<std::string> call = {
      fmt::format("detail::Call(\"{}\"{})", name, op["inputs"].empty() ? ", ctx.get()" : "")};
  if (op["inputs"].empty()) params.push_back("const Context& ctx");
  for (const json& in : op["inputs"]) {
    const std::string input = in["name"];
    (in["optional"] ? with_default : params)
        .push_back(fmt::format("{} {}{}", input_type(op, in), input, in["optional"] ? " = {}" : ""));
    const bool index = in["dtype"] == "integer" && takes_numbers(op);
    call.push_back(fmt::format(".{}({})", in["optional"] ? "maybe" : index ? "index" : "in", input));
  }
  // C++ wants parameters without a default first.
  for (const json& a : op["attrs"]) {
    const CppForm form = cpp_form(a);
    const std::string attr = a["name"];
    if (form.fallback.empty())
      params.push_back(form.type + " " + attr);
    else
      with_default.push_back(fmt::format("{} {} = {}", form.type, attr, form.fallback));
    const bool list = form.type == "const Axes&" && form.fallback.empty();
    call.push_back(fmt::format(".{1}(\"{0}\", {0})", attr, list ? "list" : "with"));
  }
  params.insert(params.end(), with_default.begin(), with_default.end());
  const std::size_t n = fixed_outputs(op);
  call.push_back(n > 0 ? fmt::format(".array<{}>()", n) : op["many_outputs"] ? ".all()" : ".one()");
  return paragraph("/// ", "/// ", doc_of(op)) +
         declaration(fmt::format("inline {} {}", result_of(op), name), params, " {") + "\n" + return_of(call) + "}\n" +
         with_attrs_by_name(op);
}
}  // namespace

std::string cpp_header(const std::vector<json>& ops) {
  const std::vector<Family> all = families(ops);
  std::string text = kHead + contents(all, "//     ") + kAfterContents;
  for (const Family& family : all) {
    text += "// " + banner(family) + "\n" + paragraph("// ", "// ", family.about) + "\n";
    for (const json& op : family.ops) text += function(op) + "\n";
  }
  return in_columns(text + "}  // namespace gradtape\n");
}

}  // namespace generate
