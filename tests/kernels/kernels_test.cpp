// Kernels at sizes where they share out, block and vectorise, against plain loops; golden values are of small tensors.
#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <random>

#include "support/support.hpp"

namespace test {
namespace {

class Kernels : public testing::Test {
 public:
  std::vector<double> random(std::size_t n) {
    std::vector<double> v(n);
    for (double& x : v) x = std::uniform_real_distribution<double>(-2, 2)(random_);
    return v;
  }
  gt_tensor run(const char* op, const std::vector<gt_tensor>& in, const json& attrs = json::object(),
                std::size_t i = 0) {
    const auto out = apply(c, op, in, attrs);
    return i < out.size() ? out[i] : nullptr;
  }
  std::vector<double> values(gt_tensor t) { return numbers(c, t); }

  Ctx c;
  std::mt19937_64 random_{5};
};

// ---- Products

// Whole numbers, so that every order of summation gives the same.
template <class T>
std::vector<T> whole_numbers(Kernels& k, int64_t n) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T& x : v) x = static_cast<T>(std::uniform_int_distribution<int>(-4, 4)(k.random_));
  return v;
}

// [m, k] by [k, n], with or without a leading axis of `batch` on each side.
template <class T>
void check_product(Kernels& t, std::array<int64_t, 3> sizes, int64_t batch_a = 0, int64_t batch_b = 0) {
  const auto [m, k, n] = sizes;
  const int64_t batch = std::max<int64_t>(1, std::max(batch_a, batch_b));
  const std::vector<T> a = whole_numbers<T>(t, std::max<int64_t>(1, batch_a) * m * k),
                       b = whole_numbers<T>(t, std::max<int64_t>(1, batch_b) * k * n);
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      std::vector<T> expected(static_cast<std::size_t>(batch * m * n));
      for (int64_t e = 0; e < batch; ++e)
        for (int64_t i = 0; i < m; ++i)
          for (int64_t l = 0; l < k; ++l) {
            const T left = a[static_cast<std::size_t>((batch_a ? e * m * k : 0) + (ta ? l * m + i : i * k + l))];
            const T* right = b.data() + (batch_b ? e * k * n : 0) + (tb ? l : l * n);
            T* sums = expected.data() + (e * m + i) * n;
            for (int64_t j = 0; j < n; ++j) sums[j] += left * right[tb ? j * k : j];
          }
      std::vector<int64_t> shape_a{ta ? k : m, ta ? m : k}, shape_b{tb ? n : k, tb ? k : n};
      if (batch_a) shape_a.insert(shape_a.begin(), batch_a);
      if (batch_b) shape_b.insert(shape_b.begin(), batch_b);
      const json attrs = {{"transpose_a", ta}, {"transpose_b", tb}};
      const auto got = read<T>(t.c, t.run("matmul", {tensor<T>(t.c, shape_a, a), tensor<T>(t.c, shape_b, b)}, attrs));
      ASSERT_TRUE(got == expected) << m << " " << k << " " << n << (ta ? " a transposed" : "")
                                   << (tb ? " b transposed" : "") << ", batches " << batch_a << " " << batch_b;
    }
}
TEST_F(Kernels, Products) {
  // Around the sizes of blocks, and where operands are read as they lie, are packed, or collide in the cache.
  for (const auto& sizes : std::vector<std::array<int64_t, 3>>{{1, 500, 300},
                                                               {2500, 40, 7},
                                                               {300, 500, 1},
                                                               {2, 9000, 3},
                                                               {13, 100, 31},
                                                               {15, 385, 33},
                                                               {57, 80, 129},
                                                               {56, 769, 128},
                                                               {600, 400, 16},
                                                               {29, 128, 2085},
                                                               {70, 1024, 65},
                                                               {700, 37, 257},
                                                               {3000, 16, 40},
                                                               {33, 2, 900}}) {
    check_product<float>(*this, sizes);
    check_product<double>(*this, sizes);
    check_product<int32_t>(*this, sizes);
  }
}
TEST_F(Kernels, BatchesOfProducts) {
  for (const auto& sizes : std::vector<std::array<int64_t, 3>>{{2, 3, 4}, {20, 40, 50}, {130, 90, 110}})
    for (const auto& [a, b] : {std::pair{5, 5}, {5, 0}, {0, 5}}) {
      check_product<float>(*this, sizes, a, b);
      check_product<double>(*this, sizes, a, b);
    }
}
// The sum behind an element is the same whatever stands beside it.
TEST_F(Kernels, RowsOfAProductDoNotDependOnTheOthers) {
  const int64_t rows = 200, k = 500, n = 70;
  const auto numbers = [&](int64_t size) {
    const auto v = random(static_cast<std::size_t>(size));
    return std::vector<float>(v.begin(), v.end());
  };
  const std::vector<float> a = numbers(rows * k), b = numbers(k * n);
  gt_tensor right = tensor<float>(c, {k, n}, b);
  const auto all = read<float>(c, run("matmul", {tensor<float>(c, {rows, k}, a), right}));
  for (const int64_t few : {2, 13, 100}) {
    const std::vector<float> some(a.begin() + 40 * k, a.begin() + (40 + few) * k);
    const auto got = read<float>(c, run("matmul", {tensor<float>(c, {few, k}, some), right}));
    EXPECT_TRUE(std::equal(got.begin(), got.end(), all.begin() + 40 * n)) << few;
  }
}

// ---- Sorting

template <class T>
void check_sorting(Kernels& k, int64_t n, int64_t lines, bool along_rows, bool descending) {
  SCOPED_TRACE(std::to_string(n) + " entries, " + std::to_string(lines) + " lines");
  std::vector<T> x(static_cast<std::size_t>(n * lines));
  for (T& v : x) v = static_cast<T>(std::uniform_int_distribution<int>(-300, 300)(k.random_));  // with ties
  if (std::is_floating_point_v<T> && x.size() > 8) {
    x[1] = std::numeric_limits<T>::quiet_NaN();
    x[2] = static_cast<T>(-0.0);
    x[3] = 0;
    x[5] = std::numeric_limits<T>::infinity();
    x[7] = -std::numeric_limits<T>::infinity();
  }
  const std::vector<int64_t> shape = along_rows ? std::vector<int64_t>{lines, n} : std::vector<int64_t>{n, lines};
  const int64_t step = along_rows ? 1 : lines, next = along_rows ? n : 1;
  gt_tensor t = tensor<T>(k.c, shape, x);
  const json attrs = {{"axis", along_rows ? 1 : 0}, {"direction", descending ? "DESCENDING" : "ASCENDING"}};
  const auto sorted = read<T>(k.c, k.run("sort", {t}, attrs));
  const auto order = read<int32_t>(k.c, k.run("argsort", {t}, attrs));
  for (int64_t line = 0; line < lines; ++line) {
    std::vector<int32_t> want(static_cast<std::size_t>(n));
    std::iota(want.begin(), want.end(), 0);
    const auto at = [&](int64_t i) { return x[static_cast<std::size_t>(line * next + i * step)]; };
    std::stable_sort(want.begin(), want.end(), [&](int32_t a, int32_t b) {
      if (at(a) != at(a) || at(b) != at(b)) return at(a) == at(a) && at(b) != at(b);
      return descending ? at(b) < at(a) : at(a) < at(b);
    });
    for (int64_t i = 0; i < n; ++i) {
      const auto place = static_cast<std::size_t>(line * next + i * step);
      ASSERT_EQ(order[place], want[static_cast<std::size_t>(i)]) << "entry " << i << " of line " << line;
      const T expected = at(want[static_cast<std::size_t>(i)]);
      ASSERT_TRUE(sorted[place] == expected || expected != expected);
      if constexpr (std::is_floating_point_v<T>) {
        ASSERT_EQ(std::isnan(expected), std::isnan(sorted[place]));
        ASSERT_TRUE(expected != 0 || std::signbit(expected) == std::signbit(sorted[place]));
      }
    }
    if (along_rows && descending && n > 3) {
      const int64_t top = std::max<int64_t>(1, n / 20);
      const auto first = read<int32_t>(k.c, k.run("top_k", {t}, {{"k", top}}, 1));
      for (int64_t i = 0; i < top; ++i)
        ASSERT_EQ(first[static_cast<std::size_t>(line * top + i)], want[static_cast<std::size_t>(i)]) << "top " << i;
    }
  }
}
TEST_F(Kernels, SortingIsStableAtEveryLength) {
  for (int64_t n : {1, 2, 48, 49, 257, 1000, 5000})
    for (int64_t lines : {1, 3, 40})
      for (bool along_rows : {true, false})
        for (bool descending : {true, false}) {
          check_sorting<float>(*this, n, lines, along_rows, descending);
          if (lines != 3) continue;
          check_sorting<double>(*this, n, lines, along_rows, descending);
          check_sorting<int32_t>(*this, n, lines, along_rows, descending);
          check_sorting<int64_t>(*this, n, lines, along_rows, descending);
        }
}

TEST_F(Kernels, ALongLineIsSortedByAllThreads) {
  for (int threads : {2, 3, 4}) {
    ASSERT_EQ(gt_set_threads(c, threads), GT_OK);
    for (int64_t n : {32768, 100003})
      for (bool descending : {true, false}) {
        check_sorting<float>(*this, n, 1, true, descending);
        check_sorting<double>(*this, n, 1, false, descending);
        check_sorting<int32_t>(*this, n, threads - 1, false, descending);
      }
  }
}
// Orders that partitions find hard, in an algorithm that chooses its pivots without chance.
TEST_F(Kernels, SortsWhatHasAnOrderAlready) {
  constexpr int64_t n = 70001;
  const std::vector<std::function<int64_t(int64_t)>> orders = {
      [](int64_t i) { return i; },          [](int64_t i) { return n - i; },
      [](int64_t i) { return i % 28; },     [](int64_t i) { return std::min(i, n - i); },
      [](int64_t) { return int64_t{-1}; },  [](int64_t i) { return i % 2 ? INT64_MAX : INT64_MIN; },
      [](int64_t i) { return i * i % 257; }};
  for (const auto& order : orders) {
    std::vector<int64_t> wide(n);
    std::vector<int32_t> narrow(n);
    for (int64_t i = 0; i < n; ++i) {
      wide[static_cast<std::size_t>(i)] = order(i);
      narrow[static_cast<std::size_t>(i)] = static_cast<int32_t>(std::clamp<int64_t>(order(i), INT32_MIN, INT32_MAX));
    }
    const auto sorted_wide = read<int64_t>(c, run("sort", {tensor<int64_t>(c, {n}, wide)}));
    const auto sorted_narrow = read<int32_t>(c, run("sort", {tensor<int32_t>(c, {n}, narrow)}));
    std::ranges::sort(wide);
    std::ranges::sort(narrow);
    EXPECT_EQ(sorted_wide, wide);
    EXPECT_EQ(sorted_narrow, narrow);
  }
}
// The value of one output does not depend on a request for the other.
TEST_F(Kernels, SortedValuesAndTheirOrderTogether) {
  const int64_t n = 1000;
  std::vector<double> x = random(static_cast<std::size_t>(n));
  x[3] = x[700] = -0.0, x[5] = x[500] = 0;
  const std::vector<float> narrow(x.begin(), x.end());
  const gt_tensor in[] = {tensor<double>(c, {n}, x), tensor<float>(c, {n}, narrow)};
  for (gt_tensor t : in) {
    const auto both = apply(c, "top_k", {t}, {{"k", n}});
    const gt_tensor values = run("sort", {t}, {{"direction", "DESCENDING"}});
    const gt_tensor order = run("argsort", {t}, {{"direction", "DESCENDING"}});
    ASSERT_EQ(gt_eval(c, both.data(), both.size()), GT_OK);
    const auto got = numbers(c, values), want = numbers(c, both[0]);
    EXPECT_EQ(std::memcmp(got.data(), want.data(), got.size() * sizeof(double)), 0);
    EXPECT_EQ(read<int32_t>(c, order), read<int32_t>(c, both[1]));
  }
}

// An evaluation keeps what is held, and a tape may ask for all.
TEST_F(Kernels, OutputsThatAreReleasedLeaveTheOthersWhole) {
  const std::vector<double> x = random(300);
  std::vector<double> falling = x;
  std::ranges::sort(falling, std::greater<>());
  for (int released : {0, 1}) {
    auto both = apply(c, "top_k", {tensor<double>(c, {300}, x)}, {{"k", 300}});
    gt_tensor twice = run("add", {both[0], both[0]});
    ASSERT_EQ(gt_release(c, both[static_cast<std::size_t>(released)]), GT_OK);
    std::vector<double> kept = falling;
    if (released == 0) {
      const auto places = read<int32_t>(c, both[1]);
      for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = x[static_cast<std::size_t>(places[i])];
    } else {
      kept = values(both[0]);
    }
    const auto doubled = values(twice);
    for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(doubled[i], 2 * falling[i]);
    EXPECT_EQ(kept, falling);
  }
  gt_tape tape = gt_tape_begin(c, 0);
  gt_tensor source = tensor<double>(c, {300}, x);
  gt_tape_watch(c, tape, source);
  gt_tensor sorted = run("sort", {source}), gradient = nullptr;
  EXPECT_EQ(values(sorted).front(), falling.back());  // evaluated before the tape asks for the order
  ASSERT_EQ(gt_tape_gradient(c, tape, &sorted, 1, &source, 1, &sorted, GT_UNCONNECTED_NULL, &gradient), GT_OK);
  EXPECT_EQ(values(gradient), x);
}

// ---- Lines and indices

TEST_F(Kernels, ScansAlongEveryAxis) {
  const std::vector<int64_t> shape{3, 70, 130};
  const auto x = random(3 * 70 * 130), a = random(3 * 70 * 130);
  gt_tensor t = tensor<double>(c, shape, x), factors = tensor<double>(c, shape, a);
  for (int64_t axis : {0, 1, 2})
    for (bool reverse : {false, true}) {
      const json attrs = {{"axis", axis}, {"reverse", reverse}};
      const auto sums = values(run("cumsum", {t}, attrs)), products = values(run("cumprod", {t}, attrs)),
                 logs = values(run("logcumsumexp", {t}, attrs)),
                 recurrence = values(run("linear_scan", {factors, t}, attrs));
      int64_t inner = 1;
      for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < 3; ++i) inner *= shape[i];
      const int64_t n = shape[static_cast<std::size_t>(axis)], count = 3 * 70 * 130;
      for (int64_t line = 0; line < count / n; ++line) {
        double sum = 0, product = 1, exponentials = 0, y = 0;
        for (int64_t k = 0; k < n; ++k) {
          const auto at =
              static_cast<std::size_t>((line / inner * n + (reverse ? n - 1 - k : k)) * inner + line % inner);
          sum += x[at], product *= x[at], exponentials += std::exp(x[at]), y = a[at] * y + x[at];
          ASSERT_NEAR(sums[at], sum, 1e-11);
          ASSERT_NEAR(products[at], product, 1e-11 * std::abs(product));
          ASSERT_NEAR(logs[at], std::log(exponentials), 1e-11);
          ASSERT_NEAR(recurrence[at], y, 1e-9 * (1 + std::abs(y)));
        }
      }
    }
}

TEST_F(Kernels, GatherAndScatterOfManyRows) {
  for (int64_t inner : {1, 3, 200}) {
    const int64_t n = 700, count = 3000;
    const auto x = random(static_cast<std::size_t>(n * inner)), u = random(static_cast<std::size_t>(count * inner));
    std::vector<int32_t> at(static_cast<std::size_t>(count));
    for (int32_t& i : at) i = std::uniform_int_distribution<int32_t>(0, static_cast<int32_t>(n) - 1)(random_);
    gt_tensor indices = tensor<int32_t>(c, {count}, at);
    const auto rows = values(run("gather", {tensor<double>(c, {n, inner}, x), indices}, {{"axis", 0}}));
    const auto sums =
        values(run("unsorted_segment_sum", {tensor<double>(c, {count, inner}, u), indices}, {{"num_segments", n}}));
    std::vector<double> want(static_cast<std::size_t>(n * inner), 0.0);
    for (int64_t k = 0; k < count; ++k)
      for (int64_t i = 0; i < inner; ++i) {
        const auto from = static_cast<std::size_t>(at[static_cast<std::size_t>(k)] * inner + i),
                   to = static_cast<std::size_t>(k * inner + i);
        ASSERT_EQ(rows[to], x[from]);
        want[from] += u[to];
      }
    ASSERT_EQ(sums, want) << "each sum in the order of the indices";
  }
  std::vector<int32_t> at(20000, 3);
  at[17000] = 9;
  gt_tensor bad =
      run("gather", {tensor<float>(c, {5}, {1, 2, 3, 4, 5}), tensor<int32_t>(c, {20000}, at)}, {{"axis", 0}});
  EXPECT_EQ(gt_eval(c, &bad, 1), GT_INVALID_ARGUMENT);
  EXPECT_EQ(c.message(), "gather: index 9 is out of range: the axis has size 5");
}

TEST_F(Kernels, ExtremesOfRowsAndColumns) {
  std::vector<float> x(90 * 500);
  for (float& v : x) v = static_cast<float>(std::uniform_int_distribution<int>(-400, 400)(random_));
  x[500 * 3 + 250] = std::numeric_limits<float>::quiet_NaN();
  gt_tensor t = tensor<float>(c, {90, 500}, x);
  const auto better = [](float a, float b) { return a > b || (a != a && b == b); };
  const auto rows = read<int64_t>(c, run("argmax", {t}, {{"axis", 1}})),
             columns = read<int64_t>(c, run("argmax", {t}, {{"axis", 0}}));
  for (std::size_t r = 0; r < 90; ++r) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < 500; ++j)
      if (better(x[r * 500 + j], x[r * 500 + best])) best = j;
    ASSERT_EQ(rows[r], static_cast<int64_t>(best));
  }
  for (std::size_t j = 0; j < 500; ++j) {
    std::size_t best = 0;
    for (std::size_t r = 1; r < 90; ++r)
      if (better(x[r * 500 + j], x[best * 500 + j])) best = r;
    ASSERT_EQ(columns[j], static_cast<int64_t>(best));
  }
}

// ---- Movement

template <class T>
void check_transpose(Kernels& k, int64_t rows, int64_t columns) {
  std::vector<T> x(static_cast<std::size_t>(rows * columns));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(i % 1000003);
  const auto y = read<T>(k.c, k.run("transpose", {tensor<T>(k.c, {rows, columns}, x)}, {{"perm", {1, 0}}}));
  for (int64_t i = 0; i < columns; ++i)
    for (int64_t j = 0; j < rows; ++j)
      ASSERT_EQ(y[static_cast<std::size_t>(i * rows + j)], x[static_cast<std::size_t>(j * columns + i)])
          << rows << " x " << columns << ", " << i << ", " << j;
}
TEST_F(Kernels, TransposesOfEverySize) {
  for (const auto& [rows, columns] :
       {std::pair<int64_t, int64_t>{2, 3}, {16, 16}, {17, 31}, {50, 70}, {3, 200}, {64, 9}, {700, 1001}, {2000, 130}}) {
    check_transpose<float>(*this, rows, columns);
    check_transpose<int64_t>(*this, rows, columns);
  }
}
TEST_F(Kernels, LargeCopiesAreSharedOut) {
  const int64_t n = 300, m = 2000;
  std::vector<float> x(static_cast<std::size_t>(n * m));
  std::iota(x.begin(), x.end(), 0.0f);
  gt_tensor t = tensor<float>(c, {n, m}, x);
  const auto columns = read<float>(c, run("slice", {t}, {{"begin", {0, 1}}, {"size", {n, m - 2}}}));
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < m - 2; ++j)
      ASSERT_EQ(columns[static_cast<std::size_t>(i * (m - 2) + j)], x[static_cast<std::size_t>(i * m + j + 1)]);
  for (int64_t axis : {0, 1}) {
    const auto both = read<float>(c, run("concat", {t, t}, {{"axis", axis}}));
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < m; ++j)
        for (int64_t second : {0, 1}) {
          const int64_t at = axis == 0 ? (second * n + i) * m + j : i * 2 * m + second * m + j;
          ASSERT_EQ(both[static_cast<std::size_t>(at)], x[static_cast<std::size_t>(i * m + j)]);
        }
  }
}

// ---- Convolutions

struct Geometry {
  int64_t n, h, w, groups, inputs, outputs, kh, kw, stride, dilation;
  bool same;
};
void check_convolution(Kernels& k, const Geometry& g) {
  const int64_t ci = g.groups * g.inputs, co = g.groups * g.outputs;
  const auto out_size = [&](int64_t in, int64_t taps) {
    return g.same ? (in + g.stride - 1) / g.stride : (in - (taps - 1) * g.dilation - 1) / g.stride + 1;
  };
  const auto before = [&](int64_t in, int64_t taps) {
    return g.same ? std::max<int64_t>(0, (out_size(in, taps) - 1) * g.stride + (taps - 1) * g.dilation + 1 - in) / 2
                  : 0;
  };
  const int64_t ho = out_size(g.h, g.kh), wo = out_size(g.w, g.kw);
  const auto x = k.random(static_cast<std::size_t>(g.n * g.h * g.w * ci)),
             f = k.random(static_cast<std::size_t>(g.kh * g.kw * g.inputs * co)),
             ct = k.random(static_cast<std::size_t>(g.n * ho * wo * co));
  gt_tensor tx = tensor<double>(k.c, {g.n, g.h, g.w, ci}, x);
  gt_tensor tf =
      g.groups > 1 ? tensor<double>(k.c, {g.kh, g.kw, ci, g.outputs}, f) : tensor<double>(k.c, {g.kh, g.kw, ci, co}, f);
  gt_tape tape = gt_tape_begin(k.c, 0);
  gt_tape_watch(k.c, tape, tx);
  gt_tape_watch(k.c, tape, tf);
  gt_tensor y = k.run(g.groups > 1 ? "depthwise_conv2d" : "conv2d", {tx, tf},
                      {{"strides", g.stride}, {"dilations", g.dilation}, {"padding", g.same ? "SAME" : "VALID"}});
  gt_tensor weight = tensor<double>(k.c, {g.n, ho, wo, co}, ct), sources[] = {tx, tf}, gradients[2];
  ASSERT_EQ(gt_tape_gradient(k.c, tape, &y, 1, sources, 2, &weight, GT_UNCONNECTED_NULL, gradients), GT_OK)
      << k.c.message();
  std::vector<double> want(ct.size(), 0.0), gx(x.size(), 0.0), gf(f.size(), 0.0);
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t p = 0; p < ho; ++p)
      for (int64_t q = 0; q < wo; ++q)
        for (int64_t r = 0; r < g.kh; ++r)
          for (int64_t s = 0; s < g.kw; ++s) {
            const int64_t row = p * g.stride - before(g.h, g.kh) + r * g.dilation,
                          column = q * g.stride - before(g.w, g.kw) + s * g.dilation;
            if (row < 0 || row >= g.h || column < 0 || column >= g.w) continue;
            for (int64_t group = 0; group < g.groups; ++group)
              for (int64_t i = 0; i < g.inputs; ++i)
                for (int64_t o = 0; o < g.outputs; ++o) {
                  const auto ax =
                                 static_cast<std::size_t>(((n * g.h + row) * g.w + column) * ci + group * g.inputs + i),
                             af =
                                 static_cast<std::size_t>(((r * g.kw + s) * g.inputs + i) * co + group * g.outputs + o),
                             ay = static_cast<std::size_t>(((n * ho + p) * wo + q) * co + group * g.outputs + o);
                  want[ay] += x[ax] * f[af];
                  gx[ax] += ct[ay] * f[af];
                  gf[af] += ct[ay] * x[ax];
                }
          }
  expect_close(k.values(y), want, {1e-11, 1e-12}, "output");
  expect_close(k.values(gradients[0]), gx, {1e-11, 1e-12}, "gradient by x");
  expect_close(k.values(gradients[1]), gf, {1e-11, 1e-12}, "gradient by the filters");
}
TEST_F(Kernels, Convolutions) {
  for (const Geometry& g :
       {Geometry{2, 19, 23, 1, 5, 7, 3, 3, 1, 1, true}, Geometry{1, 40, 33, 1, 16, 24, 3, 5, 2, 1, true},
        Geometry{3, 17, 16, 1, 8, 8, 2, 2, 3, 2, false}, Geometry{2, 30, 30, 1, 32, 16, 1, 1, 1, 1, true},
        Geometry{1, 9, 9, 1, 150, 200, 3, 3, 1, 1, true}, Geometry{2, 21, 18, 40, 1, 1, 3, 3, 1, 1, true},
        Geometry{2, 21, 18, 24, 1, 2, 3, 2, 2, 1, true}, Geometry{1, 25, 14, 12, 1, 1, 3, 3, 1, 2, false},
        Geometry{2, 16, 15, 9, 1, 1, 5, 3, 2, 1, true}, Geometry{3, 31, 20, 35, 1, 1, 2, 5, 3, 1, true}})
    check_convolution(*this, g);
}

}  // namespace
}  // namespace test
