// Rule "bands": results that are 0 but on a few diagonals.
#include <algorithm>

#include "plan/lower/rules.hpp"

namespace gradtape::core {

namespace {
constexpr std::size_t kMostBands = 8;

// An elementwise op of operands of which some, those of the set, are banded.
class OnBands {
 public:
  OnBands(ProgramBuilder& b, const Expression& e, uint8_t set) : b_(b), e_(e), set_(set), operands_(e.in.size()) {}

  // The op applied to the bands; empty where an operand of the set is not banded along the same axes.
  std::optional<Banded> result() {
    const Shape& shape = e_.out[0].shape;
    std::optional<Banded> result;
    for (std::size_t i = 0; i < e_.in.size(); ++i) {
      if (!in_set(i) || b_.number(e_.in[i]) == 0) continue;
      operands_[i] = b_.bands().of(b_, e_.in[i], shape);
      const std::optional<Banded>& x = operands_[i];
      if (!x || (result && (x->row != result->row || x->column != result->column))) return std::nullopt;
      if (!result) result = Banded{shape, x->row, x->column, {}};
      for (const Band& band : x->bands)
        if (std::ranges::none_of(result->bands, [&](const Band& r) { return r.same_place(band); }))
          result->bands.push_back(band);
    }
    if (!result || result->bands.size() > kMostBands) return std::nullopt;
    for (Band& band : result->bands) band.factors = on(*result, band);
    return result;
  }

 private:
  bool in_set(std::size_t i) const { return set_ >> i & 1; }
  Operand on(const Banded& result, const Band& band) {
    const Shape shape = result.band_shape(band);
    SmallVector<Operand, 2> in;
    for (std::size_t i = 0; i < e_.in.size(); ++i) {
      if (!in_set(i) || !operands_[i]) {
        in.push_back(on_band(e_.in[i], result, band));
        continue;
      }
      const auto& bands = operands_[i]->bands;
      const auto own = std::ranges::find_if(bands, [&](const Band& x) { return x.same_place(band); });
      in.push_back(own != bands.end() ? own->factors : b_.constant(b_.dtype(e_.in[i]), 0, shape));
    }
    return b_.add({e_.op, e_.attrs, std::move(in), {{e_.out[0].dtype, shape, false}}})[0];
  }

  ProgramBuilder& b_;
  const Expression& e_;
  uint8_t set_;
  SmallVector<std::optional<Banded>, 3> operands_;
};

// The result is 0 wherever all operands of a set are. The op is linear in a set of two operands together, so that their
// bands may lie in different places.
std::optional<Banded> elementwise_bands(ProgramBuilder& b, const Expression& e) {
  for (uint8_t set : e.elementwise()->zero_where)
    if (std::optional<Banded> banded = OnBands(b, e, set).result()) return banded;
  return std::nullopt;
}

std::optional<Banded> padded_bands(ProgramBuilder& b, const Expression& e) {
  if (!e.op->pad) return std::nullopt;
  const std::optional<Ints> paddings = e.op->pad->zeros_around({*e.op, e.attrs.get()});
  if (!paddings) return std::nullopt;
  const std::optional<Banded> x = b.bands().of(b, e.in[0], e.in[0].layout.shape);
  return x ? padded(*x, *paddings, e.out[0].shape) : std::nullopt;
}
std::optional<Banded> mirrored_bands(ProgramBuilder& b, const Expression& e) {
  const std::optional<Banded> x = b.bands().of(b, e.in[0], e.out[0].shape);
  return x ? mirrored(*x) : std::nullopt;
}

std::optional<Banded> bands_of(ProgramBuilder& b, const Expression& e) {
  if (e.elementwise()) return elementwise_bands(b, e);
  return e.op->mirrors ? mirrored_bands(b, e) : padded_bands(b, e);
}

}  // namespace

void note_bands(ProgramBuilder& b, const Expression& e, std::span<const Operand> results) {
  const Operand& result = results[0];
  if (e.op->is_identity && e.op->is_identity({*e.op, e.attrs.get()}))
    return b.bands().note_identity(result.slot, e.out[0].shape[0]);
  if (b.bands().empty() || b.is_leaf(result) || !is_dense(result.layout) || b.bands().in(result.slot)) return;
  if (std::optional<Banded> banded = bands_of(b, e)) b.bands().note(result.slot, std::move(*banded));
}

}  // namespace gradtape::core
