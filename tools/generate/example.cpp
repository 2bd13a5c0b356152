#include <stdexcept>

#include "generate.hpp"
#include "sample.hpp"

namespace generate {

namespace {
// A context, whose failures are exceptions: every sample works.
class Context {
 public:
  Context() { gt_context_create(&ctx_); }
  ~Context() { gt_context_destroy(ctx_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  operator gt_context() const { return ctx_; }
  void check(gt_status status) const {
    if (status == GT_OK) return;
    char message[1000];
    gt_take_error(ctx_, message, sizeof message, nullptr);
    throw std::runtime_error(message);
  }

 private:
  gt_context ctx_ = nullptr;
};

// [[1, 2], [3, 4]]
template <class F>
std::string nested(const std::vector<int64_t>& shape, std::size_t axis, std::size_t& at, F&& number) {
  if (axis == shape.size()) return number(at++);
  std::string text = "[";
  for (int64_t i = 0; i < shape[axis]; ++i) text += (i > 0 ? ", " : "") + nested(shape, axis + 1, at, number);
  return text + "]";
}
// Four digits, and no -0: so that the page is the same on every machine.
std::string number(double v) {
  const std::string text = fmt::format("{:.4g}", std::abs(v) < 1e-12 ? 0.0 : v);
  return text == "-0" ? "0" : text;
}
std::string text_of(const std::vector<int64_t>& shape, const std::vector<double>& values, bool is_bool = false) {
  std::size_t at = 0;
  return nested(shape, 0, at, [&](std::size_t i) {
    return is_bool ? std::string(values[i] != 0 ? "true" : "false") : number(values[i]);
  });
}

std::string read(const Context& ctx, gt_tensor t) {
  int64_t dims[GT_MAX_RANK];
  std::size_t rank = 0;
  gt_dtype dtype = 0;
  ctx.check(gt_tensor_shape(ctx, t, dims, GT_MAX_RANK, &rank));
  ctx.check(gt_tensor_dtype(ctx, t, &dtype));
  const std::vector<int64_t> shape(dims, dims + rank);
  std::size_t n = 1;
  for (int64_t d : shape) n *= static_cast<std::size_t>(d);
  gt_tensor wide = nullptr;
  const gt_dtype to = GT_FLOAT64;
  const gt_attr attr{"dtype", GT_ATTR_DTYPE, 0, 1, &to};
  ctx.check(gt_apply(ctx, "cast", &t, 1, &attr, 1, &wide, 1, nullptr));
  std::vector<double> values(n);
  ctx.check(gt_tensor_read(ctx, wide, values.data(), n * sizeof(double)));
  return text_of(shape, values, dtype == GT_BOOL);
}

template <class Range, class F>
std::string joined(const Range& items, F&& text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + text(item);
  return out;
}
}  // namespace

std::size_t fixed_outputs(const json& op) {
  if (!op["many_outputs"] || op["variadic"]) return 0;
  const Context ctx;
  const std::string name = op["name"];
  std::size_t fixed = 0;
  for (const json& sample : op["samples"]) {
    std::vector<gt_tensor> in;
    for (const Input& input : inputs_of(sample["inputs"])) in.push_back(tensor_of(ctx, input));
    const Attrs attrs(sample["attrs"]);
    std::size_t n = 0;
    ctx.check(gt_apply(ctx, name.c_str(), in.data(), in.size(), attrs.list.data(), attrs.list.size(), nullptr, 0, &n));
    if (fixed > 0 && n != fixed) return 0;
    fixed = n;
  }
  return fixed;
}

Example example_of(const json& op) {
  const json& sample = op["samples"][0];
  const std::vector<Input> inputs = inputs_of(sample["inputs"]);
  const Context ctx;
  std::vector<gt_tensor> tensors, sources, outputs(64), targets;
  const gt_tape tape = gt_tape_begin(ctx, 0);
  for (const Input& in : inputs) {
    tensors.push_back(tensor_of(ctx, in));
    if (in.is_float()) {
      ctx.check(gt_tape_watch(ctx, tape, tensors.back()));
      sources.push_back(tensors.back());
    }
  }
  const Attrs attrs(sample["attrs"]);
  std::size_t n = 0;
  const std::string name = op["name"];
  ctx.check(gt_apply(ctx, name.c_str(), tensors.data(), tensors.size(), attrs.list.data(), attrs.list.size(),
                     outputs.data(), outputs.size(), &n));
  outputs.resize(n);

  Example example;
  std::string arguments = joined(inputs, [](const Input& in) { return text_of(in.shape, in.values, in.kind == 'b'); });
  for (const auto& [key, value] : sample["attrs"].items())
    arguments += fmt::format("{}{}: {}", arguments.empty() ? "" : ", ", key, value.dump());
  example.call = fmt::format("{}({})", name, arguments);
  example.result = joined(outputs, [&](gt_tensor t) { return read(ctx, t); });
  for (gt_tensor t : outputs) {
    gt_dtype dtype = 0;
    ctx.check(gt_tensor_dtype(ctx, t, &dtype));
    if (dtype == GT_FLOAT64 || dtype == GT_FLOAT32) targets.push_back(t);
  }
  if (sources.empty() || targets.empty() || op["derivative"] == "none") return example;
  std::vector<gt_tensor> gradients(sources.size());
  ctx.check(gt_tape_gradient(ctx, tape, targets.data(), targets.size(), sources.data(), sources.size(), nullptr,
                             GT_UNCONNECTED_ZERO, gradients.data()));
  example.gradients = joined(gradients, [&](gt_tensor t) { return read(ctx, t); });
  return example;
}

}  // namespace generate
