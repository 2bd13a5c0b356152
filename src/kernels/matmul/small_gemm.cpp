#include "kernels/matmul/small_gemm.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace gradtape::core::kernels {

namespace {
template <class T>
struct SmallProduct {
  int64_t m, n, k;
  Matrix<T> a, b;  // b with dense rows, which may be read up to the next multiple of kPadded elements
  T* out;
};
template <class T>
constexpr int64_t kPadded = 16 / static_cast<int64_t>(sizeof(T));
}  // namespace

}  // namespace gradtape::core::kernels

#define GRADTAPE_PARTS "kernels/matmul/small_gemm.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

namespace {
template <class T>
void run(int64_t m, int64_t n, int64_t k, const Matrix<T>& a, const Matrix<T>& b, T* out) {
  static const auto multiply =
      best_of(baseline::SmallGemm<T>::kernel, avx2::SmallGemm<T>::kernel, avx512::SmallGemm<T>::kernel);
  if (b.column == 1 && n % kPadded<T> == 0) {
    multiply({m, n, k, a, b, out});
    return;
  }
  constexpr std::size_t kOnStack = 2048;
  T few[kOnStack];
  std::vector<T> many;
  T* rows = few;
  const int64_t width = (n + kPadded<T> - 1) / kPadded<T> * kPadded<T>;
  if (const auto size = static_cast<std::size_t>(k * width); size > kOnStack) {
    many.resize(size);
    rows = many.data();
  }
  for (int64_t l = 0; l < k; ++l) {
    T* row = rows + l * width;
    if (b.column == 1)
      std::copy_n(b.data + l * b.row, n, row);
    else
      for (int64_t j = 0; j < n; ++j) row[j] = b.data[l * b.row + j * b.column];
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
