// Loops, branches and checkpoints of lambdas, and all of them together.
#include <cmath>

#include "cpp/lambda_test.hpp"

namespace gradtape {
namespace {

using CppLoops = LambdaTest;

// ---- scan

TEST_F(CppLoops, ScanOfOneCarriedValue) {
  const auto [sum, before] = scan([](const Tensor& s, const Tensor& v) { return std::pair(s + v, s * 1); }, zero, x);
  EXPECT_EQ(sum.item(), 6);
  EXPECT_EQ(all(before), (Doubles{0, 1, 3}));
  static_assert(std::is_same_v<decltype(sum), const Tensor>);
  const auto alone = scan([](Tensor s, Tensor v) { return s * v; }, one, x);
  EXPECT_EQ(alone.carried.item(), 6);
  static_assert(std::is_same_v<decltype(alone.results), std::array<Tensor, 0>>);
  const auto generic = scan([](auto s, auto v) { return std::array{s + v, v * 2, v * 3}; }, zero, x);
  EXPECT_EQ(all(generic.results[1]), (Doubles{3, 6, 9}));
}
TEST_F(CppLoops, ScanOfSeveralCarriedValues) {
  const auto step = [](const Tensor& a, const Tensor& b, const Tensor& v, const Tensor& w) {
    return std::tuple(a + v, b * w, a * b);
  };
  const Tensor y = ctx.tensor({2, 2, 2});
  const auto braced = scan(step, {zero, one}, {x, y});
  static_assert(std::is_same_v<decltype(braced), const Scanned<std::array<Tensor, 2>, Tensor>>);
  const auto [a, b] = braced.carried;
  EXPECT_EQ(a.item(), 6);
  EXPECT_EQ(b.item(), 8);
  EXPECT_EQ(all(braced.results), (Doubles{0, 2, 12}));
  const auto of_tuple = scan(step, std::tuple(zero, one), std::array{x, y});
  EXPECT_EQ(std::get<1>(of_tuple.carried).item(), 8);
  const auto of_pair = scan(step, std::pair(zero, one), std::pair(x, y));
  EXPECT_EQ(of_pair.carried.first.item(), 6);
  const auto of_vector = scan(step, Tensors{zero, one}, Tensors{x, y});
  static_assert(std::is_same_v<decltype(of_vector), const Scanned<Tensors, Tensors>>);
  EXPECT_EQ(of_vector.carried.size(), 2u);
  EXPECT_EQ(all(of_vector.results.at(0)), (Doubles{0, 2, 12}));
  const auto nested = scan(
      [](const Tensor& p, const Tensor& q, const Tensor& v) {
        return std::pair(std::array{p + v, q * v}, std::pair(p * 1, q * 1));
      },
      {zero, one}, x);
  EXPECT_EQ(nested.carried[1].item(), 6);
  EXPECT_EQ(all(nested.results[0]), (Doubles{0, 1, 3}));
  EXPECT_EQ(all(nested.results[1]), (Doubles{1, 1, 2}));
}
TEST_F(CppLoops, ScanOfVectors) {
  const auto apart = [](const Tensors& carried, const Tensors& rows) {
    Tensors next;
    for (const Tensor& c : carried) next.push_back(c + rows[0]);
    return std::pair(next, Tensors{carried[0] * rows[1]});
  };
  const auto two = scan(apart, {zero, one}, {x, x});
  EXPECT_EQ(two.carried[0].item(), 6);
  EXPECT_EQ(two.carried[1].item(), 7);
  EXPECT_EQ(all(two.results.at(0)), (Doubles{0, 2, 9}));
  const auto together = scan([](const Tensors& in) { return Tensors{in[0] + in[1], in[0] * 1}; }, zero, x);
  EXPECT_EQ(together.carried.item(), 6);
  EXPECT_EQ(all(together.results.at(0)), (Doubles{0, 1, 3}));
}
TEST_F(CppLoops, ScanOptions) {
  const auto doubled = [](const Tensor& s) { return std::pair(s * 2, s * 1); };
  EXPECT_EQ(all(scan(doubled, one, {}, {.length = 4}).results), (Doubles{1, 2, 4, 8}));
  const auto before = [](const Tensor& s, const Tensor& v) { return std::pair(s + v, s * 1); };
  EXPECT_EQ(all(scan(before, zero, x, {.reverse = true}).results), (Doubles{5, 3, 0}));
  expect_error([&] { scan(before, zero, x, {.length = 4}); }, "which is 3 steps long; length says 4");
  expect_error([&] { scan(doubled, one); }, "options.length");
  expect_error([&] { scan(doubled, one, {}, {.length = -2}); }, "got -2");
}
// Reverse mode of a loop whose 200 carried values take 1.6 MB.
TEST_F(CppLoops, MemoryBudgets) {
  const auto peak = [](Doubles& gradient, const auto& loop) {
    const Context own;
    const Tensor start = full(own, {1000}, 0.5);
    gradient = all(grad([&](const Tensor& v) { return reduce_sum(loop(start, v)); })(start));
    return own.memory().peak;
  };
  const auto scanned = [](std::uint64_t budget) {
    return [budget](const Tensor& start, const Tensor& v) {
      return scan([&](const Tensor& s) { return sin(s) + v; }, start, {}, {.length = 200, .memory_budget = budget})
          .carried;
    };
  };
  const auto repeated = [](WhileOptions options) {
    return [options](const Tensor& start, const Tensor& v) {
      return while_loop([](const Tensor&, const Tensor& k) { return k < 199.5; },
                        [&](const Tensor& s, const Tensor& k) { return std::pair(sin(s) + v, k + 1); },
                        {start, start[0] * 0}, options)[0];
    };
  };
  Doubles whole, part, of_while, part_of_while;
  const auto most = peak(whole, scanned(0)), least = peak(part, scanned(400000));
  const auto most_of_while = peak(of_while, repeated({.max_steps = 300})),
             least_of_while = peak(part_of_while, repeated({.memory_budget = 400000}));
  EXPECT_GT(most, 1600000u);
  EXPECT_LT(least, 800000u);
  EXPECT_GT(most_of_while, 1600000u);
  EXPECT_LT(least_of_while, 800000u);
  for (const Doubles* g : {&part, &of_while, &part_of_while}) {
    ASSERT_EQ(g->size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR((*g)[i], whole[i], 1e-9 * std::abs(whole[i]));
  }
}
TEST_F(CppLoops, DerivativesOfScan) {
  // s -> s w + v from s0 = 0: the last one is v1 w^2 + v2 w + v3.
  const auto f = [this](const Tensor& w, const Tensor& s) {
    return scan([&](const Tensor& c, const Tensor& v) { return c * w + v; }, s, x).carried;
  };
  const auto [by_w, by_s] = grad(f)(ctx.scalar(2), zero);
  EXPECT_EQ(by_w.item(), 2 * 2 * 1 + 2);
  EXPECT_EQ(by_s.item(), 8);
  const auto second = hessian([&](const Tensor& w) { return f(w, zero); });
  EXPECT_EQ(second(ctx.scalar(2)).item(), 2);
  const auto along = jvp([&](const Tensor& w) { return f(w, zero); }, ctx.scalar(2), one);
  EXPECT_EQ(along.second.item(), 6);
  Variable w(ctx.tensor({2, 0.5}));
  Tape tape(ctx);
  const auto [last, products] =
      scan([&](const Tensor& c, const Tensor& v) { return std::pair(c * w, c * v); }, ones(ctx, {2}), x);
  EXPECT_EQ(all(tape.gradient(reduce_sum(last), w)), (Doubles{12, 0.75}));
  EXPECT_EQ(products.shape(), (Shape{3, 2}));
}

// ---- while_loop

TEST_F(CppLoops, WhileLoop) {
  const Tensor power = while_loop([](auto v) { return v < 10; }, [](auto v) { return v * 2; }, one);
  EXPECT_EQ(power.item(), 16);
  const auto below = [](const Tensor& v, const Tensor&) { return v < 10; };
  const auto step = [](const Tensor& v, const Tensor& n) { return std::pair(v * 2, n + 1); };
  const auto [v, n] = while_loop(below, step, {one, zero});
  EXPECT_EQ(v.item(), 16);
  EXPECT_EQ(n.item(), 4);
  const std::tuple<Tensor, Tensor> of_tuple = while_loop(below, step, std::tuple(one, zero));
  EXPECT_EQ(std::get<1>(of_tuple).item(), 4);
  const Tensors of_vector = while_loop([](const Tensors& in) { return in[0] < 10; },
                                       [](const Tensors& in) {
                                         return Tensors{in[0] * 2, in[1] + 1};
                                       },
                                       Tensors{one, zero});
  EXPECT_EQ(of_vector.at(1).item(), 4);
  EXPECT_EQ(while_loop(below, step, {one, zero}, {.max_steps = 2})[0].item(), 4);
  expect_error([&] { while_loop([](auto t) { return t * 2; }, [](auto t) { return t; }, one); }, "one bool");
}
TEST_F(CppLoops, DerivativesOfWhileLoop) {
  const auto powers = [](WhileOptions options) {
    return [options](const Tensor& a) {
      return while_loop([](const Tensor& v) { return v < 10; }, [&](const Tensor& v) { return v * a; }, a, options);
    };
  };
  const Tensor two = ctx.scalar(2);
  EXPECT_EQ(grad(powers({.max_steps = 10}))(two).item(), 32) << "of a^4";
  EXPECT_EQ(grad(powers({.memory_budget = 100}))(two).item(), 32);
  EXPECT_EQ(grad(grad(powers({.max_steps = 10})))(two).item(), 48);
  EXPECT_EQ(jvp(powers({}), two, one).second.item(), 32) << "forward mode needs no bound";
  expect_error([&] { grad(powers({}))(two); }, "max_steps");
}

// ---- cond

TEST_F(CppLoops, Cond) {
  const auto twice = [](const Tensor& v) { return v * 2; };
  const auto same = [](const Tensor& v) { return v; };
  EXPECT_EQ(all(cond(x[0] > 0, twice, same, x)), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(cond(x[0] < 0, twice, same, x)), (Doubles{1, 2, 3}));
  EXPECT_EQ(all(cond(
                x[0] > 0, [&] { return x * 3; }, [&] { return x; })),
            (Doubles{3, 6, 9}))
      << "no inputs";
  const auto [a, b] = cond(
      x[1] > 5, [](auto p, auto q) { return std::pair(p, q); }, [](auto p, auto q) { return std::pair(q, p); }, one,
      zero);
  EXPECT_EQ(a.item(), 0);
  EXPECT_EQ(b.item(), 1);
  const auto backwards = [](const Tensors& in) { return Tensors(in.rbegin(), in.rend()); };
  EXPECT_EQ(cond(x[0] > 0, backwards, [](const Tensors& in) { return in; }, {zero, one})[0].item(), 1);
  EXPECT_EQ(cond(x[0] > 0, backwards, backwards, zero, one)[0].item(), 1) << "a vector takes them one by one too";
  expect_error([&] { cond(x > 0, twice, same, x); }, "the predicate must be a bool without axes");
  expect_error(
      [&] {
        cond(
            x[0] > 0, twice, [](const Tensor& v) { return reduce_sum(v); }, x);
      },
      "float64[3]");
}
TEST_F(CppLoops, DerivativesOfCond) {
  const auto safe_root = [](const Tensor& v) {
    return cond(
        v > 0, [&] { return sqrt(v); }, [&] { return v * 0; });
  };
  EXPECT_EQ(grad(safe_root)(ctx.scalar(4)).item(), 0.25);
  EXPECT_EQ(grad(safe_root)(ctx.scalar(-4)).item(), 0) << "the branch that is not taken gives no nan";
  EXPECT_EQ(hessian(safe_root)(ctx.scalar(4)).item(), -1. / 32);
}

// ---- checkpoint

TEST_F(CppLoops, Checkpoint) {
  int calls = 0;
  const auto layer = [&](const Tensor& v, const Tensor& w) {
    ++calls;
    return sin(v * w);
  };
  const Tensor w = ctx.tensor({2, 1, 0.5});
  expect_near(checkpoint(layer, x, w), all(layer(x, w)));
  const auto deep = checkpoint(layer);
  const auto f = [&](const auto& block) {
    return grad([&](const Tensor& v, const Tensor& u) { return reduce_sum(block(block(v, u), u)); });
  };
  const auto [gx, gw] = f(deep)(x, w);
  const auto [hx, hw] = f(layer)(x, w);
  expect_near(gx, all(hx));
  expect_near(gw, all(hw));
  calls = 0;
  EXPECT_EQ(all(deep(x, x)), all(sin(x * x)));
  EXPECT_GE(calls, 1) << "recorded at each call";
  const auto pairs = checkpoint([](const Tensor& v) { return std::pair(v * 2, v * 3); });
  EXPECT_EQ(all(pairs(x).second), (Doubles{3, 6, 9}));
  const auto list = [](const Tensors& in) { return Tensors{in[0] + in[1]}; };
  EXPECT_EQ(all(checkpoint(list)({x, x})[0]), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(checkpoint(list, Tensors{x, x})[0]), (Doubles{2, 4, 6}));
}

// ---- Together

TEST_F(CppLoops, Nested) {
  // Rows of a matrix by vmap; for each a scan with a branch and an inner loop, in a checkpoint.
  const auto step = checkpoint([](const Tensor& s, const Tensor& v) {
    const Tensor grown =
        while_loop([](const Tensor& u) { return u < 4; }, [](const Tensor& u) { return u * 2; }, v, {.max_steps = 5});
    return cond(
        v > 1.5, [&] { return s + grown; }, [&] { return s * grown; });
  });
  const auto of_row = [&](const Tensor& row) { return scan(step, one, row).carried; };
  const Tensor m = ctx.tensor({{1, 2, 3}, {3, 1, 1}});
  // 1 * 4 + 4 + 6 = 14; (1 + 6) * 4 * 4 = 112.
  EXPECT_EQ(all(vmap(of_row)(m)), (Doubles{14, 112}));
  const Tensor g = grad([&](const Tensor& t) { return reduce_sum(vmap(of_row)(t)); })(m);
  EXPECT_EQ(all(g), (Doubles{4, 2, 2, 32, 112, 112}));
  auto f = function(ctx, {{Dtype::float64, {2, 3}}}, [&](const Tensor& t) { return vmap(of_row)(t); });
  EXPECT_EQ(all(f(m)), (Doubles{14, 112}));
  EXPECT_EQ(all(grad([&](const Tensor& t) { return reduce_sum(f(t)); })(m)), all(g));
}
TEST_F(CppLoops, DerivativesAsBodies) {
  const auto cube = [](const Tensor& a, const Tensor& b) { return reduce_sum(a * a * a * b); };
  Function f(ctx, {{Dtype::float64, {3}}, {Dtype::float64, {3}}}, grad(cube));
  EXPECT_EQ(all(f({x, x})[1]), (Doubles{1, 8, 27})) << "a derivative takes as many tensors as its function";
  const auto both = function(ctx, {{Dtype::float64, {3}}, {Dtype::float64, {3}}}, value_and_grad(cube));
  const auto [value, gradients] = both(x, x);
  EXPECT_EQ(value.item(), 98);
  EXPECT_EQ(all(gradients[1]), (Doubles{1, 8, 27}));
  const auto fall = [&](const Tensor& v) { return v - 0.1 * grad([](const Tensor& u) { return u * u; })(v); };
  EXPECT_NEAR(scan(fall, one, {}, {.length = 3}).carried.item(), 0.512, 1e-12);
  const Function plain(ctx, {{Dtype::float64, {3}}}, [](const Tensor& a) { return a * 2; });
  const auto calls_plain = [&](const Tensor& a) { return plain(a); };
  EXPECT_EQ(all(checkpoint(calls_plain)(x)[0]), (Doubles{2, 4, 6}));
  EXPECT_EQ(all(function(ctx, {{Dtype::float64, {3}}}, calls_plain)(x)[0]), (Doubles{2, 4, 6}));
}
TEST_F(CppLoops, LambdasThatCannotBeCopied) {
  auto step = [w = std::make_unique<double>(2)](const Tensor& s, const Tensor& v) { return s + v * *w; };
  EXPECT_EQ(scan(std::move(step), zero, x).carried.item(), 12);
  int calls = 0;
  EXPECT_EQ(scan([calls](const Tensor& s, const Tensor& v) mutable { return ++calls, s + v; }, zero, x).carried.item(),
            6);
}

}  // namespace
}  // namespace gradtape
