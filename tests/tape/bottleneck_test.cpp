// Jacobians as products of two, cut where all that the target depends on passes few elements.
#include "support/twins.hpp"

namespace test {
namespace {

class Bottleneck : public TwinTest {
 public:
  static constexpr int64_t kWide = 200, kPoints = 400, kRows = 500;

  gt_tensor jacobian_in(int32_t mode, gt_tape t, gt_tensor y, gt_tensor x) {
    return jacobian(t, y, x, GT_UNCONNECTED_NULL, mode);
  }
  // [200] -> [200] through one number.
  gt_tensor through_one(gt_tensor x) {
    const int64_t column[] = {kWide, 1}, square[] = {kWide, kWide};
    gt_tensor w = gt_sin(c, gt_reshape(c, gt_range(c, 0, kWide * kWide, 1, GT_FLOAT32), square, 2));
    gt_tensor h = gt_tanh(c, gt_matmul(c, w, gt_reshape(c, x, column, 2), 0, 0));
    gt_tensor narrow = gt_sin(c, sum(mul(h, h)));
    gt_tensor spread = gt_reshape(c, gt_range(c, 0, kWide, 1, GT_FLOAT32), column, 2);
    return gt_tanh(c, gt_matmul(c, w, mul(spread, narrow), 0, 0));
  }
  gt_tensor wide(float value) { return vec(std::vector<float>(kWide, value)); }
  // [3, 3000] -> [4000] through three numbers, of which row 1 is read alone.
  gt_tensor picks_a_row(gt_tensor x) {
    const int64_t last = 1;
    gt_tensor narrow = gt_reduce_sum(c, gt_sqrt(c, x), &last, 1, 0);
    gt_tensor picked = gt_gather(c, narrow, ints(std::vector<int32_t>(kRows, 1)), 0, 0);
    return mul(picked, gt_range(c, 0, kRows, 1, GT_FLOAT32));
  }
  // Rows are 4, but for the first element of row 0.
  gt_tensor rows(float first) {
    std::vector<float> at(3 * kPoints, 4);
    at[0] = first;
    return tensor<float>(c, {3, kPoints}, at);
  }
  void expect_picked(gt_tensor jacobian) {
    const std::vector<float> got = read<float>(c, jacobian);
    for (const int64_t row : {int64_t{0}, kRows - 1}) {
      EXPECT_EQ(got[row * 3 * kPoints], 0) << "the pole is not selected";
      EXPECT_EQ(got[row * 3 * kPoints + kPoints], static_cast<float>(row) / 4);
    }
  }
  // The Jacobian of y(x) by x, as a function.
  gt_function jacobian_of(const gt_spec& s, const std::function<gt_tensor(gt_tensor)>& y) {
    return function_of({s}, [&, y](gt_context, const Tensors& in) {
      gt_tape t = watching({in[0]});
      return Tensors{jacobian(t, y(in[0]), in[0])};
    });
  }
  std::string plan(gt_function f) {
    size_t needed = 0;
    EXPECT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, nullptr, 0, &needed), GT_OK) << c.message();
    std::string text(needed, ' ');
    EXPECT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, text.data(), text.size(), &needed), GT_OK);
    return text;
  }
};

TEST_F(Bottleneck, TheProductIsTheJacobian) {
  gt_tensor x = wide(0.01F);
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = through_one(x);
  const std::vector<double> got = numbers(c, jacobian(t, y, x));
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE})
    expect_close(got, numbers(c, jacobian_in(mode, t, y, x)), {1e-4, 1e-5}, "by one mode");
}
// An infinite entry of a factor meets zeros that mean "not selected": the Jacobian is not taken as a product.
TEST_F(Bottleneck, APoleBeforeIt) {
  gt_tensor x = rows(0);
  gt_tape t = watching({x});
  expect_picked(jacobian(t, picks_a_row(x), x));
}
TEST_F(Bottleneck, InAFunction) {
  gt_function f = jacobian_of(spec(GT_FLOAT32, {kWide}), [&](gt_tensor x) { return through_one(x); });
  for (float value : {0.01F, -0.3F}) {
    gt_tensor x = wide(value);
    gt_tape t = watching({x});
    expect_close(numbers(c, this->value(f, x)), numbers(c, jacobian_in(GT_MODE_REVERSE, t, through_one(x), x)),
                 {1e-4, 1e-5}, "by rows");
  }
  EXPECT_NE(plan(f).find("cond"), std::string::npos) << plan(f);
}
// A function decides anew in each call.
TEST_F(Bottleneck, APoleInACallOfAFunction) {
  gt_function f = jacobian_of(spec(GT_FLOAT32, {3, kPoints}), [&](gt_tensor x) { return picks_a_row(x); });
  for (float first : {4.0F, 0.0F, 4.0F}) expect_picked(value(f, rows(first)));
}
// An outer tape sees the factors and their product.
TEST_F(Bottleneck, UnderATape) {
  gt_tensor x = wide(0.01F);
  std::vector<std::vector<double>> gradients;
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_REVERSE}) {
    gt_tape outer = watching({x}), inner = watching({x});
    gt_tensor j = jacobian_in(mode, inner, through_one(x), x);
    gradients.push_back(numbers(c, grad(outer, sum(mul(j, j)), x)));
  }
  expect_close(gradients[0], gradients[1], {1e-3, 1e-4}, "by one mode");
}
// The rule is called with rows of values, in the branch for factors that are not finite as well.
gt_status reads_a_value(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  std::vector<float> values(Bottleneck::kWide);
  const gt_status status = gt_tensor_read(c, dy[0], values.data(), values.size() * sizeof(float));
  dx[0] = status == GT_OK ? gt_identity(c, dy[0]) : nullptr;
  return status;
}
TEST_F(Bottleneck, BehindARuleThatReadsValues) {
  gt_tensor x = wide(0.01F);
  std::vector<std::vector<double>> found;
  for (int32_t mode : {GT_MODE_AUTO, GT_MODE_REVERSE}) {
    gt_tape outer = watching({x}), inner = watching({x});
    gt_tensor y = through_one(custom(x, identity_forward, reads_a_value));
    found.push_back(numbers(c, jacobian_in(mode, inner, y, x)));
    gt_tape_end(c, outer);
  }
  expect_close(found[0], found[1], {1e-4, 1e-5}, "by rows");
}
TEST_F(Bottleneck, OfSamples) {
  const int64_t samples[] = {2, kWide};
  gt_tensor x = gt_reshape(c, gt_sin(c, gt_range(c, 0, 2 * kWide, 1, GT_FLOAT32)), samples, 2);
  const auto of_sample = [&](gt_context, const Tensors& in) {
    gt_tape t = watching({in[0]});
    return Tensors{jacobian(t, through_one(in[0]), in[0])};
  };
  const std::vector<double> got = numbers(c, vmap(of_sample, {x})[0]);
  std::vector<double> want;
  for (int64_t i : {0, 1}) {
    gt_tensor sample = row(x, i);
    gt_tape t = watching({sample});
    for (double v : numbers(c, jacobian_in(GT_MODE_REVERSE, t, through_one(sample), sample))) want.push_back(v);
  }
  expect_close(got, want, {1e-4, 1e-5}, "sample by sample");
}

}  // namespace
}  // namespace test
