// Eigenvalues of one symmetric matrix at a time, in memory of its own.
#pragma once

#include <cmath>
#include <vector>

#include "kernels/lapack.hpp"

namespace gradtape::kernels {

template <class T>
class SymmetricEigen {
 public:
  SymmetricEigen(int n, bool vectors) : n_(n), vectors_(vectors) {
    T work = 0;
    int iwork = 0, info = 0, ask = -1;
    T none = 0;
    call(&none, &none, &work, &ask, &iwork, &ask, &info);
    work_.resize(std::max<std::size_t>(1, static_cast<std::size_t>(work) + 1));
    iwork_.resize(static_cast<std::size_t>(std::max(1, iwork)));
  }
  // a: overwritten by the eigenvectors as rows. w: rising.
  int operator()(T* a, T* w) {
    int info = 0;
    const int lwork = static_cast<int>(work_.size()), liwork = static_cast<int>(iwork_.size());
    for (std::size_t i = 0; i < area(n_); ++i)
      if (!std::isfinite(a[i])) return fill(a, w);
    call(a, w, work_.data(), &lwork, iwork_.data(), &liwork, &info);
    return info;
  }

 private:
  // What has no eigenvalues gets nan for them: LAPACK might not come back.
  int fill(T* a, T* w) const {
    std::fill_n(a, area(n_), std::numeric_limits<T>::quiet_NaN());
    std::fill_n(w, n_, std::numeric_limits<T>::quiet_NaN());
    return 0;
  }
  void call(T* a, T* w, T* work, const int* lwork, int* iwork, const int* liwork, int* info) const {
    pick<T>(ssyevd_, dsyevd_)(vectors_ ? "V" : "N", "U", &n_, a, &n_, w, work, lwork, iwork, liwork, info);
  }
  int n_;
  bool vectors_;
  std::vector<T> work_;
  std::vector<int> iwork_;
};

}  // namespace gradtape::kernels
