// Max pooling over windows of images, with the index of each largest entry.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/isa.hpp"
#include "kernels/kernels.hpp"

namespace gradtape::core::kernels {

namespace {
// Rows and columns of an image, the last ones not among them.
struct Window {
  int64_t top, bottom, left, right;
};
constexpr int64_t kChannels = 64;  // at once

// The memory of results; null: not wanted.
template <class T>
struct Largest {
  T* values;
  int64_t* indices;
  Largest from(int64_t at) const { return {values ? values + at : nullptr, indices ? indices + at : nullptr}; }
};

// The first largest entry of the window in each channel; nan is larger than all. Index is void if no index is wanted.
// Else it is an integer, of T's size if it can count an image's entries: a vector then holds as many of both.
template <class Index, class T>
void largest(const T* image, int64_t columns, int64_t channels, const Window& w, const Largest<T>& to) {
  constexpr bool has_index = !std::is_void_v<Index>;
  using P = std::conditional_t<has_index, Index, int8_t>;
  for (int64_t first = 0; first < channels; first += kChannels) {
    const int64_t n = std::min(kChannels, channels - first);
    T best[kChannels];
    [[maybe_unused]] P index[kChannels];  // from the window's start
    const int64_t start = (w.top * columns + w.left) * channels + first;
    for (int64_t c = 0; c < n; ++c) best[c] = image[start + c];
    if constexpr (has_index) std::fill_n(index, n, P(0));
    for (int64_t row = w.top; row < w.bottom; ++row)
      for (int64_t column = w.left; column < w.right; ++column) {
        const int64_t here = (row * columns + column) * channels + first;
        for (int64_t c = 0; c < n; ++c) {
          const T x = image[here + c];
          const bool better = (x > best[c]) | ((x != x) & (best[c] == best[c]));
          best[c] = better ? x : best[c];
          if constexpr (has_index) index[c] = better ? static_cast<P>(here - start) : index[c];
        }
      }
    if (to.values) std::copy_n(best, n, to.values + first);
    if constexpr (has_index)
      for (int64_t c = 0; c < n; ++c) to.indices[first + c] = start + c + index[c];
  }
}

struct Pooling {
  const Shape &in, &out;
  const Ints &size, &strides, &padding;

  Window window(int64_t row, int64_t column) const {
    const int64_t y = row * strides[0] - padding[0], x = column * strides[1] - padding[2];
    return {std::max<int64_t>(0, y), std::min(in[1], y + size[0]), std::max<int64_t>(0, x),
            std::min(in[2], x + size[1])};
  }
};
template <class T>
void largest_of_row(const Pooling& p, const T* image, int64_t row, const Largest<T>& to) {
  const bool narrow = sizeof(T) == 4 && p.in[1] * p.in[2] * p.in[3] <= std::numeric_limits<int32_t>::max();
  for (int64_t column = 0; column < p.out[2]; ++column) {
    const Window w = p.window(row, column);
    const Largest<T> here = to.from(column * p.out[3]);
    if (!to.indices)
      largest<void>(image, p.in[2], p.in[3], w, here);
    else if (narrow)
      largest<int32_t>(image, p.in[2], p.in[3], w, here);
    else
      largest<int64_t>(image, p.in[2], p.in[3], w, here);
  }
}
}  // namespace

void max_pool(const KernelCall& c) {
  const Pooling p{*c.in[0].shape, *c.out[0].shape, c.ints("ksize"), c.ints("strides"), c.ints("padding")};
  if (c.out[0].elements() == 0) return;
  const int64_t image = p.in[1] * p.in[2] * p.in[3], rows = p.out[0] * p.out[1], width = p.out[2] * p.out[3];
  dispatch_numeric(c.in[0].dtype, [&]<class T>(Type<T>) {
    static const auto one_row =
        compiled_for_this_machine<[](const Pooling& pooling, const T* x, int64_t row, const Largest<T>& to) {
          largest_of_row(pooling, x, row, to);
        }>();
    const Largest<T> to{c.out[0].as<T>(), c.out[1].as<int64_t>()};
    for_each_share(c.workers, rows, share_of(1 << 14, width), [&](int64_t first, int64_t last, int) {
      for (int64_t row = first; row < last; ++row)
        one_row(p, c.in[0].as<T>() + row / p.out[1] * image, row % p.out[1], to.from(row * width));
    });
  });
}

}  // namespace gradtape::core::kernels
