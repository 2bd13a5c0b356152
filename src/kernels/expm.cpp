// The matrix exponential by scaling and squaring of Pade approximants (N. Higham, "The scaling and squaring method for
// the matrix exponential revisited", 2005), in double for both precisions.
#include <cmath>
#include <vector>

#include "kernels/blas.hpp"
#include "kernels/lu.hpp"
#include "kernels/small_gemm.hpp"

namespace gradtape::kernels {

namespace {
using Dense = std::vector<double>;

struct Pade {
  double most;  // the largest 1-norm of a matrix for which the approximant is right to double's precision
  std::vector<double> b;
};
const std::vector<Pade>& approximants() {
  static const std::vector<Pade> all{
      {1.495585217958292e-2, {120, 60, 12, 1}},
      {2.539398330063230e-1, {30240, 15120, 3360, 420, 30, 1}},
      {9.504178996162932e-1, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}},
      {2.097847961257068, {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1}},
      {5.371920351148152,
       {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
        670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}}};
  return all;
}

class Exponential {
 public:
  explicit Exponential(int n)
      : n_(n), size_(static_cast<std::size_t>(n) * n), pivots_(static_cast<std::size_t>(n)), columns_(size_) {}

  // x is overwritten.
  void operator()(Dense& x) {
    const double norm = norm1(x);
    if (!std::isfinite(norm)) {
      std::fill(x.begin(), x.end(), std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const auto& all = approximants();
    std::size_t i = 0;
    while (i + 1 < all.size() && norm > all[i].most) ++i;
    const int squarings = norm > all[i].most ? static_cast<int>(std::ceil(std::log2(norm / all[i].most))) : 0;
    for (double& v : x) v = std::ldexp(v, -squarings);
    quotient(x, all[i].b);
    for (int k = 0; k < squarings; ++k) x = product(x, x);
  }

 private:
  double norm1(const Dense& x) const {
    double most = 0;
    for (int j = 0; j < n_; ++j) {
      double sum = 0;
      for (int i = 0; i < n_; ++i) sum += std::abs(x[static_cast<std::size_t>(i) * n_ + j]);
      if (!(sum <= most)) most = sum;
    }
    return most;
  }
  Dense product(const Dense& a, const Dense& b) const {
    Dense c(size_);
    if (n_ <= kSmallOrder)
      small_gemm(n_, n_, n_, {a.data(), n_, 1}, {b.data(), n_, 1}, c.data());
    else
      gemm<double>(n_, n_, n_, {a.data(), n_}, {b.data(), n_}, c.data(), n_);
    return c;
  }
  // (V - U)^-1 (V + U) with the odd part U and the even part V of the polynomial, by Horner's rule in x^2.
  void quotient(Dense& x, const std::vector<double>& b) {
    const Dense square = product(x, x);
    Dense odd(size_, 0.0), even(size_, 0.0);
    for (std::size_t k = b.size(); k > 0; k -= 2) {
      if (k < b.size()) odd = product(odd, square), even = product(even, square);
      for (int i = 0; i < n_; ++i) {
        odd[static_cast<std::size_t>(i) * n_ + i] += b[k - 1];
        even[static_cast<std::size_t>(i) * n_ + i] += b[k - 2];
      }
    }
    odd = product(odd, x);
    for (std::size_t i = 0; i < size_; ++i) {
      const double u = odd[i], v = even[i];
      x[i] = v + u;
      even[i] = v - u;
    }
    Lu<double>(even.data(), pivots_.data(), n_).solve(false, x.data(), n_, columns_.data());
  }

  int n_;
  std::size_t size_;
  std::vector<int> pivots_;
  Dense columns_;
};
}  // namespace

void expm(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  if (n == 0) return;
  const std::size_t size = static_cast<std::size_t>(n) * n;
  std::vector<Exponential> exponentials(static_cast<std::size_t>(c.workers.threads()), Exponential(n));
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    over_batch(c, batch_size(s), 16 * cube(n), [&](int64_t e, int worker) {
      const T* x = c.in[0].as<T>() + e * size;
      Dense matrix(x, x + size);
      exponentials[static_cast<std::size_t>(worker)](matrix);
      std::copy(matrix.begin(), matrix.end(), c.out[0].as<T>() + e * size);
      return 0;
    });
  });
}

}  // namespace gradtape::kernels
