// Operands that ops take beyond matrices of floats: vectors, integers, bools, what broadcasts; with all that is
// derived.
#include <array>
#include <cmath>

#include "support/support.hpp"

namespace test {
namespace {

using Values = std::vector<double>;
using Shape = std::vector<int64_t>;

class Operands : public testing::Test {
 public:
  gt_tensor floats(const Shape& shape, double first = 1) {
    Values v(count(shape));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::sin(first + static_cast<double>(i));
    return tensor<double>(c, shape, v);
  }
  gt_tensor one(const char* op, const std::vector<gt_tensor>& in, const json& attrs = json::object()) {
    const auto out = apply(c, op, in, attrs);
    return out.size() == 1 ? out[0] : nullptr;
  }
  void expect_error(const char* op, const std::vector<gt_tensor>& in, const json& attrs, const std::string& message) {
    EXPECT_TRUE(apply(c, op, in, attrs).empty());
    EXPECT_EQ(c.message(), message);
  }
  // An op of a vector is the same op of a matrix of one column (or row) but for the axis.
  void expect_same(gt_tensor got, gt_tensor want, const Shape& shape) {
    ASSERT_TRUE(got && want) << c.message();
    EXPECT_EQ(shape_of(c, got), shape);
    expect_close(read<double>(c, got), read<double>(c, want), {1e-14, 1e-14}, "as a matrix");
  }
  gt_tensor reshaped(gt_tensor x, const Shape& shape) { return gt_reshape(c, x, shape.data(), shape.size()); }

  Ctx c;
};

TEST_F(Operands, ProductsWithVectors) {
  const auto matmul = [&](gt_tensor a, gt_tensor b, bool ta = false, bool tb = false) {
    return one("matmul", {a, b}, {{"transpose_a", ta}, {"transpose_b", tb}});
  };
  gt_tensor v = floats({3}), row = reshaped(v, {1, 3}), column = reshaped(v, {3, 1});
  gt_tensor m = floats({2, 3}, 5), n = floats({3, 2}, 7), batch = floats({4, 1, 2, 3}, 9);
  expect_same(matmul(v, v), matmul(row, column), {});
  expect_same(matmul(m, v), matmul(m, column), {2});
  expect_same(matmul(v, n), matmul(row, n), {2});
  expect_same(matmul(v, m, true, true), matmul(row, m, false, true), {2});
  expect_same(matmul(n, v, true, true), matmul(n, column, true), {2});
  expect_same(matmul(batch, v), matmul(batch, column), {4, 1, 2});
  expect_same(matmul(v, batch, false, true), matmul(row, batch, false, true), {4, 1, 2});
  EXPECT_EQ(number(c, matmul(floats({0}), floats({0}))), 0);
  EXPECT_EQ(read<double>(c, matmul(floats({2, 0}), floats({0}))), (Values{0, 0}));
  EXPECT_EQ(number(c, one("matmul", {tensor<int32_t>(c, {2}, {2, 3}), tensor<int32_t>(c, {2}, {5, 7})})), 31);
}
TEST_F(Operands, VectorsOfTheWrongSizeAreToldWithTheirShapes) {
  expect_error("matmul", {floats({2, 3}), floats({2})}, json::object(),
               "matmul: inner sizes must agree, got [2, 3] and [2]");
  expect_error("matmul", {floats({3}), floats({3, 2})}, {{"transpose_b", true}},
               "matmul: inner sizes must agree, got [3] and [3, 2] transposed");
  expect_error("matmul", {floats({}), floats({3})}, json::object(),
               "matmul: a and b must have at least 1 axis, got [] and [3]");
  expect_error("solve", {floats({3, 3}), floats({2})}, json::object(),
               "solve: a vector rhs must have an entry for each row of the matrix, got [3, 3] and [2]");
}
TEST_F(Operands, SystemsWithVectors) {
  gt_tensor m = tensor<double>(c, {2, 2}, {4, 1, 2, 3}), v = floats({2}), column = reshaped(v, {2, 1});
  for (bool adjoint : {false, true})
    for (const char* op : {"solve", "triangular_solve"})
      expect_same(one(op, {m, v}, {{"adjoint", adjoint}}), one(op, {m, column}, {{"adjoint", adjoint}}), {2});
  expect_same(one("lstsq", {floats({4, 2}), floats({4})}), one("lstsq", {floats({4, 2}), floats({4, 1})}), {2});
  gt_tensor many = tensor<double>(c, {2, 2, 2}, {4, 1, 2, 3, 5, 1, 0, 2});
  expect_same(one("solve", {many, v}), one("solve", {many, column}), {2, 2});
  // Two axes are matrices, whatever the batch: not two vectors.
  expect_error(
      "solve", {floats({3, 2, 2}), floats({3, 2})}, json::object(),
      "solve: matrix [..., n, n] and rhs [..., n, k] must agree on n and on their batch axes, got [3, 2, 2] and "
      "[3, 2]");
  EXPECT_EQ(shape_of(c, one("solve", {floats({0, 0}), floats({0})})), (Shape{0}));
}

// Each sample is a matrix that meets one vector, from either side.
TEST_F(Operands, SamplesPassThroughProductsWithVectors) {
  gt_tensor x = floats({3, 2, 2}), v = tensor<double>(c, {2}, {5, 7}), j = nullptr;
  gt_tape tape = gt_tape_begin(c, GT_TAPE_PERSISTENT);
  gt_tape_watch(c, tape, x);
  const auto expect_samples = [&](gt_tensor y, const Values& each) {
    ASSERT_EQ(gt_tape_batch_jacobian(c, tape, y, x, nullptr, &j), GT_OK) << c.message();
    EXPECT_EQ(shape_of(c, j), (Shape{3, 2, 2, 2}));
    const Values all = read<double>(c, j);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], each[i % 8]) << i;
  };
  expect_samples(gt_matmul(c, x, v, 0, 0), {5, 7, 0, 0, 0, 0, 5, 7});
  expect_samples(gt_matmul(c, v, x, 0, 0), {5, 0, 7, 0, 0, 5, 0, 7});
}

TEST_F(Operands, VectorsInAFunction) {
  const auto body = [](gt_context ctx, void*, const gt_tensor* in, std::size_t, gt_tensor* out, std::size_t,
                       std::size_t* n) -> gt_status {
    const gt_tensor product = gt_matmul(ctx, in[0], in[1], 0, 0), both[] = {in[0], product};
    *n = 1;
    gt_attr adjoint{"adjoint", GT_ATTR_BOOL, 0, 1, "\1"};
    return gt_apply(ctx, "solve", both, 2, &adjoint, 1, out, 1, nullptr);
  };
  const gt_spec specs[] = {{GT_FLOAT64, 2, {2, 2}}, {GT_FLOAT64, 1, {2}}};
  gt_function f = gt_function_create(c, body, nullptr, nullptr, specs, 2);
  ASSERT_NE(f, nullptr) << c.message();
  const gt_tensor in[] = {tensor<double>(c, {2, 2}, {1, 2, 3, 5}), tensor<double>(c, {2}, {1, 1})};
  for (int call = 0; call < 2; ++call) {
    gt_tensor out = nullptr;
    ASSERT_EQ(gt_function_call(c, f, in, 2, &out, 1, nullptr), GT_OK) << c.message();
    expect_close(read<double>(c, out), {9, -2}, {1e-13, 1e-13}, "the transposed matrix of [3, 8]");
  }
}

TEST_F(Operands, IntegersWhereNumbersMatter) {
  gt_tensor x = tensor<int32_t>(c, {3}, {7, -2, 0}), y = tensor<int32_t>(c, {3}, {2, 4, 0});
  gt_tensor ratio = one("divide", {x, y});
  EXPECT_EQ(dtype_of(c, ratio), GT_FLOAT64);
  EXPECT_EQ(read<double>(c, ratio)[0], 3.5);
  EXPECT_TRUE(std::isnan(read<double>(c, ratio)[2]));
  EXPECT_EQ(dtype_of(c, one("reduce_mean", {x})), GT_FLOAT64);
  EXPECT_TRUE(std::isnan(number(c, one("reduce_mean", {tensor<int32_t>(c, {0}, {})}))));
  gt_tensor big = tensor<int64_t>(c, {1}, {(int64_t{1} << 53) + 1});
  EXPECT_EQ(read<int64_t>(c, one("floor", {big}))[0], (int64_t{1} << 53) + 1) << "no way through doubles";
  EXPECT_EQ(read<int32_t>(c, one("square", {tensor<int32_t>(c, {1}, {65537})}))[0], 131073) << "wraps";
  expect_error("matrix_power", {tensor<int32_t>(c, {1, 1}, {2})}, {{"n", -1}},
               "matrix_power: n must be at least 0 for int32, got -1; cast x to float64");
}
TEST_F(Operands, BoolsAreCountedAndOrdered) {
  gt_tensor x = tensor<uint8_t>(c, {2, 2}, {1, 0, 1, 1});
  EXPECT_EQ(dtype_of(c, one("reduce_sum", {x})), GT_INT64);
  EXPECT_EQ(number(c, one("reduce_sum", {x})), 3);
  EXPECT_EQ(number(c, one("trace", {x})), 2);
  EXPECT_EQ(number(c, one("reduce_max", {tensor<uint8_t>(c, {0}, {})})), 0);
  EXPECT_EQ(numbers(c, one("sort", {x}, {{"axis", 1}})), (Values{0, 1, 1, 1}));
  EXPECT_EQ(dtype_of(c, one("sort", {x})), GT_BOOL);
  EXPECT_EQ(dtype_of(c, one("diag", {x})), GT_BOOL);
}

TEST_F(Operands, UniformIntegersFillTheirRange) {
  const auto draw = [&](const json& attrs) { return one("random_uniform", {}, attrs); };
  const auto n = numbers(c, draw({{"shape", {1000}}, {"dtype", "int32"}, {"minval", -2}, {"maxval", 3}, {"key", 5}}));
  std::array<int, 5> seen{};
  for (double v : n) ++seen.at(static_cast<std::size_t>(v + 2));
  for (int times : seen) EXPECT_GT(times, 130);
  EXPECT_EQ(draw({{"shape", {2}}, {"dtype", "int32"}, {"minval", 0.5}, {"maxval", 3}}), nullptr);
  EXPECT_NE(c.message().find("minval must be below maxval, both integers"), std::string::npos);
  EXPECT_EQ(draw({{"shape", {2}}, {"dtype", "int64"}, {"minval", 3}, {"maxval", 3}}), nullptr);
  EXPECT_NE(c.message(), "");
  expect_error("random_normal", {}, {{"shape", {2}}, {"dtype", "int32"}},
               "random_normal: dtype must be float32 or float64, got int32");
}

TEST_F(Operands, ScalarsAreLinesOfOneEntry) {
  gt_tensor x = scalar64(c, 3);
  EXPECT_EQ(shape_of(c, one("cumsum", {x}, {{"axis", -1}})), Shape{});
  EXPECT_EQ(number(c, one("cumprod", {x}, {{"exclusive", true}})), 1);
  expect_error("cumsum", {x}, {{"axis", 1}}, "cumsum: axis 1 is out of range: it must lie in [-1, 0]");
}

TEST_F(Operands, NormsOfEveryOrder) {
  gt_tensor x = tensor<double>(c, {2, 2}, {3, 0, 0, -4}), line = tensor<double>(c, {3}, {1e-200, -2e-200, 4e-200});
  const auto norm = [&](gt_tensor t, const json& attrs) { return number(c, one("norm", {t}, attrs)); };
  const json both = {0, 1};
  EXPECT_NEAR(norm(x, {{"ord", "nuc"}, {"axis", both}}), 7, 1e-14);
  EXPECT_NEAR(norm(x, {{"ord", -2}, {"axis", both}}), 3, 1e-14);
  EXPECT_EQ(norm(x, {{"ord", -1}, {"axis", both}}), 3);
  EXPECT_EQ(norm(x, {{"ord", "-inf"}, {"axis", both}}), 3);
  EXPECT_EQ(norm(x, {{"ord", 0}}), 2);
  EXPECT_EQ(norm(x, {{"ord", "-inf"}}), 0);
  EXPECT_EQ(norm(x, {{"ord", -3}}), 0);
  EXPECT_NEAR(norm(line, {{"ord", -2}}) / 1e-200, 1 / std::sqrt(1 + 0.25 + 0.0625), 1e-12)
      << "no power leaves the range";
  EXPECT_EQ(norm(tensor<double>(c, {0, 3}, {}), {{"ord", "nuc"}, {"axis", both}}), 0);
  expect_error("norm", {x}, {{"ord", "nuc"}},
               "norm: ord must be euclidean, inf, -inf or a number, got \"nuc\", which is of two axes");
  expect_error("norm", {x}, {{"ord", 3}, {"axis", both}},
               "norm: over two axes ord must be euclidean, fro, nuc, 1, -1, 2, -2, inf or -inf, got 3");
}

}  // namespace
}  // namespace test
