// Reductions of differences of all pairs: no array of all elements, and the numbers of loops by hand.
#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "support/function_support.hpp"

namespace test {
namespace {

using Values = std::vector<double>;
using Dims = std::vector<int64_t>;

Values wave(std::size_t n, double step, double lift = 0) {
  Values v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = std::sin(static_cast<double>(i) * step + 0.3) + lift;
  return v;
}

class Orient : public FunctionTest {
 public:
  gt_tensor make(gt_dtype dtype, const Dims& dims, const Values& v) {
    return dtype == GT_FLOAT64 ? tensor<double>(c, dims, v)
                               : tensor<float>(c, dims, std::vector<float>(v.begin(), v.end()));
  }
  gt_tensor expand(gt_context ctx, gt_tensor x, int64_t axis) { return gt_expand_dims(ctx, x, axis); }
  // p[:, None, :] - k[None, :, :]
  gt_tensor differences(gt_context ctx, gt_tensor p, gt_tensor k) {
    return gt_subtract(ctx, expand(ctx, p, 1), expand(ctx, k, 0));
  }
  static std::vector<std::vector<uint64_t>> bits(const std::vector<Values>& all) {
    std::vector<std::vector<uint64_t>> result;
    for (const Values& values : all) {
      result.emplace_back();
      for (double x : values) result.back().push_back(std::isnan(x) ? ~uint64_t{0} : std::bit_cast<uint64_t>(x));
    }
    return result;
  }
  // The same body with its values held and in functions, by one thread and by two, interpreted and as native code: all
  // agree.
  std::vector<Values> all_ways(const Tensors& in, const Body& body) {
    std::vector<gt_spec> specs;
    for (gt_tensor x : in) specs.push_back(spec(dtype_of(c, x), shape_of(c, x)));
    std::vector<Values> first;
    for (const int32_t threads : {1, 2}) {
      EXPECT_EQ(gt_set_threads(c, threads), GT_OK);
      gt_function f = function_of(specs, body);
      std::vector<Values> results;
      for (gt_tensor y : call(f, in)) results.push_back(numbers(c, y));
      if (threads == 1) first = results;
      EXPECT_EQ(bits(results), bits(first)) << "by two threads";
      EXPECT_EQ(gt_function_compile(c, f), GT_OK);
      std::vector<Values> native;
      for (gt_tensor y : call(f, in)) native.push_back(numbers(c, y));
      EXPECT_EQ(bits(native), bits(first)) << "by native code";
      gt_release(c, f);
    }
    const Tensors now = body(c, in);
    for (std::size_t i = 0; i < now.size(); ++i) expect_close(numbers(c, now[i]), first[i], {1e-5, 1e-5}, "anew");
    return first;
  }
};

struct Sizes {
  int64_t n, k, d;
};
constexpr Sizes kSizes[] = {{1, 1, 1},     {0, 5, 3},    {1, 90, 80},   {90, 1, 80},  {300, 20, 1}, {90, 70, 3},
                            {100, 33, 17}, {40, 30, 64}, {7, 9, 700},   {600, 10, 2}, {2, 3, 9000}, {9000, 2, 2},
                            {3, 2000, 2},  {5, 16, 513}, {700, 600, 1}, {2, 2, 2048}};

// A reduction of an elementwise function of all pairs, along each axis.
TEST_F(Orient, ReductionsAlongEachAxis) {
  struct Kind {
    std::function<gt_tensor(gt_context, gt_tensor, int64_t)> reduce;
    double start;
    std::function<double(double, double)> combine;
  };
  const Kind kinds[] = {
      {[](gt_context x, gt_tensor t, int64_t axis) { return gt_reduce_sum(x, gt_square(x, t), &axis, 1, 0); }, 0,
       [](double a, double b) { return a + b * b; }},
      {[](gt_context x, gt_tensor t, int64_t axis) { return gt_reduce_max(x, gt_abs(x, t), &axis, 1, 1); }, 0,
       [](double a, double b) { return std::max(a, std::abs(b)); }},
  };
  for (const gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64})
    for (const Sizes s : kSizes) {
      const auto [n, k, d] = s;
      if (n == 0) continue;
      const Values p = numbers(c, make(dtype, {n, d}, wave(static_cast<std::size_t>(n * d), 0.7)));
      const Values q = numbers(c, make(dtype, {k, d}, wave(static_cast<std::size_t>(k * d), 0.9)));
      for (int64_t axis = 0; axis < 3; ++axis)
        for (const Kind& kind : kinds) {
          const auto got =
              all_ways({make(dtype, {n, d}, p), make(dtype, {k, d}, q)}, [&](gt_context x, const Tensors& in) {
                return Tensors{kind.reduce(x, differences(x, in[0], in[1]), axis)};
              });
          const int64_t rows = axis == 0 ? k : n, columns = axis == 2 ? k : d;
          Values want(static_cast<std::size_t>(rows * columns), kind.start);
          for (int64_t i = 0; i < n; ++i)
            for (int64_t j = 0; j < k; ++j)
              for (int64_t e = 0; e < d; ++e) {
                const int64_t at = axis == 0 ? j * d + e : axis == 1 ? i * d + e : i * k + j;
                double& w = want[static_cast<std::size_t>(at)];
                w = kind.combine(w, p[static_cast<std::size_t>(i * d + e)] - q[static_cast<std::size_t>(j * d + e)]);
              }
          expect_close(got[0], want, dtype == GT_FLOAT64 ? Tolerance{1e-12, 1e-12} : Tolerance{3e-6, 1e-6},
                       std::to_string(n) + " x " + std::to_string(k) + " x " + std::to_string(d) + " along " +
                           std::to_string(axis));
        }
    }
}
TEST_F(Orient, OfNoPairs) {
  for (const Sizes s : {Sizes{0, 100, 50}, Sizes{100, 0, 50}, Sizes{100, 50, 0}}) {
    const gt_tensor p = make(GT_FLOAT32, {s.n, s.d}, Values(static_cast<std::size_t>(s.n * s.d)));
    const gt_tensor q = make(GT_FLOAT32, {s.k, s.d}, Values(static_cast<std::size_t>(s.k * s.d)));
    for (int64_t axis = 0; axis < 3; ++axis)
      for (double x : numbers(c, gt_reduce_sum(c, gt_square(c, differences(c, p, q)), &axis, 1, 0))) EXPECT_EQ(x, 0);
  }
}

// Gradients and second derivatives of a weighted sum of squared distances' square roots, in a program without an
// array of all elements.
TEST_F(Orient, DerivativesHaveNoLargeTemporaries) {
  const int64_t n = 230, k = 70, d = 19, last = -1;
  const auto loss = [&](gt_context x, gt_tensor p, gt_tensor q) {
    gt_tensor square = gt_reduce_sum(x, gt_square(x, differences(x, p, q)), &last, 1, 0);
    return gt_reduce_sum(x, gt_sqrt(x, gt_add(x, square, gt_scalar(x, 1))), nullptr, 0, 0);
  };
  const auto gradient = [&](gt_context x, const Tensors& in) {
    gt_tape t = gt_tape_begin(x, GT_TAPE_MANUAL_WATCH);
    for (gt_tensor p : in) gt_tape_watch(x, t, p);
    const gt_tensor y = loss(x, in[0], in[1]);
    Tensors out(2);
    EXPECT_EQ(gt_tape_gradient(x, t, &y, 1, in.data(), 2, nullptr, 0, out.data()), GT_OK);
    gt_release(x, t);
    return out;
  };
  const Values p = wave(n * d, 0.7), q = wave(k * d, 0.9);
  const Tensors in = {make(GT_FLOAT64, {n, d}, p), make(GT_FLOAT64, {k, d}, q)};
  const auto got = all_ways(in, gradient);
  Values of_p(n * d), of_q(k * d);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < k; ++j) {
      double square = 1;
      for (int64_t e = 0; e < d; ++e) square += std::pow(p[i * d + e] - q[j * d + e], 2);
      for (int64_t e = 0; e < d; ++e) {
        const double g = (p[i * d + e] - q[j * d + e]) / std::sqrt(square);
        of_p[i * d + e] += g, of_q[j * d + e] -= g;
      }
    }
  expect_close(got[0], of_p, {1e-11, 1e-11}, "gradient by the points");
  expect_close(got[1], of_q, {1e-11, 1e-11}, "gradient by the centres");

  gt_function f = function_of({spec(GT_FLOAT64, {n, d}), spec(GT_FLOAT64, {k, d})}, gradient);
  std::size_t needed = 0;
  ASSERT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, nullptr, 0, &needed), GT_OK);
  std::string text(needed, '\0');
  ASSERT_EQ(gt_function_describe(c, f, GT_PLAN_TEXT, text.data(), text.size(), nullptr), GT_OK);
  const std::size_t at = text.find(" bytes of temporaries");
  ASSERT_NE(at, std::string::npos) << text;
  const std::size_t from = text.rfind(' ', at - 1) + 1;
  EXPECT_LT(std::stoll(text.substr(from, at - from)), n * k * d * 8 / 4) << text;

  // The Hessian times a vector, against differences of the gradient.
  const auto hvp = [&](gt_context x, const Tensors& all) {
    gt_tape t = gt_tape_begin(x, GT_TAPE_MANUAL_WATCH);
    for (int i : {0, 1}) gt_tape_watch(x, t, all[static_cast<std::size_t>(i)]);
    const Tensors g = gradient(x, {all[0], all[1]});
    Tensors out(1);
    EXPECT_EQ(gt_tape_jvp(x, t, &g[0], 1, all.data(), 1, &all[2], 0, out.data()), GT_OK);
    gt_release(x, t);
    return out;
  };
  const Values v = wave(n * d, 0.31);
  const auto second = all_ways({in[0], in[1], make(GT_FLOAT64, {n, d}, v)}, hvp)[0];
  const double h = 1e-5;
  const auto moved = [&](double by) {
    Values w(p);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] += by * v[i];
    return numbers(c, gradient(c, {make(GT_FLOAT64, {n, d}, w), in[1]})[0]);
  };
  const Values up = moved(h), down = moved(-h);
  for (std::size_t i = 0; i < second.size(); ++i) ASSERT_NEAR(second[i], (up[i] - down[i]) / (2 * h), 1e-6) << i;
}

// Operands that repeat along different axes, some more than one, with a batch in front; and a condition.
TEST_F(Orient, OperandsOfManyForms) {
  const int64_t b = 3, n = 40, k = 21, d = 6;
  const Values p = wave(b * n * d, 0.7), q = wave(b * k * d, 0.9), w = wave(k * d, 0.4, 2), s = wave(n, 0.2, 3);
  const auto body = [&](int64_t axis) {
    return [&, axis](gt_context x, const Tensors& in) {
      gt_tensor difference = gt_subtract(x, expand(x, in[0], 2), expand(x, in[1], 1));  // b n k d
      const int64_t column[] = {n, 1, 1};
      gt_tensor scaled = gt_multiply(x, gt_multiply(x, in[2], difference), gt_reshape(x, in[3], column, 3));
      gt_tensor chosen = gt_where(x, gt_greater(x, scaled, gt_scalar(x, 0.5)), scaled, gt_square(x, difference));
      return Tensors{gt_reduce_sum(x, chosen, &axis, 1, 0)};
    };
  };
  for (int64_t axis = 0; axis < 4; ++axis) {
    const auto got = all_ways({make(GT_FLOAT64, {b, n, d}, p), make(GT_FLOAT64, {b, k, d}, q),
                               make(GT_FLOAT64, {k, d}, w), make(GT_FLOAT64, {n}, s)},
                              body(axis))[0];
    const int64_t sizes[] = {b, n, k, d};
    Values want(got.size());
    for (int64_t at = 0; at < b * n * k * d; ++at) {
      int64_t index[] = {at / (n * k * d), at / (k * d) % n, at / d % k, at % d}, to = 0;
      const double x = p[(index[0] * n + index[1]) * d + index[3]] - q[(index[0] * k + index[2]) * d + index[3]];
      const double y = w[index[2] * d + index[3]] * x * s[index[1]];
      for (int64_t i = 0; i < 4; ++i)
        if (i != axis) to = to * sizes[i] + index[i];
      want[to] += y > 0.5 ? y : x * x;
    }
    expect_close(got, want, {1e-12, 1e-12}, "along " + std::to_string(axis));
  }
}

TEST_F(Orient, OfIntegersAndConditions) {
  const int64_t n = 60, k = 50, d = 5, middle = 1, last = 2;
  std::vector<int32_t> p(n * d), q(k * d);
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = static_cast<int32_t>(i * 7919 % 5);
  for (std::size_t i = 0; i < q.size(); ++i) q[i] = static_cast<int32_t>(i * 104729 % 5);
  const auto got =
      all_ways({tensor<int32_t>(c, {n, d}, p), tensor<int32_t>(c, {k, d}, q)}, [&](gt_context x, const Tensors& in) {
        gt_tensor difference = differences(x, in[0], in[1]);
        gt_tensor same = gt_equal(x, expand(x, in[0], 1), expand(x, in[1], 0));
        return Tensors{gt_reduce_sum(x, gt_multiply(x, difference, difference), &middle, 1, 0),
                       gt_reduce_all(x, same, &last, 1, 0), gt_reduce_any(x, same, &last, 1, 0)};
      });
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < k; ++j) {
      bool all = true, any = false;
      for (int64_t e = 0; e < d; ++e) all &= p[i * d + e] == q[j * d + e], any |= p[i * d + e] == q[j * d + e];
      ASSERT_EQ(got[1][i * k + j], all);
      ASSERT_EQ(got[2][i * k + j], any);
    }
  for (int64_t i = 0; i < n; ++i)
    for (int64_t e = 0; e < d; ++e) {
      double sum = 0;
      for (int64_t j = 0; j < k; ++j) sum += std::pow(p[i * d + e] - q[j * d + e], 2);
      ASSERT_EQ(got[0][i * d + e], sum);
    }
}

// Close points far from 0: differences lose nothing, as products of their coordinates would. Sums of many terms
// stay accurate, and nan and infinity come through.
TEST_F(Orient, Accuracy) {
  const int64_t n = 80, k = 70, last = -1;
  const Values p(n * 8, 4096.5), q(k * 8, 4096.25);
  const auto close =
      all_ways({make(GT_FLOAT32, {n, 8}, p), make(GT_FLOAT32, {k, 8}, q)}, [&](gt_context x, const Tensors& in) {
        return Tensors{gt_reduce_sum(x, gt_square(x, differences(x, in[0], in[1])), &last, 1, 0)};
      })[0];
  for (double x : close) ASSERT_EQ(x, 0.5);
  const int64_t many = 3000, first = 0;
  const Values steps(many * 4, 0.1), zeros(k * 4, 0);
  const auto sums = all_ways({make(GT_FLOAT32, {many, 4}, steps), make(GT_FLOAT32, {k, 4}, zeros)},
                             [&](gt_context x, const Tensors& in) {
                               return Tensors{gt_reduce_sum(x, differences(x, in[0], in[1]), &first, 1, 0)};
                             })[0];
  for (double x : sums) ASSERT_NEAR(x, static_cast<double>(0.1F) * many, 2e-4);
  Values odd(p);
  odd[3] = std::numeric_limits<double>::quiet_NaN(), odd[9] = std::numeric_limits<double>::infinity();
  const gt_tensor d = differences(c, make(GT_FLOAT32, {n, 8}, odd), make(GT_FLOAT32, {k, 8}, q));
  const Values got = numbers(c, gt_reduce_max(c, gt_negative(c, gt_square(c, d)), &last, 1, 0));
  EXPECT_TRUE(std::isnan(got[0]));
  EXPECT_EQ(got[k], -0.0625);
}

// Signs and powers of two in front of terms change no bit of a sum, wherever they are multiplied; other factors stay.
TEST_F(Orient, FactorsOfSums) {
  const int64_t n = 60, k = 50, d = 17;
  Values p = wave(n * d, 0.7), q = wave(k * d, 0.9), w = wave(n * k, 0.4);
  p[5] = std::numeric_limits<double>::infinity(), w[3] = 0, w[77] = 0;
  struct Way {
    const char* name;
    std::function<gt_tensor(gt_context, gt_tensor w, gt_tensor difference)> terms;
    double factor;  // of the sum of w times differences
  };
  const auto times = [](gt_context x, double a, gt_tensor t) { return gt_multiply(x, gt_scalar(x, a), t); };
  const Way ways[] = {
      {"as it is", [](gt_context x, gt_tensor a, gt_tensor t) { return gt_multiply(x, a, t); }, 1},
      {"2", [&](gt_context x, gt_tensor a, gt_tensor t) { return gt_multiply(x, a, times(x, 2, t)); }, 2},
      {"-4", [&](gt_context x, gt_tensor a, gt_tensor t) { return times(x, -4, gt_multiply(x, a, t)); }, -4},
      {"-2", [&](gt_context x, gt_tensor a, gt_tensor t) { return gt_negative(x, gt_multiply(x, a, times(x, 2, t))); },
       -2},
      {"-1 and 8",
       [&](gt_context x, gt_tensor a, gt_tensor t) { return times(x, 8, gt_multiply(x, gt_negative(x, t), a)); }, -8},
  };
  for (const gt_dtype dtype : {GT_FLOAT32, GT_FLOAT64})
    for (int64_t axis = 0; axis < 3; ++axis) {
      std::vector<Values> plain;
      for (const Way& way : ways) {
        const std::vector<Values> got =
            all_ways({make(dtype, {n, d}, p), make(dtype, {k, d}, q), make(dtype, {n, k}, w)},
                     [&](gt_context x, const Tensors& in) {
                       gt_tensor t = way.terms(x, expand(x, in[2], 2), differences(x, in[0], in[1]));
                       return Tensors{gt_reduce_sum(x, t, &axis, 1, 0)};
                     });
        if (plain.empty()) plain = got;
        Values want(plain[0]);
        for (double& x : want) x *= way.factor;
        EXPECT_EQ(bits(got), bits({want})) << way.name << " along " << axis;
      }
    }
}

// Differences that a handle keeps are read, and what else is made of them is right too.
TEST_F(Orient, DifferencesThatAreKept) {
  const int64_t n = 50, k = 40, d = 9, last = -1, middle = 1;
  const gt_tensor p = make(GT_FLOAT64, {n, d}, wave(n * d, 0.7)), q = make(GT_FLOAT64, {k, d}, wave(k * d, 0.9));
  const gt_tensor held = differences(c, p, q), square = gt_square(c, held);
  const Values a = numbers(c, gt_reduce_sum(c, square, &last, 1, 0)),
               b = numbers(c, gt_reduce_sum(c, gt_square(c, held), &middle, 1, 0));
  const Values x = numbers(c, held);
  Values along_last(n * k), along_middle(n * d);
  for (int64_t i = 0; i < n * k * d; ++i) {
    along_last[i / d] += x[i] * x[i];
    along_middle[i / (k * d) * d + i % d] += x[i] * x[i];
  }
  expect_close(a, along_last, {1e-12, 1e-12}, "along the last axis");
  expect_close(b, along_middle, {1e-12, 1e-12}, "along the middle axis");
}

}  // namespace
}  // namespace test
