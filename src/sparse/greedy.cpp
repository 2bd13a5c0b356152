// First-fit colouring of columns: each takes the least colour that no column in one of its rows has.
#include <algorithm>
#include <bit>

#include "sparse/colouring.hpp"

namespace gradtape::core {

namespace {
// The colours in rows of very many entries, as bits. To visit the entries of such a row for each of its columns would
// take time that grows with the square of its length.
class LongRows {
 public:
  explicit LongRows(const Pattern& p) {
    const int64_t longest = longest_row(p);
    const int64_t least = std::max<int64_t>(256, longest / 64);  // so few rows are long that their bits need little
    if (longest < least) return;
    place_.assign(p.rows, -1);
    for (int64_t i = 0; i < p.rows; ++i)
      if (p.row_length(i) >= least) place_[i] = static_cast<int32_t>(rows_.size()), rows_.emplace_back();
  }

  // Begins a column.
  void clear() { chosen_.clear(), first_ = 0; }
  // Whether the row is long; the column is in it then.
  bool choose(int32_t row) {
    if (place_.empty() || place_[row] < 0) return false;
    chosen_.push_back(&rows_[place_[row]]);
    first_ = std::max(first_, chosen_.back()->first_free);
    return true;
  }
  // The least colour that the column's long rows lack, and for which `is_free` holds.
  template <class IsFree>
  int32_t first_free(IsFree is_free) const {
    for (std::size_t word = first_ / 64;; ++word) {
      uint64_t used = 0;
      for (const Row* row : chosen_)
        if (word < row->bits.size()) used |= row->bits[word];
      for (uint64_t left = ~used; left != 0; left &= left - 1) {
        const auto colour = static_cast<int32_t>(word * 64) + std::countr_zero(left);
        if (is_free(colour)) return colour;
      }
    }
  }
  void use(int32_t colour) {
    for (Row* row : chosen_) {
      if (row->bits.size() <= static_cast<std::size_t>(colour) / 64) row->bits.resize(colour / 64 + 1);
      row->bits[colour / 64] |= uint64_t{1} << colour % 64;
      while (row->has(row->first_free)) ++row->first_free;
    }
  }

 private:
  struct Row {
    std::vector<uint64_t> bits;
    int32_t first_free = 0;
    bool has(int32_t colour) const {
      return static_cast<std::size_t>(colour) / 64 < bits.size() && (bits[colour / 64] >> colour % 64 & 1) != 0;
    }
  };
  std::vector<int32_t> place_;  // by row: in rows_, or -1; empty: no row is long
  std::vector<Row> rows_;
  std::vector<Row*> chosen_;
  int32_t first_ = 0;
};
}  // namespace

std::optional<Colouring> colour_columns(const Pattern& p, const Pattern& t, std::span<const int32_t> order,
                                        int32_t most) {
  Colouring result{std::vector<int32_t>(p.columns, -1)};
  std::vector<int32_t> taken(1, -1);  // by colour + 1: the last column that may not have it
  LongRows long_rows(p);
  for (const int32_t column : order) {
    long_rows.clear();
    for (int64_t at = t.offsets[column]; at < t.offsets[column + 1]; ++at) {
      const int32_t row = t.indices[at];
      if (long_rows.choose(row)) continue;
      for (int64_t other = p.offsets[row]; other < p.offsets[row + 1]; ++other)
        taken[result.colours[p.indices[other]] + 1] = column;
    }
    const int32_t colour = long_rows.first_free([&](int32_t c) { return c >= result.count || taken[c + 1] != column; });
    if (colour >= most) return std::nullopt;
    if (colour == result.count) ++result.count, taken.push_back(-1);
    result.colours[column] = colour;
    long_rows.use(colour);
  }
  return result;
}

}  // namespace gradtape::core
