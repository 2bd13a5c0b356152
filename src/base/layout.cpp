// Arithmetic on layouts: views of the same memory under other shapes and strides.
#include "base/layout.hpp"

namespace gradtape::core {

Layout row_major(const Shape& shape) { return {shape, strides_of(shape), 0}; }

bool is_dense(const Layout& layout) {
  if (layout.shape.elements() == 0) return true;
  int64_t step = 1;
  for (std::size_t i = layout.shape.rank(); i-- > 0;) {
    const int64_t n = layout.shape[i];
    if (n != 1 && layout.strides[i] != step) return false;
    step *= n;
  }
  return true;
}

Layout broadcast(const Layout& layout, const Shape& shape) {
  Layout out{shape, Shape::Dims(shape.rank(), 0), layout.offset};
  const std::size_t extra = shape.rank() - layout.shape.rank();
  for (std::size_t i = 0; i < layout.shape.rank(); ++i)
    if (layout.shape[i] == shape[extra + i]) out.strides[extra + i] = layout.strides[i];
  return out;
}

Layout permute_axes(const Layout& layout, std::span<const int64_t> perm) {
  Layout out{{}, {}, layout.offset};
  for (int64_t p : perm) {
    out.shape.push_back(layout.shape[p]);
    out.strides.push_back(layout.strides[p]);
  }
  return out;
}

Layout merge_axes(const Layout& layout) {
  Layout out{{}, {}, layout.offset};
  for (std::size_t i = 0; i < layout.shape.rank(); ++i) {
    const int64_t n = layout.shape[i];
    if (n == 1) continue;
    const std::size_t last = out.shape.rank();
    if (last > 0 && out.strides[last - 1] == layout.strides[i] * n) {
      out.shape[last - 1] *= n;
      out.strides[last - 1] = layout.strides[i];
    } else {
      out.shape.push_back(n);
      out.strides.push_back(layout.strides[i]);
    }
  }
  if (out.shape.rank() == 0) out = {{1}, {1}, layout.offset};
  return out;
}

std::optional<Layout> reshape_layout(const Layout& layout, const Shape& shape) {
  if (is_dense(layout)) {
    Layout out = row_major(shape);
    out.offset = layout.offset;
    return out;
  }
  // Each even run of elements must be cut at its own borders: axes of the new shape share out one run at a time.
  const Layout runs = merge_axes(layout);
  Layout out{shape, Shape::Dims(shape.rank(), 0), layout.offset};
  std::size_t run = runs.shape.rank();
  int64_t left = 1, step = 0;
  for (std::size_t i = shape.rank(); i-- > 0;) {
    if (shape[i] == 1) continue;
    if (left == 1) {
      if (run == 0) return std::nullopt;
      --run;
      left = runs.shape[run];
      step = runs.strides[run];
    }
    if (left % shape[i] != 0) return std::nullopt;
    out.strides[i] = step;
    step *= shape[i];
    left /= shape[i];
  }
  return left == 1 && run == 0 ? std::optional(out) : std::nullopt;
}

}  // namespace gradtape::core
