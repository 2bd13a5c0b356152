// Poles: what is not selected carries nothing, whatever the partial derivative is there.
#include "support/orders.hpp"

namespace test {
namespace {

struct Pole {
  const char* name;
  double pole, plain;  // a point where a derivative is not finite, and one where all are
  Body f;
};
Body with_number(const char* name, double number, bool number_first) {
  return [=](gt_context c, gt_tensor x) {
    const gt_tensor n = gt_scalar(c, number);
    return one(c, name, number_first ? std::vector{n, x} : std::vector{x, n});
  };
}
const std::vector<Pole>& poles() {
  static const std::vector<Pole> all = {
      {"sqrt", 0, 4, op("sqrt")},
      {"rsqrt", 0, 4, op("rsqrt")},
      {"reciprocal", 0, 2, op("reciprocal")},
      {"divide", 0, 2, with_number("divide", 3, true)},
      {"log", 0, 2, op("log")},
      {"log2", 0, 2, op("log2")},
      {"log1p", -1, 2, op("log1p")},
      {"asin", 1, 0.5, op("asin")},
      {"acos", -1, 0.5, op("acos")},
      {"acosh", 1, 2, op("acosh")},
      {"atanh", 1, 0.5, op("atanh")},
      {"erfinv", 1, 0.5, op("erfinv")},
      {"lgamma", 0, 2.5, op("lgamma")},
      {"digamma", 0, 2.5, op("digamma")},
      {"pow", 0, 4, with_number("pow", 0.5, false)},
      {"pow_negative", 0, 2, with_number("pow", -1.5, false)},
      {"exp", 1000, 1, op("exp")},
      {"expm1", 1000, 1, op("expm1")},
      {"exp2", 5000, 1, op("exp2")},
      {"cosh", 1000, 1, op("cosh")},
      {"tan of nan", kNan, 0.5, op("tan")},
      {"tanh of nan", kNan, 0.5, op("tanh")},
      {"square of nan", kNan, 2, op("square")},
      {"xlogy", 0, 2, with_number("xlogy", 3, true)},
      {"xlog1py", -1, 2, with_number("xlog1py", 3, true)},
      {"atan2", 0, 0.5,
       [](gt_context c, gt_tensor x) {
         return one(c, "atan2", {x, one(c, "square", {x})});
       }},
      {"hypot", 0, 2,
       [](gt_context c, gt_tensor x) {
         return one(c, "hypot", {x, x});
       }},
      {"divide_no_nan of nan", kNan, 2, with_number("divide_no_nan", 3, true)},
      {"multiply_no_nan of inf", kInf, 2,
       [](gt_context c, gt_tensor x) {
         return one(c, "multiply_no_nan", {x, x});
       }},
      {"exp of exp", 1000, 1, [](gt_context c, gt_tensor x) { return one(c, "exp", {one(c, "exp", {x})}); }},
      {"log of reciprocal", 0, 2, [](gt_context c, gt_tensor x) { return one(c, "log", {one(c, "reciprocal", {x})}); }},
  };
  return all;
}

// An op that takes the second of two entries, and leaves the first.
struct Selector {
  const char* name;
  Body select;
};
const std::vector<Selector>& selectors() {
  static const std::vector<Selector> all = {
      {"where",
       [](gt_context c, gt_tensor y) {
         const gt_tensor taken = tensor<uint8_t>(c, {2}, {0, 1});
         return one(c, "where", {one(c, "cast", {taken}, {{"dtype", "bool"}}), y, one(c, "zeros_like", {y})});
       }},
      {"slice",
       [](gt_context c, gt_tensor y) {
         return one(c, "slice", {y}, {{"begin", {1}}, {"size", {1}}});
       }},
      {"gather",
       [](gt_context c, gt_tensor y) {
         return one(c, "gather", {y, tensor<int32_t>(c, {1}, {1})});
       }},
      {"split and tanh",
       [](gt_context c, gt_tensor y) {
         return one(c, "multiply", {apply(c, "split", {y}, {{"num_or_size_splits", 2}})[1], gt_scalar(c, 1)});
       }},
      {"reverse, strided_slice",
       [](gt_context c, gt_tensor y) {
         return one(c, "strided_slice", {one(c, "reverse", {y}, {{"axis", {0}}})}, {{"begin", {0}}, {"end", {1}}});
       }},
      {"product with rows of zeros",
       [](gt_context c, gt_tensor y) {
         const gt_tensor row = one(c, "slice", {y}, {{"begin", {1}}, {"size", {1}}});
         return one(c, "matmul",
                    {one(c, "reshape", {row}, {{"shape", {1, 1}}}),
                     one(c, "cast", {tensor<float>(c, {1, 2}, {0.25, 0.75})},
                         {{"dtype", dtype_of(c, y) == GT_FLOAT64 ? "float64" : "float32"}})});
       }},
  };
  return all;
}

TEST(Poles, NotSelected) {
  for (gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64})
    for (const Pole& p : poles()) {
      Ctx c;
      const std::vector<gt_tensor> alone = derivatives(c, make(c, dtype, {p.plain}), p.f, {kGradient, GT_MODE_REVERSE});
      const double first = numbers(c, alone[0])[0], second = numbers(c, alone[1])[0];
      ASSERT_TRUE(std::isfinite(first) && std::isfinite(second)) << p.name;
      for (const Selector& s : selectors()) {
        const Body f = [&](gt_context ctx, gt_tensor x) { return s.select(ctx, p.f(ctx, x)); };
        check(std::string(p.name) + " under " + s.name, dtype, {p.pole, p.plain}, f,
              equal_to({0, first}, {0, 0, 0, second}));
      }
    }
}

// Entries of f(x) do not meet: off the diagonal a Jacobian is 0, at a pole too.
TEST(Poles, JacobianOfEntries) {
  for (const Pole& p : poles()) {
    Ctx c;
    gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    const gt_tensor x = make(c, GT_FLOAT64, {p.pole, p.plain});
    EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
    const gt_tensor y = p.f(c, x);
    for (int32_t mode : {GT_MODE_REVERSE, GT_MODE_FORWARD}) {
      const Values j = numbers(c, jacobian(c, t, y, x, mode));
      EXPECT_TRUE(j[1] == 0 && j[2] == 0 && std::isfinite(j[3])) << p.name << " " << j[1] << " " << j[2];
    }
  }
}

// Selection by value.
TEST(Poles, NotTheLargest) {
  const auto least_rsqrt = [](gt_context c, gt_tensor x) { return one(c, "reduce_min", {one(c, "rsqrt", {x})}); };
  check("reduce_min", GT_FLOAT64, {0, 4}, least_rsqrt, equal_to({0, -1. / 16}, {0, 0, 0, 3. / 128}));
  const auto largest = [](gt_context c, gt_tensor x) {
    return one(c, "reduce_max", {one(c, "negative", {one(c, "reciprocal", {one(c, "square", {x})})})});
  };
  check("reduce_max", GT_FLOAT64, {0, 2}, largest, equal_to({0, 1. / 4}, {0, 0, 0, -3. / 8}));
  const auto clipped = [](gt_context c, gt_tensor x) {
    return one(c, "clip_by_value", {one(c, "log", {x})}, {{"clip_value_min", -1.0}, {"clip_value_max", 5.0}});
  };
  check("clip_by_value", GT_FLOAT64, {0, 2}, clipped, equal_to({0, 0.5}, {0, 0, 0, -0.25}));
  const auto relu = [](gt_context c, gt_tensor x) { return one(c, "relu", {one(c, "log", {x})}); };
  check("relu", GT_FLOAT64, {0, 2}, relu, equal_to({0, 0.5}, {0, 0, 0, -0.25}));
  const auto above = [](gt_context c, gt_tensor x) {
    return one(c, "maximum", {one(c, "log", {x}), gt_scalar(c, -1)});
  };
  check("maximum", GT_FLOAT64, {0, 2}, above, equal_to({0, 0.5}, {0, 0, 0, -0.25}));
  const auto top = [](gt_context c, gt_tensor x) { return apply(c, "top_k", {one(c, "log", {x})}, {{"k", 1}})[0]; };
  check("top_k", GT_FLOAT64, {0, 2}, top, equal_to({0, 0.5}, {0, 0, 0, -0.25}));
  const auto sorted = [](gt_context c, gt_tensor x) {
    return one(c, "slice", {one(c, "sort", {one(c, "log", {x})})}, {{"begin", {1}}, {"size", {1}}});
  };
  check("sort", GT_FLOAT64, {0, 2}, sorted, equal_to({0, 0.5}, {0, 0, 0, -0.25}));
  const auto masked = [](gt_context c, gt_tensor x) {
    const gt_tensor hot = one(c, "one_hot", {tensor<int32_t>(c, {}, {1})}, {{"depth", 2}, {"dtype", "float64"}});
    return one(c, "multiply", {hot, one(c, "acos", {x})});
  };
  check("one_hot", GT_FLOAT64, {1, 0}, masked, equal_to({0, -1}, {0, 0, 0, 0}));
}

// Products of all entries, and of those so far: what is infinite, or nan, beside the selected ones stays there.
TEST(Poles, CumulativeOps) {
  const auto entry = [](const char* name, int64_t i, const json& attrs = json::object()) -> Body {
    return [=](gt_context c, gt_tensor x) {
      const auto in = std::string(name) == "linear_scan" ? std::vector{x, x} : std::vector{x};
      return one(c, "slice", {one(c, name, in, attrs)}, {{"begin", {i}}, {"size", {1}}});
    };
  };
  const Values none(9, 0), product{0, 1, 0, 1, 0, 0, 0, 0, 0};
  for (gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64})
    for (double pole : {kInf, kNan}) {
      check("cumprod", dtype, {2, pole, 3}, entry("cumprod", 0), equal_to({1, 0, 0}, none));
      check("cumprod of two", dtype, {2, 3, pole}, entry("cumprod", 1), equal_to({3, 2, 0}, product));
      check("cumprod, exclusive", dtype, {2, 3, pole}, entry("cumprod", 2, {{"exclusive", true}}),
            equal_to({3, 2, 0}, product));
      check("cumprod, reverse", dtype, {pole, 3, 2}, entry("cumprod", 1, {{"reverse", true}}),
            equal_to({0, 2, 3}, {0, 0, 0, 0, 0, 1, 0, 1, 0}));
      check("linear_scan", dtype, {2, 3, pole}, entry("linear_scan", 1), equal_to({3, 3, 0}, product));
      check("logcumsumexp", dtype, {1, pole, 2}, entry("logcumsumexp", 0), equal_to({1, 0, 0}, none));
      check("cumsum", dtype, {1, pole, 2}, entry("cumsum", 0), equal_to({1, 0, 0}, none));
    }
  const double a = std::log(2.0), b = std::log(3.0);
  check(
      "cumprod of log", GT_FLOAT64, {2, 3, 0},
      [&](gt_context c, gt_tensor x) { return entry("cumprod", 1)(c, one(c, "log", {x})); },
      equal_to({b / 2, a / 3, 0}, {-b / 4, 1. / 6, 0, 1. / 6, -a / 9, 0, 0, 0, 0}));
  check(
      "rows of reduce_prod", GT_FLOAT64, {2, 3, kInf, 0},
      [](gt_context c, gt_tensor x) {
        const gt_tensor rows = one(c, "reshape", {x}, {{"shape", {2, 2}}});
        return one(c, "slice", {one(c, "reduce_prod", {rows}, {{"axis", 1}})}, {{"begin", {0}}, {"size", {1}}});
      },
      equal_to({3, 2, 0, 0}, {0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  Ctx c;  // values keep to IEEE
  const gt_tensor x = make(c, GT_FLOAT64, {0, 1}), factors = make(c, GT_FLOAT64, {1, kInf});
  const gt_tensor padded = one(c, "pad", {x}, {{"paddings", {0, 0}}});
  EXPECT_TRUE(std::isnan(numbers(c, one(c, "linear_scan", {factors, padded}))[1]));
}

// A rule that a user gives holds to it as well: products and quotients of its cotangents do.
TEST(Poles, CustomGradients) {
  static const auto log = [](gt_context c, void*, const gt_tensor* in, size_t, gt_tensor* out, size_t,
                             size_t* n) -> gt_status {
    out[0] = gt_log(c, in[0]);
    *n = 1;
    return GT_OK;
  };
  using Rule = gt_status (*)(gt_context, void*, const gt_call*, const gt_tensor*, gt_tensor*);
  static const Rule rules[] = {
      [](gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
        dx[0] = gt_divide(c, dy[0], call->inputs[0]);
        return GT_OK;
      },
      [](gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
        dx[0] = gt_multiply(c, dy[0], gt_reciprocal(c, call->inputs[0]));
        return GT_OK;
      },
      [](gt_context c, void*, const gt_call* call, const gt_tensor* dy, gt_tensor* dx) -> gt_status {
        dx[0] = gt_multiply(c, gt_reciprocal(c, call->inputs[0]), dy[0]);
        return GT_OK;
      }};
  for (const Rule& rule : rules) {
    const Body f = [=](gt_context c, gt_tensor x) {
      gt_tensor y = nullptr;
      EXPECT_EQ(gt_custom_gradient(c, nullptr, log, rule, nullptr, nullptr, &x, 1, &y, 1, nullptr), GT_OK);
      return y;
    };
    for (const Selector& s : selectors())
      check(
          "custom log " + std::to_string(&rule - rules) + " under " + s.name, GT_FLOAT64, {0, 2},
          [&](gt_context c, gt_tensor x) { return s.select(c, f(c, x)); }, equal_to({0, 0.5}, {0, 0, 0, -0.25}));
  }
}

// A cotangent that happens to be 0 was selected, and 0 times infinity is unknown.
TEST(Poles, AnHonestZeroIsNot) {
  const auto f = [](gt_context c, gt_tensor x) { return one(c, "square", {one(c, "acos", {x})}); };
  Ctx c;
  const gt_tensor g = derivatives(c, make(c, GT_FLOAT64, {1}), f, {kGradient, GT_MODE_REVERSE})[0];
  EXPECT_TRUE(std::isnan(number(c, g)));
}

}  // namespace
}  // namespace test
