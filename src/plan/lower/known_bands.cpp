// Banded matrices by slot: their views, and their storage as a result.
#include "plan/lower/known_bands.hpp"

#include "ops/names.hpp"
#include "plan/lower/builder.hpp"

namespace gradtape::core {

std::optional<Banded> KnownBands::of(ProgramBuilder& b, const Operand& x, const Shape& shape) const {
  if (const auto it = identities_.find(x.slot); it != identities_.end() && it->second > 1)
    return identity_seen(it->second, broadcast(x.layout, shape), b.constant(b.dtype(x), 1));
  const Banded* known = in(x.slot);
  return known ? bands_seen(*known, x.layout, shape) : std::nullopt;
}

const Banded* KnownBands::in(uint32_t slot) const {
  const auto it = banded_.find(slot);
  return it == banded_.end() ? nullptr : &it->second;
}

std::optional<Operand> from_bands(ProgramBuilder& b, const Operand& x) {
  constexpr int64_t kWorthIt = 1024;  // elements
  const Banded* m = b.bands().in(x.slot);
  if (!m || x.layout.shape.elements() < kWorthIt) return std::nullopt;
  const bool turned = m->row > m->column;  // columns lie before rows in memory
  int64_t rows = m->shape[m->row], columns = m->shape[m->column];
  if (rows * columns != m->shape.elements()) return std::nullopt;
  if (turned) std::swap(rows, columns);
  Ints offsets, firsts;
  SmallVector<Operand, 2> factors;
  for (const Band& band : m->bands) {
    offsets.push_back(turned ? -band.offset : band.offset);
    firsts.push_back(turned ? band.first + band.offset : band.first);
    const Layout line{{band.count}, {band.factors.layout.strides[m->column]}, band.factors.layout.offset};
    factors.push_back({band.factors.slot, line});
    if (!is_dense(line)) factors.back() = b.copy(factors.back());
  }
  auto attrs = std::make_shared<Attrs>();
  for (AttrValue value : {AttrValue(rows), AttrValue(columns), AttrValue(offsets), AttrValue(firsts)})
    attrs->values.push_back(std::move(value));
  return b.whole(
      b.emit({&op<"bands">.get(), std::move(attrs), std::move(factors), {{b.dtype(x), {rows, columns}, false}}})[0]);
}

}  // namespace gradtape::core
