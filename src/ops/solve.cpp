// Linear systems: general and triangular ones, inverses, least squares.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.hpp"
#include "ops/matrices.hpp"

namespace gradtape::core {

namespace {
void need_system(const Inference& c) {
  need_square(c, 0);
  need_matrices(c, 1);
  Shape batch;
  if (rows_of(c.shape(0)) != rows_of(c.shape(1)) ||
      !broadcast_shapes(batch_of(c.shape(0)), batch_of(c.shape(1)), batch))
    invalid("{}: matrix [..., n, n] and rhs [..., n, k] must agree on n and on their batch axes, got {} and {}",
            c.name(), to_string(c.shape(0)), to_string(c.shape(1)));
}

// A right side of rank 1 is a column for every matrix, as in NumPy 2; its axis goes from the result.
Tensors system_of_vector(const Call& c) {
  const Tensor &matrix = c.in(0), &rhs = c.in(1);
  if (rhs.rank() != 1 || matrix.rank() < 2) return {};
  if (rows_of(matrix.shape()) != rhs.shape()[0])
    invalid("{}: a vector rhs must have an entry for each row of the matrix, got {} and {}", c.op().name,
            to_string(matrix.shape()), to_string(rhs.shape()));
  const Tensor columns = broadcast_to(column(rhs), with_matrix(batch_of(matrix.shape()), rhs.shape()[0], 1));
  const Tensor y = reapply(c, {matrix, columns});
  return {reshape(y, y.shape().without(y.rank() - 1))};
}

// The named op on matrix and right sides with one batch shape.
Tensor on_equal_batches(const Op& of, const Tensor& matrix, const Tensor& rhs, std::vector<AttrValue> attrs) {
  const Shape &a = matrix.shape(), &b = rhs.shape();
  Shape batch;
  broadcast_shapes(batch_of(a), batch_of(b), batch);
  const Tensors in{broadcast_to(matrix, with_matrix(batch, rows_of(a), columns_of(a))),
                   broadcast_to(rhs, with_matrix(batch, rows_of(b), columns_of(b)))};
  return apply(of, in, std::move(attrs))[0];
}

// Many right sides for one matrix are columns of one: it is factorised once.
Tensors batch_of_systems(const BatchCall& b) {
  if (b.batched[0] || b.call.in(0).rank() != 2) return batch_of_matrices(b);
  const int64_t n = b.in[1].shape()[1], k = b.in[1].shape()[2];
  const Tensor columns = reshape(transpose(b.in[1], {1, 0, 2}), {n, b.size * k});
  return {transpose(reshape(reapply_all(b.call, Tensors{b.in[0], columns})[0], {n, b.size, k}), {1, 0, 2})};
}
// Columns of the right side are solved for one by one.
// A column of the right side gives that of the result.
Dependence links_of_system(const LinkCall& c) {
  Dependence d = within_matrices(c);
  const std::size_t last = c.call.in().rank() - 1;
  if (c.input == 1) d.relations[0].ties.push_back({last, last});
  return d;
}

// Let A x = b. The cotangent y of b solves A^T y = ct; the cotangent of A is -y x^T. The tangent solves A x' = b' - A'
// x.
struct General {
  static Tensor solve(const Call& c, const Tensor& right, bool adjoint) {
    return gradtape::core::solve(c.in(0), right, adjoint);
  }
  static Tensor part(const Call&, const Tensor& matrix) { return matrix; }  // what is read of the matrix
};
struct Triangular {
  static Tensor solve(const Call& c, const Tensor& right, bool adjoint) {
    return triangular_solve(c.in(0), right, c.flag("lower"), adjoint);
  }
  static Tensor part(const Call& c, const Tensor& matrix) {
    return c.flag("lower") ? lower_triangle(matrix) : upper_triangle(matrix);
  }
};
template <class System>
Tensors reverse_system(const Call& c, const Tensors& ct) {
  const bool adjoint = c.flag("adjoint");
  const Tensor b = System::solve(c, ct[0], !adjoint), x = c.out();
  return {System::part(c, -(adjoint ? matmul(x, b, false, true) : matmul(b, x, false, true))), b};
}
template <class System>
Tensors forward_system(const Call& c, const Tensors& t) {
  const bool adjoint = c.flag("adjoint");
  Tensor right = t[1];
  if (t[0]) {
    const Tensor moved = matmul(System::part(c, t[0]), c.out(), adjoint, false);
    right = right ? right - moved : -moved;
  }
  return {System::solve(c, right, adjoint)};
}

void define_general(Registry& r) {
  OpBuilder(r, "lu_solve", "x with matrix x = rhs, or with the transposed matrix where adjoint; equal batch axes.")
      .internal()
      .inputs({{"matrix"}, {"rhs"}})
      .attr("adjoint", kAttrBool, false)
      .infer([](Inference& c) { c.like(1, c.shape(1)); })
      .kernel(kernels::solve)
      .rules(reverse_system<General>, forward_system<General>)
      .batch(batch_of_systems)
      .links(links_of_system);
  OpBuilder(
      r, "solve",
      "x with matrix x = rhs [..., n, k], or a vector [n] for every matrix; with the transposed matrix where adjoint.")
      .inputs({{"matrix"}, {"rhs"}})
      .attr("adjoint", kAttrBool, false)
      .instead(system_of_vector)
      .infer(need_system)
      .composite([](const Call& c) { return on_equal_batches(op<"lu_solve">, c.in(0), c.in(1), {c.flag("adjoint")}); })
      .sample("s[3,3] f[3,2]")
      .sample("s[2,2,2] f[2,2,1]", R"({"adjoint": true})")
      .sample("s[2,3,3] f[3]");
  OpBuilder(r, "inv", "Inverse of the matrices in the last two axes.")
      .inputs({{"x"}})
      .infer([](Inference& c) {
        need_square(c, 0);
        c.like(0, c.shape());
      })
      .kernel(kernels::inverse)
      .rules(  // with y = x^-1: y' = -y x' y
          [](const Call& c, const Tensors& ct) {
            return Tensors{-matmul(matmul(c.out(), ct[0], true), c.out(), false, true)};
          },
          [](const Call& c, const Tensors& t) { return Tensors{-matmul(matmul(c.out(), t[0]), c.out())}; })
      .batch(batch_of_matrices)
      .links(within_matrices)
      .sample("s[3,3]")
      .sample("s[2,2,2]");
}

void define_triangular(Registry& r) {
  OpBuilder(r, "substitute", "triangular_solve of equal batch axes.")
      .internal()
      .inputs({{"matrix"}, {"rhs"}})
      .attr("lower", kAttrBool, true)
      .attr("adjoint", kAttrBool, false)
      .infer([](Inference& c) { c.like(1, c.shape(1)); })
      .kernel(kernels::triangular_solve)
      .rules(reverse_system<Triangular>, forward_system<Triangular>)
      .batch(batch_of_systems)
      .links(links_of_system);
  OpBuilder(r, "triangular_solve",
            "x with matrix x = rhs [..., n, k], or a vector [n] for every matrix, where the lower (or else upper) "
            "triangle alone of the matrix is read; with "
            "its transpose where adjoint.")
      .inputs({{"matrix"}, {"rhs"}})
      .attr("lower", kAttrBool, true)
      .attr("adjoint", kAttrBool, false)
      .instead(system_of_vector)
      .infer(need_system)
      .composite([](const Call& c) {
        return on_equal_batches(op<"substitute">, c.in(0), c.in(1), {c.flag("lower"), c.flag("adjoint")});
      })
      .sample("s[3,3] f[3,2]")
      .sample("s[2,2,2] f[2,2,1]", R"({"lower": false, "adjoint": true})")
      .sample("s[3,3] f[3]");
}

Tensors qr(const Tensor& x) { return apply(op<"qr">, Tensors{x}); }

// The triangular factor of a matrix of full rank.
Tensor full_rank(const Tensor& r) { return op<"full_rank">(r); }

// By orthogonal factors: sqrt(l2) times the identity stands below the matrix. With more columns than rows and no l2 the
// shortest of the solutions.
Tensor least_squares(const Call& c) {
  const double l2 = c.number("l2_regularizer");
  Tensor a = c.in(0), b = c.in(1);
  const Shape batch = batch_of(a.shape());
  const int64_t m = rows_of(a.shape()), n = columns_of(a.shape()), k = columns_of(b.shape());
  const auto axis = static_cast<int64_t>(a.rank()) - 2;
  if (l2 == 0 && m < n) {
    const Tensors factors = qr(matrix_transpose(a));
    return matmul(factors[0], triangular_solve(full_rank(factors[1]), b, false, true));
  }
  if (l2 > 0) {
    const Tensor below =
        std::sqrt(l2) * identity_matrices(c.recorder(), n, Ints(batch.begin(), batch.end()), a.dtype());
    a = concat(Tensors{a, below}, axis);
    b = concat(Tensors{b, zeros(c.recorder(), {b.dtype(), with_matrix(batch, n, k), false})}, axis);
  }
  const Tensors factors = qr(a);
  return triangular_solve(l2 > 0 ? factors[1] : full_rank(factors[1]), matmul(factors[0], b, true), false, false);
}

void define_least_squares(Registry& r) {
  OpBuilder(r, "full_rank", "x, triangular, unless an entry of its diagonal is 0 but for rounding.")
      .internal()
      .inputs({{"x"}})
      .infer([](Inference& c) { c.like(0, c.shape()); })
      .kernel(kernels::full_rank)
      .rules([](const Call&, const Tensors& ct) { return ct; }, [](const Call&, const Tensors& t) { return t; })
      .batch(batch_of_matrices)
      .links(same_element);
  OpBuilder(r, "lstsq",
            "The x that minimises |matrix x - rhs|^2 + l2_regularizer |x|^2, for a matrix [..., m, n], rhs "
            "[..., m, k], or a vector [m] for every matrix. Without l2_regularizer it is an error when the rank is not "
            "full.")
      .inputs({{"matrix"}, {"rhs"}})
      .attr("l2_regularizer", kAttrFloat, 0.0)
      .instead(system_of_vector)
      .infer([](Inference& c) {
        need_matrices(c, 0);
        need_matrices(c, 1);
        if (!(c.shape(0).without(c.rank(0) - 1) == c.shape(1).without(c.rank(1) - 1)))
          invalid("lstsq: matrix [..., m, n] and rhs [..., m, k] must agree on all axes but the last, got {} and {}",
                  to_string(c.shape(0)), to_string(c.shape(1)));
        const double l2 = std::get<double>(c.attr("l2_regularizer"));
        if (!(l2 >= 0 && std::isfinite(l2))) invalid("lstsq: l2_regularizer must be at least 0, got {}", l2);
      })
      .composite(least_squares)
      .sample("f[4,2] f[4,1]")
      .sample("f[2,3] f[2,1]")
      .sample("f[2,3,2] f[2,3,1]", R"({"l2_regularizer": 0.5})")
      .sample("f[2,4,2] f[4]");
}
}  // namespace

void define_solve(Registry& r) {
  define_general(r);
  define_triangular(r);
  define_least_squares(r);
}

}  // namespace gradtape::core
