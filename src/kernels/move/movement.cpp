// Copies of strided views, concatenation, padding, and tensors that are made of positions alone.
#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/elementwise/copy_strided.hpp"
#include "kernels/kernels.hpp"
#include "kernels/move/interleave.hpp"
#include "kernels/move/transpose.hpp"
#include "math/scalar.hpp"

namespace gradtape::core::kernels {

namespace {
// out[i * out_step + j] = x[i + j * step]; of small elements block by block, so that both sides stay in the cache.
template <class T>
void copy_transposed(const T* x, int64_t step, T* out, int64_t out_step, int64_t rows, int64_t columns) {
  if constexpr (sizeof(T) >= 4) return transpose_kernel<T>()(x, step, out, out_step, rows, columns);
  constexpr int64_t kBlock = 16;
  for (int64_t i0 = 0; i0 < rows; i0 += kBlock)
    for (int64_t j0 = 0; j0 < columns; j0 += kBlock)
      for (int64_t i = i0; i < std::min(rows, i0 + kBlock); ++i)
        for (int64_t j = j0; j < std::min(columns, j0 + kBlock); ++j) out[i * out_step + j] = x[i + j * step];
}

// Calls f with the offsets in x and in out of each entry of all axes but those two (or that one).
template <class F>
void over_axes(const Shape& shape, const Shape::Dims& in, const Shape::Dims& out, std::size_t skip, std::size_t skip2,
               F&& f) {
  Shape::Dims at(shape.rank(), 0);
  int64_t x = 0, y = 0;
  for (;;) {
    f(x, y);
    std::size_t axis = shape.rank();
    for (;;) {
      if (axis == 0) return;
      --axis;
      if (axis == skip || axis == skip2) continue;
      x += in[axis];
      y += out[axis];
      if (++at[axis] < shape[axis]) break;
      x -= in[axis] * shape[axis];
      y -= out[axis] * shape[axis];
      at[axis] = 0;
    }
  }
}

// Each element of out from x, at the given strides (in elements; 0 repeats). No axis is empty, there is one.
template <class T>
void copy_part(const T* x, const Shape::Dims& in, T* out, const Shape::Dims& own, const Shape& shape) {
  const std::size_t last = shape.rank() - 1;
  const int64_t n = shape[last], step = in[last];
  const std::size_t even = std::find(in.begin(), in.end(), int64_t{1}) - in.begin();
  if (step != 1 && step != 0 && even < last) {
    over_axes(shape, in, own, even, last,
              [&](int64_t from, int64_t to) { copy_transposed(x + from, step, out + to, own[even], shape[even], n); });
    return;
  }
  over_axes(shape, in, own, last, last, [&](int64_t from, int64_t to) { copy_strided(x + from, step, n, out + to); });
}

constexpr int64_t kShare = 1 << 18;  // bytes that are worth a thread of their own

// Shared out along the longest axis.
template <class T>
void copy_shared(const T* x, const Shape::Dims& in, T* out, const Shape::Dims& own, const Shape& shape,
                 const Workers& workers) {
  const int64_t bytes = shape.elements() * int64_t{sizeof(T)};
  if (bytes < 2 * kShare) return copy_part(x, in, out, own, shape);
  const std::size_t axis = std::max_element(shape.begin(), shape.end()) - shape.begin();
  const int64_t n = shape[axis];
  const int64_t parts = std::clamp<int64_t>(bytes / kShare, 1, n);
  const auto part = [&](int64_t p, int) {
    const int64_t first = n * p / parts, count = n * (p + 1) / parts - first;
    copy_part(x + first * in[axis], in, out + first * own[axis], own, shape.replaced(axis, count));
  };
  workers.run(parts, part);
}

}  // namespace

void copy(const void* x, std::size_t element_size, const Layout& layout, void* out, const Workers& workers) {
  const Layout runs = merge_axes(layout);
  if (runs.shape.elements() == 0) return;
  dispatch_size(element_size, [&]<class T>(Type<T>) {
    copy_shared(static_cast<const T*>(x) + runs.offset, runs.strides, static_cast<T*>(out), strides_of(runs.shape),
                runs.shape, workers);
  });
}

void copy_bytes(const void* x, int64_t bytes, void* out, const Workers& workers) {
  if (bytes == 0) return;  // an address of nothing may be null
  if (bytes < 2 * kShare) return void(std::memcpy(out, x, bytes));
  copy_shared(static_cast<const std::byte*>(x), {1}, static_cast<std::byte*>(out), {1}, {bytes}, workers);
}

namespace {
// `count` runs of N elements (0: of n), which lie apart in out.
template <int64_t N, class T>
void copy_runs(const T* x, int64_t n, T* out, int64_t out_step, int64_t count) {
  const int64_t length = N > 0 ? N : n;
  for (int64_t r = 0; r < count; ++r) std::memcpy(out + r * out_step, x + r * length, length * sizeof(T));
}
template <class T>
void copy_short_runs(const T* x, int64_t n, T* out, int64_t out_step, int64_t count) {
  switch (n) {
    case 1: return copy_runs<1>(x, n, out, out_step, count);
    case 2: return copy_runs<2>(x, n, out, out_step, count);
    case 3: return copy_runs<3>(x, n, out, out_step, count);
    case 4: return copy_runs<4>(x, n, out, out_step, count);
    default: return copy_runs<0>(x, n, out, out_step, count);
  }
}

// Rows of one element of each input. Parts of many inputs are copied side by side, and the copies are transposed.
template <class T>
void interleave(const KernelCall& c, int64_t first, int64_t last) {
  constexpr int64_t kCopies = 2048, kMostInputs = 16;
  const auto inputs = static_cast<int64_t>(c.in.size());
  if constexpr (sizeof(T) >= 4)
    if (inputs >= 2 && inputs <= kMostInterleaved) {
      std::array<const T*, kMostInterleaved> x;
      for (int64_t k = 0; k < inputs; ++k) x[static_cast<std::size_t>(k)] = c.in[k].as<T>() + first;
      return interleave_kernel<T>(inputs)(x.data(), last - first, c.out[0].as<T>() + first * inputs);
    }
  const int64_t most = kCopies / std::min(kMostInputs, inputs);
  T copies[kCopies];
  for (int64_t row = first; row < last; row += most)
    for (int64_t input = 0; input < inputs; input += kMostInputs) {
      const int64_t columns = std::min(kMostInputs, inputs - input), rows = std::min(most, last - row);
      for (int64_t k = 0; k < columns; ++k) std::copy_n(c.in[input + k].as<T>() + row, rows, copies + k * rows);
      copy_transposed(copies, rows, c.out[0].as<T>() + row * inputs + input, inputs, rows, columns);
    }
}

// For inputs that each fill a short part of a row. Rows of the result are filled from all inputs, as many rows at a
// time as stay in the cache.
template <class T>
void concat_short(const KernelCall& c, std::size_t axis, int64_t outer, int64_t inner, int64_t row) {
  const int64_t block = std::clamp<int64_t>((int64_t{1} << 15) / (row * int64_t{sizeof(T)}), 1, outer);
  const bool one_each = row == static_cast<int64_t>(c.in.size()) &&
                        std::ranges::all_of(c.in, [&](const View& in) { return (*in.shape)[axis] * inner == 1; });
  const auto rows = [&](int64_t first, int64_t last, int) {
    if (one_each) return interleave<T>(c, first, last);
    T* out = c.out[0].as<T>() + first * row;
    for (const View& in : c.in) {
      const int64_t part = (*in.shape)[axis] * inner;
      copy_short_runs(in.as<T>() + first * part, part, out, row, last - first);
      out += part;
    }
  };
  const bool is_large = outer * row * int64_t{sizeof(T)} >= 2 * kShare;
  const Workers workers = is_large ? c.workers : Workers(1);
  for_each_share(workers, outer, one_each ? share_of(1 << 16, row) : block, rows);
}
}  // namespace

void concat(const KernelCall& c) {
  const std::size_t axis = c.integer("axis");
  const Shape& s = *c.out[0].shape;
  const int64_t outer = s.product(0, axis), inner = s.product(axis + 1, s.rank()), row = s[axis] * inner;
  dispatch_size(size_of(c.out[0].dtype), [&]<class T>(Type<T>) {
    constexpr int64_t kShort = 256 / sizeof(T);
    if (outer > 1 && row > 0 && row < kShort * static_cast<int64_t>(c.in.size()))
      return concat_short<T>(c, axis, outer, inner, row);
    T* out = c.out[0].as<T>();
    for (const View& in : c.in) {
      const int64_t part = (*in.shape)[axis] * inner;
      if (outer * part > 0) copy_shared(in.as<T>(), {part, 1}, out, {row, 1}, {outer, part}, c.workers);
      out += part;
    }
  });
}

namespace {
// Adds the block to out, from where its first element belongs.
template <class T>
void add_block(const T* x, const Shape& shape, T* out, const Shape::Dims& own) {
  if (shape.rank() == 0) return void(*out += *x);
  const std::size_t last = shape.rank() - 1;
  over_axes(shape, strides_of(shape), own, last, last, [&](int64_t from, int64_t to) {
    for (int64_t i = 0; i < shape[last]; ++i) out[to + i] += x[from + i];
  });
}
}  // namespace

void add_blocks(const KernelCall& c) {
  const Ints& begins = c.ints("begins");
  const Shape& shape = *c.out[0].shape;
  const Shape::Dims own = strides_of(shape);
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    std::fill_n(c.out[0].as<T>(), shape.elements(), T(0));
    for (std::size_t i = 0; i < c.in.size(); ++i) {
      if (c.in[i].elements() == 0) continue;
      int64_t first = 0;
      for (std::size_t axis = 0; axis < shape.rank(); ++axis) first += begins[i * shape.rank() + axis] * own[axis];
      add_block(c.in[i].as<T>(), *c.in[i].shape, c.out[0].as<T>() + first, own);
    }
  });
}

namespace {
// A padded tensor, by rows of its last axis: where a row's elements come from, if from anywhere.
struct Padding {
  const Shape &in, &out;
  const Ints& paddings;

  // The first element of the input's row that becomes this one; -1: all of it is padding.
  int64_t row_of(int64_t row) const {
    int64_t offset = 0, step = in[in.rank() - 1];
    for (std::size_t axis = in.rank() - 1; axis-- > 0; row /= out[axis]) {
      const int64_t at = row % out[axis] - paddings[2 * axis];
      if (at < 0 || at >= in[axis]) return -1;
      offset += at * step;
      step *= in[axis];
    }
    return offset;
  }
};

// Elements first..last of the result.
template <class T>
void pad_part(const Padding& p, const T* x, T value, int64_t first, int64_t last, T* out) {
  if (p.out.rank() == 0) return void(*out = *x);
  const std::size_t inner = p.out.rank() - 1;
  const int64_t width = p.out[inner], before = p.paddings[2 * inner];
  while (first < last) {
    const int64_t row = first / width, column = first % width, end = std::min(width, column + last - first);
    const int64_t from = p.row_of(row), left = std::clamp(before, column, end),
                  right = std::clamp(from < 0 ? left : before + p.in[inner], left, end);
    out = std::fill_n(out, left - column, value);
    if (left < right) out = std::copy(x + from + left - before, x + from + right - before, out);
    out = std::fill_n(out, end - right, value);
    first += end - column;
  }
}
}  // namespace

namespace {
template <class T>
T number_of(const AttrValue& v) {
  if (const auto* i = std::get_if<int64_t>(&v)) return math::saturate<T>(*i);
  return math::convert<T>(std::get<double>(v));
}
}  // namespace

void elements_of_pad(const Attributes& a, const View& x, const Shape& out, int64_t first, std::size_t n, void* to) {
  const Padding padding{*x.shape, out, a.ints("paddings")};
  dispatch(x.dtype, [&]<class T>(Type<T>) {
    pad_part(padding, x.as<T>(), number_of<T>(a.attr("constant_values")), first, first + n, static_cast<T*>(to));
  });
}

void constant_pad(const KernelCall& c) {
  constexpr int64_t kShare = 1 << 16;  // elements
  const int64_t size = size_of(c.out[0].dtype), n = c.out[0].elements();
  for_each_share(c.workers, n, kShare, [&](int64_t first, int64_t last, int) {
    elements_of_pad(c, c.in[0], *c.out[0].shape, first, last - first,
                    static_cast<std::byte*>(c.out[0].data) + first * size);
  });
}

void range(const KernelCall& c) {
  const auto fill = [&](auto start, auto delta) {
    dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
      T* out = c.out[0].as<T>();
      for (int64_t i = 0; i < c.out[0].elements(); ++i)
        out[i] = math::convert<T>(math::wrap_add(start, math::wrap_multiply(static_cast<decltype(start)>(i), delta)));
    });
  };
  const AttrValue &start = c.attr("start"), &delta = c.attr("delta");
  if (std::holds_alternative<int64_t>(start))
    fill(std::get<int64_t>(start), std::get<int64_t>(delta));
  else
    fill(std::get<double>(start), std::get<double>(delta));
}

namespace {
// A copy, or an error that names the first bad entry.
void copy_checked(const KernelCall& c, bool (*bad)(int64_t), const char* complaint) {
  const View& x = c.in[0];
  dispatch(x.dtype, [&]<class T>(Type<T>) {
    if constexpr (math::is_int<T>) {
      const T *first = x.as<T>(), *last = first + x.elements();
      const T* found = std::find_if(first, last, [&](T v) { return bad(v); });
      if (found != last) invalid("{}: {}, got {} at entry {}", c.name, complaint, *found, found - first);
      std::copy(first, last, c.out[0].as<T>());
    }
  });
}
}  // namespace

void integer_divisor(const KernelCall& c) {
  copy_checked(
      c, [](int64_t v) { return v == 0; }, "an integer cannot be divided by 0");
}
void integer_exponent(const KernelCall& c) {
  copy_checked(
      c, [](int64_t v) { return v < 0; }, "an integer cannot be raised to a power below 0");
}

void repeated_places(const KernelCall& c) {
  auto* out = c.out[0].as<int64_t>();
  int64_t i = 0;
  for (int64_t count : c.ints("counts")) out = std::fill_n(out, count, i++);
}

void identity_rows(const KernelCall& c) {
  const int64_t n = c.integer("order"), count = c.integer("count");
  const int64_t first = c.in.empty() ? 0 : *c.in[0].as<int64_t>();
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    T* out = c.out[0].as<T>();
    std::fill_n(out, count * n, T(0));
    for (int64_t i = 0; i < count; ++i) out[i * n + first + i] = T(1);
  });
}

// Squares of the matrix are mirrored one after the other, so that the lines of both stay in the cache.
void mirror_lower(const KernelCall& c) {
  constexpr int64_t kSide = 32;
  const Shape& s = *c.out[0].shape;
  const int64_t n = s[s.rank() - 1], squares = ceil_div(n, kSide);
  if (s.elements() == 0) return;
  if (c.in[0].data != c.out[0].data)
    copy_bytes(c.in[0].data, s.elements() * static_cast<int64_t>(size_of(c.out[0].dtype)), c.out[0].data, c.workers);
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    T* matrices = c.out[0].as<T>();
    for_each_share(c.workers, s.product(0, s.rank() - 2) * squares, share_of(1 << 15, kSide * n),
                   [&](int64_t from, int64_t to, int) {
                     for (int64_t k = from; k < to; ++k) {
                       T* m = matrices + k / squares * n * n;
                       const int64_t top = k % squares * kSide, bottom = std::min(n, top + kSide);
                       for (int64_t left = top; left < n; left += kSide)
                         for (int64_t i = top; i < bottom; ++i)
                           for (int64_t j = std::max(left, i + 1); j < std::min(n, left + kSide); ++j)
                             m[i * n + j] = m[j * n + i];
                     }
                   });
  });
}

void bands(const KernelCall& c) {
  const int64_t rows = c.integer("rows"), columns = c.integer("columns");
  const Ints &offsets = c.ints("offsets"), &firsts = c.ints("firsts");
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    T* out = c.out[0].as<T>();
    for_each_share(c.workers, rows, share_of(1 << 16, columns), [&](int64_t from, int64_t to, int) {
      std::fill(out + from * columns, out + to * columns, T(0));
      for (std::size_t k = 0; k < c.in.size(); ++k) {
        const T* line = c.in[k].as<T>();
        const int64_t last = std::min(firsts[k] + c.in[k].elements(), to - offsets[k]);
        for (int64_t j = std::max(firsts[k], from - offsets[k]); j < last; ++j)
          out[(j + offsets[k]) * columns + j] += line[j - firsts[k]];
      }
    });
  });
}

}  // namespace gradtape::core::kernels
