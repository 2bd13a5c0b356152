// Diagonals and triangles of the matrices in the last two axes.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/matrices.hpp"

namespace gradtape::core {

namespace {
void need_matrix(Inference& c) {
  if (c.rank() < 2) invalid("{}: x must have at least 2 axes, got {}", c.name(), to_string(c.shape()));
}

// Places of diagonal k in a row-major matrix.
Tensor diagonal_places(Recorder& r, int64_t rows, int64_t columns, int64_t k) {
  const int64_t first = std::max<int64_t>(0, -k), end = std::min(rows, columns - k);
  return even_places(r, first * columns + first + k, columns + 1, std::max<int64_t>(0, end - first));
}

Shape flat_matrices(const Shape& s, int64_t entries) {
  Shape flat(std::span(s.begin(), s.rank() - 2));
  flat.push_back(entries);
  return flat;
}

Tensor diagonal_of(const Tensor& x, int64_t k) {
  const Shape& s = x.shape();
  const int64_t m = s[s.rank() - 2], n = s[s.rank() - 1];
  const Shape flat = flat_matrices(s, m * n);
  return gather(reshape(x, flat), diagonal_places(x.recorder(), m, n, k), static_cast<int64_t>(flat.rank()) - 1, 0);
}

Tensor embed(const Tensor& diagonals, int64_t k) {
  if (diagonals.dtype() == Dtype::boolean) return cast(embed(cast(diagonals, Dtype::int32), k), Dtype::boolean);
  const Shape& s = diagonals.shape();
  const int64_t order = s[s.rank() - 1] + std::abs(k);
  Shape matrices(std::span(s.begin(), s.rank() - 1));
  matrices.push_back(order);
  matrices.push_back(order);
  check_bytes("diag", matrices, size_of(diagonals.dtype()));
  const Shape flat = flat_matrices(matrices, order * order);
  const Tensor at = diagonal_places(diagonals.recorder(), order, order, k);
  return reshape(scatter_add(at, diagonals, flat, static_cast<int64_t>(flat.rank()) - 1, 0), matrices);
}

// x where column - row compares with k as asked, else 0.
Tensor triangle(const Call& c, bool lower) {
  const Shape& s = c.in().shape();
  Recorder& r = c.recorder();
  const Tensor row = insert_axes(range(r, 0, s[s.rank() - 2], 1, Dtype::int64), 1, 1),
               column = range(r, 0, s[s.rank() - 1], 1, Dtype::int64);
  const Tensor distance = column - row, k = r.scalar(static_cast<double>(c.integer("k")), Dtype::int64);
  return where(lower ? less_equal(distance, k) : greater_equal(distance, k), c.in(), number_like(c.in(), 0));
}
}  // namespace

void define_diagonal(Registry& r) {
  OpBuilder(r, "diag_part", "The diagonal k of the matrices in the last two axes: entries [i, i + k].")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .attr("k", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        need_matrix(c);
        const int64_t m = c.shape()[c.rank() - 2], n = c.shape()[c.rank() - 1], k = c.integer("k");
        if (k < -m || k > n)
          invalid("diag_part: k must lie in [{}, {}] for matrices of {} by {}, got {}", -m, n, m, n, k);
      })
      .composite([](const Call& c) { return diagonal_of(c.in(), c.integer("k")); })
      .sample("f[2,3,3]")
      .sample("f[2,4]", R"({"k": 1})");
  OpBuilder(r, "diag", "Matrices with the given diagonals [..., n] as diagonal k, else 0: [..., n + |k|, n + |k|].")
      .inputs({{"diagonal"}})
      .dtypes(kAllDtypes)
      .attr("k", kAttrInt, int64_t{0})
      .infer([](Inference& c) {
        if (c.rank() < 1) invalid("diag: diagonal must have at least 1 axis, got {}", to_string(c.shape()));
        if (c.integer("k") > (1 << 30) || c.integer("k") < -(1 << 30))
          invalid("diag: k must lie within 2^30 of 0, got {}", c.integer("k"));
      })
      .composite([](const Call& c) { return embed(c.in(), c.integer("k")); })
      .sample("f[2,3]")
      .sample("f[2]", R"({"k": -1})");
  OpBuilder(r, "trace", "Sum of the main diagonal of the matrices in the last two axes; of bools their count, int64.")
      .inputs({{"x"}})
      .dtypes(kAllDtypes)
      .infer(need_matrix)
      .composite([](const Call& c) { return reduce_sum(diagonal_of(c.in(), 0), {-1}); })
      .sample("f[2,3,3]");
  OpBuilder(r, "mirror_lower", "The symmetric matrices whose lower triangles are those of x.")
      .inputs({{"x"}})
      .internal()
      .infer([](Inference& c) {
        need_square(c, 0);
        c.like(0, c.shape());
      })
      .kernel(kernels::mirror_lower)
      .mirrors()
      .linear({[](const Call&, const Tensor& ct, std::size_t) {
        return lower_triangle(ct) + lower_triangle(matrix_transpose(ct), -1);
      }})
      .batch(batch_of_matrices)
      .links([](const LinkCall& c) {
        const std::size_t row = c.call.in().rank() - 2;
        Dependence d = within_matrices(c);
        d.relations.push_back(d.relations[0]);
        for (const std::size_t mirrored : {0, 1})
          for (const std::size_t k : {0, 1}) d.relations[mirrored].ties.push_back({row + k, row + (k ^ mirrored)});
        return d;
      })
      .sample("f[2,3,3]");
  for (bool lower : {true, false})
    OpBuilder(r, lower ? "tril" : "triu",
              lower ? "x on and below diagonal k of the last two axes, 0 above."
                    : "x on and above diagonal k of the last two axes, 0 below.")
        .inputs({{"x"}})
        .dtypes(kAllDtypes)
        .attr("k", kAttrInt, int64_t{0})
        .infer([](Inference& c) {
          need_matrix(c);
          if (c.integer("k") > (int64_t{1} << 52) || c.integer("k") < -(int64_t{1} << 52))
            invalid("{}: k must lie within 2^52 of 0, got {}", c.name(), c.integer("k"));
        })
        .composite([lower](const Call& c) { return triangle(c, lower); })
        .sample("f[2,3,3]", R"({"k": -1})");
}

}  // namespace gradtape::core
