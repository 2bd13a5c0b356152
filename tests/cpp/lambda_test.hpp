// For tests of functions that take lambdas: a context with tensors, their values, and the messages of exceptions.
#pragma once

#include <gtest/gtest.h>

#include "gradtape/gradtape.hpp"

namespace gradtape {

using Doubles = std::vector<double>;
using Tensors = std::vector<Tensor>;
struct Own : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct LambdaTest : testing::Test {
  Context ctx;
  Tensor x = ctx.tensor({1, 2, 3}), zero = ctx.scalar(0), one = ctx.scalar(1);
  static Doubles all(const Tensor& t) { return t.to_vector<double>(); }
  static void expect_near(const Tensor& t, const Doubles& wanted) {
    const Doubles is = all(t);
    ASSERT_EQ(is.size(), wanted.size());
    for (std::size_t i = 0; i < is.size(); ++i) EXPECT_NEAR(is[i], wanted[i], 1e-9) << i;
  }
  template <class E = Error, class F>
  static std::string thrown(F&& f) {
    try {
      f();
    } catch (const E& e) {
      return e.what();
    }
    return "nothing";
  }
  template <class F>
  static void expect_error(F&& f, const std::string& part) {
    const std::string message = thrown(f);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
};

}  // namespace gradtape
