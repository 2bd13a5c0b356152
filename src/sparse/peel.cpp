// Peeling: rows of very many entries are taken out, since each would need as many products as it has entries.
#include <algorithm>
#include <numeric>

#include "sparse/colouring.hpp"

namespace gradtape::core {

std::vector<int32_t> peel(const Pattern& p, double cost) {
  const auto length = [&](int32_t i) { return p.row_length(i); };
  std::vector<int32_t> rows(p.rows);
  std::iota(rows.begin(), rows.end(), 0);
  if (rows.empty()) return rows;
  // No more rows than pay for themselves: the longest alone costs what it would cost to take all of those out.
  const auto longest = static_cast<double>(longest_row(p));
  const auto most = std::min(rows.size(), static_cast<std::size_t>(longest / cost) + 1);
  std::ranges::partial_sort(rows, rows.begin() + static_cast<int64_t>(most), [&](int32_t a, int32_t b) {
    return length(a) != length(b) ? length(a) > length(b) : a < b;
  });
  std::size_t count = 0;
  double least = longest;
  for (std::size_t k = 1; k < most; ++k) {
    const double sum = static_cast<double>(k) * cost + static_cast<double>(length(rows[k]));
    if (sum < least) least = sum, count = k;
  }
  rows.resize(count);
  std::ranges::sort(rows);
  return rows;
}

std::vector<uint8_t> all_but(std::span<const int32_t> chosen, int64_t size) {
  std::vector<uint8_t> mask(size, 1);
  for (const int32_t i : chosen) mask[i] = 0;
  return mask;
}

Colouring colour_alone(const Pattern& p, std::span<const int32_t> columns) {
  std::vector<uint8_t> mask(p.columns);
  for (const int32_t j : columns) mask[j] = 1;
  const Pattern alone = select(p, {}, mask);
  return *colour_columns(alone, transposed(alone), columns);
}

void append(Colouring& colouring, const Colouring& more) {
  for (std::size_t i = 0; i < colouring.colours.size(); ++i)
    if (more.colours[i] >= 0) colouring.colours[i] = colouring.count + more.colours[i];
  colouring.count += more.count;
}

}  // namespace gradtape::core
