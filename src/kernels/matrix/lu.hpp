// Triangular factors with pivots. Small matrices by our own loops, by rows; larger ones by LAPACK, which sees the
// transpose.
#pragma once

#include <utility>

#include "base/isa.hpp"
#include "kernels/matrix/lapack.hpp"

namespace gradtape::core::kernels {

template <class T>
class Lu {
 public:
  // a [n, n] is overwritten by the factors. info() > 0: the first pivot that is exactly 0.
  Lu(T* a, int* pivots, int n) : a_(a), pivots_(pivots), n_(n) {
    if (n_ > kSmallOrder)
      pick<T>(sgetrf_, dgetrf_)(&n_, &n_, a_, &n_, pivots_, &info_);
    else
      on_this_machine<[](Lu& lu, T*, int) { lu.factorize(); }>(*this, nullptr, 0);
  }
  int info() const { return info_; }
  T diagonal(int i) const { return a_[int64_t{i} * n_ + i]; }
  bool swaps(int i) const { return pivots_[i] != i + 1; }
  T det() const {
    T d = 1;
    for (int i = 0; i < n_; ++i) d *= swaps(i) ? -diagonal(i) : diagonal(i);
    return d;
  }

  // x [n, k] is overwritten by the solution; columns: a workspace of as many numbers, where n is not small.
  void solve(bool adjoint, T* x, int k, T* columns) const {
    if (k == 0) return;
    if (n_ <= kSmallOrder && adjoint)
      return on_this_machine<[](const Lu& lu, T* y, int columns) { lu.solve_transposed(y, columns); }>(*this, x, k);
    if (n_ <= kSmallOrder)
      return on_this_machine<[](const Lu& lu, T* y, int columns) { lu.solve_small(y, columns); }>(*this, x, k);
    for (int i = 0; i < n_; ++i)
      for (int j = 0; j < k; ++j) columns[int64_t{j} * n_ + i] = x[int64_t{i} * k + j];
    int info = 0;
    pick<T>(sgetrs_, dgetrs_)(adjoint ? "N" : "T", &n_, &k, a_, &n_, pivots_, columns, &n_, &info);
    for (int i = 0; i < n_; ++i)
      for (int j = 0; j < k; ++j) x[int64_t{i} * k + j] = columns[int64_t{j} * n_ + i];
  }

 private:
  template <auto f, class Self>
  static void on_this_machine(Self& self, T* x, int k) {
    static const auto run = compiled_for_this_machine<f>();
    run(self, x, k);
  }
  T* at(int row) const { return a_ + row * n_; }
  static void subtract(T* x, T factor, const T* y, int n) {
    for (int j = 0; j < n; ++j) x[j] -= factor * y[j];
  }

  void factorize() {
    for (int i = 0; i < n_; ++i) {
      int best = i;
      for (int r = i + 1; r < n_; ++r)
        if (std::abs(at(r)[i]) > std::abs(at(best)[i])) best = r;
      pivots_[i] = best + 1;
      if (at(best)[i] == 0) {
        if (info_ == 0) info_ = i + 1;
        continue;
      }
      if (best != i) std::swap_ranges(at(i), at(i) + n_, at(best));
      for (int r = i + 1; r < n_; ++r) {
        const T factor = at(r)[i] / at(i)[i];
        at(r)[i] = factor;
        subtract(at(r) + i + 1, factor, at(i) + i + 1, n_ - i - 1);
      }
    }
  }
  void divide(T* x, T pivot, int k) const {
    for (int j = 0; j < k; ++j) x[j] /= pivot;
  }
  void solve_small(T* x, int k) const {
    for (int i = 0; i < n_; ++i)
      if (swaps(i)) std::swap_ranges(x + i * k, x + (i + 1) * k, x + (pivots_[i] - 1) * k);
    for (int i = 1; i < n_; ++i)
      for (int p = 0; p < i; ++p) subtract(x + i * k, at(i)[p], x + p * k, k);
    for (int i = n_ - 1; i >= 0; --i) {
      for (int p = i + 1; p < n_; ++p) subtract(x + i * k, at(i)[p], x + p * k, k);
      divide(x + i * k, at(i)[i], k);
    }
  }
  void solve_transposed(T* x, int k) const {
    for (int i = 0; i < n_; ++i) {
      for (int p = 0; p < i; ++p) subtract(x + i * k, at(p)[i], x + p * k, k);
      divide(x + i * k, at(i)[i], k);
    }
    for (int i = n_ - 2; i >= 0; --i)
      for (int p = i + 1; p < n_; ++p) subtract(x + i * k, at(p)[i], x + p * k, k);
    for (int i = n_ - 1; i >= 0; --i)
      if (swaps(i)) std::swap_ranges(x + i * k, x + (i + 1) * k, x + (pivots_[i] - 1) * k);
  }

  T* a_;
  int* pivots_;
  int n_, info_ = 0;
};

}  // namespace gradtape::core::kernels
