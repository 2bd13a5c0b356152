// The first message of what goes wrong reaches the caller: through callbacks, and from a NULL to the mistake behind it.
#include <gtest/gtest.h>

#include "support/support.hpp"

namespace test {
namespace {

struct Messages : testing::Test {
  Ctx c;
  gt_spec three{GT_FLOAT64, 1, {3}};
  gt_tensor x = tensor<double>(c, {3}, {1, 2, 3});

  static gt_status reads(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    double v[3];
    out[0] = gt_exp(c, in[0]);
    *n = 1;
    return gt_tensor_read(c, out[0], v, sizeof v);
  }
  static gt_status wrong_shape(gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = gt_cholesky(c, in[0], 1);
    *n = 1;
    return out[0] ? GT_OK : GT_CALLBACK_FAILED;
  }
  static gt_status own(gt_context c, void* message, const gt_tensor*, size_t, gt_tensor*, size_t, size_t*) {
    gt_set_error(c, GT_IO, static_cast<const char*>(message));
    return GT_IO;
  }
  static gt_status mute(gt_context, void*, const gt_tensor*, size_t, gt_tensor*, size_t, size_t*) { return GT_IO; }
  static gt_status identity(gt_context, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
    out[0] = in[0];
    *n = 1;
    return GT_OK;
  }
  static gt_status bad_gradient(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
    dx[0] = gt_cholesky(c, dy[0], 1);
    return dx[0] ? GT_OK : GT_CALLBACK_FAILED;
  }
  static gt_status reading_gradient(gt_context c, void*, const gt_call*, const gt_tensor* dy, gt_tensor* dx) {
    double v[3];
    if (const gt_status s = gt_tensor_read(c, dy[0], v, sizeof v)) return s;
    dx[0] = gt_multiply(c, dy[0], gt_scalar(c, 2));
    return GT_OK;
  }
};

TEST_F(Messages, OfABodyThatReturnsTheStatus) {
  EXPECT_EQ(gt_function_create(c, reads, nullptr, nullptr, &three, 1), nullptr);
  auto [status, text] = c.take_error();
  EXPECT_EQ(status, GT_FAILED_PRECONDITION);
  EXPECT_NE(text.find("exp"), std::string::npos) << text;
  EXPECT_EQ(gt_function_create(c, wrong_shape, nullptr, nullptr, &three, 1), nullptr);
  EXPECT_NE(c.message().find("cholesky"), std::string::npos);
  char mine[] = "my own message";
  EXPECT_EQ(gt_function_create(c, own, mine, nullptr, &three, 1), nullptr);
  EXPECT_EQ(c.take_error(), std::pair(gt_status{GT_IO}, std::string("my own message")));
  EXPECT_EQ(gt_function_create(c, mute, nullptr, nullptr, &three, 1), nullptr);
  EXPECT_EQ(c.message(), "gt_function_create: the forward function returned GT_IO (9)");
}
TEST_F(Messages, OfTheErrorThatWasFirst) {
  EXPECT_EQ(gt_cholesky(c, x, 1), nullptr);
  char mine[] = "a later one";
  EXPECT_EQ(gt_function_create(c, own, mine, nullptr, &three, 1), nullptr);
  EXPECT_NE(c.message().find("cholesky"), std::string::npos);
  EXPECT_EQ(gt_set_error(c, GT_OK, "no"), GT_INVALID_ARGUMENT);
  EXPECT_NE(c.message().find("gt_set_error: status"), std::string::npos);
  EXPECT_EQ(gt_set_error(c, GT_IO, nullptr), GT_INVALID_ARGUMENT);
  c.message();
}
TEST_F(Messages, OfAGradientFunction) {
  gt_tensor y = nullptr, g = nullptr;
  gt_tape t = gt_tape_begin(c, 0);
  gt_tape_watch(c, t, x);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, identity, bad_gradient, nullptr, nullptr, &x, 1, &y, 1, nullptr), GT_OK);
  EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, 0, &g), GT_CALLBACK_FAILED);
  EXPECT_NE(c.message().find("cholesky"), std::string::npos);
}
// A rule that reads values inside a Jacobian fails at first, and is then called row by row: no error is left.
TEST_F(Messages, OfAnAttemptThatIsGivenUp) {
  gt_tensor y = nullptr, j = nullptr;
  gt_tape t = gt_tape_begin(c, 0);
  gt_tape_watch(c, t, x);
  ASSERT_EQ(gt_custom_gradient(c, nullptr, identity, reading_gradient, nullptr, nullptr, &x, 1, &y, 1, nullptr), GT_OK);
  ASSERT_EQ(gt_tape_jacobian(c, t, y, &x, 1, nullptr, &j), GT_OK);
  EXPECT_EQ(c.message(), "");
  EXPECT_EQ(read<double>(c, j), (std::vector<double>{2, 0, 0, 0, 2, 0, 0, 0, 2}));
}
// An unread error of a body is the context's first, not replaced by the next.
TEST_F(Messages, OfABodyStayUntilTheyAreTaken) {
  EXPECT_EQ(gt_function_create(c, reads, nullptr, nullptr, &three, 1), nullptr);
  EXPECT_EQ(gt_cholesky(c, x, 1), nullptr);
  EXPECT_NE(c.message().find("exp"), std::string::npos);
}

TEST_F(Messages, OfANullThatWasAGradient) {
  gt_tensor g = nullptr;
  gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_multiply(c, x, x);
  ASSERT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &g), GT_OK);
  EXPECT_EQ(gt_multiply(c, g, x), nullptr);
  EXPECT_EQ(c.message(),
            "multiply: input 0 (x) is NULL: gt_tape_gradient gave NULL for source 0, float64[3], which is not "
            "connected: was it watched before the ops that use it? gt_tape_watch comes first");
  gt_tape_watch(c, t, x);
  ASSERT_EQ(gt_tape_gradient(c, t, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &g), GT_OK);
  EXPECT_EQ(gt_assign_sub(c, gt_variable(c, x), g), GT_INVALID_HANDLE);
  EXPECT_NE(c.message().find("it is watched, but no target was computed from it"), std::string::npos);
  EXPECT_EQ(gt_sin(c, gt_cos(c, nullptr)), nullptr) << "NULL of NULL: the first message is kept";
  EXPECT_NE(c.message().find("cos: input 0 (x) is NULL"), std::string::npos);
  double v[3];
  EXPECT_EQ(gt_tensor_read(c, g, v, sizeof v), GT_INVALID_HANDLE);
  EXPECT_NE(c.message().find("gave NULL for source 0"), std::string::npos);
}
TEST_F(Messages, OfANullWithoutAGradient) {
  EXPECT_EQ(gt_pow(c, x, nullptr), nullptr);
  EXPECT_EQ(c.message(), "pow: input 1 (y) is NULL");
}

}  // namespace
}  // namespace test
