#include "forms.hpp"

#include <cctype>

namespace generate {

Form form_of(const json& attr) {
  const auto has = [&](const char* kind) {
    for (const json& k : attr["kinds"])
      if (k == kind) return true;
    return false;
  };
  if (has("ints")) return has("string") ? Form::name_or_ints : has("int") ? Form::int_or_ints : Form::ints;
  if (has("string")) return has("float") ? Form::name_or_number : Form::name;
  if (has("float")) return has("int") ? Form::number : Form::real;
  if (has("bool")) return Form::flag;
  return has("dtype") ? Form::dtype : Form::integer;
}

std::string doc_of(const json& op) {
  std::string text = op["doc"], attrs;
  for (const json& a : op["attrs"]) {
    std::string one = a["name"];
    if (!a["required"]) one += a["default"].is_null() ? " (optional)" : " (default " + a["default"].dump() + ")";
    attrs += (attrs.empty() ? " Attributes: " : ", ") + one;
  }
  return text + (attrs.empty() ? "" : attrs + ".");
}

std::string cpp_struct(const json& op) {
  const bool optional_inputs = !op["inputs"].empty() && op["inputs"].back()["optional"];
  if (op["attrs"].size() < 2 || optional_inputs) return "";
  std::string type;
  bool upper = true;
  for (const char ch : op["name"].get<std::string>()) {
    if (ch != '_') type += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(ch))) : ch;
    upper = ch == '_';
  }
  return type + "Attrs";
}

}  // namespace generate
