// Cheap values are computed again where keeping them would cost memory traffic.
#include <cmath>
#include <numeric>

#include "support/tape_support.hpp"

namespace test {
namespace {

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

}  // namespace
}  // namespace test
