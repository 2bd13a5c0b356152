#include "plan/lower/bands.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
// Keeps the part of a band that lies inside the matrix.
bool clip(Band& b, int64_t rows, int64_t columns) {
  const int64_t first = std::max({b.first, int64_t{0}, -b.offset});
  const int64_t last = std::min({b.first + b.count, columns, rows - b.offset});
  b.first = first;
  b.count = last - first;
  return b.count > 0;
}

// Moves the matrix's origin to (row, column) and clips its bands to the shape.
std::optional<Banded> moved(Banded x, int64_t row, int64_t column, const Shape& shape) {
  SmallVector<Band, 2> left;
  for (Band b : x.bands) {
    const int64_t from = b.first;
    b.offset += column - row;
    b.first -= column;
    if (!clip(b, shape[x.row], shape[x.column])) continue;
    Layout& f = b.factors.layout;
    f.offset += (b.first + column - from) * f.strides[x.column];
    f.shape = shape.replaced(x.row, 1).replaced(x.column, b.count);
    left.push_back(std::move(b));
  }
  if (left.empty()) return std::nullopt;
  x.shape = shape;
  x.bands = std::move(left);
  return x;
}

// Axes of `from` that are not 1, in order, as axes of `to`; empty where the two differ in more than axes of size 1.
SmallVector<std::size_t, 6> axis_map(const Shape& from, const Shape& to) {
  SmallVector<std::size_t, 6> map(from.rank(), 0);
  std::size_t k = 0;
  for (std::size_t i = 0; i < from.rank(); ++i) {
    if (from[i] == 1) continue;
    while (k < to.rank() && to[k] == 1) ++k;
    if (k == to.rank() || to[k] != from[i]) return {};
    map[i] = k++;
  }
  for (; k < to.rank(); ++k)
    if (to[k] != 1) return {};
  return map;
}

// The same matrix under a shape that differs in axes of size 1.
std::optional<Banded> reshaped_ones(const Banded& x, const Shape& shape) {
  const auto map = axis_map(x.shape, shape);
  if (map.empty()) return std::nullopt;
  Banded out{shape, map[x.row], map[x.column], {}};
  for (const Band& b : x.bands) {
    Band moved{
        b.offset, b.first, b.count, {b.factors.slot, {{}, Shape::Dims(shape.rank(), 0), b.factors.layout.offset}}};
    for (std::size_t i = 0; i < x.shape.rank(); ++i)
      if (x.shape[i] != 1) moved.factors.layout.strides[map[i]] = b.factors.layout.strides[i];
    moved.factors.layout.shape = out.band_shape(moved);
    out.bands.push_back(std::move(moved));
  }
  return out;
}

// The same matrix with its axes in another order; empty where the layout is none of the whole matrix.
std::optional<Banded> reordered(const Banded& x, const Layout& layout) {
  const Shape::Dims own = strides_of(x.shape);
  if (layout.shape.rank() != x.shape.rank() || layout.offset != 0) return std::nullopt;
  SmallVector<std::size_t, 6> from;  // by axis of the layout: that of x
  SmallVector<bool, 6> taken(x.shape.rank(), false);
  for (std::size_t i = 0; i < layout.shape.rank(); ++i) {
    std::size_t k = 0;
    while (k < own.size() && (taken[k] || own[k] != layout.strides[i] || x.shape[k] != layout.shape[i])) ++k;
    if (k == own.size()) return std::nullopt;
    taken[k] = true;
    from.push_back(k);
  }
  const auto place = [&](std::size_t axis) {
    return static_cast<std::size_t>(std::ranges::find(from, axis) - from.begin());
  };
  Banded out{layout.shape, place(x.row), place(x.column), {}};
  for (const Band& b : x.bands) {
    Band moved{b.offset, b.first, b.count, {b.factors.slot, {{}, {}, b.factors.layout.offset}}};
    for (const std::size_t axis : from) moved.factors.layout.strides.push_back(b.factors.layout.strides[axis]);
    moved.factors.layout.shape = out.band_shape(moved);
    out.bands.push_back(std::move(moved));
  }
  return out;
}

// The place of a slice's first element, where it differs from 0 along the rows and columns alone.
struct Origin {
  int64_t row, column;
};
std::optional<Origin> origin_of(const Banded& x, const Layout& slice) {
  const Shape::Dims own = strides_of(x.shape);
  if (slice.shape.rank() != x.shape.rank() || slice.offset < 0) return std::nullopt;
  Origin origin{0, 0};
  int64_t rest = slice.offset;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (slice.shape[i] > 1 && slice.strides[i] != own[i]) return std::nullopt;
    const int64_t at = rest / std::max<int64_t>(own[i], 1);
    rest -= at * own[i];
    if (i == x.row)
      origin.row = at;
    else if (i == x.column)
      origin.column = at;
    else if (at != 0 || slice.shape[i] != x.shape[i])
      return std::nullopt;
  }
  if (rest != 0 || slice.shape[x.row] < 2 || slice.shape[x.column] < 2) return std::nullopt;
  return origin;
}
}  // namespace

std::optional<Banded> identity_seen(int64_t n, const Layout& layout, uint32_t one) {
  constexpr std::size_t kNone = SIZE_MAX;
  Banded x{layout.shape, kNone, kNone, {}};
  for (std::size_t i = 0; i < layout.shape.rank(); ++i) {
    if (layout.shape[i] == 1 || layout.strides[i] == 0) continue;
    std::size_t& axis = layout.strides[i] == 1 ? x.column : x.row;
    if (axis != kNone || (layout.strides[i] != 1 && layout.strides[i] != n)) return std::nullopt;
    axis = i;
  }
  if (x.column == kNone || x.row == kNone || layout.offset < 0) return std::nullopt;
  const int64_t row = layout.offset / n, column = layout.offset % n;
  if (column + layout.shape[x.column] > n || row + layout.shape[x.row] > n) return std::nullopt;
  Band b{column - row, 0, layout.shape[x.column], {}};
  if (!clip(b, layout.shape[x.row], layout.shape[x.column])) return std::nullopt;
  b.factors = {one, broadcast({{}, {}, 0}, x.band_shape(b))};
  x.bands.push_back(std::move(b));
  return x;
}

std::optional<Banded> bands_seen(const Banded& slot, const Layout& layout, const Shape& shape) {
  std::optional<Banded> seen;
  if (layout.offset == 0 && is_dense(layout) && layout.shape.elements() == slot.shape.elements())
    seen = reshaped_ones(slot, layout.shape);
  else if (!(seen = reordered(slot, layout)))
    if (const auto origin = origin_of(slot, layout)) seen = moved(slot, origin->row, origin->column, layout.shape);
  if (!seen) return std::nullopt;
  const std::size_t extra = shape.rank() - seen->shape.rank();
  if (seen->shape[seen->row] != shape[seen->row + extra] || seen->shape[seen->column] != shape[seen->column + extra])
    return std::nullopt;
  seen->shape = shape;
  seen->row += extra;
  seen->column += extra;
  for (Band& b : seen->bands) b.factors.layout = broadcast(b.factors.layout, seen->band_shape(b));
  return seen;
}

std::optional<Banded> padded(const Banded& x, const Ints& paddings, const Shape& shape) {
  for (std::size_t i = 0; i < x.shape.rank(); ++i)
    if (i != x.row && i != x.column && (paddings[2 * i] != 0 || paddings[2 * i + 1] != 0)) return std::nullopt;
  return moved(x, -paddings[2 * x.row], -paddings[2 * x.column], shape);
}

std::optional<Banded> mirrored(const Banded& x) {
  if (x.row + 2 != x.shape.rank() || x.column + 1 != x.shape.rank()) return std::nullopt;
  Banded out{x.shape, x.row, x.column, {}};
  for (const Band& b : x.bands) {
    if (b.offset < 0) continue;
    out.bands.push_back(b);
    if (b.offset > 0) out.bands.push_back({-b.offset, b.first + b.offset, b.count, b.factors});
  }
  return out;
}

Operand on_band(const Operand& x, const Banded& matrix, const Band& band) {
  Operand out{x.slot, broadcast(x.layout, matrix.shape)};
  Layout& l = out.layout;
  l.offset += (band.first + band.offset) * l.strides[matrix.row] + band.first * l.strides[matrix.column];
  l.strides[matrix.column] += l.strides[matrix.row];
  l.shape = matrix.band_shape(band);
  return out;
}

}  // namespace gradtape::core
