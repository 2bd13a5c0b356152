// The registry as data: names, and a JSON description of each op from which bindings and docs are made.
#include "capi/marshal.hpp"
#include "ops/registry.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char ch : text) {
    if (ch == '"' || ch == '\\') out += '\\';
    if (static_cast<unsigned char>(ch) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<int>(ch));
    else
      out += ch;
  }
  return out + "\"";
}

template <class Range, class F>
std::string list(const Range& items, F&& text) {
  std::string out = "[";
  for (const auto& item : items) {
    const std::string t = text(item);
    if (t.empty()) continue;
    out += (out.size() > 1 ? ", " : "") + t;
  }
  return out + "]";
}

std::string value_json(const AttrValue& value) {
  if (const auto* d = std::get_if<Dtype>(&value)) return quoted(name_of(*d));
  return to_string(value);
}

std::string kinds_json(uint32_t kinds) {
  constexpr std::pair<uint32_t, const char*> names[] = {
      {kAttrInt, "int"},       {kAttrFloat, "float"}, {kAttrBool, "bool"},    {kAttrDtype, "dtype"},
      {kAttrString, "string"}, {kAttrInts, "ints"},   {kAttrFloats, "floats"}};
  return list(names, [&](const auto& n) { return kinds & n.first ? quoted(n.second) : std::string(); });
}

std::string dtypes_json(DtypeSet set) {
  std::string out = "[";
  for (int d = 1; d < kDtypeSlots; ++d)
    if (set & bit(static_cast<Dtype>(d))) out += (out.size() > 1 ? ", " : "") + quoted(name_of(static_cast<Dtype>(d)));
  return out + "]";
}

std::string derivative_of(const Op& op) {
  if (op.is_composite() && !std::holds_alternative<Undifferentiable>(op.derivative)) return "composite";
  constexpr const char* names[] = {"none", "partials", "linear", "rules", "none"};
  return names[op.derivative.index()];
}
std::string batching_of(const Op& op) {
  return op.is_composite()     ? "composite"
         : op.is_elementwise() ? "elementwise"
         : op.batch            ? "native"
         : op.inputs.empty()   ? "no inputs"
                               : "rows";
}

std::string computation_of(const Op& op) {
  constexpr const char* names[] = {"leaf", "elementwise", "reduction", "view", "kernel", "alias", "composite"};
  return names[op.computation.index()];
}

std::string describe_op(const Op& op) {
  constexpr const char* kinds[] = {"shared", "integer", "bool", "any"};
  const std::string inputs = list(op.inputs, [&](const InputSpec& in) {
    return fmt::format(R"({{"name": {}, "dtype": "{}", "optional": {}}})", quoted(in.name),
                       kinds[static_cast<int>(in.kind)], in.optional);
  });
  const std::string attrs = list(op.attrs, [&](const AttrSpec& a) {
    if (a.kinds == kAttrPayload) return std::string();
    const std::string choices = list(a.choices, [](const std::string& s) { return quoted(s); });
    return fmt::format(R"({{"name": {}, "kinds": {}, "required": {}, "default": {}, "choices": {}}})", quoted(a.name),
                       kinds_json(a.kinds), a.required, value_json(a.fallback), choices);
  });
  const std::string samples = list(op.samples, [](const Sample& s) {
    return fmt::format(R"({{"inputs": {}, "attrs": {}}})", quoted(s.inputs), s.attrs);
  });
  const auto* none = std::get_if<Undifferentiable>(&op.derivative);
  return fmt::format(
      R"({{"name": {}, "doc": {}, "inputs": {}, "variadic": {}, "dtypes": {}, "attrs": {}, "many_outputs": {}, "computed": "{}", "derivative": "{}", "reason": {}, "batching": "{}", "registered_by_user": {}, "samples": {}}})",
      quoted(op.name), quoted(op.doc), inputs, op.variadic, dtypes_json(op.dtypes), attrs, op.many_outputs,
      computation_of(op), derivative_of(op), none ? quoted(none->reason) : "null", batching_of(op), op.by_user,
      samples);
}

}  // namespace

extern "C" {

size_t gt_op_count(void) {
  try {
    return Registry::instance().all().size();
  } catch (...) {
    return 0;
  }
}

const char* gt_op_name(size_t index) {
  try {
    const auto ops = Registry::instance().all();
    return index < ops.size() ? ops[index]->name.c_str() : nullptr;
  } catch (...) {
    return nullptr;
  }
}

gt_status gt_op_describe(const char* name, char* json, size_t capacity, size_t* needed) {
  clear_text(json, capacity, needed);
  try {
    if (!name) return GT_INVALID_ARGUMENT;
    const Op* op = Registry::instance().find(name);
    if (!op) return GT_NOT_FOUND;
    write_text(describe_op(*op), json, capacity, needed);
    return GT_OK;
  } catch (...) {
    return static_cast<gt_status>(current_failure().code);
  }
}

}  // extern "C"
