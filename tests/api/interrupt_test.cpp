// gt_set_interrupt: computations stop between steps, keep nothing, and can be computed again.
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "gradtape/gradtape.hpp"
#include "support/tape_support.hpp"

namespace test {
namespace {

// A question's data: stops the computation at question number `at`, and counts who asked and who was freed.
struct Question {
  int at = 1, asked = 0, freed = 0;
};
int32_t ask(void* data) {
  auto& q = *static_cast<Question*>(data);
  return ++q.asked >= q.at;
}
void freed(void* data) { ++static_cast<Question*>(data)->freed; }

int steps_computed;
// x + 1, slowly: every step is asked about.
gt_status compute_slowly(void*, const gt_spec*, const void* const* in, size_t, const gt_attr*, size_t, const gt_spec*,
                         void* const* out, size_t) {
  usleep(30000);
  ++steps_computed;
  *static_cast<float*>(out[0]) = *static_cast<const float*>(in[0]) + 1;
  return GT_OK;
}
gt_status infer_same(gt_context, void*, const gt_spec* in, size_t, const gt_attr*, size_t, gt_spec* out, size_t,
                     size_t* n) {
  out[0] = in[0];
  *n = 1;
  return GT_OK;
}
gt_status gradient_same(gt_context, void*, const gt_call*, const gt_tensor* ct, gt_tensor* out) {
  out[0] = ct[0];
  return GT_OK;
}

class Interrupts : public TapeTest {
 public:
  static void SetUpTestSuite() {
    gt_op_definition slow{};
    slow.struct_size = sizeof slow;
    slow.infer = infer_same;
    slow.compute = compute_slowly;
    slow.gradient = gradient_same;
    ASSERT_EQ(gt_register_op("slow_increment", &slow, nullptr, nullptr), GT_OK);
  }
  void SetUp() override { steps_computed = 0; }
  gt_tensor slow(gt_tensor x) {
    gt_tensor y = nullptr;
    EXPECT_EQ(gt_apply(c, "slow_increment", &x, 1, nullptr, 0, &y, 1, nullptr), GT_OK) << c.message();
    return y;
  }
  void interrupt_with(Question& q) { ASSERT_EQ(gt_set_interrupt(c, ask, &q, freed), GT_OK); }
  void go_on() { ASSERT_EQ(gt_set_interrupt(c, nullptr, nullptr, nullptr), GT_OK); }
  void expect_cancelled(gt_status status) {
    EXPECT_EQ(status, GT_CANCELLED);
    const auto [code, text] = c.take_error();
    EXPECT_EQ(code, GT_CANCELLED);
    EXPECT_NE(text.find("interrupted"), std::string::npos) << text;
  }
};

TEST_F(Interrupts, StopBetweenStepsAndCanBeComputedAgain) {
  Question q{.at = 3};
  interrupt_with(q);
  gt_tensor y = slow(slow(slow(slow(num(1)))));
  float value = 0;
  expect_cancelled(gt_tensor_read(c, y, &value, sizeof value));
  EXPECT_EQ(q.asked, 3);
  EXPECT_EQ(steps_computed, 2);
  go_on();
  EXPECT_EQ(q.freed, 1);
  EXPECT_EQ(read<float>(c, y), std::vector<float>{5});
  EXPECT_EQ(steps_computed, 6) << "an interrupted computation keeps nothing";
}

TEST_F(Interrupts, NotAskedMoreOftenThanEvery20Milliseconds) {
  Question q{.at = 1 << 20};
  interrupt_with(q);
  gt_tensor x = num(1);
  for (int i = 0; i < 10000; ++i) {
    gt_tensor y = gt_add(c, x, x);
    ASSERT_EQ(gt_eval(c, &y, 1), GT_OK);
    gt_release(c, y);
  }
  EXPECT_GE(q.asked, 1);
  EXPECT_LT(q.asked, 5000);
  go_on();
}

TEST_F(Interrupts, LeaveVariablesAndRandomDrawsAsTheyWere) {
  const auto body = [](gt_context c, void* v, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                       size_t* n) -> gt_status {
    const int64_t no_axes[] = {0};
    out[0] = gt_add(c, in[0], gt_random_uniform(c, no_axes, 0, GT_FLOAT32, 0, 1, GT_DEFAULT_INT, GT_DEFAULT_INT));
    gt_tensor y = nullptr;
    const gt_status s = gt_apply(c, "slow_increment", out, 1, nullptr, 0, &y, 1, nullptr);
    *n = 1;
    return s == GT_OK ? gt_assign(c, static_cast<gt_tensor>(v), y) : s;
  };
  gt_tensor v = gt_variable(c, num(7));
  const gt_spec scalar{GT_FLOAT32, 0, {}};
  gt_function f = gt_function_create(c, body, v, nullptr, &scalar, 1);
  ASSERT_NE(f, nullptr) << c.message();
  const auto run = [&](float& out) {
    const float in = 1;
    const void* inputs[] = {&in};
    void* outputs[] = {&out};
    return gt_function_run(c, f, inputs, 1, outputs, 1);
  };
  float first, again;
  ASSERT_EQ(gt_random_seed(c, 5), GT_OK);
  ASSERT_EQ(run(first), GT_OK) << c.message();
  const auto assigned = read<float>(c, v);
  ASSERT_EQ(gt_random_seed(c, 5), GT_OK);
  ASSERT_EQ(gt_assign(c, v, num(7)), GT_OK);
  Question q;
  interrupt_with(q);
  expect_cancelled(run(again));
  go_on();
  EXPECT_EQ(read<float>(c, v), std::vector<float>{7});
  ASSERT_EQ(run(again), GT_OK);
  EXPECT_EQ(again, first);
  EXPECT_EQ(read<float>(c, v), assigned);
}

// A callback that reads a value, and hands on the failure: nothing around it takes the cancellation for its own.
TEST_F(Interrupts, PassThroughCallbacks) {
  const auto forward = [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                          size_t* n) -> gt_status {
    out[0] = gt_square(c, in[0]);
    *n = 1;
    return GT_OK;
  };
  const auto backward = [](gt_context c, void*, const gt_call*, const gt_tensor* ct, gt_tensor* out) {
    float values[3];
    const gt_status s = gt_tensor_read(c, ct[0], values, sizeof values);
    out[0] = s == GT_OK ? gt_multiply(c, ct[0], scalar32(c, values[0])) : nullptr;
    return s;
  };
  gt_tensor x = tensor<float>(c, {3}, {1, 2, 3}), y = nullptr;
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  ASSERT_EQ(gt_custom_gradient(c, "reads", forward, backward, nullptr, nullptr, &x, 1, &y, 1, nullptr), GT_OK);
  ASSERT_EQ(gt_eval(c, &y, 1), GT_OK);
  Question q;
  interrupt_with(q);
  gt_tensor j = nullptr, dx = nullptr;
  EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &dx), GT_CANCELLED);
  EXPECT_EQ(c.take_error().first, GT_CANCELLED);
  EXPECT_EQ(dx, nullptr);
  interrupt_with(q);  // asked at once
  EXPECT_EQ(gt_tape_jacobian(c, t, y, &x, 1, nullptr, &j), GT_CANCELLED);
  EXPECT_EQ(c.take_error().first, GT_CANCELLED);
  EXPECT_EQ(j, nullptr);
  go_on();
  EXPECT_EQ(gt_tape_jacobian(c, t, y, &x, 1, nullptr, &j), GT_OK) << c.message();
  EXPECT_EQ(read<float>(c, j), (std::vector<float>{1, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST_F(Interrupts, APendingVariableDoesNotTakeACancellationAway) {
  gt_tensor v = gt_variable(c, num(1));
  ASSERT_EQ(gt_assign(c, v, slow(num(2))), GT_OK);
  Question q;
  interrupt_with(q);
  float value;
  expect_cancelled(gt_tensor_read(c, slow(num(5)), &value, sizeof value));
  EXPECT_EQ(q.asked, 1);
  go_on();
  EXPECT_EQ(read<float>(c, v), std::vector<float>{3});
}

TEST_F(Interrupts, TheQuestionCannotUseTheContext) {
  static gt_context here;
  static gt_status found;
  here = c;
  ASSERT_EQ(gt_set_interrupt(
                c,
                [](void*) {
                  found = gt_random_seed(here, 1);
                  return int32_t{0};
                },
                nullptr, nullptr),
            GT_OK);
  EXPECT_EQ(read<float>(c, slow(num(1))), std::vector<float>{2});
  EXPECT_EQ(found, GT_BUSY);
  go_on();
}

TEST_F(Interrupts, FreeTheirDataOnce) {
  Question replaced, left, refused;
  {
    Ctx own;
    ASSERT_EQ(gt_set_interrupt(own, ask, &replaced, freed), GT_OK);
    ASSERT_EQ(gt_set_interrupt(own, ask, &left, freed), GT_OK);
    EXPECT_EQ(replaced.freed, 1);
    EXPECT_EQ(left.freed, 0);
  }
  EXPECT_EQ(left.freed, 1);
  EXPECT_EQ(gt_set_interrupt(nullptr, ask, &refused, freed), GT_INVALID_HANDLE);
  EXPECT_EQ(refused.freed, 1);
}

TEST(CppInterrupts, StopAndThrow) {
  gradtape::Context ctx;
  const gradtape::Tensor y = exp(ctx.tensor({1, 2, 3}));
  ctx.set_interrupt([] { return true; });
  try {
    y.to_vector<double>();
    FAIL() << "was to be stopped";
  } catch (const gradtape::Error& e) {
    EXPECT_EQ(e.status(), GT_CANCELLED);
  }
  ctx.set_interrupt([]() -> bool { throw std::domain_error("mine"); });
  EXPECT_THROW(y.to_vector<double>(), std::domain_error);
  ctx.set_interrupt(nullptr);
  EXPECT_EQ(y.to_vector<double>().size(), 3u);
}

}  // namespace
}  // namespace test
