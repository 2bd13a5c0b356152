// Reductions: sums, products, extremes and conjunctions over axes.
#include <algorithm>
#include <type_traits>

#include "base/buffer.hpp"
#include "base/isa.hpp"
#include "base/small_vector.hpp"
#include "kernels/kernels.hpp"
#include "kernels/reduce/reduce_row.hpp"

namespace gradtape::core::kernels {

namespace {
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

template <class R, class T>
void rows(const void* data, std::size_t count, std::size_t n, void* out) {
  const T* x = static_cast<const T*>(data);
  T* y = static_cast<T*>(out);
  std::size_t r = 0;
  // Sums of rows whose ends are half a vector are as fast one by one.
  constexpr bool extremes = std::is_same_v<R, Max> || std::is_same_v<R, Min>;
  if (n >= kFewLanes && n < std::min(kLanes<T>, extremes ? kShort : kShort / 2) && (extremes || n % 4 != 0))
    for (; r + kTogether <= count; r += kTogether) reduce_short_rows<R>(x + r * n, n, y + r);
  for (; r < count; ++r) y[r] = reduce_row<R>(x + r * n, n);
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
  // The passes write to two buffers in turn; the first result is the largest.
  const std::size_t most = passes.size() == 1 ? 0 : passes[0].outer * passes[0].inner * size;
  const CacheBlock buffers(memory, 2 * most, what);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    std::byte* to = i + 1 == passes.size() ? out : buffers.data() + i % 2 * most;
    run_pass(reducer, passes[i], x, size, to, memory, what);
    x = to;
  }
}

}  // namespace gradtape::core::kernels
