// Factorisations of the matrices in the last two axes, and functions that are computed from them.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/matrices.hpp"

namespace gradtape::core {

namespace {
// ---- Cholesky. With Phi(X) the lower triangle of X, its diagonal halved: L' = L Phi(L^-1 A' L^-T) (I. Murray,
// "Differentiation of the Cholesky decomposition", 2016).

Tensor half_lower(const Tensor& x) {
  const Tensor halves = identity_matrices(x.recorder(), rows_of(x.shape()), {}, x.dtype());
  return lower_triangle(x) * (1.0 - 0.5 * halves);
}
// L^-T x L^-1, or L^-1 x L^-T.
Tensor solve_both_sides(const Tensor& factor, const Tensor& x, bool adjoint) {
  const Tensor left = triangular_solve(factor, x, true, adjoint);
  return matrix_transpose(triangular_solve(factor, matrix_transpose(left), true, adjoint));
}

void define_cholesky(Registry& r) {
  OpBuilder(r, "cholesky_factor", "The lower L with L L^T = x, for symmetric x.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::cholesky)
      .rules(
          [](const Call& c, const Tensors& ct) {
            const Tensor inner = half_lower(matmul(c.out(), ct[0], true));
            return Tensors{symmetric_part(solve_both_sides(c.out(), inner, true))};
          },
          [](const Call& c, const Tensors& t) {
            return Tensors{matmul(c.out(), half_lower(solve_both_sides(c.out(), t[0], false)))};
          })
      .batch(batch_of_matrices)
      .links(within_matrices);
  OpBuilder(r, "cholesky",
            "The lower triangular L with L L^T = x; x is symmetrised first, or else its lower triangle alone is read.")
      .inputs({{"x"}})
      .attr("symmetrize_input", kAttrBool, true)
      .infer([](Inference& c) { need_square(c, 0); })
      .composite([](const Call& c) { return op<"cholesky_factor">(symmetric_input(c)); })
      .sample("s[3,3]")
      .sample("s[2,2,2]", R"({"symmetrize_input": false})");
}

// ---- QR. Both rules write Q^T A' R^-1 as an upper triangle plus a skew matrix (S. Walter, "Structured higher-order
// algorithmic differentiation", 2011).

Tensor divide_by_triangle(const Tensor& x, const Tensor& upper, bool by_transpose) {  // x R^-1 or x R^-T
  return matrix_transpose(triangular_solve(of_full_rank(upper), matrix_transpose(x), false, !by_transpose));
}
Tensors qr_reverse(const Call& c, const Tensors& ct) {
  const Tensor q = c.out(0), r = c.out(1);
  Tensor m, sum;
  if (ct[1]) m = matmul(r, ct[1], false, true);
  if (ct[0]) {
    const Tensor inner = matmul(ct[0], q, true);
    m = m ? m - inner : -inner;
  }
  sum = matmul(q, lower_triangle(m) + matrix_transpose(lower_triangle(m, -1)));
  if (ct[0]) sum = sum + ct[0];
  return {divide_by_triangle(sum, r, true)};
}
Tensors qr_forward(const Call& c, const Tensors& t) {
  const Tensor q = c.out(0), r = c.out(1);
  const Tensor z = divide_by_triangle(t[0], r, false), e = matmul(q, z, true), below = lower_triangle(e, -1);
  const Tensor upper = e - below + matrix_transpose(below);
  return {z - matmul(q, upper), matmul(upper, r)};
}
// The first columns of a wide matrix make a square one, whose q serves all columns.
Tensors qr_of_wide(const Call& c) {
  const Tensor& x = c.in();
  if (x.rank() < 2 || rows_of(x.shape()) >= columns_of(x.shape())) return {};
  const int64_t m = rows_of(x.shape()), n = columns_of(x.shape());
  const std::size_t axis = x.rank() - 1;
  const Tensors square = reapply_all(c, Tensors{slice_along(x, axis, 0, m)});
  const Tensor rest = matmul(square[0], slice_along(x, axis, m, n - m), true);
  return {square[0], concat(Tensors{square[1], rest}, axis)};
}
void define_qr(Registry& r) {
  OpBuilder(
      r, "qr",
      "q [..., m, k] with orthonormal columns and upper triangular r [..., k, n] with q r = x [..., m, n], k = min(m, "
      "n); r has a positive diagonal where positive_diagonal. Derivatives are nan unless the first k columns are "
      "independent.")
      .inputs({{"x"}})
      .many_outputs()
      .attr("positive_diagonal", kAttrBool, true)
      .instead(qr_of_wide)
      .infer([](Inference& c) {
        need_matrices(c, 0);
        const Shape& s = c.shape();
        c.like(0, s);
        c.like(0, with_matrix(batch_of(s), columns_of(s), columns_of(s)));
      })
      .kernel(kernels::qr)
      .rules(qr_reverse, qr_forward)
      .batch(batch_of_matrices)
      .links(within_matrices)
      .sample("s[3,3]")
      .sample("f[4,2]", R"({"positive_diagonal": false})")
      .sample("f[2,2,3]");
}

// ---- Singular values and vectors. With F_ij = 1 / (s_j^2 - s_i^2), 0 on the diagonal (J. Townsend, "Differentiating
// the singular value decomposition", 2016).

struct Svd {
  Tensor u, s, vt;
};
Svd svd_of(const Tensor& x) {
  const Tensors out = apply(op<"svd_factors">, Tensors{x});
  return {out[0], out[1], out[2]};
}
Tensor skew(const Tensor& x) { return x - matrix_transpose(x); }

// 1 / (s_j - s_i), 1 / (s_j + s_i) and 1 / s_i: nan where two values are not told apart, from each other or from 0.
Tensor largest_of(const Tensor& s) {
  return slice_along(s, s.rank() - 1, 0, std::min<int64_t>(1, s.shape()[s.rank() - 1]));
}
Tensor inverse_differences(const Tensor& s) { return inverse_off_diagonal(row(s) - column(s), row(largest_of(s))); }
Tensor inverse_sums(const Tensor& s) { return inverse_off_diagonal(row(s) + column(s), row(largest_of(s))); }
Tensor inverse_values(const Tensor& s) { return inverse_or_nan(s, largest_of(s)); }

void add_to(Tensor& sum, const Tensor& term) { sum = sum ? sum + term : term; }

Tensors svd_reverse(const Call& c, const Tensors& ct) {
  const Tensor u = c.out(0), s = c.out(1), vt = c.out(2);
  const int64_t k = rows_of(vt.shape());
  Tensor inner, sum;
  if (ct[1]) add_to(inner, on_diagonal(ct[1]));
  if (ct[0] || ct[2]) {
    const Tensor f = inverse_differences(s) * inverse_sums(s);
    if (ct[0]) {
      const Tensor overlap = matmul(u, ct[0], true);
      add_to(inner, f * skew(overlap) * row(s));
      if (rows_of(u.shape()) > k) add_to(sum, matmul((ct[0] - matmul(u, overlap)) * row(inverse_values(s)), vt));
    }
    if (ct[2]) {
      const Tensor overlap = matmul(vt, ct[2], false, true);
      add_to(inner, column(s) * (f * skew(overlap)));
      if (columns_of(vt.shape()) > k)
        add_to(sum, matmul(u, column(inverse_values(s)) * (ct[2] - matmul(overlap, vt, true))));
    }
  }
  add_to(sum, matmul(u, matmul(inner, vt)));
  return {sum};
}

Shape singular_values_shape(const Shape& s) {
  Shape values = batch_of(s);
  values.push_back(std::min(rows_of(s), columns_of(s)));
  return values;
}

// U diag(c) V^T, the derivative of a function of the singular values whose own are the c_i. Its derivative by X is
// U M V^T, for P = U^T X' V and M = a o (P + P^T) / 2 + b o (P - P^T) / 2. Here a_ij = (c_j - c_i) / (s_j - s_i) and
// b_ij = (c_j + c_i) / (s_j + s_i). The part of X' outside U or V is scaled by c_i / s_i. The map is its own transpose.
Tensor singular_sum(const Tensor& x, const Tensor& c) {
  const Svd svd = svd_of(x);
  return op<"singular_sum">(x, c, matmul(svd.u * row(c), svd.vt));
}
Tensor turned_sum(const Tensor& c, const Svd& svd, const Tensor& x, const Tensor& p) {
  const auto& [u, s, vt] = svd;
  const Tensor a = (row(c) - column(c)) * inverse_differences(s), b = (row(c) + column(c)) * inverse_sums(s);
  Tensor sum = matmul(matmul(u, a * symmetric_part(p) + b * (0.5 * skew(p))), vt);
  const int64_t k = rows_of(vt.shape());
  if (rows_of(u.shape()) > k) {
    const Tensor xv = matmul(x, vt, false, true);
    add_to(sum, matmul((xv - matmul(u, p)) * row(c * inverse_values(s)), vt));
  }
  if (columns_of(vt.shape()) > k) {
    const Tensor ux = matmul(u, x, true);
    add_to(sum, matmul(u, column(c * inverse_values(s)) * (ux - matmul(p, vt))));
  }
  return sum;
}
Tensor in_basis(const Svd& svd, const Tensor& x) { return matmul(matmul(svd.u, x, true), svd.vt, false, true); }

void define_singular_values(Registry& r) {
  OpBuilder(r, "singular_sum", "The third input, which is u diag(c) v^T with the singular vectors u and v of x.")
      .internal()
      .inputs({{"x"}, {"c"}, {"sum"}})
      .infer([](Inference& c) { c.like(2, c.shape(2)); })
      .alias()
      .rules(
          [](const Call& c, const Tensors& ct) {
            const Svd svd = svd_of(c.in());
            const Tensor p = in_basis(svd, ct[0]);
            return Tensors{turned_sum(c.in(1), svd, ct[0], p), diag_part(p), Tensor()};
          },
          [](const Call& c, const Tensors& t) {
            Tensor sum;
            if (t[1]) add_to(sum, singular_sum(c.in(), t[1]));
            if (t[0]) {
              const Svd svd = svd_of(c.in());
              add_to(sum, turned_sum(c.in(1), svd, t[0], in_basis(svd, t[0])));
            }
            return Tensors{sum};
          })
      .batch(batch_of_matrices)
      .links(links_of_sum);
  OpBuilder(
      r, "svd",
      "The singular values of the matrices in the last two axes, largest first. Of repeated ones, or of 0, second "
      "derivatives are nan.")
      .inputs({{"x"}})
      .infer([](Inference& c) {
        need_matrices(c, 0);
        c.like(0, singular_values_shape(c.shape()));
      })
      .kernel(kernels::singular_values)
      .rules([](const Call& c, const Tensors& ct) { return Tensors{singular_sum(c.in(), ct[0])}; },
             [](const Call& c, const Tensors& t) {
               const Svd svd = svd_of(c.in());
               const Tensor moved = matmul(svd.u, t[0], true) * svd.vt;
               return Tensors{reduce_sum(moved, {-1})};
             })
      .batch(batch_of_matrices)
      .links(within_matrices)
      .sample("f[3,3]")
      .sample("f[2,2,3]");
}

void define_svd(Registry& r) {
  OpBuilder(r, "svd_factors", "u, s, v^T with x = u diag(s) v^T, s falling.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) {
        const Shape &s = c.shape(), values = singular_values_shape(s);
        const int64_t k = values[values.rank() - 1];
        c.like(0, with_matrix(batch_of(s), rows_of(s), k));
        c.like(0, values);
        c.like(0, with_matrix(batch_of(s), k, columns_of(s)));
      })
      .kernel(kernels::svd)
      .rules(svd_reverse, nullptr)
      .batch(batch_of_matrices)
      .links(within_matrices);
  define_singular_values(r);
  OpBuilder(
      r, "svd_with_vectors",
      "Singular values s, largest first, and singular vectors, the columns of u [..., m, k] and v [..., n, k], of "
      "x [..., m, n], k = min(m, n): x = u diag(s) v^T. In each column of u the first entry of at least 0.9 times "
      "its largest magnitude is positive. Of repeated singular values derivatives of u and v are nan, and of 0 "
      "where x is not square.")
      .inputs({{"x"}})
      .infer([](Inference& c) { need_matrices(c, 0); })
      .composite_of_many([](const Call& c) {
        const auto [u, s, vt] = svd_of(c.in());
        if (s.shape()[s.rank() - 1] == 0) return Tensors{s, u, matrix_transpose(vt)};
        const Tensor signs = signs_of_vectors(u, u.rank() - 2);
        return Tensors{s, u * signs, matrix_transpose(vt) * signs};
      })
      .sample("f[3,3]")
      .sample("f[2,3,2]")
      .sample("f[2,3]");
}

// ---- log |det|: its gradient is the transposed inverse.

Tensor inverse_transpose(const Tensor& x) {
  return solve(x, identity_matrices(x.recorder(), rows_of(x.shape()), {}, x.dtype()), true);
}
void define_slogdet(Registry& r) {
  OpBuilder(
      r, "slogdet",
      "sign and log |determinant| of the matrices in the last two axes: 0 and -inf for singular ones. The sign has "
      "no derivative.")
      .inputs({{"x"}})
      .many_outputs()
      .infer([](Inference& c) {
        need_square(c, 0);
        for (int i = 0; i < 2; ++i) c.like(0, batch_of(c.shape()));
      })
      .kernel(kernels::slogdet)
      .rules(
          [](const Call& c, const Tensors& ct) {
            if (!ct[1]) return Tensors{Tensor()};
            return Tensors{column(column(ct[1])) * inverse_transpose(c.in())};
          },
          [](const Call& c, const Tensors& t) {
            return Tensors{Tensor(), reduce_sum(inverse_transpose(c.in()) * t[0], {-2, -1})};
          })
      .batch(batch_of_matrices)
      .links([](const LinkCall& c) { return c.output == 0 ? no_dependence() : within_matrices(c); })
      .sample("s[3,3]")
      .sample("s[2,2,2]");
}

// ---- The exponential. That of x + e t with an infinitesimal e has the derivative in the direction t as its factor of
// e: what is differentiated is the exponential of jets [..., 2^level, n, n] (kernels/matrix/expm.cpp), whose level rises.

Tensor expm_in_direction(const Tensor& x, const Tensor& t) {
  const std::size_t axis = x.rank() - 3;
  const int64_t count = x.shape()[axis];
  return slice_along(op<"expm_of_jet">(concat(Tensors{x, t}, axis)), axis, count, count);
}
// The adjoint of a product with a jet is the product with its transposes, whose factors are counted from the last.
Tensor expm_against(const Tensor& x, const Tensor& ct) {
  const Ints infinitesimals{static_cast<int64_t>(x.rank()) - 3};
  return reverse(expm_in_direction(matrix_transpose(x), reverse(ct, infinitesimals)), infinitesimals);
}
void define_expm(Registry& r) {
  OpBuilder(r, "expm_of_jet", "The exponentials of sums of 2^level matrices times products of infinitesimals.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::expm)
      .rules([](const Call& c, const Tensors& ct) { return Tensors{expm_against(c.in(), ct[0])}; },
             [](const Call& c, const Tensors& t) { return Tensors{expm_in_direction(c.in(), t[0])}; })
      .batch(batch_of_matrices)
      .links([](const LinkCall& c) { return within_axes(c.call.in().rank() - 3); });
  OpBuilder(r, "expm", "The exponential of the matrices in the last two axes: sum of x^k / k!.")
      .inputs({{"x"}})
      .infer([](Inference& c) { need_square(c, 0); })
      .composite([](const Call& c) {
        return reshape(op<"expm_of_jet">(insert_axes(c.in(), c.in().rank() - 2, 1)), c.in().shape());
      })
      .sample("f[3,3]")
      .sample("f[2,2,2]");
}
}  // namespace

void define_factorizations(Registry& r) {
  define_cholesky(r);
  define_qr(r);
  define_svd(r);
  define_slogdet(r);
  define_expm(r);
}

}  // namespace gradtape::core
