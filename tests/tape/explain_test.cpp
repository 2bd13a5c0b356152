// gt_tape_explain: each reason for which a gradient is NULL or zero, by what it says; and labels.
#include "support/function_support.hpp"

namespace test {
namespace {

using Parts = std::vector<std::string>;

class Explain : public FunctionTest {
 public:
  std::string text(gt_tape t, gt_tensor target, gt_tensor source) {
    std::string s(1 << 14, '\0');
    size_t needed = 0;
    EXPECT_EQ(gt_tape_explain(c, t, target, source, s.data(), s.size(), &needed), GT_OK) << c.message();
    s.resize(needed > 0 ? needed - 1 : 0);
    return s;
  }
  void says(gt_tape t, gt_tensor target, gt_tensor source, const Parts& parts) {
    const std::string s = text(t, target, source);
    for (const std::string& part : parts) EXPECT_NE(s.find(part), std::string::npos) << part << " is not in\n" << s;
  }
  gt_tensor named(gt_tensor t, const char* label) {
    EXPECT_EQ(gt_label(c, t, label), GT_OK);
    return t;
  }
  gt_tensor x = named(vec({1, 2, 3}), "x");
};

TEST_F(Explain, AConnectedPair) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = named(mul(x, x), "square"), z = sum(y);
  says(t, z, x,
       {"connected: float32[] depends on float32[3] 'x' through 2 ops", "multiply(float32[3] 'x'",
        "-> float32[3] 'square'", "3 of its 3 elements are not 0", "rows 1, columns 3",
        "GT_MODE_AUTO takes reverse mode"});
  says(t, gt_broadcast_to(c, z, std::vector<int64_t>{5}.data(), 1), z, {"GT_MODE_AUTO takes forward mode"});
  says(t, x, x, {"connected", "is the source"});
  gt_tensor chain = x;
  for (int i = 0; i < 50; ++i) chain = gt_sin(c, chain);
  says(t, chain, x, {"through 50 ops", "... 38 ops"});
  EXPECT_LT(text(t, chain, x).size(), 1500u);
  for (int i = 0; i < 50; ++i) chain = gt_floor(c, chain);
  says(t, chain, x, {"not connected", "floor has no derivative", "stops here"});
  EXPECT_LT(text(t, chain, x).size(), 2000u);
}
TEST_F(Explain, ASourceThatIsNotWatched) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor u = vec({4, 5, 6}), y = mul(u, u);
  says(t, y, u,
       {"not connected: float32[3] was never watched", "it watches float32[3] 'x'", "gt_tape_watch comes first"});
  gt_tape_watch(c, t, u);
  says(t, y, u, {"was watched after", "multiply had used it"});
  gt_eval(c, &y, 1);
  says(t, gt_exp(c, y), u, {"was computed before float32[3] was watched"});
  says(t, mul(x, x), u, {"does not depend on", "computed from", "'x', watched"});
}
TEST_F(Explain, AVariable) {
  gt_tensor v = named(var(2), "v");
  gt_tape manual = tape(GT_TAPE_MANUAL_WATCH);
  says(manual, mul(v, v), v, {"variable float32[] 'v' was not watched", "GT_TAPE_MANUAL_WATCH"});
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = mul(v, v);
  says(t, y, v, {"connected: float32[] depends on variable float32[] 'v'"});
  gt_assign(c, v, num(3));
  says(t, mul(y, v), v, {"connected", "the 2 values that it was read with"});
  says(t, sum(x), var(7), {"was never read while the tape recorded"});
  gt_tensor fixed = named(var(1), "fixed");
  gt_variable_set_trainable(c, fixed, 0);
  says(t, mul(fixed, fixed), fixed, {"'fixed' is not trainable"});
}
TEST_F(Explain, AnAssignment) {
  for (bool computed : {false, true}) {
    gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
    gt_tensor y = mul(x, x);
    if (computed) gt_eval(c, &y, 1);
    gt_tensor v = gt_variable(c, y);
    says(t, sum(v), x, {"not connected", "no derivative goes through an assignment"});
  }
}
TEST_F(Explain, TheTimeOfAnOp) {
  for (bool computed : {false, true}) {
    const auto done = [&](gt_tensor y) {
      if (computed) gt_eval(c, &y, 1);
      return y;
    };
    gt_tensor early = done(gt_exp(c, x));
    gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
    gt_tape_stop_recording(c, t);
    gt_tensor paused = done(gt_sin(c, x));
    gt_tape_resume_recording(c, t);
    gt_tape_end(c, t);
    gt_tensor late = done(gt_cos(c, x));
    says(t, early, x, {"exp", "before the tape began to record"});
    says(t, sum(paused), x, {"sin was recorded while the tape was paused", "gt_tape_stop_recording"});
    says(t, sum(late), x, {"cos ran after the tape had ended"});
  }
}
TEST_F(Explain, HessiansOfATapeThatHasEndedAreNoTimesAtWhichItRecords) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = sum(gt_exp(c, x)), h = nullptr;
  gt_tape_end(c, t);
  gt_tensor late = gt_cos(c, x);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(gt_tape_hessian(c, t, y, &x, 1, nullptr, &h), GT_OK) << c.message();
  says(t, sum(late), x, {"cos ran after the tape had ended"});
  EXPECT_EQ(gt_tape_hessian(c, t, y, &x, 1, nullptr, &h), GT_OK) << c.message();
}
TEST_F(Explain, ManyPauses) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tape_stop_recording(c, t);
  gt_tensor paused = gt_sin(c, x), computed = gt_cos(c, x);
  gt_eval(c, &computed, 1);
  for (int i = 0; i < 100; ++i) {
    gt_tape_resume_recording(c, t);
    num(1);
    gt_tape_stop_recording(c, t);
    num(1);
  }
  gt_tape_resume_recording(c, t);
  says(t, sum(paused), x, {"sin was recorded while the tape was paused"});
  says(t, sum(computed), x, {"cos was recorded while the tape was paused"});
}
TEST_F(Explain, DataFromOutside) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  const auto v = read<float>(c, mul(x, x));
  says(t, sum(vec(v)), x, {"a value that was read and made into a tensor again is a constant"});
}
TEST_F(Explain, AnOpWithoutDerivative) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  says(t, sum(gt_floor(c, x)), x, {"floor has no derivative: it is constant between its jumps"});
  says(t, sum(gt_stop_gradient(c, x)), x, {"stop_gradient has no derivative", "leave stop_gradient out"});
  says(t, sum(gt_cast(c, gt_cast(c, x, GT_INT32), GT_FLOAT32)), x,
       {"takes int32[3]", "carry no derivative", "stops here"});
  says(t, gt_cast(c, x, GT_INT32), x, {"not connected: the target int32[3]", "carries no derivative"});
  gt_tensor i = ints({1});
  gt_tape_watch(c, t, i);
  says(t, gt_cast(c, i, GT_FLOAT32), i, {"the source is int32[1]"});
  // The way with the fewest such places counts.
  says(t, add(gt_floor(c, x), x), x, {"connected: ", "3 of its 3 elements are not 0"});
}
gt_status gives_nothing(gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*) { return GT_OK; }
gt_status fails(gt_context c, void*, const gt_call*, const gt_tensor*, gt_tensor*) {
  gt_set_error(c, GT_IO, "the file is gone");
  return GT_IO;
}
TEST_F(Explain, ACustomGradient) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  says(t, custom(x, square_forward, gives_nothing, nullptr, "mine"), x,
       {"not connected", "the gradient function of", "mine (custom gradient) leaves the gradient of its input 0 NULL"});
  says(t, custom(x, square_forward, fails, nullptr, "mine"), x, {"connected", "cannot be taken: the file is gone"});
  says(t, custom(x, square_forward, times_seven), x, {"3 of its 3 elements are not 0"});
  EXPECT_EQ(c.message(), "") << "an error of a look is none of the caller's";
}
gt_status looks_and_gives_zero(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
  if (const gt_status status = gt_eval(c, dy, 1); status != GT_OK) return status;
  gt_tensor zero = gt_scalar(c, 0), random = apply(c, "random_uniform", {}, {{"shape", {3}}})[0];
  dx[0] = gt_multiply(c, gt_multiply(c, dy[0], random), zero);
  return GT_OK;
}
TEST_F(Explain, AGradientFunctionThatReadsItsCotangentAndDraws) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  says(t, custom(x, square_forward, looks_and_gives_zero, nullptr, "mine"), x,
       {"connected", "all its elements are 0, from here on: ", "mine (custom gradient): its derivative is 0"});
  EXPECT_EQ(c.message(), "");
  Ctx other;
  const auto draw = [](Ctx& ctx) { return numbers(ctx, apply(ctx, "random_uniform", {}, {{"shape", {3}}})[0]); };
  EXPECT_EQ(draw(c), draw(other)) << "a look moved the draws";
}
TEST_F(Explain, AZeroGradient) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  says(t, sum(gt_relu(c, gt_negative(c, x))), x,
       {"connected", "all its elements are 0", "relu", "lies between -3 and -1"});
  says(t, sum(mul(gt_sign(c, x), num(2))), x, {"all its elements are 0", "sign, whose derivative is 0 everywhere"});
  says(t, sum(gt_subtract(c, x, x)), x, {"what the uses of float32[3] 'x' contribute cancels"});
  says(t, gt_log(c, gt_subtract(c, x, x)), x, {"are not finite", "gt_set_checks"});
  gt_tensor empty = vec({});
  gt_tape_watch(c, t, empty);
  says(t, sum(empty), empty, {"the source has no elements", "columns 0"});
}
TEST_F(Explain, LeavesTheTapeAsItWas) {
  gt_tape outer = watching({x}, GT_TAPE_PERSISTENT), t = watching({x});
  gt_tensor y = sum(gt_exp(c, x)), g = nullptr;
  for (int i = 0; i < 3; ++i) says(t, y, x, {"connected"});
  EXPECT_EQ(text(t, y, x), text(t, y, x));
  ASSERT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &g), GT_OK) << c.message();
  says(t, y, x, {"not connected: the tape is used up", "GT_TAPE_PERSISTENT"});
  says(outer, g, x, {"connected"});
  gt_tape_resume_recording(c, t);
  gt_tape_watch(c, t, x);
  says(t, mul(x, x), x, {"connected"});
  gt_tape_reset(c, t);
  gt_tape_watch(c, t, x);
  says(t, y, x, {"ran before the tape began to record"});
}
TEST_F(Explain, CallsOfFunctionsAndTheirBodies) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  std::string inside;
  gt_function f = make({spec(GT_FLOAT32, {3})}, [&](gt_context, const Tensors& in) {
    gt_tape within = watching({in[0]}, GT_TAPE_PERSISTENT);
    gt_tensor y = named(gt_tanh(c, in[0]), "body");
    inside = text(within, y, in[0]);
    return Tensors{y};
  });
  EXPECT_TRUE(inside.starts_with("connected: float32[3] 'body' depends on float32[3] through 1 op")) << inside;
  says(t, value(f, x), x, {"connected", "tanh(float32[3] 'x') -> float32[3] 'body'"});
  gt_tape_stop_recording(c, t);
  gt_tensor y = value(f, x);
  gt_tape_resume_recording(c, t);
  says(t, sum(y), x, {"not connected"});
}
TEST_F(Explain, TextsAreCutAndMeasured) {
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = sum(x);
  size_t needed = 0;
  EXPECT_EQ(gt_tape_explain(c, t, y, x, nullptr, 0, &needed), GT_OK);
  EXPECT_EQ(needed, text(t, y, x).size() + 1);
  char few[10];
  EXPECT_EQ(gt_tape_explain(c, t, y, x, few, sizeof few, nullptr), GT_OK);
  EXPECT_STREQ(few, "connected");
}

TEST_F(Explain, Labels) {
  const auto describe = [&](gt_tensor t) {
    char line[300];
    EXPECT_EQ(gt_tensor_describe(c, t, line, sizeof line, nullptr), GT_OK);
    return std::string(line);
  };
  EXPECT_EQ(describe(x), "float32[3] 'x' constant = [1, 2, 3]");
  EXPECT_EQ(describe(named(gt_tensor_duplicate(c, x), "y")), "float32[3] 'y' constant = [1, 2, 3]");
  EXPECT_EQ(describe(named(x, nullptr)), "float32[3] constant = [1, 2, 3]");
  EXPECT_EQ(describe(named(x, "")), "float32[3] constant = [1, 2, 3]");
  EXPECT_EQ(describe(named(x, "two\nlines")), "float32[3] 'two lines' constant = [1, 2, 3]");
  const std::string longest = describe(named(x, std::string(1000, 'a').c_str()));
  EXPECT_EQ(longest, "float32[3] '" + std::string(97, 'a') + "...' constant = [1, 2, 3]");
  EXPECT_EQ(describe(named(var(1), "w")), "variable 'w' float32[] constant = 1");
  std::string dot(1000, '\0');
  named(x, "a \"b\" \\c");
  EXPECT_EQ(gt_graph_describe(c, &x, 1, GT_GRAPH_DOT, dot.data(), dot.size(), nullptr), GT_OK);
  EXPECT_NE(dot.find(R"('a \"b\" \\c')"), std::string::npos) << dot;
  const std::vector<gt_tensor> parts = apply(c, "split", {vec({1, 2})}, {{"num_or_size_splits", 2}});
  named(parts[1], "second");
  EXPECT_EQ(describe(parts[0]).find("second"), std::string::npos);
  EXPECT_NE(describe(parts[1]).find("'second'"), std::string::npos);
  gt_tape t = tape();
  gt_tensor g = grad(t, sum(vec({1})), named(vec({2}), "lost"));
  EXPECT_EQ(gt_multiply(c, g, x), nullptr);
  EXPECT_NE(c.message().find("float32[1] 'lost'"), std::string::npos);
}

}  // namespace
}  // namespace test
