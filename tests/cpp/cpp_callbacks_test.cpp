// Lambdas as callbacks: what they throw arrives as it was thrown; ops and gradients of one's own.
#include <gtest/gtest.h>

#include "gradtape/gradtape.hpp"

namespace gradtape {
namespace {

struct Own : std::runtime_error {
  using std::runtime_error::runtime_error;
};
using Tensors = std::vector<Tensor>;

struct CppCallbacks : testing::Test {
  Context ctx;
  Tensor x = ctx.tensor({1, 2, 3});
  template <class E, class F>
  std::string thrown(F&& f) {
    try {
      f();
    } catch (const E& e) {
      return e.what();
    }
    return "nothing";
  }
  template <class Body>
  Function function_of(Body body) {
    return Function(ctx, {{Dtype::float64, {3}}}, body);
  }
};

TEST_F(CppCallbacks, FunctionBodies) {
  const std::string outside = thrown<Error>([&] { x + ctx.tensor({1, 2}); });
  EXPECT_NE(outside.find("add: "), std::string::npos);
  EXPECT_EQ(thrown<Error>([&] { function_of([&](const Tensor& a) { return a + ctx.tensor({1, 2}); }); }), outside);
  EXPECT_NE(
      thrown<Error>([&] { function_of([&](const Tensor& a) { return a * reduce_sum(a).item(); }); }).find("reduce_sum"),
      std::string::npos);
  EXPECT_EQ(thrown<Own>([&] { function_of([&](const Tensor&) -> Tensor { throw Own("mine"); }); }), "mine");
  EXPECT_THROW(function_of([&](const Tensor&) -> Tensor { throw 7; }), int);
  EXPECT_THROW(function_of([&](const Tensor&) -> Tensor { throw std::bad_alloc(); }), std::bad_alloc);
  EXPECT_EQ((x * x).to_vector<double>()[2], 9) << "the context is as it was";
}
TEST_F(CppCallbacks, ARetrace) {
  int calls = 0;
  Function f(ctx, {{Dtype::float64, {-1}}}, [&](const Tensor& a) {
    if (++calls == 2) throw Own("second size");
    return a * 2;
  });
  EXPECT_EQ(Tensor(f(x)).size(), 3u);
  EXPECT_EQ(thrown<Own>([&] { f(ctx.tensor({1, 2})); }), "second size");
  EXPECT_EQ(Tensor(f(ctx.tensor({1, 2}))).size(), 2u);
}
TEST_F(CppCallbacks, Gradients) {
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = custom_gradient(
      x, [](const Tensor& v) { return v * v; }, [&](const Tensor&, const Tensor& dy) { return cholesky(dy); });
  EXPECT_NE(thrown<Error>([&] { t.gradient(y, x); }).find("cholesky: "), std::string::npos);
  const Tensor z = custom_gradient(
      x, [](const Tensor& v) { return v * v; },
      [&](const Tensor&, const Tensor&) -> Tensor { throw Own("in a gradient"); });
  EXPECT_EQ(thrown<Own>([&] { t.gradient(z, x); }), "in a gradient");
  EXPECT_EQ(thrown<Own>([&] {
              custom_gradient(
                  x, [](const Tensor&) -> Tensor { throw Own("in a forward"); },
                  [](const Tensor&, const Tensor& dy) { return dy; });
            }),
            "in a forward");
  register_gradient("cpp_callbacks_rule",
                    [](const Application&, const Tensors&) -> Tensors { throw Own("in a rule"); });
  const Tensor w = apply_with_gradient("sin", "cpp_callbacks_rule", {x})[0];
  EXPECT_EQ(thrown<Own>([&] { t.gradient(w, x); }), "in a rule");
  EXPECT_EQ(thrown<Own>([&] {
              function_of([&](const Tensor& a) {
                return custom_gradient(
                    a, [](const Tensor&) -> Tensor { throw Own("two deep"); },
                    [](const Tensor&, const Tensor& dy) { return dy; });
              });
            }),
            "two deep");
}
TEST_F(CppCallbacks, ACheckThatFindsADefectTellsAll) {
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const auto squared = [](const Tensor& v) { return v * v; };
  const Tensor wrong = custom_gradient(x, squared, [](const Tensor&, const Tensor& dy) { return dy; });
  const std::string text = thrown<Error>([&] { t.check(wrong, x); });
  EXPECT_TRUE(text.starts_with("gt_tape_check: ")) << text;
  EXPECT_NE(text.find("\n1 op with a defect in 1 op"), std::string::npos) << text;
  EXPECT_NE(text.find("WRONG"), std::string::npos) << text;
  Tensor chain = x;
  for (int i = 0; i < 200; ++i) chain = sin(chain);
  const std::string report = t.check(chain, x);
  EXPECT_GT(report.size(), 4096u);
  EXPECT_TRUE(report.starts_with("no defect found in 200 ops")) << report;
  EXPECT_EQ(report.back(), '\n');
}
// The exception of a rule inside a Jacobian's first attempt is forgotten when row by row succeeds.
TEST_F(CppCallbacks, AnAttemptThatIsGivenUp) {
  Tape t(ctx, GT_TAPE_PERSISTENT);
  t.watch(x);
  const Tensor y = custom_gradient(
      x, [](const Tensor& v) { return v * 1.0; },
      [](const Tensor&, const Tensor& dy) { return dy * dy.to_vector<double>().size(); });
  EXPECT_EQ(t.jacobian(y, x).to_vector<double>(), (std::vector<double>{3, 0, 0, 0, 3, 0, 0, 0, 3}));
  EXPECT_NE(thrown<Error>([&] { matmul(x, ctx.tensor({1, 2})); }).find("matmul"), std::string::npos);
  JacobianOptions options;
  options.memory_budget = 1;
  options.progress = [](std::uint64_t, std::uint64_t) -> bool { throw Own("in progress"); };
  const Tensor s = sin(x);
  EXPECT_EQ(thrown<Own>([&] { t.jacobian(s * s, x, options); }), "in progress");
}
TEST_F(CppCallbacks, ManyOutputs) {
  const Tensor series = ctx.zeros({100, 3});
  EXPECT_EQ(unstack(series).size(), 100u);
  EXPECT_EQ(split(series, 100).size(), 100u);
  int forwards = 0;
  const Tensors y = custom_gradient(
      Tensors{x},
      [&](const Tensors& in) {
        ++forwards;
        return Tensors(100, in[0] * 2);
      },
      [](const Application&, const Tensors& dy) { return Tensors{dy[0]}; });
  EXPECT_EQ(y.size(), 100u);
  EXPECT_EQ(forwards, 1);
  Function f(ctx, {{Dtype::float64, {3}}}, [](const Tensors& in) { return Tensors(100, in[0] * 2.0); });
  EXPECT_EQ(f({x}).size(), 100u);
}
TEST_F(CppCallbacks, OpsFromLambdas) {
  register_op("cpp_callbacks_scale",
              {.doc = "by * x",
               .infer =
                   [](const std::vector<Spec>& in, const OpAttrs& a) {
                     if (a.find("refuse")) throw Own("in infer");
                     return std::vector<Spec>{in[0]};
                   },
               .compute =
                   [](const std::vector<OpInput>& in, const std::vector<OpOutput>& out, const OpAttrs& a) {
                     if (a.find("fail")) throw Own("in compute");
                     const View<double> v = in[0].data<double>();
                     double* y = out[0].data<double>();
                     for (std::size_t i = 0; i < v.size(); ++i) y[i] = a.number("by", 1) * v[i];
                   },
               .gradient =
                   [](const Application& a, const Tensors& dy) {
                     return Tensors{dy[0] * OpAttrs(a.attrs.data(), a.attrs.size()).number("by", 1)};
                   }});
  const double three = 3;
  const gt_attr by{"by", GT_ATTR_FLOAT, 0, 1, &three}, fail{"fail", GT_ATTR_FLOAT, 0, 1, &three},
      refuse{"refuse", GT_ATTR_FLOAT, 0, 1, &three};
  Tape t(ctx);
  t.watch(x);
  const Tensor y = ctx.apply("cpp_callbacks_scale", {x}, {by})[0];
  EXPECT_EQ(y.to_vector<double>(), (std::vector<double>{3, 6, 9}));
  EXPECT_EQ(t.gradient(y, x).to_vector<double>(), (std::vector<double>{3, 3, 3}));
  EXPECT_EQ(thrown<Own>([&] { ctx.apply("cpp_callbacks_scale", {x}, {refuse}); }), "in infer");
  const Tensor bad = ctx.apply("cpp_callbacks_scale", {x}, {fail})[0];
  EXPECT_EQ(thrown<Own>([&] { bad.to_vector<double>(); }), "in compute");
  register_op("cpp_callbacks_square",
              {.composite = [](const Tensors& in, const OpAttrs&) { return Tensors{in[0] * in[0]}; }});
  EXPECT_EQ(grad([&](const Tensor& v) { return reduce_sum(ctx.apply("cpp_callbacks_square", {v})[0]); })(x)
                .to_vector<double>(),
            (std::vector<double>{2, 4, 6}));
  EXPECT_THROW(register_op("cpp_callbacks_square", {.composite = [](const Tensors& in, const OpAttrs&) { return in; }}),
               Error);
  EXPECT_THROW(register_op("cpp_callbacks_nothing", {}), Error);
}
TEST_F(CppCallbacks, AnEmptyTensorSaysWhere) {
  Tape t(ctx);
  const Tensor y = x * x;
  const Tensor g = t.gradient(y, x);
  EXPECT_FALSE(g.has_value());
  EXPECT_NE(thrown<Error>([&] { x - 0.1 * g; }).find("was it watched before the ops"), std::string::npos);
  EXPECT_NE(thrown<Error>([&] { Tensor() * x; }).find("multiply: input 0 is an empty Tensor"), std::string::npos);
  EXPECT_NE(thrown<Error>([&] { sin(Tensor()); }).find("was the source watched before"), std::string::npos);
  EXPECT_NE(thrown<Error>([&] { Tensor().shape(); }).find("empty Tensor"), std::string::npos);
}

}  // namespace
}  // namespace gradtape
