// gt_set_checks: the first op that makes a nan or an infinity is named, forwards and backwards, and nothing else.
#include "support/each_op.hpp"
#include "support/samples.hpp"
#include "support/twins.hpp"

namespace test {
namespace {

class Finite : public TwinTest {
 public:
  Finite() { EXPECT_EQ(gt_set_checks(c, GT_CHECK_FINITE), GT_OK); }
  void fails(gt_tensor t, const std::vector<std::string>& parts) {
    for (int again = 0; again < 2; ++again) {  // what fails stays pending, and fails again
      EXPECT_EQ(gt_eval(c, &t, 1), GT_FAILED_PRECONDITION);
      const auto [status, text] = c.take_error();
      EXPECT_EQ(status, GT_FAILED_PRECONDITION);
      for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << ": " << text;
    }
  }
  void is_fine(gt_tensor t) { EXPECT_EQ(gt_eval(c, &t, 1), GT_OK) << c.message(); }
  gt_tensor label(gt_tensor t, const char* name) {
    gt_label(c, t, name);
    return t;
  }
  gt_tensor x = label(vec({1, 0, 4}), "x"), minus_infinity = num(-INFINITY);
};

TEST_F(Finite, ForwardsTheFirstOpIsNamed) {
  gt_tensor y = label(gt_log(c, x), "logs"), z = sum(gt_exp(c, mul(y, y)));
  fails(z, {"log made -inf of finite inputs", "float32[3] 'logs' has 1 element that is not finite", "the first at [1]",
            "where x 'x' is 0"});
  fails(gt_divide(c, x, gt_subtract(c, x, x)), {"divide made inf of finite inputs", "3 elements that are not finite"});
  fails(gt_cast(c, scalar64(c, 1e300), GT_FLOAT32), {"cast made inf"});
  fails(gt_sqrt(c, gt_negative(c, x)), {"sqrt made nan", "where x is -1"});
  is_fine(gt_exp(c, x));
}
TEST_F(Finite, WhatWasNotFiniteBefore) {
  is_fine(mul(vec({INFINITY, NAN}), num(2)));
  is_fine(gt_softmax(c, gt_where(c, gt_greater(c, x, num(0)), x, minus_infinity), 0));
  is_fine(gt_fill(c, num(INFINITY), std::vector<int64_t>{2}.data(), 1));
  const int64_t paddings[] = {1, 1};
  is_fine(apply(c, "pad", {x}, {{"paddings", {{paddings[0], paddings[1]}}}, {"constant_values", -INFINITY}})[0]);
  // A nan of infinities is a first nan all the same.
  gt_tensor all = gt_softmax(c, gt_where(c, gt_less(c, x, num(0)), x, minus_infinity), 0);
  fails(all, {"(in softmax) made nan of inputs without nan"});
}
TEST_F(Finite, BackwardsTheOpOfTheUserIsNamed) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor root = label(gt_sqrt(c, x), "root"), y = sum(mul(root, num(3)));
  is_fine(y);
  fails(grad(t, y, x), {"made inf of finite inputs", "it is part of the derivative of op", "sqrt 'root'"});
  fails(jacobian(t, root, x), {"part of the derivative of op", "sqrt 'root'"});
  fails(jvp(t, root, x, vec({1, 1, 1})), {"part of the derivative of op", "sqrt 'root'"});
  is_fine(root);
}
TEST_F(Finite, WhatIsMaskedInsideADerivativeIsFine) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor safe = gt_where(c, gt_greater(c, x, num(0)), gt_sqrt(c, x), x);
  is_fine(grad(t, sum(safe), x));
  is_fine(grad(t, sum(gt_norm(c, gt_subtract(c, x, x), "2", nullptr, 0, 0)), x));
}
TEST_F(Finite, ANumberInsideADerivativeStaysPendingWhereAnotherIsRead) {
  gt_tape t = watching({x});
  gt_tensor b = gt_where(c, gt_greater(c, x, num(1)), x, num(0)), y = sum(gt_sqrt(c, b));
  const std::vector<gt_tensor> g = grads(t, {y}, {x, b});
  expect(g[0], {0, 0, 0.25});
  fails(g[1], {"made inf of finite inputs", "it is part of the derivative of op", "sqrt"});
  expect(g[0], {0, 0, 0.25});
  gt_set_checks(c, 0);
  EXPECT_EQ(numbers(c, g[1]), (std::vector<double>{INFINITY, INFINITY, 0.25}));
}
TEST_F(Finite, NestedTapes) {
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), inner = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor power = label(gt_pow(c, x, num(1.5)), "power");
  gt_tensor first = grad(inner, sum(power), x);
  is_fine(first);
  fails(grad(outer, sum(first), x), {"part of the derivative of op", "'power'"});
}
TEST_F(Finite, Functions) {
  gt_function f = make({spec(GT_FLOAT32, {3})},
                       [&](gt_context, const Tensors& in) { return Tensors{label(gt_log(c, in[0]), "inside")}; });
  gt_tensor y = nullptr;
  EXPECT_EQ(gt_function_call(c, f, &x, 1, &y, 1, nullptr), GT_FAILED_PRECONDITION);
  EXPECT_EQ(y, nullptr);
  EXPECT_NE(c.message().find("log made -inf of finite inputs: float32[3] 'inside'"), std::string::npos);
  float in[] = {1, 0, 1}, out[] = {7, 7, 7};
  const void* from = in;
  void* to = out;
  EXPECT_EQ(gt_function_run(c, f, &from, 1, &to, 1), GT_FAILED_PRECONDITION);
  EXPECT_NE(c.message().find("log made -inf"), std::string::npos);
  EXPECT_EQ(out[0], 7) << "the memory was written to";
  in[1] = 1;
  EXPECT_EQ(gt_function_run(c, f, &from, 1, &to, 1), GT_OK) << c.message();
  EXPECT_EQ(out[2], 0);
}
TEST_F(Finite, AFunctionThatAssigns) {
  gt_tensor v = var(2);
  gt_function f = make({spec(GT_FLOAT32, {})}, [&](gt_context, const Tensors& in) {
    gt_assign(c, v, gt_divide(c, v, in[0]));
    return Tensors{add(v, in[0])};
  });
  gt_tensor zero = num(0), two = num(2), y = nullptr;
  EXPECT_EQ(gt_function_call(c, f, &zero, 1, &y, 1, nullptr), GT_FAILED_PRECONDITION);
  EXPECT_NE(c.message().find("divide made inf"), std::string::npos);
  EXPECT_EQ(number(c, v), 2) << "the variable stays as it was";
  EXPECT_EQ(number(c, value(f, two)), 3);
  EXPECT_EQ(number(c, v), 1);
}
TEST_F(Finite, AFunctionDrawsWhatItDrawsWithoutTheCheck) {
  gt_function f = make({spec(GT_FLOAT32, {3})}, [&](gt_context, const Tensors& in) {
    apply(c, "random_uniform", {}, {{"shape", {3}}});  // nothing needs it
    return Tensors{add(in[0], apply(c, "random_uniform", {}, {{"shape", {3}}})[0])};
  });
  std::vector<std::vector<double>> drawn[2];
  for (uint32_t checks : {0u, 1u}) {
    gt_set_checks(c, checks);
    gt_random_seed(c, 7);
    for (int i = 0; i < 3; ++i) drawn[checks].push_back(numbers(c, value(f, x)));
  }
  EXPECT_EQ(drawn[0], drawn[1]);
}
TEST_F(Finite, OnAndOff) {
  gt_tensor y = gt_log(c, x);
  fails(y, {"log"});
  EXPECT_EQ(gt_set_checks(c, 0), GT_OK);
  EXPECT_EQ(read<float>(c, y)[1], -INFINITY);
  expect_error(gt_set_checks(c, 4), GT_INVALID_ARGUMENT, "GT_CHECK_FINITE 1");
  is_fine(gt_log(c, x));
}
TEST_F(Finite, VariablesThatArePendingDoNotStopOthers) {
  gt_tensor v = gt_variable(c, x);
  gt_assign(c, v, gt_log(c, x));
  is_fine(gt_exp(c, x));
  gt_tensor read_now = gt_multiply(c, v, num(1));
  fails(read_now, {"log made -inf"});
}

// ---- Each op of the registry: finite values and derivatives come out as they do without the check

class Samples : public testing::Test {
 public:
  explicit Samples(std::string op) : op_(std::move(op)) {}
  void TestBody() override {
    const json description = describe_op(op_);
    for (const json& sample : description["samples"]) {
      SCOPED_TRACE(sample.dump());
      std::vector<std::vector<double>> plain = results(sample, 0), checked = results(sample, GT_CHECK_FINITE);
      ASSERT_EQ(plain.size(), checked.size());
      for (std::size_t i = 0; i < plain.size(); ++i) expect_close(checked[i], plain[i], {1e-12, 1e-13}, "checked");
    }
  }

 private:
  std::vector<std::vector<double>> results(const json& sample, uint32_t checks) {
    std::mt19937_64 random(7);
    Ctx c;
    EXPECT_EQ(gt_set_checks(c, checks), GT_OK);
    std::vector<gt_tensor> inputs, sources, targets;
    for (const Input& in : parse_inputs(sample["inputs"], random)) {
      if (in.kind == 'i')
        inputs.push_back(tensor<int32_t>(c, in.shape, {in.values.begin(), in.values.end()}));
      else if (in.kind == 'b')
        inputs.push_back(tensor<uint8_t>(c, in.shape, {in.values.begin(), in.values.end()}));
      else
        sources.push_back(inputs.emplace_back(tensor<double>(c, in.shape, in.values)));
    }
    gt_tape t = gt_tape_begin(c, 0);
    for (gt_tensor s : sources) gt_tape_watch(c, t, s);
    std::vector<std::vector<double>> all;
    for (gt_tensor y : apply(c, op_, inputs, sample["attrs"])) {
      all.push_back(numbers(c, y));
      if (dtype_of(c, y) == GT_FLOAT64) targets.push_back(y);
    }
    std::vector<gt_tensor> g(sources.size());
    EXPECT_EQ(gt_tape_gradient(c, t, targets.data(), targets.size(), sources.data(), sources.size(), nullptr,
                               GT_UNCONNECTED_ZERO, g.data()),
              GT_OK)
        << c.message();
    for (gt_tensor d : g) all.push_back(numbers(c, d));
    return all;
  }
  std::string op_;
};

// A loop is named with the op inside, and the step.
TEST_F(Finite, InsideALoop) {
  gt_tensor start = vec({1, 2}), rows = mat(4, 2, {1, 1, 2, 1, 1, 4, 1, 1});
  const auto without = [&](gt_context, const Tensors& in) {
    return Tensors{gt_subtract(c, in[0], num(0)), gt_log(c, gt_subtract(c, in[0], gt_subtract(c, in[1], num(2))))};
  };
  gt_tensor y = scan(without, {start}, {rows}).at(1);  // log(h + 2 - x)
  fails(y, {"scan made -inf of finite inputs", "; in step 2, log made -inf of finite inputs", "the first at [1]",
            "where x is 0"});
  gt_scan_options backwards{};
  backwards.reverse = 1;
  fails(scan(without, {start}, {rows}, backwards).at(1), {"; in step 1, log made -inf"});
  const auto nested = [&](gt_context, const Tensors& in) {
    return Tensors{checkpoint([&](gt_context, const Tensors& x) { return Tensors{gt_sqrt(c, x[0])}; },
                              {gt_subtract(c, in[0], num(1))})
                       .at(0)};
  };
  gt_scan_options three{};
  three.length = 3;
  fails(scan(nested, {vec({2, 5})}, {}, three).at(0),
        {"; in step 2, checkpoint made nan of finite inputs", "; in its body, sqrt made nan", "where x is -1"});
  const auto goes_on = [&](gt_context, const Tensors& in) {
    return Tensors{gt_less(c, gt_reduce_max(c, in[0], nullptr, 0, 0), num(100))};
  };
  fails(while_loop(goes_on, [&](gt_context, const Tensors& in) { return Tensors{gt_divide(c, num(6), in[0])}; },
                   {vec({0, 3})})
            .at(0),
        {"while made inf", "; in step 0, divide made inf"});
  fails(cond(
            tensor<uint8_t>(c, {}, {1}), [&](gt_context, const Tensors& in) { return Tensors{gt_log(c, in[0])}; },
            [&](gt_context, const Tensors& in) { return in; }, {vec({0, 1})})
            .at(0),
        {"cond made -inf", "; in the branch that was taken, log made -inf"});
  is_fine(scan(without, {start}, {gt_subtract(c, rows, num(3))}).at(1));
}
TEST_F(Finite, InsideTheDerivativeOfALoop) {
  gt_tensor x0 = vec({0, 1});
  gt_tape t = watching({x0}, GT_TAPE_PERSISTENT);
  gt_scan_options two{};
  two.length = 2;
  gt_tensor y = label(
      scan([&](gt_context, const Tensors& in) { return Tensors{gt_sqrt(c, in[0])}; }, {x0}, {}, two).at(0), "roots");
  is_fine(y);
  fails(grad(t, sum(y), x0), {"it is part of the derivative of op", "'roots'", "; in step "});
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  test::register_each_op<test::Samples>("Samples");
  return RUN_ALL_TESTS();
}
