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

// A rule that differentiates a loop itself: forward mode transposes it.
class RuleOfALoop : public TwinTest {
 public:
  // h -> sin(h) x, four times.
  static gt_tensor looped(gt_context c, gt_tensor x) {
    gt_scan_options o{};
    o.struct_size = sizeof o;
    o.length = 4;
    BodyState state{
        [x](gt_context inner, const Tensors& in) { return Tensors{gt_multiply(inner, gt_sin(inner, in[0]), x)}; }};
    gt_tensor out = nullptr;
    EXPECT_EQ(gt_scan(c, run_body, &state, nullptr, &x, 1, nullptr, 0, &o, &out, 1, nullptr), GT_OK);
    return out;
  }
  static gt_status forward(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    *out = looped(c, in[0]);
    *n = 1;
    return GT_OK;
  }
  static gt_status backward(gt_context c, void*, const gt_call* call, const gt_tensor* ct, gt_tensor* g) {
    gt_tape t = gt_tape_begin(c, 0);
    EXPECT_EQ(gt_tape_watch(c, t, call->inputs[0]), GT_OK);
    gt_tensor y = looped(c, call->inputs[0]);
    return gt_tape_gradient(c, t, &y, 1, call->inputs, 1, ct, GT_UNCONNECTED_NULL, g);
  }
};
TEST_F(RuleOfALoop, HasTangents) {
  const Program f = [this](const Tensors& in) { return Tensors{TapeTest::custom(in[0], forward, backward)}; };
  expect_twins(f, [this](const Tensors& in) { return Tensors{looped(c, in[0])}; }, {vec64({0.3, 0.8, -1.1})});
}
TEST_F(RuleOfALoop, ThatIsNotLinearHasNone) {
  const auto clipping = [](gt_context c, void* data, const gt_call* call, const gt_tensor* ct, gt_tensor* g) {
    const gt_status status = backward(c, data, call, ct, g);
    g[0] = gt_multiply(c, g[0], looped(c, ct[0]));
    return status;
  };
  gt_tensor x = vec64({0.3, 0.8}), out = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = TapeTest::custom(x, forward, clipping), tangent = vec64({1, 0});
  expect_error(gt_tape_jvp(c, t, &y, 1, &x, 1, &tangent, GT_UNCONNECTED_NULL, &out), GT_UNSUPPORTED, "is not linear");
}

}  // namespace
}  // namespace test
