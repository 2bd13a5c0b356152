// The matrix exponential by scaling and squaring of Pade approximants (N. Higham, "The scaling and squaring method for
// the matrix exponential revisited", 2005), in double for both precisions.
#include <cmath>

#include "base/isa.hpp"
#include "kernels/gemm/gemm.hpp"
#include "kernels/lu.hpp"
#include "kernels/over_lanes.hpp"
#include "kernels/small_gemm.hpp"

namespace gradtape::kernels {

namespace {
// (V - U)^-1 (V + U) with the odd part U and the even part V of a polynomial of odd degree.
struct Pade {
  double most;  // the largest 1-norm of a matrix for which it is right to double's precision
  int degree;
  double b[14];
};
constexpr Pade kApproximants[] = {
    {1.495585217958292e-2, 3, {120, 60, 12, 1}},
    {2.539398330063230e-1, 5, {30240, 15120, 3360, 420, 30, 1}},
    {9.504178996162932e-1, 7, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}},
    {5.371920351148152,
     13,
     {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
      670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}}};

// How often a matrix is halved before the last of them fits; -1 where it is not finite.
int halvings(double norm) {
  if (!std::isfinite(norm)) return -1;
  const double most = std::end(kApproximants)[-1].most;
  return norm > most ? static_cast<int>(std::ceil(std::log2(norm / most))) : 0;
}

// Polynomials of a matrix, or of matrices side by side, of `size` elements: multiply(a, b, out) is their product,
// add_identity(factor, out) adds to their diagonals.
template <class Multiply, class AddIdentity>
struct Polynomials {
  std::size_t size;
  Multiply multiply;
  AddIdentity add_identity;

  // x becomes V + U, and v V - U; room: for 5 times the size. The powers of x^2 up to the third are shared; higher ones
  // are products with that.
  void numerator_and_denominator(const Pade& p, double* x, double* v, double* room) const {
    double *square = room, *fourth = square + size, *sixth = fourth + size, *u = sixth + size, *sum = u + size;
    const double* powers[] = {square, fourth, sixth};
    multiply(x, x, square);
    if (p.degree > 3) multiply(square, square, fourth);
    if (p.degree > 5) multiply(fourth, square, sixth);
    half(p, 1, powers, u, sum);
    multiply(x, u, sum);
    std::copy_n(sum, size, u);
    half(p, 0, powers, v, sum);
    for (std::size_t i = 0; i < size; ++i) {
      const double odd = u[i], even = v[i];
      x[i] = even + odd;
      v[i] = even - odd;
    }
  }

 private:
  // The sum of b_(2k + first) x^(2k).
  void half(const Pade& p, int first, const double* const* powers, double* out, double* room) const {
    std::fill_n(out, size, 0.0);
    const int terms = p.degree / 2;
    if (terms > 3) {
      std::fill_n(room, size, 0.0);
      combine(p.b + first + 6, terms - 3, powers, room);
      multiply(powers[2], room, out);
    }
    combine(p.b + first, std::min(terms, 3), powers, out);
    add_identity(p.b[first], out);
  }
  // Added to out.
  void combine(const double* b, int terms, const double* const* powers, double* out) const {
    static const auto add = compiled_for_this_machine<[](std::size_t n, double factor, const double* x, double* sum) {
      for (std::size_t i = 0; i < n; ++i) sum[i] += factor * x[i];
    },
                                                      std::size_t, double, const double*, double*>();
    for (int k = 1; k <= terms; ++k) add(size, b[2 * k], powers[k - 1], out);
  }
};

double norm1(const double* x, int n) {
  double most = 0;
  for (int j = 0; j < n; ++j) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += std::abs(x[static_cast<std::size_t>(i) * n + j]);
    if (!(sum <= most)) most = sum;
  }
  return most;
}

// ---- One at a time

template <class T>
class Exponentials {
 public:
  Exponentials(const KernelCall& c, int n)
      : c_(c),
        n_(n),
        room_(c, 7 * area(n)),
        packed_(c, gemm_room<double>(n, n, n)),
        pivots_(c, static_cast<std::size_t>(n)) {}

  void run(int64_t batch) const {
    over_batch(c_, batch, 16 * cube(n_), [&](int64_t e, int worker) {
      double *x = room_.of(worker), *v = x + area(n_);
      std::copy_n(c_.in[0].as<T>() + e * area(n_), area(n_), x);
      const double* result = exponential(x, v, worker);
      std::copy_n(result, area(n_), c_.out[0].as<T>() + e * area(n_));
      return 0;
    });
  }

 private:
  const double* exponential(double* x, double* v, int worker) const {
    double *room = v + area(n_), *packed = packed_.of(worker);
    const double norm = norm1(x, n_);
    const int halved = halvings(norm);
    if (halved < 0) return std::fill_n(x, area(n_), std::numeric_limits<double>::quiet_NaN()) - area(n_);
    const Pade* p = kApproximants;
    while (p + 1 != std::end(kApproximants) && norm > p->most) ++p;
    const double scale = std::ldexp(1.0, -halved);
    for (std::size_t i = 0; i < area(n_); ++i) x[i] *= scale;
    const auto multiply = [&](const double* a, const double* b, double* out) { product(a, b, out, packed); };
    const auto add_identity = [&](double factor, double* out) {
      for (int i = 0; i < n_; ++i) out[static_cast<std::size_t>(i) * n_ + i] += factor;
    };
    Polynomials{area(n_), multiply, add_identity}.numerator_and_denominator(*p, x, v, room);
    Lu<double>(v, pivots_.of(worker), n_).solve(false, x, n_, room);
    for (int k = 0; k < halved; ++k) {
      product(x, x, v, packed);
      std::swap(x, v);
    }
    return x;
  }
  void product(const double* a, const double* b, double* out, double* packed) const {
    if (n_ <= kSmallOrder)
      small_gemm(n_, n_, n_, {a, n_, 1}, {b, n_, 1}, out);
    else
      gemm<double>({n_, n_, n_, {a, n_}, {b, n_}, out, n_}, packed);
  }

  const KernelCall& c_;
  int n_;
  Room<double> room_, packed_;
  Room<int> pivots_;
};

// ---- Side by side: always by the last approximant, such that no matrix depends on its neighbours

constexpr int kLanesOrder = 16;  // above, matrices side by side do not fit the cache

template <class T>
void side_by_side_exponentials(const KernelCall& c, int n, int64_t batch) {
  const auto& lanes = lane_kernels<double>();
  const std::size_t size = area(n) * lanes.count;
  const LaneRoom<double> room(c, 7 * area(n) + 1);
  const auto multiply = [&](const double* a, const double* b, double* out) { lanes.multiply(a, b, n, n, n, out); };
  const auto add_identity = [&](double factor, double* out) {
    for (int i = 0; i < n; ++i)
      for (int lane = 0; lane < lanes.count; ++lane) out[(i * n + i) * lanes.count + lane] += factor;
  };
  const Polynomials polynomials{size, multiply, add_identity};
  over_lanes<double>(c, batch, 16 * cube(n), [&](int64_t first, int matrices, int worker, int*) {
    double *x = room.of(worker), *v = x + size, *some = v + size, *sign = x + 7 * size;
    int halved[kMostLanes] = {}, none[kMostLanes], most = 0;
    std::copy_n(c.in[0].as<T>() + first * area(n), matrices * area(n), some);
    for (int lane = 0; lane < matrices; ++lane) {
      double* matrix = some + lane * area(n);
      halved[lane] = halvings(norm1(matrix, n));
      most = std::max(most, halved[lane]);
      const double factor = std::ldexp(1.0, -halved[lane]);
      for (std::size_t i = 0; i < area(n); ++i) matrix[i] = halved[lane] < 0 ? 0 : matrix[i] * factor;
    }
    lanes.load(some, matrices, n, n, x);
    polynomials.numerator_and_denominator(std::end(kApproximants)[-1], x, v, some);
    lanes.eliminate(v, x, n, n, sign, none);
    lanes.substitute(v, x, n, n, false, none);
    for (int k = 0; k < most; ++k) {
      lanes.multiply(x, x, n, n, n, v);
      for (int lane = 0; lane < matrices; ++lane)
        for (std::size_t i = static_cast<std::size_t>(lane); halved[lane] > k && i < size; i += lanes.count)
          x[i] = v[i];
    }
    lanes.store(x, matrices, n * n, some);
    for (int lane = 0; lane < matrices; ++lane) {
      double* matrix = some + lane * area(n);
      if (halved[lane] < 0) std::fill_n(matrix, area(n), std::numeric_limits<double>::quiet_NaN());
    }
    std::copy_n(some, matrices * area(n), c.out[0].as<T>() + first * area(n));
  });
}
}  // namespace

void expm(const KernelCall& c) {
  const Shape& s = *c.in[0].shape;
  const int n = order_of(c, s);
  if (n == 0) return;
  dispatch_floating(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if (n <= kLanesOrder && side_by_side<double>(n, n, batch_size(s)))
      side_by_side_exponentials<T>(c, n, batch_size(s));
    else
      Exponentials<T>(c, n).run(batch_size(s));
  });
}

}  // namespace gradtape::kernels
