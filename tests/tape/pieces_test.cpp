// Tensors taken apart into many pieces: their cotangents come together in one op, whatever the pieces are, in every
// mode and order.
#include <functional>
#include <numeric>

#include "support/tape_support.hpp"

namespace test {
namespace {

// Pieces of a tensor [6, 4], and the places of x that each holds, in row-major order.
struct Cut {
  const char* name;
  std::vector<gt_tensor> (*pieces)(gt_context c, gt_tensor x);
  std::vector<std::vector<int>> places;
  const char* op;  // which adds their cotangents up
};

std::vector<gt_tensor> rows(gt_context c, gt_tensor x, std::initializer_list<int64_t> begins, int64_t count) {
  std::vector<gt_tensor> all;
  for (int64_t at : begins) {
    const int64_t begin[] = {at, 0}, size[] = {count, 4};
    all.push_back(gt_slice(c, x, begin, 2, size, 2));
  }
  return all;
}
std::vector<gt_tensor> gathered(gt_context c, gt_tensor x, std::initializer_list<int32_t> at, int64_t axis) {
  std::vector<gt_tensor> all;
  for (int32_t i : at) all.push_back(gt_gather(c, x, tensor<int32_t>(c, {}, {i}), axis, 0));
  return all;
}
std::vector<int> places_of_rows(int first, int count) {
  std::vector<int> all(static_cast<std::size_t>(count) * 4);
  std::iota(all.begin(), all.end(), first * 4);
  return all;
}
std::vector<int> places_of_column(int column) {
  std::vector<int> all;
  for (int row = 0; row < 6; ++row) all.push_back(row * 4 + column);
  return all;
}

const std::vector<Cut> kCuts = {
    {"rows",
     [](gt_context c, gt_tensor x) {
       return rows(c, x, {0, 1, 2, 3, 4, 5}, 1);
     },
     {places_of_rows(0, 1), places_of_rows(1, 1), places_of_rows(2, 1), places_of_rows(3, 1), places_of_rows(4, 1),
      places_of_rows(5, 1)},
     "add_blocks"},
    {"rows that overlap and leave one out",
     [](gt_context c, gt_tensor x) {
       return rows(c, x, {0, 1, 1, 3}, 2);
     },
     {places_of_rows(0, 2), places_of_rows(1, 2), places_of_rows(1, 2), places_of_rows(3, 2)},
     "add_blocks"},
    {"an empty row among others",
     [](gt_context c, gt_tensor x) {
       std::vector<gt_tensor> all = rows(c, x, {0, 2, 4, 5}, 1);
       all.push_back(rows(c, x, {6}, 0)[0]);
       return all;
     },
     {places_of_rows(0, 1), places_of_rows(2, 1), places_of_rows(4, 1), places_of_rows(5, 1), {}},
     "add_blocks"},
    {"columns",
     [](gt_context c, gt_tensor x) {
       std::vector<gt_tensor> all(4);
       gt_unstack(c, x, 1, all.data(), 4, nullptr);
       return all;
     },
     {places_of_column(0), places_of_column(1), places_of_column(2), places_of_column(3)},
     "add_blocks"},
    {"rows by indices",
     [](gt_context c, gt_tensor x) {
       return gathered(c, x, {5, 0, 0, 3, 2}, 0);
     },
     {places_of_rows(5, 1), places_of_rows(0, 1), places_of_rows(0, 1), places_of_rows(3, 1), places_of_rows(2, 1)},
     "scatter_add"},
    {"columns by indices",
     [](gt_context c, gt_tensor x) {
       return gathered(c, x, {3, 1, 1, 0}, 1);
     },
     {places_of_column(3), places_of_column(1), places_of_column(1), places_of_column(0)},
     "scatter_add"},
    {"rows and columns by indices",
     [](gt_context c, gt_tensor x) {
       std::vector<gt_tensor> all = gathered(c, x, {3, 1, 0}, 1);
       for (gt_tensor row : gathered(c, x, {4, 4, 2}, 0)) all.push_back(row);
       return all;
     },
     {places_of_column(3), places_of_column(1), places_of_column(0), places_of_rows(4, 1), places_of_rows(4, 1),
      places_of_rows(2, 1)},
     "scatter_add"},
};

class Pieces : public testing::TestWithParam<Cut> {
 public:
  Pieces() {
    for (int i = 0; i < 24; ++i) values_.push_back(0.5 + 0.25 * i);
    x_ = tensor<double>(c, {6, 4}, values_);
  }
  // The sum of (i + 1) piece^3 over all pieces and entries.
  gt_tensor f(gt_tensor x) {
    gt_tensor y = scalar64(c, 0);
    const std::vector<gt_tensor> pieces = GetParam().pieces(c, x);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      gt_tensor cube = gt_multiply(c, gt_square(c, pieces[i]), pieces[i]);
      gt_tensor sum = gt_reduce_sum(c, cube, nullptr, 0, 0);
      y = gt_add(c, y, gt_multiply(c, gt_scalar(c, static_cast<double>(i + 1)), sum));
    }
    return y;
  }
  // By place: the derivative of that order of f.
  std::vector<double> derivative(int order) const {
    std::vector<double> result(24, 0.0);
    for (std::size_t i = 0; i < GetParam().places.size(); ++i)
      for (int p : GetParam().places[i]) {
        const double x = values_[static_cast<std::size_t>(p)];
        result[static_cast<std::size_t>(p)] += static_cast<double>(i + 1) * (order == 1 ? 3 * x * x : 6 * x);
      }
    return result;
  }
  std::vector<double> hessian() const {
    std::vector<double> result(24 * 24, 0.0);
    for (std::size_t i = 0; i < 24; ++i) result[i * 25] = derivative(2)[i];
    return result;
  }
  gt_tape watching() {
    gt_tape t = gt_tape_begin(c, GT_TAPE_PERSISTENT);
    EXPECT_EQ(gt_tape_watch(c, t, x_), GT_OK);
    return t;
  }
  gt_tensor gradient(gt_tape t, gt_tensor y) {
    gt_tensor g = nullptr;
    EXPECT_EQ(gt_tape_gradient(c, t, &y, 1, &x_, 1, nullptr, GT_UNCONNECTED_NULL, &g), GT_OK) << c.message();
    return g;
  }
  void expect(gt_tensor t, const std::vector<double>& want, const char* what) {
    ASSERT_NE(t, nullptr) << c.message();
    expect_close(numbers(c, t), want, {1e-12, 1e-12}, what);
  }

  Ctx c;
  gt_tensor x_;
  std::vector<double> values_;
};

TEST_P(Pieces, TheirCotangentsAreAddedUpByOneOp) {
  gt_tape t = watching();
  gt_tensor g = gradient(t, f(x_));
  const std::string plan = plan_text(c, {g});
  EXPECT_NE(plan.find(GetParam().op), std::string::npos) << plan;
  EXPECT_EQ(plan.find("constant_pad"), std::string::npos) << plan;
  expect(g, derivative(1), "gradient");
}
TEST_P(Pieces, HaveDerivativesOfSecondOrder) {
  gt_tape outer = watching(), inner = watching();
  gt_tensor g = gradient(inner, f(x_));
  gt_tensor ones = gt_add(c, gt_multiply(c, x_, gt_scalar(c, 0)), gt_scalar(c, 1)), moved = nullptr;
  expect(gradient(outer, g), derivative(2), "gradient of the gradient");
  EXPECT_EQ(gt_tape_jvp(c, outer, &g, 1, &x_, 1, &ones, GT_UNCONNECTED_NULL, &moved), GT_OK) << c.message();
  expect(moved, derivative(2), "tangent of the gradient");
}
TEST_P(Pieces, HaveHessiansInBothModes) {
  for (int32_t mode : {GT_MODE_FORWARD, GT_MODE_REVERSE}) {
    gt_tape outer = watching(), inner = watching();
    gt_tensor g = gradient(inner, f(x_)), h = nullptr;
    gt_jacobian_options o{};
    o.struct_size = sizeof o;
    o.mode = mode;
    EXPECT_EQ(gt_tape_jacobian(c, outer, g, &x_, 1, &o, &h), GT_OK) << c.message();
    expect(h, hessian(), mode == GT_MODE_FORWARD ? "forward" : "reverse");
  }
}
INSTANTIATE_TEST_SUITE_P(Cuts, Pieces, testing::ValuesIn(kCuts), [](const auto& info) {
  std::string name = info.param.name;
  std::ranges::replace(name, ' ', '_');
  return name;
});

class Joined : public TapeTest {};

TEST_F(Joined, InputsGetTheirPartsOfTheCotangent) {
  for (int64_t axis : {0, 1, -1}) {
    const std::vector<gt_tensor> x = {mat(2, 2, {1, 2, 3, 4}), mat(2, 2, {5, 6, 7, 8}), mat(2, 2, {9, 10, 11, 12})};
    gt_tape t = watching({x[0], x[2]});
    gt_tensor y = gt_concat(c, x.data(), 3, axis);
    const auto g = grads(t, {mul(y, y)}, {x[2], x[1], x[0]});
    expect(g[0], {18, 20, 22, 24});
    EXPECT_EQ(g[1], nullptr) << "it was not watched";
    expect(g[2], {2, 4, 6, 8});
  }
}
TEST_F(Joined, ShortPartsOfLongRowsLieWhereTheyBelong) {
  // Wider than a block of rows that is filled at once, with parts of one and of two entries.
  const int64_t rows = 3000;
  std::vector<float> one(rows), two(2 * rows);
  std::iota(one.begin(), one.end(), 0.0f);
  std::iota(two.begin(), two.end(), 0.5f);
  const gt_tensor parts[] = {mat(rows, 1, one), mat(rows, 2, two), mat(rows, 1, one), mat(rows, 0, {})};
  const std::vector<double> got = numbers(c, gt_concat(c, parts, 4, 1));
  ASSERT_EQ(got.size(), 4u * rows);
  for (std::size_t r = 0; r < rows; ++r) {
    ASSERT_EQ(got[4 * r], one[r]);
    ASSERT_EQ(got[4 * r + 1], two[2 * r]);
    ASSERT_EQ(got[4 * r + 2], two[2 * r + 1]);
    ASSERT_EQ(got[4 * r + 3], one[r]);
  }
}

class ManyTapes : public TapeTest {};

TEST_F(ManyTapes, EachHasItsOwnRecording) {
  gt_tensor x = num(3);
  std::vector<gt_tape> tapes;
  for (int i = 0; i < 40; ++i) tapes.push_back(watching({x}, GT_TAPE_PERSISTENT));
  for (std::size_t i = 0; i < tapes.size(); i += 3) gt_tape_end(c, tapes[i]);
  gt_tensor y = mul(x, x);
  for (std::size_t i = 1; i < tapes.size(); i += 3) gt_release(c, tapes[i]);
  gt_tensor z = mul(y, x);
  for (std::size_t i = 0; i < tapes.size(); ++i) {
    if (i % 3 == 1) continue;
    const gt_tensor g = grad(tapes[i], z, x);
    if (i % 3 == 0)
      EXPECT_EQ(g, nullptr) << "it had ended";
    else
      expect(g, {27});
  }
}
TEST_F(ManyTapes, AVariableReadWithManyValuesHasTheSumOfTheirGradients) {
  gt_tensor v = var(1), y = num(0);
  gt_tape t = tape();
  for (int i = 1; i <= 20; ++i) {
    y = add(y, mul(v, num(static_cast<float>(i))));
    y = add(y, v);
    EXPECT_EQ(gt_assign(c, v, num(static_cast<float>(i + 1))), GT_OK);
  }
  expect(grad(t, y, v), {210 + 20});
}

}  // namespace
}  // namespace test
