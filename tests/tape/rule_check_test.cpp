// gt_tape_check: a wrong rule is found by name, and no op of the registry is found wrong, at kinks and poles neither.
#include "support/each_op.hpp"
#include "support/samples.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

struct Outcome {
  gt_status status;
  std::string report, message;
};
Outcome check(Ctx& c, gt_tape t, gt_tensor target, const std::vector<gt_tensor>& sources, uint32_t compare = 0,
              uint64_t seed = 0) {
  gt_check_options o{};
  o.struct_size = sizeof o;
  o.compare = compare;
  o.seed = seed;
  std::string report(1 << 16, '\0');
  size_t needed = 0;
  const gt_status status =
      gt_tape_check(c, t, target, sources.data(), sources.size(), &o, report.data(), report.size(), &needed);
  report.resize(needed > 0 ? needed - 1 : 0);
  return {status, report, c.message()};
}

// ---- Each op of the registry

enum class Point { sample, zeros, whole };  // whole: integers, so that entries tie

std::vector<gt_tensor> made(Ctx& c, const std::vector<Input>& inputs, bool single, Point point,
                            std::vector<gt_tensor>& sources) {
  std::vector<gt_tensor> all;
  for (const Input& in : inputs) {
    Values v = in.values;
    if (in.is_float() && point != Point::sample)
      for (double& x : v) x = point == Point::zeros ? 0 : std::round(x);
    if (in.kind == 'i')
      all.push_back(tensor<int32_t>(c, in.shape, std::vector<int32_t>(v.begin(), v.end())));
    else if (in.kind == 'b')
      all.push_back(tensor<uint8_t>(c, in.shape, std::vector<uint8_t>(v.begin(), v.end())));
    else
      all.push_back(single ? tensor<float>(c, in.shape, std::vector<float>(v.begin(), v.end()))
                           : tensor<double>(c, in.shape, v));
    if (in.is_float()) sources.push_back(all.back());
  }
  return all;
}

class Clean : public testing::Test {
 public:
  Clean(std::string op, Point point) : op_(std::move(op)), point_(point) {}
  void TestBody() override {
    const json description = describe_op(op_);
    ASSERT_FALSE(description["samples"].empty());
    for (const json& sample : description["samples"]) {
      SCOPED_TRACE(sample.dump());
      for (bool single : {false, true}) look_at(sample, single);
    }
  }

 private:
  void look_at(const json& sample, bool single) {
    std::mt19937_64 random(std::hash<std::string>{}(op_));
    Ctx c;
    std::vector<gt_tensor> sources;
    const auto inputs = made(c, parse_inputs(sample["inputs"], random), single, point_, sources);
    gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    for (gt_tensor s : sources) gt_tape_watch(c, t, s);
    const auto outputs = apply(c, op_, inputs, sample["attrs"]);
    for (gt_tensor y : outputs) {
      if (const gt_dtype d = dtype_of(c, y); d != GT_FLOAT32 && d != GT_FLOAT64) continue;
      if (gt_eval(c, &y, 1) != GT_OK) {  // a singular matrix, say
        c.message();
        continue;
      }
      const Outcome o = check(c, t, y, sources,
                              GT_COMPARE_MODES | GT_COMPARE_DIFFERENCES | GT_COMPARE_LINEARITY | GT_COMPARE_SYMMETRY);
      EXPECT_EQ(o.status, GT_OK) << (single ? "float32: " : "float64: ") << o.message << "\n" << o.report;
      EXPECT_TRUE(o.report.starts_with("no defect found in ")) << o.report;
      if (point_ != Point::sample || single) continue;
      EXPECT_EQ(o.report.find("undecided"), std::string::npos) << "a smooth point: " << o.report;
    }
  }

  std::string op_;
  Point point_;
};

// ---- Rules that are wrong

gt_tensor times(gt_context c, gt_tensor x, double factor) {
  gt_tensor f = gt_scalar(c, factor), y = gt_multiply(c, x, f);
  gt_release(c, f);
  return y;
}
// The derivative of the square, times a factor.
gt_status square_rule(gt_context c, void* factor, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  gt_tensor d = gt_multiply(c, dy[0], call->inputs[0]);
  dx[0] = times(c, d, *static_cast<double*>(factor));
  gt_release(c, d);
  return GT_OK;
}
gt_status nothing(gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) { return GT_OK; }

class RuleCheck : public TapeTest {
 public:
  // 50 ops, of which number `wrong` is a custom gradient.
  gt_tensor chain(gt_tensor x, int wrong, gt_gradient_fn rule, void* data) {
    for (int i = 0; i < 50; ++i) {
      if (i == wrong)
        x = custom(x, square_forward, rule, data, "suspect");
      else
        x = i % 3 == 0 ? gt_sin(c, x) : i % 3 == 1 ? gt_add(c, gt_square(c, x), gt_scalar(c, 0.5)) : gt_tanh(c, x);
    }
    return x;
  }
  gt_tensor wide(const std::vector<double>& v) { return tensor<double>(c, {static_cast<int64_t>(v.size())}, v); }
};

TEST_F(RuleCheck, AWrongCustomGradientAmong50Ops) {
  for (double factor : {2.0, 2.001, 1.0, 0.0, -2.0})
    for (bool single : {false, true}) {
      gt_tensor x = single ? vec({0.3f, -0.7f, 1.1f}) : wide({0.3, -0.7, 1.1});
      gt_tape t = watching({x});
      gt_tensor y = chain(x, 31, square_rule, &factor);
      const Outcome o = check(c, t, sum(y), {x});
      if (factor == 2 || (single && factor == 2.001)) {
        EXPECT_EQ(o.status, GT_OK) << o.message;
        continue;
      }
      EXPECT_EQ(o.status, GT_FAILED_PRECONDITION) << factor;
      EXPECT_NE(o.message.find("suspect (custom gradient)"), std::string::npos) << o.message;
      EXPECT_NE(o.report.find("WRONG"), std::string::npos);
      EXPECT_EQ(o.report.find("WRONG"), o.report.rfind("WRONG")) << o.report;
      EXPECT_NE(grad(t, sum(y), x), nullptr) << "the tape stays as it was";
    }
}
TEST_F(RuleCheck, ARuleThatIsNotLinear) {
  gt_tensor x = wide({1, 2});
  gt_tape t = watching({x});
  const Outcome o = check(c, t, custom(x, identity_forward, clip_to_half, nullptr, "clipped"), {x});
  EXPECT_EQ(o.status, GT_FAILED_PRECONDITION);
  EXPECT_NE(o.message.find("clipped"), std::string::npos) << o.message;
  EXPECT_NE(o.message.find("not linear"), std::string::npos) << o.message;
}
gt_status reversed_rule(gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  const int64_t axis = 0;
  gt_tensor back = gt_reverse(c, call->inputs[0], &axis, 1);
  dx[0] = gt_multiply(c, dy[0], back);
  gt_release(c, back);
  return GT_OK;
}
TEST_F(RuleCheck, ASecondDerivativeThatIsNotSymmetric) {
  gt_tensor x = wide({1, 2, 5});
  gt_tape t = watching({x});
  gt_tensor y = custom(x, square_forward, reversed_rule, nullptr, "skew");
  EXPECT_EQ(check(c, t, y, {x}, GT_COMPARE_MODES | GT_COMPARE_LINEARITY).status, GT_OK);
  const Outcome o = check(c, t, y, {x}, GT_COMPARE_SYMMETRY);
  EXPECT_EQ(o.status, GT_FAILED_PRECONDITION);
  EXPECT_NE(o.message.find("not symmetric"), std::string::npos) << o.message;
}
TEST_F(RuleCheck, ARuleThatGivesNothing) {
  gt_tensor x = wide({1, 2});
  gt_tape t = watching({x});
  EXPECT_EQ(check(c, t, custom(x, square_forward, nothing), {x}).status, GT_FAILED_PRECONDITION);
}
TEST_F(RuleCheck, ARuleInPlaceOfAnOpsOwn) {
  static double factor = 3;
  EXPECT_EQ(gt_register_gradient("rule_check_square", square_rule, &factor, nullptr), GT_OK);
  gt_tensor x = wide({1, 2}), y = nullptr;
  gt_tape t = watching({x});
  ASSERT_EQ(gt_apply_with_gradient(c, "square", "rule_check_square", &x, 1, nullptr, 0, &y, 1, nullptr), GT_OK);
  gt_label(c, y, "squared");
  const Outcome o = check(c, t, y, {x});
  EXPECT_EQ(o.status, GT_FAILED_PRECONDITION);
  EXPECT_NE(o.message.find("square (custom gradient)"), std::string::npos) << o.message;
  EXPECT_NE(o.message.find("'squared'"), std::string::npos) << o.message;
  EXPECT_EQ(check(c, t, y, {x}, GT_COMPARE_MODES | GT_COMPARE_LINEARITY).status, GT_OK) << "differences alone tell";
}

// ---- Functions of the user's that run again

// The entries before the first that is not positive.
gt_status leading_forward(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  const std::vector<double> v = numbers(c, in[0]);
  const int64_t begin = 0, size = std::find_if(v.begin(), v.end(), [](double x) { return x <= 0; }) - v.begin();
  out[0] = gt_slice(c, in[0], &begin, 1, &size, 1);
  *n = 1;
  return GT_OK;
}
gt_status leading_rule(gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  const int64_t size = shape_of(c, call->inputs[0])[0] - shape_of(c, dy[0])[0];
  dx[0] = size == 0 ? dy[0]
                    : apply(c, "concat",
                            {dy[0], tensor<double>(c, {size}, std::vector<double>(static_cast<std::size_t>(size)))},
                            {{"axis", 0}})[0];
  return GT_OK;
}
gt_status once_forward(gt_context c, void* calls, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  *n = ++*static_cast<int*>(calls) == 1 ? 1 : 0;
  if (*n == 1) out[0] = gt_square(c, in[0]);
  return GT_OK;
}
TEST_F(RuleCheck, OutputsWhoseShapesDependOnTheValues) {
  gt_tensor x = wide({1, 2, 0, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const Outcome o = check(c, t, custom(x, leading_forward, leading_rule, nullptr, "leading"), {x});
  EXPECT_EQ(o.status, GT_OK) << o.message;
  EXPECT_NE(o.report.find("2 of 2 elements undecided"), std::string::npos) << o.report;
  int calls = 0;
  const Outcome none = check(c, t, custom(x, once_forward, times_seven, &calls, "once"), {x});
  EXPECT_EQ(none.status, GT_CALLBACK_FAILED);
  EXPECT_NE(none.message.find("once (custom gradient): run again, it gives 0 output(s), and gave 1"), std::string::npos)
      << none.message;
}

struct Dropout {
  gt_tensor mask = nullptr;
};
gt_status dropout_forward(gt_context c, void* d, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  gt_tensor& mask = static_cast<Dropout*>(d)->mask;
  mask = apply(c, "random_uniform", {}, {{"shape", {3}}, {"dtype", "float64"}})[0];
  out[0] = gt_multiply(c, in[0], mask);
  *n = 1;
  return GT_OK;
}
gt_status dropout_rule(gt_context c, void* d, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  dx[0] = gt_multiply(c, dy[0], static_cast<Dropout*>(d)->mask);
  return GT_OK;
}
TEST_F(RuleCheck, AForwardFunctionThatDraws) {
  const auto draw = [](Ctx& ctx) { return numbers(ctx, apply(ctx, "random_uniform", {}, {{"shape", {3}}})[0]); };
  gt_tensor x = wide({1, 2, 4});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  draw(c);
  Dropout state;
  gt_tensor y = custom(x, dropout_forward, dropout_rule, &state, "dropout");
  draw(c);
  for (int i = 0; i < 2; ++i) {
    const Outcome o = check(c, t, y, {x});
    EXPECT_EQ(o.status, GT_OK) << o.message;
    EXPECT_NE(o.report.find("modes"), std::string::npos) << o.report;
  }
  const auto v = numbers(c, y);
  expect(grad(t, sum(y), x), {v[0], v[1] / 2, v[2] / 4});
  Ctx other;
  for (int i = 0; i < 3; ++i) draw(other);
  EXPECT_EQ(draw(c), draw(other)) << "the check moved the draws";
}

struct Kept {
  int calls = 0, cancelled = 0;
  double seen = 0;
};
gt_status keeping_forward(gt_context c, void* data, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  auto& kept = *static_cast<Kept*>(data);
  kept.seen = number(c, in[0]);
  if (++kept.calls == kept.cancelled) return GT_CANCELLED;
  out[0] = gt_square(c, in[0]);
  *n = 1;
  return GT_OK;
}
gt_status square_of_kept(gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  double factor = 2;
  return square_rule(c, &factor, call, dy, dx);
}
TEST_F(RuleCheck, WhatAForwardFunctionKeepsIsOfTheProgramsValues) {
  for (int at = 2; at < 11; ++at) {
    gt_tensor x = scalar64(c, 0.5);
    gt_tape t = watching({x});
    Kept kept;
    kept.cancelled = at;
    gt_tensor y = custom(x, keeping_forward, square_of_kept, &kept);
    EXPECT_EQ(check(c, t, y, {x}).status, GT_CANCELLED) << at;
    EXPECT_EQ(kept.seen, 0.5) << at;
    EXPECT_EQ(kept.calls, at + 1) << "the forward function runs once more";
  }
}
gt_status factor_rule(gt_context c, void* factor, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) {
  gt_tensor d = gt_multiply(c, dy[0], call->inputs[1]);
  dx[0] = times(c, d, *static_cast<double*>(factor));
  gt_release(c, d);
  return GT_OK;
}
TEST_F(RuleCheck, AScalarWithoutADtypeKeepsThat) {
  static double factor = 1;
  EXPECT_EQ(gt_register_gradient("rule_check_factor", factor_rule, &factor, nullptr), GT_OK);
  gt_tensor x = vec({1, 2}), in[] = {x, gt_scalar(c, 2)}, y = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_apply_with_gradient(c, "multiply", "rule_check_factor", in, 2, nullptr, 0, &y, 1, nullptr), GT_OK);
  Outcome o = check(c, t, y, {x});
  EXPECT_EQ(o.status, GT_OK) << o.message;
  EXPECT_NE(o.report.find("differences"), std::string::npos) << o.report;
  factor = 3;
  o = check(c, t, y, {x});
  EXPECT_EQ(o.status, GT_FAILED_PRECONDITION);
  EXPECT_NE(o.message.find("differs from differences"), std::string::npos) << o.message;
}

// ---- Sources and targets of all kinds

TEST_F(RuleCheck, VariablesTheSameTwiceAndTheTargetItself) {
  gt_tensor v = gt_variable(c, vec({1, 2})), x = vec({3, 4});
  gt_tape t = watching({x, x});
  gt_tensor y = mul(v, x);
  gt_assign(c, v, vec({5, 6}));
  y = sum(mul(y, v));
  Outcome o = check(c, t, y, {v, x, v, y});
  EXPECT_EQ(o.status, GT_OK) << o.message;
  EXPECT_NE(o.report.find("in 3 ops"), std::string::npos) << o.report;
  o = check(c, t, x, {x});
  EXPECT_NE(o.report.find("in 0 ops"), std::string::npos) << o.report;
  EXPECT_EQ(o.report.find("not connected"), std::string::npos) << o.report;
  o = check(c, t, y, {num(1)});
  EXPECT_EQ(o.status, GT_OK);
  EXPECT_NE(o.report.find("source 0 (float32[]) is not connected"), std::string::npos) << o.report;
}
TEST_F(RuleCheck, EmptyTensorsAndExtremes) {
  for (double v : {0.0, 1e-300, 1e300, 1e8, -1e8, double{INFINITY}, double{NAN}}) {
    gt_tensor x = wide({v, 1}), empty = wide({});
    gt_tape t = watching({x, empty});
    gt_tensor y = gt_exp(c, gt_sin(c, gt_multiply(c, x, x)));
    y = gt_add(c, sum(gt_add(c, gt_relu(c, y), gt_sqrt(c, x))), sum(gt_exp(c, empty)));
    const Outcome o = check(c, t, y, {x, empty});
    EXPECT_EQ(o.status, GT_OK) << v << ": " << o.message;
  }
}
TEST_F(RuleCheck, ATapeInATapeAndAUsedUpOne) {
  gt_tensor x = wide({0.5, 2}), g = nullptr;
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), inner = watching({x});
  gt_tensor y = sum(gt_multiply(c, gt_exp(c, x), gt_sin(c, x)));
  const Outcome first = check(c, inner, y, {x});
  EXPECT_EQ(first.status, GT_OK) << first.message;
  ASSERT_EQ(gt_tape_gradient(c, inner, &y, 1, &x, 1, nullptr, 0, &g), GT_OK);
  const Outcome second = check(c, outer, sum(g), {x});
  EXPECT_EQ(second.status, GT_OK) << second.message;
  expect_error(gt_tape_check(c, inner, y, &x, 1, nullptr, nullptr, 0, nullptr), GT_FAILED_PRECONDITION,
               "non-persistent");
}
TEST_F(RuleCheck, OptionsThatAreWrong) {
  gt_tensor x = wide({1});
  gt_tape t = watching({x});
  gt_tensor y = gt_exp(c, x);
  gt_check_options o{};
  o.struct_size = sizeof o;
  o.compare = 16;
  expect_error(gt_tape_check(c, t, y, &x, 1, &o, nullptr, 0, nullptr), GT_INVALID_ARGUMENT, "options.compare");
  o.compare = 0, o.tolerance = -1;
  expect_error(gt_tape_check(c, t, y, &x, 1, &o, nullptr, 0, nullptr), GT_INVALID_ARGUMENT, "options.tolerance");
  o.tolerance = 0, o.reserved = 1;
  expect_error(gt_tape_check(c, t, y, &x, 1, &o, nullptr, 0, nullptr), GT_INVALID_ARGUMENT, "options.reserved");
}

}  // namespace
}  // namespace test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  using test::Clean, test::Point;
  for (auto [name, point] : {std::pair("Samples", Point::sample), {"Zeros", Point::zeros}, {"Ties", Point::whole}})
    test::register_each_op<Clean>(name, point);
  return RUN_ALL_TESTS();
}
