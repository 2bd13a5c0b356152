// Eigenvalues, singular values, and functions of symmetric matrices.
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "kernels/blas.hpp"
#include "kernels/divided_differences.hpp"
#include "kernels/singular_values.hpp"

namespace gradtape::kernels {

namespace {
// ---- Symmetric matrices

// One matrix of order n at a time, in memory of its own.
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

template <class T>
void eigen_typed(const KernelCall& c, bool vectors) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  if (n == 0 || batch_size(s) == 0) return;
  std::vector<SymmetricEigen<T>> solvers(static_cast<std::size_t>(c.workers.threads()), {n, vectors});
  std::vector<T> copies(vectors ? 0 : area(n) * solvers.size());
  const auto failed = over_batch(c, batch_size(s), 9 * int64_t{n} * n * n, [&](int64_t e, int w) {
    T* a = vectors ? c.out[1].as<T>() + e * area(n) : copies.data() + area(n) * static_cast<std::size_t>(w);
    std::copy_n(c.in[0].as<T>() + e * area(n), area(n), a);
    return solvers[static_cast<std::size_t>(w)](a, c.out[0].as<T>() + e * n);
  });
  if (failed) no_convergence(c, failed);
}

// ---- Singular values

template <class T>
void svd_typed(const KernelCall& c, bool vectors) {
  const Shape& s = *c.in[0].shape;
  const int rows = lapack_size(c, s, 2), columns = lapack_size(c, s, 1), k = std::min(rows, columns);
  if (k == 0 || batch_size(s) == 0) return;
  std::vector<SingularValues<T>> solvers(static_cast<std::size_t>(c.workers.threads()), {rows, columns, vectors});
  const T* x = c.in[0].as<T>();
  const int64_t size = int64_t{rows} * columns;
  const auto failed = over_batch(c, batch_size(s), 20 * size * k, [&](int64_t e, int w) {
    auto& solver = solvers[static_cast<std::size_t>(w)];
    if (!vectors) return solver(x + e * size, nullptr, c.out[0].as<T>() + e * k, nullptr);
    return solver(x + e * size, c.out[0].as<T>() + e * rows * k, c.out[1].as<T>() + e * k,
                  c.out[2].as<T>() + e * k * columns);
  });
  if (failed) no_convergence(c, failed);
}

}  // namespace

void eigen(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) { eigen_typed<typename decltype(type)::type>(c, true); });
}
void eigenvalues(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) { eigen_typed<typename decltype(type)::type>(c, false); });
}
void svd(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) { svd_typed<typename decltype(type)::type>(c, true); });
}
void singular_values(const KernelCall& c) {
  dispatch_floating(c.in[0].dtype, [&](auto type) { svd_typed<typename decltype(type)::type>(c, false); });
}

// ---- D^k f(A)[E_1, ..., E_k] = V M V^T, M_pq = sum over permutations of the E and over i_1 ... i_(k-1) of
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
  SymmetricEigen<double> eigen(n, true);
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    for (int64_t e = 0; e < batch_size(s); ++e) {
      const auto matrix = [&](std::size_t i) {
        const T* x = c.in[i].as<T>() + e * area(n);
        return Dense(x, x + area(n));
      };
      Dense rows = matrix(0), w(static_cast<std::size_t>(n));
      if (const int info = eigen(rows.data(), w.data())) no_convergence(c, {e, info});
      std::vector<Dense> directions;
      for (std::size_t i = 1; i < c.in.size(); ++i)
        directions.push_back(product(product(rows, matrix(i), n, false, false), rows, n, false, true));
      const Dense m = SpectralForm(f, std::move(w), std::move(directions)).entries();
      const Dense result = product(product(rows, m, n, true, false), rows, n, false, false);
      std::copy(result.begin(), result.end(), c.out[0].as<T>() + e * area(n));
    }
  });
}

}  // namespace gradtape::kernels
