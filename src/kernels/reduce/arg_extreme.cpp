// The index of the largest or smallest entry along an axis. The first of equal entries wins, and nan is beyond all
// numbers.
#include <algorithm>
#include <type_traits>

#include "base/isa.hpp"
#include "kernels/kernels.hpp"
#include "kernels/reduce/reduce_row.hpp"

namespace gradtape::core::kernels {

namespace {
// Whether `a` comes before the best so far: nan is beyond all numbers, and the first of equal ones stays.
template <class R, class T>
bool is_better(T a, T best) {
  if constexpr (std::is_same_v<R, Max>)
    return a > best || (a != a && best == best);
  else
    return a < best || (a != a && best == best);
}

// The first entry for which `found` holds, of which there is one: many are looked at together.
template <class T, class F>
int64_t first_where(const T* x, int64_t n, F&& found) {
  constexpr int64_t kAtOnce = 64;
  int64_t at = 0;
  for (; at + kAtOnce <= n; at += kAtOnce) {
    std::conditional_t<sizeof(T) == 8, int64_t, int32_t> any = 0;  // as wide, for the sake of vectors
    for (int64_t j = 0; j < kAtOnce; ++j) any |= found(x[at + j]) ? 1 : 0;
    if (any != 0) break;
  }
  while (!found(x[at])) ++at;
  return at;
}
// Finds the extreme of each row of n entries, then the first entry that has it.
template <class R, class T>
void arg_rows(const T* x, int64_t rows, int64_t n, int64_t* out) {
  for (int64_t r = 0; r < rows; ++r, x += n) {
    const T best = reduce_row<R>(x, n);
    out[r] = best != best ? first_where(x, n, [](T v) { return v != v; })
                          : first_where(x, n, [best](T v) { return v == best; });
  }
}
// Finds the extremes of `count` neighbouring columns, row by row.
constexpr int64_t kColumns = 64;
template <class R, class T>
void arg_columns(const T* x, int64_t count, int64_t n, int64_t inner, int64_t* out) {
  T best[kColumns];
  int64_t at[kColumns] = {};
  std::copy_n(x, count, best);
  for (int64_t k = 1; k < n; ++k) {
    const T* row = x + k * inner;
    for (int64_t j = 0; j < count; ++j) {
      const bool better = is_better<R>(row[j], best[j]);
      at[j] = better ? k : at[j];
      best[j] = better ? row[j] : best[j];
    }
  }
  std::copy_n(at, count, out);
}

template <class R>
void arg_extreme(const KernelCall& c) {
  constexpr int64_t kShare = 1 << 15;
  const std::size_t axis = c.integer("axis");
  const Shape& s = *c.in[0].shape;
  const int64_t outer = s.product(0, axis), n = s[axis], inner = s.product(axis + 1, s.rank());
  if (c.out[0].elements() == 0) return;
  int64_t* out = c.out[0].as<int64_t>();
  dispatch(c.in[0].dtype, [&]<class Given>(Type<Given>) {
    using T = Element<Given>;
    static const auto rows = compiled_for_this_machine<arg_rows<R, T>>();
    static const auto columns = compiled_for_this_machine<arg_columns<R, T>>();
    const T* x = c.in[0].as<T>();
    const int64_t blocks = ceil_div(inner, kColumns), parts = inner == 1 ? outer : outer * blocks;
    const auto part = [&](int64_t first, int64_t last, int) {
      if (inner == 1) return rows(x + first * n, last - first, n, out + first);
      for (int64_t p = first; p < last; ++p) {
        const int64_t block = p / blocks, column = p % blocks * kColumns;
        columns(x + block * n * inner + column, std::min(kColumns, inner - column), n, inner,
                out + block * inner + column);
      }
    };
    for_each_share(c.workers, parts, share_of(kShare, n * std::min(inner, kColumns)), part);
  });
}
}  // namespace

void argmax(const KernelCall& c) { arg_extreme<Max>(c); }
void argmin(const KernelCall& c) { arg_extreme<Min>(c); }

}  // namespace gradtape::core::kernels
