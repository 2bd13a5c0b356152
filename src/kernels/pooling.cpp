#include <algorithm>

#include "kernels/kernels.hpp"

namespace gradtape::kernels {

namespace {
// The first largest entry of each window, channel by channel; nan is larger than all.
struct Window {
  int64_t top, bottom, left, right;  // rows and columns of the image, the last ones not among them
};
template <class T>
void largest(const T* image, int64_t columns, int64_t channels, const Window& w, int64_t* at) {
  for (int64_t c = 0; c < channels; ++c) {
    int64_t best = (w.top * columns + w.left) * channels + c;
    for (int64_t row = w.top; row < w.bottom; ++row)
      for (int64_t column = w.left; column < w.right; ++column) {
        const int64_t here = (row * columns + column) * channels + c;
        const T x = image[here], most = image[best];
        if (x > most || (x != x && most == most)) best = here;
      }
    at[c] = best;
  }
}
}  // namespace

void pool_argmax(const KernelCall& c) {
  const Shape &in = *c.in[0].shape, &out = *c.out[0].shape;
  const Ints &size = c.ints("ksize"), &strides = c.ints("strides"), &padding = c.ints("padding");
  const int64_t image = in[1] * in[2] * in[3], rows = out[0] * out[1], width = out[2] * out[3];
  if (c.out[0].elements() == 0) return;
  const int64_t share = std::max<int64_t>(1, (1 << 14) / (width * size[0] * size[1]));
  dispatch(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const auto part = [&](std::size_t item, int) {
      const int64_t first = static_cast<int64_t>(item) * share;
      for (int64_t row = first; row < std::min(rows, first + share); ++row)
        for (int64_t column = 0; column < out[2]; ++column) {
          const int64_t y = row % out[1] * strides[0] - padding[0], x = column * strides[1] - padding[2];
          const Window window{std::max<int64_t>(0, y), std::min(in[1], y + size[0]), std::max<int64_t>(0, x),
                              std::min(in[2], x + size[1])};
          largest(c.in[0].as<T>() + row / out[1] * image, in[2], in[3], window,
                  c.out[0].as<int64_t>() + row * width + column * out[3]);
        }
    };
    c.workers.run(static_cast<std::size_t>((rows + share - 1) / share), part);
  });
}

}  // namespace gradtape::kernels
