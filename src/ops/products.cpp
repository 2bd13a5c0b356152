// Products of tensors as compositions of multiply, matmul and reduce_sum.
#include <algorithm>

#include "ops/define.hpp"

namespace gradtape::core {

namespace {
// The axes of both operands that are summed over.
struct Contracted {
  Ints a, b;
};
Contracted contracted_axes(const Call& c) {
  const std::size_t ra = c.in(0).rank(), rb = c.in(1).rank();
  Contracted axes;
  if (const auto* count = std::get_if<int64_t>(&c.attr("axes"))) {
    if (*count < 0 || *count > static_cast<int64_t>(std::min(ra, rb)))
      invalid("tensordot: axes {} does not fit {} and {}", *count, to_string(c.in(0).shape()),
              to_string(c.in(1).shape()));
    for (int64_t i = 0; i < *count; ++i) {
      axes.a.push_back(static_cast<int64_t>(ra) - *count + i);
      axes.b.push_back(i);
    }
  } else {
    const Ints& both = c.ints("axes");
    if (both.size() % 2 != 0)
      invalid("tensordot: axes must be a count or two lists of equal length, got {} entries", both.size());
    for (std::size_t i = 0; i < both.size() / 2; ++i) {
      axes.a.push_back(normalize_axis("tensordot", both[i], ra));
      axes.b.push_back(normalize_axis("tensordot", both[both.size() / 2 + i], rb));
    }
  }
  for (std::size_t i = 0; i < axes.a.size(); ++i) {
    if (std::ranges::count(axes.a, axes.a[i]) > 1 || std::ranges::count(axes.b, axes.b[i]) > 1)
      invalid("tensordot: an axis is given twice");
    const int64_t na = c.in(0).shape()[axes.a[i]], nb = c.in(1).shape()[axes.b[i]];
    if (na != nb)
      invalid("tensordot: axis {} of {} and axis {} of {} must have one size", axes.a[i], to_string(c.in(0).shape()),
              axes.b[i], to_string(c.in(1).shape()));
  }
  return axes;
}

// x as a matrix of its free and its contracted axes, in either order; free sizes are appended to result.
Tensor as_matrix(const Tensor& x, const Ints& contracted, bool free_first, Shape& result) {
  Ints free;
  int64_t rows = 1, inner = 1;
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (std::ranges::find(contracted, static_cast<int64_t>(i)) != contracted.end()) {
      inner *= x.shape()[i];
      continue;
    }
    free.push_back(i);
    rows *= x.shape()[i];
    result.push_back(x.shape()[i]);
  }
  Ints perm = free_first ? free : contracted;
  for (int64_t a : free_first ? contracted : free) perm.push_back(a);
  return reshape(transpose(x, perm), free_first ? Shape{rows, inner} : Shape{inner, rows});
}

void need_vectors(Inference& c) {
  if (c.rank(0) != 1 || c.rank(1) != 1)
    invalid("{}: takes two vectors, got {} and {}", c.name(), to_string(c.shape(0)), to_string(c.shape(1)));
}

Tensor kronecker(const Call& c) {
  const std::size_t rank = std::max(c.in(0).rank(), c.in(1).rank());
  const Tensor a = insert_axes(c.in(0), 0, rank - c.in(0).rank()), b = insert_axes(c.in(1), 0, rank - c.in(1).rank());
  Shape a_shape, b_shape, result;
  for (std::size_t i = 0; i < rank; ++i) {
    for (int64_t d : {a.shape()[i], int64_t{1}}) a_shape.push_back(d);
    for (int64_t d : {int64_t{1}, b.shape()[i]}) b_shape.push_back(d);
    result.push_back(a.shape()[i] * b.shape()[i]);
  }
  return reshape(reshape(a, a_shape) * reshape(b, b_shape), result);
}

// Entries 1, 2, 0 or 2, 0, 1 of the last axis.
Tensor cycle(const Tensor& x, int64_t by) {
  const int64_t at[] = {by % 3, (by + 1) % 3, (by + 2) % 3};
  return gather(x, constant_ints(x.recorder(), at), static_cast<int64_t>(x.rank()) - 1, 0);
}

Tensor matrix_power(const Call& c) {
  const Shape& s = c.in().shape();
  int64_t n = c.integer("n");
  if (n == 0) return identity_matrices(c.recorder(), s[s.rank() - 1], Ints(s.begin(), s.end() - 2), c.in().dtype());
  Tensor square = n < 0 ? op<"inv">(c.in()) : c.in(), result;
  for (auto left = static_cast<uint64_t>(n < 0 ? -n : n);;) {
    if (left % 2 == 1) result = result ? matmul(result, square) : square;
    if ((left /= 2) == 0) return result;
    square = matmul(square, square);
  }
}
}  // namespace

void define_products(Registry& r) {
  OpBuilder(r, "tensordot",
            "Sum of products over pairs of axes: a count (the last of a with the first of b), or two lists.")
      .inputs({{"a"}, {"b"}})
      .dtypes(kNumeric)
      .attr("axes", kAttrInt | kAttrInts, int64_t{2})
      .composite([](const Call& c) {
        const Contracted axes = contracted_axes(c);
        Shape result;
        const Tensor a = as_matrix(c.in(0), axes.a, true, result), b = as_matrix(c.in(1), axes.b, false, result);
        return reshape(matmul(a, b), result);
      })
      .sample("f[2,3,4] f[4,2,2]", R"({"axes": [[2, 0], [0, 1]]})");
  OpBuilder(r, "outer", "a[i] * b[j] of two vectors.")
      .inputs({{"a"}, {"b"}})
      .dtypes(kNumeric)
      .infer(need_vectors)
      .composite([](const Call& c) { return insert_axes(c.in(0), 1, 1) * c.in(1); })
      .sample("f[2] f[3]");
  OpBuilder(r, "dot", "Sum of a[i] * b[i] of two vectors.")
      .inputs({{"a"}, {"b"}})
      .dtypes(kNumeric)
      .infer([](Inference& c) {
        need_vectors(c);
        if (!(c.shape(0) == c.shape(1)))
          invalid("dot: the vectors must have one size, got {} and {}", to_string(c.shape(0)), to_string(c.shape(1)));
      })
      .composite([](const Call& c) { return reduce_sum(c.in(0) * c.in(1), {0}); })
      .sample("f[3] f[3]");
  OpBuilder(r, "kron", "Kronecker product: each entry of a times all of b.")
      .inputs({{"a"}, {"b"}})
      .dtypes(kNumeric)
      .infer([](Inference& c) {
        if (std::max(c.rank(0), c.rank(1)) > 16)
          invalid("kron: at most 16 axes, got {} and {}", to_string(c.shape(0)), to_string(c.shape(1)));
      })
      .composite(kronecker)
      .sample("f[2,1] f[2,3]");
  OpBuilder(r, "cross", "Cross product of the vectors of 3 in the last axis.")
      .inputs({{"a"}, {"b"}})
      .dtypes(kNumeric)
      .infer([](Inference& c) {
        for (std::size_t i : {0, 1})
          if (c.rank(i) == 0 || c.shape(i)[c.rank(i) - 1] != 3)
            invalid("cross: the last axis must have size 3, got {}", to_string(c.shape(i)));
      })
      .composite(
          [](const Call& c) { return cycle(c.in(0), 1) * cycle(c.in(1), 2) - cycle(c.in(0), 2) * cycle(c.in(1), 1); })
      .sample("f[2,3] f[3]");
  OpBuilder(
      r, "matrix_power",
      "The n-th power of the matrices in the last two axes: of the inverse where n < 0, the identity where n is 0.")
      .inputs({{"x"}})
      .dtypes(kNumeric)
      .required("n", kAttrInt)
      .infer([](Inference& c) {
        if (c.rank() < 2 || c.shape()[c.rank() - 1] != c.shape()[c.rank() - 2])
          invalid("matrix_power: x must be square in its last two axes, got {}", to_string(c.shape()));
        if (c.integer("n") < 0 && is_integer(c.in().dtype))
          invalid("matrix_power: n must be at least 0 for {}, got {}; cast x to float64", name_of(c.in().dtype),
                  c.integer("n"));
        if (c.integer("n") == INT64_MIN) invalid("matrix_power: n is out of range");
      })
      .composite(matrix_power)
      .sample("s[2,2]", R"({"n": 3})")
      .sample("s[2,2]", R"({"n": -2})");
}

}  // namespace gradtape::core
