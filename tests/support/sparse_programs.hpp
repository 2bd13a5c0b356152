// Sparse Jacobians and Hessians of programs of one tensor, beside dense ones.
#pragma once

#include <numeric>

#include "support/twins.hpp"

namespace test {

class SparseProgramTest : public TwinTest {
 public:
  using Ints = std::vector<int64_t>;
  using Program = std::function<gt_tensor(gt_tensor x)>;

  gt_tensor start(const Ints& shape) {
    const auto n = static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()));
    std::vector<double> values(n);
    for (size_t i = 0; i < n; ++i) values[i] = 1.1 + 0.3 * std::sin(1.3 * static_cast<double>(i));
    return tensor<double>(c, shape, values);
  }
  gt_tensor part(gt_tensor x, const Ints& begin, const Ints& size) {
    return gt_slice(c, x, begin.data(), begin.size(), size.data(), size.size());
  }
  gt_tensor shaped(gt_tensor x, const Ints& shape) { return gt_reshape(c, x, shape.data(), shape.size()); }
  gt_tensor number(double v) { return gt_scalar(c, v); }

  // A program on a tape, at the start of this shape.
  struct Recorded {
    gt_tensor x;
    gt_tape tape;
    gt_tensor y;
  };
  Recorded recorded(const Program& f, const Ints& shape) {
    gt_tensor x = start(shape);
    gt_tape t = gt_tape_begin(c, 0);
    EXPECT_EQ(gt_tape_watch(c, t, x), GT_OK);
    return {x, t, f(x)};
  }

  struct Matrix {
    std::vector<double> dense;
    int64_t rows = 0, columns = 0;
  };
  Matrix dense(const Program& f, const Ints& shape, bool hessian) {
    const auto [x, t, y] = recorded(f, shape);
    gt_tensor m = nullptr;
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.unconnected = GT_UNCONNECTED_ZERO;
    EXPECT_EQ(hessian ? gt_tape_hessian(c, t, y, &x, 1, &o, &m) : gt_tape_jacobian(c, t, y, &x, 1, &o, &m), GT_OK)
        << c.message();
    const auto columns = static_cast<int64_t>(count(shape_of(c, x)));
    return {read<double>(c, m), hessian ? columns : static_cast<int64_t>(count(shape_of(c, y))), columns};
  }
  // Compares pattern and values with the dense matrix. exact: each entry of the pattern is other than 0.
  gt_sparsity_info compare(const Program& f, const Ints& shape, bool hessian, int32_t method, bool exact = true,
                           int32_t triangle = GT_TRIANGLE_FULL, int32_t mode = GT_MODE_AUTO) {
    gt_sparsity_info info{};
    info.struct_size = sizeof info;
    const Matrix want = dense(f, shape, hessian);
    const auto [x, t, y] = recorded(f, shape);
    gt_tensor v = nullptr;
    gt_sparse_options o{};
    o.struct_size = sizeof o;
    o.method = method;
    o.triangle = triangle;
    o.mode = mode;
    const gt_sparsity s =
        hessian ? gt_tape_hessian_sparsity(c, t, y, &x, 1, &o) : gt_tape_jacobian_sparsity(c, t, y, &x, 1, &o);
    EXPECT_NE(s, nullptr) << c.message();
    if (!s) return info;
    EXPECT_EQ(gt_tape_sparse_values(c, t, y, &x, 1, s, &v), GT_OK) << c.message();
    gt_tensor rows = nullptr, columns = nullptr;
    EXPECT_EQ(gt_sparsity_pattern(c, s, GT_COO, &rows, &columns), GT_OK);
    const std::vector<int64_t> is = read<int64_t>(c, rows), js = read<int64_t>(c, columns);
    const std::vector<double> values = read<double>(c, v);
    std::vector<double> got(want.dense.size(), 0);
    for (size_t k = 0; k < values.size(); ++k) {
      double& entry = got[static_cast<size_t>(is[k] * want.columns + js[k])];
      entry = values[k];
      EXPECT_TRUE(!exact || want.dense[static_cast<size_t>(is[k] * want.columns + js[k])] != 0)
          << is[k] << ", " << js[k];
    }
    for (int64_t i = 0; i < want.rows; ++i)
      for (int64_t j = 0; j < want.columns; ++j) {
        const auto at = static_cast<size_t>(i * want.columns + j);
        const bool asked = triangle == GT_TRIANGLE_FULL || (triangle == GT_TRIANGLE_LOWER ? j <= i : j >= i);
        EXPECT_NEAR(got[at], asked ? want.dense[at] : 0, 1e-11 * (1 + std::abs(want.dense[at]))) << i << ", " << j;
        const bool mirrored = hessian && triangle == GT_TRIANGLE_FULL;
        EXPECT_EQ(!mirrored || got[at] == got[static_cast<size_t>(j * want.columns + i)], true) << i << ", " << j;
      }
    EXPECT_EQ(gt_sparsity_describe(c, s, &info), GT_OK);
    return info;
  }
  void compare_all(const Program& f, const Ints& shape, bool hessian, bool exact = true) {
    for (const int32_t method : {GT_SPARSE_AUTO, GT_SPARSE_ACCUMULATE, GT_SPARSE_COMPRESS}) {
      SCOPED_TRACE(method);
      compare(f, shape, hessian, method, exact);
      if (!hessian) continue;
      for (const int32_t triangle : {GT_TRIANGLE_LOWER, GT_TRIANGLE_UPPER})
        compare(f, shape, true, method, exact, triangle);
    }
    if (hessian) return;
    for (const int32_t mode : {int32_t{GT_MODE_FORWARD}, int32_t{GT_MODE_REVERSE}, int32_t{GT_MODE_BOTH}}) {
      SCOPED_TRACE(mode);
      compare(f, shape, false, GT_SPARSE_COMPRESS, exact, GT_TRIANGLE_FULL, mode);
    }
  }
};

}  // namespace test
