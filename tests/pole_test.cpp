// Poles and kinks: what is not selected carries nothing, whatever the partial derivative is there; and what is smooth
// although it is made of kinks has no wrong second derivative.
#include <functional>

#include "support.hpp"

namespace test {
namespace {

using Values = std::vector<double>;
using Body = std::function<gt_tensor(gt_context, gt_tensor)>;

gt_tensor one(gt_context c, const std::string& op, const std::vector<gt_tensor>& in,
              const json& attrs = json::object()) {
  const std::vector<gt_tensor> out = apply(c, op, in, attrs);
  EXPECT_FALSE(out.empty()) << op;
  return out.empty() ? 0 : out[0];
}
gt_tensor make(gt_context c, gt_dtype dtype, const Values& v) {
  const auto n = static_cast<int64_t>(v.size());
  if (dtype == GT_FLOAT64) return tensor<double>(c, {n}, v);
  return tensor<float>(c, {n}, std::vector<float>(v.begin(), v.end()));
}
gt_tensor sum(gt_context c, gt_tensor x) { return one(c, "reduce_sum", {x}); }

gt_tensor jacobian(gt_context c, gt_tape tape, gt_tensor y, gt_tensor x, int32_t mode) {
  gt_jacobian_options o{};
  o.struct_size = sizeof o;
  o.mode = mode;
  o.unconnected = GT_UNCONNECTED_ZERO;
  gt_tensor j = 0;
  EXPECT_EQ(gt_tape_jacobian(c, tape, y, &x, 1, &o, &j), GT_OK);
  return j;
}
gt_tensor gradient(gt_context c, gt_tape tape, gt_tensor y, gt_tensor x) {
  gt_tensor g = 0;
  EXPECT_EQ(gt_tape_gradient(c, tape, &y, 1, &x, 1, nullptr, GT_UNCONNECTED_ZERO, &g), GT_OK);
  return g;
}

// What is asked of y = f(x): the derivative, and that of its sum, in an order of modes. GRADIENT: by gt_tape_gradient.
constexpr int32_t kGradient = -1;
struct Derivatives {
  Values first, second;
};
std::vector<gt_tensor> derivatives(gt_context c, gt_tensor x, const Body& f, int32_t first, int32_t second) {
  gt_tape outer = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_watch(c, outer, x), GT_OK);
  gt_tape inner = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  EXPECT_EQ(gt_tape_watch(c, inner, x), GT_OK);
  const gt_tensor y = sum(c, f(c, x));
  EXPECT_EQ(gt_tape_end(c, inner), GT_OK);
  const gt_tensor g = first == kGradient ? gradient(c, inner, y, x) : jacobian(c, inner, y, x, first);
  EXPECT_EQ(gt_tape_end(c, outer), GT_OK);
  return {g, jacobian(c, outer, g, x, second)};
}

gt_status body(gt_context c, void* user, const gt_tensor* in, size_t, gt_tensor* out, size_t, size_t* n) {
  const auto& [f, first, second] = *static_cast<std::tuple<Body, int32_t, int32_t>*>(user);
  const std::vector<gt_tensor> d = derivatives(c, in[0], f, first, second);
  out[0] = d[0], out[1] = d[1];
  *n = 2;
  return GT_OK;
}

constexpr int32_t kFirst[] = {kGradient, GT_MODE_REVERSE, GT_MODE_FORWARD};
constexpr int32_t kSecond[] = {GT_MODE_REVERSE, GT_MODE_FORWARD};
using Expect = std::function<void(const Values& first, const Values& second, const std::string& what)>;

// f at x in every order of modes, at once and, in one order, in a function.
void check(const std::string& name, gt_dtype dtype, const Values& at, const Body& f, const Expect& expect) {
  for (int32_t first : kFirst)
    for (int32_t second : kSecond) {
      const std::string what = name + (dtype == GT_FLOAT32 ? " f32" : " f64") + ", modes " + std::to_string(first) +
                               " " + std::to_string(second);
      Ctx c;
      const gt_tensor x = make(c, dtype, at);
      const std::vector<gt_tensor> d = derivatives(c, x, f, first, second);
      expect(numbers(c, d[0]), numbers(c, d[1]), what);
      if (first != kGradient) continue;
      std::tuple<Body, int32_t, int32_t> user{f, first, second};
      gt_spec spec{};
      spec.dtype = dtype, spec.rank = 1, spec.dims[0] = static_cast<int64_t>(at.size());
      gt_function function = gt_function_create(c, body, &user, nullptr, &spec, 1);
      ASSERT_NE(function, gt_function{}) << what << c.message();
      gt_tensor out[2] = {};
      size_t outputs = 0;
      ASSERT_EQ(gt_function_call(c, function, &x, 1, out, 2, &outputs), GT_OK) << what << c.message();
      expect(numbers(c, out[0]), numbers(c, out[1]), what + ", in a function");
    }
}
Expect equal_to(const Values& gradient, const Values& hessian, double tolerance = 2e-5) {
  return [=](const Values& first, const Values& second, const std::string& what) {
    expect_close(first, gradient, {tolerance, tolerance}, what + ", first");
    expect_close(second, hessian, {tolerance, tolerance}, what + ", second");
  };
}
// Right, or nan.
Expect never_wrong(const Values& gradient, const Values& hessian) {
  return [=](const Values& first, const Values& second, const std::string& what) {
    expect_close(first, gradient, {1e-5, 1e-5}, what + ", first");
    for (std::size_t i = 0; i < hessian.size(); ++i)
      EXPECT_TRUE(std::isnan(second[i]) || std::abs(second[i] - hessian[i]) < 1e-5)
          << what << ", second [" << i << "]: got " << second[i] << ", right " << hessian[i];
  };
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

struct Pole {
  const char* name;
  double pole, plain;  // a point where a derivative is not finite, and one where all are
  Body f;
};
Body op(const char* name) {
  return [=](gt_context c, gt_tensor x) { return one(c, name, {x}); };
}
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

// What takes the second of two entries, and leaves the first.
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
      const std::vector<gt_tensor> alone = derivatives(c, make(c, dtype, {p.plain}), p.f, kGradient, GT_MODE_REVERSE);
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

// A cotangent that happens to be 0 was selected, and 0 times infinity is unknown.
TEST(Poles, AnHonestZeroIsNot) {
  const auto f = [](gt_context c, gt_tensor x) { return one(c, "square", {one(c, "acos", {x})}); };
  Ctx c;
  const gt_tensor g = derivatives(c, make(c, GT_FLOAT64, {1}), f, kGradient, GT_MODE_REVERSE)[0];
  EXPECT_TRUE(std::isnan(number(c, g)));
}

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

// What is linear in |x| keeps 0, in reverse mode first; a part that is not selected is none.
TEST(Kinks, SecondDerivativesBeside) {
  Ctx c;
  const gt_tensor x = make(c, GT_FLOAT64, {0, 2});
  const auto of = [](const char* name, const json& attrs) {
    return [=](gt_context ctx, gt_tensor t) { return one(ctx, name, {one(ctx, "zeros_like", {t}), t}, attrs); };
  };
  const auto linear = derivatives(c, x, op("abs"), kGradient, GT_MODE_REVERSE);
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
