// Values and derivatives where formulas are tempted to go wrong: guarded points, integers, nothing at all.
#include <limits>

#include "support.hpp"

namespace test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();

// The mixed partial derivative of an op of scalars by the inputs named in turn, by reverse mode or forward mode alone.
template <class T>
double derivative(const std::string& op, const std::vector<double>& at, const std::vector<std::size_t>& by,
                  bool forward) {
  Ctx c;
  std::vector<gt_tensor> x;
  for (double v : at) x.push_back(tensor<T>(c, {}, {static_cast<T>(v)}));
  std::vector<gt_tape> tapes;
  for (std::size_t i = 0; i < by.size(); ++i) {
    tapes.push_back(gt_tape_begin(c, 0));
    for (gt_tensor t : x) EXPECT_EQ(gt_tape_watch(c, tapes.back(), t), GT_OK);
  }
  gt_tensor y = apply(c, op, x)[0];
  for (std::size_t i : by) {
    gt_tensor one = tensor<T>(c, {}, {T(1)}), next = nullptr;
    const gt_status status =
        forward ? gt_tape_jvp(c, tapes.back(), &y, 1, &x[i], 1, &one, GT_UNCONNECTED_ZERO, &next)
                : gt_tape_gradient(c, tapes.back(), &y, 1, &x[i], 1, nullptr, GT_UNCONNECTED_ZERO, &next);
    EXPECT_EQ(status, GT_OK) << c.message();
    tapes.pop_back();
    y = next;
  }
  return number(c, y);
}
struct Partial {
  const char* op;
  std::vector<double> at;
  std::vector<std::size_t> by;
  double want;
};
template <class T>
void expect_partials(const std::vector<Partial>& partials) {
  for (const Partial& p : partials)
    for (bool forward : {false, true}) {
      std::string name = p.op + std::string(forward ? " forward by" : " reverse by");
      for (std::size_t i : p.by) name += " " + std::to_string(i);
      for (double v : p.at) name += " at " + std::to_string(v);
      expect_close({derivative<T>(p.op, p.at, p.by, forward)}, {p.want},
                   {32 * static_cast<double>(std::numeric_limits<T>::epsilon()), 0}, name);
    }
}
void expect_partials(const std::vector<Partial>& partials) {
  expect_partials<double>(partials);
  expect_partials<float>(partials);
}

TEST(Formula, ZeroOfTheSecondFactorWins) {
  expect_partials({{"multiply_no_nan", {kNan, 0}, {}, 0},
                   {"multiply_no_nan", {kInf, 0}, {}, 0},
                   {"multiply_no_nan", {-kInf, -0.0}, {}, 0},
                   {"multiply_no_nan", {0, kNan}, {}, kNan},
                   {"multiply_no_nan", {0, kInf}, {}, kNan},
                   {"multiply_no_nan", {3, 0}, {0}, 0},
                   {"multiply_no_nan", {3, 0}, {1}, 3},
                   {"multiply_no_nan", {3, 2}, {0, 1}, 1},
                   {"multiply_no_nan", {3, 0}, {0, 1}, 1},
                   {"multiply_no_nan", {3, 0}, {1, 0}, 1},
                   {"multiply_no_nan", {kNan, 0}, {0}, 0}});
}

}  // namespace
}  // namespace test
