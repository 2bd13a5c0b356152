// Compositions of ops: what holds for each op alone must hold for several that meet in one plan.
#include <functional>

#include "support.hpp"

namespace test {
namespace {

using Values = std::vector<double>;
using Body = std::function<gt_tensor(gt_context, gt_tensor)>;

gt_tensor one(gt_context c, const std::string& op, const std::vector<gt_tensor>& in,
              const json& attrs = json::object()) {
  const std::vector<gt_tensor> out = apply(c, op, in, attrs);
  EXPECT_EQ(out.size(), 1u) << op;
  return out.empty() ? 0 : out[0];
}

gt_tensor jacobian(gt_context c, gt_tape tape, gt_tensor y, gt_tensor x, int32_t mode) {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.mode = mode;
  o.unconnected = GT_UNCONNECTED_ZERO;
  gt_tensor j = 0;
  EXPECT_EQ(gt_tape_jacobian(c, tape, y, &x, 1, &o, &j), GT_OK);
  return j;
}

constexpr int32_t kModes[] = {GT_MODE_REVERSE, GT_MODE_FORWARD, GT_MODE_AUTO};

// The Jacobian and the Hessian of a scalar, by all modes.
void expect_derivatives(const std::vector<int64_t>& shape, const Values& at, const Body& f, const Values& gradient,
                        const Values& hessian) {
  for (int32_t first : kModes)
    for (int32_t second : kModes) {
      Ctx c;
      gt_tensor x = tensor<double>(c, shape, at);
      gt_tape outer = gt_tape_begin(c, 0);
      EXPECT_EQ(gt_tape_watch(c, outer, x), GT_OK);
      gt_tape inner = gt_tape_begin(c, 0);
      EXPECT_EQ(gt_tape_watch(c, inner, x), GT_OK);
      const gt_tensor y = f(c, x);
      EXPECT_EQ(gt_tape_end(c, inner), GT_OK);
      const gt_tensor g = jacobian(c, inner, y, x, first);
      EXPECT_EQ(gt_tape_end(c, outer), GT_OK);
      const gt_tensor h = jacobian(c, outer, g, x, second);
      expect_close(numbers(c, g), gradient, {1e-12, 1e-12}, "gradient");
      if (!hessian.empty()) expect_close(numbers(c, h), hessian, {1e-12, 1e-12}, "Hessian");
    }
}

// Rows of a loop may have axes of size 1 besides: [n] and [n, 1] are the same rows.
TEST(RowsWithAxesOfSizeOne, SumsOfASliceAndOfAll) {
  const double e2 = std::exp(2.0);
  const auto f = [](const char* joined) {
    return [=](gt_context c, gt_tensor x) {
      const gt_tensor part = one(c, "exp", {one(c, "slice", {x}, {{"begin", {1}}, {"size", {1}}})});
      return one(c, joined, {one(c, "reduce_sum", {one(c, "square", {x})}), one(c, "reduce_sum", {part})});
    };
  };
  expect_derivatives({2}, {1, 2}, f("add"), {2, 4 + e2}, {2, 0, 0, 2 + e2});
  expect_derivatives({2}, {1, 2}, f("subtract"), {2, 4 - e2}, {2, 0, 0, 2 - e2});
}
TEST(RowsWithAxesOfSizeOne, SquareOfNormsOfRows) {
  const auto f = [](gt_context c, gt_tensor x) {
    return one(c, "reduce_sum", {one(c, "square", {one(c, "norm", {x}, {{"axis", {1}}})})});
  };
  expect_derivatives({2, 2}, {3, 4, 6, 8}, f, {6, 8, 12, 16}, {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2});
}
// The same operand [n, 1] runs along the first axis of rows [n, n], and along the second of rows [n, n, 1].
TEST(RowsWithAxesOfSizeOne, OperandSeenFromBoth) {
  const std::vector<int64_t> space{2, 2, 3};
  Ctx c;
  const gt_tensor t = tensor<double>(c, space, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  const gt_tensor x = tensor<double>(c, {2, 1}, {1, 100});
  const gt_tensor flat = one(c, "multiply", {one(c, "reduce_sum", {t}, {{"axis", {2}}}), x});
  const gt_tensor kept =
      one(c, "multiply", {one(c, "reduce_sum", {one(c, "exp", {t})}, {{"axis", {2}}, {"keepdims", true}}), x});
  const gt_tensor by_flat = one(c, "divide", {t, one(c, "reshape", {flat}, {{"shape", {2, 2, 1}}})});
  const gt_tensor both = one(c, "add", {by_flat, one(c, "divide", {t, kept})});
  const Values got = numbers(c, both);
  for (std::size_t k = 0; k < got.size(); ++k) {
    const std::size_t row = k / 3;
    double sum = 0, exps = 0;
    for (std::size_t m = 3 * row; m < 3 * row + 3; ++m) sum += double(m) + 1, exps += std::exp(double(m) + 1);
    const double value = double(k) + 1;
    EXPECT_NEAR(got[k], value / (sum * (row / 2 ? 100 : 1)) + value / (exps * (row % 2 ? 100 : 1)), 1e-12) << k;
  }
}

}  // namespace
}  // namespace test
