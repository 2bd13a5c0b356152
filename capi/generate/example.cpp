#include <memory>
#include <sstream>
#include <stdexcept>

#include "generate.hpp"
#include "gradtape/gradtape.h"

namespace generate {

namespace {
// One input of a sample, "f[2,3]": see docs/adding-an-op.md for the kinds.
struct Input {
  char kind;
  int64_t limit = 0;
  std::vector<int64_t> shape;
  std::vector<double> values;

  explicit Input(const std::string& word) : kind(word[0]) {
    const std::size_t open = word.find('[');
    if (open > 1) limit = std::stoll(word.substr(1, open - 1));
    std::istringstream dims(word.substr(open + 1));
    for (std::string d; std::getline(dims, d, ',');)
      if (d != "]") shape.push_back(std::stoll(d));
    int64_t n = 1;
    for (int64_t d : shape) n *= d;
    for (int64_t i = 0; i < n; ++i) values.push_back(value(i));
  }
  bool is_float() const { return kind != 'i' && kind != 'b'; }

 private:
  // Plain numbers of the kind, of both signs where that may be, none twice in a row of eight.
  double value(int64_t i) const {
    constexpr double any[] = {0.5, -1, 1.5, 2, -0.25, 1, -1.5, -2},
                     small[] = {0.5, -0.25, 0.75, -0.5, 0.25, -0.75, 0.125, -0.125};
    const int64_t order = shape.empty() ? 1 : shape.back();
    switch (kind) {
      case 'p': return 0.5 * static_cast<double>(i % 8 + 1);
      case 'u': return small[i % 8];
      case 'g': return 1 + 0.5 * static_cast<double>(i % 8 + 1);
      case 's': return small[i % 8] + (i / order % order == i % order ? 3 : 0);
      case 'i': return static_cast<double>((3 * i + 1) % limit);
      case 'b': return i % 3 != 1;
      default: return any[i % 8];
    }
  }
};

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

template <class T>
gt_tensor tensor_of(gt_context ctx, gt_dtype dtype, const Input& in) {
  const std::vector<T> data(in.values.begin(), in.values.end());
  return gt_tensor_create(ctx, dtype, in.shape.data(), in.shape.size(), data.data(), data.size() * sizeof(T));
}
gt_tensor tensor_of(gt_context ctx, const Input& in) {
  if (in.kind == 'i') return tensor_of<int32_t>(ctx, GT_INT32, in);
  if (in.kind == 'b') return tensor_of<uint8_t>(ctx, GT_BOOL, in);
  return tensor_of<double>(ctx, GT_FLOAT64, in);
}

// The attributes of a sample as the C interface takes them.
struct Attrs {
  std::vector<std::unique_ptr<std::vector<int64_t>>> ints;
  std::vector<std::unique_ptr<std::vector<double>>> floats;
  std::vector<std::unique_ptr<std::string>> names;
  std::vector<gt_attr> list;

  explicit Attrs(const json& attrs) {
    for (const auto& [name, value] : attrs.items()) add(keep(name), value);
  }

 private:
  const char* keep(const std::string& text) {
    names.push_back(std::make_unique<std::string>(text));
    return names.back()->c_str();
  }
  static void flatten(const json& value, std::vector<int64_t>& out) {
    for (const json& v : value)
      if (v.is_array())
        flatten(v, out);
      else
        out.push_back(v);
  }
  void add(const char* name, const json& value) {
    if (value.is_string()) {
      const auto text = value.get<std::string>();
      list.push_back({name, GT_ATTR_STRING, 0, text.size(), keep(text)});
    } else if (value.is_boolean()) {
      ints.push_back(std::make_unique<std::vector<int64_t>>(1, value.get<bool>()));  // its first byte, little-endian
      list.push_back({name, GT_ATTR_BOOL, 0, 1, ints.back()->data()});
    } else if (value.is_number_float()) {
      floats.push_back(std::make_unique<std::vector<double>>(1, value.get<double>()));
      list.push_back({name, GT_ATTR_FLOAT, 0, 1, floats.back()->data()});
    } else {
      ints.push_back(std::make_unique<std::vector<int64_t>>());
      flatten(value.is_array() ? value : json::array({value}), *ints.back());
      list.push_back({name, GT_ATTR_INT, value.is_array(), ints.back()->size(), ints.back()->data()});
    }
  }
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

Example example_of(const json& op) {
  const json& sample = op["samples"][0];
  std::vector<Input> inputs;
  std::istringstream words(sample["inputs"].get<std::string>());
  for (std::string word; words >> word;) inputs.emplace_back(word);

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
