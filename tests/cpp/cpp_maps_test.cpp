// Maps over samples and roots of lambdas, linear maps of tapes, and failures of functions that take lambdas.
#include <cmath>

#include "cpp/lambda_test.hpp"

namespace gradtape {
namespace {

using CppMaps = LambdaTest;

// ---- vmap

TEST_F(CppMaps, Vmap) {
  const Tensor m = ctx.tensor({{1, 2, 3}, {4, 5, 6}});
  const auto dot = [](const Tensor& a, const Tensor& b) { return reduce_sum(a * b); };
  EXPECT_EQ(all(vmap(dot)(m, m)), (Doubles{14, 77}));
  EXPECT_EQ(all(vmap(dot, {.in_axes = {0, -1}})(m, x)), (Doubles{14, 32}));
  EXPECT_EQ(all(vmap(dot, {.in_axes = {1, 1}})(m, m)), (Doubles{17, 29, 45}));
  const auto both = [](const Tensor& a) { return std::pair(a * 2, a + 1); };
  const auto [rows, columns] = vmap(both, {.out_axes = {0, 1}})(m);
  EXPECT_EQ(rows.shape(), (Shape{2, 3}));
  EXPECT_EQ(columns.shape(), (Shape{3, 2}));
  EXPECT_EQ(all(columns), (Doubles{2, 5, 3, 6, 4, 7}));
  EXPECT_EQ(vmap([](const Tensor& a) { return a; }, {.in_axes = {-1}, .size = 2})(x).shape(), (Shape{2, 3}));
  const auto list = [](const Tensors& in) { return Tensors{in[0] + in[1]}; };
  EXPECT_EQ(all(vmap(list)({x, x})[0]), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(vmap(vmap([](const Tensor& a, const Tensor& b) { return a * b; }))(m, m)),
            (Doubles{1, 4, 9, 16, 25, 36}));
}
TEST_F(CppMaps, DrawsOfSamples) {
  const auto noise = [this](const Tensor& v) {
    return v * 0 + random_normal(ctx, {.shape = Ints{}, .dtype = Dtype::float64});
  };
  const Doubles own = all(vmap(noise)(x)), shared = all(vmap(noise, {.shared_draws = true})(x));
  EXPECT_NE(own[0], own[1]);
  EXPECT_EQ(shared[0], shared[1]);
}
TEST_F(CppMaps, DerivativesOfVmap) {
  const auto error = [](const Tensor& w, const Tensor& v, const Tensor& y) {
    const Tensor d = reduce_sum(w * v) - y;
    return d * d;
  };
  const Tensor w = ctx.tensor({1, 2}), m = ctx.tensor({{1, 2}, {3, 4}, {5, 6}}), y = zeros(ctx, {3});
  const auto by_sample = vmap(grad(error), {.in_axes = {-1, 0, 0}})(w, m, y);
  EXPECT_EQ(all(by_sample[0]), (Doubles{10, 20, 66, 88, 170, 204}));
  const auto [values, gradients] = vmap(value_and_grad(error), {.in_axes = {-1, 0, 0}})(w, m, y);
  static_assert(std::is_same_v<decltype(gradients), const std::array<Tensor, 3>>);
  EXPECT_EQ(all(values), (Doubles{25, 121, 289}));
}
TEST_F(CppMaps, GradientsThroughVmap) {
  const auto cubes = vmap([](const Tensor& v) { return v * v * v; });
  EXPECT_EQ(all(grad([&](const Tensor& v) { return reduce_sum(cubes(v)); })(x)), (Doubles{3, 12, 27}));
  EXPECT_EQ(all(jacobian(cubes)(x)), (Doubles{3, 0, 0, 0, 12, 0, 0, 0, 27}));
  EXPECT_EQ(all(vmap(hessian([](const Tensor& v) { return v * v * v; }))(x)), (Doubles{6, 12, 18}));
}

// ---- root

TEST_F(CppMaps, Root) {
  const Tensor y = root([this](const Tensor& u) { return u * u - x; }, ones(ctx, {3}));
  expect_near(y, {1, std::sqrt(2), std::sqrt(3)});
  const auto circle = [](const Tensor& a, const Tensor& b) { return std::pair(a * a + b * b - 2, a - b); };
  const auto [a, b] = root(circle, {ctx.scalar(2), ctx.scalar(0.5)});
  EXPECT_NEAR(a.item(), 1, 1e-9);
  EXPECT_NEAR(b.item(), 1, 1e-9);
  const auto extended = [](const Tensor& u) { return std::pair(u * u - 4, u * 10); };
  const auto [unknown, more] = root(extended, one);
  EXPECT_NEAR(unknown.item(), 2, 1e-9);
  EXPECT_NEAR(more.item(), 20, 1e-8);
  const Tensors list = root([](const Tensors& in) { return Tensors{in[0] - 3, in[0] * 2}; }, Tensors{one});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_NEAR(list[1].item(), 6, 1e-9);
}
TEST_F(CppMaps, RootOptions) {
  const auto residual = [](const Tensor& u) { return u * u - 4; };
  expect_error([&] { root(residual, ctx.scalar(100), {.max_steps = 2}).item(); }, "no root was found");
  EXPECT_EQ(root(residual, ctx.scalar(2.4), {.tolerance = 2}).item(), 2.4) << "near enough";
  int calls = 0;
  const auto halving = [&](const Tensor& guess) {
    ++calls;
    return guess * 2;
  };
  EXPECT_EQ(root(residual, one, {.solver = halving}).item(), 2);
  EXPECT_EQ(calls, 1);
  expect_error([&] { root(residual, zero, {.solver = halving}).item(); }, "no root was found");
  const auto list = [](const Tensors& guesses) { return Tensors{guesses[0] * 2}; };
  EXPECT_EQ(root(residual, one, {.solver = list}).item(), 2);
}
TEST_F(CppMaps, RootByOtherSystems) {
  for (const RootLinear linear :
       {RootLinear::dense, RootLinear::banded, RootLinear::sparse, RootLinear::cg, RootLinear::gmres}) {
    const auto square_root = [&](const Tensor& v) {
      return root([&](const Tensor& u) { return u * u - v; }, ones(ctx, {3}),
                  {.linear = linear, .linear_tolerance = 1e-12, .linear_max_steps = 9, .linear_restart = 3});
    };
    const Tensor given = ctx.tensor({1, 4, 16});
    expect_near(square_root(given), {1, 2, 4});
    expect_near(grad([&](const Tensor& v) { return reduce_sum(square_root(v)); })(given), {0.5, 0.25, 0.125});
  }
}
TEST_F(CppMaps, FixedPoint) {
  const auto cosine = [](const Tensor& u) { return cos(u); };
  EXPECT_NEAR(fixed_point(cosine, one).item(), 0.7390851332151607, 1e-10);
  const auto scaled = [this](const Tensor& v) { return fixed_point([&](const Tensor& u) { return v * cos(u); }, one); };
  const double at = 0.7390851332151607;
  EXPECT_NEAR(grad(scaled)(one).item(), std::cos(at) / (1 + std::sin(at)), 1e-9);
  const auto [a, b] =
      fixed_point([](const Tensor& u, const Tensor& v) { return std::pair(cos(v), cos(u)); }, {one, zero});
  EXPECT_NEAR(a.item(), at, 1e-10);
  EXPECT_NEAR(b.item(), at, 1e-10);
  const auto [found, twice] = fixed_point([](const Tensor& u) { return std::pair(cos(u), u * 2); }, one,
                                          {.linear = RootLinear::dense, .method = RootMethod::newton});
  EXPECT_NEAR(twice.item(), 2 * at, 1e-10);
  EXPECT_NEAR(found.item(), at, 1e-10);
  const FixedPointOptions few{.max_steps = 2, .history = 1, .damping = 0.5};
  expect_error([&] { fixed_point(cosine, one, few).item(); }, "no root was found");
  EXPECT_NEAR(fixed_point(cosine, one, {.solver = [&](const Tensor&) { return ctx.scalar(at); }}).item(), at, 1e-15);
}
TEST_F(CppMaps, DerivativesOfRoot) {
  const auto square_root = [this](const Tensor& v) { return root([&](const Tensor& u) { return u * u - v; }, one); };
  EXPECT_NEAR(grad(square_root)(ctx.scalar(4)).item(), 0.25, 1e-9);
  EXPECT_NEAR(hessian(square_root)(ctx.scalar(4)).item(), -1. / 32, 1e-9);
  EXPECT_NEAR(jvp(square_root, ctx.scalar(4), one).second.item(), 0.25, 1e-9);
}

// ---- linearize

TEST_F(CppMaps, LinearMapsOfTapes) {
  Tape tape(ctx, GT_TAPE_PERSISTENT);
  tape.watch(x, zero);
  const Tensor y = x * x, z = reduce_sum(x) + zero;
  const Function push = tape.linearize({y, z}, {x, zero});
  const Tensors along = push({x, one});
  EXPECT_EQ(all(along.at(0)), (Doubles{2, 8, 18}));
  EXPECT_EQ(along.at(1).item(), 7);
  const Function pull = tape.linearize(y, x, true);
  EXPECT_EQ(all(pull(Doubles{1, 1, 2})), (Doubles{2, 4, 12})) << "elements in a row are of the target's size";
  std::vector<double> out(3);
  pull.run({Doubles{1, 0, 0}}, {out});
  EXPECT_EQ(out, (Doubles{2, 0, 0}));
  EXPECT_THROW(push(x), Error) << "one tangent for two sources";
}
TEST_F(CppMaps, LinearizedLambdas) {
  auto [y, push] = linearize([](const Tensor& v) { return v * v * v; }, x);
  EXPECT_EQ(all(y), (Doubles{1, 8, 27}));
  EXPECT_EQ(all(push(x)), (Doubles{3, 24, 81}));
  EXPECT_EQ(all(push(ones(ctx, {3}))), (Doubles{3, 12, 27})) << "as often as wanted";
  const auto two = linearize([](const Tensor& a, const Tensor& b) { return std::pair(a * b, a + b); }, x, x);
  const auto [product, sum] = two.second(x, zeros(ctx, {3}));
  EXPECT_EQ(all(product), (Doubles{1, 4, 9}));
  EXPECT_EQ(all(sum), (Doubles{1, 2, 3}));
}

// ---- Failures

TEST_F(CppMaps, ExceptionsOfLambdas) {
  const auto bad = [](const Tensor&) -> Tensor { throw Own("mine"); };
  const auto same = [](const Tensor& v) { return v; };
  const auto yes = [](const Tensor& v) { return reduce_all(v > 0); };
  const auto caught = [](auto&& f) { return thrown<Own>(f); };
  EXPECT_EQ(caught([&] { scan([](auto, auto) -> Tensor { throw Own("mine"); }, zero, x); }), "mine");
  EXPECT_EQ(caught([&] { scan([](const Tensors&, const Tensors&) -> Tensors { throw Own("mine"); }, zero, x); }),
            "mine");
  EXPECT_EQ(caught([&] { while_loop(bad, same, x); }), "mine");
  EXPECT_EQ(caught([&] { while_loop(yes, bad, x); }), "mine");
  EXPECT_EQ(caught([&] { cond(x[0] > 0, bad, same, x); }), "mine");
  EXPECT_EQ(caught([&] { cond(x[0] > 0, same, bad, x); }), "mine");
  EXPECT_EQ(caught([&] { checkpoint(bad, x); }), "mine");
  EXPECT_EQ(caught([&] { vmap(bad)(x); }), "mine");
  EXPECT_EQ(caught([&] { root(bad, x); }), "mine");
  EXPECT_EQ(caught([&] { root(same, x, {.solver = bad}); }), "mine");
  EXPECT_EQ(caught([&] { scan([&](auto s, auto v) { return checkpoint(bad, s) + v; }, zero, x); }), "mine")
      << "through two calls";
  EXPECT_THROW(checkpoint([](const Tensor&) -> Tensor { throw 7; }, x), int);
  EXPECT_THROW(checkpoint([](const Tensor&) -> Tensor { throw std::bad_alloc(); }, x), std::bad_alloc);
  const std::string outside = thrown([&] { x + ctx.tensor({1, 2}); });
  EXPECT_NE(outside.find("add: "), std::string::npos);
  EXPECT_EQ(thrown([&] { checkpoint([&](const Tensor& v) { return v + ctx.tensor({1, 2}); }, x); }), outside);
  expect_error([&] { checkpoint([](const Tensor& v) { return v * v[0].item(); }, x); }, "no value");
  EXPECT_EQ(all(checkpoint(same, x)), (Doubles{1, 2, 3})) << "the context is as it was";
}
TEST_F(CppMaps, WrongArguments) {
  const auto same = [](const Tensor& v) { return v; };
  const auto sum = [](const Tensor& a, const Tensor& b) { return a + b; };
  expect_error([&] { vmap(sum, {.in_axes = {0}})(x, x); }, "vmap: in_axes has 1 axes for 2 inputs");
  expect_error([&] { vmap(same, {.out_axes = {0, 0}})(x); }, "vmap: out_axes has 2 axes for 1 outputs");
  expect_error([&] { vmap(same, {.in_axes = {-2}})(x); }, "in_axes[0] is -2");
  expect_error([&] { scan(sum, Tensors{zero}, Tensors{x, x}); }, "scan: body: got 3 tensor(s)");
  expect_error([&] { checkpoint(same, Tensors{x, x}); }, "checkpoint: body: got 2 tensor(s)");
  expect_error([&] { checkpoint([](const Tensors& in) { return in; }, Tensors{}); }, "checkpoint: one Tensor at least");
  expect_error([&] { scan(sum, Tensor(), Tensor()); }, "scan: one Tensor at least");
  expect_error([&] { while_loop(same, same, Tensor()); }, "while_loop: one Tensor at least");
  expect_error([&] { cond(Tensor(), same, same, x); }, "cond: one Tensor at least");
  EXPECT_THROW(scan(sum, Tensor(), x), Error);
  EXPECT_THROW(checkpoint(sum, x, Tensor()), Error);
  EXPECT_THROW(checkpoint([](const Tensor&) { return Tensor(); }, x), Error) << "an empty result";
  EXPECT_THROW(checkpoint([&](const Tensors&) { return Tensors(257, x); }, Tensors{x}), Error) << "256 at most";
  EXPECT_EQ(checkpoint([&](const Tensors& in) { return Tensors(256, in[0]); }, Tensors{x}).size(), 256u);
  const auto [carried, none] = scan(sum, one, zeros(ctx, {0}));
  EXPECT_EQ(carried.item(), 1) << "no step";
}
TEST_F(CppMaps, NothingIsLeftBehind) {
  const auto handles = [&] { return ctx.memory().handles; };
  const auto work = [&] {
    grad([&](const Tensor& v) {
      return reduce_sum(scan([](const Tensor& s, const Tensor& u) { return std::pair(s + u, s); }, zero, v).results);
    })(x);
    thrown<Own>([&] { checkpoint([](const Tensor& v) -> Tensor { (v * 2), throw Own(""); }, x); });
    thrown([&] { checkpoint([&](const Tensors&) { return Tensors(257, x); }, Tensors{x}); });
    linearize([](const Tensor& v) { return v * v; }, x).second(x);
  };
  work();
  const auto before = handles();
  work();
  EXPECT_EQ(handles(), before);
}

}  // namespace
}  // namespace gradtape
