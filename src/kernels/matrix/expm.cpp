// The exponential of matrices, and of jets of them, in double for both precisions. The matrix is halved until its norm
// is small. Its Taylor polynomial of degree 18 takes five products, and is squared as often as the matrix was halved.
// The polynomial is that of P. Bader, S. Blanes and F. Casas, "Computing the matrix exponential with an optimized
// Taylor polynomial approximation", 2019.
//
// A jet of level L is a sum of 2^L matrices X_c times products of L infinitesimals, each of whose squares is 0. Bit i
// of c says whether the i-th infinitesimal is a factor. Formulas of sums and products alone hold for jets as for
// matrices, and the factors of the infinitesimals are derivatives.
#include <bit>
#include <cmath>

#include "base/isa.hpp"
#include "kernels/matmul/gemm.hpp"
#include "kernels/matrix/lanes/over_lanes.hpp"

namespace gradtape::core::kernels {

namespace {
constexpr int kDegree = 18;

// The polynomial is B2 + (B3 + A9) A9 with A9 = B1 B5 + B4. B1 to B5 are these sums of 1, x, x^2, x^3 and x^6.
constexpr double kSums[5][5] = {
    {0, -1.00365581030144618291e-01, -8.02924648241156932449e-03, -8.92138498045729985177e-04, 0},
    {0, 3.97849749499645077844e-01, 1.36783778460411720168e+00, 4.98289622525382669416e-01,
     -6.37898194594723280150e-04},
    {-1.09676396052962061844e+01, 1.68015813878906206114e+00, 5.71779846478865511061e-02, -6.98210122488052056106e-03,
     3.34975017086070470649e-05},
    {-9.04316832390810593223e-02, -6.76404519071381882256e-02, 6.75961301770459654925e-02, 2.95552570429315521194e-02,
     -1.39180257516060693404e-05},
    {0, 0, -9.23364619367118555360e-02, -1.69364939002081722752e-02, -1.40086798182036094347e-05}};

// The norm up to which what the polynomial leaves out, and its derivatives, are below the rounding of T: x^k / k! e^x
// with the first power k left out, once less for each derivative. More is left for float, whose results are squared in
// double.
template <class T>
double largest_norm(int level) {
  const double order = kDegree + 1 - std::min(level, kDegree);
  const double least = std::ldexp(1.0, sizeof(T) == 8 ? -54 : -32);
  double norm = 0;
  for (int i = 0; i < 20; ++i) norm = std::pow(least * std::tgamma(order + 1) * std::exp(-norm), 1 / order);
  return norm;
}
// How often a matrix of this norm is halved; -1 where it is not finite.
int halvings(double norm, double largest) {
  if (!std::isfinite(norm)) return -1;
  return norm > largest ? static_cast<int>(std::ceil(std::log2(norm / largest))) : 0;
}

// out (+)= the sum of x, x^2, x^3 and x^6 with these factors.
void sum_of_powers(const double* factors, const double* const* powers, bool add, int64_t size, double* out) {
  static const auto sum =
      compiled_for_this_machine<[](const double* f, const double* const* x, bool more, int64_t n, double* to) {
        const double *x1 = x[0], *x2 = x[1], *x3 = x[2], *x6 = x[3];
        for (int64_t i = 0; i < n; ++i)
          to[i] = (f[1] * x1[i] + f[2] * x2[i]) + (f[3] * x3[i] + f[4] * x6[i]) + (more ? to[i] : 0.0);
      }>();
  sum(factors, powers, add, size, out);
}

// Jets of a level, or as many as there are lanes of them side by side. Leaf: of matrices of `size` elements,
// multiply(a, b, add, out) and add_identity(factor, out).
template <class Leaf>
struct Jets {
  const Leaf& leaf;
  int64_t size;
  int level;

  static constexpr int64_t kWorkspace = 6;  // of the size of x, for its exponential
  int64_t whole() const { return size << level; }

  void multiply(const double* a, const double* b, double* out) const { multiply(level, a, b, false, out); }
  // Returns where exp(x) is, in the workspace; *free: where another fits.
  double* exponential(const double* x, double* workspace, double** free) const {
    double *x2 = workspace, *x3 = x2 + whole(), *x6 = x3 + whole(), *p = x6 + whole(), *q = p + whole(),
           *a9 = q + whole();
    const double* powers[] = {x, x2, x3, x6};
    multiply(x, x, x2);
    multiply(x2, x, x3);
    multiply(x3, x3, x6);
    const auto sum = [&](int number, bool add, double* out) {
      sum_of_powers(kSums[number - 1], powers, add, whole(), out);
      leaf.add_identity(kSums[number - 1][0], out);
    };
    sum(1, false, p);
    sum(5, false, q);
    multiply(p, q, a9);
    sum(4, true, a9);
    std::copy_n(a9, whole(), p);
    sum(3, true, p);
    multiply(p, a9, q);
    sum(2, true, q);
    *free = p;
    return q;
  }

 private:
  // (a0 + a1 e) (b0 + b1 e) = a0 b0 + (a0 b1 + a1 b0) e with the last infinitesimal e.
  void multiply(int of_level, const double* a, const double* b, bool add, double* out) const {
    if (of_level == 0) return leaf.multiply(a, b, add, out);
    const int64_t half = size << (of_level - 1);
    multiply(of_level - 1, a, b, add, out);
    multiply(of_level - 1, a, b + half, add, out + half);
    multiply(of_level - 1, a + half, b, true, out + half);
  }
};

double norm1(const double* x, int n) {
  double most = 0;
  for (int j = 0; j < n; ++j) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += std::abs(x[int64_t{i} * n + j]);
    if (!(sum <= most)) most = sum;
  }
  return most;
}

struct Batch {
  int n, level;
  int64_t count;
  int64_t size() const { return area(n) << level; }  // of a jet, in elements
  int64_t work() const { return static_cast<int64_t>(7 * std::pow(3, level)) * cube(n); }
};

// ---- One at a time

struct Matrices {
  int n;
  double* packed;

  void multiply(const double* a, const double* b, bool add, double* out) const {
    gemm<double>({n, n, n, {a, n}, {b, n}, out, n, add}, packed);
  }
  void add_identity(double factor, double* out) const {
    for (int i = 0; i < n; ++i) out[int64_t{i} * n + i] += factor;
  }
};

template <class T>
void one_by_one(const KernelCall& c, const Batch& b) {
  using J = Jets<Matrices>;
  const Workspace<double> workspace(c, (J::kWorkspace + 1) * b.size()),
      packed(c, gemm_workspace<double>(b.n, b.n, b.n));
  const double largest = largest_norm<T>(b.level);
  over_batch(c, b.count, b.work(), [&](int64_t e, int worker) {
    const T* from = c.in[0].as<T>() + e * b.size();
    T* to = c.out[0].as<T>() + e * b.size();
    double* x = workspace.of(worker);
    std::copy_n(from, b.size(), x);
    const int halved = halvings(norm1(x, b.n), largest);
    if (halved < 0) {
      std::fill_n(to, b.size(), std::numeric_limits<T>::quiet_NaN());
      return 0;
    }
    const double scale = std::ldexp(1.0, -halved);
    for (int64_t i = 0; i < b.size(); ++i) x[i] *= scale;
    const Matrices matrices{b.n, packed.of(worker)};
    const J jets{matrices, area(b.n), b.level};
    double *free, *result = jets.exponential(x, x + b.size(), &free);
    for (int k = 0; k < halved; ++k) {
      jets.multiply(result, result, free);
      std::swap(result, free);
    }
    std::copy_n(result, b.size(), to);
    return 0;
  });
}

// ---- Side by side

constexpr int64_t kMostInLanes = 1024;  // elements of a jet: more of them side by side do not fit the cache

struct MatricesInLanes {
  int n;
  const LaneKernels<double>& lanes;

  void multiply(const double* a, const double* b, bool add, double* out) const {
    lanes.multiply(a, b, n, n, n, add, out);
  }
  void add_identity(double factor, double* out) const {
    for (int i = 0; i < n; ++i)
      for (int lane = 0; lane < lanes.count; ++lane) out[(i * n + i) * lanes.count + lane] += factor;
  }
};

template <class T>
void side_by_side_exponentials(const KernelCall& c, const Batch& b) {
  using J = Jets<MatricesInLanes>;
  const auto& lanes = lane_kernels<double>();
  const MatricesInLanes matrices{b.n, lanes};
  const J jets{matrices, area(b.n) * lanes.count, b.level};
  const int64_t whole = jets.whole();
  const LaneWorkspace<double> workspace(c, (J::kWorkspace + 1) * b.size());
  const double largest = largest_norm<T>(b.level);
  over_lanes<double>(c, b.count, b.work(), [&](int64_t first, int count, int worker, int*) {
    double *x = workspace.of(worker), *some = x + whole;
    const int64_t from = first * b.size(), all = count * b.size();
    int halved[kMostLanes] = {}, most = 0;
    std::copy_n(c.in[0].as<T>() + from, all, some);
    for (int lane = 0; lane < count; ++lane) {
      double* jet = some + lane * b.size();
      halved[lane] = halvings(norm1(jet, b.n), largest);
      most = std::max(most, halved[lane]);
      const double factor = std::ldexp(1.0, -halved[lane]);
      for (int64_t i = 0; i < b.size(); ++i) jet[i] = halved[lane] < 0 ? 0 : jet[i] * factor;
    }
    lanes.load(some, count, b.n << b.level, b.n, x);
    double *free, *result = jets.exponential(x, some, &free);
    for (int k = 0; k < most; ++k) {
      jets.multiply(result, result, free);
      for (int lane = 0; lane < count; ++lane)
        for (int64_t i = lane; halved[lane] > k && i < whole; i += lanes.count) result[i] = free[i];
    }
    lanes.store(result, count, b.n * b.n << b.level, x);
    for (int lane = 0; lane < count; ++lane)
      if (halved[lane] < 0) std::fill_n(x + lane * b.size(), b.size(), std::numeric_limits<double>::quiet_NaN());
    std::copy_n(x, all, c.out[0].as<T>() + from);
  });
}
}  // namespace

void expm(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const auto matrices = static_cast<uint64_t>(s[s.rank() - 3]);
  const Batch b{order_of(c, s), std::countr_zero(matrices), batch_size(s) / s[s.rank() - 3]};
  if (b.n == 0) return;
  dispatch_floating(c.in[0].dtype, [&]<class T>(Type<T>) {
    if (b.size() <= kMostInLanes && b.n <= kSmallOrder / 2 && b.count >= lane_kernels<double>().count)
      side_by_side_exponentials<T>(c, b);
    else
      one_by_one<T>(c, b);
  });
}

}  // namespace gradtape::core::kernels
