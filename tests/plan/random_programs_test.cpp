// Random programs evaluated as one plan give what they give evaluated after every op.
#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "support/support.hpp"

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

}  // namespace
}  // namespace test
