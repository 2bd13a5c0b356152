// Singular values, one matrix at a time for each worker.
#pragma once

#include <cmath>

#include "kernels/matrix/lapack.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

template <class T>
class SingularValues {
 public:
  // x is [rows, columns] by rows: LAPACK sees the transpose.
  SingularValues(const KernelCall& c, int rows, int columns, bool vectors)
      : m_(columns),
        n_(rows),
        k_(std::min(rows, columns)),
        vectors_(vectors),
        lwork_(ask()),
        copies_(c, area_of(rows, columns)),
        work_(c, lwork_),
        iwork_(c, 8 * int64_t{std::max(1, k_)}) {}
  // u [rows, k], s [k], vt [k, columns].
  int operator()(const T* x, T* u, T* s, T* vt, int worker) const {
    T* copy = copies_.of(worker);
    std::copy_n(x, area_of(m_, n_), copy);
    for (int64_t i = 0; i < area_of(m_, n_); ++i)
      if (!std::isfinite(copy[i])) return fill(u, s, vt);
    return call(copy, s, vt, u, work_.of(worker), lwork_, iwork_.of(worker));
  }

 private:
  static int64_t area_of(int a, int b) { return int64_t{a} * b; }
  int ask() const {
    T work = 0, none = 0;
    int iwork = 0;
    call(&none, &none, &none, &none, &work, -1, &iwork);
    return static_cast<int>(work) + 1;
  }
  int fill(T* u, T* s, T* vt) const {
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    std::fill_n(s, k_, nan);
    if (vectors_) {
      std::fill_n(u, area_of(n_, k_), nan);
      std::fill_n(vt, area_of(k_, m_), nan);
    }
    return 0;
  }
  int call(T* x, T* s, T* left, T* right, T* work, int lwork, int* iwork) const {
    const int ldu = std::max(1, m_), ldvt = std::max(1, k_);
    int info = 0;
    pick<T>(sgesdd_, dgesdd_)(vectors_ ? "S" : "N", &m_, &n_, x, &ldu, s, left, &ldu, right, &ldvt, work, &lwork, iwork,
                              &info);
    return info;
  }
  int m_, n_, k_;
  bool vectors_;
  int lwork_;
  Workspace<T> copies_, work_;
  Workspace<int> iwork_;
};

}  // namespace gradtape::core::kernels
