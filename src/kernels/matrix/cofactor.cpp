// Cofactors: the derivative of the determinant.
#include "kernels/matrix/lu.hpp"
#include "kernels/matrix/singular_values.hpp"
#include "kernels/workspace.hpp"

namespace gradtape::core::kernels {

namespace {
// Cofactors are det(A) A^-T, in double, where the pivots say that A is far from singular. Returns whether they are.
bool by_pivots(double* a, int* pivots, int n, double* inverse) {
  constexpr double kSafe = 1e-3;  // the ratio of pivots down to which an inverse keeps 12 digits
  const Lu<double> lu(a, pivots, n);
  double least = std::abs(lu.diagonal(0)), most = least;
  for (int i = 1; i < n; ++i) {
    least = std::min(least, std::abs(lu.diagonal(i)));
    most = std::max(most, std::abs(lu.diagonal(i)));
  }
  const double det = lu.det();
  if (!(least > kSafe * most) || !std::isfinite(det) || det == 0) return false;
  std::fill_n(inverse, area(n), 0.0);
  for (int i = 0; i < n; ++i) inverse[int64_t{i} * n + i] = det;
  lu.solve(true, inverse, n, inverse + area(n));
  return true;
}

template <class T>
T orthogonal_sign(const T* q, int n, T* workspace, int* pivots) {
  std::copy_n(q, area(n), workspace);
  return Lu<T>(workspace, pivots, n).det() > 0 ? T(1) : T(-1);
}
// With A = U diag(s) V^T they are det(U) det(V) U diag(product of the other s) V^T: right also where A is singular.
// workspace: for 3 n^2 + 2 n.
template <class T>
int by_singular_values(const SingularValues<T>& svd, const T* a, int n, T* out, T* workspace, int* pivots) {
  T *u = workspace, *vt = u + area(n), *copy = vt + area(n), *s = copy + area(n), *others = s + n;
  const int info = svd(a, u, s, vt, 0);
  const T sign = orthogonal_sign(u, n, copy, pivots) * orthogonal_sign(vt, n, copy, pivots);
  std::fill_n(others, n, sign);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      if (i != j) others[i] *= s[j];
  for (int row = 0; row < n; ++row)
    for (int column = 0; column < n; ++column) {
      T sum = 0;
      for (int l = 0; l < n; ++l) sum += u[int64_t{row} * n + l] * others[l] * vt[int64_t{l} * n + column];
      out[int64_t{row} * n + column] = sum;
    }
  return info;
}

template <class T>
void cofactor_typed(const KernelCall& c, int n, int64_t batch, const T* x, T* out) {
  const Workspace<double> workspace(c, 3 * area(n));  // factors, inverse, scratch
  const Workspace<int> pivots(c, n);
  const Workspace<uint8_t> all_done(c, batch, 1);
  uint8_t* done = all_done.of(0);
  over_batch(c, batch, 2 * cube(n), [&](int64_t e, int w) {
    double *factors = copy_to(workspace.of(w), x + e * area(n), area(n)), *inverse = factors + area(n);
    done[e] = by_pivots(factors, pivots.of(w), n, inverse);
    if (done[e]) std::copy_n(inverse, area(n), out + e * area(n));
    return 0;
  });
  if (std::all_of(done, done + batch, [](uint8_t d) { return d != 0; })) return;
  const SingularValues<T> svd(c, n, n, true);
  const Workspace<T> some(c, 3 * area(n) + 2 * n, 1);
  for (int64_t e = 0; e < batch; ++e)
    if (!done[e])
      if (const int info = by_singular_values(svd, x + e * area(n), n, out + e * area(n), some.of(0), pivots.of(0)))
        no_convergence(c, {e, info});
}
}  // namespace

void cofactor(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  if (n == 0) return;
  dispatch_floating(c.in[0].dtype,
                    [&]<class T>(Type<T>) { cofactor_typed(c, n, batch_size(s), c.in[0].as<T>(), c.out[0].as<T>()); });
}

}  // namespace gradtape::core::kernels
