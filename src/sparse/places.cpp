// Places of links in a pattern, as runs where they lie evenly.
#include "sparse/places.hpp"

#include <algorithm>
#include <numeric>

namespace gradtape::core {

void LinkPlaces::widen(int64_t before, int64_t all) {
  if (before == 0 && all == entries) return;
  if (!order.empty()) {
    std::vector<int32_t> places(static_cast<std::size_t>(entries), -1);
    for_each(0, entries, [&](int64_t k, int64_t at) { places[k] = static_cast<int32_t>(at); });
    list = std::move(places);
    order.clear();
  }
  for (PlaceRun& run : runs) run.first += before;
  if (!list.empty()) {
    list.insert(list.begin(), static_cast<std::size_t>(before), -1);
    list.resize(static_cast<std::size_t>(all), -1);
  }
  entries = all;
}

void PlaceFinder::add(const Links& links, int64_t first_row) {
  for (const Link& link : links.all()) {
    const std::size_t first = places_.of_links.size();
    add(link, links.shape(), first_row, false);
    if (mirrored_) add(link, links.shape(), first_row, true);
    if (!link.row_list && !link.column_list) find_periods(link, first);
    ++next_;
  }
}

namespace {
// The entry that has each place of the first period; empty: places of the period are not side by side.
std::vector<int32_t> order_of(std::span<const LinkPlaces> all, int64_t period, int64_t& first) {
  std::vector<std::pair<int32_t, int32_t>> taken;  // place, entry
  for (const LinkPlaces& of : all)
    of.for_each(0, period, [&](int64_t k, int64_t place) { taken.push_back({place, k}); });
  std::ranges::sort(taken);
  std::vector<int32_t> order;
  for (const auto& [place, entry] : taken) {
    if (place != taken[0].first + static_cast<int32_t>(order.size())) return {};
    order.push_back(entry);
  }
  if (!taken.empty()) first = taken[0].first;
  return order;
}
}  // namespace

// One list of the link's places in a period, in place of lists for each time that it is written.
void PlaceFinder::find_periods(const Link& link, std::size_t first) {
  std::vector<LinkPlaces>& all = places_.of_links;
  const auto is_listed = [](const LinkPlaces& of) { return !of.list.empty(); };
  if (std::none_of(all.begin() + static_cast<long>(first), all.end(), is_listed)) return;
  const int64_t entries = all[first].entries;
  int64_t period = 1;
  for (std::size_t p = link.box.size(); p-- > 1;) {
    period *= link.box[p];
    LinkPlaces joined{next_, entries, {}, {}, {}, {}, period, 0};
    joined.order = order_of(std::span(all).subspan(first), period, joined.place);
    joined.rising.resize(joined.order.size());
    std::iota(joined.rising.begin(), joined.rising.end(), 0);
    std::ranges::stable_sort(joined.rising, {}, [&](int32_t m) { return joined.order[m]; });
    const auto step = static_cast<int64_t>(joined.order.size());
    const auto repeats = [&](const LinkPlaces& of) {
      std::vector<int64_t> of_period(static_cast<std::size_t>(period), -1);
      bool same = true;
      int64_t count = 0, expected = 0;
      of.for_each(0, period, [&](int64_t k, int64_t place) { of_period[k] = place, ++expected; });
      of.for_each(0, entries, [&](int64_t k, int64_t place) {
        same &= of_period[k % period] >= 0 && place == of_period[k % period] + k / period * step, ++count;
      });
      return same && count == expected * (entries / period);
    };
    if (step == 0 || period == entries || !std::all_of(all.begin() + static_cast<long>(first), all.end(), repeats))
      continue;
    all.resize(first);
    all.push_back(std::move(joined));
    return;
  }
}

namespace {
// Runs of entries whose places are even, as long as can be. -1 ends a run.
std::vector<PlaceRun> runs_of(const std::vector<int32_t>& list) {
  std::vector<PlaceRun> runs;
  for (int64_t k = 0; k < static_cast<int64_t>(list.size()); ++k) {
    if (list[k] < 0) continue;
    if (!runs.empty()) {
      PlaceRun& run = runs.back();
      if (run.first + run.count == k) {
        if (run.count == 1) run.step = list[k] - run.place;
        if (run.place + run.step * run.count == list[k]) {
          ++run.count;
          continue;
        }
      }
    }
    runs.push_back({k, 1, list[k], 0});
  }
  return runs;
}
}  // namespace

void PlaceFinder::add(const Link& link, const Shape& shape, int64_t first_row, bool mirror) {
  std::vector<int32_t> list;
  list.reserve(static_cast<std::size_t>(link.size()));
  for_each_entry(link, shape, [&](int64_t i, int64_t j) {
    const int64_t row = first_row + i;
    const bool left_out = (mirrored_ && j > row) || (mirror && j == row);
    list.push_back(left_out ? -1 : static_cast<int32_t>(mirror ? find(j, row) : find(row, j)));
  });
  LinkPlaces places{next_, static_cast<int64_t>(list.size()), runs_of(list), {}, {}, {}};
  if (places.runs.empty()) return;
  constexpr std::size_t kLeastRun = 16;  // entries for each run; else a list is shorter
  if (places.runs.size() * kLeastRun > list.size() && places.runs.size() > kLeastRun) {
    places.runs.clear();
    places.list = std::move(list);
  }
  places_.of_links.push_back(std::move(places));
}

int64_t PlaceFinder::find(int64_t row, int64_t column) const {
  return pattern_ ? find_entry(*pattern_, row, column) : row * columns_ + column;
}

Places PlaceFinder::found() {
  places_.size = pattern_ ? pattern_->nonzeros() : rows_ * columns_;
  if (pattern_)
    check_cover();
  else
    places_.add_up = true;
  return std::move(places_);
}

void PlaceFinder::check_cover() {
  std::vector<bool> taken(static_cast<std::size_t>(places_.size), false);
  int64_t covered = 0;
  const auto take = [&](int64_t place) {
    if (place < 0) return;
    places_.add_up |= taken[place];
    if (!taken[place]) ++covered;
    taken[place] = true;
  };
  for (const LinkPlaces& of : places_.of_links) {
    of.for_each(0, of.entries, [&](int64_t, int64_t place) { take(place); });
  }
  places_.add_up |= covered < places_.size;
}

}  // namespace gradtape::core
