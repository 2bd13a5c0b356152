// Roots with derivatives by the implicit function theorem, and derivatives of tapes as functions.
#include "support/twins.hpp"

namespace test {
namespace {

class Implicit : public TwinTest {};

// The positive root of x^3 = a, by Newton's method, beside a power.
TEST_F(Implicit, CubeRoot) {
  const Program f = [this](const Tensors& in) {
    return root(
        [&, this](gt_context, const Tensors& x) { return Tensors{gt_subtract(c, mul(mul(x[0], x[0]), x[0]), in[0])}; },
        {gt_ones_like(c, in[0])});
  };
  const Program twin = [this](const Tensors& in) { return Tensors{gt_pow(c, in[0], scalar64(c, 1. / 3))}; };
  expect_twins(f, twin, {vec64({2, 5, 0.7})});
}

// Two unknowns and an auxiliary result: x + y = a, x y = b.
TEST_F(Implicit, SystemWithAuxiliaryResults) {
  const Program f = [this](const Tensors& in) {
    return root(
        [&, this](gt_context, const Tensors& u) {
          return Tensors{gt_subtract(c, add(u[0], u[1]), in[0]), gt_subtract(c, mul(u[0], u[1]), in[1]),
                         gt_sin(c, mul(u[0], in[0]))};
        },
        {scalar64(c, 3), scalar64(c, 0.1)});
  };
  const Program twin = [this](const Tensors& in) {
    gt_tensor four = gt_scalar(c, 4), half = gt_scalar(c, 0.5);
    gt_tensor d = gt_sqrt(c, gt_subtract(c, gt_square(c, in[0]), mul(four, in[1])));
    gt_tensor x = mul(half, add(in[0], d)), y = mul(half, gt_subtract(c, in[0], d));
    return Tensors{x, y, gt_sin(c, mul(x, in[0]))};
  };
  expect_twins(f, twin, {scalar64(c, 3), scalar64(c, 1.2)});
}

// Far from the root a whole step of Newton's would diverge.
TEST_F(Implicit, DampedSteps) {
  const auto arctangent = [this](gt_context, const Tensors& x) { return Tensors{gt_atan(c, x[0])}; };
  gt_tensor x = root(arctangent, {scalar64(c, 20)})[0];
  EXPECT_NEAR(number(c, x), 0, 1e-10);
}

TEST_F(Implicit, OwnSolver) {
  gt_tensor a = scalar64(c, 9);
  gt_tape t = watching({a});
  gt_root_options o{};
  o.solver = [](gt_context ctx, void*, const gt_tensor*, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = scalar64(ctx, 3);
    *n = 1;
    return gt_status{GT_OK};
  };
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{gt_subtract(c, mul(u[0], u[0]), a)}; },
                     {scalar64(c, 1)}, o)[0];
  expect(x, {3});
  expect(grad(t, x, a), {1. / 6});
}

TEST_F(Implicit, NoRoot) {
  gt_root_options o{};
  o.max_steps = 20;
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{add(mul(u[0], u[0]), gt_scalar(c, 1))}; },
                     {scalar64(c, 3)}, o)[0];
  double value = 0;
  expect_error(gt_tensor_read(c, x, &value, sizeof value), GT_FAILED_PRECONDITION, "no root was found");
  const auto same = [](gt_context, const Tensors& u) { return u; };
  root(same, {});
  expect_error(last_status, GT_INVALID_ARGUMENT, "no guess");
  root([&](gt_context, const Tensors& u) { return Tensors{sum(u[0])}; }, {vec64({1, 2})});
  expect_error(last_status, GT_INVALID_ARGUMENT, "2 unknowns and 1 residuals");
  root(same, {ints({1})});
  expect_error(last_status, GT_INVALID_ARGUMENT, "one floating dtype");
}

class Linearize : public TwinTest {
 public:
  gt_function linearize(gt_tape t, const Tensors& targets, const Tensors& sources, bool transposed) {
    gt_function map = nullptr;
    EXPECT_EQ(gt_tape_linearize(c, t, targets.data(), targets.size(), sources.data(), sources.size(), transposed, &map),
              GT_OK)
        << c.message();
    return map;
  }
};

TEST_F(Linearize, BothDirections) {
  gt_tensor x = vec64({0.3, 0.8}), w = scalar64(c, 1.4);
  for (const bool transposed : {false, true}) {
    gt_tape t = watching({x, w});
    gt_tensor y = mul(gt_sin(c, x), w), z = sum(y);
    gt_function map = linearize(t, {y, z}, {x, w}, transposed);
    for (const double scale : {1.0, 2.0}) {
      gt_tensor dx = vec64({scale, -scale}), dw = scalar64(c, scale);
      const double cx0 = 1.4 * std::cos(0.3), cx1 = 1.4 * std::cos(0.8), s0 = std::sin(0.3), s1 = std::sin(0.8);
      const Tensors out = call(map, transposed ? Tensors{dx, dw} : Tensors{dx, dw});
      if (transposed) {
        expect(out[0], {2 * scale * cx0, 0});
        expect(out[1], {2 * scale * s0});
      } else {
        expect(out[0], {scale * (cx0 + s0), scale * (s1 - cx1)});
        expect(out[1], {scale * (cx0 + s0 + s1 - cx1)});
      }
    }
  }
}

TEST_F(Linearize, UnconnectedIsZeroAndTapesEnd) {
  gt_tensor x = vec64({1, 2}), u = scalar64(c, 1);
  gt_tape t = watching({x, u});
  gt_tensor y = mul(x, x);
  gt_function map = linearize(t, {y}, {u}, false);
  expect(call(map, {scalar64(c, 1)})[0], {0, 0});
  std::vector<gt_tensor> g;
  expect_error(gradient(t, {y}, {x}, g), GT_FAILED_PRECONDITION, "GT_TAPE_PERSISTENT");
  gt_function none = nullptr;
  expect_error(gt_tape_linearize(c, t, &y, 1, &x, 1, 0, &none), GT_FAILED_PRECONDITION, "GT_TAPE_PERSISTENT");
  EXPECT_EQ(none, nullptr);
}

// A linear map has derivatives, by tangents and by the values that it holds.
TEST_F(Linearize, HasDerivatives) {
  gt_tensor x = vec64({0.3, 0.8}), v = vec64({1, -1});
  gt_tape outer = watching({x, v}), inner = watching({x});
  gt_tensor y = gt_sin(c, x);
  gt_function map = linearize(inner, {y}, {x}, false);
  const Tensors g = grads(outer, {sum(call(map, {v})[0])}, {x, v});
  expect(g[0], {-std::sin(0.3), std::sin(0.8)});
  expect(g[1], {std::cos(0.3), std::cos(0.8)});
}

}  // namespace
}  // namespace test
