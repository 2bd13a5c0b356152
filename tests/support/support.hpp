// For all tests: contexts and tensors of the C interface that release themselves, and comparisons.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "registry.hpp"

namespace test {

// A context for one test. Errors left behind fail the test.
class Ctx {
 public:
  Ctx() { EXPECT_EQ(gt_context_create(&ctx_), GT_OK); }
  ~Ctx() {
    if (!ctx_) return;
    EXPECT_EQ(take_error().second, "") << "an error was left in the context";
    EXPECT_EQ(gt_context_destroy(ctx_), GT_OK);
  }
  Ctx(const Ctx&) = delete;
  operator gt_context() const { return ctx_; }
  void destroy() {
    EXPECT_EQ(gt_context_destroy(ctx_), GT_OK);
    ctx_ = nullptr;
  }

  std::pair<gt_status, std::string> take_error() {
    char text[2048];
    const gt_status code = gt_take_error(ctx_, text, sizeof text, nullptr);
    return {code, text};
  }
  std::string message() { return take_error().second; }

 private:
  gt_context ctx_ = nullptr;
};

template <class T>
constexpr gt_dtype dtype_of() {
  if constexpr (std::is_same_v<T, float>) return GT_FLOAT32;
  if constexpr (std::is_same_v<T, double>) return GT_FLOAT64;
  if constexpr (std::is_same_v<T, int32_t>) return GT_INT32;
  if constexpr (std::is_same_v<T, int64_t>) return GT_INT64;
  return GT_BOOL;
}

template <class T>
gt_tensor tensor(gt_context ctx, const std::vector<int64_t>& shape, const std::vector<T>& values) {
  return gt_tensor_create(ctx, dtype_of<T>(), shape.data(), shape.size(), values.data(), values.size() * sizeof(T));
}
inline gt_tensor scalar32(gt_context ctx, float value) { return tensor<float>(ctx, {}, {value}); }
inline gt_tensor scalar64(gt_context ctx, double value) { return tensor<double>(ctx, {}, {value}); }

inline std::vector<int64_t> shape_of(gt_context ctx, gt_tensor t) {
  std::size_t rank = 0;
  EXPECT_EQ(gt_tensor_shape(ctx, t, nullptr, 0, &rank), GT_OK);
  std::vector<int64_t> dims(rank);
  EXPECT_EQ(gt_tensor_shape(ctx, t, dims.data(), rank, &rank), GT_OK);
  return dims;
}
inline gt_dtype dtype_of(gt_context ctx, gt_tensor t) {
  gt_dtype d = 0;
  EXPECT_EQ(gt_tensor_dtype(ctx, t, &d), GT_OK);
  return d;
}
inline std::size_t count(const std::vector<int64_t>& shape) {
  std::size_t n = 1;
  for (int64_t d : shape) n *= static_cast<std::size_t>(d);
  return n;
}

template <class T>
std::vector<T> read(gt_context ctx, gt_tensor t) {
  const std::size_t n = count(shape_of(ctx, t));
  std::unique_ptr<T[]> values(new T[n + 1]);
  EXPECT_EQ(gt_tensor_read(ctx, t, values.get(), n * sizeof(T)), GT_OK);
  return {values.get(), values.get() + n};
}
// Any dtype, as doubles.
inline std::vector<double> numbers(gt_context ctx, gt_tensor t) {
  const auto as_double = [](const auto& v) { return std::vector<double>(v.begin(), v.end()); };
  switch (dtype_of(ctx, t)) {
    case GT_FLOAT32: return as_double(read<float>(ctx, t));
    case GT_FLOAT64: return read<double>(ctx, t);
    case GT_INT32: return as_double(read<int32_t>(ctx, t));
    case GT_INT64: return as_double(read<int64_t>(ctx, t));
    default: return as_double(read<uint8_t>(ctx, t));
  }
}
inline double number(gt_context ctx, gt_tensor t) {
  const auto v = numbers(ctx, t);
  EXPECT_EQ(v.size(), 1u);
  return v.empty() ? NAN : v[0];
}

inline std::vector<gt_tensor> apply(gt_context ctx, const std::string& op, const std::vector<gt_tensor>& inputs,
                                    const json& attrs = json::object()) {
  const AttrList list(attrs);
  std::vector<gt_tensor> outputs(64);
  std::size_t n = 0;
  const gt_status status = gt_apply(ctx, op.c_str(), inputs.data(), inputs.size(), list.data(), list.size(),
                                    outputs.data(), outputs.size(), &n);
  outputs.resize(status == GT_OK ? n : 0);
  return outputs;
}

// Zeros where x is not connected.
inline gt_tensor jacobian(gt_context c, gt_tape tape, gt_tensor y, gt_tensor x, int32_t mode) {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.mode = mode;
  o.unconnected = GT_UNCONNECTED_ZERO;
  gt_tensor j = 0;
  EXPECT_EQ(gt_tape_jacobian(c, tape, y, &x, 1, &o, &j), GT_OK);
  return j;
}

inline json describe_op(const std::string& name) {
  std::size_t needed = 0;
  EXPECT_EQ(gt_op_describe(name.c_str(), nullptr, 0, &needed), GT_OK) << name;
  std::string text(needed, '\0');
  EXPECT_EQ(gt_op_describe(name.c_str(), text.data(), text.size(), nullptr), GT_OK);
  text.pop_back();
  return json::parse(text);
}
inline bool has_op(const std::string& name) { return gt_op_describe(name.c_str(), nullptr, 0, nullptr) == GT_OK; }

struct Tolerance {
  double relative, absolute;  // absolute: times max(1, largest finite |want|)
};
inline void expect_close(const std::vector<double>& got, const std::vector<double>& want, Tolerance tolerance,
                         const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  double largest = 1;
  for (double w : want)
    if (std::isfinite(w)) largest = std::max(largest, std::abs(w));
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] == want[i] || (std::isnan(got[i]) && std::isnan(want[i]))) continue;
    EXPECT_LE(std::abs(got[i] - want[i]), tolerance.absolute * largest + tolerance.relative * std::abs(want[i]))
        << what << " [" << i << "]: got " << got[i] << ", want " << want[i];
  }
}

// The plan that would compute these.
inline std::string plan_text(gt_context c, const std::vector<gt_tensor>& tensors) {
  std::size_t needed = 0;
  EXPECT_EQ(gt_plan_describe(c, tensors.data(), tensors.size(), GT_PLAN_TEXT, nullptr, 0, &needed), GT_OK);
  std::string text(needed, ' ');
  EXPECT_EQ(gt_plan_describe(c, tensors.data(), tensors.size(), GT_PLAN_TEXT, text.data(), needed, &needed), GT_OK);
  return text;
}

}  // namespace test
