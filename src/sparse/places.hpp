// The places in a pattern at which the entries of links lie.
#pragma once

#include "sparse/links.hpp"

namespace gradtape::core {

// Entries first, first + 1, ... of a link, row by row of its box, go to place, place + step, ...
struct PlaceRun {
  int64_t first, count, place, step;
};
struct LinkPlaces {
  uint32_t link = 0;
  std::vector<PlaceRun> runs;  // by rising `first`
  std::vector<int32_t> list;   // where runs would be many: by entry; -1: left out
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
  PlaceFinder(const Pattern& pattern, bool mirrored) : pattern_(pattern), mirrored_(mirrored) {}
  // The links of a tensor whose first element is a row of the pattern. They are numbered from 0 on, over all calls.
  void add(const Links& links, int64_t first_row);
  Places found();

 private:
  void add(const Link& link, const Shape& shape, int64_t first_row, bool mirror);
  const Pattern& pattern_;
  bool mirrored_;
  Places places_;
  uint32_t next_ = 0;
};

}  // namespace gradtape::core
