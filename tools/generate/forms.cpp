#include "forms.hpp"

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

}  // namespace generate
