// Roots at their limits: restarts, few steps, sizes, matrices that are singular, and options that are wrong.
#include <cmath>
#include <map>

#include "support/implicit.hpp"

namespace test {
namespace {

using ImplicitLimits = ImplicitWays;

TEST_F(ImplicitLimits, RestartsAndDefinitenessEitherWay) {
  const Tensors x = {vec64({1, -2, 0.5, 0.3, 2})};
  gt_root_options o = exact(GT_ROOT_GMRES);
  o.linear_restart = 2, o.linear_max_steps = 300;
  expect_twins(chain_root(0.4, 1.3, o), chain_root(0.4, 1.3, exact()), x);
  const auto negative = [this](int32_t linear) {
    return Program([this, linear](const Tensors& in) {
      return root([&](gt_context, const Tensors& u) { return Tensors{sub(in[0], chain(u[0], 1, 1))}; },
                  {gt_zeros_like(c, in[0])}, exact(linear));
    });
  };
  expect_twins(negative(GT_ROOT_CG), negative(GT_ROOT_DENSE), x);
}

// The slowest entry falls by a hundredth in each repetition; the combination of seven steps is exact.
TEST_F(ImplicitLimits, AndersonsMethodIsFasterThanRepetition) {
  gt_tensor rates = vec64({0.1, 0.3, 0.5, 0.7, 0.9, 0.99}), one = scalar64(c, 1);
  const auto map = [&](gt_context, const Tensors& u) { return Tensors{add(mul(rates, u[0]), one)}; };
  gt_root_options o = anderson(GT_ROOT_GMRES);
  o.tolerance = 1e-9;
  o.max_steps = 30;
  for (const double damping : {0.0, 0.5})
    for (const int32_t history : {6, 100}) {
      o.damping = damping, o.history = history;
      const std::vector<double> x = numbers(c, root(map, {vec64({0, 0, 0, 0, 0, 0})}, o)[0]);
      expect_close(x, {1 / 0.9, 1 / 0.7, 2, 1 / 0.3, 10, 100}, {1e-6, 1e-6}, "x");
    }
  o.history = 1;
  gt_tensor x = root(map, {vec64({0, 0, 0, 0, 0, 0})}, o)[0];
  TwinTest::expect_error(gt_eval(c, &x, 1), GT_FAILED_PRECONDITION, "no root was found");
}

// A root is given the unknowns that were found: differences of its op would all be 0.
TEST_F(ImplicitLimits, ChecksOfRules) {
  for (int32_t linear = GT_ROOT_DENSE; linear <= GT_ROOT_GMRES; ++linear) {
    gt_tensor x = vec64({1, -2, 0.5, 0.3, 2});
    gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
    gt_tensor y = sum(gt_sin(c, chain_root(1, 1, exact(linear))({mul(x, x)})[0]));
    EXPECT_EQ(gt_tape_check(c, t, y, &x, 1, nullptr, nullptr, 0, nullptr), GT_OK) << c.message();
  }
}

// ---- Sizes

TEST_F(ImplicitLimits, Float32) {
  for (int32_t linear = GT_ROOT_DENSE; linear <= GT_ROOT_GMRES; ++linear) {
    SCOPED_TRACE(linear);
    gt_root_options o{};
    o.linear = linear;
    gt_tensor a = vec({1, -2, 0.5}), five = gt_scalar(c, 5);
    gt_tape t = watching({a});
    gt_tensor x =
        root([&](gt_context, const Tensors& u) { return Tensors{sub(mul(five, u[0]), a)}; }, {vec({0, 0, 0})}, o)[0];
    EXPECT_EQ(dtype_of(c, x), GT_FLOAT32);
    expect_close(numbers(c, x), {0.2, -0.4, 0.1}, {1e-5, 1e-5}, "x");
    expect_close(numbers(c, grad(t, x, a)), {0.2, 0.2, 0.2}, {1e-5, 1e-5}, "gradient");
  }
  gt_root_options o{};
  o.fixed_point = 1, o.method = GT_ROOT_ANDERSON, o.linear = GT_ROOT_GMRES;
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{gt_cos(c, u[0])}; }, {vec({0, 1})}, o)[0];
  expect_close(numbers(c, x), {0.739085, 0.739085}, {1e-5, 1e-5}, "cosine");
}

TEST_F(ImplicitLimits, OneNoneAndNoAxes) {
  for (const bool fixed : {false, true})
    for (int32_t linear = GT_ROOT_DENSE; linear <= GT_ROOT_GMRES; ++linear)
      for (const auto& [dims, size] :
           std::map<std::vector<int64_t>, std::size_t>{{{}, 1}, {{1}, 1}, {{0}, 0}, {{2, 0}, 0}, {{1, 1}, 1}}) {
        SCOPED_TRACE(testing::Message() << fixed << " " << linear << " " << dims.size());
        gt_root_options o = fixed ? anderson(linear) : exact(linear);
        gt_tensor a = scalar64(c, 0.4), start = tensor<double>(c, dims, std::vector<double>(size));
        gt_tape t = watching({a});
        gt_tensor x = root(
            [&](gt_context, const Tensors& u) {
              gt_tensor next = mul(a, gt_cos(c, u[0]));
              return Tensors{fixed ? next : sub(u[0], next)};
            },
            {start}, o)[0];
        const std::vector<double> v = numbers(c, x);
        for (const double at : v) EXPECT_NEAR(at, 0.4 * std::cos(at), 1e-12);
        double want = 0;
        for (const double at : v) want += std::cos(at) / (1 + 0.4 * std::sin(at));
        EXPECT_NEAR(number(c, grad(t, sum(x), a)), want, 1e-11);
      }
}

// Nothing as large as a matrix of the unknowns is made.
TEST_F(ImplicitLimits, ManyUnknowns) {
  const int64_t n = 100000;
  for (const int32_t linear : {GT_ROOT_GMRES, GT_ROOT_CG, GT_ROOT_BANDED, GT_ROOT_SPARSE}) {
    SCOPED_TRACE(linear);
    gt_root_options o = linear == GT_ROOT_GMRES ? anderson(linear) : exact(linear);
    o.tolerance = 1e-10;
    gt_tensor a = gt_fill(c, scalar64(c, 0.4), &n, 1);
    gt_tape t = watching({a});
    gt_tensor x = root(
        [&](gt_context, const Tensors& u) {
          gt_tensor next = mul(a, gt_cos(c, add(u[0], times(0.1, shifted(u[0], true)))));
          next = linear == GT_ROOT_GMRES
                     ? next
                     : sub(times(2, u[0]),
                           add(times(0.5, next), times(0.3, add(shifted(u[0], true), shifted(u[0], false)))));
          return Tensors{next};
        },
        {gt_zeros_like(c, a)}, o)[0];
    if (linear == GT_ROOT_CG) continue;  // not symmetric: the value alone
    gt_tensor g = grad(t, sum(x), a);
    EXPECT_GT(number(c, gt_reduce_min(c, g, nullptr, 0, 0)), 0);
  }
}

// ---- Failures

class ImplicitFailures : public ImplicitWays {
 public:
  void expect_unreadable(gt_tensor x, gt_status code, const std::string& part) {
    TwinTest::expect_error(gt_eval(c, &x, 1), code, part);
  }
};

TEST_F(ImplicitFailures, SingularMatrices) {
  gt_tensor a = vec64({1, 1});
  for (const int32_t linear : {GT_ROOT_DENSE, GT_ROOT_BANDED, GT_ROOT_SPARSE, GT_ROOT_CG, GT_ROOT_GMRES}) {
    SCOPED_TRACE(linear);
    // The guess is a root already, and the Jacobian [[1, 1], [1, 1]] has no inverse there.
    gt_tape t = watching({a});
    gt_tensor x = root(
        [&](gt_context, const Tensors& u) {
          return Tensors{
              sub(gt_broadcast_to(c, sum(u[0]), std::array<int64_t, 1>{2}.data(), 1), mul(a, gt_scalar(c, 2)))};
        },
        {vec64({1, 1})}, exact(linear))[0];
    gt_tensor g = grad(t, part(x, 0, 1), a);
    if (linear >= GT_ROOT_CG)
      expect_unreadable(g, GT_FAILED_PRECONDITION, "did not converge");
    else
      expect_unreadable(g, GT_INVALID_ARGUMENT, "is singular");
  }
}

// No residual depends on an unknown.
TEST_F(ImplicitFailures, JacobiansWithoutEntries) {
  gt_tensor a = vec64({1, 2});
  for (const int32_t linear : {GT_ROOT_DENSE, GT_ROOT_BANDED, GT_ROOT_SPARSE}) {
    gt_tensor x =
        root([&](gt_context, const Tensors&) { return Tensors{gt_identity(c, a)}; }, {vec64({0, 0})}, exact(linear))[0];
    expect_unreadable(x, GT_INVALID_ARGUMENT, "is singular");
  }
  for (const int32_t linear : {GT_ROOT_CG, GT_ROOT_GMRES}) {
    gt_tensor x =
        root([&](gt_context, const Tensors&) { return Tensors{gt_identity(c, a)}; }, {vec64({0, 0})}, exact(linear))[0];
    expect_unreadable(x, GT_FAILED_PRECONDITION, "no root was found");
  }
}

TEST_F(ImplicitFailures, SystemsThatDoNotConverge) {
  for (const int32_t linear : {GT_ROOT_CG, GT_ROOT_GMRES}) {
    gt_root_options o = exact(linear);
    o.linear_max_steps = 2;
    gt_tensor a = vec64({1, -2, 0.5, 0.3, 2});
    gt_tape t = watching({a});
    gt_tensor x = chain_root(1, 1, o)({a})[0];
    EXPECT_EQ(numbers(c, x).size(), 5u) << "steps need not be exact";
    gt_tensor g = grad(t, sum(gt_sin(c, x)), a);
    expect_unreadable(g, GT_FAILED_PRECONDITION, "after 2 product(s) with the Jacobian [5, 5] the residual is");
  }
}

TEST_F(ImplicitFailures, IterationsThatDoNotConverge) {
  gt_root_options o = anderson(GT_ROOT_GMRES);
  o.max_steps = 3;
  gt_tensor x = root([&](gt_context, const Tensors& u) { return Tensors{gt_exp(c, u[0])}; }, {scalar64(c, 0)}, o)[0];
  expect_unreadable(x, GT_FAILED_PRECONDITION, "no root was found");
  x = root([&](gt_context, const Tensors& u) { return Tensors{gt_log(c, u[0])}; }, {scalar64(c, -1)}, o)[0];
  expect_unreadable(x, GT_FAILED_PRECONDITION, "the largest residual is nan");
}

TEST_F(ImplicitFailures, Options) {
  const auto same = [](gt_context, const Tensors& u) { return u; };
  const auto refused = [&](const std::function<void(gt_root_options&)>& change, const std::string& part) {
    gt_root_options o{};
    change(o);
    root(same, {vec64({1, 2})}, o);
    TwinTest::expect_error(last_status, GT_INVALID_ARGUMENT, part);
  };
  refused([](auto& o) { o.method = GT_ROOT_ANDERSON; }, "options.fixed_point must be 1");
  refused([](auto& o) { o.method = 2; }, "options.method must be from 0 to 1, got 2");
  refused([](auto& o) { o.linear = -1; }, "options.linear must be from 0 to 4, got -1");
  refused([](auto& o) { o.fixed_point = 2; }, "options.fixed_point must be 0 or 1");
  refused([](auto& o) { o.history = -1; }, "options.history must not be negative");
  refused([](auto& o) { o.damping = 1.5; }, "options.damping must be 1 at most");
  refused([](auto& o) { o.damping = std::nan(""); }, "options.damping must not be negative");
  refused([](auto& o) { o.linear_tolerance = -1; }, "options.linear_tolerance must not be negative");
  refused([](auto& o) { o.linear_max_steps = -1; }, "options.linear_max_steps must not be negative");
  refused([](auto& o) { o.linear_restart = -1; }, "options.linear_restart must not be negative");
  gt_root_options o = anderson(GT_ROOT_DENSE);
  root([&](gt_context, const Tensors& u) { return Tensors{sum(u[0])}; }, {vec64({1, 2})}, o);
  TwinTest::expect_error(last_status, GT_INVALID_ARGUMENT,
                         "the function gives each unknown anew, but float64[] for unknown 0");
}

}  // namespace
}  // namespace test
