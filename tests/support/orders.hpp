// Derivatives of y = f(x) in every order of modes, at once and in a function, for tests of points where formulas fail.
#pragma once

#include <functional>

#include "support.hpp"

namespace test {

using Values = std::vector<double>;
using Body = std::function<gt_tensor(gt_context, gt_tensor)>;

inline gt_tensor one(gt_context c, const std::string& op, const std::vector<gt_tensor>& in,
                     const json& attrs = json::object()) {
  const std::vector<gt_tensor> out = apply(c, op, in, attrs);
  EXPECT_FALSE(out.empty()) << op;
  return out.empty() ? 0 : out[0];
}
inline Body op(const char* name) {
  return [=](gt_context c, gt_tensor x) { return one(c, name, {x}); };
}
inline gt_tensor make(gt_context c, gt_dtype dtype, const Values& v) {
  const auto n = static_cast<int64_t>(v.size());
  if (dtype == GT_FLOAT64) return tensor<double>(c, {n}, v);
  return tensor<float>(c, {n}, std::vector<float>(v.begin(), v.end()));
}
inline gt_tensor sum(gt_context c, gt_tensor x) { return one(c, "reduce_sum", {x}); }

inline gt_tensor gradient(gt_context c, gt_tape tape, gt_tensor y, gt_tensor x) {
  gt_tensor g = 0;
  EXPECT_EQ(gt_tape_gradient(c, tape, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_ZERO, &g), GT_OK);
  return g;
}

// An order of modes. first: kGradient, by gt_tape_gradient, or a mode of Jacobians. rows: each entry of f(x) has its
// own derivatives, which are added up in the end; else those of the sum are asked for.
constexpr int32_t kGradient = -1;
constexpr int32_t kHessian = -2;  // second: the mode of gt_tape_hessian, on one tape
struct Order {
  int32_t first, second;
  bool rows = false;
};
inline const std::vector<Order>& orders() {
  static const std::vector<Order> all = {
      {kGradient, GT_MODE_REVERSE},
      {kGradient, GT_MODE_FORWARD},
      {kHessian, GT_MODE_REVERSE},
      {kHessian, GT_MODE_FORWARD},
      {GT_MODE_REVERSE, GT_MODE_REVERSE},
      {GT_MODE_REVERSE, GT_MODE_FORWARD},
      {GT_MODE_FORWARD, GT_MODE_REVERSE},
      {GT_MODE_FORWARD, GT_MODE_FORWARD},
      {GT_MODE_REVERSE, GT_MODE_REVERSE, true},
      {GT_MODE_REVERSE, GT_MODE_FORWARD, true},
      {GT_MODE_FORWARD, GT_MODE_REVERSE, true},
      {GT_MODE_FORWARD, GT_MODE_FORWARD, true},
  };
  return all;
}

inline gt_tensor hessian(gt_context c, gt_tape tape, gt_tensor y, gt_tensor x, int32_t mode) {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.mode = mode;
  o.unconnected = GT_UNCONNECTED_ZERO;
  gt_tensor h = 0;
  EXPECT_EQ(gt_tape_hessian(c, tape, y, &x, 1, &o, &h), GT_OK);
  return h;
}

// The first and the second derivatives of the sum of f(x).
inline std::vector<gt_tensor> derivatives(gt_context c, gt_tensor x, const Body& f, const Order& order) {
  gt_tape outer = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_watch(c, outer, x), GT_OK);
  gt_tape inner = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_watch(c, inner, x), GT_OK);
  if (order.first == kHessian) {
    const gt_tensor y = sum(c, f(c, x));
    const gt_tensor g = gradient(c, inner, y, x);
    return {g, hessian(c, inner, y, x, order.second)};
  }
  const gt_tensor y = order.rows ? one(c, "reshape", {f(c, x)}, {{"shape", {-1}}}) : sum(c, f(c, x));
  EXPECT_EQ(gt_tape_end(c, inner), GT_OK);
  const gt_tensor g = order.first == kGradient ? gradient(c, inner, y, x) : jacobian(c, inner, y, x, order.first);
  EXPECT_EQ(gt_tape_end(c, outer), GT_OK);
  const gt_tensor h = jacobian(c, outer, g, x, order.second);
  if (!order.rows) return {g, h};
  return {one(c, "reduce_sum", {g}, {{"axis", 0}}), one(c, "reduce_sum", {h}, {{"axis", 0}})};
}

struct Question {
  const Body& f;
  const Order& order;
};
inline gt_status answer(gt_context c, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  const auto& question = *static_cast<const Question*>(user);
  const std::vector<gt_tensor> d = derivatives(c, in[0], question.f, question.order);
  out[0] = d[0], out[1] = d[1];
  *n = 2;
  return GT_OK;
}

using Expect = std::function<void(const Values& first, const Values& second, const std::string& what)>;

// f at x in every order of modes, at once and, for the sum, in a function.
inline void check(const std::string& name, gt_dtype dtype, const Values& at, const Body& f, const Expect& expect) {
  for (const Order& order : orders()) {
    const std::string what = name + (dtype == GT_FLOAT32 ? " f32" : " f64") + ", modes " + std::to_string(order.first) +
                             " " + std::to_string(order.second) + (order.rows ? " of rows" : "");
    Ctx c;
    const gt_tensor x = make(c, dtype, at);
    const std::vector<gt_tensor> d = derivatives(c, x, f, order);
    expect(numbers(c, d[0]), numbers(c, d[1]), what);
    if (order.rows) continue;
    Question question{f, order};
    gt_spec spec{};
    spec.dtype = dtype, spec.rank = 1, spec.dims[0] = static_cast<int64_t>(at.size());
    gt_function function = gt_function_create(c, answer, &question, nullptr, &spec, 1);
    ASSERT_NE(function, gt_function{}) << what << c.message();
    gt_tensor out[2] = {};
    size_t outputs = 0;
    ASSERT_EQ(gt_function_call(c, function, &x, 1, out, 2, &outputs), GT_OK) << what << c.message();
    expect(numbers(c, out[0]), numbers(c, out[1]), what + ", in a function");
  }
}
inline Expect equal_to(const Values& gradient, const Values& hessian, double tolerance = 2e-5) {
  return [=](const Values& first, const Values& second, const std::string& what) {
    expect_close(first, gradient, {tolerance, tolerance}, what + ", first");
    expect_close(second, hessian, {tolerance, tolerance}, what + ", second");
  };
}
// Right, or nan.
inline Expect never_wrong(const Values& gradient, const Values& hessian) {
  return [=](const Values& first, const Values& second, const std::string& what) {
    expect_close(first, gradient, {1e-5, 1e-5}, what + ", first");
    for (std::size_t i = 0; i < hessian.size(); ++i)
      EXPECT_TRUE(std::isnan(second[i]) || std::abs(second[i] - hessian[i]) < 1e-5)
          << what << ", second [" << i << "]: got " << second[i] << ", right " << hessian[i];
  };
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

}  // namespace test
