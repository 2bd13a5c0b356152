#include "kernels/small_gemm.hpp"

#include <cstring>
#include <vector>

#include "base/isa.hpp"

namespace gradtape::kernels {

namespace {
template <class T, int Bytes>
struct Vector {
  typedef T Type [[gnu::vector_size(Bytes)]];
  static constexpr int64_t width = Bytes / static_cast<int64_t>(sizeof(T));
};

template <class T>
struct Problem {
  int64_t m, n, k;
  Matrix<T> a, b;  // b with dense rows
  T* out;
};

// Rows i..i+Rows of a vector's width of columns at j.
template <class T, int Bytes, int Rows>
void block(const Problem<T>& p, int64_t i, int64_t j) {
  using V = typename Vector<T, Bytes>::Type;
  V sums[Rows] = {};
  const T* a = p.a.data + i * p.a.row;
  const T* b = p.b.data + j;
  for (int64_t l = 0; l < p.k; ++l) {
    V row;
    std::memcpy(&row, b + l * p.b.row, sizeof row);
    for (int r = 0; r < Rows; ++r) sums[r] += a[r * p.a.row + l * p.a.column] * row;
  }
  for (int r = 0; r < Rows; ++r) std::memcpy(p.out + (i + r) * p.n + j, &sums[r], sizeof(V));
}

template <class T, int Bytes>
int64_t columns(const Problem<T>& p, int64_t j) {
  constexpr int64_t width = Vector<T, Bytes>::width;
  for (; j + width <= p.n; j += width) {
    int64_t i = 0;
    for (; i + 6 <= p.m; i += 6) block<T, Bytes, 6>(p, i, j);
    for (; i + 2 <= p.m; i += 2) block<T, Bytes, 2>(p, i, j);
    for (; i < p.m; ++i) block<T, Bytes, 1>(p, i, j);
  }
  return j;
}

template <class T>
void multiply(const Problem<T>& p) {
  int64_t j = columns<T, 64>(p, 0);
  j = columns<T, 32>(p, j);
  j = columns<T, 16>(p, j);
  for (; j < p.n; ++j)
    for (int64_t i = 0; i < p.m; ++i) {
      T sum = T(0);
      for (int64_t l = 0; l < p.k; ++l) sum += p.a.data[i * p.a.row + l * p.a.column] * p.b.data[l * p.b.row + j];
      p.out[i * p.n + j] = sum;
    }
}

template <class T>
void run(int64_t m, int64_t n, int64_t k, const Matrix<T>& a, const Matrix<T>& b, T* out) {
  static const auto compiled =
      compiled_for_this_machine<[](const Problem<T>& p) { multiply(p); }, const Problem<T>&>();
  if (b.column == 1 || n == 1) {
    compiled({m, n, k, a, b, out});
    return;
  }
  constexpr std::size_t kOnStack = 2048;
  T few[kOnStack];
  std::vector<T> many;
  T* rows = few;
  if (const auto size = static_cast<std::size_t>(k * n); size > kOnStack) {
    many.resize(size);
    rows = many.data();
  }
  for (int64_t l = 0; l < k; ++l)
    for (int64_t j = 0; j < n; ++j) rows[l * n + j] = b.data[l * b.row + j * b.column];
  compiled({m, n, k, a, {rows, n, 1}, out});
}
}  // namespace

void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<float>& a, const Matrix<float>& b, float* out) {
  run(m, n, k, a, b, out);
}
void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<double>& a, const Matrix<double>& b, double* out) {
  run(m, n, k, a, b, out);
}

}  // namespace gradtape::kernels
