// Checks of patterns from outside.
#include "autodiff/given_pattern.hpp"

#include <algorithm>

namespace gradtape::core {

namespace {
void check_offsets(const char* function, int64_t rows, const int64_t* offsets) {
  if (offsets[0] != 0) invalid("{}: row_offsets must begin with 0, got {}", function, offsets[0]);
  for (int64_t i = 0; i < rows; ++i)
    if (offsets[i + 1] < offsets[i])
      invalid("{}: row_offsets must not fall, got {} and then {} at row {}", function, offsets[i], offsets[i + 1], i);
}
void check_columns(const char* function, int64_t row, int64_t columns, std::span<const int64_t> given) {
  for (std::size_t k = 0; k < given.size(); ++k) {
    if (given[k] < 0 || given[k] >= columns)
      invalid("{}: column_indices must lie in [0, {}), got {} in row {}", function, columns, given[k], row);
    if (k > 0 && given[k] <= given[k - 1])
      invalid("{}: column_indices of a row must rise, each once, got {} and then {} in row {}", function, given[k - 1],
              given[k], row);
  }
}
void check_symmetry(const char* function, const Pattern& p) {
  if (p.rows != p.columns) invalid("{}: a symmetric pattern must be square, got [{}, {}]", function, p.rows, p.columns);
  if (is_symmetric(p)) return;
  for (int64_t i = 0; i < p.rows; ++i)
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at)
      if (find_entry(p, p.indices[at], i) < 0)
        invalid("{}: a symmetric pattern with entry ({}, {}) must have ({}, {}) too", function, i, p.indices[at],
                p.indices[at], i);
}

// "element 3 of source 1, float64[5] 'w'"
std::string element_of(std::span<const Source> sources, int64_t column) {
  std::size_t i = 0;
  for (; i + 1 < sources.size() && column >= sources[i].tensor.shape().elements(); ++i)
    column -= sources[i].tensor.shape().elements();
  return fmt::format("element {} of source {}, {}", column, i, to_string(sources[i]));
}
}  // namespace

Pattern given_pattern(const char* function, int64_t rows, int64_t columns, const int64_t* offsets,
                      const int64_t* indices, bool symmetric) {
  check_offsets(function, rows, offsets);
  if (offsets[rows] > 0 && !indices)
    invalid("{}: column_indices must not be NULL with {} entries", function, offsets[rows]);
  Pattern p{rows, columns, {offsets, offsets + rows + 1}, {}};
  for (int64_t i = 0; i < rows; ++i)
    check_columns(function, i, columns, std::span(indices + offsets[i], indices + offsets[i + 1]));
  p.indices.reserve(static_cast<std::size_t>(offsets[rows]));
  for (int64_t k = 0; k < offsets[rows]; ++k) p.indices.push_back(static_cast<int32_t>(indices[k]));
  if (symmetric) check_symmetry(function, p);
  return p;
}

void check_entries(const char* function, const Sparsity& given, const Pattern& found, std::span<const Source> sources) {
  const Pattern& p = given.pattern;
  for (int64_t i = 0; i < p.rows; ++i) {
    const auto own = std::span(p.indices).subspan(p.offsets[i], p.offsets[i + 1] - p.offsets[i]);
    const auto needed = std::span(found.indices).subspan(found.offsets[i], found.offsets[i + 1] - found.offsets[i]);
    auto next = own.begin();
    for (const int32_t j : needed) {
      next = std::lower_bound(next, own.end(), j);
      if (next != own.end() && *next == j) continue;
      const std::string row =
          given.symmetric ? "the gradient by " + element_of(sources, i) : fmt::format("element {} of the target", i);
      if (given.kind == Sparsity::Kind::given)
        invalid("{}: the sparsity must have entry ({}, {}), or be GT_SPARSITY_TRUSTED: {} depends on {}", function, i,
                j, row, element_of(sources, j));
      invalid(
          "{}: the sparsity was found for another program, or for index tensors of other values, and has no entry ({}, "
          "{}): {} depends on {}; find it anew on this tape, or with options.dependence GT_DEPENDENCE_CONSERVATIVE where "
          "index tensors have no values",
          function, i, j, row, element_of(sources, j));
    }
  }
}

}  // namespace gradtape::core
