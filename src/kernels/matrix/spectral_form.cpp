// Functions of symmetric matrices and their derivatives.
#include <string>

#include "kernels/matmul/gemm.hpp"
#include "kernels/matrix/symmetric_eigen.hpp"
#include "math/divided_differences.hpp"

namespace gradtape::core::kernels {

// D^k f(A)[E_1, ..., E_k] = V M V^T with the E in the basis V (R. Bhatia, Matrix Analysis, V.3). M_pq is the sum over
// permutations of the E and over i_1 ... i_(k-1) of
//
//   f[w_p, w_i1, ..., w_q] E_1[p, i1] ... E_k[i_(k-1), q]
//
// with divided differences f[...].

namespace {
// One form at a time for each worker.
class SpectralForm {
 public:
  SpectralForm(const KernelCall& c, int n, std::size_t directions)
      : n_(n),
        order_(area(n)),
        f_(std::get<std::string>(c.attr("f"))),
        eigen_(c, n, true),
        workspace_(c, (4 + directions) * order_ + n),
        packed_(c, gemm_workspace<double>(n, n, n)) {}

  // matrix(i, to) gives A and the directions. Returns the info of the eigenvalues.
  template <class F>
  int operator()(std::size_t directions, F&& matrix, int worker, auto* out) const {
    double *rows = workspace_.of(worker), *m = rows + order_, *some = m + order_, *more = some + order_,
           *turned = more + order_, *w = turned + directions * order_;
    matrix(0, rows);
    if (const int info = eigen_(rows, w, worker)) return info;
    for (std::size_t d = 0; d < directions; ++d) {
      matrix(d + 1, some);
      product(rows, some, false, false, more, worker);
      product(more, rows, false, true, turned + d * order_, worker);
    }
    std::fill_n(m, order_, 0.0);
    Walk walk{w, turned, {}, SmallVector<bool, 8>(directions, false)};
    for (int p = 0; p < n_; ++p) {
      walk.points.push_back(w[p]);
      extend(walk, p, 1.0, directions, m + int64_t{p} * n_);
      walk.points.pop_back();
    }
    product(rows, m, true, false, some, worker);
    product(some, rows, false, false, more, worker);
    std::copy_n(more, order_, out);
    return 0;
  }

 private:
  struct Walk {
    const double *w, *directions;
    SmallVector<double, 8> points;
    SmallVector<bool, 8> used;
  };
  // a b, or a^T b, or a b^T.
  void product(const double* a, const double* b, bool ta, bool tb, double* out, int worker) const {
    gemm<double>({n_, n_, n_, {a, n_, ta}, {b, n_, tb}, out, n_}, packed_.of(worker));
  }
  void extend(Walk& walk, int at, double factor, std::size_t left, double* row) const {
    if (left == 0) {
      row[at] += factor * f_(walk.points);
      return;
    }
    for (std::size_t d = 0; d < walk.used.size(); ++d) {
      if (walk.used[d]) continue;
      walk.used[d] = true;
      for (int i = 0; i < n_; ++i) {
        walk.points.push_back(walk.w[i]);
        extend(walk, i, factor * walk.directions[d * order_ + int64_t{at} * n_ + i], left - 1, row);
        walk.points.pop_back();
      }
      walk.used[d] = false;
    }
  }

  int n_;
  int64_t order_;
  math::DividedDifference f_;
  SymmetricEigen<double> eigen_;
  Workspace<double> workspace_, packed_;
};
}  // namespace

void spectral_form(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  if (n == 0 || batch_size(s) == 0) return;
  const SpectralForm form(c, n, c.in.size() - 1);
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    const auto one = [&](int64_t e, int worker) {
      const auto matrix = [&](std::size_t i, double* to) { std::copy_n(c.in[i].as<T>() + e * area(n), area(n), to); };
      return form(c.in.size() - 1, matrix, worker, c.out[0].as<T>() + e * area(n));
    };
    if (const auto failed = over_batch(c, batch_size(s), 20 * cube(n), one)) no_convergence(c, failed);
  });
}

}  // namespace gradtape::core::kernels
