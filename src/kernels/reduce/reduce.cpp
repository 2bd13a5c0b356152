// Reductions and arg-extremes.
#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/buffer.hpp"
#include "base/isa.hpp"
#include "base/small_vector.hpp"
#include "kernels/kernels.hpp"
#include "math/scalar.hpp"

namespace gradtape::core::kernels {

namespace {
// The loops know bool as a byte, and integers as unsigned ones where they are added, so that sums wrap around.
template <class T>
using Element = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

struct Sum {
  template <class T>
  static constexpr T start = T(0);
  template <class V>
  static V combine(const V& a, const V& b) {
    return a + b;
  }
};
struct Product {
  template <class T>
  static constexpr T start = T(1);
  template <class V>
  static V combine(const V& a, const V& b) {
    return a * b;
  }
};
struct Max {  // nan wins
  template <class T>
  static constexpr T start = std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity()
                                                                  : std::numeric_limits<T>::lowest();
  template <class V>
  static V combine(const V& a, const V& b) {
    return a > b ? a : (a != a ? a : b);
  }
};
struct Min {
  template <class T>
  static constexpr T start = std::numeric_limits<T>::has_infinity ? std::numeric_limits<T>::infinity()
                                                                  : std::numeric_limits<T>::max();
  template <class V>
  static V combine(const V& a, const V& b) {
    return a < b ? a : (a != a ? a : b);
  }
};
struct All {
  template <class T>
  static constexpr T start = T(1);
  template <class V>
  static V combine(const V& a, const V& b) {
    return a & b;
  }
};
struct Any {
  template <class T>
  static constexpr T start = T(0);
  template <class V>
  static V combine(const V& a, const V& b) {
    return a | b;
  }
};

// Accumulators side by side, and the longest row that they run over; longer rows are halved, so that errors grow with
// the logarithm.
template <class T>
constexpr std::size_t kLanes = 256 / sizeof(T);
template <class T>
constexpr std::size_t kRun = kLanes<T> * 16;

// n >= lanes.
template <class R, std::size_t lanes, class T>
T reduce_run(const T* x, std::size_t n) {
  T sums[lanes];
  std::copy(x, x + lanes, sums);
  std::size_t i = lanes;
  for (; i + lanes <= n; i += lanes)
    for (std::size_t k = 0; k < lanes; ++k) sums[k] = R::combine(sums[k], x[i + k]);
  for (std::size_t k = 0; i + k < n; ++k) sums[k] = R::combine(sums[k], x[i + k]);
  for (std::size_t step = lanes / 2; step > 0; step /= 2)
    for (std::size_t k = 0; k < step; ++k) sums[k] = R::combine(sums[k], sums[k + step]);
  return sums[0];
}
template <class R, class T>
T reduce_row(const T* x, std::size_t n) {
  constexpr std::size_t lanes = kLanes<T>, few = 8;
  if (n > kRun<T>) {
    const std::size_t half = n / 2 / lanes * lanes;
    const T first = reduce_row<R>(x, half);
    return R::combine(first, reduce_row<R>(x + half, n - half));
  }
  if (n >= lanes) return reduce_run<R, lanes>(x, n);
  if (n >= few) return reduce_run<R, few>(x, n);
  T result = R::template start<T>;
  for (std::size_t i = 0; i < n; ++i) result = R::combine(result, x[i]);
  return result;
}

template <class R, class T>
void rows(const void* data, std::size_t count, std::size_t n, void* out) {
  const T* x = static_cast<const T*>(data);
  for (std::size_t r = 0; r < count; ++r) static_cast<T*>(out)[r] = reduce_row<R>(x + r * n, n);
}
template <class R, class T>
void add_rows(const void* data, std::size_t count, std::size_t n, void* out) {
  const T* x = static_cast<const T*>(data);
  T* sums = static_cast<T*>(out);
  for (std::size_t r = 0; r < count; ++r, x += n)
#pragma GCC ivdep
    for (std::size_t j = 0; j < n; ++j) sums[j] = R::combine(sums[j], x[j]);
}
template <class R, class T>
void start(std::size_t n, void* out) {
  std::fill_n(static_cast<T*>(out), n, R::template start<T>);
}

template <class R>
constexpr bool kWraps = std::is_same_v<R, Sum> || std::is_same_v<R, Product>;

template <class R, DtypeSet Set>
Reduction reduction() {
  Reduction all;
  all.repeats = std::is_same_v<R, Sum>       ? Reduction::sum
                : std::is_same_v<R, Product> ? Reduction::other
                                             : Reduction::same;
  const auto add = [&]<class Given>(Type<Given>) {
    if constexpr ((Set & bit(dtype_of<Given>)) != 0) {
      using E = Element<Given>;
      using T = typename std::conditional_t<kWraps<R> && std::is_integral_v<E>, std::make_unsigned<E>,
                                            std::type_identity<E>>::type;
      all.table[static_cast<int>(dtype_of<Given>)] = {compiled_for_this_machine<rows<R, T>>(),
                                                      compiled_for_this_machine<add_rows<R, T>>(), start<R, T>};
    }
  };
  add(Type<bool>{});
  add(Type<int32_t>{});
  add(Type<int64_t>{});
  add(Type<float>{});
  add(Type<double>{});
  return all;
}

// n rows of `width` elements, combined into out; pairwise over runs of rows.
constexpr int64_t kRows = 128;
void reduce_columns(const Reducer& r, const std::byte* x, int64_t n, int64_t width, std::size_t size, std::byte* out,
                    BlockCache& memory, std::string_view what) {
  if (n <= kRows) {
    r.start(width, out);
    r.add_rows(x, n, width, out);
    return;
  }
  const int64_t half = n / 2;
  const CacheBlock second(memory, width * size, what);
  reduce_columns(r, x, half, width, size, out, memory, what);
  reduce_columns(r, x + half * width * size, n - half, width, size, second.data(), memory, what);
  r.add_rows(second.data(), 1, width, out);
}

// One run of neighbouring axes that are all reduced: [outer, n, inner] -> [outer, inner].
struct Pass {
  int64_t outer, n, inner;
};

// The passes for a list of axes, innermost first: each leaves the shape for the next.
using Passes = SmallVector<Pass, 4>;
Passes passes_for(const Shape& shape, const Ints& axes) {
  Passes passes;
  Shape left = shape;
  std::size_t i = axes.size();
  while (i > 0) {
    const auto last = static_cast<std::size_t>(axes[i - 1]);
    std::size_t first = last;
    for (--i; i > 0 && axes[i - 1] == static_cast<int64_t>(first) - 1; --i) --first;
    passes.push_back({left.product(0, first), left.product(first, last + 1), left.product(last + 1, left.rank())});
    for (std::size_t a = first; a <= last; ++a) left[a] = 1;
  }
  return passes;
}

void run_pass(const Reducer& r, const Pass& p, const std::byte* x, std::size_t size, std::byte* out, BlockCache& memory,
              std::string_view what) {
  if (p.inner == 1) {
    r.rows(x, p.outer, p.n, out);
    return;
  }
  for (int64_t o = 0; o < p.outer; ++o)
    reduce_columns(r, x + o * p.n * p.inner * size, p.n, p.inner, size, out + o * p.inner * size, memory, what);
}
}  // namespace

Reduction sum_reduction() { return reduction<Sum, kNumeric>(); }
Reduction product_reduction() { return reduction<Product, kNumeric>(); }
Reduction max_reduction() { return reduction<Max, kNumeric>(); }
Reduction min_reduction() { return reduction<Min, kNumeric>(); }
Reduction all_reduction() { return reduction<All, kBoolean>(); }
Reduction any_reduction() { return reduction<Any, kBoolean>(); }

void reduce(const Reducer& reducer, const Ints& axes, const View& in, const MutableView& result, BlockCache& memory,
            std::string_view what) {
  const auto* x = static_cast<const std::byte*>(in.data);
  auto* out = static_cast<std::byte*>(result.data);
  const std::size_t size = size_of(in.dtype);
  const Passes passes = passes_for(*in.shape, axes);
  if (passes.empty()) {
    std::copy_n(x, in.elements() * size, out);
    return;
  }
  // What passes leave for the next lies in two buffers in turn; the first leaves most.
  const std::size_t most = passes.size() == 1 ? 0 : passes[0].outer * passes[0].inner * size;
  const CacheBlock buffers(memory, 2 * most, what);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    std::byte* to = i + 1 == passes.size() ? out : buffers.data() + i % 2 * most;
    run_pass(reducer, passes[i], x, size, to, memory, what);
    x = to;
  }
}

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
// Of each row of n entries: its extreme, then the first entry that has it.
template <class R, class T>
void arg_rows(const T* x, int64_t rows, int64_t n, int64_t* out) {
  for (int64_t r = 0; r < rows; ++r, x += n) {
    const T best = reduce_row<R>(x, n);
    out[r] = best != best ? first_where(x, n, [](T v) { return v != v; })
                          : first_where(x, n, [best](T v) { return v == best; });
  }
}
// Of each of `count` neighbouring columns, row by row.
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
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
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
