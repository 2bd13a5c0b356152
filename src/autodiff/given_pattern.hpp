// Patterns from outside: whether they are patterns at all, and whether they have the entries of a derivative.
#pragma once

#include "autodiff/sparsity.hpp"

namespace gradtape::core {

// Most rows and columns of a pattern: their numbers are int32.
inline constexpr int64_t kMostRows = (int64_t{1} << 31) - 1;

// Compressed sparse rows that a user gives. indices: as many as the last offset. Throws, naming the first fault.
Pattern given_pattern(const char* function, int64_t rows, int64_t columns, const int64_t* offsets,
                      const int64_t* indices, bool symmetric);
// Throws, naming the entry, if a derivative has an entry that the pattern lacks. Both are of one size.
void check_entries(const char* function, const Sparsity& given, const Pattern& found, std::span<const Source> sources);

}  // namespace gradtape::core
