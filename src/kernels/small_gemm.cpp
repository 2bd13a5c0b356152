#include "kernels/small_gemm.hpp"

#include <algorithm>
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
  Matrix<T> a, b;  // b with dense rows, which may be read up to the next multiple of kPadded elements
  T* out;
};
template <class T>
constexpr int64_t kPadded = 16 / static_cast<int64_t>(sizeof(T));

// Rows i..i+Rows of a vector's width of columns at j, of which `count` are there.
template <class T, int Bytes, int Rows>
void block(const Problem<T>& p, int64_t i, int64_t j, int64_t count) {
  using V = typename Vector<T, Bytes>::Type;
  V sums[Rows] = {};
  const T* a = p.a.data + i * p.a.row;
  const T* b = p.b.data + j;
  for (int64_t l = 0; l < p.k; ++l) {
    V row;
    std::memcpy(&row, b + l * p.b.row, sizeof row);
    for (int r = 0; r < Rows; ++r) sums[r] += a[r * p.a.row + l * p.a.column] * row;
  }
  for (int r = 0; r < Rows; ++r) {
    T* out = p.out + (i + r) * p.n + j;
    if (count == Vector<T, Bytes>::width)
      std::memcpy(out, &sums[r], sizeof(V));
    else
      for (int64_t c = 0; c < count; ++c) out[c] = sums[r][c];
  }
}

template <class T, int Bytes>
void rows(const Problem<T>& p, int64_t j, int64_t count) {
  int64_t i = 0;
  for (; i + 6 <= p.m; i += 6) block<T, Bytes, 6>(p, i, j, count);
  for (; i + 2 <= p.m; i += 2) block<T, Bytes, 2>(p, i, j, count);
  for (; i < p.m; ++i) block<T, Bytes, 1>(p, i, j, count);
}

template <class T>
void multiply(const Problem<T>& p) {
  int64_t j = 0;
  for (; j + Vector<T, 64>::width <= p.n; j += Vector<T, 64>::width) rows<T, 64>(p, j, Vector<T, 64>::width);
  for (; j + Vector<T, 32>::width <= p.n; j += Vector<T, 32>::width) rows<T, 32>(p, j, Vector<T, 32>::width);
  for (; j < p.n; j += kPadded<T>) rows<T, 16>(p, j, std::min(kPadded<T>, p.n - j));
}

template <class T>
void run(int64_t m, int64_t n, int64_t k, const Matrix<T>& a, const Matrix<T>& b, T* out) {
  static const auto compiled = compiled_for_this_machine<[](const Problem<T>& p) { multiply(p); }, const Problem<T>&>();
  if (b.column == 1 && n % kPadded<T> == 0) {
    compiled({m, n, k, a, b, out});
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
  for (int64_t l = 0; l < k; ++l)
    for (int64_t j = 0; j < width; ++j) rows[l * width + j] = j < n ? b.data[l * b.row + j * b.column] : T(0);
  compiled({m, n, k, a, {rows, width, 1}, out});
}
}  // namespace

void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<float>& a, const Matrix<float>& b, float* out) {
  run(m, n, k, a, b, out);
}
void small_gemm(int64_t m, int64_t n, int64_t k, const Matrix<double>& a, const Matrix<double>& b, double* out) {
  run(m, n, k, a, b, out);
}

}  // namespace gradtape::kernels
