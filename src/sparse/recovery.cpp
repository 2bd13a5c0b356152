#include "sparse/recovery.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace gradtape::core {

namespace {
constexpr int32_t kNone = -1;

// For each entry, whether its column is the only one of its colour in its row.
std::vector<uint8_t> alone_in_row(const Pattern& p, const Colouring& columns) {
  std::vector<uint8_t> alone(p.indices.size());
  if (columns.count == 0) return alone;
  std::vector<int32_t> numbers(static_cast<std::size_t>(columns.count) + 1);  // by colour + 1: columns in this row
  for (int64_t i = 0; i < p.rows; ++i) {
    const auto each_in_row = [&](auto f) {
      for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at) f(at, columns.colours[p.indices[at]] + 1);
    };
    each_in_row([&](int64_t, int32_t c) { ++numbers[c]; });
    each_in_row([&](int64_t at, int32_t c) { alone[at] = c > 0 && numbers[c] == 1; });
    each_in_row([&](int64_t, int32_t c) { numbers[c] = 0; });
  }
  return alone;
}

// The two products that may give each entry, and the choice between them.
class Recovery {
 public:
  Recovery(const Pattern& p, const Pattern& t, Draft& draft, bool symmetric)
      : p_(p), columns_(draft.columns), rows_(symmetric ? draft.columns : draft.rows), symmetric_(symmetric) {
    forward_ = alone_in_row(p, columns_);
    const std::vector<uint8_t> of_transposed = symmetric ? forward_ : alone_in_row(t, rows_);
    reverse_.resize(p.indices.size());
    // Row by row of the transposed pattern, the entries of each row of this one come in order.
    std::vector<int64_t> next(p.offsets.begin(), p.offsets.end() - 1);
    for (int64_t j = 0; j < t.rows; ++j)
      for (int64_t at = t.offsets[j]; at < t.offsets[j + 1]; ++at) {
        const int64_t entry = next[t.indices[at]]++;
        if (entry >= p.offsets[t.indices[at] + 1] || p.indices[entry] != j)
          fail(Status::internal, "compression: the pattern has entry ({}, {}) and lacks ({}, {})", j, t.indices[at],
               t.indices[at], j);
        reverse_[entry] = of_transposed[at];
      }
  }

  Compression run() {
    choose_products();
    const int32_t forward = number(0, columns_.count);
    const int32_t reverse = symmetric_ ? 0 : number(columns_.count, columns_.count + rows_.count);
    Compression c;
    c.forward = forward;
    c.reverse = reverse;
    c.read_at.resize(p_.indices.size());
    const int64_t first_reverse = symmetric_ ? 0 : forward * p_.rows;
    each_entry([&](int64_t entry, int64_t i, int64_t j, int32_t f, int32_t r) {
      if (f != kNone && numbers_[f] == kNone) f = kNone;
      if (r != kNone && numbers_[r] == kNone) r = kNone;
      // The lesser of the two is the same one for (i, j) and (j, i).
      c.read_at[entry] = r == kNone || (f != kNone && f <= r) ? numbers_[f] * p_.rows + i
                                                              : first_reverse + numbers_[r] * p_.columns + j;
    });
    c.column_colours = renumbered(columns_, 0);
    c.row_colours = symmetric_ ? std::vector<int32_t>(p_.rows, -1) : renumbered(rows_, columns_.count);
    return c;
  }

 private:
  // f(entry, i, j, forward product, reverse product): forward products first, then reverse ones; kNone: does not give
  // the entry. In a symmetric matrix a reverse product is the forward one of the same colour.
  template <class F>
  void each_entry(F f) const {
    for (int64_t i = 0; i < p_.rows; ++i)
      for (int64_t at = p_.offsets[i]; at < p_.offsets[i + 1]; ++at) {
        const int32_t j = p_.indices[at];
        f(at, i, j, forward_[at] ? columns_.colours[j] : kNone,
          reverse_[at] ? rows_.colours[i] + (symmetric_ ? 0 : columns_.count) : kNone);
      }
  }

  // Products that alone give an entry are needed. An entry that two could give takes the one
  // that could give more such entries.
  void choose_products() {
    std::vector<int64_t> gives(static_cast<std::size_t>(columns_.count) + (symmetric_ ? 0 : rows_.count));
    numbers_.assign(gives.size(), kNone);
    each_entry([&](int64_t, int64_t i, int64_t j, int32_t f, int32_t r) {
      if (f == kNone && r == kNone) fail(Status::internal, "compression: no product gives entry ({}, {})", i, j);
      if (f == kNone || r == kNone || f == r) numbers_[std::max(f, r)] = 0;
    });
    const auto each_open = [&](auto take) {
      each_entry([&](int64_t, int64_t, int64_t, int32_t f, int32_t r) {
        if (f != kNone && r != kNone && numbers_[f] == kNone && numbers_[r] == kNone) take(f, r);
      });
    };
    each_open([&](int32_t f, int32_t r) { ++gives[f], ++gives[r]; });
    each_open([&](int32_t f, int32_t r) {
      const bool first = gives[f] != gives[r] ? gives[f] > gives[r] : f < r;
      numbers_[first ? f : r] = 0;
    });
  }
  // Numbers the products that are needed.
  int32_t number(int32_t first, int32_t last) {
    int32_t count = 0;
    for (int32_t product = first; product < last; ++product)
      if (numbers_[product] != kNone) numbers_[product] = count++;
    return count;
  }
  std::vector<int32_t> renumbered(Colouring& colouring, int32_t first) {
    for (int32_t& colour : colouring.colours)
      if (colour >= 0) colour = numbers_[first + colour];
    return std::move(colouring.colours);
  }

  const Pattern& p_;
  Colouring &columns_, &rows_;
  bool symmetric_;
  std::vector<uint8_t> forward_, reverse_;  // by entry: whether the product with its column, or row, gives it
  std::vector<int32_t> numbers_;            // by product; kNone: not needed
};
}  // namespace

Compression recover_jacobian(const Pattern& p, const Pattern& t, Draft draft) {
  Compression c = Recovery(p, t, draft, false).run();
  c.peeled = draft.peeled;
  return c;
}

Compression recover_hessian(const Pattern& p, Draft draft) {
  Compression c = Recovery(p, p, draft, true).run();
  c.peeled = draft.peeled;
  return c;
}

}  // namespace gradtape::core
