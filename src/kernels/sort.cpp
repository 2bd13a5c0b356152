#include <algorithm>
#include <numeric>
#include <vector>

#include "kernels/kernels.hpp"

namespace gradtape::kernels {

// Stable, nan last. Lines along the axis are sorted one by one.
void argsort(const KernelCall& c) {
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
  const bool descending = std::get<std::string>(c.attr("direction")) == "DESCENDING";
  const Shape& s = *c.in[0].shape;
  const int64_t outer = s.product(0, axis), n = s[axis], inner = s.product(axis + 1, s.rank());
  std::vector<int32_t> order(static_cast<std::size_t>(n));
  dispatch(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i) {
        const T* line = c.in[0].as<T>() + o * n * inner + i;
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
          const T x = line[a * inner], y = line[b * inner];
          if (x != x || y != y) return x == x;
          return descending ? y < x : x < y;
        });
        int32_t* out = c.out[0].as<int32_t>() + o * n * inner + i;
        for (int64_t k = 0; k < n; ++k) out[k * inner] = order[static_cast<std::size_t>(k)];
      }
  });
}

}  // namespace gradtape::kernels
