// Sparse Jacobians and Hessians in C++: patterns as vectors, values, products, and the transforms of lambdas.
#include <cmath>

#include "cpp/lambda_test.hpp"

namespace gradtape {
namespace {

class CppSparse : public LambdaTest {
 public:
  // x^3 beside its neighbour.
  static Tensor chain(const Tensor& v) { return v(Slice(1, {})) * v(Slice({}, -1)) * v(Slice({}, -1)); }
  static Tensor chain_sum(const Tensor& v) { return reduce_sum(chain(v)); }
  // [1 0 2; 0 0 3], of values 1, 2, 3.
  Sparsity small() { return Sparsity(ctx, 2, 3, {0, 2, 3}, {0, 2, 2}, GT_SPARSITY_TRUSTED); }
};

TEST_F(CppSparse, APatternOfOnesOwn) {
  const Sparsity s = small();
  const auto [offsets, columns] = s.pattern();
  EXPECT_EQ(offsets, (Ints{0, 2, 3}));
  EXPECT_EQ(columns, (Ints{0, 2, 2}));
  EXPECT_EQ(s.pattern(GT_COO).first, (Ints{0, 0, 1}));
  EXPECT_EQ(s.pattern(GT_CSC), std::pair(Ints({0, 1, 1, 3}), Ints({0, 0, 1})));
  const SparsityInfo info = s.info();
  EXPECT_EQ(info.rows, 2);
  EXPECT_EQ(info.columns, 3);
  EXPECT_EQ(info.nonzeros, 3);
  EXPECT_FALSE(info.symmetric);
  EXPECT_TRUE(Sparsity(ctx, 1, 1, {0, 1}, {0}, GT_SPARSITY_SYMMETRIC).info().symmetric);
  EXPECT_THROW(Sparsity(ctx, 2, 2, {0, 1}, {0}), Error);
  EXPECT_THROW(Sparsity(ctx, 1, 2, {0, 2}, {0}), Error);
  EXPECT_THROW(Sparsity(ctx, -1, 2, {}, {}), Error);
  EXPECT_THROW(Sparsity(ctx, 1, 1, {0, 1}, {7}), Error);
}
TEST_F(CppSparse, Products) {
  const Sparsity s = small(), copy = s;
  const Tensor v = ctx.tensor({1, 2, 3});
  EXPECT_EQ(all(copy.matvec(v, x)), (Doubles{7, 9}));
  EXPECT_EQ(all(s.matvec(v, ctx.tensor({1, 10}), true)), (Doubles{1, 0, 32}));
  EXPECT_EQ(all(s.to_dense(v)), (Doubles{1, 0, 2, 0, 0, 3}));
  const auto norm = [&](const Tensor& of_values) { return reduce_sum(square(s.matvec(of_values, x))); };
  EXPECT_EQ(all(grad(norm)(v)), (Doubles{14, 42, 54}));
}
TEST_F(CppSparse, ATapeGivesPatternsAndValues) {
  Tape tape(ctx);
  const Tensor w = ctx.tensor({2, 1, 0});
  tape.watch(x, w);
  const Tensor y = chain(x) * w(Slice(1, {}));
  const Sparsity j = tape.jacobian_sparsity(y, {x, w}), h = tape.hessian_sparsity(y, {x, w});
  EXPECT_EQ(j.info().columns, 6);
  EXPECT_TRUE(h.info().symmetric);
  const Tensor values = tape.sparse_values(y, {x, w}, h);
  const auto whole = [](const Tensor& a, const Tensor& b) { return reduce_sum(chain(a) * b(Slice(1, {}))); };
  const auto blocks = hessian(whole)(x, w);
  const Tensor rows[] = {concat({blocks[0][0], blocks[0][1]}, 1), concat({blocks[1][0], blocks[1][1]}, 1)};
  EXPECT_EQ(all(h.to_dense(values)), all(concat({rows[0], rows[1]}, 0)));
  EXPECT_THROW(tape.sparse_values(y, {x, w}, j), Error) << "the tape is used up";
}
TEST_F(CppSparse, TransformsOfLambdas) {
  const auto [sparsity, values] = sparse_jacobian(chain)(x);
  EXPECT_EQ(all(sparsity.to_dense(values)), all(jacobian(chain)(x)));
  const SparseMatrix h = sparse_hessian(chain_sum)(x);
  EXPECT_EQ(all(h.to_dense()), all(hessian(chain_sum)(x)));
  EXPECT_EQ(all(h.matvec(x)), all(hvp(chain_sum, x, x)));
  const auto product = [](const Tensor& a, const Tensor& b) { return a * b; };
  const SparseMatrix both = sparse_jacobian(product)(x, x);
  EXPECT_EQ(both.sparsity.info().columns, 6);
  EXPECT_EQ(all(both.matvec(concat({x, x}, 0))), (Doubles{2, 8, 18}));
  EXPECT_THROW(sparse_hessian(chain)(x), Error);
}
TEST_F(CppSparse, ValuesOfAKnownPattern) {
  const Sparsity s = sparse_hessian(chain_sum)(x).sparsity;
  const auto values = function(ctx, {{Dtype::float64, {3}}}, sparse_values(chain_sum, s));
  for (double k : {1.0, -2.0}) {
    const Tensor at = x * k;
    EXPECT_EQ(all(s.to_dense(values(at))), all(hessian(chain_sum)(at)));
  }
  const auto trace = [&](const Tensor& at) { return reduce_sum(square(sparse_values(chain_sum, s)(at))); };
  const auto dense = [&](const Tensor& at) { return reduce_sum(square(hessian(chain_sum)(at))); };
  EXPECT_EQ(all(grad(trace)(x)), all(grad(dense)(x)));
}
TEST_F(CppSparse, AnErrorNamesTheEntry) {
  const Sparsity lacking(ctx, 2, 3, {0, 2, 2}, {0, 1});
  try {
    sparse_values(chain, lacking)(x);
    FAIL() << "an entry is missing";
  } catch (const Error& e) {
    EXPECT_EQ(e.status(), GT_INVALID_ARGUMENT);
    EXPECT_NE(std::string(e.what()).find("must have entry ("), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace gradtape
