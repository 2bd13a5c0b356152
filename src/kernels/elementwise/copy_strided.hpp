// Copies of elements that lie evenly apart.
#pragma once

#include <algorithm>
#include <cstdint>

namespace gradtape::core::kernels {

// n elements of x, `step` apart (0 repeats the first), to out, one after the other.
template <class T>
void copy_strided(const T* x, int64_t step, int64_t n, T* out) {
  if (step == 1)
    std::copy(x, x + n, out);
  else if (step == 0)
    std::fill(out, out + n, *x);
  else
    for (int64_t i = 0; i < n; ++i) out[i] = x[i * step];
}

}  // namespace gradtape::core::kernels
