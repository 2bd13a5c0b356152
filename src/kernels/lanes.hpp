// Small matrices side by side: entry (i, j) of as many matrices as a vector has elements lie together, and every step
// is done for all of them at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "base/isa.hpp"

namespace gradtape::kernels {

template <class T>
class Lanes {
 public:
  typedef T Vector __attribute__((vector_size(64)));
  using Int = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  typedef Int Mask __attribute__((vector_size(64)));
  static constexpr int count = 64 / sizeof(T);

  // [A | B] to upper triangular form, with the largest pivot of each column. sign: of the permutations. info: the
  // first pivot that is 0, counted from 1.
  static void eliminate(Vector* a, Vector* b, int n, int k, Vector* sign, Mask* info) {
    static const auto run = compiled_for_this_machine<[](Vector* x, Vector* y, int order, int columns, Vector* s,
                                                         Mask* bad) { eliminate_all(x, y, order, columns, s, bad); },
                                                      Vector*, Vector*, int, int, Vector*, Mask*>();
    run(a, b, n, k, sign, info);
  }
  // B becomes the X with A X = B, for triangular A.
  static void substitute(const Vector* a, Vector* b, int n, int k, bool lower) {
    static const auto run =
        compiled_for_this_machine<[](const Vector* x, Vector* y, int order, int columns, bool forwards) {
          substitute_all(x, y, order, columns, forwards);
        },
                                  const Vector*, Vector*, int, int, bool>();
    run(a, b, n, k, lower);
  }
  // A becomes its lower factor; what is above the diagonal stays. info: the first minor that is not positive.
  static void cholesky(Vector* a, int n, Mask* info) {
    static const auto run =
        compiled_for_this_machine<[](Vector* x, int order, Mask* bad) { cholesky_all(x, order, bad); }, Vector*, int,
                                  Mask*>();
    run(a, n, info);
  }

  // Between matrices [rows, columns] one after the other and side by side; a lane without a matrix holds the identity.
  // A run of entries of each matrix at a time, so that memory is read line by line.
  static void load(const T* x, int matrices, int rows, int columns, Vector* out) {
    const int size = rows * columns;
    T* to = reinterpret_cast<T*>(out);
    for (int first = 0; first < size; first += count)
      for (int lane = 0; lane < count; ++lane)
        for (int e = first; e < std::min(size, first + count); ++e)
          to[e * count + lane] = lane < matrices ? x[lane * size + e] : static_cast<T>(e / columns == e % columns);
  }
  static void store(const Vector* x, int matrices, int size, T* out) {
    const T* from = reinterpret_cast<const T*>(x);
    for (int first = 0; first < size; first += count)
      for (int lane = 0; lane < matrices; ++lane)
        for (int e = first; e < std::min(size, first + count); ++e) out[lane * size + e] = from[e * count + lane];
  }
  static void transpose(Vector* x, int n) {
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < i; ++j) std::swap(x[i * n + j], x[j * n + i]);
  }

 private:
  static void swap_where(const Mask& here, Vector& x, Vector& y) {
    const Vector kept = x;
    x = here ? y : x;
    y = here ? kept : y;
  }
  static void eliminate_all(Vector* a, Vector* b, int n, int k, Vector* sign, Mask* info) {
    for (int i = 0; i < n; ++i) {
      Vector* pivot_row = a + i * n;
      Vector best = pivot_row[i] < 0 ? -pivot_row[i] : pivot_row[i];
      Mask at = Mask{} + i;
      for (int r = i + 1; r < n; ++r) {
        const Vector x = a[r * n + i], size = x < 0 ? -x : x;
        const Mask larger = size > best;
        best = larger ? size : best;
        at = larger ? Mask{} + r : at;
      }
      for (int r = i + 1; r < n; ++r) {
        const Mask here = at == r;
        Int any = 0;
        for (int lane = 0; lane < count; ++lane) any |= here[lane];
        if (!any) continue;
        for (int j = i; j < n; ++j) swap_where(here, pivot_row[j], a[r * n + j]);
        for (int j = 0; j < k; ++j) swap_where(here, b[i * k + j], b[r * k + j]);
        *sign = here ? -*sign : *sign;
      }
      const Mask zero = best == 0;
      *info = (zero & (*info == 0)) ? Mask{} + (i + 1) : *info;
      const Vector pivot = zero ? Vector{} + 1 : pivot_row[i];
      for (int r = i + 1; r < n; ++r) {
        const Vector factor = a[r * n + i] / pivot;
        for (int j = i + 1; j < n; ++j) a[r * n + j] -= factor * pivot_row[j];
        for (int j = 0; j < k; ++j) b[r * k + j] -= factor * b[i * k + j];
      }
    }
  }
  static void substitute_all(const Vector* a, Vector* b, int n, int k, bool forwards) {
    for (int step = 0; step < n; ++step) {
      const int i = forwards ? step : n - 1 - step;
      for (int p = forwards ? 0 : i + 1; p < (forwards ? i : n); ++p)
        for (int j = 0; j < k; ++j) b[i * k + j] -= a[i * n + p] * b[p * k + j];
      for (int j = 0; j < k; ++j) b[i * k + j] /= a[i * n + i];
    }
  }
  static void cholesky_all(Vector* a, int n, Mask* info) {
    for (int j = 0; j < n; ++j) {
      Vector diagonal = a[j * n + j];
      for (int p = 0; p < j; ++p) diagonal -= a[j * n + p] * a[j * n + p];
      const Mask positive = diagonal > 0;
      *info = (~positive & (*info == 0)) ? Mask{} + (j + 1) : *info;
      for (int lane = 0; lane < count; ++lane) diagonal[lane] = std::sqrt(diagonal[lane]);
      a[j * n + j] = diagonal;
      for (int i = j + 1; i < n; ++i) {
        Vector sum = a[i * n + j];
        for (int p = 0; p < j; ++p) sum -= a[i * n + p] * a[j * n + p];
        a[i * n + j] = sum / diagonal;
      }
    }
  }
};

}  // namespace gradtape::kernels
