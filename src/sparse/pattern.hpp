// The pattern of a sparse matrix: the places of the entries that may be other than 0, row by row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gradtape::core {

// Compressed sparse rows. The columns of row i stand at offsets[i] up to offsets[i + 1], rising, each once.
struct Pattern {
  int64_t rows = 0, columns = 0;
  std::vector<int64_t> offsets = {0};  // rows + 1
  std::vector<int32_t> indices;        // columns; a matrix has fewer than 2^31 rows and columns

  int64_t nonzeros() const { return static_cast<int64_t>(indices.size()); }
  int64_t row_length(int64_t row) const { return offsets[row + 1] - offsets[row]; }
  bool operator==(const Pattern&) const = default;
};

int64_t longest_row(const Pattern& p);
Pattern transposed(const Pattern& p);
// Whether entry (j, i) is there for each entry (i, j).
bool is_symmetric(const Pattern& p);
// The entries in the rows and columns for which the masks have 1; an empty mask has 1 for all. The shape stays.
Pattern select(const Pattern& p, std::span<const uint8_t> rows, std::span<const uint8_t> columns);
// The place of entry (i, j) in row-major order; -1: it is not there.
int64_t find_entry(const Pattern& p, int64_t row, int64_t column);

}  // namespace gradtape::core
