// The places in a pattern at which the entries of links lie.
#pragma once

#include <algorithm>

#include "sparse/links.hpp"

namespace gradtape::core {

// Entries first, first + 1, ... of a link, row by row of its box, go to place, place + step, ...
struct PlaceRun {
  int64_t first, count, place, step;
};
struct LinkPlaces {
  uint32_t link = 0;
  int64_t entries = 0;
  std::vector<PlaceRun> runs;  // by rising `first`
  std::vector<int32_t> list;   // where runs would be many: by entry; -1: left out
  // Set if entries come in periods, each with order.size() places: by place of a period, the entry of the period.
  std::vector<int32_t> order, rising;  // rising: the places of a period by rising entry
  int64_t period = 0, place = 0;       // entries of a period; place of the first one

  // Calls f(entry, place) for entries first to last - 1 that have places.
  template <class F>
  void for_each(int64_t first, int64_t last, F&& f) const;

  // The entries become a part of more, from `before` on. The others are left out.
  void widen(int64_t before, int64_t all);
};
struct Places {
  std::vector<LinkPlaces> of_links;  // a link's entries may go to several places
  int64_t size = 0;                  // of the pattern
  bool add_up = false;               // several entries share a place, or a place has none
};

// Entries that the pattern lacks are left out. mirrored: an entry below the diagonal goes to its mirror image as well, and
// those above are left out.
class PlaceFinder {
 public:
  PlaceFinder(const Pattern& pattern, bool mirrored) : pattern_(&pattern), mirrored_(mirrored) {}
  // In a dense matrix, which the links leave mostly out.
  PlaceFinder(int64_t rows, int64_t columns, bool mirrored) : rows_(rows), columns_(columns), mirrored_(mirrored) {}
  // The links of a tensor whose first element is a row of the pattern. They are numbered from 0 on, over all calls.
  void add(const Links& links, int64_t first_row);
  Places found();

 private:
  void add(const Link& link, const Shape& shape, int64_t first_row, bool mirror);
  void find_periods(const Link& link, std::size_t first);
  int64_t find(int64_t row, int64_t column) const;
  void check_cover();

  const Pattern* pattern_ = nullptr;  // null: all entries of a dense matrix
  int64_t rows_ = 0, columns_ = 0;
  bool mirrored_;
  Places places_;
  uint32_t next_ = 0;
};

template <class F>
void LinkPlaces::for_each(int64_t first, int64_t last, F&& f) const {
  for (int64_t k = first; k < last && !list.empty(); ++k)
    if (list[k] >= 0) f(k, list[k]);
  for (const PlaceRun& run : runs)
    for (int64_t k = std::max(first, run.first); k < std::min(last, run.first + run.count); ++k)
      f(k, run.place + run.step * (k - run.first));
  if (order.empty()) return;
  const auto step = static_cast<int64_t>(order.size());
  for (int64_t at = first / period * period; at < last; at += period) {
    auto m = std::ranges::lower_bound(rising, first - at, {}, [&](int32_t place_of) { return order[place_of]; });
    for (; m != rising.end() && at + order[*m] < last; ++m) f(at + order[*m], place + at / period * step + *m);
  }
}

}  // namespace gradtape::core
