#include "sparse/ties.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
// How an axis goes through flat places.
struct AxisPlaces {
  int64_t stride, size;
  int64_t at(int64_t place) const { return place / stride % size; }
};
AxisPlaces places_along(const Shape& shape, std::size_t axis) { return {strides_of(shape)[axis], shape[axis]}; }

// Whether the place's coordinate along the axis is that of the row for each parameter. False also if that is not clear.
bool always_tied(const Link& link, const Affine& row, const AxisPlaces& source) {
  const int64_t period = source.stride * source.size;
  Affine rest{link.column.first - source.stride * row.first, link.column.steps};
  rest.first = (rest.first % period + period) % period;
  for (std::size_t p = 0; p < link.box.size(); ++p) {
    rest.steps[p] -= source.stride * row.steps[p];
    if (rest.steps[p] % period == 0) rest.steps[p] = 0;
  }
  return rest.least(link.box) >= 0 && rest.most(link.box) < source.stride;
}
bool always_tied(const Link& link, const Shape& shape, const Shape& source, const TiedAxes& t) {
  const AxisPlaces in = places_along(source, t.in), out = places_along(shape, t.out);
  if (!link.row_list && !link.column_list) return always_tied(link, link.rows[t.out], in);
  bool all = true;
  for_each_entry(link, shape, [&](int64_t i, int64_t j) { all &= out.at(i) == in.at(j); });
  return all;
}
}  // namespace

Ties tied_to_itself(const Shape& shape) {
  Ties ties{true, {}};
  for (std::size_t a = 0; a < shape.rank(); ++a)
    if (shape[a] > 1) ties.axes.push_back({a, a});
  return ties;
}

Ties ties_of(const Links& links, const Shape& source) {
  Ties ties{!links.empty(), {}};
  for (std::size_t in = 0; in < source.rank() && ties.connected; ++in)
    for (std::size_t out = 0; out < links.shape().rank(); ++out) {
      const TiedAxes t{in, out};
      if (source[in] > 1 && source[in] == links.shape()[out] &&
          std::ranges::all_of(links.all(), [&](const Link& l) { return always_tied(l, links.shape(), source, t); }))
        ties.axes.push_back(t);
    }
  return ties;
}

bool say_more(const Links& links, const Ties& ties, const Shape& source) {
  double pairs = 0, most = static_cast<double>(links.shape().elements()) * static_cast<double>(source.elements());
  for (const Link& link : links.all()) pairs += static_cast<double>(link.size());
  for (const TiedAxes& t : ties.axes) most /= static_cast<double>(source[t.in]);
  return ties.connected && pairs < most;
}

Ties chained(const Ties& to_source, const Ties& further) {
  Ties ties{to_source.connected && further.connected, {}};
  if (!ties.connected) return ties;
  for (const TiedAxes& a : to_source.axes)
    for (const TiedAxes& b : further.axes)
      if (const TiedAxes both{a.in, b.out}; a.out == b.in && std::ranges::find(ties.axes, both) == ties.axes.end())
        ties.axes.push_back(both);
  return ties;
}

Ties either(const Ties& a, const Ties& b) {
  if (!a.connected || !b.connected) return a.connected ? a : b;
  Ties ties{true, {}};
  for (const TiedAxes& t : a.axes)
    if (std::ranges::find(b.axes, t) != b.axes.end()) ties.axes.push_back(t);
  return ties;
}

Relation relation_of(const Ties& ties, std::size_t in_front_of_source, std::size_t in_front) {
  Relation r;
  for (const TiedAxes& t : ties.axes) r.ties.push_back({t.in + in_front_of_source, t.out + in_front});
  return r;
}

}  // namespace gradtape::core
