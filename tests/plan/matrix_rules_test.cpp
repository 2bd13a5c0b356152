// The rules on matrices: products of views, of identity and of diagonal matrices, and the bands of results.
#include "plan/rules_by_hand.hpp"

namespace gradtape::core {
namespace {

class Matrices : public RulesByHand {
 public:
  using RulesByHand::RulesByHand;
  // A leaf that is taken for an identity matrix.
  Operand identity(int64_t n) {
    const Operand x = leaf({n, n});
    b_.bands().note_identity(x.slot, n);
    return x;
  }
};

// ---- Products

class ProductsRule : public Matrices {
 public:
  // "neutral" drops the ones of an identity matrix.
  ProductsRule() : Matrices({"neutral", "products"}) {}
  Operand matmul(const Operand& a, const Operand& b, const Shape& shape, bool transpose_a = false,
                 bool transpose_b = false) {
    return add("matmul", {a, b}, shape,
               attributes(op_named("matmul"), {{"transpose_a", transpose_a}, {"transpose_b", transpose_b}}));
  }
  bool flag(const Operand& product, const char* name) {
    const Instruction& i = *b_.producer(product);
    return Attributes{*i.op, i.attrs.get()}.flag(name);
  }
  // A leaf [4, 4] that is taken for a matrix with these factors on a diagonal.
  Operand banded(const Operand& factors, int64_t offset, int64_t first, int64_t count) {
    const Operand x = leaf({4, 4});
    b_.bands().note(x.slot, {{4, 4}, 0, 1, {{offset, first, count, seen(factors, {1, count}, {0, 1})}}});
    return x;
  }
  const Operand a_ = leaf({3, 2}), c_ = leaf({3, 5}), m_ = leaf({4, 3});
};
TEST_F(ProductsRule, TransposesAreFlags) {
  const Operand turned = seen(a_, {2, 3}, {1, 2});
  const Operand product = matmul(turned, c_, {2, 5});
  EXPECT_EQ(text(product), "matmul(x2, x3)");
  EXPECT_EQ(b_.producer(product)->in[0].layout.shape, Shape({3, 2}));
  EXPECT_TRUE(flag(product, "transpose_a"));
  EXPECT_FALSE(flag(product, "transpose_b"));
  const Operand again = matmul(turned, turned, {3, 3}, true, false);
  EXPECT_EQ(text(again), "matmul(x2, x2)");
  EXPECT_FALSE(flag(again, "transpose_a"));
  EXPECT_TRUE(flag(again, "transpose_b"));
}
TEST_F(ProductsRule, AMatrixThatServesABatchIsReadOnce) {
  const Operand batch = leaf({6, 2, 3});
  const Operand product = matmul(batch, {c_.slot, broadcast(c_.layout, {6, 3, 5})}, {6, 2, 5});
  EXPECT_EQ(text(product), "matmul(x5, x3)");
  EXPECT_EQ(b_.producer(product)->in[1].layout.shape, Shape({1, 3, 5}));
}
TEST_F(ProductsRule, MatricesWithGapsAreCopied) {
  EXPECT_EQ(text(matmul(seen(m_, {2, 3}, {6, 1}), c_, {2, 5})), "matmul(copy(x4), x3)");
  EXPECT_EQ(text(matmul(seen(m_, {4, 2}, {3, 1}), seen(c_, {2, 5}, {5, 1}), {4, 5})), "matmul(copy(x4), x3)");
}
TEST_F(ProductsRule, DenseMatricesStay) {
  const Operand product = matmul(a_, a_, {3, 3}, false, true);
  EXPECT_EQ(text(product), "matmul(x2, x2)");
  EXPECT_TRUE(flag(product, "transpose_b"));
}
TEST_F(ProductsRule, AnIdentityMatrixGivesTheOther) {
  const Operand one = identity(4);
  const Operand same = matmul(one, m_, {4, 3});
  EXPECT_EQ(text(same), "x4");
  EXPECT_EQ(same.layout.strides, (Shape::Dims{3, 1}));
  const Operand turned = matmul(one, seen(m_, {3, 4}, {4, 1}), {4, 3}, false, true);
  EXPECT_EQ(text(turned), "x4");
  EXPECT_EQ(turned.layout.strides, (Shape::Dims{1, 4}));
  const Operand batch = matmul({one.slot, broadcast(one.layout, {5, 4, 4})}, m_, {5, 4, 3});
  EXPECT_EQ(text(batch), "x4");
  EXPECT_EQ(batch.layout.strides, (Shape::Dims{0, 3, 1}));
}
TEST_F(ProductsRule, OtherProductsWithIdentityMatricesStay) {
  const auto stays = [](const std::string& text) { return text.starts_with("matmul("); };
  const Operand one = identity(4), single = identity(1), batch = leaf({2, 4, 3});
  EXPECT_TRUE(stays(text(matmul(one, m_, {4, 3}, true))));
  EXPECT_TRUE(stays(text(matmul(seen(m_, {3, 4}, {1, 3}), one, {3, 4})))) << "on the right";
  EXPECT_TRUE(stays(text(matmul(one, batch, {2, 4, 3})))) << "of a batch";
  EXPECT_TRUE(stays(text(matmul(single, seen(x_, {1, 4}, {4, 1}), {1, 4})))) << "of order 1";
  EXPECT_TRUE(stays(text(matmul(seen(one, {4, 3}, {4, 1}), seen(m_, {3, 3}, {3, 1}), {4, 3}))))
      << "without its last column";
  EXPECT_TRUE(stays(text(matmul(seen(one, {2, 4}, {4, 1}, 4), m_, {2, 3})))) << "some of its rows";
}
TEST_F(ProductsRule, ADiagonalMatrixScalesTheRows) {
  const Operand product = matmul(banded(x_, 0, 0, 4), m_, {4, 3});
  EXPECT_EQ(text(product), "multiply(x4, x0)");
  const Operand factors = b_.producer(product)->in[1];
  EXPECT_EQ(factors.layout.shape, Shape({4, 1}));
  EXPECT_EQ(factors.layout.strides, (Shape::Dims{1, 0}));
}
TEST_F(ProductsRule, OtherBandedMatricesStay) {
  const Operand off = banded(x_, 1, 0, 3), with_zero = banded(x_, 0, 1, 3), two = leaf({4, 4});
  const Band diagonal{0, 0, 4, seen(x_, {1, 4}, {0, 1})}, above{1, 0, 3, seen(y_, {1, 3}, {0, 1})};
  b_.bands().note(two.slot, {{4, 4}, 0, 1, {diagonal, above}});
  for (const Operand& x : {off, with_zero, two}) EXPECT_EQ(text(matmul(x, m_, {4, 3})), "matmul(" + text(x) + ", x4)");
}

// ---- Bands

class BandsRule : public Matrices {
 public:
  BandsRule() : Matrices({"bands"}) {}
  // The bands of a slot, each as "offset, first, count: factors"; "dense" if none are known.
  std::string bands(const Operand& x) {
    const std::optional<Banded> known = b_.bands().of(b_, x, x.layout.shape);
    if (!known) return "dense";
    std::string all;
    for (const Band& b : known->bands) {
      EXPECT_EQ(b.factors.layout.shape, known->band_shape(b));
      all += (all.empty() ? "" : "; ") + std::to_string(b.offset) + ", " + std::to_string(b.first) + ", " +
             std::to_string(b.count) + ": " + text(b.factors);
    }
    return all;
  }
  Operand rows(int64_t order, int64_t count) {
    return add("identity_rows", {}, {count, order},
               attributes(op_named("identity_rows"), {{"order", order}, {"count", count}, {"dtype", Dtype::float32}}));
  }
  Operand pad(const Operand& x, const Ints& paddings, double value = 0) {
    Shape shape = x.layout.shape;
    for (std::size_t i = 0; i < shape.rank(); ++i) shape[i] += paddings[2 * i] + paddings[2 * i + 1];
    return add("constant_pad", {x}, shape,
               attributes(op_named("constant_pad"), {{"paddings", paddings}, {"constant_values", value}}));
  }
};
TEST_F(BandsRule, NothingIsNotedWithoutAnIdentityMatrix) {
  const Operand x = leaf({4, 4});
  EXPECT_EQ(bands(add("multiply", {x, x})), "dense");
  EXPECT_EQ(bands(rows(4, 3)), "dense") << "a part of one";
  EXPECT_TRUE(b_.bands().empty());
}
TEST_F(BandsRule, IdentityMatrices) {
  const Operand one = rows(4, 4);
  EXPECT_EQ(bands(one), "0, 0, 4: 1");
  EXPECT_EQ(bands(seen(one, {3, 4}, {4, 1}, 4)), "-1, 1, 3: 1");
  EXPECT_EQ(bands(seen(one, {4, 3}, {4, 1}, 1)), "1, 0, 3: 1");
  EXPECT_EQ(bands(seen(one, {2, 2}, {4, 1}, 2)), "dense") << "nothing of the diagonal is there";
  EXPECT_EQ(bands(seen(one, {4, 4}, {0, 1})), "dense");
}
TEST_F(BandsRule, ResultsThatAreZeroWhereAnOperandIs) {
  const Operand one = identity(4), matrix = leaf({4, 4});
  const Operand scaled = add("multiply", {one, {x_.slot, broadcast(x_.layout, {4, 4})}});
  EXPECT_EQ(bands(scaled), "0, 0, 4: multiply(1, x0)");
  EXPECT_EQ(bands(add("multiply", {matrix, scaled})), "0, 0, 4: multiply(x3, multiply(1, x0))");
  EXPECT_EQ(b_.bands().in(add("multiply", {matrix, scaled}).slot)->bands[0].factors.layout.strides,
            (Shape::Dims{4, 1}));
  EXPECT_EQ(bands(add("negative", {scaled})), "0, 0, 4: negative(multiply(1, x0))");
  EXPECT_EQ(bands(add("divide", {one, matrix})), "0, 0, 4: divide(1, x3)");
}
TEST_F(BandsRule, ResultsThatMayNotBe) {
  const Operand one = identity(4), matrix = leaf({4, 4});
  EXPECT_EQ(bands(add("divide", {matrix, one})), "dense");
  EXPECT_EQ(bands(add("exp", {one})), "dense");
  EXPECT_EQ(bands(add("add", {one, matrix})), "dense");
  EXPECT_EQ(bands(add("add", {one, number(2, {4, 4})})), "dense");
}
TEST_F(BandsRule, SumsHaveTheBandsOfBoth) {
  const Operand one = identity(4);
  const Operand low = pad(seen(one, {3, 4}, {4, 1}), {1, 0, 0, 0}), twice = add("add", {one, one});
  EXPECT_EQ(bands(low), "1, 0, 3: 1");
  EXPECT_EQ(bands(twice), "0, 0, 4: add(1, 1)");
  EXPECT_EQ(bands(add("subtract", {twice, low})), "0, 0, 4: subtract(add(1, 1), 0); 1, 0, 3: subtract(0, 1)");
  EXPECT_EQ(bands(add("add", {twice, number(0, {4, 4})})), "0, 0, 4: add(add(1, 1), 0)");
}
TEST_F(BandsRule, PaddingMovesBands) {
  const Operand one = identity(4);
  EXPECT_EQ(bands(pad(one, {2, 1, 0, 0})), "2, 0, 4: 1");
  EXPECT_EQ(bands(pad(one, {0, 0, 3, 1})), "-3, 3, 4: 1");
  EXPECT_EQ(bands(pad(one, {2, 0, 2, 0})), "0, 2, 4: 1");
  EXPECT_EQ(bands(pad(one, {1, 0, 0, 0}, 5)), "dense") << "not with zeros";
  const Operand batch{one.slot, broadcast(one.layout, {3, 4, 4})};
  EXPECT_EQ(bands(pad(batch, {0, 0, 1, 0, 0, 0})), "1, 0, 4: 1");
  EXPECT_EQ(bands(pad(batch, {1, 0, 0, 0, 0, 0})), "dense") << "along another axis";
}
TEST_F(BandsRule, UpToEightBands) {
  const Operand one = identity(4);
  Operand sum = pad(one, {0, 9, 0, 0});
  for (int64_t k = 1; k < 8; ++k) sum = add("add", {sum, pad(one, {k, 9 - k, 0, 0})});
  EXPECT_EQ(b_.bands().in(sum.slot)->bands.size(), 8u);
  EXPECT_EQ(bands(add("add", {sum, pad(one, {8, 1, 0, 0})})), "dense");
}
TEST_F(BandsRule, BandsAlongDifferentAxesMakeNone) {
  const Operand one = identity(4);
  const Operand rows_first = seen(one, {4, 4, 4}, {4, 1, 0}), rows_last = seen(one, {4, 4, 4}, {0, 4, 1});
  EXPECT_EQ(bands(add("add", {rows_first, rows_last})), "dense");
  EXPECT_EQ(bands(add("add", {rows_last, rows_last})), "0, 0, 4: add(1, 1)");
  EXPECT_EQ(bands(add("multiply", {rows_first, rows_last})), "0, 0, 4: multiply(1, x2)") << "those of the first";
}

}  // namespace
}  // namespace gradtape::core
