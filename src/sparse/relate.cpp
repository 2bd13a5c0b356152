// Links through relations between the axes of an op's input and output.
#include "sparse/relate.hpp"

#include <algorithm>
#include <numeric>

#include "base/ceil_div.hpp"
#include "base/error.hpp"
#include "sparse/hull.hpp"
#include "sparse/list_limit.hpp"
#include "sparse/reshape_links.hpp"
#include "sparse/rewrite.hpp"

namespace gradtape::core {

Dependence no_dependence() { return {Dependence::Kind::none}; }
Dependence same_places() { return {Dependence::Kind::same_places, {}, Dependence::Weight::sum}; }
Dependence related(std::vector<Relation> relations, Dependence::Weight weight) {
  return {Dependence::Kind::related, std::move(relations), weight};
}

Relation broadcast_relation(const Shape& in, const Shape& out) {
  Relation r;
  const std::size_t offset = out.rank() - in.rank();
  for (std::size_t k = 0; k < in.rank(); ++k)
    if (in[k] == out[k + offset]) r.ties.push_back({k, k + offset});
  return r;
}

namespace {
constexpr int64_t kMostOrdered = int64_t{1} << 22;  // pairs of an order that are listed
constexpr int64_t kStairs = 16;                     // of an order of more pairs

void check_flat(const Shape& shape) {
  if (shape.elements() > INT32_MAX)
    fail(Status::unsupported,
         "a pattern without a regular form goes through a tensor {}, which has more than {} elements", to_string(shape),
         INT32_MAX);
}
// A coordinate of the output that is known before the ties are looked at.
struct Preset {
  std::size_t out;
  std::size_t parameter;  // its values are the coordinates
};

// A part of an order: inputs from `in` on, so many of them, and the outputs that depend on any of them.
struct Stair {
  int64_t in, ins, out, outs;
};
Stair stair_at(const OrderedAxes& order, int64_t in, int64_t ins, int64_t size) {
  ins = std::min(ins, size - in);
  if (order.falling) return {in, ins, 0, in + ins - order.gap};
  return {in, ins, in + order.gap, size - in - order.gap};
}

// Replaces the rows, coordinates in the input, by those in the output. stair: the part of the relation's order.
Rewritten relate_affine(Rewriting& w, const Relation& relation, const Shape& out, std::span<const Preset> presets,
                        const Stair& stair) {
  Link& link = w.link();
  const std::size_t ins = link.rows.size();
  for (std::size_t k = 0; k < out.rank(); ++k) link.rows.push_back(w.constant(0));
  const auto row = [&](std::size_t k) -> Affine& { return link.rows[ins + k]; };
  const auto plus = [&](const Affine& a, int64_t scale, const Affine& b, int64_t shift) {
    Affine f{a.first * scale + b.first + shift, a.steps};
    for (std::size_t p = 0; p < f.steps.size(); ++p) f.steps[p] = scale * a.steps[p] + b.steps[p];
    return f;
  };
  SmallVector<bool, 6> known(out.rank(), false);
  for (const Preset& preset : presets) {
    row(preset.out).steps[preset.parameter] = 1;
    known[preset.out] = true;
  }
  for (const Relation::Fixed& fixed : relation.fixed)
    if (const Rewritten r = w.keep_zero(plus(link.rows[fixed.in], 1, w.constant(-fixed.at), 0)); r != Rewritten::ok)
      return r;
  if (relation.order) {
    Affine f = plus(link.rows[relation.order->in], 1, w.constant(-stair.in), 0);
    if (const Rewritten r = w.keep_in_range(f, stair.ins); r != Rewritten::ok) return r;
    f = w.fresh(stair.outs);
    f.first += stair.out;
    row(relation.order->out) = std::move(f);
    known[relation.order->out] = true;
  }
  for (const Tie& tie : relation.ties) {
    Affine f = plus(link.rows[tie.in], tie.in_scale, w.constant(0), -tie.shift);
    Rewritten r;
    if (known[tie.out]) {
      r = w.keep_zero(plus(row(tie.out), -tie.out_scale, f, 0));
    } else {
      row(tie.out) = std::move(f);
      known[tie.out] = true;
      r = w.divide(row(tie.out), tie.out_scale);
      if (r == Rewritten::ok) r = w.keep_in_range(row(tie.out), out[tie.out]);
    }
    if (r != Rewritten::ok) return r;
  }
  for (std::size_t k = 0; k < out.rank(); ++k)
    if (!known[k]) row(k) = w.fresh(out[k]);
  for (std::size_t k = 0; k < ins; ++k) link.rows.erase(0);
  return Rewritten::ok;
}

Shape sizes_of(const Shape& shape, std::span<const std::size_t> axes) {
  Shape sizes;
  for (const std::size_t a : axes) sizes.push_back(shape[a]);
  return sizes;
}
// strides[k]: that of axes[k] of the shape, all axes flat.
Shape::Dims strides_of_axes(const Shape& shape, std::span<const std::size_t> axes) {
  const Shape::Dims all = strides_of(shape);
  Shape::Dims strides;
  for (const std::size_t a : axes) strides.push_back(all[a]);
  return strides;
}

// ---- Tables of an affine link

// One link of lists whose last parameters are the output's places. Nothing, unless parameters of the link count the
// places of the looked-up axes one by one.
std::optional<Link> look_up(const Link& link, const Lookup& lookup, const Shape& in, const Shape& out,
                            SmallVector<Preset, 4>& presets) {
  if (!lookup.by_output || std::ranges::find(*lookup.table, -1) != lookup.table->end()) return std::nullopt;
  const Shape places = sizes_of(in, lookup.in);
  const Shape::Dims strides = strides_of(places);
  Affine place{0, Shape::Dims(link.box.size(), 0)};
  for (std::size_t k = 0; k < lookup.in.size(); ++k) {
    const Affine& row = link.rows[lookup.in[k]];
    place.first += strides[k] * row.first;
    for (std::size_t p = 0; p < link.box.size(); ++p) place.steps[p] += strides[k] * row.steps[p];
  }
  SmallVector<std::size_t, 4> by, others;
  for (std::size_t p = 0; p < link.box.size(); ++p) (place.steps[p] != 0 ? by : others).push_back(p);
  std::ranges::sort(by, std::less<>(), [&](std::size_t p) { return place.steps[p]; });
  int64_t counted = 1;
  for (const std::size_t p : by) {
    if (place.steps[p] != counted) return std::nullopt;
    counted *= link.box[p];
    for (std::size_t a = 0; a < in.rank(); ++a)
      if (link.rows[a].steps[p] != 0 && std::ranges::find(lookup.in, a) == lookup.in.end()) return std::nullopt;
  }
  if (place.first != 0 || counted != places.elements()) return std::nullopt;

  // Both functions at the places in the table, and then for all values of the other parameters.
  const std::size_t n = lookup.table->size();
  const Affine place_before = place_of(link.origin, link.box.size());
  std::vector<int64_t> columns(n), origins(n);
  for (std::size_t k = 0; k < n; ++k)
    for (const std::size_t p : by) {
      const int64_t u = (*lookup.table)[k] / place.steps[p] % link.box[p];
      columns[k] += link.column.steps[p] * u;
      origins[k] += place_before.steps[p] * u;
    }
  Link result;
  result.origin = link.origin;
  Affine column{link.column.first, {}}, origin{place_before.first, {}};
  for (const std::size_t p : others) {
    result.box.push_back(link.box[p]);
    column.steps.push_back(link.column.steps[p]);
    origin.steps.push_back(place_before.steps[p]);
  }
  check_listed(result.size() * static_cast<int64_t>(n));
  std::vector<int32_t> column_list, origin_list;
  column_list.reserve(static_cast<std::size_t>(result.size()) * n);
  origin_list.reserve(static_cast<std::size_t>(result.size()) * n);
  for_each_pair(result.box, column, origin, [&](int64_t column_first, int64_t origin_first) {
    for (std::size_t k = 0; k < n; ++k) {
      const int64_t c = column_first + columns[k], o = origin_first + origins[k];
      column_list.push_back(link.column_list ? (*link.column_list)[c] : static_cast<int32_t>(c));
      origin_list.push_back(link.origin.list ? (*link.origin.list)[o] : static_cast<int32_t>(o));
    }
  });
  for (std::size_t a = 0; a < in.rank(); ++a) {
    Affine row{link.rows[a].first, {}};
    for (const std::size_t p : others) row.steps.push_back(link.rows[a].steps[p]);
    row.steps.resize(others.size() + lookup.out.size(), 0);
    result.rows.push_back(std::move(row));
  }
  for (const std::size_t axis : lookup.out) {
    presets.push_back({axis, result.box.size()});
    result.box.push_back(out[axis]);
  }
  result.column = {0, strides_of(Shape(result.box))};
  result.origin.at = {result.column};
  result.column_list = std::make_shared<const std::vector<int32_t>>(std::move(column_list));
  result.origin.list = std::make_shared<const std::vector<int32_t>>(std::move(origin_list));
  return result;
}

// ---- Links as lists

// The places of the output for each place of the input along the looked-up axes, as offsets in the output.
class OutputPlaces {
 public:
  OutputPlaces(const Lookup& lookup, const Shape& in, const Shape& out) {
    const Shape ins = sizes_of(in, lookup.in), outs = sizes_of(out, lookup.out);
    const Shape::Dims within = strides_of(outs), strides = strides_of_axes(out, lookup.out);
    const auto offset = [&](int64_t place) {
      int64_t value = 0;
      for (std::size_t k = 0; k < outs.rank(); ++k) value += place / within[k] % outs[k] * strides[k];
      return value;
    };
    first_.resize(static_cast<std::size_t>(ins.elements()) + 1);
    const auto for_each = [&](auto&& f) {
      for (std::size_t k = 0; k < lookup.table->size(); ++k) {
        const int64_t there = (*lookup.table)[k], here = static_cast<int64_t>(k);
        if (there >= 0) lookup.by_output ? f(there, here) : f(here, there);
      }
    };
    for_each([&](int64_t from, int64_t) { ++first_[from + 1]; });
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    offsets_.resize(static_cast<std::size_t>(first_.back()));
    std::vector<int64_t> next(first_.begin(), first_.end() - 1);
    for_each([&](int64_t from, int64_t to) { offsets_[next[from]++] = offset(to); });
  }
  std::span<const int64_t> of(int64_t place) const {
    return std::span(offsets_).subspan(first_[place], first_[place + 1] - first_[place]);
  }

 private:
  std::vector<int64_t> first_, offsets_;
};

// The part of an output element's flat place that the ties say; -1: none fits.
int64_t tied_offset(const Relation& relation, std::span<const int64_t> coordinates, const Shape& out,
                    const Shape::Dims& strides, Shape::Dims& known) {
  for (const Relation::Fixed& fixed : relation.fixed)
    if (coordinates[fixed.in] != fixed.at) return -1;
  std::fill(known.begin(), known.end(), -1);
  int64_t offset = 0;
  for (const Tie& tie : relation.ties) {
    const int64_t value = tie.in_scale * coordinates[tie.in] - tie.shift, at = value / tie.out_scale;
    if (value % tie.out_scale != 0 || at < 0 || at >= out[tie.out]) return -1;
    if (known[tie.out] >= 0 && known[tie.out] != at) return -1;
    if (known[tie.out] < 0) offset += at * strides[tie.out];
    known[tie.out] = at;
  }
  return offset;
}

// The offsets of all elements along the axes of the output that no tie and no table names.
std::vector<int64_t> free_offsets(const Relation& relation, const Shape& out) {
  SmallVector<bool, 6> named(out.rank(), false);
  for (const Tie& tie : relation.ties) named[tie.out] = true;
  if (relation.lookup)
    for (const std::size_t a : relation.lookup->out) named[a] = true;
  if (relation.order) named[relation.order->out] = true;
  SmallVector<std::size_t, 6> axes;
  for (std::size_t a = 0; a < out.rank(); ++a)
    if (!named[a]) axes.push_back(a);
  const Affine offset{0, strides_of_axes(out, axes)};
  const Shape sizes = sizes_of(out, axes);
  std::vector<int64_t> offsets;
  for_each_pair(Shape::Dims(sizes.begin(), sizes.end()), offset, offset,
                [&](int64_t at, int64_t) { offsets.push_back(at); });
  return offsets;
}

Link relate_list(const Link& list, const Relation& relation, const Shape& in, const Shape& out) {
  const Shape::Dims in_strides = strides_of(in), out_strides = strides_of(out);
  std::optional<OutputPlaces> places;
  Shape looked_up;
  Shape::Dims place_strides;
  if (relation.lookup) {
    places.emplace(*relation.lookup, in, out);
    looked_up = sizes_of(in, relation.lookup->in);
    place_strides = strides_of(looked_up);
  }
  const std::vector<int64_t> free = free_offsets(relation, out);
  const std::optional<OrderedAxes>& order = relation.order;
  const int64_t ordered_stride = order ? out_strides[order->out] : 0;
  const int64_t nowhere = 0;
  const bool with_origin = list.origin.list != nullptr;
  std::vector<int32_t> rows, columns, origins;
  rows.reserve(list.row_list->size());
  columns.reserve(list.row_list->size());
  Shape::Dims coordinates(in.rank(), 0), known(out.rank(), -1);
  std::span<const int64_t> looked(&nowhere, 1);
  int64_t tied = -1;
  for (int64_t e = 0; e < list.box[0]; ++e) {
    const int64_t row = (*list.row_list)[e];
    if (e == 0 || row != (*list.row_list)[e - 1]) {
      for (std::size_t a = 0; a < in.rank(); ++a) coordinates[a] = row / in_strides[a] % in[a];
      tied = tied_offset(relation, coordinates, out, out_strides, known);
      if (places && tied >= 0) {
        int64_t place = 0;
        for (std::size_t k = 0; k < looked_up.rank(); ++k)
          place += coordinates[relation.lookup->in[k]] * place_strides[k];
        looked = places->of(place);
      }
    }
    if (tied < 0) continue;
    const Stair stair = order ? stair_at(*order, coordinates[order->in], 1, in[order->in]) : Stair{0, 1, 0, 1};
    check_listed(static_cast<int64_t>(rows.size()) +
                 static_cast<int64_t>(looked.size() * free.size()) * std::max<int64_t>(0, stair.outs));
    for (int64_t k = 0; k < stair.outs; ++k)
      for (const int64_t at : looked)
        for (const int64_t more : free) {
          rows.push_back(static_cast<int32_t>(tied + (stair.out + k) * ordered_stride + at + more));
          columns.push_back((*list.column_list)[e]);
          if (with_origin) origins.push_back((*list.origin.list)[e]);
        }
  }
  Link result;
  result.box = {static_cast<int64_t>(rows.size())};
  result.column = {0, {1}};
  result.row_list = std::make_shared<const std::vector<int32_t>>(std::move(rows));
  result.column_list = std::make_shared<const std::vector<int32_t>>(std::move(columns));
  if (!with_origin) return result;
  result.origin = list.origin;
  result.origin.list = std::make_shared<const std::vector<int32_t>>(std::move(origins));
  return result;
}

bool is_identity(const Relation& r, const Shape& in, const Shape& out) {
  if (r.lookup || r.order || !r.fixed.empty() || r.ties.size() != in.rank() || !(in == out)) return false;
  for (std::size_t k = 0; k < r.ties.size(); ++k) {
    const Tie& t = r.ties[k];
    if (t.in != k || t.out != k || t.shift != 0 || t.in_scale != 1 || t.out_scale != 1) return false;
  }
  return true;
}

void relate(const Link& link, const Relation& relation, const Shape& in, Links& out) {
  const auto by_list = [&] {
    check_listed(link.size());
    check_flat(in);
    check_flat(out.shape());
    const bool is_list = link.row_list && !out.exactly();
    out.add(relate_list(is_list ? link : listed(link, in, out.exactly()), relation, in, out.shape()));
  };
  if (is_identity(relation, in, out.shape())) return out.add(link);
  if (link.row_list && relation.order && !out.exactly() &&
      link.size() > std::min(kMostOrdered, most_listed()) / in[relation.order->in]) {
    Relation whole = relation;  // the axis without its order, of links without lists
    whole.order.reset();
    return relate(regular_hull(std::span(&link, 1), in), whole, in, out);
  }
  if (link.row_list) return by_list();
  SmallVector<Preset, 4> presets;
  Link start = link;
  if (relation.lookup) {
    std::optional<Link> found = look_up(link, *relation.lookup, in, out.shape(), presets);
    if (!found) return by_list();
    start = std::move(*found);
  }
  const int64_t size = relation.order ? in[relation.order->in] : 1;
  int64_t ins = 1;
  if (size > kFewOrdered) {
    if (out.exactly() || link.size() <= std::min(kMostOrdered, most_listed()) / size) return by_list();
    ins = ceil_div(size, kStairs);
  }
  std::vector<Link> found;
  for (int64_t first = 0; first < size; first += ins) {
    const Stair stair = relation.order ? stair_at(*relation.order, first, ins, size) : Stair{0, 1, 0, 1};
    if (stair.outs <= 0) continue;
    Rewriting w(start);
    const Rewritten r = relate_affine(w, relation, out.shape(), presets, stair);
    if (r == Rewritten::unknown) return by_list();
    if (r == Rewritten::ok) found.push_back(std::move(w.link()));
  }
  for (Link& l : found) out.add(std::move(l));
}
}  // namespace

namespace {
Origin origin_of_itself(const Link& link, uint32_t input, uint32_t index) {
  Origin origin{input, index, link.box, {}, nullptr};
  for (std::size_t p = 0; p < link.box.size(); ++p) {
    origin.at.push_back({0, Shape::Dims(link.box.size(), 0)});
    origin.at[p].steps[p] = 1;
  }
  return origin;
}
}  // namespace

void add_dependent(const Links& in, const Dependence& dependence, uint32_t input, Links& out) {
  if (dependence.kind == Dependence::Kind::none || out.shape().elements() == 0) return;
  static const std::vector<Relation> everything(1);
  const bool all = dependence.kind == Dependence::Kind::all;
  const std::vector<Relation>& relations = all ? everything : dependence.relations;
  for (uint32_t l = 0; l < in.all().size(); ++l) {
    Link link = in.all()[l];
    link.origin = out.exactly() ? origin_of_itself(link, input, l) : Origin();
    if (dependence.kind == Dependence::Kind::same_places) {
      reshape_link(link, in.shape(), out);
      continue;
    }
    for (const Relation& relation : relations) relate(link, relation, in.shape(), out);
  }
}

}  // namespace gradtape::core
