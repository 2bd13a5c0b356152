// Systems of equations with matrices in bands, by LAPACK's factors with partial pivoting.
#include "kernels/matrix/lapack.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

extern "C" {
void sgbtrf_(FortranInt m, FortranInt n, FortranInt below, FortranInt above, float* band, FortranInt lead, int* pivots,
             int* info);
void dgbtrf_(FortranInt m, FortranInt n, FortranInt below, FortranInt above, double* band, FortranInt lead, int* pivots,
             int* info);
void sgbtrs_(FortranChar t, FortranInt n, FortranInt below, FortranInt above, FortranInt nrhs, const float* band,
             FortranInt lead, FortranInt pivots, float* b, FortranInt ldb, int* info);
void dgbtrs_(FortranChar t, FortranInt n, FortranInt below, FortranInt above, FortranInt nrhs, const double* band,
             FortranInt lead, FortranInt pivots, double* b, FortranInt ldb, int* info);
}

namespace {
int small(const KernelCall& c, int64_t size, const Band& band) {
  if (size > std::numeric_limits<int>::max())
    fail(Status::unsupported,
         "{}: a matrix of {} rows with {} diagonals below the main one and {} above has too large a band for LAPACK's "
         "32-bit sizes; GT_ROOT_GMRES makes no matrix",
         c.name, band.n, band.below, band.above);
  return static_cast<int>(size);
}

template <class T>
void solve_banded(const KernelCall& c, const Band& band) {
  const int64_t lead = 2 * band.below + band.above + 1, entries = static_cast<int64_t>(band.at.size());
  const int64_t batch = (*c.in[1].shape)[0];
  small(c, lead * band.n, band);
  const int n = small(c, band.n, band), below = static_cast<int>(band.below), above = static_cast<int>(band.above);
  const int ld = static_cast<int>(lead), k = small(c, (*c.in[1].shape)[1], band);
  if (n == 0 || k == 0 || batch == 0) return;
  const int64_t parts = batch == 1 ? 1 : c.workers.threads();
  const Workspace<T> matrices(c, lead * n, parts), columns(c, int64_t{n} * k, parts);
  const Workspace<int> all_pivots(c, n, parts);
  const char* transpose = c.flag("adjoint") ? "T" : "N";
  const int64_t work = band.n * (band.below + 1) * (band.below + band.above + 1) + band.n * lead * k;
  const auto solve_one = [&](int64_t e, int w) {
    T *matrix = matrices.of(w), *x = columns.of(w);
    int* pivots = all_pivots.of(w);
    std::fill_n(matrix, lead * n, T(0));
    for (int64_t i = 0; i < entries; ++i) matrix[band.at[i]] = c.in[0].as<T>()[e * entries + i];
    int info = 0;
    pick<T>(sgbtrf_, dgbtrf_)(&n, &n, &below, &above, matrix, &ld, pivots, &info);
    if (info != 0) return info;
    const int64_t first = e * n * k;
    for (int r = 0; r < k; ++r)
      for (int i = 0; i < n; ++i) x[int64_t{r} * n + band.place[i]] = c.in[1].as<T>()[first + int64_t{r} * n + i];
    pick<T>(sgbtrs_, dgbtrs_)(transpose, &n, &below, &above, &k, matrix, &ld, pivots, x, &n, &info);
    for (int r = 0; r < k; ++r)
      for (int i = 0; i < n; ++i) c.out[0].as<T>()[first + int64_t{r} * n + i] = x[int64_t{r} * n + band.place[i]];
    return 0;
  };
  BatchFailure failed;
  if (batch > 1)
    failed = over_batch(c, batch, work, solve_one);
  else if (const int info = solve_one(0, 0); info > 0)
    failed = {0, info};
  if (failed)
    invalid("{}: the Jacobian [{}, {}] is singular: in its band, pivot {} is exactly 0", c.name, n, n, failed.info);
}
}  // namespace

void banded_solve(const KernelCall& c, const Band& band) {
  if (c.out[0].dtype == Dtype::float32)
    solve_banded<float>(c, band);
  else
    solve_banded<double>(c, band);
}

}  // namespace gradtape::core::kernels
