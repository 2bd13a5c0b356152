// Planning changes no value but by rounding: random programs evaluated as one plan against the same programs evaluated
// after every op.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>

#include "support/tape_support.hpp"

namespace test {
namespace {

// A program as a list of choices, so that it can be run twice.
class RandomProgram {
 public:
  explicit RandomProgram(uint64_t seed) : seed_(seed) {}

  // All results, and the gradients of their sum. eager: everything is computed as soon as it is recorded.
  std::vector<std::vector<double>> run(bool eager) {
    random_.seed(seed_);
    Ctx c;
    pool_.clear();
    gt_tape t = gt_tape_begin(c, 0);
    std::vector<gt_tensor> sources;
    const std::vector<int64_t> shapes[] = {{4, 3}, {3}, {4, 1}, {}, {1, 3}, {700, 3}};
    for (const auto& shape : shapes) {
      std::vector<double> values(count(shape));
      for (double& v : values) v = std::uniform_real_distribution<double>(-1, 1)(random_);
      sources.push_back(tensor<double>(c, shape, values));
      gt_tape_watch(c, t, sources.back());
      pool_.push_back(sources.back());
    }
    for (int i = 0; i < 40; ++i) {
      gt_tensor next = step(c);
      if (!next) {
        c.take_error();  // shapes that do not fit: another op next time
        continue;
      }
      if (eager) {
        EXPECT_EQ(gt_eval(c, &next, 1), GT_OK);
      }
      pool_.push_back(next);
    }
    std::vector<gt_tensor> gradients(sources.size());
    EXPECT_EQ(gt_tape_gradient(c, t, pool_.data(), pool_.size(), sources.data(), sources.size(), nullptr,
                               GT_UNCONNECTED_ZERO, gradients.data()),
              GT_OK);
    std::vector<gt_tensor> all(pool_);
    all.insert(all.end(), gradients.begin(), gradients.end());
    EXPECT_EQ(gt_eval(c, all.data(), all.size()), GT_OK);
    std::vector<std::vector<double>> results;
    for (gt_tensor each : all) results.push_back(numbers(c, each));
    return results;
  }

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }
  gt_tensor any() { return pool_[pick(pool_.size())]; }
  gt_tensor step(gt_context c) {
    gt_tensor a = any(), b = any();
    const int64_t axis = static_cast<int64_t>(pick(2));
    switch (pick(16)) {
      case 0: return gt_add(c, a, b);
      case 1: return gt_multiply(c, gt_tanh(c, a), b);
      case 2: return gt_subtract(c, a, b);
      case 3: return gt_tanh(c, a);
      case 4: return gt_sigmoid(c, a);
      case 5: return gt_where(c, gt_greater(c, a, b), a, b);
      case 6: return gt_maximum(c, a, b);
      case 7: return gt_reduce_mean(c, a, &axis, 1, 1);
      case 8: return gt_reduce_max(c, a, nullptr, 0, 0);
      case 9: return gt_sin(c, a);
      case 10: return gt_cast(c, gt_cast(c, gt_tanh(c, a), GT_FLOAT32), GT_FLOAT64);
      case 11: return gt_matmul(c, gt_tanh(c, a), gt_tanh(c, b), 1, 0);
      case 12: return gt_softmax(c, a, -1);
      case 13: return gt_negative(c, gt_identity(c, a));
      case 14: return gt_transpose(c, gt_transpose(c, a, nullptr, 0), nullptr, 0);
      default: return gt_square(c, gt_tanh(c, a));
    }
  }

  uint64_t seed_;
  std::mt19937_64 random_;
  std::vector<gt_tensor> pool_;
};

// Sums may be added up in another order, an infinity meet its opposite a step later.
bool equal_but_for_rounding(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (double v : b)
    if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::isfinite(a[i]) != std::isfinite(b[i]) || std::abs(a[i] - b[i]) > 1e-11 * largest) return false;
  return a.size() == b.size();
}

TEST(Plan, OnePlanGivesWhatStepByStepGives) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    RandomProgram program(seed);
    const auto step_by_step = program.run(true), together = program.run(false);
    ASSERT_EQ(step_by_step.size(), together.size());
    for (std::size_t i = 0; i < together.size(); ++i)
      ASSERT_TRUE(equal_but_for_rounding(together[i], step_by_step[i])) << "seed " << seed << ", tensor " << i;
  }
}

// Random graphs over the registry: ops as their samples show them, on tensors of a pool.
class RandomGraph {
 public:
  RandomGraph() {
    for (std::size_t i = 0; i < gt_op_count(); ++i) {
      json op = describe_op(gt_op_name(i));
      // Two ways of computing need not agree if rounding may turn into a jump, or grow without bound. Two random draws
      // are never the same.
      if (op["derivative"] == "none" || jumps(op["name"]) || op["samples"].empty()) continue;
      ops_.push_back(std::move(op));
    }
  }
  std::vector<std::vector<double>> run(uint64_t seed, bool eager, gt_dtype dtype, int32_t threads) {
    random_.seed(seed);
    Ctx c;
    gt_set_threads(c, threads);
    std::vector<gt_tensor> pool = leaves(c, dtype);
    const std::size_t sources = pool.size();
    gt_tape t = gt_tape_begin(c, 0);
    for (gt_tensor x : pool) gt_tape_watch(c, t, x);
    for (int i = 0; i < 12; ++i)
      for (gt_tensor out : step(c, pool)) {
        if (eager) {
          EXPECT_EQ(gt_eval(c, &out, 1), GT_OK) << c.message();
        }
        pool.push_back(out);
      }
    std::vector<gt_tensor> targets, gradients(sources);
    for (std::size_t i = sources; i < pool.size(); ++i)
      if (dtype_of(c, pool[i]) == dtype) targets.push_back(pool[i]);
    EXPECT_EQ(gt_tape_gradient(c, t, targets.data(), targets.size(), pool.data(), sources, nullptr, GT_UNCONNECTED_ZERO,
                               gradients.data()),
              GT_OK)
        << c.message();
    pool.insert(pool.end(), gradients.begin(), gradients.end());
    EXPECT_EQ(gt_eval(c, pool.data(), pool.size()), GT_OK) << c.message();
    std::vector<std::vector<double>> results;
    for (gt_tensor x : pool) results.push_back(numbers(c, x));
    return results;
  }

 private:
  static bool jumps(const std::string& op) {
    for (const char* name : {"mod",     "sign",       "det",    "inv",           "solve",    "matrix_power",
                             "sort",    "top_k",      "norm",   "atan2",         "cholesky", "triangular_solve",
                             "slogdet", "qr",         "eigh",   "eigh_function", "svd",      "lstsq",
                             "expm",    "max_pool2d", "erfinv", "lgamma",        "digamma",  "polygamma"})
      if (op == name) return true;
    return op.rfind("random", 0) == 0;
  }
  std::vector<gt_tensor> leaves(gt_context c, gt_dtype dtype) {
    std::vector<gt_tensor> pool;
    const std::vector<int64_t> shapes[] = {{2, 3}, {3}, {3, 3}, {2, 2, 3}, {}, {2, 1}, {4}, {2, 3}};
    for (const auto& shape : shapes) {
      std::vector<double> values(count(shape));
      for (double& v : values) v = std::uniform_real_distribution<double>(0.2, 0.9)(random_);
      pool.push_back(gt_cast(c, tensor<double>(c, shape, values), dtype));
    }
    EXPECT_EQ(gt_eval(c, pool.data(), pool.size()), GT_OK);
    return pool;
  }
  // An op on tensors of the pool; nothing where they do not fit it.
  std::vector<gt_tensor> step(gt_context c, const std::vector<gt_tensor>& pool) {
    const json& op = ops_[random_() % ops_.size()];
    const json& sample = op["samples"][random_() % op["samples"].size()];
    std::vector<gt_tensor> inputs;
    const std::string kinds = sample["inputs"];
    for (std::size_t at = 0; at < kinds.size();
         at = kinds.find(' ', at) == std::string::npos ? kinds.size() : kinds.find(' ', at) + 1) {
      gt_tensor x = pool[random_() % pool.size()];
      if (kinds[at] == 'i') x = gt_cast(c, gt_multiply(c, gt_abs(c, x), gt_scalar(c, 0)), GT_INT32);
      if (kinds[at] == 'b') x = gt_greater(c, x, gt_scalar(c, 0.5));
      inputs.push_back(x);
    }
    std::vector<gt_tensor> results;
    for (gt_tensor out : apply(c, op["name"], inputs, sample["attrs"]))
      if (count(shape_of(c, out)) <= 2000) results.push_back(out);
    if (results.empty()) gt_take_error(c, nullptr, 0, nullptr);  // they did not fit
    return results;
  }

  std::vector<json> ops_;
  std::mt19937_64 random_;
};

bool nearly_equal(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  double largest = 0;
  for (double v : b)
    if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::isfinite(a[i]) && std::isfinite(b[i]) && std::abs(a[i] - b[i]) > tolerance * largest) return false;
  return a.size() == b.size();
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, {}, std::bit_cast<uint64_t, double>, std::bit_cast<uint64_t, double>);
}

TEST(Plan, RandomGraphsOfAllOpsGiveTheSameFusedAndNot) {
  RandomGraph graph;
  std::size_t tensors = 0;
  for (uint64_t seed = 0; seed < 1500; ++seed) {
    const bool wide = seed % 3 != 0;
    const gt_dtype dtype = wide ? GT_FLOAT64 : GT_FLOAT32;
    const auto apart = graph.run(seed, true, dtype, 1), together = graph.run(seed, false, dtype, 1 + seed % 2);
    ASSERT_EQ(apart.size(), together.size());
    tensors += apart.size();
    for (std::size_t i = 0; i < apart.size(); ++i)
      ASSERT_TRUE(nearly_equal(together[i], apart[i], wide ? 1e-9 : 1e-2)) << "seed " << seed << ", tensor " << i;
    const auto again = graph.run(seed, false, dtype, 2);
    for (std::size_t i = 0; i < again.size(); ++i)
      ASSERT_TRUE(same_bits(again[i], together[i])) << "seed " << seed << " again, tensor " << i;
  }
  EXPECT_GT(tensors, 1500u * 20);  // 16 are sources and their gradients: most ops have fitted
}

class Fusion : public TapeTest {};

// A reader outside the group must not see a value too late, nor a group wait for what depends on it.
TEST_F(Fusion, AGroupDoesNotWaitForItsOwnReaders) {
  gt_tensor x = vec({1, 2, 3});
  gt_tensor a = gt_square(c, x), total = sum(a), b = mul(a, total), d = add(gt_exp(c, gt_negative(c, a)), b);
  expect(total, {14});
  expect(d, {14 + std::exp(-1.0), 56 + std::exp(-4.0), 126 + std::exp(-9.0)});
}
TEST_F(Fusion, OperandsOfEveryBroadcastAreSpread) {
  std::vector<float> big(3 * 1000);
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<float>(i % 7);
  gt_tensor m = mat(1000, 3, big), row = vec({1, 10, 100}), one = num(2);
  std::vector<float> column(1000);
  for (std::size_t i = 0; i < 1000; ++i) column[i] = static_cast<float>(i);
  gt_tensor y = add(mul(m, row), mul(mat(1000, 1, column), one));
  const auto got = read<float>(c, y);
  const float scale[] = {1, 10, 100};
  for (std::size_t i = 0; i < 1000; ++i)
    for (std::size_t j = 0; j < 3; ++j) ASSERT_EQ(got[3 * i + j], big[3 * i + j] * scale[j] + 2 * column[i]);
}
TEST_F(Fusion, DtypesOfDifferentSizesShareATile) {
  std::vector<float> v(1500);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(i) - 700;
  gt_tensor x = vec(v);
  gt_tensor y = gt_where(c, gt_logical_not(c, gt_greater(c, x, gt_scalar(c, 0))),
                         gt_cast(c, gt_square(c, gt_cast(c, x, GT_FLOAT64)), GT_FLOAT32), x);
  const auto got = read<float>(c, y);
  for (std::size_t i = 0; i < v.size(); ++i) ASSERT_EQ(got[i], v[i] > 0 ? v[i] : v[i] * v[i]);
}
TEST_F(Fusion, ALongChainIsSplit) {
  gt_tensor x = vec({1, 2}), y = x;
  for (int i = 0; i < 1000; ++i) y = gt_add(c, y, x);
  expect(y, {1001, 2002});
}

// Values that are large, so that what is cheap is computed again rather than kept.
class Recomputation : public TapeTest {
 public:
  static constexpr int64_t kRows = 400, kColumns = 700;
  void SetUp() override {
    x_.resize(kRows * kColumns);
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = std::sin(static_cast<double>(i)) + static_cast<double>(i % 5);
  }
  std::string plan(gt_tensor t) { return plan_text(c, {t}); }
  // The planner is free in its way to a tensor that nothing holds.
  gt_tensor alone(gt_tensor t) {
    EXPECT_EQ(gt_scope_end(c, &t, 1), GT_OK) << c.message();
    return t;
  }
  std::vector<double> x_;
};
TEST_F(Recomputation, OfAMeanOverAllAndOverColumns) {
  for (const bool all : {true, false}) {
    const int64_t first = 0;
    gt_tensor x = tensor<double>(c, {kRows, kColumns}, x_);
    gt_scope_begin(c);
    gt_tensor d = gt_subtract(c, x, gt_reduce_mean(c, x, all ? nullptr : &first, all ? 0 : 1, 0));
    gt_tensor y = alone(
        gt_multiply(c, d, gt_rsqrt(c, gt_reduce_mean(c, gt_square(c, d), all ? nullptr : &first, all ? 0 : 1, 0))));
    const std::string text = plan(y);
    EXPECT_NE(text.find("subtract multiply"), std::string::npos) << text;
    const auto got = read<double>(c, y);
    const std::size_t columns = all ? 1 : kColumns, n = x_.size() / columns;
    for (std::size_t j = 0; j < columns; ++j) {
      double mean = 0, square = 0;
      for (std::size_t i = 0; i < n; ++i) mean += x_[i * columns + j] / static_cast<double>(n);
      for (std::size_t i = 0; i < n; ++i) square += std::pow(x_[i * columns + j] - mean, 2) / static_cast<double>(n);
      for (std::size_t i = 0; i < n; i += 7)
        ASSERT_NEAR(got[i * columns + j], (x_[i * columns + j] - mean) / std::sqrt(square), 1e-11);
    }
  }
}
TEST_F(Recomputation, NotOfWhatIsHeldOrReadAcross) {
  gt_tensor x = tensor<double>(c, {kRows, kColumns}, x_), d = gt_negative(c, x);
  gt_tensor held = gt_multiply(c, d, sum(d));
  EXPECT_EQ(plan(held).find("negative multiply"), std::string::npos);
  const double total = std::accumulate(x_.begin(), x_.end(), 0.0);
  EXPECT_NEAR(read<double>(c, held)[5], x_[5] * total, 1e-7);
  gt_scope_begin(c);
  gt_tensor e = gt_negative(c, x), turned = gt_transpose(c, e, nullptr, 0);
  gt_tensor across = alone(gt_multiply(c, turned, sum(e)));
  EXPECT_EQ(plan(across).find("negative multiply"), std::string::npos);
  EXPECT_NEAR(read<double>(c, across)[5 * kRows + 3], x_[3 * kColumns + 5] * total, 1e-7);
}
// A mask that two loops compute for themselves, and a third reads: one of them writes it.
TEST_F(Recomputation, OfWhatAnotherLoopReads) {
  std::vector<double> v(std::size_t{1} << 20);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<double>(i % 7) - 3;
  gt_tensor x = tensor<double>(c, {static_cast<int64_t>(v.size())}, v);
  gt_scope_begin(c);
  gt_tensor mask = gt_greater(c, x, gt_scalar(c, 0)), positive = sum(gt_cast(c, mask, GT_FLOAT64));
  gt_tensor chosen = gt_where(c, mask, x, positive);
  gt_tensor y = alone(gt_subtract(c, gt_multiply(c, chosen, sum(chosen)), x));
  const std::string text = plan(y);
  std::size_t written = 0;
  for (std::size_t at = text.find("greater"); at != std::string::npos; at = text.find("greater", at + 1)) ++written;
  EXPECT_EQ(written, 2u) << text;
  double n = 0, total = 0;
  for (double a : v) n += a > 0;
  for (double a : v) total += a > 0 ? a : n;
  const auto got = read<double>(c, y);
  for (std::size_t i = 0; i < v.size(); i += 11) ASSERT_EQ(got[i], (v[i] > 0 ? v[i] : n) * total - v[i]) << i;
}
TEST_F(Recomputation, OfAGradient) {
  gt_tensor x = tensor<double>(c, {kRows, kColumns}, x_);
  gt_scope_begin(c);
  gt_tape t = gt_tape_begin(c, 0);
  gt_tape_watch(c, t, x);
  gt_tensor norm = gt_sqrt(c, sum(gt_square(c, gt_subtract(c, x, gt_scalar(c, 0.25)))));
  gt_tensor g = nullptr;
  ASSERT_EQ(gt_tape_gradient(c, t, &norm, 1, &x, 1, nullptr, GT_UNCONNECTED_NULL, &g), GT_OK);
  g = alone(g);
  double squares = 0;
  for (double v : x_) squares += (v - 0.25) * (v - 0.25);
  const auto got = read<double>(c, g);
  for (std::size_t i = 0; i < got.size(); i += 11) ASSERT_NEAR(got[i], (x_[i] - 0.25) / std::sqrt(squares), 1e-13) << i;
}

// Spaces of every form, large enough for several tiles and blocks, against plain loops; the numbers are small integers,
// so that every sum is exact.
template <class T>
void large_loops(int64_t rows, int64_t columns) {
  Ctx c;
  const auto n = static_cast<std::size_t>(rows * columns);
  const auto value = [](std::size_t i, int seed) {
    return static_cast<T>((i * 7 + i / 5 + static_cast<std::size_t>(seed)) % 9) - T(4);
  };
  std::vector<T> x(n), turned(n), row(static_cast<std::size_t>(rows)), column(static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < n; ++i) x[i] = value(i, 1), turned[i] = value(i, 2);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = value(i, 3);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = value(i, 4);
  gt_tensor tx = tensor<T>(c, {rows, columns}, x), tt = tensor<T>(c, {columns, rows}, turned);
  gt_tensor tr = tensor<T>(c, {rows, 1}, row), tc = tensor<T>(c, {columns}, column);
  const int64_t first = 0, second = 1, both[] = {0, 1};
  // y = x * column + row + turned^T; its sums and maxima; y - max along each row; what of that is positive.
  gt_tensor y = gt_add(c, gt_add(c, gt_multiply(c, tx, tc), tr), gt_transpose(c, tt, nullptr, 0));
  gt_tensor down = gt_reduce_sum(c, y, &first, 1, 0), across = gt_reduce_sum(c, y, &second, 1, 1),
            all = gt_reduce_sum(c, y, both, 2, 0);
  gt_tensor most = gt_reduce_max(c, y, &second, 1, 1), least = gt_reduce_min(c, y, &first, 1, 0);
  gt_tensor rest = gt_subtract(c, y, most),
            count = gt_reduce_sum(c, gt_cast(c, gt_greater(c, rest, gt_negative(c, tr)), GT_INT64), both, 2, 0);
  gt_tensor share = gt_reduce_sum(c, gt_multiply(c, rest, across), &first, 1, 0);
  gt_tensor asked[] = {down, across, all, most, least, rest, count, share};
  ASSERT_EQ(gt_eval(c, asked, 8), GT_OK) << c.message();

  std::vector<T> w_down(column.size(), 0), w_across(row.size(), 0), w_most(row.size()), w_least(column.size()),
      w_rest(n), w_share(column.size(), 0), w(n);
  T w_all = 0;
  int64_t w_count = 0;
  for (std::size_t i = 0; i < row.size(); ++i)
    for (std::size_t j = 0; j < column.size(); ++j) {
      const T v = w[i * column.size() + j] = x[i * column.size() + j] * column[j] + row[i] + turned[j * row.size() + i];
      w_down[j] += v, w_across[i] += v, w_all += v;
      w_most[i] = j == 0 ? v : std::max(w_most[i], v);
      w_least[j] = i == 0 ? v : std::min(w_least[j], v);
    }
  for (std::size_t i = 0; i < row.size(); ++i)
    for (std::size_t j = 0; j < column.size(); ++j) {
      const T v = w_rest[i * column.size() + j] = w[i * column.size() + j] - w_most[i];
      w_count += v > -row[i];
      w_share[j] += v * w_across[i];
    }
  EXPECT_EQ(read<T>(c, down), w_down);
  EXPECT_EQ(read<T>(c, across), w_across);
  EXPECT_EQ(read<T>(c, all)[0], w_all);
  EXPECT_EQ(read<T>(c, most), w_most);
  EXPECT_EQ(read<T>(c, least), w_least);
  EXPECT_EQ(read<T>(c, rest), w_rest);
  EXPECT_EQ(number(c, count), static_cast<double>(w_count));
  EXPECT_EQ(read<T>(c, share), w_share);
}
TEST(Loops, OfEveryForm) {
  const std::pair<int64_t, int64_t> shapes[] = {{1, 1},     {1, 20000}, {20000, 1}, {3, 20000}, {20000, 3},
                                                {700, 513}, {513, 512}, {130, 70},  {2, 9000},  {9000, 2},
                                                {65, 8192}, {33, 8193}, {5000, 17}};
  for (const auto& [rows, columns] : shapes) {
    SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(columns));
    large_loops<double>(rows, columns);
    large_loops<int64_t>(rows, columns);
    if (rows * columns <= 20000) large_loops<float>(rows, columns);
  }
}

}  // namespace
}  // namespace test
