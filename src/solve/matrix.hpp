// Vectors, and matrices that are dense or sparse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gradtape::solving {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b);
double norm(const Vector& a);     // Euclidean
double largest(const Vector& a);  // in absolute value; nan where one is
bool all_finite(const Vector& a);
// y += factor * x
void add(double factor, const Vector& x, Vector& y);

// Row-major, or by compressed rows where `offsets` is not empty. Columns of a row ascend.
struct Matrix {
  int64_t rows = 0, columns = 0;
  std::vector<int64_t> offsets, column;
  Vector values;

  bool sparse() const { return !offsets.empty(); }
  void allocate() { values.assign(sparse() ? column.size() : static_cast<size_t>(rows * columns), 0.0); }
  // f(row, column, value) for each entry that is kept.
  template <class F>
  void each(F&& f) const {
    for (int64_t i = 0, k = 0; i < rows; ++i)
      if (sparse())
        for (; k < offsets[static_cast<size_t>(i) + 1]; ++k)
          f(i, column[static_cast<size_t>(k)], values[static_cast<size_t>(k)]);
      else
        for (int64_t j = 0; j < columns; ++j, ++k) f(i, j, values[static_cast<size_t>(k)]);
  }
  void multiply(const Vector& x, Vector& y) const;             // y = A x
  void multiply_transposed(const Vector& x, Vector& y) const;  // y = A' x
};

}  // namespace gradtape::solving
