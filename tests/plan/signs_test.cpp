// Signs and factors go where they cost nothing, and results keep every bit.
#include <bit>
#include <climits>
#include <cmath>
#include <functional>

#include "support/tape_support.hpp"

namespace test {
namespace {

// Moved signs and factors give the same values, to the last bit if no factors are merged.
class Signs : public TapeTest {
 public:
  using Body = std::function<gt_tensor(gt_tensor x, gt_tensor z)>;
  // In a function, where numbers are known beforehand.
  void expect_ops(Body body, const std::string& ops, const std::function<float(float, float)>& expected) {
    const auto call = [](gt_context, void* data, const gt_tensor* in, std::size_t, gt_tensor* out, std::size_t,
                         std::size_t* n) -> gt_status {
      out[0] = (*static_cast<Body*>(data))(in[0], in[1]);
      *n = 1;
      return out[0] ? GT_OK : GT_INVALID_ARGUMENT;
    };
    const auto n = static_cast<int64_t>(x_.size());
    const gt_spec specs[] = {{GT_FLOAT32, 1, {n}}, {GT_FLOAT32, 1, {n}}};
    gt_function f = gt_function_create(c, call, &body, nullptr, specs, 2);
    std::vector<float> got(x_.size());
    const void* in[] = {x_.data(), z_.data()};
    void* out[] = {got.data()};
    ASSERT_EQ(gt_function_run(c, f, in, 2, out, 1), GT_OK) << c.message();
    std::string text(4000, ' ');
    std::size_t needed = 0;
    ASSERT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, text.data(), text.size(), &needed), GT_OK);
    const std::size_t from = text.find("]: ");
    ASSERT_NE(from, std::string::npos) << text;
    EXPECT_EQ(text.substr(from + 3, text.find("  (", from) - from - 3), ops);
    for (std::size_t i = 0; i < x_.size(); ++i) {
      const float want = expected(x_[i], z_[i]);
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got[i]));
      } else {
        EXPECT_EQ(std::bit_cast<uint32_t>(got[i]), std::bit_cast<uint32_t>(want)) << x_[i] << " " << z_[i];
      }
    }
  }
  gt_tensor neg(gt_tensor x) { return gt_negative(c, x); }
  const std::vector<float> x_{1.5f, -0.0f, 0.0f, 3e38f, -INFINITY, NAN, 1e-42f, 7}, z_{2, 0, -0.0f, 3e38f, 1, 1, 3, -7};
};
TEST_F(Signs, GoWhereTheyCostNothing) {
  using T = gt_tensor;
  expect_ops([&](T x, T z) { return add(x, neg(z)); }, "subtract", [](float x, float z) { return x + -z; });
  expect_ops([&](T x, T z) { return add(neg(x), z); }, "subtract", [](float x, float z) { return -x + z; });
  expect_ops([&](T x, T z) { return gt_subtract(c, x, neg(z)); }, "add", [](float x, float z) { return x - -z; });
  expect_ops([&](T x, T z) { return mul(neg(x), neg(z)); }, "multiply", [](float x, float z) { return -x * -z; });
  expect_ops([&](T x, T z) { return mul(neg(neg(x)), z); }, "multiply", [](float x, float z) { return x * z; });
  expect_ops([&](T x, T) { return mul(neg(x), gt_scalar(c, 3)); }, "multiply", [](float x, float) { return -x * 3; });
  expect_ops([&](T x, T) { return neg(mul(gt_scalar(c, 0.3), x)); }, "multiply",
             [](float x, float) { return -(0.3f * x); });
  expect_ops([&](T x, T) { return mul(gt_scalar(c, 2), mul(x, gt_scalar(c, 8))); }, "multiply",
             [](float x, float) { return 2 * (x * 8); });
}
TEST_F(Signs, StayWhereTheResultWouldChange) {
  using T = gt_tensor;
  expect_ops([&](T x, T z) { return neg(gt_subtract(c, x, z)); }, "subtract negative",
             [](float x, float z) { return -(x - z); });  // of 0
  expect_ops([&](T x, T) { return mul(gt_scalar(c, 1e10), mul(x, gt_scalar(c, 1e-10))); }, "multiply multiply",
             [](float x, float) { return 1e10f * (x * 1e-10f); });  // of numbers that are small
  expect_ops([&](T x, T) { return mul(gt_scalar(c, 1e30), mul(x, gt_scalar(c, 1e30))); }, "multiply multiply",
             [](float x, float) { return 1e30f * (x * 1e30f); });  // inf, but 0 for 0
}
TEST_F(Signs, OfViewsAndIntegers) {
  gt_tensor m = mat(2, 3, {1, 2, 3, 4, 5, 6}), t = gt_transpose(c, gt_negative(c, m), nullptr, 0);
  expect(add(mat(3, 2, {1, 1, 1, 1, 1, 1}), t), {0, -3, -1, -4, -2, -5});
  expect(mul(gt_negative(c, t), gt_scalar(c, 2)), {2, 8, 4, 10, 6, 12});
  const std::vector<int32_t> v{INT32_MIN, 5, -7};
  gt_tensor i = ints(v), two = gt_negative(c, gt_negative(c, i));
  EXPECT_EQ(read<int32_t>(c, two), v);
  EXPECT_EQ(read<int32_t>(c, gt_add(c, ints({1, 1, 1}), gt_negative(c, i))),
            (std::vector<int32_t>{INT32_MIN + 1, -4, 8}));
}

// The factor is merged into a product of one number. The same product stands elsewhere, for one number alone.
TEST_F(Signs, AProductThatRepeatsIsNotThatOfOneNumber) {
  const auto body = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    const int64_t three = 3;
    gt_tensor twice = gt_multiply(ctx, in[0], gt_scalar(ctx, 2));
    gt_tensor repeated = gt_multiply(ctx, gt_fill(ctx, gt_scalar(ctx, 1), &three, 1), twice);
    out[0] = gt_cumsum(ctx, repeated, 0, 0, 0);
    out[1] = twice;
    *n = 2;
    return out[0] ? GT_OK : GT_INVALID_ARGUMENT;
  };
  const gt_spec number{GT_FLOAT32, 0, {}};
  gt_function f = gt_function_create(c, body, nullptr, nullptr, &number, 1);
  const float x = 3;
  float sums[3], twice = 0;
  const void* in[] = {&x};
  void* out[] = {sums, &twice};
  ASSERT_EQ(gt_function_run(c, f, in, 1, out, 2), GT_OK) << c.message();
  for (int i : {0, 1, 2}) EXPECT_EQ(sums[i], 6.0F * static_cast<float>(i + 1));
  EXPECT_EQ(twice, 6);
}

}  // namespace
}  // namespace test
