// Elementwise ops and their derivatives up to order 4, at infinities up to 3, at hard points: next to nothing, far out,
// saturated, infinite. The right values are in golden/hard_points.
#include <fstream>
#include <limits>

#include "support/support.hpp"

namespace test {
namespace {

double number_of(const json& v) {
  return v.is_string() ? std::strtod(v.get<std::string>().c_str(), nullptr) : v.get<double>();
}

enum class Mode { reverse, forward, forward_over_reverse };

// The value of an op of one input and its derivatives, entry by entry.
template <class T>
std::vector<std::vector<double>> derivatives(const json& c, const std::vector<T>& x, int orders, Mode mode) {
  Ctx ctx;
  const std::vector<int64_t> shape{static_cast<int64_t>(x.size())};
  gt_tensor in = tensor<T>(ctx, shape, x), ones = tensor<T>(ctx, shape, std::vector<T>(x.size(), 1));
  std::vector<gt_tape> tapes;
  for (int i = 0; i < orders; ++i) {
    tapes.push_back(gt_tape_begin(ctx, 0));
    EXPECT_EQ(gt_tape_watch(ctx, tapes.back(), in), GT_OK);
  }
  gt_tensor y = apply(ctx, c["op"], {in}, c["attrs"])[0];
  std::vector<std::vector<double>> all{numbers(ctx, y)};
  for (int i = 0; i < orders; ++i, tapes.pop_back()) {
    gt_tensor next = nullptr;
    const bool forward = mode == Mode::forward || (mode == Mode::forward_over_reverse && i > 0);
    const gt_status status =
        forward ? gt_tape_jvp(ctx, tapes.back(), &y, 1, &in, 1, &ones, GT_UNCONNECTED_ZERO, &next)
                : gt_tape_gradient(ctx, tapes.back(), &y, 1, &in, 1, nullptr, GT_UNCONNECTED_ZERO, &next);
    EXPECT_EQ(status, GT_OK) << ctx.message();
    y = next;
    all.push_back(numbers(ctx, y));
  }
  return all;
}

// Right to some units in the last place; next to the smallest numbers to some of these.
template <class T>
bool close(double got, double want, int order, double factor) {
  using L = std::numeric_limits<T>;
  if (got == want || (std::isnan(got) && std::isnan(want))) return true;
  const double relative = factor * (order == 0 ? 16 : 64 << order) * static_cast<double>(L::epsilon());
  if (std::isinf(want))
    return std::abs(got) > static_cast<double>(L::max()) * (1 - relative) && (got > 0) == (want > 0);
  const double tiny = 64 * static_cast<double>(L::min()) * (order == 0 ? static_cast<double>(L::epsilon()) : 1);
  return std::abs(got - want) <= relative * std::abs(want) + tiny;
}

template <class T>
void check(const json& c, Mode mode) {
  constexpr int orders = 4;
  // The exponent of the approximate gelu is a rounded number of some hundreds. At an infinity silu and softsign are
  // products and quotients as IEEE has them: nan.
  const double factor = c["attrs"].contains("approximate") ? 16 : 1;
  const bool plain = c["op"] == "silu" || c["op"] == "softsign";
  std::vector<T> x;
  for (const json& point : c["points"]) x.push_back(static_cast<T>(number_of(point[0])));
  const auto got = derivatives<T>(c, x, orders, mode);
  for (int order = 0; order <= orders; ++order)
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isinf(x[i]) && (order == orders || (order == 0 && plain))) continue;
      const double want = number_of(c["points"][i][static_cast<std::size_t>(order) + 1]);
      EXPECT_TRUE(close<T>(got[order][i], want, order, factor))
          << c["op"] << c["attrs"] << " of " << c["dtype"] << ", order " << order << ", mode " << static_cast<int>(mode)
          << " at " << x[i] << ": got " << got[order][i] << ", want " << want;
    }
}
void check_all(Mode mode) {
  std::ifstream file(GRADTAPE_SOURCE "/tests/golden/hard_points/unary.json");
  const json all = json::parse(file);
  for (const json& c : all["cases"]) c["dtype"] == "float32" ? check<float>(c, mode) : check<double>(c, mode);
}
TEST(HardPoints, Reverse) { check_all(Mode::reverse); }
TEST(HardPoints, Forward) { check_all(Mode::forward); }
TEST(HardPoints, ForwardOverReverse) { check_all(Mode::forward_over_reverse); }

}  // namespace
}  // namespace test
