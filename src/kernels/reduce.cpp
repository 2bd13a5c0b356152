#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/kernels.hpp"
#include "kernels/scalar_math.hpp"

namespace gradtape::kernels {

namespace {
struct Sum {
  template <class T>
  static T start() {
    return T(0);
  }
  template <class T>
  static T combine(T a, T b) {
    return wrap_add(a, b);
  }
};
struct Max {
  template <class T>
  static T start() {
    if constexpr (std::is_floating_point_v<T>) return -std::numeric_limits<T>::infinity();
    return std::numeric_limits<T>::lowest();
  }
  template <class T>
  static T combine(T a, T b) {
    return a > b || a != a ? a : b;  // nan wins
  }
};
struct Min {
  template <class T>
  static T start() {
    if constexpr (std::is_floating_point_v<T>) return std::numeric_limits<T>::infinity();
    return std::numeric_limits<T>::max();
  }
  template <class T>
  static T combine(T a, T b) {
    return a < b || a != a ? a : b;
  }
};
struct All {
  template <class T>
  static T start() {
    return true;
  }
  template <class T>
  static T combine(T a, T b) {
    return a && b;
  }
};
struct Any {
  template <class T>
  static T start() {
    return false;
  }
  template <class T>
  static T combine(T a, T b) {
    return a || b;
  }
};

constexpr int64_t kRun =
    128;  // elements summed straight; longer rows are halved, so that errors grow with the logarithm

// A contiguous row: eight accumulators for runs, pairwise above.
template <class R, class T>
T reduce_row(const T* x, int64_t n) {
  if (n > kRun) {
    const int64_t half = n / 2 / 8 * 8;
    return R::combine(reduce_row<R>(x, half), reduce_row<R>(x + half, n - half));
  }
  T result = R::template start<T>();
  int64_t i = 0;
  if (n >= 8) {
    T lanes[8];
    for (int k = 0; k < 8; ++k) lanes[k] = x[k];
    for (i = 8; i + 8 <= n; i += 8)
      for (int k = 0; k < 8; ++k) lanes[k] = R::combine(lanes[k], x[i + k]);
    for (int step = 4; step > 0; step /= 2)
      for (int k = 0; k < step; ++k) lanes[k] = R::combine(lanes[k], lanes[k + step]);
    result = lanes[0];
  }
  for (; i < n; ++i) result = R::combine(result, x[i]);
  return result;
}

// n rows of `width` elements, added up into out; pairwise over the rows.
template <class R, class T>
void reduce_columns(const T* x, int64_t n, int64_t width, T* out) {
  if (n > kRun) {
    const int64_t half = n / 2;
    std::vector<T> other(static_cast<std::size_t>(width));
    T* second = other.data();
    reduce_columns<R>(x, half, width, out);
    reduce_columns<R>(x + half * width, n - half, width, second);
    for (int64_t j = 0; j < width; ++j) out[j] = R::combine(out[j], second[j]);
    return;
  }
  std::fill(out, out + width, R::template start<T>());
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < width; ++j) out[j] = R::combine(out[j], x[i * width + j]);
}
// std::vector<bool> has no data(): bools go column by column.
template <class R>
void reduce_columns(const bool* x, int64_t n, int64_t width, bool* out) {
  for (int64_t j = 0; j < width; ++j) {
    bool result = R::template start<bool>();
    for (int64_t i = 0; i < n; ++i) result = R::combine(result, x[i * width + j]);
    out[j] = result;
  }
}

// One run of neighbouring axes that are all reduced: [outer, n, inner] -> [outer, inner].
struct Pass {
  int64_t outer, n, inner;
};

// The passes for a list of axes, innermost first: each leaves the shape for the next.
std::vector<Pass> passes_for(const Shape& shape, const Ints& axes) {
  std::vector<Pass> passes;
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

template <class R, class T>
void run_pass(const Pass& p, const T* x, T* out) {
  for (int64_t o = 0; o < p.outer; ++o, x += p.n * p.inner, out += p.inner) {
    if (p.inner == 1)
      *out = reduce_row<R>(x, p.n);
    else
      reduce_columns<R>(x, p.n, p.inner, out);
  }
}

template <class R, class T>
void reduce(const KernelCall& c) {
  const T* x = c.in[0].as<T>();
  T* out = c.out[0].as<T>();
  const std::vector<Pass> passes = passes_for(*c.in[0].shape, c.ints("axis"));
  if (passes.empty()) {
    std::copy(x, x + c.in[0].elements(), out);
    return;
  }
  std::unique_ptr<T[]> held;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const bool final = i + 1 == passes.size();
    std::unique_ptr<T[]> next(final ? nullptr : new T[static_cast<std::size_t>(passes[i].outer * passes[i].inner)]);
    run_pass<R>(passes[i], x, final ? out : next.get());
    held = std::move(next);
    x = held.get();
  }
}

template <class R>
void reduce_numeric(const KernelCall& c) {
  dispatch(c.in[0].dtype, [&](auto type) { reduce<R, typename decltype(type)::type>(c); });
}

template <class Better>
void arg_extreme(const KernelCall& c, Better better) {
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
  const Shape& s = *c.in[0].shape;
  const int64_t outer = s.product(0, axis), n = s[axis], inner = s.product(axis + 1, s.rank());
  int64_t* out = c.out[0].as<int64_t>();
  dispatch(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = c.in[0].as<T>();
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        int64_t best = 0;
        const T* line = x + o * n * inner + i;
        for (int64_t k = 1; k < n; ++k)
          if (line[best * inner] == line[best * inner] &&
              (better(line[k * inner], line[best * inner]) || line[k * inner] != line[k * inner]))
            best = k;
        out[o * inner + i] = best;
      }
  });
}
}  // namespace

void reduce_sum(const KernelCall& c) { reduce_numeric<Sum>(c); }
void reduce_max(const KernelCall& c) { reduce_numeric<Max>(c); }
void reduce_min(const KernelCall& c) { reduce_numeric<Min>(c); }
void reduce_all(const KernelCall& c) { reduce<All, bool>(c); }
void reduce_any(const KernelCall& c) { reduce<Any, bool>(c); }
void argmax(const KernelCall& c) {
  arg_extreme(c, [](auto a, auto b) { return a > b; });
}
void argmin(const KernelCall& c) {
  arg_extreme(c, [](auto a, auto b) { return a < b; });
}

void cumsum(const KernelCall& c) {
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
  const bool exclusive = c.flag("exclusive"), backwards = c.flag("reverse");
  const Shape& s = *c.in[0].shape;
  const int64_t outer = s.product(0, axis), n = s[axis], inner = s.product(axis + 1, s.rank());
  dispatch(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const T* x = c.in[0].as<T>();
    T* y = c.out[0].as<T>();
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        T sum = T(0);
        for (int64_t k = 0; k < n; ++k) {
          const int64_t at = (o * n + (backwards ? n - 1 - k : k)) * inner + i;
          const T next = wrap_add(sum, x[at]);
          y[at] = exclusive ? sum : next;
          sum = next;
        }
      }
  });
}

}  // namespace gradtape::kernels
