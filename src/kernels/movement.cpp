#include <algorithm>
#include <cstring>

#include "kernels/kernels.hpp"
#include "kernels/scalar_math.hpp"

namespace gradtape::kernels {

namespace {
// Calls f with a type of the element's size: moving elements does not depend on what they mean.
template <class F>
void by_size(Dtype d, F&& f) {
  switch (size_of(d)) {
    case 1: return f(Type<uint8_t>{});
    case 4: return f(Type<uint32_t>{});
    default: return f(Type<uint64_t>{});
  }
}

// out in row-major order, each element from x at the given strides (in elements; 0 repeats).
template <class T>
void copy_strided(const T* x, T* out, const Shape& shape, const Shape::Dims& strides) {
  const std::size_t rank = shape.rank();
  if (shape.elements() == 0) return;
  if (rank == 0) {
    *out = *x;
    return;
  }
  const int64_t n = shape[rank - 1], step = strides[rank - 1];
  Shape::Dims at(rank, 0);
  for (;;) {
    if (step == 1)
      std::copy(x, x + n, out);
    else if (step == 0)
      std::fill(out, out + n, *x);
    else
      for (int64_t i = 0; i < n; ++i) out[i] = x[i * step];
    out += n;
    std::size_t axis = rank - 1;
    for (;;) {
      if (axis == 0) return;
      --axis;
      x += strides[axis];
      if (++at[axis] < shape[axis]) break;
      x -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
}

// The inverse: x in row-major order, spread over out at the given strides.
template <class T>
void spread_strided(const T* x, T* out, const Shape& shape, const Shape::Dims& strides) {
  const std::size_t rank = shape.rank();
  if (shape.elements() == 0) return;
  if (rank == 0) {
    *out = *x;
    return;
  }
  const int64_t n = shape[rank - 1];
  Shape::Dims at(rank, 0);
  for (;;) {
    std::copy(x, x + n, out);
    x += n;
    std::size_t axis = rank - 1;
    for (;;) {
      if (axis == 0) return;
      --axis;
      out += strides[axis];
      if (++at[axis] < shape[axis]) break;
      out -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
}

// Position of each index into `size` entries, negative ones refused.
int64_t checked_index(const KernelCall& c, int64_t index, int64_t size) {
  if (index < 0 || index >= size) invalid("{}: index {} is out of range: the axis has size {}", c.op.name, index, size);
  return index;
}

// params [batch, outer, n, inner], indices [batch, count]: the common geometry of gather and of its transpose.
struct Gather {
  int64_t batch, outer, n, inner, count;
  Gather(const Shape& params, const Shape& indices, std::size_t axis, std::size_t batch_dims)
      : batch(params.product(0, batch_dims)),
        outer(params.product(batch_dims, axis)),
        n(params[axis]),
        inner(params.product(axis + 1, params.rank())),
        count(indices.product(batch_dims, indices.rank())) {}
};
}  // namespace

void transpose(const KernelCall& c) {
  const Ints& perm = c.ints("perm");
  const Shape::Dims own = strides_of(*c.in[0].shape);
  Shape::Dims strides;
  for (int64_t p : perm) strides.push_back(own[static_cast<std::size_t>(p)]);
  by_size(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    copy_strided(c.in[0].as<T>(), c.out[0].as<T>(), *c.out[0].shape, strides);
  });
}

void broadcast_to(const KernelCall& c) {
  const Shape::Dims strides = broadcast_strides(*c.in[0].shape, *c.out[0].shape);
  by_size(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    copy_strided(c.in[0].as<T>(), c.out[0].as<T>(), *c.out[0].shape, strides);
  });
}

void concat(const KernelCall& c) {
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
  const Shape& s = *c.out[0].shape;
  const int64_t outer = s.product(0, axis), inner = s.product(axis + 1, s.rank()), row = s[axis] * inner;
  by_size(c.out[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    T* out = c.out[0].as<T>();
    for (const View& in : c.in) {
      const int64_t part = (*in.shape)[axis] * inner;
      const T* x = in.as<T>();
      for (int64_t o = 0; o < outer; ++o) std::copy(x + o * part, x + (o + 1) * part, out + o * row);
      out += part;
    }
  });
}

void slice(const KernelCall& c) {
  const Ints& begin = c.ints("begin");
  const Shape::Dims strides = strides_of(*c.in[0].shape);
  int64_t offset = 0;
  for (std::size_t i = 0; i < begin.size(); ++i) offset += begin[i] * strides[i];
  if (c.out[0].elements() == 0) return;
  by_size(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    copy_strided(c.in[0].as<T>() + offset, c.out[0].as<T>(), *c.out[0].shape, strides);
  });
}

void constant_pad(const KernelCall& c) {
  const Ints& paddings = c.ints("paddings");
  const double value = std::get<double>(c.attr("constant_values"));
  dispatch(c.out[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    std::fill_n(c.out[0].as<T>(), c.out[0].elements(), convert<T>(value));
  });
  if (c.in[0].elements() == 0) return;
  const Shape::Dims strides = strides_of(*c.out[0].shape);
  int64_t offset = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) offset += paddings[2 * i] * strides[i];
  by_size(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    spread_strided(c.in[0].as<T>(), c.out[0].as<T>() + offset, *c.in[0].shape, strides);
  });
}

void reverse(const KernelCall& c) {
  const Shape& shape = *c.in[0].shape;
  if (shape.elements() == 0) return;
  Shape::Dims strides = strides_of(shape);
  int64_t offset = 0;
  for (int64_t a : c.ints("axis")) {
    const auto axis = static_cast<std::size_t>(a);
    offset += strides[axis] * (shape[axis] - 1);
    strides[axis] = -strides[axis];
  }
  by_size(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    copy_strided(c.in[0].as<T>() + offset, c.out[0].as<T>(), shape, strides);
  });
}

void gather(const KernelCall& c) {
  const Gather g(*c.in[0].shape, *c.in[1].shape, static_cast<std::size_t>(c.integer("axis")),
                 static_cast<std::size_t>(c.integer("batch_dims")));
  dispatch(c.in[1].dtype, [&](auto index_type) {
    const auto* indices = c.in[1].as<typename decltype(index_type)::type>();
    by_size(c.in[0].dtype, [&](auto type) {
      using T = typename decltype(type)::type;
      const T* x = c.in[0].as<T>();
      T* out = c.out[0].as<T>();
      for (int64_t b = 0; b < g.batch; ++b)
        for (int64_t o = 0; o < g.outer; ++o, x += g.n * g.inner)
          for (int64_t k = 0; k < g.count; ++k, out += g.inner) {
            const T* row = x + checked_index(c, static_cast<int64_t>(indices[b * g.count + k]), g.n) * g.inner;
            std::copy(row, row + g.inner, out);
          }
    });
  });
}

void scatter_add(const KernelCall& c) {
  const Gather g(*c.out[0].shape, *c.in[0].shape, static_cast<std::size_t>(c.integer("axis")),
                 static_cast<std::size_t>(c.integer("batch_dims")));
  dispatch(c.in[0].dtype, [&](auto index_type) {
    const auto* indices = c.in[0].as<typename decltype(index_type)::type>();
    dispatch(c.in[1].dtype, [&](auto type) {
      using T = typename decltype(type)::type;
      const T* updates = c.in[1].as<T>();
      T* out = c.out[0].as<T>();
      std::fill_n(out, c.out[0].elements(), T(0));
      for (int64_t b = 0; b < g.batch; ++b)
        for (int64_t o = 0; o < g.outer; ++o, out += g.n * g.inner)
          for (int64_t k = 0; k < g.count; ++k, updates += g.inner) {
            T* row = out + checked_index(c, static_cast<int64_t>(indices[b * g.count + k]), g.n) * g.inner;
            for (int64_t i = 0; i < g.inner; ++i) row[i] = wrap_add(row[i], updates[i]);
          }
    });
  });
}

void range(const KernelCall& c) {
  const double start = std::get<double>(c.attr("start")), delta = std::get<double>(c.attr("delta"));
  dispatch(c.out[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    T* out = c.out[0].as<T>();
    for (int64_t i = 0; i < c.out[0].elements(); ++i) out[i] = convert<T>(start + static_cast<double>(i) * delta);
  });
}

}  // namespace gradtape::kernels
