// Programs of roots by options: a chain of unknowns, an equilibrium layer, and a rule that exists in reverse mode only.
#pragma once

#include "support/twins.hpp"

namespace test {

class ImplicitWays : public TwinTest {
 public:
  static gt_root_options exact(int32_t linear = GT_ROOT_DENSE) {
    gt_root_options o{};
    o.tolerance = 1e-13;
    o.linear_tolerance = 1e-13;
    o.linear = linear;
    return o;
  }
  gt_root_options anderson(int32_t linear) {
    gt_root_options o = exact(linear);
    o.fixed_point = 1;
    o.method = GT_ROOT_ANDERSON;
    return o;
  }
  gt_tensor sub(gt_tensor a, gt_tensor b) { return gt_subtract(c, a, b); }
  gt_tensor times(double a, gt_tensor x) { return mul(gt_scalar(c, a), x); }
  gt_tensor reshaped(gt_tensor x, const std::vector<int64_t>& dims) {
    return gt_reshape(c, x, dims.data(), dims.size());
  }
  gt_tensor part(gt_tensor x, int64_t begin, int64_t size) { return gt_slice(c, x, &begin, 1, &size, 1); }
  // x with its entries one place further, or one place back, and 0 at the end.
  gt_tensor shifted(gt_tensor x, bool further) {
    const int64_t pads[] = {further ? 1 : 0, further ? 0 : 1};
    return gt_pad(c, part(x, further ? 0 : 1, shape_of(c, x)[0] - 1), pads, 2, "CONSTANT", 0);
  }
  // 3 x + x^3 / 10 less lower times the entry before and upper times the one behind.
  gt_tensor chain(gt_tensor x, double lower, double upper) {
    gt_tensor own = add(times(3, x), times(0.1, mul(x, mul(x, x))));
    return sub(sub(own, times(lower, shifted(x, true))), times(upper, shifted(x, false)));
  }
  Program chain_root(double lower, double upper, const gt_root_options& o) {
    return [=, this](const Tensors& in) {
      return root([&](gt_context, const Tensors& x) { return Tensors{sub(chain(x[0], lower, upper), in[0])}; },
                  {gt_zeros_like(c, in[0])}, o);
    };
  }
  // With a rule that exists in reverse mode only.
  gt_tensor custom_square(gt_tensor x) {
    const auto forward = [](gt_context ctx, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                            size_t* n) -> gt_status {
      *out = gt_square(ctx, *in);
      *n = 1;
      return *out ? GT_OK : GT_INTERNAL;
    };
    const auto backward = [](gt_context ctx, void*, const gt_call* call, const gt_tensor* ct,
                             gt_tensor* g) -> gt_status {
      *g = gt_multiply(ctx, gt_multiply(ctx, *ct, call->inputs[0]), gt_scalar(ctx, 2));
      return *g ? GT_OK : GT_INTERNAL;
    };
    gt_tensor y = nullptr;
    EXPECT_EQ(gt_custom_gradient(c, "custom_square", forward, backward, nullptr, nullptr, &x, 1, &y, 1, nullptr), GT_OK)
        << c.message();
    return y;
  }
  gt_tensor weights() { return mat64(3, 3, {0.2, -0.3, 0.1, 0.4, 0.1, -0.2, -0.1, 0.3, 0.2}); }
  // The layer z = tanh(W z + x), with an auxiliary result; as a residual where the options have no fixed point.
  Program layer(const gt_root_options& o) {
    return [=, this](const Tensors& in) {
      return root(
          [&](gt_context, const Tensors& z) {
            gt_tensor next = gt_tanh(c, add(product(in[1], z[0]), in[0]));
            return Tensors{o.fixed_point ? next : sub(z[0], next), gt_sin(c, mul(z[0], in[0]))};
          },
          {gt_zeros_like(c, in[0])}, o);
    };
  }
  std::vector<double> layer_inputs() { return {0.5, -1.0, 0.3}; }
  double loss(const Program& f, const std::vector<double>& x) { return number(c, sum(gt_sin(c, f({vec64(x)})[0]))); }
};

}  // namespace test
