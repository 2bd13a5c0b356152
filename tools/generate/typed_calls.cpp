// tests/cpp/typed_calls.hpp: every typed function, C and C++, called on every sample of its op.
#include "c_forms.hpp"

namespace generate {

namespace {
std::string flat(const json& value) {
  if (!value.is_array()) return value.dump();
  std::string out;
  for (const json& v : value) out += (out.empty() ? "" : ", ") + flat(v);
  return out;
}
std::size_t size_of(const json& value) {
  if (!value.is_array()) return 1;
  std::size_t n = 0;
  for (const json& v : value) n += size_of(v);
  return n;
}
std::string braces(const json& value) {
  if (!value.is_array()) return value.dump();
  std::string out;
  for (const json& v : value) out += (out.empty() ? "" : ", ") + braces(v);
  return "{" + out + "}";
}
std::string upper(std::string text) {
  for (char& ch : text) ch = static_cast<char>(std::toupper(static_cast<unsigned char>(ch)));
  return text;
}
std::string c_list(const json& value) {
  const std::size_t n = size_of(value);
  return n == 0 ? "no_ints, 0" : fmt::format("ints{{{}}}.data(), {}", flat(value), n);
}

// An attribute of a C call; value null: left out.
std::string c_argument(const json& attr, const json& value) {
  const json& given = value.is_null() ? attr["default"] : value;
  switch (form_of(attr)) {
    case Form::name_or_ints: return given.is_string() ? given.dump() + ", nullptr, 0" : "nullptr, " + c_list(given);
    case Form::int_or_ints:
      return value.is_null() ? "nullptr, 0" : value.is_array() ? c_list(value) : "nullptr, " + value.dump();
    case Form::ints: return value.is_null() ? "nullptr, 0" : c_list(value);
    case Form::name_or_number: return given.is_string() ? given.dump() : "\"" + given.dump() + "\"";
    case Form::name: return value.is_null() ? "nullptr" : value.dump();
    case Form::dtype: return value.is_null() ? "0" : "GT_" + upper(value.get<std::string>());
    case Form::integer: return value.is_null() && given.is_null() ? "GT_DEFAULT_INT" : given.dump();
    case Form::number:
    case Form::real:
    case Form::flag: break;
  }
  return given.dump();
}
std::string cpp_argument(const json& attr, const json& value) {
  const json& given = value.is_null() ? attr["default"] : value;
  switch (form_of(attr)) {
    case Form::name_or_ints: return given.is_string() ? given.dump() : "NameOrInts" + braces(given);
    case Form::int_or_ints:
    case Form::ints:
      return value.is_null()          ? "Axes()"
             : value == json::array() ? "Axes(Ints{})"
                                      : (value.is_array() ? "Axes" + braces(value) : "Axes(" + value.dump() + ")");
    case Form::dtype:
      return given.is_null() ? "std::nullopt" : "Dtype::" + given.get<std::string>() + (given == "bool" ? "_" : "");
    case Form::integer: return given.is_null() ? "std::nullopt" : given.dump();
    default: return given.dump();
  }
}

// The struct of attributes with those of a sample, and the call that takes it.
std::string struct_call(const json& op, const json& attrs, const std::string& inputs) {
  std::string text = fmt::format("  {{\n    {} a = {};\n", struct_name(op), struct_default(op));
  const auto list = [&](const std::string& field, const json& value) {
    text += fmt::format("    const ints {0}{{{1}}};\n    a.{0} = {0}.data(), a.n_{0} = {2};\n", field, flat(value),
                        size_of(value));
  };
  for (const json& attr : op["attrs"]) {
    const std::string name = attr["name"];
    if (!attrs.contains(name)) continue;
    const json& value = attrs[name];
    const Form form = form_of(attr);
    if (value.is_array())
      list(form == Form::name_or_ints ? name + "_list" : name, value);
    else if (form == Form::int_or_ints || form == Form::name_or_ints)
      text += fmt::format("    a.{}{} = {};\n", form == Form::int_or_ints ? "n_" : "", name, value.dump());
    else
      text += fmt::format("    a.{} = {};\n", name, c_argument(attr, value));
  }
  return text + fmt::format(
                    "    t.c(gt_{0}_with({1}, &a));\n"
                    "    t.sizes(a, [&](const {2}* given) {{ return gt_{0}_with({1}, given); }});\n  }}\n",
                    op["name"].get<std::string>(), inputs, struct_name(op));
}

// The same in C++.
std::string cpp_struct_call(const json& op, const json& attrs, const std::string& inputs) {
  std::string text = fmt::format("  {{\n    {} a;\n", cpp_struct(op));
  for (const json& attr : op["attrs"])
    if (const std::string name = attr["name"]; attrs.contains(name))
      text += fmt::format("    a.{} = {};\n", name, cpp_argument(attr, attrs[name]));
  return text + fmt::format("    t.cpp({}({}, a));\n  }}\n", op["name"].get<std::string>(), inputs);
}

// For each sample: the op by its name, then the typed calls.
std::string calls(const json& op, const json& sample) {
  const std::string name = op["name"], inputs = sample["inputs"];
  const std::size_t n = static_cast<std::size_t>(std::count(inputs.begin(), inputs.end(), '['));
  std::string c = "t.ctx()", cpp;
  const auto add = [](std::string& to, const std::string& text) { to += (to.empty() ? "" : ", ") + text; };
  if (op["variadic"]) {
    add(c, "t.inputs(), t.n()");
    add(cpp, "t.tensors()");
  } else {
    if (op["inputs"].empty()) cpp = "t.context()";
    for (std::size_t i = 0; i < op["inputs"].size(); ++i) {
      add(c, i < n ? fmt::format("t.in({})", i) : "nullptr");
      add(cpp, i < n ? fmt::format("t.tensor({})", i) : "Tensor()");
    }
  }
  const json& attrs = sample["attrs"];
  const auto given = [&](const json& a) { return attrs.contains(a["name"]) ? attrs[a["name"]] : json(); };
  const std::string c_inputs = c, cpp_inputs = cpp;
  for (const json& a : op["attrs"]) add(c, c_argument(a, given(a)));
  for (const bool required : {true, false})  // as the parameters stand in C++
    for (const json& a : op["attrs"])
      if ((a["required"] || (a["default"].is_null() && form_of(a) == Form::real)) == required)
        add(cpp, cpp_argument(a, given(a)));
  std::string text = fmt::format("  t.begin(\"{}\", \"{}\", R\"({})\");\n", name, inputs, attrs.dump());
  if (op["many_outputs"])
    text += fmt::format("  t.c_many(gt_{}({}, t.out(), t.room(), t.count()));\n", name, c);
  else
    text += fmt::format("  t.c(gt_{}({}));\n", name, c);
  if (takes_struct(op)) text += struct_call(op, attrs, c_inputs);
  text += fmt::format("  t.cpp({}({}));\n", name, cpp);
  return text + (cpp_struct(op).empty() ? "" : cpp_struct_call(op, attrs, cpp_inputs));
}
}  // namespace

std::string typed_calls(const std::vector<json>& ops) {
  std::string text =
      "// Made by `./run generate` from the registry of ops: not to be edited.\n"
      "// Every typed function, C and C++, on every sample of its op.\n";
  for (const json& op : ops) {
    text += fmt::format("inline void call_{}(TypedCalls& t) {{\n", op["name"].get<std::string>());
    for (const json& sample : op["samples"]) text += calls(op, sample);
    text += "}\n";
  }
  text += "inline constexpr void (*all_typed_calls[])(TypedCalls&) = {\n";
  for (const json& op : ops) text += fmt::format("    call_{},\n", op["name"].get<std::string>());
  return text + "};\n";
}

}  // namespace generate
