#include "c_forms.hpp"
#include "families.hpp"

namespace generate {

namespace {
template <class F>
std::string joined(const json& items, const char* between, F&& text) {
  std::string out;
  for (const json& item : items) out += (out.empty() ? "" : between) + text(item);
  return out;
}
std::string joined(const json& items, const char* between = ", ") {
  return joined(items, between, [](const json& s) { return s.get<std::string>(); });
}

// The columns of an op in the report.
struct Summary {
  std::string dtypes, derivative, batching, fused, order, reference;
};
std::string dtypes_of(const json& op) {
  if (op["inputs"].empty()) return "its dtype attribute's";
  const std::string all = joined(op["dtypes"]);
  if (all == "bool, int32, int64, float32, float64") return "all";
  if (all == "int32, int64, float32, float64") return "numbers";
  return all == "float32, float64" ? "floats" : all;
}
Summary summary_of(const json& op, const Counts& golden) {
  const std::string computed = op["computed"], derivative = op["derivative"];
  Summary s{dtypes_of(op), derivative, op["batching"], "no", derivative == "none" ? "" : "3", "differences"};
  if (computed == "elementwise" || computed == "reduction") s.fused = "yes";
  if (computed == "view" || computed == "alias") s.fused = "moves nothing";
  if (computed == "composite") s.fused = "its parts";
  if (auto it = golden.find(op["name"]); it != golden.end()) s.reference = fmt::format("{} golden values", it->second);
  return s;
}

constexpr const char* kHead = R"(# Ops

Made by `./run generate` from the registry: not to be edited. Each op is a C function of its name in
[gradtape/ops.h](../include/gradtape/ops.h), a C++ function in [gradtape/ops.hpp](../include/gradtape/ops.hpp), and an op that `gt_apply` takes by
name with its attributes. Elementwise ops broadcast. Axes count from the end where negative; an axis left out (null) means all of them. The examples
are computed when this page is made, and a test makes it anew; "gradient" is that of the sum of the outputs by the floating inputs in turn.

## Attributes in C and C++
The typed functions of C take attributes as arguments. A function of more than five has a second form, `gt_NAME_with`, which takes them in a struct. The
struct begins with the defaults, and fields are set by name:

```c
gt_conv2d_attrs attrs = GT_CONV2D_ATTRS_DEFAULT;
attrs.padding = "SAME";
attrs.n_strides = 2; /* of both axes, as strides is NULL */
print(ctx, gt_conv2d_with(ctx, x, filters, &attrs));
```

A list of attributes for `gt_apply` is put together by the functions of [gradtape/attrs.h](../include/gradtape/attrs.h). A program calls its own ops by one:

```c
gt_attr_list list;
list.n = 0;
gt_add_string(&list, "padding", "SAME");
gt_add_int(&list, "strides", 2);
const gt_tensor inputs[] = {x, filters};
gt_tensor y = NULL;
gt_apply(ctx, "conv2d", inputs, 2, list.attrs, list.n, &y, 1, NULL);
print(ctx, y);
```

Both are parts of [attributes.c](../examples/attributes.c), which calls the long form first and prints one result three times:

```text
float32[1, 2, 2, 1] convolution = [[[[12], [9]], [[15], [9]]]]
float32[1, 2, 2, 1] convolution = [[[[12], [9]], [[15], [9]]]]
float32[1, 2, 2, 1] convolution = [[[[12], [9]], [[15], [9]]]]
```

In C++ the struct is that of the op, as `Conv2dAttrs`: `conv2d(x, filters, {.strides = 2, .padding = "SAME"})` in C++20.

## What each op can do
- derivative: `linear` (a transpose), `partials` (elementwise), `rules` (both directions), `composite` (that of its parts), `none`; all but the last
  hold to any order, in both modes. The third order is tested for each op, by differences and between the modes.
- batching: `native`, `elementwise` and `composite` ops run on a whole batch at once; there is none that runs row by row.
- fused: whether it runs in one pass with its neighbours.
- reference: golden values come from JAX and TensorFlow, checked against each other; else derivatives are held to differences.

)";

constexpr const char* kFields = R"(## The description for other languages: ops.json
[ops.json](ops.json) is `{"format": 1, "families": [...], "ops": [...]}`. A family has a `title`, what its ops have in common (`about`), and their
names (`ops`). An op has what `gt_op_describe` gives at run time, and the last three fields
besides:

| field | meaning |
|---|---|
| `name`, `doc` | for `gt_apply`; one line with the formula |
| `inputs` | in order: `name`; `dtype`: `shared` (all of these have one dtype, of `dtypes`), `integer`, `bool` or `any`; `optional` (may be left out at the end) |
| `variadic` | the one input may be given any number of times, from one |
| `dtypes` | of the shared inputs |
| `attrs` | `name`; `kinds` it accepts: `int`, `float`, `bool`, `dtype`, `string`, `ints`, `floats`; `required`; `default` (null: see the doc); `choices` of a string (empty: any) |
| `many_outputs` | there may be more than one |
| `computed` | `elementwise`, `reduction`, `view`, `alias`, `kernel`, `composite` |
| `derivative`, `reason` | see above; why there is none |
| `batching` | see above |
| `registered_by_user` | false here |
| `samples` | inputs and attributes with which it works: `f[2,3]` is any floats of that shape; the letters are explained in [adding-an-op.md](adding-an-op.md) |
| `order_tested` | the order of derivatives that the tests check; null: it has none |
| `golden_cases` | how many golden values it is held to |
| `example` | `call`, `result`, `gradients` as text |

)";

std::string attributes(const json& op) {
  return joined(op["attrs"], "; ", [](const json& a) {
    std::string text = fmt::format("`{}` ({}", a["name"].get<std::string>(), joined(a["kinds"], " or "));
    if (a["required"])
      text += ", required";
    else if (!a["default"].is_null())
      text += ", default " + a["default"].dump();
    if (!a["choices"].empty()) text += ": " + joined(a["choices"]);
    return text + ")";
  });
}
std::string inputs(const json& op) {
  return joined(op["inputs"], ", ", [&](const json& in) {
    const std::string dtype = in["dtype"];
    return fmt::format("`{}`{}{}{}", in["name"].get<std::string>(), op["variadic"] ? " (one or more)" : "",
                       dtype == "shared" ? "" : " (" + dtype + ")", in["optional"] ? " (optional)" : "");
  });
}

std::string section(const json& op) {
  const Example example = example_of(op);
  std::string text = fmt::format("### {}\n{}\n\n", op["name"].get<std::string>(), op["doc"].get<std::string>());
  if (!op["inputs"].empty()) text += fmt::format("Inputs: {}; {}. ", inputs(op), dtypes_of(op));
  if (!op["attrs"].empty()) text += fmt::format("Attributes: {}. ", attributes(op));
  text += fmt::format("Derivative: {}", op["derivative"].get<std::string>());
  text += op["reason"].is_null() ? ".\n" : fmt::format(" ({}).\n", op["reason"].get<std::string>());
  if (takes_struct(op))
    text += fmt::format("In C also by a struct of attributes: `gt_{}_with`, `{}`.\n", op["name"].get<std::string>(),
                        struct_name(op));
  text += fmt::format("\n    {}\n    = {}\n", example.call, example.result);
  if (!example.gradients.empty()) text += fmt::format("    gradient: {}\n", example.gradients);
  return text + "\n";
}
}  // namespace

std::string report(const std::vector<json>& ops, const Counts& golden) {
  std::string text =
      "| op | dtypes | derivative | batching | fused | order tested | reference |\n|---|---|---|---|---|---|---|\n";
  for (const json& op : ops) {
    const Summary s = summary_of(op, golden);
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", op["name"].get<std::string>(), s.dtypes, s.derivative,
                        s.batching, s.fused, s.order, s.reference);
  }
  return text;
}

std::string ops_page(const std::vector<json>& ops, const Counts& golden) {
  std::string text = kHead + report(ops, golden) + "\n" + kFields + "## Each op\n\n";
  for (const json& op : ops) text += section(op);
  return text;
}

// One family or op a line.
std::string description(const std::vector<json>& ops, const Counts& golden) {
  std::string text = "{\"format\": 1, \"families\": [";
  for (const Family& family : families(ops)) {
    json names = json::array();
    for (const json& op : family.ops) names.push_back(op["name"]);
    const json line = {{"title", family.title}, {"about", family.about}, {"ops", names}};
    text += (text.back() == '[' ? "\n" : ",\n") + line.dump();
  }
  text += "\n], \"ops\": [";
  for (std::size_t i = 0; i < ops.size(); ++i) {
    json op = ops[i];
    const Example example = example_of(op);
    op["order_tested"] = op["derivative"] == "none" ? json() : json(3);
    op["golden_cases"] = golden.contains(op["name"]) ? golden.at(op["name"]) : 0;
    op["example"] = {{"call", example.call}, {"result", example.result}, {"gradients", example.gradients}};
    text += (i > 0 ? ",\n" : "\n") + op.dump();
  }
  return text + "\n]}\n";
}

}  // namespace generate
