#include "kernels/spread.hpp"

#include <algorithm>

#include "base/dtype.hpp"

namespace gradtape::kernels {

namespace {
template <class T>
void spread_typed(const T* x, const Shape& loop, const Shape::Dims& strides, int64_t at, std::size_t n, T* out) {
  const std::size_t inner = loop.rank() - 1;
  const int64_t width = loop[inner], step = strides[inner];
  // Where the first element lies: its row, counted along the outer axes, and its place in the row.
  int64_t column = at % width, row = at / width;
  auto left = static_cast<int64_t>(n);
  for (; left > 0; ++row, column = 0) {
    int64_t offset = column * step;
    for (std::size_t axis = inner, r = static_cast<std::size_t>(row); axis-- > 0;
         r /= static_cast<std::size_t>(loop[axis]))
      offset += static_cast<int64_t>(r % static_cast<std::size_t>(loop[axis])) * strides[axis];
    const int64_t run = std::min(width - column, left);
    if (step == 1)
      std::copy(x + offset, x + offset + run, out);
    else if (step == 0)
      std::fill(out, out + run, x[offset]);
    else
      for (int64_t i = 0; i < run; ++i) out[i] = x[offset + i * step];
    out += run;
    left -= run;
  }
}
}  // namespace

void spread(const void* x, std::size_t size, const Layout& layout, int64_t at, std::size_t n, void* out) {
  dispatch_size(size, [&](auto type) {
    using T = typename decltype(type)::type;
    spread_typed(static_cast<const T*>(x), layout.shape, layout.strides, at, n, static_cast<T*>(out));
  });
}

}  // namespace gradtape::kernels
