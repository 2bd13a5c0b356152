#include "sparse/hull.hpp"

#include <algorithm>
#include <limits>

namespace gradtape::core {

Link regular_hull(std::span<const Link> links, const Shape& shape) {
  int64_t first = std::numeric_limits<int64_t>::max(), last = -1;
  for (const Link& link : links)
    for_each_entry(link, shape, [&](int64_t, int64_t j) { first = std::min(first, j), last = std::max(last, j); });
  Link whole;
  whole.box = Shape::Dims(shape.begin(), shape.end());
  whole.box.push_back(last - first + 1);
  for (std::size_t a = 0; a < shape.rank(); ++a) {
    whole.rows.push_back({0, Shape::Dims(shape.rank() + 1, 0)});
    whole.rows[a].steps[a] = 1;
  }
  whole.column = {first, Shape::Dims(shape.rank() + 1, 0)};
  whole.column.steps[shape.rank()] = 1;
  return whole;
}

}  // namespace gradtape::core
