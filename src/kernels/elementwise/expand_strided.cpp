// The walk over rows of a broadcast operand, from any element on.
#include "kernels/elementwise/expand_strided.hpp"

#include <algorithm>

#include "base/dtype.hpp"
#include "kernels/elementwise/copy_strided.hpp"

namespace gradtape::core::kernels {

namespace {
template <class T>
void expand_typed(const T* x, const Shape& loop, const Shape::Dims& strides, int64_t at, std::size_t n, T* out) {
  const std::size_t inner = loop.rank() - 1;
  const int64_t width = loop[inner], step = strides[inner];
  // The start of the first element's row, and the index of that row along the outer axes.
  int64_t column = at % width, row = 0;
  Shape::Dims index(inner, 0);
  at /= width;
  for (std::size_t axis = inner; axis-- > 0; at /= loop[axis]) {
    index[axis] = at % loop[axis];
    row += index[axis] * strides[axis];
  }
  const auto next_row = [&] {
    for (std::size_t axis = inner; axis-- > 0;) {
      row += strides[axis];
      if (++index[axis] < loop[axis]) return;
      row -= strides[axis] * loop[axis];
      index[axis] = 0;
    }
  };
  for (int64_t left = n; left > 0; column = 0, next_row()) {
    const int64_t run = std::min(width - column, left);
    copy_strided(x + row + column * step, step, run, out);
    out += run;
    left -= run;
  }
}
}  // namespace

void expand_strided(const void* x, std::size_t size, const Layout& layout, int64_t at, std::size_t n, void* out) {
  dispatch_size(size, [&]<class T>(Type<T>) {
    expand_typed(static_cast<const T*>(x), layout.shape, layout.strides, at, n, static_cast<T*>(out));
  });
}

}  // namespace gradtape::core::kernels
