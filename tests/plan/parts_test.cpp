// Functions of one part (tanh and its slope; sigmoid, silu and their slope). The part is computed once for all of them,
// and sharing does not change the values. Derivatives are right to some units in the last place everywhere.
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "support/tape_support.hpp"

namespace test {
namespace {

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t n = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

template <class T>
std::vector<T> points() {
  using L = std::numeric_limits<T>;
  std::vector<T> x{0,
                   T(-0.0),
                   L::denorm_min(),
                   L::min(),
                   L::epsilon(),
                   T(0.25),
                   T(0.549),
                   T(0.5493061443340548),
                   T(0.55),
                   1,
                   2,
                   T(8.7),
                   T(19.1),
                   30,
                   T(44.3),
                   T(88.8),
                   T(350),
                   T(354.8),
                   T(710),
                   T(1e30),
                   L::max(),
                   L::infinity(),
                   L::quiet_NaN()};
  const std::size_t half = x.size();
  for (std::size_t i = 0; i < half; ++i) x.push_back(-x[i]);
  std::mt19937 random(7);
  while (x.size() < 3000) {
    x.push_back(std::uniform_real_distribution<T>(-3, 3)(random));
    x.push_back(std::uniform_real_distribution<T>(-50, 50)(random));
  }
  return x;
}

class Parts : public TapeTest {
 public:
  using Made = std::function<std::vector<gt_tensor>(gt_tensor)>;
  // A function, its derivative and second derivative by x.
  Made orders_of(const char* op) {
    return [this, op](gt_tensor x) {
      gt_tape outer = watching({x}), inner = watching({x});
      gt_tensor y = apply(c, op, {x})[0], first = grad(inner, y, x);
      return std::vector<gt_tensor>{y, first, grad(outer, first, x)};
    };
  }
  // All results by one plan.
  template <class T>
  std::vector<std::vector<T>> together(const Made& made, const std::vector<T>& at) {
    gt_scope_begin(c);
    std::vector<gt_tensor> out = made(tensor<T>(c, {static_cast<int64_t>(at.size())}, at));
    EXPECT_EQ(gt_scope_end(c, out.data(), out.size()), GT_OK) << c.message();
    EXPECT_EQ(gt_eval(c, out.data(), out.size()), GT_OK) << c.message();
    std::vector<std::vector<T>> all;
    for (gt_tensor t : out) all.push_back(read<T>(c, t));
    return all;
  }
  // Each result by a plan of its own, in which nothing else is.
  template <class T>
  std::vector<std::vector<T>> apart(const Made& made, const std::vector<T>& at) {
    std::vector<std::vector<T>> all;
    for (std::size_t i = 0; i < 3; ++i)
      all.push_back(together<T>([&](gt_tensor x) { return std::vector<gt_tensor>{made(x)[i]}; }, at)[0]);
    return all;
  }
  template <class T>
  void expect_same_shared_or_not() {
    for (const char* op : {"tanh", "sigmoid", "silu"}) {
      const std::vector<T> x = points<T>();
      const auto shared = together<T>(orders_of(op), x), alone = apart<T>(orders_of(op), x);
      for (std::size_t order = 0; order < 3; ++order)
        for (std::size_t i = 0; i < x.size(); ++i) {
          const T got = shared[order][i], want = alone[order][i];
          EXPECT_TRUE((got == want && std::signbit(got) == std::signbit(want)) || (std::isnan(got) && std::isnan(want)))
              << op << ", order " << order << ", at " << x[i] << ": " << got << " beside " << want;
        }
    }
  }
  // The derivative against one in extended precision, in units in the last place.
  template <class T>
  void expect_slope(const char* op, const std::function<long double(long double)>& slope) {
    using L = std::numeric_limits<T>;
    const std::vector<T> x = points<T>(), got = together<T>(orders_of(op), x)[1];
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isnan(x[i])) {
        EXPECT_TRUE(std::isnan(got[i])) << op;
        continue;
      }
      const long double want = slope(x[i]);
      EXPECT_LE(std::abs(got[i] - want), 4 * L::epsilon() * want + 4 * static_cast<long double>(L::min()))
          << op << " at " << x[i] << ": got " << got[i] << ", want " << want;
    }
  }
  template <class T>
  void expect_slopes() {
    expect_slope<T>("tanh", [](long double x) {
      const long double e = std::exp(-2 * std::abs(x));
      return 4 * e / ((1 + e) * (1 + e));
    });
    expect_slope<T>("sigmoid", [](long double x) {
      const long double e = std::exp(-std::abs(x));
      return e / ((1 + e) * (1 + e));
    });
  }
};

TEST_F(Parts, ValuesAreTheSameSharedOrNot) {
  expect_same_shared_or_not<float>();
  expect_same_shared_or_not<double>();
}
TEST_F(Parts, SlopesAreRightToTheLastDigits) {
  expect_slopes<float>();
  expect_slopes<double>();
}
TEST_F(Parts, AFunctionAloneIsWhole) {
  if (std::getenv("GRADTAPE_SKIP")) GTEST_SKIP() << "each instruction is a loop of its own";
  gt_tensor x = vec({1, 2, 3});
  EXPECT_EQ(count_of(plan_text(c, {gt_tanh(c, x)}), "part"), 0u);
  gt_tape t = watching({x});
  EXPECT_EQ(count_of(plan_text(c, {grad(t, gt_sigmoid(c, x), x)}), "part"), 0u) << "the slope alone";
}
// The function is written once and the slope once, whatever stands between them.
TEST_F(Parts, APartIsComputedOnce) {
  gt_tensor x = tensor<float>(c, {64, 32}, std::vector<float>(64 * 32, 0.5f));
  gt_tensor w = tensor<float>(c, {32, 16}, std::vector<float>(32 * 16, 0.25f));
  for (const char* op : {"tanh", "sigmoid", "silu"}) {
    gt_tape t = watching({x, w});
    gt_scope_begin(c);
    gt_tensor h = apply(c, op, {gt_matmul(c, x, w, 0, 0)})[0];
    gt_tensor loss = sum(gt_square(c, gt_matmul(c, h, w, 0, 1)));
    std::vector<gt_tensor> kept = grads(t, {loss}, {x, w});
    ASSERT_EQ(gt_scope_end(c, kept.data(), kept.size()), GT_OK);
    EXPECT_EQ(gt_release(c, t), GT_OK);
    const std::string plan = plan_text(c, kept);
    EXPECT_EQ(count_of(plan, std::string(op[0] == 't' ? "tanh" : "sigmoid") + "_part"), 1u) << plan;
    EXPECT_EQ(count_of(plan, op[0] == 't' ? "sech_squared_rest" : "logistic_slope_rest"), 1u) << plan;
  }
}

}  // namespace
}  // namespace test
