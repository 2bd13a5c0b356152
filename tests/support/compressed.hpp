// Products of compressed matrices, and the check that each entry can be read from them.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "sparse/compression.hpp"

namespace gradtape::core {

inline std::vector<double> random_values(const Pattern& p, bool symmetric) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> number(0.5, 1.5);
  std::vector<double> values(p.indices.size());
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) {
      values[at] = number(random);
      if (symmetric && p.indices[at] < i) values[at] = values[find_entry(p, p.indices[at], i)];
    }
  return values;
}

// [forward, rows], then [reverse, columns].
inline std::vector<double> products(const Pattern& p, const Compression& c, const std::vector<double>& values) {
  std::vector<double> all(c.forward * p.rows + c.reverse * p.columns);
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) {
      const int64_t j = p.indices[at];
      if (c.column_colours[j] >= 0) all[c.column_colours[j] * p.rows + i] += values[at];
      if (c.row_colours[i] >= 0) all[c.forward * p.rows + c.row_colours[i] * p.columns + j] += values[at];
    }
  return all;
}

inline std::vector<int64_t> used_colours(const std::vector<int32_t>& colours, int32_t count) {
  std::vector<int64_t> used(count);
  for (const int32_t colour : colours)
    if (colour >= 0) ++used.at(colour);
  return used;
}

// Random numbers in the pattern come back from their products exactly. No product is empty.
inline testing::AssertionResult check_compression(const Pattern& p, const Compression& c, bool symmetric = false) {
  const auto wrong = [] { return testing::AssertionFailure(); };
  if (static_cast<int64_t>(c.column_colours.size()) != p.columns) return wrong() << "column_colours lacks columns";
  if (static_cast<int64_t>(c.row_colours.size()) != p.rows) return wrong() << "row_colours lacks rows";
  if (c.read_at.size() != p.indices.size()) return wrong() << "read_at lacks entries";
  for (const int64_t columns : used_colours(c.column_colours, c.forward))
    if (columns == 0) return wrong() << "a forward product without columns";
  for (const int64_t rows : used_colours(c.row_colours, c.reverse))
    if (rows == 0) return wrong() << "a reverse product without rows";
  const std::vector<double> values = random_values(p, symmetric), all = products(p, c, values);
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) {
      const int64_t place = c.read_at[at], j = p.indices[at];
      if (place < 0 || place >= static_cast<int64_t>(all.size()))
        return wrong() << "entry (" << i << ", " << j << ") is read at " << place << " of " << all.size();
      if (all[place] != values[at])
        return wrong() << "entry (" << i << ", " << j << ") is " << values[at] << ", read " << all[place];
      if (symmetric && place != c.read_at[find_entry(p, j, i)])
        return wrong() << "entry (" << i << ", " << j << ") and its mirror image have two places";
    }
  return testing::AssertionSuccess();
}

}  // namespace gradtape::core
