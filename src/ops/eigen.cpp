// Eigenvalues and functions of symmetric matrices.
#include <algorithm>

#include "kernels/kernels.hpp"
#include "ops/matrices.hpp"

namespace gradtape::core {

namespace {
Shape eigenvalues_shape(const Shape& s) { return s.without(s.rank() - 1); }

// Eigenvalues, rising, and eigenvectors as rows.
struct Eigen {
  Tensor values, vectors;
};
Eigen eigen_of(const Tensor& x) {
  const Tensors out = apply(op<"eigen_factors">, Tensors{x});
  return {out[0], out[1]};
}
// 1 / (w_j - w_i), 0 on the diagonal, nan for eigenvalues that are not told apart.
Tensor inverse_gaps(const Tensor& w) {
  const std::size_t axis = w.rank() - 1;
  const int64_t n = w.shape()[axis];
  if (n == 0) return row(w) - column(w);
  const Tensor largest = maximum(abs(slice_along(w, axis, 0, 1)), abs(slice_along(w, axis, n - 1, 1)));
  return inverse_off_diagonal(row(w) - column(w), row(largest));
}

// With A = V diag(w) V^T, P = V^T A' V and F_ij = 1 / (w_j - w_i): w' = diag(P), V' = V (F o P).
void define_factors(Registry& r) {
  OpBuilder(r, "eigen_factors", "Eigenvalues, rising, and eigenvectors, as rows, of symmetric x.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) {
        c.like(0, eigenvalues_shape(c.shape()));
        c.like(0, c.shape());
      })
      .kernel(kernels::eigen)
      .rules(
          [](const Call& c, const Tensors& ct) {
            const Tensor v = c.out(1);
            Tensor inner = ct[0] ? on_diagonal(ct[0]) : Tensor();
            if (ct[1]) {
              const Tensor turned = inverse_gaps(c.out(0)) * matmul(v, ct[1], false, true);
              inner = inner ? inner + turned : turned;
            }
            return Tensors{symmetric_part(matmul(matmul(v, inner, true), v))};
          },
          [](const Call& c, const Tensors& t) {
            const Tensor v = c.out(1), p = matmul(matmul(v, t[0]), v, false, true);
            return Tensors{diag_part(p), matmul(inverse_gaps(c.out(0)) * p, v, true)};
          })
      .batch(batch_of_matrices)
      .links(within_matrices);
}

// sum of c_i v_i v_i^T, the derivative of a function of the eigenvalues whose own are the c_i. In the basis V its
// derivative by A has the entries (c_j - c_i) / (w_j - w_i) P_ij. They are symmetric in i and j, so the map is its own
// transpose.
Tensor spectral_sum(const Tensor& x, const Tensor& c) {
  const Tensor v = eigen_of(x).vectors;
  return op<"spectral_sum">(x, c, matmul(column(c) * v, v, true));
}
Tensor turned_sum(const Call& call, const Tensor& p, const Eigen& eigen) {
  const Tensor &c = call.in(1), &v = eigen.vectors;
  return matmul(matmul(v, (row(c) - column(c)) * inverse_gaps(eigen.values) * p, true), v);
}
void define_values(Registry& r) {
  OpBuilder(r, "spectral_sum", "The third input, which is the sum of c_i v_i v_i^T with the eigenvectors v of x.")
      .internal()
      .inputs({{"x"}, {"c"}, {"sum"}})
      .infer([](Inference& c) { c.like(2, c.shape(2)); })
      .alias()
      .rules(
          [](const Call& c, const Tensors& ct) {
            const Eigen eigen = eigen_of(c.in());
            const Tensor p = matmul(matmul(eigen.vectors, symmetric_part(ct[0])), eigen.vectors, false, true);
            return Tensors{turned_sum(c, p, eigen), diag_part(p), Tensor()};
          },
          [](const Call& c, const Tensors& t) {
            Tensor sum = t[1] ? spectral_sum(c.in(), t[1]) : Tensor();
            if (t[0]) {
              const Eigen eigen = eigen_of(c.in());
              const Tensor turned =
                  turned_sum(c, matmul(matmul(eigen.vectors, t[0]), eigen.vectors, false, true), eigen);
              sum = sum ? sum + turned : turned;
            }
            return Tensors{sum};
          })
      .batch(batch_of_matrices)
      .links(links_of_sum);
  OpBuilder(r, "symmetric_eigenvalues", "Eigenvalues, rising, of symmetric x.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) { c.like(0, eigenvalues_shape(c.shape())); })
      .kernel(kernels::eigenvalues)
      .rules([](const Call& c, const Tensors& ct) { return Tensors{spectral_sum(c.in(), ct[0])}; },
             [](const Call& c, const Tensors& t) {
               const Tensor v = eigen_of(c.in()).vectors;
               return Tensors{reduce_sum(matmul(v, t[0]) * v, {-1})};
             })
      .batch(batch_of_matrices)
      .links(within_matrices);
}

Tensor spectral_form(const Call& c, std::span<const Tensor> matrices) {
  return apply(op<"spectral_form">, matrices, {c.text("f")})[0];
}
// The same form with matrix i exchanged, or (i past the end) with one more direction.
Tensor with_direction(const Call& c, std::size_t i, const Tensor& direction) {
  Tensors matrices(c.inputs().begin(), c.inputs().end());
  if (i == 0)
    matrices.push_back(direction);
  else
    matrices[i] = direction;
  return spectral_form(c, matrices);
}

const std::vector<std::string> kFunctions = {"exp", "square", "sin", "tanh"};

// D^k f(A)[E_1, ..., E_k] is symmetric in the directions, and so is its product with a cotangent C. So all derivatives
// are forms of this kind again, with C in place of one matrix. Nothing is divided by gaps between eigenvalues.
void define_spectral_form(Registry& r) {
  OpBuilder(r, "spectral_form",
            "The k-th derivative of f(A) in k directions, all matrices symmetric: A, E_1, ..., E_k.")
      .internal()
      .variadic("matrices")
      .required("f", kAttrString, kFunctions)
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::spectral_form)
      .rules(
          [](const Call& c, const Tensors& ct) {
            Tensors results;
            for (std::size_t i = 0; i < c.size(); ++i) results.push_back(with_direction(c, i, symmetric_part(ct[0])));
            return results;
          },
          [](const Call& c, const Tensors& t) {
            Tensor sum;
            for (std::size_t i = 0; i < c.size(); ++i)
              if (t[i]) {
                const Tensor term = with_direction(c, i, symmetric_part(t[i]));
                sum = sum ? sum + term : term;
              }
            return Tensors{sum};
          })
      .batch(batch_of_matrices)
      .links(within_matrices);
  OpBuilder(r, "eigh_function",
            "v diag(f(w)) v^T with the eigenvalues w and eigenvectors v of x; its derivatives are right for repeated "
            "eigenvalues too, to any order. x is symmetrised first, or else its lower triangle alone is read.")
      .inputs({{"x"}})
      .attr("symmetrize_input", kAttrBool, true)
      .required("f", kAttrString, kFunctions)
      .infer([](Inference& c) { need_square(c, 0); })
      .composite([](const Call& c) { return spectral_form(c, Tensors{symmetric_input(c)}); })
      .sample("f[3,3]", R"({"f": "exp"})")
      .sample("f[2,2]", R"({"f": "square"})")
      .sample("f[2,2,2]", R"({"f": "sin", "symmetrize_input": false})")
      .sample("f[3,3]", R"({"f": "tanh"})");
}
}  // namespace

void define_eigen(Registry& r) {
  define_factors(r);
  define_values(r);
  OpBuilder(
      r, "eigh",
      "The eigenvalues of symmetric matrices, rising. x is symmetrised first, or else its lower triangle alone is "
      "read. Of repeated eigenvalues second derivatives are nan: eigh_function has those of smooth functions.")
      .inputs({{"x"}})
      .attr("symmetrize_input", kAttrBool, true)
      .infer([](Inference& c) { need_square(c, 0); })
      .composite([](const Call& c) { return op<"symmetric_eigenvalues">(symmetric_input(c)); })
      .sample("f[3,3]")
      .sample("f[2,2,2]", R"({"symmetrize_input": false})");
  OpBuilder(
      r, "eigh_with_vectors",
      "Eigenvalues e, rising, and eigenvectors, the columns of v, of symmetric matrices: x = v diag(e) v^T. In each "
      "column the first entry of at least 0.9 times its largest magnitude is positive. x is symmetrised first, or "
      "else its lower triangle alone is read. Of repeated eigenvalues derivatives of v are nan.")
      .inputs({{"x"}})
      .attr("symmetrize_input", kAttrBool, true)
      .infer([](Inference& c) { need_square(c, 0); })
      .composite_of_many([](const Call& c) {
        const auto [values, rows] = eigen_of(symmetric_input(c));
        if (rows_of(rows.shape()) == 0) return Tensors{values, rows};
        return Tensors{values, matrix_transpose(rows * signs_of_vectors(rows, rows.rank() - 1))};
      })
      .sample("f[3,3]")
      .sample("f[2,2,2]", R"({"symmetrize_input": false})");
  define_spectral_form(r);
}

}  // namespace gradtape::core
