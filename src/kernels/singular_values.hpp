// Singular values of one matrix at a time, in memory of its own.
#pragma once

#include <cmath>
#include <vector>

#include "kernels/lapack.hpp"

namespace gradtape::kernels {

template <class T>
class SingularValues {
 public:
  // x is [rows, columns] by rows: LAPACK sees the transpose.
  SingularValues(int rows, int columns, bool vectors)
      : m_(columns),
        n_(rows),
        k_(std::min(rows, columns)),
        vectors_(vectors),
        copy_(area_of(rows, columns)),
        iwork_(8 * static_cast<std::size_t>(std::max(1, k_))) {
    T work = 0, none = 0;
    int info = 0, ask = -1;
    call(&none, &none, &none, &work, &ask, &info);
    work_.resize(std::max<std::size_t>(1, static_cast<std::size_t>(work) + 1));
  }
  // u [rows, k], s [k], vt [k, columns].
  int operator()(const T* x, T* u, T* s, T* vt) {
    std::copy_n(x, copy_.size(), copy_.data());
    for (T v : copy_)
      if (!std::isfinite(v)) return fill(u, s, vt);
    int info = 0;
    const int lwork = static_cast<int>(work_.size());
    call(s, vt, u, work_.data(), &lwork, &info);
    return info;
  }

 private:
  static std::size_t area_of(int a, int b) { return static_cast<std::size_t>(a) * static_cast<std::size_t>(b); }
  int fill(T* u, T* s, T* vt) const {
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    std::fill_n(s, k_, nan);
    if (vectors_) std::fill_n(u, area_of(n_, k_), nan), std::fill_n(vt, area_of(k_, m_), nan);
    return 0;
  }
  void call(T* s, T* left, T* right, T* work, const int* lwork, int* info) {
    const int ldu = std::max(1, m_), ldvt = std::max(1, k_);
    pick<T>(sgesdd_, dgesdd_)(vectors_ ? "S" : "N", &m_, &n_, copy_.data(), &ldu, s, left, &ldu, right, &ldvt, work,
                              lwork, iwork_.data(), info);
  }
  int m_, n_, k_;
  bool vectors_;
  std::vector<T> copy_, work_;
  std::vector<int> iwork_;
};

}  // namespace gradtape::kernels
