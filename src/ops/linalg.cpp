// Products and determinants of the matrices in the last two axes; leading axes are batches.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/matrices.hpp"

namespace gradtape::core {

namespace {
void infer_matmul(Inference& c) {
  need_matrices(c, 0);
  need_matrices(c, 1);
  const bool ta = c.flag("transpose_a"), tb = c.flag("transpose_b");
  const Shape &a = c.shape(0), &b = c.shape(1);
  const int64_t m = ta ? columns_of(a) : rows_of(a), inner_a = ta ? rows_of(a) : columns_of(a);
  const int64_t n = tb ? rows_of(b) : columns_of(b), inner_b = tb ? columns_of(b) : rows_of(b);
  if (inner_a != inner_b)
    invalid("matmul: inner sizes must agree, got {}{} and {}{}", to_string(a), ta ? " transposed" : "", to_string(b),
            tb ? " transposed" : "");
  Shape batch;
  if (!broadcast_shapes(batch_of(a), batch_of(b), batch))
    invalid("matmul: batch axes must broadcast, got {} and {}", to_string(a), to_string(b));
  c.like(0, with_matrix(batch, m, n));
}

// A vector is a row on the left and a column on the right, whatever the flags say; its axis goes from the result.
Tensors matmul_of_vectors(const Call& c) {
  const Tensor &a = c.in(0), &b = c.in(1);
  if (a.rank() == 0 || b.rank() == 0)
    invalid("matmul: a and b must have at least 1 axis, got {} and {}", to_string(a.shape()), to_string(b.shape()));
  const bool left = a.rank() == 1, right = b.rank() == 1;
  if (!left && !right) return {};
  const bool ta = !left && c.flag("transpose_a"), tb = !right && c.flag("transpose_b");
  const int64_t inner_a = left || !ta ? a.shape()[a.rank() - 1] : rows_of(a.shape()),
                inner_b = right || tb ? b.shape()[b.rank() - 1] : rows_of(b.shape());
  if (inner_a != inner_b)
    invalid("matmul: inner sizes must agree, got {}{} and {}{}", to_string(a.shape()), ta ? " transposed" : "",
            to_string(b.shape()), tb ? " transposed" : "");
  const Tensor y = matmul(left ? row(a) : a, right ? column(b) : b, ta, tb);
  Shape shape = y.shape();
  if (right) shape = shape.without(shape.rank() - 1);
  if (left) shape = shape.without(shape.rank() - (right ? 1 : 2));
  return {reshape(y, shape)};
}

// The cotangent of a matrix b that serves the whole batch is one product over all rows, not a sum of many.
Tensor rows_together(const Tensor& x) {
  return reshape(x, {x.shape().product(0, x.rank() - 1), columns_of(x.shape())});
}

Tensor matmul_transpose(const Call& c, const Tensor& ct, std::size_t input) {
  const bool ta = c.flag("transpose_a"), tb = c.flag("transpose_b");
  const Tensor &a = c.in(0), &b = c.in(1);
  if (input == 0) return sum_to(ta ? matmul(b, ct, tb, true) : matmul(ct, b, false, !tb), a.shape());
  if (b.rank() == 2 && a.rank() > 2 && !ta) {
    const Tensor x = rows_together(a), g = rows_together(ct);
    return tb ? matmul(g, x, true, false) : matmul(x, g, true, false);
  }
  return sum_to(tb ? matmul(ct, a, true, ta) : matmul(a, ct, !ta, false), b.shape());
}

// Reads an operand that repeats along the batch once, and a transposed operand through its flag.
void read_in_place(ProductOperands& w, std::size_t i, const char* flag) {
  Layout& x = w.in[i];
  const std::size_t matrix = x.shape.rank() - 2;
  for (std::size_t axis = 0; axis < matrix; ++axis)
    if (x.strides[axis] == 0) x.shape[axis] = std::min<int64_t>(x.shape[axis], 1);
  if (is_dense(x)) return;
  Layout swapped = x;
  std::swap(swapped.shape[matrix], swapped.shape[matrix + 1]);
  std::swap(swapped.strides[matrix], swapped.strides[matrix + 1]);
  if (!is_dense(swapped)) return;
  x = swapped;
  AttrValue& transposed = w.attrs->values[w.op.attr_index(flag)];
  transposed = !std::get<bool>(transposed);
}

// Rows of an identity matrix pick rows of b: the product is a view of b.
void skip_identity(ProductOperands& w) {
  const Layout &a = w.pattern[0], &b = w.in[1];
  if (b.shape.rank() != 2) return;
  const auto flag = [&](const char* name) { return std::get<bool>(w.attrs->values[w.op.attr_index(name)]); };
  const std::size_t last = a.shape.rank() - 1;
  const int64_t n = a.shape[last];
  if (flag("transpose_a") || n < 2 || w.identity[0] != n || a.strides[last] != 1 || a.offset % n != 0) return;
  const std::size_t row = flag("transpose_b") ? 1 : 0;
  Layout result{w.out, Shape::Dims(last + 1, b.strides[1 - row]), b.offset + a.offset / n * b.strides[row]};
  for (std::size_t axis = 0; axis < last; ++axis) {
    if (a.shape[axis] > 1 && a.strides[axis] % n != 0) return;
    result.strides[axis] = a.strides[axis] / n * b.strides[row];
  }
  w.same_as = 1;
  w.result = result;
}

void absorb_views(ProductOperands& w) {
  skip_identity(w);
  read_in_place(w, 0, "transpose_a");
  read_in_place(w, 1, "transpose_b");
}

// One matrix times a batch of others, by transposing both: a single product over the rows of all.
Tensor batch_of_right_sides(const BatchCall& b) {
  const Tensor &x = b.in[1], &matrix = b.in[0];
  Ints swap = all_axes(x);
  std::swap(swap[x.rank() - 2], swap[x.rank() - 1]);
  const bool ta = b.call.flag("transpose_a"), tb = b.call.flag("transpose_b");
  const Tensor rows = tb ? x : transpose(x, swap);
  return transpose(matmul(rows, matrix, false, !ta), swap);
}

Tensors batch_matmul(const BatchCall& b) {
  if (!b.batched[0] && b.call.in(0).rank() == 2) return {batch_of_right_sides(b)};
  return reapply_all(b.call, aligned_inputs(b));
}

// A row of a, and a column of b; the other operand's row or column stands beside them.
Dependence links_of_matmul(const LinkCall& c) {
  using Axis = Dependence::Factor::Axis;
  const Tensor &x = c.call.in(c.input), &other = c.call.in(1 - c.input);
  const Shape& out = c.call.out_spec().shape;
  const auto kept_of = [&](std::size_t i) {  // of the matrix axes of input i, the one that the result keeps
    return c.call.in(i).rank() - ((i == 0) == c.call.flag(i == 0 ? "transpose_a" : "transpose_b") ? 1 : 2);
  };
  const auto summed_of = [&](std::size_t i) { return 2 * c.call.in(i).rank() - 3 - kept_of(i); };
  Relation r;
  for (std::size_t k = 0; k + 2 < x.rank(); ++k)
    if (const std::size_t there = k + out.rank() - x.rank(); x.shape()[k] == out[there]) r.ties.push_back({k, there});
  r.ties.push_back({kept_of(c.input), out.rank() - 2 + c.input});
  Dependence d = related({r}, Dependence::Weight::product);
  d.factor.input = static_cast<uint32_t>(1 - c.input);
  for (std::size_t k = 0; k < other.rank(); ++k) d.factor.axes.push_back(Axis{true, k + out.rank() - other.rank()});
  d.factor.axes[kept_of(1 - c.input)] = {true, out.rank() - 1 - c.input};
  d.factor.axes[summed_of(1 - c.input)] = {false, summed_of(c.input)};
  return d;
}

void define_matmul(Registry& r) {
  OpBuilder(
      r, "matmul",
      "Matrix product of the last two axes; leading axes broadcast. A vector a is a row, a vector b a column, whose "
      "axis the result lacks.")
      .inputs({{"a"}, {"b"}})
      .dtypes(kNumeric)
      .attr("transpose_a", kAttrBool, false)
      .attr("transpose_b", kAttrBool, false)
      .instead(matmul_of_vectors)
      .infer(infer_matmul)
      .kernel(kernels::matmul)
      .linear({matmul_transpose})
      .batch(batch_matmul)
      .product({.absorb_views = absorb_views})
      .links(links_of_matmul)
      .sample("f[2,3] f[3,2]")
      .sample("f[3,2] f[4,3]", R"({"transpose_a": true, "transpose_b": true})")
      .sample("f[2,2,3] f[3,2]")
      .sample("f[3,1,2,2] f[2,2,3]")
      .sample("f[3] f[3]")
      .sample("f[2,2,3] f[3]")
      .sample("f[3] f[2,2,3]", R"({"transpose_b": true})");
}

constexpr int64_t kMinorOrder =
    32;  // up to here the second derivative of det goes through minors, which hold for singular matrices

// The minors of x [..., n, n], gathered into [..., n * n, n - 1, n - 1]: minor i * n + j lacks row i and column j.
Tensor minor_entries(Recorder& r, int64_t n) {
  // [n, n - 1]: all numbers below n but that of the row.
  const Tensor all = even_places(r, 0, 1, n), fewer = even_places(r, 0, 1, n - 1);
  const Tensor others = fewer + cast(greater_equal(fewer, insert_axes(all, 1, 1)), Dtype::int64);
  const Tensor rows = reshape(others, {n, 1, n - 1, 1}), columns = reshape(others, {1, n, 1, n - 1});
  return reshape(rows * static_cast<double>(n) + columns, {n * n * (n - 1) * (n - 1)});
}
Tensor checkerboard(const Tensor& like, int64_t n) {  // (-1)^(i + j), [n, n]
  const Tensor line = range(like.recorder(), 0, n, 1, like.dtype());
  const Tensor sum = insert_axes(line, 1, 1) + line;
  return 1.0 - 2.0 * (sum - 2.0 * floor(sum * 0.5));
}

// The second derivative of det at A, applied to a direction: symmetric, hence its own transpose.
Tensor det_curvature(const Tensor& a, const Tensor& cofactors, const Tensor& direction) {
  const Shape& shape = a.shape();
  const int64_t n = rows_of(shape);
  if (n > kMinorOrder) {
    // C = det(A) X with X = A^-T, hence dC = <C, E> X - det(A) X E^T X.
    const Tensor d = insert_axes(op<"det">(a), shape.rank() - 2, 2), x = cofactors / d;
    return reduce_sum(cofactors * direction, {-2, -1}, true) * x - d * matmul(matmul(x, direction, false, true), x);
  }
  Shape flat = batch_of(shape), minors = flat, weights = flat;
  flat.push_back(n * n);
  for (int64_t d : {n * n, n - 1, n - 1}) minors.push_back(d);
  for (int64_t d : {n * n, int64_t{1}, int64_t{1}}) weights.push_back(d);
  const int64_t axis = static_cast<int64_t>(flat.rank()) - 1;
  const Tensor at = minor_entries(a.recorder(), n);
  const Tensor minor = reshape(gather(reshape(a, flat), at, axis, 0), minors);
  const Tensor weighted = op<"cofactor">(minor) * reshape(direction * checkerboard(a, n), weights);
  Shape entries = batch_of(shape);
  entries.push_back(n * n * (n - 1) * (n - 1));
  return reshape(scatter_add(at, reshape(weighted, entries), flat, axis, 0), shape);
}

void define_determinants(Registry& r) {
  OpBuilder(r, "cofactor", "The derivative of det: det(A) A^-T where A is not singular.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::cofactor)
      .rules([](const Call& c, const Tensors& ct) { return Tensors{det_curvature(c.in(), c.out(), ct[0])}; },
             [](const Call& c, const Tensors& t) { return Tensors{det_curvature(c.in(), c.out(), t[0])}; })
      .batch(batch_of_matrices)
      .links(within_matrices);
  OpBuilder(r, "det",
            "Determinant of the matrices in the last two axes; its derivatives are right for singular ones too.")
      .inputs({{"x"}})
      .infer([](Inference& c) {
        need_square(c, 0);
        c.like(0, batch_of(c.shape()));
      })
      .kernel(kernels::det)
      .rules([](const Call& c,
                const Tensors& ct) { return Tensors{insert_axes(ct[0], ct[0].rank(), 2) * op<"cofactor">(c.in())}; },
             [](const Call& c, const Tensors& t) {
               return Tensors{reduce_sum(t[0] * op<"cofactor">(c.in()), {-2, -1})};
             })
      .batch(batch_of_matrices)
      .links(within_matrices)
      .sample("s[3,3]")
      .sample("s[2,2,2]");
}
}  // namespace

void define_linalg(Registry& r) {
  define_matmul(r);
  define_determinants(r);
}

}  // namespace gradtape::core
