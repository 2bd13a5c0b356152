// Gradients of the user's own in bodies: their rules use what the body has made, and serve every derivative of the op.
#include "support/twins.hpp"

namespace test {
namespace {

class RuleInABody : public TwinTest {
 public:
  // x w exp(x), whose rule multiplies by tensors from before the call, as closures do.
  gt_tensor custom(gt_tensor x, gt_tensor w) {
    gt_tensor e = gt_exp(c, x), y = mul(mul(x, w), e);
    auto* kept = new Kept{x, w, e, y, *this};
    gt_tensor in[2] = {x, w}, out = nullptr;
    EXPECT_EQ(gt_custom_gradient(c, "kept", forward, backward, kept, free_kept, in, 2, &out, 1, nullptr), GT_OK)
        << c.message();
    return out;
  }
  gt_tensor plain(gt_tensor x, gt_tensor w) { return mul(mul(x, w), gt_exp(c, x)); }

 private:
  struct Kept {
    gt_tensor x, w, e, y;
    RuleInABody& test;
  };
  static gt_status forward(gt_context c, void* data, const gt_tensor*, size_t, gt_tensor* out, size_t, size_t* n) {
    *out = gt_identity(c, static_cast<Kept*>(data)->y);
    *n = 1;
    return GT_OK;
  }
  static gt_status backward(gt_context c, void* data, const gt_call*, const gt_tensor* ct, gt_tensor* g) {
    const Kept& k = *static_cast<Kept*>(data);
    g[0] = gt_multiply(c, gt_multiply(c, gt_add(c, gt_multiply(c, k.e, k.w), k.y), ct[0]), gt_ones_like(c, k.x));
    g[1] = k.test.sum(gt_multiply(c, gt_multiply(c, k.x, k.e), ct[0]));
    return GT_OK;
  }
  static void free_kept(void* data) { delete static_cast<Kept*>(data); }
};

TEST_F(RuleInABody, Scan) {
  const auto with = [this](gt_tensor (RuleInABody::*f)(gt_tensor, gt_tensor)) {
    return [this, f](const Tensors& in) {
      return scan(
          [&, this, f](gt_context, const Tensors& s) {
            gt_tensor y = (this->*f)(s[0], in[1]);
            return Tensors{gt_sin(c, add(y, s[1])), y};
          },
          {in[0]}, {in[2]});
    };
  };
  expect_twins(with(&RuleInABody::custom), with(&RuleInABody::plain),
               {vec64({0.3, 0.8}), scalar64(c, 0.7), vec64({0.1, -0.2, 0.3})});
}

TEST_F(RuleInABody, WhileCondAndCheckpoint) {
  const auto with = [this](gt_tensor (RuleInABody::*f)(gt_tensor, gt_tensor)) {
    return [this, f](const Tensors& in) {
      const auto body = [&, this, f](gt_context, const Tensors& x) { return Tensors{(this->*f)(x[0], in[1])}; };
      gt_tensor y = checkpoint(body, {in[0]})[0];
      y = cond(tensor<uint8_t>(c, {}, {1}), body, body, {gt_sin(c, y)})[0];
      return while_loop([this](gt_context, const Tensors& s) { return Tensors{gt_less(c, s[1], gt_scalar(c, 1.5))}; },
                        [&, this, f](gt_context, const Tensors& s) {
                          return Tensors{gt_sin(c, (this->*f)(s[0], in[1])), add(s[1], gt_scalar(c, 1))};
                        },
                        {y, gt_scalar(c, 0)}, {0, 5, 0});
    };
  };
  expect_twins(with(&RuleInABody::custom), with(&RuleInABody::plain), {vec64({0.3, 0.8}), scalar64(c, 0.7)});
}

// The samples share one factor, whose gradient is the sum over them.
TEST_F(RuleInABody, Vmap) {
  const auto with = [this](gt_tensor (RuleInABody::*f)(gt_tensor, gt_tensor)) {
    return [this, f](const Tensors& in) {
      return vmap([&, this, f](gt_context, const Tensors& x) { return Tensors{(this->*f)(x[0], x[1])}; }, in, {0, -1});
    };
  };
  expect_twins(with(&RuleInABody::custom), with(&RuleInABody::plain),
               {mat64(3, 2, {0.3, 0.8, -0.4, 0.2, 0.9, 0.1}), scalar64(c, 0.7)});
}

}  // namespace
}  // namespace test
