// Functions of symmetric matrices and their derivatives.
#include <string>
#include <vector>

#include "kernels/blas.hpp"
#include "kernels/divided_differences.hpp"
#include "kernels/symmetric_eigen.hpp"

namespace gradtape::kernels {

// D^k f(A)[E_1, ..., E_k] = V M V^T, M_pq = sum over permutations of the E and over i_1 ... i_(k-1) of
// f[w_p, w_i1, ..., w_q] E_1[p, i1] ... E_k[i_(k-1), q], with the E in the basis V and divided differences f[...] (R.
// Bhatia, Matrix Analysis, V.3).

namespace {
using Dense = std::vector<double>;

// a b, or a^T b, or a b^T; all of order n, by rows.
Dense product(const Dense& a, const Dense& b, int n, bool ta, bool tb) {
  Dense c(area(n));
  gemm<double>(n, n, n, {a.data(), n, ta}, {b.data(), n, tb}, c.data(), n);
  return c;
}

class SpectralForm {
 public:
  SpectralForm(DividedDifference f, Dense w, std::vector<Dense> directions)
      : f_(f), w_(std::move(w)), directions_(std::move(directions)), used_(directions_.size(), false) {}

  Dense entries() {
    const std::size_t n = w_.size();
    Dense m(n * n, 0.0);
    for (std::size_t p = 0; p < n; ++p) {
      points_ = {w_[p]};
      extend(p, 1.0, directions_.size(), m.data() + p * n);
    }
    return m;
  }

 private:
  void extend(std::size_t at, double factor, std::size_t left, double* row) {
    if (left == 0) {
      row[at] += factor * f_(points_);
      return;
    }
    for (std::size_t d = 0; d < directions_.size(); ++d) {
      if (used_[d]) continue;
      used_[d] = true;
      for (std::size_t i = 0; i < w_.size(); ++i) {
        points_.push_back(w_[i]);
        extend(i, factor * directions_[d][at * w_.size() + i], left - 1, row);
        points_.pop_back();
      }
      used_[d] = false;
    }
  }
  DividedDifference f_;
  Dense w_;
  std::vector<Dense> directions_;
  std::vector<bool> used_;
  Dense points_;
};
}  // namespace

void spectral_form(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  if (n == 0 || batch_size(s) == 0) return;
  const DividedDifference f(std::get<std::string>(c.attr("f")));
  std::vector<SymmetricEigen<double>> solvers(static_cast<std::size_t>(c.workers.threads()), {n, true});
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const auto form = [&](int64_t e, int worker) {
      const auto matrix = [&](std::size_t i) {
        const T* x = c.in[i].as<T>() + e * area(n);
        return Dense(x, x + area(n));
      };
      Dense rows = matrix(0), w(static_cast<std::size_t>(n));
      if (const int info = solvers[static_cast<std::size_t>(worker)](rows.data(), w.data())) return info;
      std::vector<Dense> directions;
      for (std::size_t i = 1; i < c.in.size(); ++i)
        directions.push_back(product(product(rows, matrix(i), n, false, false), rows, n, false, true));
      const Dense m = SpectralForm(f, std::move(w), std::move(directions)).entries();
      const Dense result = product(product(rows, m, n, true, false), rows, n, false, false);
      std::copy(result.begin(), result.end(), c.out[0].as<T>() + e * area(n));
      return 0;
    };
    if (const auto failed = over_batch(c, batch_size(s), 20 * cube(n), form)) no_convergence(c, failed);
  });
}

}  // namespace gradtape::kernels
