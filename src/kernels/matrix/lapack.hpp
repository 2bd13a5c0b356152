// LAPACK by its Fortran names, for both precisions, and functions that the kernels on matrices share. Matrices go in as
// they lie in memory, row by row: LAPACK, which counts by columns, sees their transposes.
#pragma once

#include <algorithm>
#include <atomic>
#include <limits>

#include "kernels/kernels.hpp"

namespace gradtape::core::kernels {

extern "C" {
using FortranInt = const int*;
using FortranChar = const char*;
void sgetrf_(FortranInt m, FortranInt n, float* a, FortranInt lda, int* pivots, int* info);
void dgetrf_(FortranInt m, FortranInt n, double* a, FortranInt lda, int* pivots, int* info);
void sgetrs_(FortranChar t, FortranInt n, FortranInt nrhs, const float* a, FortranInt lda, FortranInt pivots, float* b,
             FortranInt ldb, int* info);
void dgetrs_(FortranChar t, FortranInt n, FortranInt nrhs, const double* a, FortranInt lda, FortranInt pivots,
             double* b, FortranInt ldb, int* info);
void spotrf_(FortranChar uplo, FortranInt n, float* a, FortranInt lda, int* info);
void dpotrf_(FortranChar uplo, FortranInt n, double* a, FortranInt lda, int* info);
void strsm_(FortranChar side, FortranChar uplo, FortranChar t, FortranChar diag, FortranInt m, FortranInt n,
            const float* alpha, const float* a, FortranInt lda, float* b, FortranInt ldb);
void dtrsm_(FortranChar side, FortranChar uplo, FortranChar t, FortranChar diag, FortranInt m, FortranInt n,
            const double* alpha, const double* a, FortranInt lda, double* b, FortranInt ldb);
void sgelqf_(FortranInt m, FortranInt n, float* a, FortranInt lda, float* tau, float* work, FortranInt lwork,
             int* info);
void dgelqf_(FortranInt m, FortranInt n, double* a, FortranInt lda, double* tau, double* work, FortranInt lwork,
             int* info);
void sorglq_(FortranInt m, FortranInt n, FortranInt k, float* a, FortranInt lda, const float* tau, float* work,
             FortranInt lwork, int* info);
void dorglq_(FortranInt m, FortranInt n, FortranInt k, double* a, FortranInt lda, const double* tau, double* work,
             FortranInt lwork, int* info);
void sgesdd_(FortranChar job, FortranInt m, FortranInt n, float* a, FortranInt lda, float* s, float* u, FortranInt ldu,
             float* vt, FortranInt ldvt, float* work, FortranInt lwork, int* iwork, int* info);
void dgesdd_(FortranChar job, FortranInt m, FortranInt n, double* a, FortranInt lda, double* s, double* u,
             FortranInt ldu, double* vt, FortranInt ldvt, double* work, FortranInt lwork, int* iwork, int* info);
void ssyevd_(FortranChar job, FortranChar uplo, FortranInt n, float* a, FortranInt lda, float* w, float* work,
             FortranInt lwork, int* iwork, FortranInt liwork, int* info);
void dsyevd_(FortranChar job, FortranChar uplo, FortranInt n, double* a, FortranInt lda, double* w, double* work,
             FortranInt lwork, int* iwork, FortranInt liwork, int* info);
}

// The routine of the precision of T.
template <class T>
constexpr auto pick(auto* single, auto* wide) {
  if constexpr (std::is_same_v<T, float>)
    return single;
  else
    return wide;
}

inline constexpr int kSmallOrder = 32;  // of matrices up to which a call of LAPACK costs more than it gains

constexpr int64_t area(int n) { return int64_t{n} * n; }
constexpr int64_t cube(int64_t n) { return n * n * n; }

// The size of an axis as LAPACK takes it; throws where the matrices have too many entries for 32-bit sizes.
inline int lapack_size(const KernelCall& c, const Shape& s, std::size_t axis_from_end) {
  const int64_t rows = s[s.rank() - 2], columns = s[s.rank() - 1];
  constexpr int64_t most = std::numeric_limits<int>::max();
  if (rows > most || columns > most || rows * columns > most)
    fail(Status::unsupported, "{}: matrices of {} by {} are too large for LAPACK's 32-bit sizes", c.name, rows,
         columns);
  return static_cast<int>(s[s.rank() - axis_from_end]);
}
inline int order_of(const KernelCall& c, const Shape& s) { return lapack_size(c, s, 1); }
inline int64_t batch_size(const Shape& s) { return s.product(0, s.rank() - 2); }

// Copies n elements, and returns where the copy begins.
template <class T, class U>
U* copy_to(U* out, const T* x, int64_t n) {
  std::copy_n(x, n, out);
  return out;
}

// The first matrix of a batch that failed, and LAPACK's number for the reason.
struct BatchFailure {
  int64_t matrix = -1;
  int info = 0;
  explicit operator bool() const { return matrix >= 0; }
};

[[noreturn]] inline void no_convergence(const KernelCall& c, const BatchFailure& failed) {
  invalid("{}: the iteration for matrix {} did not converge (LAPACK's info is {})", c.name, failed.matrix, failed.info);
}

// Calls f(e, worker) for each matrix e of a batch, which returns LAPACK's info; work: multiply-adds that one takes.
template <class F>
BatchFailure over_batch(const KernelCall& c, int64_t batch, int64_t work, F&& f) {
  constexpr int64_t kShare = 1 << 16;
  std::atomic<int64_t> first{std::numeric_limits<int64_t>::max()};  // matrix * 2^31 + info
  const auto part = [&](int64_t from, int64_t to, int worker) {
    for (int64_t e = from; e < to; ++e)
      if (const int info = f(e, worker); info > 0) {
        const int64_t mine = (e << 31) + info;
        for (int64_t seen = first; mine < seen && !first.compare_exchange_weak(seen, mine);) {
        }
      }
  };
  for_each_share(c.workers, batch, share_of(kShare, std::max<int64_t>(32, work)), part);
  if (first == std::numeric_limits<int64_t>::max()) return {};
  return {first >> 31, static_cast<int>(first & std::numeric_limits<int>::max())};
}

}  // namespace gradtape::core::kernels
