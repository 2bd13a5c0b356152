// Kinks: what is smooth although it is made of kinks has its derivatives, or nan, and never a wrong number.
#include "support/orders.hpp"

namespace test {
namespace {

// The square of a root is smooth.
TEST(Kinks, SquaresOfRoots) {
  const std::vector<double> two{2, 0, 0, 2};
  for (const json& attrs : {json::object(), json{{"keepdims", true}}, json{{"axis", {0}}}}) {
    const auto length = [=](gt_context c, gt_tensor x) { return one(c, "norm", {x}, attrs); };
    for (const Values& at : {Values{0, 0}, Values{3, 4}}) {
      const Values g{2 * at[0], 2 * at[1]};
      check(
          "norm squared", GT_FLOAT64, at, [&](gt_context c, gt_tensor x) { return one(c, "square", {length(c, x)}); },
          equal_to(g, two, 1e-12));
      check(
          "norm to the second", GT_FLOAT32, at,
          [&](gt_context c, gt_tensor x) {
            return one(c, "pow", {length(c, x), gt_scalar(c, 2)});
          },
          equal_to(g, two, 1e-6));
      check(
          "norm times itself", GT_FLOAT64, at,
          [&](gt_context c, gt_tensor x) {
            const gt_tensor n = length(c, x);
            return one(c, "multiply", {n, n});
          },
          equal_to(g, two, 1e-12));
    }
  }
  check(
      "abs squared", GT_FLOAT64, {0, -3},
      [](gt_context c, gt_tensor x) { return one(c, "square", {one(c, "abs", {x})}); }, equal_to({0, -6}, two));
  check(
      "hypot squared", GT_FLOAT64, {0, 0},
      [](gt_context c, gt_tensor x) {
        return one(c, "square", {one(c, "hypot", {x, x})});
      },
      equal_to({0, 0}, {4, 0, 0, 4}));
}

TEST(Kinks, SmoothFunctionsOfAbs) {
  const auto log_cosh = [](gt_context c, gt_tensor x) {
    const gt_tensor size = one(c, "abs", {x});
    const gt_tensor e = one(c, "exp", {one(c, "multiply", {gt_scalar(c, -2), size})});
    return one(c, "add", {size, one(c, "log1p", {e})});
  };
  check("log cosh", GT_FLOAT64, {0}, log_cosh, never_wrong({0}, {1}));
  const auto cosine = [](gt_context c, gt_tensor x) { return one(c, "cos", {one(c, "abs", {x})}); };
  check("cos", GT_FLOAT64, {0}, cosine, never_wrong({0}, {-1}));
}

gt_tensor power(gt_context c, gt_tensor x, double exponent) { return one(c, "pow", {x, gt_scalar(c, exponent)}); }

TEST(Kinks, EvenPowersOfRoots) {
  const Values none{0, 0, 0, 0}, two{2, 0, 0, 2};
  // r^4 + r^2
  const auto quartic = [](const Body& root) -> Body {
    return [=](gt_context c, gt_tensor x) {
      const gt_tensor r = root(c, x);
      return one(c, "add", {power(c, r, 4), one(c, "multiply", {r, r})});
    };
  };
  const auto hypot = [](gt_context c, gt_tensor x) {
    const auto parts = apply(c, "split", {x}, {{"num_or_size_splits", 2}});
    return one(c, "hypot", {parts[0], parts[1]});
  };
  for (gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64}) {
    check("norm", dtype, {0, 0}, quartic(op("norm")), equal_to({0, 0}, two));
    check("norm at 3, 4", dtype, {3, 4}, quartic(op("norm")), equal_to({306, 408}, {174, 96, 96, 230}));
    check("hypot", dtype, {0, 0}, quartic(hypot), equal_to({0, 0}, two));
    check("abs", dtype, {0, -2}, quartic(op("abs")), equal_to({0, -36}, {2, 0, 0, 50}));
    check("sqrt", dtype, {0, 4}, quartic(op("sqrt")), equal_to({1, 9}, two));
    check(
        "inverse", dtype, {0, 0},
        [](gt_context c, gt_tensor x) {
          const gt_tensor n = one(c, "norm", {x});
          return one(c, "reciprocal", {one(c, "add", {gt_scalar(c, 1), one(c, "multiply", {n, n})})});
        },
        equal_to({0, 0}, {-2, 0, 0, -2}));
  }
  const auto root_of_sum = [](gt_context c, gt_tensor x) { return one(c, "sqrt", {sum(c, one(c, "square", {x}))}); };
  check(
      "root of a sum", GT_FLOAT64, {0, 0},
      [=](gt_context c, gt_tensor x) { return one(c, "square", {root_of_sum(c, x)}); }, equal_to({0, 0}, two));
  check(
      "root below 0", GT_FLOAT64, {-1, 4}, [](gt_context c, gt_tensor x) { return power(c, one(c, "sqrt", {x}), 2); },
      equal_to({kNan, 1}, none));
}

// Powers above the second are flat at 0; the norms of other orders are smooth where some entry is not 0.
TEST(Kinks, OtherPowersAndOrders) {
  const auto third = [](const Body& root) -> Body {
    return [=](gt_context c, gt_tensor x) { return power(c, root(c, x), 3); };
  };
  const Values none{0, 0, 0, 0};
  const Body norm3 = [](gt_context c, gt_tensor x) { return one(c, "norm", {x}, {{"ord", 3}}); };
  for (gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64}) {
    check("abs", dtype, {0, -2}, third(op("abs")), equal_to({0, -12}, {0, 0, 0, 12}));
    check("norm", dtype, {0, 0}, third(op("norm")), equal_to({0, 0}, none));
    check("norm at 3, 4", dtype, {3, 4}, third(op("norm")), equal_to({45, 60}, {20.4, 7.2, 7.2, 24.6}));
    check("norm of order 3, its power", dtype, {0, 0}, third(norm3), equal_to({0, 0}, none));
    check("norm of order 3", dtype, {0, 1}, norm3, equal_to({0, 1}, none));
    check(
        "power of 2.5", dtype, {0, 4}, [](gt_context c, gt_tensor x) { return power(c, one(c, "abs", {x}), 2.5); },
        equal_to({0, 20}, {0, 0, 0, 7.5}));
  }
}

// Several entries, or steps behind the kink, do not hide that there is no second derivative.
TEST(Kinks, SmoothFunctionsOfManyEntries) {
  const auto cosine_of = [](const Body& root) -> Body {
    return [=](gt_context c, gt_tensor x) { return one(c, "cos", {root(c, x)}); };
  };
  const double s = -std::sin(2.0), h = -std::cos(2.0);
  const Values right{-1, 0, 0, -1};
  const auto size = op("abs");
  check("cos abs", GT_FLOAT64, {0, 2}, cosine_of(size), never_wrong({0, s}, {-1, 0, 0, h}));
  check("cos norm", GT_FLOAT64, {0, 0}, cosine_of(op("norm")), never_wrong({0, 0}, right));
  check("cos std", GT_FLOAT64, {1, 1}, cosine_of(op("reduce_std")), never_wrong({0, 0}, {-.25, .25, .25, -.25}));
  check("cos hypot", GT_FLOAT32, {0, 0}, cosine_of([](gt_context c, gt_tensor x) {
          const auto parts = apply(c, "split", {x}, {{"num_or_size_splits", 2}});
          return one(c, "hypot", {parts[0], parts[1]});
        }),
        never_wrong({0, 0}, right));
  check("rows", GT_FLOAT64, {0, 0}, cosine_of([](gt_context c, gt_tensor x) {
          return one(c, "norm", {one(c, "reshape", {x}, {{"shape", {2, 1}}})}, {{"axis", {1}}});
        }),
        never_wrong({0, 0}, right));
  check(
      "a slice", GT_FLOAT64, {0, 2},
      [=](gt_context c, gt_tensor x) {
        return one(c, "slice", {cosine_of(size)(c, x)}, {{"begin", {0}}, {"size", {1}}});
      },
      never_wrong({0, 0}, {-1, 0, 0, 0}));
  check("of a slice", GT_FLOAT64, {0, 2}, cosine_of([=](gt_context c, gt_tensor x) {
          return one(c, "slice", {size(c, x)}, {{"begin", {0}}, {"size", {1}}});
        }),
        never_wrong({0, 0}, {-1, 0, 0, 0}));
  check(
      "a power of each", GT_FLOAT64, {0, -2},
      [=](gt_context c, gt_tensor x) {
        return one(c, "pow", {size(c, x), tensor<double>(c, {2}, {2, 2})});
      },
      never_wrong({0, -4}, {2, 0, 0, 2}));
  check("beside others", GT_FLOAT64, {0, 2}, cosine_of([=](gt_context c, gt_tensor x) {
          return one(c, "concat", {x, size(c, x)}, {{"axis", 0}});
        }),
        never_wrong({0, 2 * s}, {-2, 0, 0, 2 * h}));
  check(
      "gathered twice", GT_FLOAT64, {0, 2},
      [=](gt_context c, gt_tensor x) {
        return one(c, "gather", {cosine_of(size)(c, x), tensor<int32_t>(c, {2}, {0, 0})});
      },
      never_wrong({0, 0}, {-2, 0, 0, 0}));
  check("a product of matrices", GT_FLOAT64, {0}, cosine_of([=](gt_context c, gt_tensor x) {
          const gt_tensor column = one(c, "reshape", {size(c, x)}, {{"shape", {1, 1}}});
          const gt_tensor both = one(c, "concat", {column, column}, {{"axis", 0}});
          return one(c, "matmul", {tensor<double>(c, {2, 2}, {1, -2, 2, 1}), both});
        }),
        never_wrong({0}, {-10}));
  check("a running sum", GT_FLOAT64, {0, 0},
        cosine_of([=](gt_context c, gt_tensor x) { return one(c, "cumprod", {size(c, x)}); }),
        never_wrong({0, 0}, {-1, 0, 0, 0}));
  check(
      "where it is not selected", GT_FLOAT64, {0, 2},
      [=](gt_context c, gt_tensor x) {
        const gt_tensor zero = one(c, "zeros_like", {x});
        return one(c, "where", {one(c, "greater", {x, zero}), cosine_of(size)(c, x), zero});
      },
      equal_to({0, s}, {0, 0, 0, h}));
}

TEST(Kinks, FirstDerivativesOfNormsAtZero) {
  for (const json& ord : {json("euclidean"), json(1), json(3), json(4), json(2.5), json("inf")}) {
    Ctx c;
    gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    const gt_tensor x = make(c, GT_FLOAT64, {0, 0});
    EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
    const gt_tensor y = one(c, "norm", {x}, {{"ord", ord}});
    for (int32_t mode : {GT_MODE_REVERSE, GT_MODE_FORWARD})
      expect_close(numbers(c, jacobian(c, t, y, x, mode)), {0, 0}, {0, 0}, ord.dump());
  }
}

// A function linear in |x| keeps 0, in reverse mode first; a part that is not selected is none.
TEST(Kinks, SecondDerivativesBeside) {
  Ctx c;
  const gt_tensor x = make(c, GT_FLOAT64, {0, 2});
  const auto of = [](const char* name, const json& attrs) {
    return [=](gt_context ctx, gt_tensor t) { return one(ctx, name, {one(ctx, "zeros_like", {t}), t}, attrs); };
  };
  const auto linear = derivatives(c, x, op("abs"), {kGradient, GT_MODE_REVERSE});
  expect_close(numbers(c, linear[1]), {0, 0, 0, 0}, {0, 0}, "abs");
  check("huber", GT_FLOAT64, {0, 2}, of("huber_loss", {{"delta", 1.0}}), equal_to({0, 1}, {1, 0, 0, 0}));
  check(
      "clip_by_norm", GT_FLOAT64, {0, 0},
      [](gt_context ctx, gt_tensor t) {
        return one(ctx, "clip_by_norm", {t}, {{"clip_norm", 1.0}});
      },
      equal_to({1, 1}, {0, 0, 0, 0}));
}

}  // namespace
}  // namespace test
