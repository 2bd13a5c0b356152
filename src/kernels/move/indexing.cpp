// Gather, scatter and linear indices: elements moved by integer indices.
#include <algorithm>
#include <atomic>

#include "base/isa.hpp"
#include "kernels/kernels.hpp"
#include "kernels/workspace.hpp"
#include "math/scalar.hpp"

namespace gradtape::core::kernels {

namespace {
constexpr int64_t kShare = 1 << 14;  // elements that are worth a thread of their own

// params [batch, outer, n, inner], indices [batch, count]: the common geometry of gather and of its transpose.
struct Gather {
  int64_t batch, outer, n, inner, count;
  Gather(const KernelCall& c, const Shape& params, const Shape& indices) {
    const std::size_t axis = c.integer("axis"), batch_dims = c.integer("batch_dims");
    batch = params.product(0, batch_dims);
    outer = params.product(batch_dims, axis);
    n = params[axis];
    inner = params.product(axis + 1, params.rank());
    count = indices.product(batch_dims, indices.rank());
  }
};

// Whether all indices lie in [0, size).
template <class I>
bool are_valid(const I* indices, int64_t count, int64_t size) {
  bool all = true;
  for (int64_t k = 0; k < count; ++k) all &= indices[k] >= 0 && indices[k] < size;
  return all;
}
template <class I>
[[noreturn]] void report(const KernelCall& c, const I* indices, int64_t size) {
  while (*indices >= 0 && *indices < size) ++indices;
  invalid("{}: index {} is out of range: the axis has size {}", c.name, *indices, size);
}

// Some rows of the result, all of one block. Returns whether all indices are valid. One element at a time: vectors of
// addresses take longer.
template <class T, class I>
bool gather_run(const T* block, const I* indices, int64_t count, int64_t n, int64_t inner, T* out) {
  bool valid = true;
  const auto size = static_cast<uint64_t>(n);
  for (int64_t k = 0; k < count; ++k) {
    const auto i = static_cast<uint64_t>(indices[k]);
    const bool inside = i < size;
    valid &= inside;
    const T* from = block + (inside ? i : 0) * static_cast<uint64_t>(inner);
    if (inner == 1)
      out[k] = *from;
    else
      std::copy_n(from, inner, out + k * inner);
  }
  return valid;
}

// The rows k of each of the batch * outer blocks, shared out.
template <class T, class I>
void gather_rows(const KernelCall& c, const Gather& g, const T* x, const I* indices, T* out) {
  std::atomic<bool> valid{g.n > 0};
  const auto part = [&](int64_t first, int64_t last, int) {
    while (first < last) {
      const int64_t block = first / g.count, k = first % g.count, count = std::min(last - first, g.count - k);
      const I* at = indices + block / g.outer * g.count + k;
      if (!gather_run(x + block * g.n * g.inner, at, count, g.n, g.inner, out + first * g.inner)) valid = false;
      first += count;
    }
  };
  if (valid) for_each_share(c.workers, g.batch * g.outer * g.count, share_of(kShare, g.inner), part);
  if (!valid) report(c, indices, g.n);
}

// Sums of columns of one block, in the order of the indices.
template <class T, class I>
void scatter_columns(const Gather& g, int64_t column, int64_t width, const T* updates, const I* indices, T* block) {
  if (g.inner == 1) {
    std::fill_n(block, g.n, T(0));
    for (int64_t k = 0; k < g.count; ++k) block[indices[k]] = math::wrap_add(block[indices[k]], updates[k]);
    return;
  }
  for (int64_t i = 0; i < g.n; ++i) std::fill_n(block + i * g.inner + column, width, T(0));
  for (int64_t k = 0; k < g.count; ++k) {
    T* row = block + indices[k] * g.inner + column;
    const T* from = updates + k * g.inner + column;
    for (int64_t i = 0; i < width; ++i) row[i] = math::wrap_add(row[i], from[i]);
  }
}

// Adds many more rows into a single block than it has. Parts have sums of their own, and each reads its rows one after
// the other. The number of parts is the same on any machine.
template <class T, class I>
void scatter_in_parts(const KernelCall& c, const Gather& g, const T* updates, const I* indices, T* out) {
  constexpr int64_t kParts = 4;
  const int64_t size = g.n * g.inner, rows = ceil_div(g.count, kParts);
  const Workspace<T> sums(c, size, kParts);
  const auto part = [&](int64_t number, int) {
    Gather own = g;
    const int64_t first = number * rows;
    own.count = std::min(rows, g.count - first);
    scatter_columns(own, 0, g.inner, updates + first * g.inner, indices + first, sums.of(number));
  };
  c.workers.run(kParts, part);
  for_each_share(c.workers, size, kShare, [&](int64_t first, int64_t last, int) {
    for (int64_t i = first; i < last; ++i)
      out[i] =
          math::wrap_add(math::wrap_add(sums.of(0)[i], sums.of(1)[i]), math::wrap_add(sums.of(2)[i], sums.of(3)[i]));
  });
}

// Blocks are shared out, a single one by its columns.
template <class T, class I>
void scatter_rows(const KernelCall& c, const Gather& g, const T* updates, const I* indices, T* out) {
  const int64_t blocks = g.batch * g.outer, work = std::max(g.n, g.count) * g.inner;
  if (blocks == 1 && g.count >= 16 * g.n && work >= 4 * kShare) return scatter_in_parts(c, g, updates, indices, out);
  const int64_t wanted = blocks == 1 ? std::min<int64_t>(ceil_div(work, kShare), 16) : 1;
  const int64_t columns = std::max<int64_t>(16, round_up(ceil_div(g.inner, wanted), 16));
  const int64_t parts = ceil_div(g.inner, columns);
  for_each_share(c.workers, blocks * parts, share_of(kShare, work), [&](int64_t first, int64_t last, int) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t block = i / parts, column = i % parts * columns;
      scatter_columns(g, column, std::min(columns, g.inner - column), updates + block * g.count * g.inner,
                      indices + block / g.outer * g.count, out + block * g.n * g.inner);
    }
  });
}

template <class F>
void dispatch_indices(Dtype d, F&& f) {
  if (d == Dtype::int32) return f(Type<int32_t>{});
  f(Type<int64_t>{});
}
}  // namespace

void gather(const KernelCall& c) {
  const Gather g(c, *c.in[0].shape, *c.in[1].shape);
  if (c.out[0].elements() == 0 && g.count == 0) return;
  dispatch_indices(c.in[1].dtype, [&]<class I>(Type<I>) {
    const I* indices = c.in[1].as<I>();
    if (c.out[0].elements() == 0) {
      if (!are_valid(indices, g.batch * g.count, g.n)) report(c, indices, g.n);
      return;
    }
    dispatch_size(size_of(c.in[0].dtype),
                  [&]<class T>(Type<T>) { gather_rows(c, g, c.in[0].as<T>(), indices, c.out[0].as<T>()); });
  });
}

void scatter_add(const KernelCall& c) {
  const Gather g(c, *c.out[0].shape, *c.in[0].shape);
  dispatch_indices(c.in[0].dtype, [&]<class I>(Type<I>) {
    const I* indices = c.in[0].as<I>();
    if (!are_valid(indices, g.batch * g.count, g.n)) report(c, indices, g.n);
    if (c.out[0].elements() == 0) return;
    dispatch(c.in[1].dtype, [&]<class T>(Type<T>) { scatter_rows(c, g, c.in[1].as<T>(), indices, c.out[0].as<T>()); });
  });
}

namespace {
template <class I>
[[noreturn]] void report(const KernelCall& c, const I* index, const Ints& sizes) {
  for (;; ++index)
    for (std::size_t axis = 0; axis < sizes.size(); ++axis, index += axis < sizes.size())
      if (*index < 0 || *index >= sizes[axis])
        invalid("{}: index {} is out of range: axis {} of those indexed has size {}", c.name, *index, axis,
                sizes[axis]);
}
}  // namespace

void ravel_index(const KernelCall& c) {
  const Ints& sizes = c.ints("sizes");
  const std::size_t k = sizes.size();
  int64_t* out = c.out[0].as<int64_t>();
  dispatch_indices(c.in[0].dtype, [&]<class I>(Type<I>) {
    const I* indices = c.in[0].as<I>();
    std::atomic<bool> valid{true};
    for_each_share(c.workers, c.out[0].elements(), kShare, [&](int64_t first, int64_t last, int) {
      bool all = true;
      for (int64_t i = first; i < last; ++i) {
        const I* index = indices + i * k;
        int64_t linear = 0;
        for (std::size_t axis = 0; axis < k; ++axis) {
          all &= index[axis] >= 0 && index[axis] < sizes[axis];
          linear = static_cast<int64_t>(static_cast<uint64_t>(linear) * static_cast<uint64_t>(sizes[axis]) +
                                        static_cast<uint64_t>(index[axis]));
        }
        out[i] = linear;
      }
      if (!all) valid = false;
    });
    if (!valid) report(c, indices, sizes);
  });
}

void last_writer(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int64_t m = s[s.rank() - 1], n = c.integer("size");
  dispatch_indices(c.in[0].dtype, [&]<class I>(Type<I>) {
    const I* positions = c.in[0].as<I>();
    int64_t* out = c.out[0].as<int64_t>();
    std::fill_n(out, c.out[0].elements(), int64_t{-1});
    for (int64_t line = 0; line < s.product(0, s.rank() - 1); ++line, positions += m, out += n)
      for (int64_t k = 0; k < m; ++k) out[positions[k]] = k;
  });
}

}  // namespace gradtape::core::kernels
