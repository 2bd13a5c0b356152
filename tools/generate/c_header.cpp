// gradtape/ops.h: a typed C function for every op.
#include "forms.hpp"

namespace generate {

namespace {
constexpr const char* kCHead = R"(/* Made by `./run generate` from the registry of ops: not to be edited.
 *
 * A typed function for every op: gt_apply underneath, so they add nothing to the library's interface. Each returns a new tensor, NULL on
 * failure. Ops with several outputs write them to an array, as gt_apply does. Optional attributes: NULL for a list or a string, 0 for a dtype,
 * GT_DEFAULT_INT for an integer take the default. An attribute that is a name or a list (padding) has parameters for both: the list counts where it
 * is not NULL. One that is an integer or a list is the integer n where the list is NULL: gt_split(ctx, x, NULL, 3, ...) makes 3 equal parts,
 * gt_tensordot(ctx, a, b, NULL, 1) sums over 1 pair of axes; NULL and 0 take the default, if there is one. One that is a name or a number (the order
 * of gt_norm) is text, "euclidean" or "3". The numbers of gt_range are floating; its dtype makes it count in integers.
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
/* The integer n where values is NULL. */
static inline void gt_add_int_or_ints(gt_attr_list* list, const char* name, const int64_t* values, size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_int(list, name, (int64_t)n);
}
static inline void gt_add_string_or_ints(gt_attr_list* list, const char* name, const char* value, const int64_t* values, size_t n) {
  if (values)
    gt_add_ints(list, name, values, n);
  else
    gt_add_string(list, name, value);
}

)";

constexpr const char* kFoot = R"(#ifdef __cplusplus
}
#endif

#endif
)";

// How an attribute appears: its parameters, and the statement that adds it to the array of attributes.
struct CForm {
  std::string params, add;
};

CForm c_form(const json& attr) {
  const std::string name = attr["name"];
  const auto form = [&](const char* params, const char* add) {
    return CForm{fmt::format(fmt::runtime(params), name), fmt::format(fmt::runtime(add), name)};
  };
  switch (form_of(attr)) {
    case Form::name_or_ints:
      return form("const char* {0}, const int64_t* {0}_list, size_t n_{0}_list",
                  "gt_add_string_or_ints(&list, \"{0}\", {0}, {0}_list, n_{0}_list);");
    case Form::int_or_ints:
      return form("const int64_t* {0}, size_t n_{0}",
                  attr["required"] ? "gt_add_int_or_ints(&list, \"{0}\", {0}, n_{0});"
                                   : "if ({0} || n_{0} > 0) gt_add_int_or_ints(&list, \"{0}\", {0}, n_{0});");
    case Form::ints: return form("const int64_t* {0}, size_t n_{0}", "gt_add_ints(&list, \"{0}\", {0}, n_{0});");
    case Form::name_or_number:
    case Form::name: return form("const char* {0}", "gt_add_string(&list, \"{0}\", {0});");
    case Form::number:
    case Form::real: return form("double {0}", "gt_add_float(&list, \"{0}\", {0});");
    case Form::flag: return form("int32_t {0}", "gt_add_bool(&list, \"{0}\", {0});");
    case Form::dtype: return form("gt_dtype {0}", "gt_add_dtype(&list, \"{0}\", {0});");
    case Form::integer: break;
  }
  return form("int64_t {0}", "gt_add_int(&list, \"{0}\", {0});");
}

std::string function(const json& op) {
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
      ++n_inputs;
    }
  }
  for (const json& a : op["attrs"]) {
    const CForm form = c_form(a);
    params += ", " + form.params;
    adds += "  " + form.add + "\n";
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
}  // namespace

std::string c_header(const std::vector<json>& ops) {
  std::string text = kCHead;
  for (const json& op : ops) text += function(op);
  return text + kFoot;
}

}  // namespace generate
