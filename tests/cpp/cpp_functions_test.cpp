// Functions of lambdas, and derivatives of lambdas.
#include <gtest/gtest.h>

#include <span>

#include "gradtape/gradtape.hpp"

namespace gradtape {
namespace {

using Doubles = std::vector<double>;
using Tensors = std::vector<Tensor>;
struct CppFunctions : testing::Test {
  Context ctx;
  Tensor x = ctx.tensor({1, 2, 3});
  Spec three{Dtype::float64, {3}}, number{Dtype::float64, {}}, any{Dtype::float64, {-1}};
  static Doubles all(const Tensor& t) { return t.to_vector<double>(); }
};

TEST_F(CppFunctions, BodiesOfEveryKind) {
  EXPECT_EQ(all(Function(ctx, {three}, [](const Tensor& a) { return a * 2; })(x)), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(Function(ctx, {three, three}, [](Tensor a, Tensor b) { return a * b; })(x, x)), (Doubles{1, 4, 9}));
  EXPECT_EQ(all(Function(ctx, {three, three}, [](auto a, auto b) { return a + b; })(x, x)), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(Function(ctx, {three}, [](const Tensors& in) { return in; })({x})[0]), (Doubles{1, 2, 3}));
  EXPECT_EQ(all(Function(ctx, {}, [this] { return x; })()), (Doubles{1, 2, 3}));
  EXPECT_EQ(Function(ctx, {three}, [](const Tensor& a) { return std::tuple(a, a, a); })({x}).size(), 3u);
  EXPECT_EQ(Function(ctx, {three}, [](const Tensor& a) { return std::pair(a, a); })({x}).size(), 2u);
  EXPECT_EQ(Function(ctx, {three}, [](const Tensor& a) { return std::array{a, a}; })({x}).size(), 2u);
  Variable v(ctx.tensor({0, 0, 0}));
  Function add(ctx, {three}, [&](const Tensor& a) { v += a; });
  add(x);
  EXPECT_TRUE(add({x}).empty());
  EXPECT_EQ(all(v), (Doubles{2, 4, 6}));
  EXPECT_THROW(Function(ctx, {three}, [](const Tensor& a, const Tensor&) { return a; }), Error);
}
TEST_F(CppFunctions, TypedResults) {
  auto both = function(ctx, {three, number}, [](const Tensor& a, const Tensor& k) { return std::pair(a * k, k); });
  const auto [product, k] = both(x, 2.0);
  EXPECT_EQ(all(product), (Doubles{2, 4, 6}));
  EXPECT_EQ(k.item(), 2);
  auto one = function(ctx, {three}, [](auto a) { return reduce_sum(a); });
  EXPECT_EQ((one(x) + 1).item(), 7);
  Function plain(ctx, {three}, [](const Tensor& a) { return std::pair(a, a); });
  EXPECT_THROW(static_cast<Tensor>(plain(x)), Error) << "two outputs are not one";
}
TEST_F(CppFunctions, ArgumentsAsNumbersAndMemory) {
  Function f(ctx, {any, number}, [](const Tensor& a, const Tensor& k) { return a * k; });
  const std::vector<double> v{1, 2};
  const double c[] = {4};
  EXPECT_EQ(all(f(v, 2)), (Doubles{2, 4}));
  EXPECT_EQ(all(f(std::span(v), x[0])), (Doubles{1, 2}));
  EXPECT_EQ(all(f(c, 0.5)), (Doubles{2}));
  EXPECT_THROW(f(std::vector<float>{1}, 1), Error) << "floats for doubles";
  EXPECT_THROW(f(v), Error) << "one argument too few";
  Function square(ctx, {{Dtype::float64, {2, 2}}}, [](const Tensor& a) { return matmul(a, a); });
  EXPECT_THROW(square(v), Error) << "two elements for four";
}
TEST_F(CppFunctions, Compiled) {
  Function f(ctx, {any}, [](const Tensor& a) { return a * (a * 2 + 3) - a; });
  f.compile();
  EXPECT_EQ(all(f(x)), (Doubles{4, 12, 24}));
  std::array<double, 3> out{};
  f.run({std::vector<double>{3, 2, 1}}, {out});
  EXPECT_EQ(out, (std::array<double, 3>{24, 12, 4}));
}
TEST_F(CppFunctions, RunChecksTypesAndSizes) {
  Function f(ctx, {three}, [](const Tensor& a) { return std::pair(a * 2, reduce_sum(a)); });
  const std::vector<double> in{1, 2, 3};
  std::vector<double> out(3);
  double sum = 0;
  f.run({in}, {out, &sum});
  EXPECT_EQ(out, (Doubles{2, 4, 6}));
  EXPECT_EQ(sum, 6);
  f.run({std::span(in)}, {std::span(out), std::span(&sum, 1)});
  f.run({in.data()}, {out.data(), &sum});
  const double raw[] = {1, 2, 3};
  f.run({raw}, {out, &sum});
  std::vector<float> floats{1, 2, 3};
  std::vector<double> two(2);
  EXPECT_THROW(f.run({floats}, {out, &sum}), Error);
  EXPECT_THROW(f.run({floats.data()}, {out, &sum}), Error);
  EXPECT_THROW(f.run({two}, {out, &sum}), Error);
  EXPECT_THROW(f.run({in}, {two, &sum}), Error);
  EXPECT_THROW(f.run({in}, {floats, &sum}), Error);
  EXPECT_THROW(f.run({in}, {out}), Error);
  const Function moved = std::move(f);
  moved.run({in}, {out, &sum});
  EXPECT_NE(moved.describe().find("loop"), std::string::npos);
}

TEST_F(CppFunctions, GradientsOfLambdas) {
  const auto cube = [](const Tensor& t) { return reduce_sum(t * t * t); };
  const auto gradient = grad(cube);
  EXPECT_EQ(all(gradient(x)), (Doubles{3, 12, 27}));
  const auto two = [](const Tensor& a, const Tensor& b) { return reduce_sum(a * a * b); };
  const auto [ga, gb] = grad(two)(x, x);
  EXPECT_EQ(all(ga), (Doubles{2, 8, 18})) << "one tensor given twice is two arguments";
  EXPECT_EQ(all(gb), (Doubles{1, 4, 9}));
  const auto [value, g] = value_and_grad(cube)(x);
  EXPECT_EQ(value.item(), 36);
  EXPECT_EQ(all(g), (Doubles{3, 12, 27}));
  const auto fourth = [](const Tensor& t) { return t * t * t * t; };
  const Tensor z = ctx.tensor({2});
  EXPECT_EQ(all(grad(grad(grad(fourth)))(z)), (Doubles{48}));
  EXPECT_THROW(grad(fourth)(x), Error) << "three numbers have no one gradient";
  EXPECT_EQ(all(grad([&](const Tensor&) { return reduce_sum(x); })(z)), (Doubles{0})) << "not connected: 0";
  Variable v(ctx.tensor({3}));
  EXPECT_EQ(all(grad([](const Tensor& t) { return t * t; })(v)), (Doubles{6}));
}
TEST_F(CppFunctions, MatricesOfDerivatives) {
  const auto square = [](const Tensor& t) { return t * t; };
  EXPECT_EQ(all(jacobian(square)(x)), (Doubles{2, 0, 0, 0, 4, 0, 0, 0, 6}));
  JacobianOptions forward;
  forward.mode = GT_MODE_FORWARD;
  EXPECT_EQ(all(jacobian(square, forward)(x)), (Doubles{2, 0, 0, 0, 4, 0, 0, 0, 6}));
  const auto cube = [](const Tensor& t) { return reduce_sum(t * t * t); };
  EXPECT_EQ(all(hessian(cube)(x)), (Doubles{6, 0, 0, 0, 12, 0, 0, 0, 18}));
  const auto two = [](const Tensor& a, const Tensor& b) { return reduce_sum(a * a * b); };
  const auto h = hessian(two)(x, x);
  EXPECT_EQ(all(h[0][0]), (Doubles{2, 0, 0, 0, 4, 0, 0, 0, 6}));
  EXPECT_EQ(all(h[0][1]), all(h[0][0]));
  EXPECT_EQ(all(h[1][1]), Doubles(9, 0));
}
TEST_F(CppFunctions, ProductsWithJacobians) {
  const auto fourth = [](const Tensor& t) { return t * t * t * t; };
  const Tensor z = ctx.tensor({2}), one = ctx.tensor({1});
  const auto [y, dy] = jvp(fourth, z, one);
  EXPECT_EQ(y.item(), 16);
  EXPECT_EQ(dy.item(), 32);
  const auto two = [](const Tensor& a, const Tensor& b) { return std::pair(a * b, a + b); };
  const auto [values, tangents] = jvp(two, std::array{z, one}, std::array{one, one});
  EXPECT_EQ(tangents.first.item(), 3);
  EXPECT_EQ(tangents.second.item(), 2);
  const auto [w, pull] = vjp(two, z, one);
  const auto [da, db] = pull(one, one);
  EXPECT_EQ(da.item(), 2);
  EXPECT_EQ(db.item(), 3);
  EXPECT_EQ(std::get<0>(pull(z, one)).item(), 3) << "as often as wanted";
  // A Hessian times a vector: forward over reverse.
  const auto cube = [](const Tensor& t) { return reduce_sum(t * t * t); };
  EXPECT_EQ(all(jvp(grad(cube), x, x).second), (Doubles{6, 24, 54}));
}
TEST_F(CppFunctions, DerivativesInsideAFunction) {
  auto f = function(ctx, {three},
                    [](const Tensor& a) { return grad([](const Tensor& t) { return reduce_sum(t * t); })(a); });
  EXPECT_EQ(all(f(x)), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(grad([&](const Tensor& t) { return reduce_sum(f(t)); })(x)), (Doubles{2, 2, 2}));
}
TEST_F(CppFunctions, GradientsByName) {
  Tape t(ctx, GT_TAPE_PERSISTENT);
  const Tensor y = ctx.tensor({4, 5, 6});
  t.watch(x, y);
  const Tensor z = reduce_sum(x * y);
  const auto [gx, gy] = t.gradient(z, x, y);
  EXPECT_EQ(all(gx), all(y));
  EXPECT_EQ(all(gy), all(x));
  std::vector<Variable> parameters{Variable(x), Variable(y)};
  const Tensor loss = reduce_sum(parameters[0] * parameters[1]);
  EXPECT_EQ(all(t.gradient(loss, parameters)[0]), all(y));
  EXPECT_EQ(t.jvp(z, x, x).item(), 32);
}

}  // namespace
}  // namespace gradtape
