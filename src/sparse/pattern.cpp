// Patterns of sparse matrices: transposition, selection and look-up.
#include "sparse/pattern.hpp"

#include <algorithm>

namespace gradtape::core {

int64_t longest_row(const Pattern& p) {
  int64_t longest = 0;
  for (int64_t i = 0; i < p.rows; ++i) longest = std::max(longest, p.row_length(i));
  return longest;
}

// A counting sort by columns. Rows come in rising order, so the result's columns rise.
Pattern transposed(const Pattern& p) {
  Pattern t{p.columns, p.rows, std::vector<int64_t>(static_cast<std::size_t>(p.columns) + 1),
            std::vector<int32_t>(p.indices.size())};
  for (const int32_t column : p.indices) ++t.offsets[column + 1];
  for (int64_t j = 0; j < p.columns; ++j) t.offsets[j + 1] += t.offsets[j];
  std::vector<int64_t> next(t.offsets.begin(), t.offsets.end() - 1);
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at)
      t.indices[next[p.indices[at]]++] = static_cast<int32_t>(i);
  return t;
}

bool is_symmetric(const Pattern& p) { return p.rows == p.columns && transposed(p) == p; }

Pattern select(const Pattern& p, std::span<const uint8_t> rows, std::span<const uint8_t> columns) {
  Pattern s{p.rows, p.columns, {0}, {}};
  s.offsets.reserve(static_cast<std::size_t>(p.rows) + 1);
  s.indices.reserve(p.indices.size());
  for (int64_t i = 0; i < p.rows; ++i) {
    if (rows.empty() || rows[i])
      for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at)
        if (columns.empty() || columns[p.indices[at]]) s.indices.push_back(p.indices[at]);
    s.offsets.push_back(s.nonzeros());
  }
  return s;
}

int64_t find_entry(const Pattern& p, int64_t row, int64_t column) {
  const auto first = p.indices.begin() + p.offsets[row], last = p.indices.begin() + p.offsets[row + 1];
  const auto it = std::lower_bound(first, last, static_cast<int32_t>(column));
  return it != last && *it == column ? it - p.indices.begin() : -1;
}

}  // namespace gradtape::core
