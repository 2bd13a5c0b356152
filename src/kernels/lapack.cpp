// Factorisations by LAPACK, called by its Fortran names. Matrices go in as they lie in memory, row by row: LAPACK reads
// the transpose, which has the same determinant and which the flags below take into account.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/kernels.hpp"

extern "C" {
void sgetrf_(const int* m, const int* n, float* a, const int* lda, int* pivots, int* info);
void dgetrf_(const int* m, const int* n, double* a, const int* lda, int* pivots, int* info);
void sgetrs_(const char* t, const int* n, const int* nrhs, const float* a, const int* lda, const int* pivots, float* b,
             const int* ldb, int* info);
void dgetrs_(const char* t, const int* n, const int* nrhs, const double* a, const int* lda, const int* pivots,
             double* b, const int* ldb, int* info);
void sgesvd_(const char* ju, const char* jv, const int* m, const int* n, float* a, const int* lda, float* s, float* u,
             const int* ldu, float* vt, const int* ldvt, float* work, const int* lwork, int* info);
void dgesvd_(const char* ju, const char* jv, const int* m, const int* n, double* a, const int* lda, double* s,
             double* u, const int* ldu, double* vt, const int* ldvt, double* work, const int* lwork, int* info);
}

namespace gradtape::kernels {

namespace {
void getrf(int n, float* a, int* pivots, int* info) { sgetrf_(&n, &n, a, &n, pivots, info); }
void getrf(int n, double* a, int* pivots, int* info) { dgetrf_(&n, &n, a, &n, pivots, info); }
void getrs(const char* t, int n, int nrhs, const float* a, const int* pivots, float* b, int* info) {
  sgetrs_(t, &n, &nrhs, a, &n, pivots, b, &n, info);
}
void getrs(const char* t, int n, int nrhs, const double* a, const int* pivots, double* b, int* info) {
  dgetrs_(t, &n, &nrhs, a, &n, pivots, b, &n, info);
}
void gesvd(int n, float* a, float* s, float* u, float* vt, float* work, int lwork, int* info) {
  sgesvd_("A", "A", &n, &n, a, &n, s, u, &n, vt, &n, work, &lwork, info);
}
void gesvd(int n, double* a, double* s, double* u, double* vt, double* work, int lwork, int* info) {
  dgesvd_("A", "A", &n, &n, a, &n, s, u, &n, vt, &n, work, &lwork, info);
}

int order_of(const KernelCall& c, const Shape& s) {
  const int64_t n = s[s.rank() - 1];
  if (n > 46340)
    fail(Status::unsupported, "{}: matrices of order {} are too large for LAPACK's 32-bit sizes", c.op.name, n);
  return static_cast<int>(n);
}

// LU factors of one matrix, in place. info > 0: exactly singular.
template <class T>
struct Lu {
  std::vector<T> a;
  std::vector<int> pivots;
  int n, info = 0;
  Lu(const T* matrix, int n) : a(matrix, matrix + static_cast<std::size_t>(n) * n), pivots(n), n(n) {
    if (n > 0) getrf(n, a.data(), pivots.data(), &info);
  }
  T det() const {
    T d = 1;
    for (int i = 0; i < n; ++i)
      d *= pivots[i] == i + 1 ? a[static_cast<std::size_t>(i) * n + i] : -a[static_cast<std::size_t>(i) * n + i];
    return d;
  }
};

template <class T>
void solve_typed(const KernelCall& c) {
  const Shape &as = *c.in[0].shape, &bs = *c.in[1].shape;
  const int n = order_of(c, as);
  const int64_t k = bs[bs.rank() - 1], batch = as.product(0, as.rank() - 2);
  const std::size_t a_size = static_cast<std::size_t>(n) * n, b_size = static_cast<std::size_t>(n * k);
  // LAPACK holds a^T: solving with a means solving with the transpose of what it holds.
  const char* flag = c.flag("adjoint") ? "N" : "T";
  std::vector<T> columns(b_size);
  for (int64_t e = 0; e < batch && n > 0; ++e) {
    const T* b = c.in[1].as<T>() + e * b_size;
    T* x = c.out[0].as<T>() + e * b_size;
    const Lu<T> lu(c.in[0].as<T>() + e * a_size, n);
    if (lu.info > 0) invalid("{}: matrix {} of {} is singular: pivot {} is exactly 0", c.op.name, e, batch, lu.info);
    for (int i = 0; i < n; ++i)
      for (int64_t j = 0; j < k; ++j) columns[j * n + i] = b[i * k + j];
    int info = 0;
    if (k > 0) getrs(flag, n, static_cast<int>(k), lu.a.data(), lu.pivots.data(), columns.data(), &info);
    for (int i = 0; i < n; ++i)
      for (int64_t j = 0; j < k; ++j) x[i * k + j] = columns[j * n + i];
  }
}

// Cofactors by the singular values: with A = U diag(s) V^T, they are det(U) det(V) U diag(prod of the other s) V^T.
// Right also where A is singular, and where its determinant over- or underflows in a quotient.
template <class T>
void cofactor_of(const T* a, int n, T* out) {
  std::vector<T> copy(a, a + static_cast<std::size_t>(n) * n), s(n), u(copy.size()), vt(copy.size()),
      work(std::max(1, 10 * n));
  int info = 0;
  gesvd(n, copy.data(), s.data(), u.data(), vt.data(), work.data(), static_cast<int>(work.size()), &info);
  if (info != 0) {
    std::fill(out, out + copy.size(), std::numeric_limits<T>::quiet_NaN());
    return;
  }
  const T sign = Lu<T>(u.data(), n).det() * Lu<T>(vt.data(), n).det() > 0 ? T(1) : T(-1);
  std::vector<T> others(n, sign);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      if (i != j) others[i] *= s[j];
  // LAPACK's matrix is a^T = u diag(s) vt, by columns; the cofactors of a^T, read by columns, are those of a by rows.
  for (int column = 0; column < n; ++column)
    for (int row = 0; row < n; ++row) {
      T sum = 0;
      for (int l = 0; l < n; ++l)
        sum += u[static_cast<std::size_t>(l) * n + row] * others[l] * vt[static_cast<std::size_t>(column) * n + l];
      out[static_cast<std::size_t>(column) * n + row] = sum;
    }
}
}  // namespace

void solve(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) { solve_typed<typename decltype(type)::type>(c); });
}

void det(const KernelCall& c) {
  const int n = order_of(c, *c.in[0].shape);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    for (int64_t e = 0; e < c.out[0].elements(); ++e) c.out[0].as<T>()[e] = Lu<T>(c.in[0].as<T>() + e * n * n, n).det();
  });
}

void cofactor(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const int64_t batch = s.product(0, s.rank() - 2);
    for (int64_t e = 0; e < batch && n > 0; ++e)
      cofactor_of(c.in[0].as<T>() + e * n * n, n, c.out[0].as<T>() + e * n * n);
  });
}

}  // namespace gradtape::kernels
