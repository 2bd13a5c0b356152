// The choice between b as it lies and a padded copy of it, for small matrix products.
#include "kernels/matmul/small_gemm.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/ceil_div.hpp"
#include "kernels/elementwise/copy_strided.hpp"

namespace gradtape::core::kernels {

namespace {
template <class T>
struct SmallProduct {
  int64_t m, n, k;
  Matrix<T> a, b;  // b with dense rows, which may be read up to the next multiple of kPadded elements
  T* out;
};
template <class T>
constexpr int64_t kPadded = 16 / int64_t{sizeof(T)};
}  // namespace

}  // namespace gradtape::core::kernels

#define GRADTAPE_PARTS "kernels/matmul/small_gemm.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

namespace {
template <class T>
void run(int64_t m, int64_t n, int64_t k, const Matrix<T>& a, const Matrix<T>& b, T* out) {
  const auto multiply = table_for_this_machine<T>();
  if (b.column == 1 && n % kPadded<T> == 0) {
    multiply({m, n, k, a, b, out});
    return;
  }
  constexpr int64_t kOnStack = 2048;
  T few[kOnStack];
  std::vector<T> many;
  T* rows = few;
  const int64_t width = round_up(n, kPadded<T>);
  if (const int64_t size = k * width; size > kOnStack) {
    many.resize(size);
    rows = many.data();
  }
  for (int64_t l = 0; l < k; ++l) {
    T* row = rows + l * width;
    copy_strided(b.data + l * b.row, b.column, n, row);
    std::fill(row + n, row + width, T(0));
  }
  multiply({m, n, k, a, {rows, width, 1}, out});
}
}  // namespace

void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<float>& a, const Matrix<float>& b, float* out) {
  run(m, n, k, a, b, out);
}
void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<double>& a, const Matrix<double>& b, double* out) {
  run(m, n, k, a, b, out);
}

}  // namespace gradtape::core::kernels
