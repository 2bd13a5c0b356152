// Affine functions on boxes, the union of links, and links as lists and patterns.
#include "sparse/links.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "sparse/lines.hpp"
#include "sparse/link_shift.hpp"
#include "sparse/list_limit.hpp"
#include "sparse/rewrite.hpp"

namespace gradtape::core {

namespace {
constexpr std::size_t kMostLinks = 64;  // of a tensor, that are affine; more are listed

int64_t product(const Shape::Dims& box) {
  int64_t n = 1;
  for (const int64_t d : box) n *= d;
  return n;
}
}  // namespace

int64_t Affine::at(const Shape::Dims& u) const {
  int64_t value = first;
  for (std::size_t p = 0; p < u.size(); ++p) value += steps[p] * u[p];
  return value;
}
int64_t Affine::least(const Shape::Dims& box) const {
  int64_t value = first;
  for (std::size_t p = 0; p < box.size(); ++p) value += std::min<int64_t>(0, steps[p] * (box[p] - 1));
  return value;
}
int64_t Affine::most(const Shape::Dims& box) const {
  int64_t value = first;
  for (std::size_t p = 0; p < box.size(); ++p) value += std::max<int64_t>(0, steps[p] * (box[p] - 1));
  return value;
}

int64_t Link::size() const { return product(box); }

Affine flat_row(const Link& link, const Shape& shape) {
  if (link.row_list) return {0, {1}};
  Affine flat{0, Shape::Dims(link.box.size(), 0)};
  const Shape::Dims strides = strides_of(shape);
  for (std::size_t a = 0; a < link.rows.size(); ++a) {
    flat.first += link.rows[a].first * strides[a];
    for (std::size_t p = 0; p < link.box.size(); ++p) flat.steps[p] += link.rows[a].steps[p] * strides[a];
  }
  return flat;
}

Affine place_of(const Origin& origin, std::size_t parameters) {
  if (origin.list) return origin.at[0];
  Affine place{0, Shape::Dims(parameters, 0)};
  const Shape::Dims strides = strides_of(Shape(origin.box));
  for (std::size_t k = 0; k < origin.at.size(); ++k) {
    place.first += strides[k] * origin.at[k].first;
    for (std::size_t p = 0; p < parameters; ++p) place.steps[p] += strides[k] * origin.at[k].steps[p];
  }
  return place;
}

Links links_of_source(const Shape& shape, int64_t first, bool exactly) {
  Links links(shape, exactly);
  Link link;
  link.box = Shape::Dims(shape.begin(), shape.end());
  for (std::size_t a = 0; a < shape.rank(); ++a) {
    link.rows.push_back({0, Shape::Dims(shape.rank(), 0)});
    link.rows[a].steps[a] = 1;
  }
  link.column = {first, strides_of(shape)};
  links.add(std::move(link));
  return links;
}

namespace {
Table places_of_origin(const Link& link) {
  std::vector<int32_t> places;
  places.reserve(static_cast<std::size_t>(link.size()));
  const int32_t* list = link.origin.list ? link.origin.list->data() : nullptr;
  const Affine place = place_of(link.origin, link.box.size());
  for_each_pair(link.box, place, place,
                [&](int64_t at, int64_t) { places.push_back(list ? list[at] : static_cast<int32_t>(at)); });
  return std::make_shared<const std::vector<int32_t>>(std::move(places));
}
}  // namespace

Link listed(const Link& link, const Shape& shape, bool with_origin) {
  std::vector<int32_t> rows, columns;
  rows.reserve(static_cast<std::size_t>(link.size()));
  columns.reserve(static_cast<std::size_t>(link.size()));
  for_each_entry(link, shape, [&](int64_t i, int64_t j) {
    rows.push_back(static_cast<int32_t>(i));
    columns.push_back(static_cast<int32_t>(j));
  });
  Link list;
  list.box = {static_cast<int64_t>(rows.size())};
  list.column = {0, {1}};
  list.row_list = std::make_shared<const std::vector<int32_t>>(std::move(rows));
  list.column_list = std::make_shared<const std::vector<int32_t>>(std::move(columns));
  if (!with_origin) return list;
  list.origin = link.origin;
  list.origin.at = {{0, {1}}};
  list.origin.list = places_of_origin(link);
  return list;
}

// ---- Unions

void Links::add(Link link) {
  for (const int64_t n : link.box)
    if (n <= 0) return;
  if (!exactly_) link.origin = {};
  bring_to_order(link, exactly_);
  if (exactly_) return all_.push_back(std::move(link));
  if (absorb(link)) return;
  if (link.row_list) return add_list(std::move(link));
  all_.push_back(std::move(link));
  if (++affine_ > kMostLinks) list_affine();
}

void Links::add(const Links& others) {
  for (const Link& link : others.all()) add(link);
}

namespace {
bool have_same_steps(const Link& a, const Link& b) {
  const auto same = [](const Affine& x, const Affine& y) { return std::ranges::equal(x.steps, y.steps); };
  return a.box.size() == b.box.size() && a.rows.size() == b.rows.size() && same(a.column, b.column) &&
         std::ranges::equal(a.rows, b.rows, same);
}
}  // namespace

std::optional<Shape::Dims> shift_between(const Link& a, const Link& b) {
  if (a.row_list || b.row_list || a.column_list || b.column_list || !have_same_steps(a, b)) return std::nullopt;
  Shape::Dims t(a.box.size(), 0);
  SmallVector<bool, 6> known(a.box.size(), false);
  const auto learn = [&](const Affine& x, const Affine& y) {
    std::size_t unknown = a.box.size();
    int64_t rest = y.first - x.first;
    for (std::size_t p = 0; p < a.box.size(); ++p) {
      if (x.steps[p] == 0) continue;
      if (known[p]) {
        rest -= x.steps[p] * t[p];
        continue;
      }
      if (unknown < a.box.size()) return;  // two of them
      unknown = p;
    }
    if (unknown == a.box.size()) return;
    t[unknown] = rest / x.steps[unknown];
    known[unknown] = true;
  };
  for (std::size_t k = 0; k < a.rows.size(); ++k) learn(a.rows[k], b.rows[k]);
  learn(a.column, b.column);
  if (std::ranges::find(known, false) != known.end()) return std::nullopt;
  for (std::size_t k = 0; k < a.rows.size(); ++k)
    if (a.rows[k].at(t) != b.rows[k].first) return std::nullopt;
  if (a.column.at(t) != b.column.first) return std::nullopt;
  return t;
}

namespace {
// Makes `a` the union of both if that is a box.
bool unite(Link& a, const Link& b) {
  const auto t = shift_between(a, b);
  if (!t) return false;
  std::size_t other = 0, different = 0;  // the last axis along which the boxes differ, and the number of such axes
  bool inside = true;
  for (std::size_t p = 0; p < a.box.size(); ++p) {
    inside &= (*t)[p] >= 0 && (*t)[p] + b.box[p] <= a.box[p];
    if ((*t)[p] == 0 && a.box[p] == b.box[p]) continue;
    other = p;
    ++different;
  }
  if (inside) return true;
  if (different > 1) return false;
  const int64_t first = (*t)[other], last = first + b.box[other];
  if (first > a.box[other] || last < 0) return false;
  const int64_t begin = std::min<int64_t>(0, first);
  const auto move = [&](Affine& f) { f.first += f.steps[other] * begin; };
  for (Affine& f : a.rows) move(f);
  move(a.column);
  a.box[other] = std::max(a.box[other], last) - begin;
  return true;
}
// Makes `a`, a pair or a line of pairs, the union of it and a pair, if that is a line.
bool extend(Link& a, const Link& pair) {
  const auto for_each = [&](auto&& f) {
    for (std::size_t k = 0; k < a.rows.size(); ++k) f(a.rows[k], pair.rows[k].first);
    f(a.column, pair.column.first);
  };
  if (a.box.empty()) {
    a.box = {2};
    for_each([](Affine& f, int64_t to) { f.steps = {to - f.first}; });
    bring_to_order(a, false);
    return true;
  }
  int64_t u = -2;
  for_each([&](Affine& f, int64_t to) {
    if (f.steps[0] != 0 && u == -2) u = (to - f.first) / f.steps[0];
  });
  bool fits = u >= -1 && u <= a.box[0];
  for_each([&](Affine& f, int64_t to) { fits &= f.first + f.steps[0] * u == to; });
  if (!fits) return false;
  if (u < 0) for_each([](Affine& f, int64_t to) { f.first = to; });
  if (u < 0 || u == a.box[0]) ++a.box[0];
  return true;
}
}  // namespace

bool Links::absorb(const Link& link) {
  const bool is_pair = link.box.empty() && !link.row_list && !link.column_list;
  for (Link& own : all_) {
    if (own.row_list != link.row_list || own.column_list != link.column_list) continue;
    if (is_pair && own.box.size() < 2 && extend(own, link)) return true;
    if (link.row_list) {
      if (own.column == link.column && std::ranges::equal(own.box, link.box)) return true;
      continue;
    }
    if (unite(own, link) || extend_line(own, link)) return true;
  }
  return false;
}

namespace {
// One link with each pair of all of them once, in order.
Link one_list(std::span<const Link> links, const Shape& shape) {
  int64_t pairs = 0, columns = 0;
  for (const Link& link : links) {
    pairs += link.size();
    for_each_entry(link, shape, [&](int64_t, int64_t j) { columns = std::max(columns, j + 1); });
  }
  std::vector<int32_t> rows, indices;
  if (pairs < shape.elements() / 2) {  // a pattern would have more rows than that
    std::vector<std::pair<int32_t, int32_t>> all;
    all.reserve(static_cast<std::size_t>(pairs));
    for (const Link& link : links)
      for_each_entry(link, shape,
                     [&](int64_t i, int64_t j) { all.emplace_back(static_cast<int32_t>(i), static_cast<int32_t>(j)); });
    if (!std::ranges::is_sorted(all)) std::ranges::sort(all);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    for (const auto& [i, j] : all) rows.push_back(i), indices.push_back(j);
  } else {
    Pattern p = pattern_of(links, shape, columns);
    rows.reserve(p.indices.size());
    for (int64_t i = 0; i < p.rows; ++i)
      rows.insert(rows.end(), static_cast<std::size_t>(p.offsets[i + 1] - p.offsets[i]), static_cast<int32_t>(i));
    indices = std::move(p.indices);
  }
  Link list;
  list.box = {static_cast<int64_t>(rows.size())};
  list.column = {0, {1}};
  list.row_list = std::make_shared<const std::vector<int32_t>>(std::move(rows));
  list.column_list = std::make_shared<const std::vector<int32_t>>(std::move(indices));
  return list;
}
}  // namespace

void Links::list_affine() {
  const auto lists = std::stable_partition(all_.begin(), all_.end(), [](const Link& link) { return link.row_list; });
  std::vector<Link> few(std::make_move_iterator(lists), std::make_move_iterator(all_.end()));
  gather_lines(few);
  std::ranges::move(few, lists);
  all_.erase(lists + static_cast<std::ptrdiff_t>(few.size()), all_.end());
  affine_ = few.size();
  if (affine_ <= kMostLinks / 2) return;
  int64_t pairs = 0;
  for (auto link = lists; link != all_.end(); ++link) pairs += link->size();
  check_listed(pairs);
  Link list = one_list(std::span(lists, all_.end()), shape_);
  all_.erase(lists, all_.end());
  affine_ = 0;
  add_list(std::move(list));
}

// Lists stand first, each at most half as long as the one before it. So a pair is merged a few times, however many
// lists there are.
void Links::add_list(Link list) {
  std::size_t lists = all_.size() - affine_;
  const auto end = [&] { return all_.begin() + static_cast<std::ptrdiff_t>(lists); };
  if (lists < all_.size())
    std::stable_partition(all_.begin(), all_.end(), [](const Link& link) { return link.row_list; });
  while (lists > 0 && all_[lists - 1].size() < 2 * list.size()) {
    const Link both[] = {std::move(all_[lists - 1]), std::move(list)};
    all_.erase(end() - 1);
    --lists;
    list = one_list(both, shape_);
  }
  all_.insert(end(), std::move(list));
}

// ---- Patterns

namespace {
// Sorts a row by its rising runs, which mostly are few.
void merge_runs(int32_t* row, int64_t n) {
  SmallVector<int64_t, 16> ends;
  for (int64_t k = 1; k <= n; ++k)
    if (k == n || row[k] < row[k - 1]) ends.push_back(k);
  while (ends.size() > 1) {
    SmallVector<int64_t, 16> fewer;
    int64_t begin = 0;
    for (std::size_t k = 0; k < ends.size(); k += 2) {
      const int64_t end = ends[std::min(k + 1, ends.size() - 1)];
      std::inplace_merge(row + begin, row + ends[k], row + end);
      fewer.push_back(end);
      begin = end;
    }
    ends = std::move(fewer);
  }
}
// Sorts a row, which mostly is short and nearly in order, and leaves each column once. Returns the number of columns.
int64_t put_in_order(int32_t* row, int64_t n) {
  if (n <= 24) {
    for (int64_t k = 1; k < n; ++k) {
      const int32_t column = row[k];
      int64_t at = k;
      for (; at > 0 && row[at - 1] > column; --at) row[at] = row[at - 1];
      row[at] = column;
    }
  } else {
    merge_runs(row, n);
  }
  return std::unique(row, row + n) - row;
}
}  // namespace

Pattern pattern_of(const Links& links, int64_t columns) { return pattern_of(links.all(), links.shape(), columns); }

Pattern pattern_of(std::span<const Link> links, const Shape& shape, int64_t columns) {
  const int64_t rows = shape.elements();
  if (rows > INT32_MAX || columns > INT32_MAX)
    fail(Status::unsupported, "a pattern of {} rows and {} columns: at most 2147483647 of each are supported", rows,
         columns);
  Pattern p{rows, columns, std::vector<int64_t>(static_cast<std::size_t>(rows) + 1), {}};
  for (const Link& link : links) for_each_entry(link, shape, [&](int64_t i, int64_t) { ++p.offsets[i + 1]; });
  std::partial_sum(p.offsets.begin(), p.offsets.end(), p.offsets.begin());
  p.indices.resize(static_cast<std::size_t>(p.offsets[rows]));
  // offsets[i] runs from the beginning of row i to that of row i + 1.
  for (const Link& link : links)
    for_each_entry(link, shape, [&](int64_t i, int64_t j) { p.indices[p.offsets[i]++] = static_cast<int32_t>(j); });
  int64_t begin = 0, kept = 0;
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t end = p.offsets[i];
    int32_t* row = p.indices.data() + begin;
    const int64_t n = put_in_order(row, end - begin);
    if (kept != begin) std::copy_n(row, n, p.indices.data() + kept);
    p.offsets[i] = kept;
    kept += n;
    begin = end;
  }
  p.offsets[rows] = kept;
  p.indices.resize(static_cast<std::size_t>(kept));
  return p;
}

bool samples_stay_apart(const Links& links, int64_t sample_size) {
  const int64_t row_size = links.shape().without_leading().elements();
  const auto apart = [&](const Link& link) {
    if (link.row_list || link.column_list) {
      bool all = true;
      for_each_entry(link, links.shape(), [&](int64_t i, int64_t j) { all &= i / row_size == j / sample_size; });
      return all;
    }
    Affine within{link.column.first - sample_size * link.rows[0].first, link.column.steps};
    for (std::size_t p = 0; p < link.box.size(); ++p) within.steps[p] -= sample_size * link.rows[0].steps[p];
    return within.least(link.box) >= 0 && within.most(link.box) < sample_size;
  };
  return std::ranges::all_of(links.all(), apart);
}

}  // namespace gradtape::core
