// Jacobians with all rows at once, which the planner follows by their bands, against Jacobians row by row.
#include <functional>

#include "support/tape_support.hpp"

namespace test {
namespace {

// The same Jacobian with all its rows at once, which the planner follows by its bands, and row by row.
void compare_with_rows(TapeTest& t, gt_tensor x, const std::function<gt_tensor(gt_tensor)>& f, bool hessian) {
  std::vector<std::vector<float>> both;
  for (uint64_t budget : {uint64_t{0}, uint64_t{1}}) {
    gt_tape outer = t.watching({x}), inner = t.watching({x});
    gt_tensor y = f(x), j = nullptr;
    if (hessian) y = t.grad(inner, y, x);
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.memory_budget = budget;
    o.mode = GT_MODE_REVERSE;
    ASSERT_EQ(gt_tape_jacobian(t.c, outer, y, &x, 1, &o, &j), GT_OK) << t.c.message();
    both.push_back(read<float>(t.c, j));
  }
  for (std::size_t i = 0; i < both[0].size(); ++i)
    ASSERT_NEAR(both[0][i], both[1][i], 1e-5 * (1 + std::abs(both[1][i]))) << i;
}
class Bands : public TapeTest {
 public:
  static constexpr int64_t kSize = 50;
  gt_tensor line() {
    std::vector<float> v(kSize);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = 0.1f * static_cast<float>(i % 13) - 0.45f;
    return vec(v);
  }
  gt_tensor part(gt_tensor x, int64_t begin, int64_t size) { return gt_slice(c, x, &begin, 1, &size, 1); }
};
TEST_F(Bands, HessiansOfLocalTerms) {
  compare_with_rows(
      *this, line(),
      [&](gt_tensor x) {
        gt_tensor head = part(x, 0, kSize - 1), tail = part(x, 1, kSize - 1);
        return sum(add(gt_square(c, gt_subtract(c, tail, gt_square(c, head))), gt_sin(c, mul(head, tail))));
      },
      true);
  compare_with_rows(
      *this, line(),
      [&](gt_tensor x) {
        gt_tensor far = mul(part(x, 0, kSize - 7), part(x, 7, kSize - 7));
        return sum(add(gt_square(c, far), gt_exp(c, part(x, 3, kSize - 7))));
      },
      true);
}
TEST_F(Bands, JacobiansThatAreNotSquare) {
  compare_with_rows(
      *this, line(), [&](gt_tensor x) { return mul(part(x, 1, kSize - 1), part(x, 0, kSize - 1)); }, false);
  compare_with_rows(
      *this, line(),
      [&](gt_tensor x) {
        const int64_t paddings[] = {3, 4};
        gt_tensor wide = gt_pad(c, gt_tanh(c, x), paddings, 2, "CONSTANT", 0);
        return gt_where(c, gt_greater(c, wide, gt_scalar(c, 0.1)), gt_negative(c, wide),
                        gt_divide(c, wide, gt_scalar(c, 3)));
      },
      false);
  compare_with_rows(
      *this, line(),
      [&](gt_tensor x) {
        const int64_t axis = 0;
        return add(x, gt_reverse(c, x, &axis, 1));  // a second diagonal the other way round: no band
      },
      false);
}
TEST_F(Bands, ProductsWithDiagonals) {
  std::vector<float> w(kSize * 60);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = 0.01f * static_cast<float>(i % 31) - 0.1f;
  gt_tensor m = mat(kSize, 60, w), back = mat(60, kSize, w);
  const auto layers = [&](gt_tensor x) {
    gt_tensor row = gt_expand_dims(c, gt_tanh(c, x), 0);
    return gt_squeeze(c, gt_sigmoid(c, gt_matmul(c, gt_tanh(c, gt_matmul(c, row, m, 0, 0)), back, 0, 0)), nullptr, 0);
  };
  compare_with_rows(*this, line(), layers, false);
  compare_with_rows(
      *this, line(), [&](gt_tensor x) { return sum(gt_square(c, layers(x))); }, true);
}

}  // namespace
}  // namespace test
