// Places of links in a pattern, as runs where they lie evenly.
#include "sparse/places.hpp"

#include <algorithm>

namespace gradtape::core {

void PlaceFinder::add(const Links& links, int64_t first_row) {
  for (const Link& link : links.all()) {
    add(link, links.shape(), first_row, false);
    if (mirrored_) add(link, links.shape(), first_row, true);
    ++next_;
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
    list.push_back(
        left_out ? -1 : static_cast<int32_t>(mirror ? find_entry(pattern_, j, row) : find_entry(pattern_, row, j)));
  });
  LinkPlaces places{next_, runs_of(list), {}};
  if (places.runs.empty()) return;
  constexpr std::size_t kLeastRun = 16;  // entries for each run; else a list is shorter
  if (places.runs.size() * kLeastRun > list.size() && places.runs.size() > kLeastRun) {
    places.runs.clear();
    places.list = std::move(list);
  }
  places_.of_links.push_back(std::move(places));
}

Places PlaceFinder::found() {
  places_.size = pattern_.nonzeros();
  std::vector<bool> taken(static_cast<std::size_t>(places_.size), false);
  int64_t covered = 0;
  const auto take = [&](int64_t place) {
    if (place < 0) return;
    places_.add_up |= taken[place];
    if (!taken[place]) ++covered;
    taken[place] = true;
  };
  for (const LinkPlaces& of : places_.of_links) {
    for (const PlaceRun& run : of.runs)
      for (int64_t k = 0; k < run.count; ++k) take(run.place + run.step * k);
    for (const int32_t place : of.list) take(place);
  }
  places_.add_up |= covered < places_.size;
  return std::move(places_);
}

}  // namespace gradtape::core
