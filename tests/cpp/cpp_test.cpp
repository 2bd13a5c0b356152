// The C++ face: RAII, operators, exceptions, lambdas as callbacks.
#include <gtest/gtest.h>

#include <cmath>

#include "gradtape/gradtape.hpp"

namespace gradtape {
namespace {

struct Cpp : testing::Test {
  Context ctx;
  Tensor num(float v) { return ctx.tensor<float>({}, {v}); }
};

TEST_F(Cpp, OperatorsAndNumbers) {
  const Tensor x = ctx.tensor<float>({2}, {1, 2}), y = ctx.tensor<float>({2}, {3, 5});
  EXPECT_EQ((x + y).to_vector<float>(), (std::vector<float>{4, 7}));
  EXPECT_EQ((x - y).to_vector<float>(), (std::vector<float>{-2, -3}));
  EXPECT_EQ((x * y).to_vector<float>(), (std::vector<float>{3, 10}));
  EXPECT_EQ((y / x).to_vector<float>(), (std::vector<float>{3, 2.5}));
  EXPECT_EQ((-x).to_vector<float>(), (std::vector<float>{-1, -2}));
  EXPECT_EQ((2.0 * x + 1.0).to_vector<float>(), (std::vector<float>{3, 5}));
  EXPECT_EQ((1.0 - x / 2.0).to_vector<float>(), (std::vector<float>{0.5, 0}));
  EXPECT_EQ((6.0 / y - 1.0).to_vector<float>()[0], 1);
  EXPECT_EQ((1.0 + x).dtype(), Dtype::float32);
  EXPECT_EQ(x.shape(), (Shape{2}));
  EXPECT_EQ(x.describe(), "float32[2] constant = [1, 2]");
}
TEST_F(Cpp, CopiesShareAndMovesGiveAway) {
  Tensor a = num(1), b = a;
  const Tensor moved = std::move(a);
  EXPECT_FALSE(a.has_value());
  EXPECT_EQ(b.item(), 1);
  b = num(2);
  EXPECT_EQ(b.item(), 2);
  EXPECT_EQ(moved.item(), 1);
  const Tensor none;
  EXPECT_FALSE(none.has_value());
  const Tensor copy_of_none = none;
  EXPECT_FALSE(copy_of_none.has_value());
}
TEST_F(Cpp, ErrorsAreExceptionsWithStatusAndMessage) {
  const Tensor a = ctx.tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  try {
    matmul(a, a);
    FAIL() << "no exception";
  } catch (const Error& e) {
    EXPECT_EQ(e.status(), GT_INVALID_ARGUMENT);
    EXPECT_STREQ(e.what(), "matmul: inner sizes must agree, got [2, 3] and [2, 3]");
  }
  EXPECT_EQ(matmul(a, a, false, true).shape(), (Shape{2, 2})) << "the context is usable after an exception";
  EXPECT_THROW(ctx.apply("nothing", {}), Error);
  EXPECT_THROW(a.to_vector<double>(), Error);
}
TEST_F(Cpp, TapesGiveEveryDerivative) {
  const Tensor x = ctx.tensor<float>({2}, {2, 3});
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = x * x * x;
  EXPECT_EQ(t.gradient(y, x).to_vector<float>(), (std::vector<float>{12, 27}));
  EXPECT_EQ(t.gradient({y}, {x}, {ctx.tensor<float>({2}, {1, 0})})[0].to_vector<float>(), (std::vector<float>{12, 0}));
  EXPECT_EQ(t.jvp({y}, {x}, {x})[0].to_vector<float>(), (std::vector<float>{24, 81}));
  EXPECT_EQ(t.jacobian(y, x).to_vector<float>(), (std::vector<float>{12, 0, 0, 27}));
  const Tensor m = reshape(x, {2, 1});
  EXPECT_EQ(t.batch_jacobian(m * m, m).to_vector<float>(), (std::vector<float>{4, 6}));
  EXPECT_FALSE(t.gradient(y, num(1)).has_value()) << "not connected";
  std::uint64_t calls = 0;
  JacobianOptions options;
  options.memory_budget = 1;
  options.progress = [&](std::uint64_t, std::uint64_t) { return ++calls < 2; };
  EXPECT_THROW(t.jacobian(y, x, options), Error);
  EXPECT_EQ(calls, 2u);
}
TEST_F(Cpp, SecondDerivativesOfOneTape) {
  const Tensor x = ctx.tensor<float>({2}, {2, 3}), a = num(2);
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x, a);
  const Tensor y = reduce_sum(x * x * x) * a;
  EXPECT_EQ(t.hessian(y, x).to_vector<float>(), (std::vector<float>{24, 0, 0, 36}));
  EXPECT_EQ(t.hessian(y, {x, a})[1][0].to_vector<float>(), (std::vector<float>{12, 27}));
  EXPECT_FALSE(t.hessian(y, {x, a})[1][1].has_value()) << "the target is linear in a";
  EXPECT_EQ(t.hvp(y, x, x).to_vector<float>(), (std::vector<float>{48, 108}));
  EXPECT_EQ(t.hvp(y, {x, a}, {x, a})[1].item<float>(), 105);
  EXPECT_THROW(t.hvp(y, {x, a}, {x}), Error);
  EXPECT_EQ(t.hessian_diagonal(y, x).to_vector<float>(), (std::vector<float>{24, 36}));
  EXPECT_EQ(t.batch_hessian(x * x * x, x).to_vector<float>(), (std::vector<float>{12, 18}));
  const auto f = [](const Tensor& u, const Tensor& v) { return reduce_sum(u * u * u) * v; };
  const auto [hu, hv] = hvp(f, std::array{x, a}, std::array{x, a});
  EXPECT_EQ(hu.to_vector<float>(), (std::vector<float>{48 + 24, 108 + 54}));
  EXPECT_EQ(hv.item<float>(), 105);
  EXPECT_EQ(hvp([](const Tensor& u) { return reduce_sum(u * u); }, x, x).to_vector<float>(),
            (std::vector<float>{4, 6}));
}
TEST_F(Cpp, RowsOfJacobians) {
  const Tensor x = ctx.tensor<float>({2}, {2, 3});
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = x * x;
  JacobianOptions options;
  options.memory_budget = 1;
  std::vector<float> all;
  t.jacobian_rows(
      y, {x},
      [&](std::int64_t first, const std::vector<Tensor>& rows) {
        EXPECT_EQ(first, static_cast<std::int64_t>(all.size() / 2));
        for (float v : rows[0].to_vector<float>()) all.push_back(v);
      },
      options);
  EXPECT_EQ(all, (std::vector<float>{4, 0, 0, 6}));
  const auto fails = [](std::int64_t, const std::vector<Tensor>&) { throw std::range_error("enough"); };
  EXPECT_THROW(t.jacobian_rows(y, {x}, fails), std::range_error);
}
// Rows 42, 44 and 73 of tape-semantics: here the numbers can differ, and are checked.
TEST_F(Cpp, TooFewOutputGradientsAreAnError) {
  const Tensor x = num(2);
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = x * x;
  EXPECT_THROW(t.gradient({y, y}, {x}, {num(1)}), Error);
}
TEST_F(Cpp, TooManyOutputGradientsAreAnError) {
  const Tensor x = num(2);
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = x * x;
  EXPECT_THROW(t.gradient({y}, {x}, {num(1), num(1)}), Error);
  EXPECT_THROW(t.jvp({y}, {x}, {}), Error);
}
TEST_F(Cpp, ARuleThatReturnsTooFewGradientsIsAnError) {
  const Tensor x = num(2);
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const auto y = custom_gradient(
      std::vector<Tensor>{x, x}, [](const std::vector<Tensor>& in) { return std::vector<Tensor>{in[0] * in[1]}; },
      [](const Application&, const std::vector<Tensor>& dy) { return std::vector<Tensor>{dy[0]}; });
  EXPECT_THROW(t.gradient(y[0], x), Error);
}
TEST_F(Cpp, VariablesAndWatching) {
  Variable v(num(3));
  Tape t(ctx, GT_TAPE_PERSISTENT);
  const Tensor y = v * v;
  EXPECT_EQ(t.gradient(y, v).item(), 6);
  ASSERT_EQ(t.watched_variables().size(), 1u);
  EXPECT_EQ(t.watched_variables()[0].id(), v.id());
  EXPECT_NE(Variable(num(3)).id(), v.id());
  v.assign(num(5));
  v += num(1);
  v -= num(2);
  EXPECT_EQ(v.item(), 4);
  {
    const Tape::Pause pause(t);
    EXPECT_FALSE(t.gradient(v * v, v).has_value());
  }
  t.reset();
  t.end();
}
TEST_F(Cpp, LambdasThatThrowReachTheCaller) {
  const Tensor x = num(2);
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = custom_gradient(
      x, [](const Tensor& in) { return in; }, [](const Tensor&, const Tensor& dy) { return matmul(dy, dy); });
  EXPECT_THROW(t.gradient(y, x), Error);
  EXPECT_THROW(custom_gradient(
                   x, [](const Tensor&) -> Tensor { throw std::runtime_error("no"); },
                   [](const Tensor&, const Tensor& dy) { return dy; }),
               std::runtime_error);
  EXPECT_EQ((x * x).item(), 4);
}
TEST_F(Cpp, GeneratedFunctionsTakeDefaults) {
  const Tensor m = ctx.tensor<double>({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(reduce_sum(m).to_vector<double>(), (std::vector<double>{21}));
  EXPECT_EQ(reduce_sum(m, Ints{0}).to_vector<double>(), (std::vector<double>{5, 7, 9}));
  EXPECT_EQ(reduce_sum(m, Ints{}).shape(), (Shape{2, 3})) << "an empty list reduces nothing";
  EXPECT_EQ(reduce_sum(m, Ints{1}, true).shape(), (Shape{2, 1}));
  EXPECT_EQ(transpose(m).shape(), (Shape{3, 2}));
  EXPECT_EQ(eye(ctx, 2, std::nullopt, {}, Dtype::float32).dtype(), Dtype::float32);
  EXPECT_EQ(concat({m, m}, 1).shape(), (Shape{2, 6}));
  EXPECT_EQ(moments(m, Ints{0})[1].to_vector<double>(), (std::vector<double>{2.25, 2.25, 2.25}));
  EXPECT_EQ(random_normal(ctx, {2, 2}).dtype(), Dtype::float32);
  EXPECT_EQ(norm(ctx.tensor<double>({2}, {3, 4})).item(), 5);
  EXPECT_EQ(squeeze(ctx.tensor<double>({1, 2, 1}, {3, 4})).shape(), (Shape{2}));
}

TEST_F(Cpp, FunctionsAreRecordedOnceAndReplayed) {
  Variable w(ctx.tensor<float>({2}, {1, 1}));
  int recorded = 0;
  Function step(ctx, {{Dtype::float32, {2}}}, [&](const std::vector<Tensor>& in) {
    ++recorded;
    Tape tape(ctx);
    const Tensor loss = reduce_sum(square(w - in[0]));
    const Tensor g = tape.gradient(loss, w);
    w -= g * 0.25;
    return std::vector<Tensor>{loss, g};
  });
  const Tensor x = ctx.tensor<float>({2}, {3, 5});
  EXPECT_EQ(step({x})[0].item(), 20);
  EXPECT_EQ(w.to_vector<float>(), (std::vector<float>{2, 3}));
  float loss = 0, g[2];
  const float values[] = {3, 5};
  step.run({values}, {&loss, g});
  EXPECT_EQ(loss, 5);
  EXPECT_EQ(g[1], -4);
  EXPECT_EQ(recorded, 1);
  EXPECT_THROW(step({ctx.tensor<float>({3}, {1, 2, 3})}), Error);
  EXPECT_THROW(Function(ctx, {}, [](const std::vector<Tensor>&) -> std::vector<Tensor> { throw 1; }), int);
  Function moved = std::move(step);
  EXPECT_EQ(moved({x})[0].item(), 1.25);
}

}  // namespace
TEST_F(Cpp, AttributesByName) {
  const Tensor x = ctx.tensor<float>({1, 4, 4, 1}, std::vector<float>(16, 1)),
               w = ctx.tensor<float>({3, 3, 1, 1}, std::vector<float>(9, 1));
  EXPECT_EQ(conv2d(x, w).shape(), (Shape{1, 2, 2, 1}));
  EXPECT_EQ(conv2d(x, w, Ints{2, 2}, "SAME").shape(), (Shape{1, 2, 2, 1}));
  Conv2dAttrs attrs;
  attrs.padding = "SAME";
  EXPECT_EQ(conv2d(x, w, attrs).shape(), (Shape{1, 4, 4, 1}));
  EXPECT_EQ(conv2d(x, w, {.strides = {2}, .padding = Ints{1, 0, 0, 1}}).shape(), (Shape{1, 2, 2, 1}));
  EXPECT_EQ(cumsum(x, {.axis = 1, .reverse = true}).to_vector<float>()[0], 4);
}

}  // namespace gradtape
