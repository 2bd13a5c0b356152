// Sparse Jacobians and Hessians, beside dense ones: patterns, values, products, and all that can be wrong with them.
#include "support/function_support.hpp"

namespace test {
namespace {

using Ints = std::vector<int64_t>;

class Sparse : public FunctionTest {
 public:
  gt_tensor vec64(const std::vector<double>& v) { return tensor<double>(c, {static_cast<int64_t>(v.size())}, v); }
  gt_sparsity create(int64_t rows, int64_t columns, const Ints& offsets, const Ints& indices, int32_t flags = 0) {
    return gt_sparsity_create(c, rows, columns, offsets.data(), indices.data(), flags);
  }
  // [1 0 2; 0 0 3], of values 1, 2, 3.
  gt_sparsity small() { return create(2, 3, {0, 2, 3}, {0, 2, 2}, GT_SPARSITY_TRUSTED); }
  gt_sparsity jacobian_sparsity(gt_tape t, gt_tensor y, const Tensors& x) {
    gt_sparsity s = gt_tape_jacobian_sparsity(c, t, y, x.data(), x.size(), nullptr);
    EXPECT_NE(s, nullptr) << c.message();
    return s;
  }
  gt_sparsity hessian_sparsity(gt_tape t, gt_tensor y, const Tensors& x) {
    gt_sparsity s = gt_tape_hessian_sparsity(c, t, y, x.data(), x.size(), nullptr);
    EXPECT_NE(s, nullptr) << c.message();
    return s;
  }
  gt_status take_values(gt_tape t, gt_tensor y, const Tensors& x, gt_sparsity s, gt_tensor* v) {
    return gt_tape_sparse_values(c, t, y, x.data(), x.size(), s, v);
  }
  gt_tensor values(gt_tape t, gt_tensor y, const Tensors& x, gt_sparsity s) {
    gt_tensor v = nullptr;
    EXPECT_EQ(take_values(t, y, x, s, &v), GT_OK) << c.message();
    return v;
  }
  gt_tensor matvec(gt_sparsity s, gt_tensor v, gt_tensor x, int32_t transpose = 0) {
    gt_tensor y = nullptr;
    EXPECT_EQ(gt_sparse_matvec(c, s, v, x, transpose, &y), GT_OK) << c.message();
    return y;
  }
  gt_tensor dense(gt_sparsity s, gt_tensor v) {
    gt_tensor m = nullptr;
    EXPECT_EQ(gt_sparse_to_dense(c, s, v, &m), GT_OK) << c.message();
    return m;
  }
  gt_sparsity_info info(gt_sparsity s) {
    gt_sparsity_info i{};
    i.struct_size = sizeof i;
    EXPECT_EQ(gt_sparsity_describe(c, s, &i), GT_OK) << c.message();
    return i;
  }
  std::pair<Ints, Ints> pattern(gt_sparsity s, int32_t format) {
    gt_tensor first = nullptr, second = nullptr;
    EXPECT_EQ(gt_sparsity_pattern(c, s, format, &first, &second), GT_OK) << c.message();
    return {read<int64_t>(c, first), read<int64_t>(c, second)};
  }
  int64_t size(gt_tensor t) { return static_cast<int64_t>(count(shape_of(c, t))); }
  // Dense blocks side by side: [target, all sources].
  gt_tensor dense_jacobian(gt_tape t, gt_tensor y, const Tensors& x) {
    gt_jacobian_options o = options();
    o.unconnected = GT_UNCONNECTED_ZERO;
    Tensors j(x.size());
    EXPECT_EQ(gt_tape_jacobian(c, t, y, x.data(), x.size(), &o, j.data()), GT_OK) << c.message();
    for (size_t i = 0; i < x.size(); ++i) j[i] = reshaped(j[i], {size(y), size(x[i])});
    return gt_concat(c, j.data(), j.size(), 1);
  }
  gt_tensor dense_hessian(gt_tape t, gt_tensor y, const Tensors& x) {
    gt_jacobian_options o = options();
    o.unconnected = GT_UNCONNECTED_ZERO;
    const size_t n = x.size();
    Tensors blocks(n * n), rows;
    EXPECT_EQ(gt_tape_hessian(c, t, y, x.data(), n, &o, blocks.data()), GT_OK) << c.message();
    for (size_t i = 0; i < n; ++i) {
      Tensors row;
      for (size_t j = 0; j < n; ++j) row.push_back(reshaped(blocks[i * n + j], {size(x[i]), size(x[j])}));
      rows.push_back(gt_concat(c, row.data(), n, 1));
    }
    return gt_concat(c, rows.data(), n, 0);
  }
  gt_tensor reshaped(gt_tensor t, const Ints& shape) { return gt_reshape(c, t, shape.data(), shape.size()); }
  void expect_same(gt_tensor got, gt_tensor want) {
    ASSERT_EQ(shape_of(c, got), shape_of(c, want));
    ASSERT_EQ(dtype_of(c, got), dtype_of(c, want));
    expect(got, numbers(c, want));
  }
  // Both matrices of a persistent tape agree with the dense ones.
  void expect_dense(gt_tape t, gt_tensor y, const Tensors& x) {
    gt_sparsity j = jacobian_sparsity(t, y, x);
    expect_same(dense(j, values(t, y, x, j)), dense_jacobian(t, y, x));
    gt_sparsity h = hessian_sparsity(t, y, x);
    expect_same(dense(h, values(t, y, x, h)), dense_hessian(t, y, x));
    EXPECT_EQ(info(j).symmetric, 0);
    EXPECT_EQ(info(h).symmetric, 1);
    EXPECT_EQ(info(h).rows, info(j).columns);
  }
  gt_tensor cube(gt_tensor x) { return mul(x, mul(x, x)); }
  gt_tensor backwards(gt_tensor x) {
    const int64_t axis = 0;
    return gt_reverse(c, x, &axis, 1);
  }
  gt_tensor row_of(gt_tensor m, int64_t k) { return gt_gather(c, m, tensor<int64_t>(c, {}, {k}), 0, 0); }
};

// ---- Values beside the dense matrices

TEST_F(Sparse, SeveralSourcesAreOneSpaceOfColumns) {
  gt_tensor a = mat(2, 3, {1, 2, 3, 4, 5, 6}), b = vec({0.5f, -1, 2}), s = num(3), other = vec({1, 2});
  gt_tape t = watching({a, b, s, other}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(mul(cube(a), gt_sin(c, b)), s);
  gt_tape_end(c, t);
  expect_dense(t, y, {a, b, s});
  expect_dense(t, y, {b, other, a});
  expect_dense(t, y, {other});
  expect_dense(t, y, {b, b});
  EXPECT_EQ(info(jacobian_sparsity(t, y, {a, b, s})).columns, 10);
}
TEST_F(Sparse, SmallAndEmptyTensors) {
  gt_tensor x = num(2), one = vec({2}), none = vec({}), rows = mat(0, 3, {});
  gt_tape t = watching({x, one, none, rows}, GT_TAPE_PERSISTENT);
  gt_tensor y = cube(x), y1 = cube(one), y0 = cube(none), both = mul(y1, y), m = cube(rows);
  gt_tape_end(c, t);
  expect_dense(t, y, {x});
  expect_dense(t, y1, {one});
  expect_dense(t, both, {x, one});
  expect_dense(t, y0, {none});
  expect_dense(t, m, {rows, none});
  expect_dense(t, y, {none, x, rows});
}
TEST_F(Sparse, ValuesHaveTheDtypeOfTheSources) {
  gt_tensor x = vec64({1, 2, 3});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = cube(x), narrow = gt_cast(c, y, GT_FLOAT32);
  gt_tape_end(c, t);
  expect_dense(t, y, {x});
  expect_dense(t, narrow, {x});
  EXPECT_EQ(dtype_of(c, values(t, narrow, {x}, jacobian_sparsity(t, narrow, {x}))), GT_FLOAT64);
}
TEST_F(Sparse, VariablesAreSources) {
  gt_tensor v = gt_variable(c, vec({1, 2}));
  gt_tape t = tape(GT_TAPE_PERSISTENT);
  gt_tensor y = cube(v);
  gt_tape_end(c, t);
  expect_dense(t, y, {v});
}
TEST_F(Sparse, IntegerTargetsHaveNoEntriesButZeros) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_cast(c, x, GT_INT32);
  gt_tape_end(c, t);
  expect_dense(t, y, {x});
}
TEST_F(Sparse, ThePatternIsOfOneTapeAndTheValuesOfMany) {
  gt_tensor x = vec({1, 2, 3});
  gt_tape first = watching({x});
  gt_sparsity s = jacobian_sparsity(first, cube(x), {x});
  for (float k : {1.f, 2.f}) {
    gt_tensor at = vec({k, k + 1, k + 2});
    gt_tape t = watching({at});
    gt_tensor y = cube(at);
    expect(gt_diag_part(c, dense(s, values(t, y, {at}, s)), 0),
           {3 * k * k, 3 * (k + 1) * (k + 1), 3 * (k + 2) * (k + 2)});
  }
}

// ---- Higher orders, functions, maps

TEST_F(Sparse, ValuesHaveDerivatives) {
  gt_tensor x = vec({1, 2, 3});
  gt_tape outer = watching({x}), inner = watching({x});
  gt_tensor y = cube(x);
  gt_sparsity s = hessian_sparsity(inner, y, {x});
  gt_tensor v = values(inner, y, {x}, s);  // 6 x on the diagonal
  expect(grad(outer, sum(mul(v, v)), x), {72, 144, 216});
}
TEST_F(Sparse, AFunctionReplaysTheValuesAlone) {
  gt_tensor x = vec({1, 2, 3});
  gt_tape t = watching({x});
  gt_sparsity s = jacobian_sparsity(t, mul(cube(x), backwards(x)), {x});
  gt_function f = make({spec(GT_FLOAT32, {3})}, [&](gt_context, const Tensors& in) {
    gt_tape inner = watching({in[0]});
    gt_tensor y = mul(cube(in[0]), backwards(in[0]));
    gt_tensor v = values(inner, y, {in[0]}, s);
    gt_release(c, inner);
    return Tensors{v, matvec(s, v, in[0]), dense(s, v)};
  });
  ASSERT_NE(f, nullptr) << c.message();
  for (float k : {1.f, -2.f}) {
    gt_tensor at = vec({k, 2 * k, 3});
    gt_tape again = watching({at});
    gt_tensor y = mul(cube(at), backwards(at)), j = jacobian(again, y, at), out[3];
    ASSERT_EQ(gt_function_call(c, f, &at, 1, out, 3, nullptr), GT_OK) << c.message();
    expect_same(out[2], j);
    expect_same(dense(s, out[0]), j);
    expect_same(out[1], gt_matmul(c, j, at, 0, 0));
  }
  EXPECT_EQ(state.calls, 1);
  // Tensors that a body was the first to ask the sparsity for serve outside it, and in another body.
  gt_function other = function_of({spec(GT_FLOAT32, {3})}, [&](gt_context, const Tensors& in) {
    return Tensors{matvec(s, vec(std::vector<float>(static_cast<size_t>(info(s).nonzeros), 1)), in[0], 1)};
  });
  gt_tensor out = nullptr;
  ASSERT_EQ(gt_function_call(c, other, &x, 1, &out, 1, nullptr), GT_OK) << c.message();
}
TEST_F(Sparse, ASparsityCanBeFoundInABody) {
  gt_function f = make({spec(GT_FLOAT32, {3})}, [&](gt_context, const Tensors& in) {
    gt_tape inner = watching({in[0]});
    gt_tensor y = cube(in[0]);
    gt_sparsity s = hessian_sparsity(inner, y, {in[0]});
    gt_tensor h = dense(s, values(inner, y, {in[0]}, s));
    gt_release(c, inner);
    gt_release(c, s);
    return Tensors{h};
  });
  ASSERT_NE(f, nullptr) << c.message();
  gt_tensor x = vec({1, 2, 3}), out = nullptr;
  ASSERT_EQ(gt_function_call(c, f, &x, 1, &out, 1, nullptr), GT_OK) << c.message();
  expect(out, {6, 0, 0, 0, 12, 0, 0, 0, 18});
}
TEST_F(Sparse, ProductsAreMapped) {
  gt_sparsity s = small();
  const std::vector<float> of_values = {1, 2, 3, 4, 5, 6}, of_x = {1, 2, 3, -1, 0, 1};
  gt_tensor in[] = {mat(2, 3, of_values), mat(2, 3, of_x)}, out[2] = {};
  for (const auto& axes : {std::vector<int32_t>{0, 0}, {0, -1}, {-1, 0}}) {
    gt_tensor given[] = {axes[0] == 0 ? in[0] : vec({1, 2, 3}), axes[1] == 0 ? in[1] : vec({1, 2, 3})};
    BodyState body{[&](gt_context, const Tensors& of_sample) {
      gt_tensor y = matvec(s, of_sample[0], of_sample[1]);
      return Tensors{y, matvec(s, of_sample[0], y, 1)};
    }};
    ASSERT_EQ(gt_vmap(c, run_body, &body, nullptr, given, 2, axes.data(), nullptr, nullptr, out, 2, nullptr), GT_OK)
        << c.message();
    for (int64_t k = 0; k < 2; ++k) {
      gt_tensor v = axes[0] == 0 ? row_of(in[0], k) : given[0], x = axes[1] == 0 ? row_of(in[1], k) : given[1];
      gt_tensor y = matvec(s, v, x);
      expect_same(row_of(out[0], k), y);
      expect_same(row_of(out[1], k), matvec(s, v, y, 1));
    }
  }
}
TEST_F(Sparse, ValuesOfEachSampleOfAMap) {
  gt_tensor batch = mat(2, 3, {1, 2, 3, 4, 5, 6}), out = nullptr;
  gt_tensor x = vec({1, 2, 3});
  gt_tape t = watching({x});
  gt_sparsity s = jacobian_sparsity(t, cube(x), {x});
  BodyState body{[&](gt_context, const Tensors& of_sample) {
    gt_tape inner = watching({of_sample[0]});
    gt_tensor y = cube(of_sample[0]), v = values(inner, y, {of_sample[0]}, s);
    gt_release(c, inner);
    return Tensors{gt_diag_part(c, dense(s, v), 0)};
  }};
  ASSERT_EQ(gt_vmap(c, run_body, &body, nullptr, &batch, 1, nullptr, nullptr, nullptr, &out, 1, nullptr), GT_OK)
      << c.message();
  expect(out, {3, 12, 27, 48, 75, 108});
}

// ---- Patterns

TEST_F(Sparse, ThreeFormatsOfAPattern) {
  gt_sparsity s = create(3, 4, {0, 2, 2, 5}, {1, 3, 0, 1, 2});
  EXPECT_EQ(pattern(s, GT_CSR), std::pair(Ints({0, 2, 2, 5}), Ints({1, 3, 0, 1, 2})));
  EXPECT_EQ(pattern(s, GT_COO), std::pair(Ints({0, 0, 2, 2, 2}), Ints({1, 3, 0, 1, 2})));
  EXPECT_EQ(pattern(s, GT_CSC), std::pair(Ints({0, 1, 3, 4, 5}), Ints({2, 0, 2, 2, 0})));
  const gt_sparsity_info i = info(s);
  EXPECT_EQ(i.rows, 3);
  EXPECT_EQ(i.columns, 4);
  EXPECT_EQ(i.nonzeros, 5);
  EXPECT_EQ(i.symmetric, 0);
}
TEST_F(Sparse, TheArgsortOfTheColumnsBringsValuesIntoTheOrderOfCsc) {
  gt_sparsity s = create(3, 4, {0, 2, 2, 5}, {1, 3, 0, 1, 2});
  gt_tensor v = vec({1, 2, 3, 4, 5}), offsets = nullptr, columns = nullptr;
  ASSERT_EQ(gt_sparsity_pattern(c, s, GT_CSR, &offsets, &columns), GT_OK);
  expect(gt_gather(c, v, gt_argsort(c, columns, -1, nullptr), 0, 0), {3, 1, 4, 5, 2});
}
TEST_F(Sparse, EmptyPatterns) {
  for (const auto& [rows, columns] : {std::pair<int64_t, int64_t>{0, 0}, {0, 3}, {2, 0}, {2, 3}}) {
    const Ints offsets(static_cast<size_t>(rows) + 1, 0);
    gt_sparsity s = gt_sparsity_create(c, rows, columns, offsets.data(), nullptr, 0);
    ASSERT_NE(s, nullptr) << c.message();
    EXPECT_EQ(pattern(s, GT_CSR).first, offsets);
    EXPECT_EQ(pattern(s, GT_CSC).first, Ints(static_cast<size_t>(columns) + 1, 0));
    gt_tensor v = vec({}), x = vec(std::vector<float>(static_cast<size_t>(columns), 1));
    expect(matvec(s, v, x), std::vector<double>(static_cast<size_t>(rows), 0));
    EXPECT_EQ(shape_of(c, dense(s, v)), (Ints{rows, columns}));
  }
}
TEST_F(Sparse, PatternsThatAreNone) {
  const auto refuse = [&](int64_t rows, int64_t columns, const Ints& offsets, const Ints& indices, int32_t flags,
                          const std::string& part) {
    EXPECT_EQ(create(rows, columns, offsets, indices, flags), nullptr);
    const auto [code, message] = c.take_error();
    EXPECT_EQ(code, GT_INVALID_ARGUMENT);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  refuse(-1, 2, {0}, {}, 0, "rows must lie in [0, 2^31), got -1");
  refuse(2, int64_t{1} << 31, {0, 0, 0}, {}, 0, "columns must lie in [0, 2^31), got 2147483648");
  refuse(2, 2, {1, 1, 1}, {0}, 0, "row_offsets must begin with 0, got 1");
  refuse(2, 2, {0, 2, 1}, {0, 1}, 0, "row_offsets must not fall, got 2 and then 1 at row 1");
  refuse(2, 2, {0, 1, 2}, {0, 2}, 0, "column_indices must lie in [0, 2), got 2 in row 1");
  refuse(2, 2, {0, 1, 2}, {-3, 0}, 0, "got -3 in row 0");
  refuse(2, 3, {0, 2, 2}, {2, 0}, 0, "got 2 and then 0 in row 0");
  refuse(2, 3, {0, 0, 2}, {1, 1}, 0, "got 1 and then 1 in row 1");
  refuse(2, 3, {0, 0, 0}, {}, GT_SPARSITY_SYMMETRIC, "must be square, got [2, 3]");
  refuse(2, 2, {0, 2, 3}, {0, 1, 1}, GT_SPARSITY_SYMMETRIC, "with entry (0, 1) must have (1, 0) too");
  refuse(2, 2, {0, 0, 0}, {}, 4, "flags are bits");
  const int64_t offsets[] = {0, 1};
  EXPECT_EQ(gt_sparsity_create(c, 1, 1, offsets, nullptr, 0), nullptr);
  EXPECT_NE(c.message().find("column_indices must not be NULL with 1 entries"), std::string::npos);
  EXPECT_NE(create(2, 2, {0, 2, 4}, {0, 1, 0, 1}, GT_SPARSITY_SYMMETRIC), nullptr) << c.message();
}
TEST_F(Sparse, AGivenPatternHasAllEntriesOfTheDerivative) {
  gt_tensor x = vec({1, 2}), w = vec({3, 4});
  gt_label(c, w, "w");
  gt_tape t = watching({x, w}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(x, w);
  gt_tape_end(c, t);
  gt_sparsity full = create(2, 4, {0, 4, 8}, {0, 1, 2, 3, 0, 1, 2, 3});
  expect(dense(full, values(t, y, {x, w}, full)), {3, 0, 1, 0, 0, 4, 0, 2});
  gt_sparsity lacking = create(2, 4, {0, 4, 7}, {0, 1, 2, 3, 0, 1, 2});
  gt_tensor v = nullptr;
  expect_error(take_values(t, y, {x, w}, lacking, &v), GT_INVALID_ARGUMENT,
               "gt_tape_sparse_values: the sparsity must have entry (1, 3), or be GT_SPARSITY_TRUSTED: element 1 of "
               "the target depends on element 1 of source 1, float32[2] 'w'");
  EXPECT_EQ(v, nullptr);
  gt_sparsity exact = create(2, 4, {0, 2, 4}, {0, 2, 1, 3}, GT_SPARSITY_TRUSTED);
  expect(values(t, y, {x, w}, exact), {3, 1, 4, 2});
}
TEST_F(Sparse, AGivenPatternOfAHessian) {
  gt_tensor x = vec({1, 2}), w = vec({3, 4});
  gt_tape t = watching({x, w}, GT_TAPE_PERSISTENT);
  gt_tensor y = mul(mul(x, x), w);  // d2/dx2 = 2 w, d2/(dx dw) = 2 x
  gt_tape_end(c, t);
  const int32_t flags = GT_SPARSITY_SYMMETRIC | GT_SPARSITY_TRUSTED;
  gt_sparsity exact = create(4, 4, {0, 2, 4, 5, 6}, {0, 2, 1, 3, 0, 1}, flags);
  expect(values(t, y, {x, w}, exact), {6, 2, 8, 4, 2, 4});
  gt_sparsity lacking = create(4, 4, {0, 1, 2, 2, 2}, {0, 1}, GT_SPARSITY_SYMMETRIC);
  gt_tensor v = nullptr;
  const auto status = take_values(t, y, {x, w}, lacking, &v);
  EXPECT_EQ(status, GT_INVALID_ARGUMENT);
  const std::string message = c.message();
  EXPECT_NE(message.find("the sparsity must have entry (0, "), std::string::npos) << message;
  EXPECT_NE(message.find("the gradient by element 0 of source 0, float32[2] depends on element"), std::string::npos)
      << message;
}

// ---- Products and the dense form

TEST_F(Sparse, ProductsWithVectorsAndMatrices) {
  gt_sparsity s = small();
  gt_tensor v = vec({1, 2, 3});
  expect(dense(s, v), {1, 0, 2, 0, 0, 3});
  expect(matvec(s, v, vec({1, 10, 100})), {201, 300});
  expect(matvec(s, v, vec({1, 10}), 1), {1, 0, 32});
  gt_tensor m = matvec(s, v, mat(3, 2, {1, 2, 10, 20, 100, 200}));
  EXPECT_EQ(shape_of(c, m), (Ints{2, 2}));
  expect(m, {201, 402, 300, 600});
  expect(matvec(s, v, mat(2, 2, {1, 2, 10, 20}), 1), {1, 2, 0, 0, 32, 64});
  EXPECT_EQ(shape_of(c, matvec(s, v, mat(3, 0, {}))), (Ints{2, 0}));
}
TEST_F(Sparse, ProductsHaveDerivatives) {
  gt_sparsity s = small();
  gt_tensor v = vec({1, 2, 3}), x = vec({1, 10, 100});
  gt_tape t = watching({v, x}, GT_TAPE_PERSISTENT);
  gt_tensor y = matvec(s, v, x);
  gt_tape_end(c, t);
  expect(jacobian(t, y, x), {1, 0, 2, 0, 0, 3});
  expect(jacobian(t, y, x, GT_UNCONNECTED_NULL, GT_MODE_FORWARD), {1, 0, 2, 0, 0, 3});
  expect(jacobian(t, y, v), {1, 100, 0, 0, 0, 100});
  gt_tape again = watching({v, x}, GT_TAPE_PERSISTENT);
  gt_tensor back = matvec(s, v, matvec(s, v, x), 1), m = dense(s, v);
  gt_tape_end(c, again);
  expect(jacobian(again, back, x), {1, 0, 2, 0, 0, 0, 2, 0, 13});  // A^T A
  expect(jacobian(again, m, v), {1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  gt_tensor weighted = vec({1, 1, 1});
  gt_tape third = watching({v, x}, GT_TAPE_PERSISTENT);
  gt_tensor f = sum(mul(matvec(s, v, x), matvec(s, v, weighted)));
  gt_tape_end(c, third);
  expect_same(dense_hessian(third, f, {v, x}), gt_transpose(c, dense_hessian(third, f, {v, x}), nullptr, 0));
}
TEST_F(Sparse, OperandsThatDoNotFit) {
  gt_sparsity s = small();
  gt_tensor v = vec({1, 2, 3}), x = vec({1, 2, 3}), out = nullptr;
  expect_error(gt_sparse_matvec(c, s, vec({1, 2}), x, 0, &out), GT_INVALID_ARGUMENT,
               "gt_sparse_matvec: values must be floating point numbers [3], one for each entry of the sparsity, got "
               "float32[2]");
  expect_error(gt_sparse_matvec(c, s, v, vec({1, 2}), 0, &out), GT_INVALID_ARGUMENT,
               "x must be [3] or [3, k] for a product with the matrix [2, 3], got float32[2]");
  expect_error(gt_sparse_matvec(c, s, v, x, 1, &out), GT_INVALID_ARGUMENT,
               "x must be [2] or [2, k] for a product with the transposed matrix [2, 3], got float32[3]");
  expect_error(gt_sparse_matvec(c, s, v, num(1), 0, &out), GT_INVALID_ARGUMENT, "x must be");
  expect_error(gt_sparse_matvec(c, s, v, vec64({1, 2, 3}), 0, &out), GT_INVALID_ARGUMENT,
               "values and x must have one dtype, got float32[3] and float64[3]");
  expect_error(gt_sparse_matvec(c, s, v, x, 2, &out), GT_INVALID_ARGUMENT, "transpose must be 0 or 1, got 2");
  expect_error(gt_sparse_to_dense(c, s, ints({1, 2, 3}), &out), GT_INVALID_ARGUMENT,
               "gt_sparse_to_dense: values must be floating point numbers [3]");
  EXPECT_EQ(out, nullptr);
}
TEST_F(Sparse, AMatrixThatCannotBeDenseIsRefusedAtOnce) {
  const int64_t rows = 1'000'000;
  Ints offsets(static_cast<size_t>(rows) + 1, 1);
  offsets[0] = 0;
  gt_sparsity s = create(rows, 2'000'000'000, offsets, {1'999'999'999});
  gt_tensor out = nullptr;
  expect_error(gt_sparse_to_dense(c, s, vec({1}), &out), GT_OUT_OF_MEMORY, "gt_sparse_matvec gives products with it");
}

TEST_F(Sparse, APatternThatIsTooLargeIsRefusedAtOnce) {
  gt_tensor x = vec(std::vector<float>(2'000'000));
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT);
  gt_tensor y = gt_cumsum(c, x, 0, 0, 0);
  gt_tensor s = mul(sum(x), sum(x));
  EXPECT_EQ(gt_tape_jacobian_sparsity(c, t, y, &x, 1, nullptr), nullptr);
  expect_error(
      GT_OUT_OF_MEMORY,
      "gt_tape_jacobian_sparsity: the pattern has 2.12e+12 entries of 2000000 by 2000000, which take 8.5e+12 bytes");
  EXPECT_EQ(gt_tape_hessian_sparsity(c, t, s, &x, 1, nullptr), nullptr);
  expect_error(GT_OUT_OF_MEMORY, "gt_tape_hessian_sparsity: the pattern has 4e+12 entries");
}

// ---- Arguments, tapes, handles

TEST_F(Sparse, SourcesAndTargetsThatDoNotFit) {
  gt_tensor x = vec({1, 2}), wide = vec64({1}), i = ints({1}), v = nullptr;
  gt_tape t = watching({x, wide, i}, GT_TAPE_PERSISTENT);
  gt_tensor y = cube(x);
  const auto refuse = [&](const Tensors& sources, const std::string& part) {
    for (auto* find : {gt_tape_jacobian_sparsity, gt_tape_hessian_sparsity}) {
      EXPECT_EQ(find(c, t, y, sources.data(), sources.size(), nullptr), nullptr);
      const auto [code, message] = c.take_error();
      EXPECT_EQ(code, GT_INVALID_ARGUMENT);
      EXPECT_NE(message.find(part), std::string::npos) << message;
    }
    expect_error(take_values(t, y, sources, small(), &v), GT_INVALID_ARGUMENT, part);
  };
  refuse({}, "there must be at least one source");
  refuse({x, i}, "all sources must have the same floating dtype, got float32[2], int32[1]");
  refuse({i}, "got int32[1]");
  refuse({x, wide}, "got float32[2], float64[1]");
  expect_error(take_values(t, y, {x}, small(), &v), GT_INVALID_ARGUMENT,
               "the sparsity is [2, 3], and the Jacobian is [2, 2], of target float32[2] and sources float32[2]");
  gt_sparsity h = hessian_sparsity(t, y, {x});
  expect_error(take_values(t, y, {x, x}, h, &v), GT_INVALID_ARGUMENT,
               "the sparsity is [2, 2], and the Hessian is [4, 4]");
  gt_sparse_options o{};
  o.struct_size = sizeof o;
  o.triangle = GT_TRIANGLE_LOWER;
  EXPECT_EQ(gt_tape_jacobian_sparsity(c, t, y, &x, 1, &o), nullptr);
  EXPECT_NE(c.message().find("options.triangle is for Hessians, and must be GT_TRIANGLE_FULL 0, got 1"),
            std::string::npos);
}
TEST_F(Sparse, ATapeServesThePatternAndThenTheValues) {
  gt_tensor x = vec({1, 2}), v = nullptr;
  gt_tape t = watching({x});
  gt_tensor y = cube(x);
  gt_sparsity h = hessian_sparsity(t, y, {x}), j = jacobian_sparsity(t, y, {x});
  expect_error(take_values(t, y, {x, x}, j, &v), GT_INVALID_ARGUMENT, "the sparsity is");
  expect(gt_diag_part(c, dense(j, values(t, y, {x}, j)), 0), {3, 12});
  expect_error(take_values(t, y, {x}, h, &v), GT_FAILED_PRECONDITION, "a non-persistent tape serves one");
  for (auto* find : {gt_tape_jacobian_sparsity, gt_tape_hessian_sparsity}) {
    EXPECT_EQ(find(c, t, y, &x, 1, nullptr), nullptr);
    EXPECT_EQ(c.take_error().first, GT_FAILED_PRECONDITION);
  }
}
TEST_F(Sparse, ThePatternLeavesTheTapeAsItWas) {
  gt_tensor x = vec({1, 2});
  gt_tape t = watching({x}, GT_TAPE_PERSISTENT), outer = watching({x});
  gt_tensor y = cube(x);
  gt_memory_info before{}, after{};
  before.struct_size = after.struct_size = sizeof before;
  gt_release(c, hessian_sparsity(t, y, {x}));
  gt_memory_stats(c, &before);
  gt_release(c, hessian_sparsity(t, y, {x}));
  gt_memory_stats(c, &after);
  EXPECT_EQ(after.nodes, before.nodes);
  EXPECT_EQ(after.handles, before.handles);
  gt_tensor z = mul(y, x);  // both still record
  expect(grad(t, z, x), {4, 32});
  expect(grad(outer, z, x), {4, 32});
}
TEST_F(Sparse, SparsitiesAreHandles) {
  gt_sparsity s = small();
  gt_tensor v = vec({1, 2, 3}), out = nullptr, second = nullptr;
  const auto as_sparsity = [](const void* h) { return reinterpret_cast<gt_sparsity>(const_cast<void*>(h)); };
  Ctx other;
  expect_error(gt_sparse_to_dense(c, as_sparsity(v), v, &out), GT_INVALID_HANDLE, "is a tensor, not a sparsity");
  expect_error(gt_sparse_to_dense(c, s, reinterpret_cast<gt_tensor>(s), &out), GT_INVALID_HANDLE,
               "is a sparsity, not a tensor");
  expect_error(gt_sparse_to_dense(c, nullptr, v, &out), GT_INVALID_HANDLE, "sparsity is NULL");
  gt_sparsity foreign;
  const int64_t offsets[] = {0};
  foreign = gt_sparsity_create(other, 0, 0, offsets, nullptr, 0);
  expect_error(gt_sparsity_pattern(c, foreign, GT_CSR, &out, &second), GT_INVALID_HANDLE, "is of another context");
  EXPECT_EQ(gt_release(c, s), GT_OK);
  expect_error(gt_sparsity_pattern(c, s, GT_CSR, &out, &second), GT_INVALID_HANDLE, "was released");
  EXPECT_EQ(gt_release(c, s), GT_INVALID_HANDLE);
  gt_sparsity_info i{};
  i.struct_size = sizeof i;
  i.rows = 7;
  expect_error(gt_sparsity_describe(c, s, &i), GT_INVALID_HANDLE, "was released");
  EXPECT_EQ(i.rows, 0);
  EXPECT_EQ(gt_scope_begin(c), GT_OK);
  gt_sparsity scoped = small();
  EXPECT_EQ(gt_scope_end(c, nullptr, 0), GT_OK);
  expect_error(gt_sparse_to_dense(c, scoped, v, &out), GT_INVALID_HANDLE, "was released");
}
TEST_F(Sparse, PatternsOutliveTheirSparsity) {
  gt_sparsity s = small();
  gt_tensor offsets = nullptr, columns = nullptr;
  ASSERT_EQ(gt_sparsity_pattern(c, s, GT_CSR, &offsets, &columns), GT_OK);
  gt_tensor y = matvec(s, vec({1, 2, 3}), vec({1, 1, 1}));
  gt_release(c, s);
  EXPECT_EQ(read<int64_t>(c, columns), (Ints{0, 2, 2}));
  expect(y, {3, 3});
}

}  // namespace
}  // namespace test
