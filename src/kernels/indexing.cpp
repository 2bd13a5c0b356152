#include <algorithm>

#include "kernels/kernels.hpp"
#include "kernels/scalar_math.hpp"

namespace gradtape::kernels {

namespace {
constexpr int64_t kShare = 1 << 14;  // elements that are worth a thread of their own

// params [batch, outer, n, inner], indices [batch, count]: the common geometry of gather and of its transpose.
struct Gather {
  int64_t batch, outer, n, inner, count;
  Gather(const KernelCall& c, const Shape& params, const Shape& indices) {
    const auto axis = static_cast<std::size_t>(c.integer("axis")),
               batch_dims = static_cast<std::size_t>(c.integer("batch_dims"));
    batch = params.product(0, batch_dims);
    outer = params.product(batch_dims, axis);
    n = params[axis];
    inner = params.product(axis + 1, params.rank());
    count = indices.product(batch_dims, indices.rank());
  }
};

template <class I>
void check_indices(const KernelCall& c, const I* indices, int64_t count, int64_t size) {
  bool all = true;
  for (int64_t k = 0; k < count; ++k) all &= indices[k] >= 0 && static_cast<int64_t>(indices[k]) < size;
  if (all) return;
  for (int64_t k = 0; k < count; ++k)
    if (indices[k] < 0 || static_cast<int64_t>(indices[k]) >= size)
      invalid("{}: index {} is out of range: the axis has size {}", c.name, static_cast<int64_t>(indices[k]), size);
}

// The rows k of each of the batch * outer blocks, shared out.
template <class T, class I>
void gather_rows(const KernelCall& c, const Gather& g, const T* x, const I* indices, T* out) {
  const int64_t rows = g.batch * g.outer * g.count,
                share = std::max<int64_t>(1, kShare / std::max<int64_t>(1, g.inner));
  const auto part = [&](std::size_t item, int) {
    const int64_t first = static_cast<int64_t>(item) * share, last = std::min(rows, first + share);
    int64_t block = first / g.count, k = first % g.count;
    for (int64_t row = first; row < last; ++row) {
      const int64_t from = block * g.n + static_cast<int64_t>(indices[block / g.outer * g.count + k]);
      if (g.inner == 1)
        out[row] = x[from];
      else
        std::copy_n(x + from * g.inner, g.inner, out + row * g.inner);
      if (++k == g.count) k = 0, ++block;
    }
  };
  c.workers.run(static_cast<std::size_t>((rows + share - 1) / share), part);
}

// Each block by itself, and of a wide row each part by itself: so that every sum is made in the order of the indices.
template <class T, class I>
void scatter_rows(const KernelCall& c, const Gather& g, const T* updates, const I* indices, T* out) {
  const int64_t blocks = g.batch * g.outer, work = std::max(g.n, g.count);
  const int64_t width = std::clamp<int64_t>(kShare / std::max<int64_t>(1, work), 16, std::max<int64_t>(16, g.inner));
  const int64_t parts = (g.inner + width - 1) / width;
  const int64_t share = std::max<int64_t>(1, kShare / std::max<int64_t>(1, work * std::min(width, g.inner)));
  const auto run = [&](std::size_t item, int) {
    const int64_t first = static_cast<int64_t>(item) * share, last = std::min(blocks * parts, first + share);
    for (int64_t p = first; p < last; ++p) {
      const int64_t block = p / parts, column = p % parts * width, n = std::min(width, g.inner - column);
      T* to = out + block * g.n * g.inner + column;
      for (int64_t i = 0; i < g.n; ++i) std::fill_n(to + i * g.inner, n, T(0));
      const T* from = updates + block * g.count * g.inner + column;
      const I* at = indices + block / g.outer * g.count;
      for (int64_t k = 0; k < g.count; ++k) {
        T* row = to + static_cast<int64_t>(at[k]) * g.inner;
        for (int64_t i = 0; i < n; ++i) row[i] = wrap_add(row[i], from[k * g.inner + i]);
      }
    }
  };
  c.workers.run(static_cast<std::size_t>((blocks * parts + share - 1) / share), run);
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
  dispatch_indices(c.in[1].dtype, [&](auto index_type) {
    const auto* indices = c.in[1].as<typename decltype(index_type)::type>();
    check_indices(c, indices, g.batch * g.count, g.n);
    if (c.out[0].elements() == 0) return;
    dispatch_size(size_of(c.in[0].dtype), [&](auto type) {
      using T = typename decltype(type)::type;
      gather_rows(c, g, c.in[0].as<T>(), indices, c.out[0].as<T>());
    });
  });
}

void scatter_add(const KernelCall& c) {
  const Gather g(c, *c.out[0].shape, *c.in[0].shape);
  dispatch_indices(c.in[0].dtype, [&](auto index_type) {
    const auto* indices = c.in[0].as<typename decltype(index_type)::type>();
    check_indices(c, indices, g.batch * g.count, g.n);
    if (c.out[0].elements() == 0) return;
    dispatch(c.in[1].dtype, [&](auto type) {
      using T = typename decltype(type)::type;
      scatter_rows(c, g, c.in[1].as<T>(), indices, c.out[0].as<T>());
    });
  });
}

void ravel_index(const KernelCall& c) {
  const Ints& sizes = c.ints("sizes");
  const auto k = sizes.size();
  int64_t* out = c.out[0].as<int64_t>();
  dispatch_indices(c.in[0].dtype, [&](auto type) {
    const auto* index = c.in[0].as<typename decltype(type)::type>();
    for (int64_t i = 0; i < c.out[0].elements(); ++i, index += k) {
      int64_t place = 0;
      for (std::size_t axis = 0; axis < k; ++axis) {
        if (index[axis] < 0 || static_cast<int64_t>(index[axis]) >= sizes[axis])
          invalid("{}: index {} is out of range: axis {} of those indexed has size {}", c.name,
                  static_cast<int64_t>(index[axis]), axis, sizes[axis]);
        place = place * sizes[axis] + static_cast<int64_t>(index[axis]);
      }
      out[i] = place;
    }
  });
}

void last_writer(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int64_t m = s[s.rank() - 1], n = c.integer("size");
  dispatch_indices(c.in[0].dtype, [&](auto type) {
    const auto* places = c.in[0].as<typename decltype(type)::type>();
    int64_t* out = c.out[0].as<int64_t>();
    std::fill_n(out, c.out[0].elements(), int64_t{-1});
    for (int64_t line = 0; line < s.product(0, s.rank() - 1); ++line, places += m, out += n)
      for (int64_t k = 0; k < m; ++k) out[places[k]] = k;
  });
}

}  // namespace gradtape::kernels
