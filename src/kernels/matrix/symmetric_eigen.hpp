// Eigenvalues of symmetric matrices, one at a time for each worker.
#pragma once

#include <cmath>

#include "kernels/matrix/lapack.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

template <class T>
class SymmetricEigen {
 public:
  SymmetricEigen(const KernelCall& c, int n, bool vectors)
      : n_(n), vectors_(vectors), sizes_(ask()), work_(c, sizes_.work), iwork_(c, sizes_.iwork) {}
  // a: overwritten by the eigenvectors as rows. w: rising.
  int operator()(T* a, T* w, int worker) const {
    for (int64_t i = 0; i < area(n_); ++i)
      if (!std::isfinite(a[i])) return fill(a, w);
    int info = 0;
    const int lwork = sizes_.work, liwork = sizes_.iwork;
    call(a, w, work_.of(worker), &lwork, iwork_.of(worker), &liwork, &info);
    return info;
  }

 private:
  struct Sizes {
    int64_t work, iwork;
  };
  Sizes ask() const {
    T work = 0, none = 0;
    int iwork = 0, info = 0, question = -1;
    call(&none, &none, &work, &question, &iwork, &question, &info);
    return {static_cast<int64_t>(work) + 1, std::max(1, iwork)};
  }
  // A matrix that is not finite gets nan: LAPACK might not come back.
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
  Sizes sizes_;
  Workspace<T> work_;
  Workspace<int> iwork_;
};

}  // namespace gradtape::core::kernels
