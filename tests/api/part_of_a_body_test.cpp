// Functions whose bodies use what a body around them computes. The recording serves until the body around has ended.
#include <utility>

#include "support/function_support.hpp"

namespace test {
namespace {

class PartOfABody : public FunctionTest {
 public:
  void SetUp() override {
    const std::vector<gt_spec> any = {spec(GT_FLOAT32, {-1})};
    f = function_of(any, [this](gt_context, const Tensors& in) {
      ++calls;
      return Tensors{mul(mul(in[0], in[0]), factor)};
    });
  }
  // x^2 * factor, where factor is 2 x in the body around.
  gt_function around(const gt_spec& input) {
    return function_of({input}, [this](gt_context, const Tensors& in) {
      gt_tensor before = std::exchange(factor, gt_add(c, in[0], in[0]));
      const Tensors out{value(f, in[0])};
      factor = before;
      return out;
    });
  }
  gt_function f = nullptr;
  gt_tensor factor = vec({10});
  int calls = 0;
};

TEST_F(PartOfABody, IsRecordedAnewOutside) {
  gt_tensor x = vec({3, 5});
  gt_function outer = around(pair);
  EXPECT_EQ(calls, 1);
  expect(value(f, x), {90, 250});
  expect(value(f, x), {90, 250});
  EXPECT_EQ(calls, 2) << "outside it is recorded once";
  expect(value(outer, x), {54, 250});
  EXPECT_EQ(calls, 2) << "the outer function is recorded";
  EXPECT_EQ(gt_release(c, outer), GT_OK);
  expect(value(f, x), {90, 250});
}

TEST_F(PartOfABody, OfOneBodyAfterAnother) {
  const gt_spec any = spec(GT_FLOAT32, {-1});
  gt_function one = around(any), two = around(any);
  for (int round = 0; round < 2; ++round) {
    expect(value(one, vec({3})), {54});
    expect(value(one, vec({3, 1})), {54, 2});
    expect(value(two, vec({3, 1})), {54, 2});
  }
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(gt_release(c, one), GT_OK);
  EXPECT_EQ(gt_release(c, two), GT_OK);
  expect(value(f, vec({3, 1})), {90, 10});
}

// The recording serves as long as the body runs whose tensor it uses, be it further out or further in.
TEST_F(PartOfABody, NestedTwice) {
  gt_function outermost = function_of({pair}, [this](gt_context, const Tensors& in) {
    factor = in[0];
    gt_function passes_on =
        function_of({pair}, [this](gt_context, const Tensors& t) { return Tensors{value(f, t[0])}; });
    gt_tensor first = value(passes_on, in[0]), again = value(f, in[0]);  // x^3 each
    EXPECT_EQ(calls, 1);
    return Tensors{gt_add(c, gt_add(c, first, again), value(passes_on, in[0]))};
  });
  expect(value(outermost, vec({2, 3})), {24, 81});
  gt_function further_in = function_of({pair}, [this](gt_context, const Tensors& in) {
    factor = vec({10});
    gt_function own = around(pair);
    gt_tensor inner = value(own, in[0]), outer = value(f, in[0]);  // 2 x^3, and 10 x^2
    return Tensors{gt_add(c, inner, outer)};
  });
  expect(value(further_in, vec({2, 3})), {56, 144});
  expect(value(f, vec({2, 3})), {40, 90});
}

TEST_F(PartOfABody, OnATape) {
  gt_tensor x = vec({3, 5});
  gt_function outer = around(pair);
  gt_tape t = watching({x, factor}, GT_TAPE_PERSISTENT);
  gt_tensor y = value(f, x);
  expect(grad(t, y, x), {60, 100});
  expect(grad(t, y, factor), {34});
  expect(grad(t, value(outer, x), x), {54, 150});
  expect(jvp(t, value(f, x), x, vec({1, 2})), {60, 200});
}

TEST_F(PartOfABody, OnMemory) {
  around(pair);
  gt_function number = nullptr;
  factor = num(10);
  function_of({number_spec}, [&](gt_context, const Tensors& in) {
    gt_tensor before = std::exchange(factor, in[0]);
    number = function_of({number_spec}, [this](gt_context, const Tensors& t) { return Tensors{mul(t[0], factor)}; });
    factor = before;
    return Tensors{value(number, in[0])};
  });
  const float x[] = {3, 5};
  float y[] = {0, 0};
  const void* in[] = {x};
  void* out[] = {y};
  const gt_spec sizes = spec(GT_FLOAT32, {2});
  const size_t bytes = sizeof x;
  ASSERT_EQ(gt_function_run_sized(c, f, &sizes, in, &bytes, 1, nullptr, out, &bytes, 1), GT_OK) << c.message();
  EXPECT_EQ(y[0], 90);
  EXPECT_EQ(y[1], 250);
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(gt_function_run(c, number, in, 1, out, 1), GT_OK) << c.message();
    EXPECT_EQ(y[0], 30);
  }
  char text[4096];
  EXPECT_EQ(gt_function_describe(c, number, GT_PLAN_TEXT, text, sizeof text, nullptr), GT_OK) << c.message();
}

// The body around fails, then the body itself, while its factor has no value: both work again afterwards.
TEST_F(PartOfABody, ErrorsWithin) {
  BodyState fails{[this](gt_context, const Tensors& in) {
    factor = gt_add(c, in[0], in[0]);
    value(f, in[0]);
    return Tensors{gt_reshape(c, in[0], nullptr, 0)};
  }};
  gt_tensor x = vec({3, 5}), out = nullptr;
  EXPECT_EQ(gt_function_create(c, run_body, &fails, nullptr, &pair, 1), nullptr);
  c.take_error();
  EXPECT_EQ(calls, 1);
  for (int round = 0; round < 2; ++round)
    expect_error(gt_function_call(c, f, &x, 1, &out, 1, nullptr), GT_FAILED_PRECONDITION, "has no value");
  factor = vec({10});
  expect(value(f, x), {90, 250});
  expect(value(around(pair), x), {90, 250});  // as recorded outside, with the factor from there
}

}  // namespace
}  // namespace test
