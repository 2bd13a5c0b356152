// The op that solves banded systems. Values are [b, nonzeros], right sides and results [b, k, n]: many for each matrix.
#include "ops/banded.hpp"

#include "kernels/kernels.hpp"
#include "ops/define.hpp"

namespace gradtape::core {

BandedPattern::BandedPattern(Pattern given, bool reorders)
    : pattern(std::move(given)),
      place(reorders ? narrow_order(pattern) : same_order(pattern.rows)),
      bands(bands_of(pattern, place)),
      content(hash_mix(static_cast<uint64_t>(pattern.rows), reorders)) {
  at.reserve(pattern.indices.size());
  for (int64_t i = 0; i < pattern.rows; ++i)
    for (int64_t e = pattern.offsets[i]; e < pattern.offsets[i + 1]; ++e) {
      const int64_t row = place[i], column = place[pattern.indices[e]];
      at.push_back(column * lead() + bands.below + bands.above + row - column);
      content = hash_mix(content, static_cast<uint64_t>(at.back()));
    }
}
std::size_t BandedPattern::bytes() const {
  return pattern.indices.size() * (sizeof(int32_t) + sizeof(int64_t)) + 2 * place.size() * sizeof(int64_t);
}

namespace {
const BandedPattern& pattern_of(const Attrs* attrs) {
  return static_cast<const BandedPattern&>(*std::get<PayloadPtr>(attrs->values[0]));
}
Tensor many(const Tensor& values, const Tensor& rhs, PayloadPtr pattern, bool adjoint) {
  return apply(op<"banded_solve">, Tensors{values, rhs}, {std::move(pattern), adjoint})[0];
}

// The rows and the columns of the entries, swapped for the transposed matrix.
struct Entries {
  Tensor rows, columns;
  explicit Entries(const Call& c) {
    const Pattern& p = pattern_of(c.attrs().get()).pattern;
    std::vector<int64_t> of_row;
    for (int64_t i = 0; i < p.rows; ++i) of_row.insert(of_row.end(), p.row_length(i), i);
    rows = constant_ints(c.recorder(), of_row);
    columns = constant_ints(c.recorder(), std::vector<int64_t>(p.indices.begin(), p.indices.end()));
    if (c.flag("adjoint")) std::swap(rows, columns);
  }
};

// Let A x = b. The cotangent y of b solves A' y = ct; that of entry (i, j) is -y_i x_j. The tangent solves A x' = b' -
// (A') x.
Tensors reverse_banded(const Call& c, const Tensors& ct) {
  const Entries e(c);
  const Tensor y = many(c.in(0), ct[0], std::get<PayloadPtr>(c.attr("pattern")), !c.flag("adjoint"));
  Tensors results{{}, y};
  if (c.wants(0)) results[0] = -reduce_sum(gather(y, e.rows, 2, 0) * gather(c.out(), e.columns, 2, 0), {1});
  return results;
}
Tensors forward_banded(const Call& c, const Tensors& t) {
  const Entries e(c);
  Tensor right = t[1];
  if (t[0]) {
    const Tensor terms = insert_axes(t[0], 1, 1) * gather(c.out(), e.columns, 2, 0);
    const Tensor moved = scatter_add(e.rows, terms, c.out().shape(), 2, 0);
    right = right ? right - moved : -moved;
  }
  return {many(c.in(0), right, std::get<PayloadPtr>(c.attr("pattern")), c.flag("adjoint"))};
}

// Many right sides for one matrix: it is factored once.
Tensors batch_banded(const BatchCall& b) {
  const int64_t matrices = b.call.in(0).shape()[0], k = b.call.in(1).shape()[1], n = b.call.in(1).shape()[2];
  Tensor values = b.in[0], rhs = full_input(b, 1);
  if (!b.batched[0] && matrices == 1) {
    rhs = reshape(rhs, {1, b.size * k, n});
  } else {
    values = reshape(full_input(b, 0), {b.size * matrices, b.call.in(0).shape()[1]});
    rhs = reshape(rhs, {b.size * matrices, k, n});
  }
  return {reshape(reapply_all(b.call, Tensors{values, rhs})[0], {b.size, matrices, k, n})};
}
}  // namespace

Tensor banded_solve(const Tensor& values, const Tensor& rhs, BandedPatternPtr pattern, bool adjoint) {
  const int64_t n = pattern->size();
  const Tensor matrix = reshape(values, {1, values.shape().elements()});
  return reshape(many(matrix, reshape(rhs, {1, 1, n}), std::move(pattern), adjoint), {n});
}

void define_banded(Registry& r) {
  OpBuilder(r, "banded_solve", "x with A x = rhs for the entries of A in a band, or with A' where adjoint.")
      .internal()
      .inputs({{"values"}, {"rhs"}})
      .dtypes(kFloating)
      .required("pattern", kAttrPayload)
      .attr("adjoint", kAttrBool, false)
      .infer([](Inference& c) { c.like(1, c.shape(1)); })
      .kernel([](const KernelCall& c) {
        const BandedPattern& p = pattern_of(c.attrs);
        kernels::banded_solve(c, {p.size(), p.bands.below, p.bands.above, p.place, p.at});
      })
      .rules(reverse_banded, forward_banded)
      .batch(batch_banded);
}

}  // namespace gradtape::core
