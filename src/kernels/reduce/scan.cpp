// Cumulative ops along one axis, as loops over lines. Floats are carried along in double.
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "base/isa.hpp"
#include "kernels/kernels.hpp"
#include "math/scalar.hpp"

namespace gradtape::core::kernels {

namespace {
template <class T>
using Wide = std::conditional_t<std::is_same_v<T, float>, double, T>;

template <class T>
struct CumulativeSum {
  Wide<T> sum = 0;
  T so_far() const { return static_cast<T>(sum); }
  T next(T x) {
    sum = math::wrap_add(sum, static_cast<Wide<T>>(x));
    return so_far();
  }
};
template <class T>
struct CumulativeProduct {
  Wide<T> product = 1;
  T so_far() const { return static_cast<T>(product); }
  T next(T x) {
    product = math::wrap_multiply(product, static_cast<Wide<T>>(x));
    return so_far();
  }
};
// The state before each entry.
template <class State>
struct Before {
  State state;
  template <class T>
  T next(T x) {
    const T before = state.so_far();
    state.next(x);
    return before;
  }
};
// y = a y + x. carries: a y of 0 stays 0 whatever its factor.
template <class T, bool carries>
struct Recurrence {
  Wide<T> y = 0;
  T next(T a, T x) {
    const Wide<T> moved = math::wrap_multiply(static_cast<Wide<T>>(a), y);
    y = math::wrap_add(carries ? math::carry(y, moved) : moved, static_cast<Wide<T>>(x));
    return static_cast<T>(y);
  }
};
// The same with the factor of the entry before.
template <class T, bool carries>
struct LaggedRecurrence {
  Recurrence<T, carries> recurrence;
  T factor = 0;
  T next(T a, T x) { return recurrence.next(std::exchange(factor, a), x); }
};
// e^most * sum is the sum so far, which neither over- nor underflows.
template <class T>
struct LogSum {
  T most = -std::numeric_limits<T>::infinity(), sum = 0;
  T next(T x) {
    if (x > most) {
      sum = sum * std::exp(most - x) + 1;
      most = x;
    } else if (x == most) {
      sum += x == -std::numeric_limits<T>::infinity() ? 0 : 1;
    } else {
      sum += std::exp(x - most);
    }
    return most + std::log(sum);
  }
};

// ScanLines of n elements, `inner` apart; `count` neighbouring ones at once, so that memory is read in order.
struct ScanLines {
  int64_t n, inner;
  bool reverse;
};
constexpr int64_t kBlock = 64;  // neighbouring lines

// ScanLines that lie one after the other, some at a time: each waits for its own last value alone.
template <class State, int lines, class T, class... X>
void scan_some(const ScanLines& l, T* y, const X*... x) {
  State states[lines];
  const int64_t step = l.reverse ? -1 : 1;
  int64_t at = l.reverse ? l.n - 1 : 0;
  for (int64_t k = 0; k < l.n; ++k, at += step)
    for (int line = 0; line < lines; ++line) y[line * l.n + at] = states[line].next(x[line * l.n + at]...);
}
template <class State, class T, class... X>
void scan_lines(const ScanLines& l, int64_t count, T* y, const X*... x) {
  constexpr int some = 4;
  int64_t i = 0;
  for (; i + some <= count; i += some) scan_some<State, some>(l, y + i * l.n, (x + i * l.n)...);
  for (; i < count; ++i) scan_some<State, 1>(l, y + i * l.n, (x + i * l.n)...);
}
// The first `count` of the lines.
template <class State, class T, class... X>
void scan_block(const ScanLines& l, int64_t count, T* y, const X*... x) {
  State states[kBlock];
  for (int64_t k = 0; k < l.n; ++k) {
    const int64_t row = (l.reverse ? l.n - 1 - k : k) * l.inner;
    T* to = y + row;
    const auto from = std::tuple((x + row)...);
#pragma GCC ivdep  // the result is other memory, or takes the place of an operand of the same element
    for (int64_t j = 0; j < count; ++j)
      to[j] = std::apply([&](const auto*... in) { return states[j].next(in[j]...); }, from);
  }
}

// Shares out [outer, n, inner] by lines along n, neighbouring ones together.
template <class State, class T, class... X>
void scan(const KernelCall& c, T* y, const X*... x) {
  constexpr int64_t kShare = 1 << 15;
  static const auto lines_of = compiled_for_this_machine<[](const ScanLines& l, int64_t n, T* to, const X*... from) {
    scan_lines<State>(l, n, to, from...);
  }>();
  static const auto block = compiled_for_this_machine<[](const ScanLines& l, int64_t n, T* to, const X*... from) {
    scan_block<State>(l, n, to, from...);
  }>();
  const std::size_t axis = c.integer("axis");
  const Shape& s = *c.out[0].shape;
  const ScanLines lines{s[axis], s.product(axis + 1, s.rank()), c.flag("reverse")};
  const int64_t blocks = ceil_div(lines.inner, kBlock), parts = s.product(0, axis) * blocks;
  if (c.out[0].elements() == 0) return;
  const auto some = [&](int64_t first, int64_t last, int) {
    if (lines.inner == 1) return lines_of(lines, last - first, y + first * lines.n, (x + first * lines.n)...);
    for (int64_t part = first; part < last; ++part) {
      const int64_t column = part % blocks * kBlock, at = part / blocks * lines.n * lines.inner + column;
      block(lines, std::min(kBlock, lines.inner - column), y + at, (x + at)...);
    }
  };
  for_each_share(c.workers, parts, share_of(kShare, lines.n * std::min(kBlock, lines.inner)), some);
}

// State after each entry or, for an exclusive op, before it.
template <class State, class T>
void cumulate(const KernelCall& c) {
  if (c.flag("exclusive"))
    scan<Before<State>>(c, c.out[0].as<T>(), c.in[0].as<T>());
  else
    scan<State>(c, c.out[0].as<T>(), c.in[0].as<T>());
}

template <class T, bool carries>
void recur(const KernelCall& c) {
  if (c.flag("lagged"))
    scan<LaggedRecurrence<T, carries>>(c, c.out[0].as<T>(), c.in[0].as<T>(), c.in[1].as<T>());
  else
    scan<Recurrence<T, carries>>(c, c.out[0].as<T>(), c.in[0].as<T>(), c.in[1].as<T>());
}
}  // namespace

void cumsum(const KernelCall& c) {
  dispatch_numeric(c.out[0].dtype, [&]<class T>(Type<T>) { cumulate<CumulativeSum<T>, T>(c); });
}

void cumprod(const KernelCall& c) {
  dispatch_numeric(c.out[0].dtype, [&]<class T>(Type<T>) { cumulate<CumulativeProduct<T>, T>(c); });
}

void linear_scan(const KernelCall& c) {
  dispatch_numeric(c.out[0].dtype, [&]<class T>(Type<T>) {
    if (c.flag("carries"))
      recur<T, true>(c);
    else
      recur<T, false>(c);
  });
}

void log_sum_scan(const KernelCall& c) {
  dispatch_floating(c.out[0].dtype, [&]<class T>(Type<T>) { scan<LogSum<T>>(c, c.out[0].as<T>(), c.in[0].as<T>()); });
}

}  // namespace gradtape::core::kernels
