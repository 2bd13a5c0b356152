// Matrix products: small ones by our own kernel, others by BLAS, shared out among the workers by rows or columns of the
// result, so that no number depends on how many there are.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/blas.hpp"
#include "kernels/kernels.hpp"
#include "kernels/over_lanes.hpp"
#include "kernels/scalar_math.hpp"
#include "kernels/small_gemm.hpp"

namespace gradtape::kernels {

namespace {
// out[m, n] = op(a) op(b), row-major; out's rows are ldc apart.
template <class T>
struct Product {
  bool ta, tb;
  int64_t m, n, k;
  const T *a, *b;
  T* out;
  int64_t lda, ldb, ldc;

  Product rows(int64_t first, int64_t count) const {
    Product p = *this;
    p.m = count;
    p.a += first * (ta ? 1 : lda);
    p.out += first * ldc;
    return p;
  }
  Product columns(int64_t first, int64_t count) const {
    Product p = *this;
    p.n = count;
    p.b += first * (tb ? ldb : 1);
    p.out += first;
    return p;
  }
};

template <class T>
void by_blas(const Product<T>& p) {
  gemm<T>(p.m, p.n, p.k, {p.a, p.lda, p.ta}, {p.b, p.ldb, p.tb}, p.out, p.ldc);
}

constexpr int64_t kSmall = 32 * 32 * 32;  // multiply-adds up to which our own kernel is faster
// Multiply-adds that a share must have: below, one thread is as fast, and OpenBLAS goes over to kernels that add up in
// another order (at 10^6).
constexpr int64_t kLeastShare = 1 << 20;
// Rows or columns of a share are a multiple of this, and products of doubles are shared out by rows alone: so OpenBLAS
// adds up each element alike however the work is shared (a test holds it to that).
template <class T>
constexpr int64_t kGrain = std::is_same_v<T, float> ? 64 : 48;

// Whether BLAS takes it: its sizes are ints.
template <class T>
bool for_blas(const Product<T>& p) {
  constexpr int64_t most = std::numeric_limits<int>::max();
  return p.m <= most && p.n <= most && p.k <= most;
}

template <class T>
void by_hand(const Product<T>& p) {
  const int64_t a_row = p.ta ? 1 : p.lda, a_step = p.ta ? p.lda : 1, b_row = p.tb ? 1 : p.ldb,
                b_step = p.tb ? p.ldb : 1;
  if constexpr (std::is_floating_point_v<T>) {
    small_gemm(p.m, p.n, p.k, {p.a, a_row, a_step}, {p.b, b_row, b_step}, p.out);
  } else {
    for (int64_t i = 0; i < p.m; ++i)
      for (int64_t j = 0; j < p.n; ++j) {
        T sum = T(0);
        for (int64_t l = 0; l < p.k; ++l)
          sum = wrap_add(sum, wrap_multiply(p.a[i * a_row + l * a_step], p.b[l * b_row + j * b_step]));
        p.out[i * p.ldc + j] = sum;
      }
  }
}

template <class T>
void multiply(const Workers& workers, const Product<T>& p) {
  if constexpr (std::is_floating_point_v<T>) {
    const int64_t work = p.m * p.n * p.k;
    if (work > kSmall && for_blas(p)) {
      if (p.n == 1) return gemv(p.ta, p.ta ? p.k : p.m, p.ta ? p.m : p.k, p.a, p.b, p.out);
      if (p.m == 1) return gemv(!p.tb, p.tb ? p.n : p.k, p.tb ? p.k : p.n, p.b, p.a, p.out);
      const bool by_rows = p.m >= p.n || std::is_same_v<T, double>;
      const int64_t longer = by_rows ? p.m : p.n, line = work / longer;
      int64_t share = longer;
      for (int64_t shares = workers.threads(); shares > 1 && share == longer; --shares) {
        const int64_t grain = shares * kGrain<T>, even = (longer + grain - 1) / grain * kGrain<T>;
        const int64_t last = (longer - 1) % even + 1;
        if (even < longer && last * line >= kLeastShare) share = even;
      }
      if (share == longer) return by_blas(p);
      const auto part = [&](std::size_t i, int) {
        const int64_t first = static_cast<int64_t>(i) * share, count = std::min(share, longer - first);
        by_blas(by_rows ? p.rows(first, count) : p.columns(first, count));
      };
      return workers.run(static_cast<std::size_t>((longer + share - 1) / share), part);
    }
  }
  by_hand(p);
}

// Products of many tiny matrices, each operand with one of its own for each product.
constexpr int64_t kTiny = 64;  // entries of each of the three
template <class T>
bool are_tiny(const Product<T>& p, int64_t entries) {
  return p.m * p.k <= kTiny && p.k * p.n <= kTiny && p.m * p.n <= kTiny && p.k > 0 &&
         entries >= lane_kernels<T>().count;
}
template <class T>
void multiply_lanes(const KernelCall& c, const Product<T>& p, int64_t entries) {
  const auto& lanes = lane_kernels<T>();
  const int m = static_cast<int>(p.m), n = static_cast<int>(p.n), k = static_cast<int>(p.k);
  const std::size_t part = static_cast<std::size_t>(kTiny) * lanes.count;
  const LaneRoom<T> room(c, 5 * static_cast<std::size_t>(kTiny));
  over_lanes<T>(c, entries, p.m * p.n * p.k, [&](int64_t first, int matrices, int worker, int*) {
    T *own = room.of(worker), *out = own + 4 * part;
    const T* a = load_lanes(p.a + first * m * k, matrices, p.ta ? k : m, p.ta ? m : k, p.ta, own);
    const T* b = load_lanes(p.b + first * k * n, matrices, p.tb ? n : k, p.tb ? k : n, p.tb, own + 2 * part);
    lanes.multiply(a, b, m, k, n, out);
    lanes.store(out, matrices, m * n, p.out + first * m * n);
  });
}

// The linear index of a broadcast batch entry.
int64_t batch_offset(int64_t entry, const Shape& out, const Shape::Dims& strides) {
  int64_t offset = 0;
  for (std::size_t i = out.rank(); i-- > 0; entry /= out[i]) offset += entry % out[i] * strides[i];
  return offset;
}

template <class T>
void matmul_typed(const KernelCall& c) {
  const bool ta = c.flag("transpose_a"), tb = c.flag("transpose_b");
  const Shape &a = *c.in[0].shape, &b = *c.in[1].shape, &out = *c.out[0].shape;
  const std::size_t batch_rank = out.rank() - 2;
  const int64_t m = out[batch_rank], n = out[batch_rank + 1], k = a[a.rank() - (ta ? 2 : 1)];
  Product<T> p{ta,
               tb,
               m,
               n,
               k,
               c.in[0].as<T>(),
               c.in[1].as<T>(),
               c.out[0].as<T>(),
               std::max<int64_t>(1, ta ? m : k),
               std::max<int64_t>(1, tb ? k : n),
               std::max<int64_t>(1, n)};
  if (c.out[0].elements() == 0) return;
  const Shape a_batch(std::span(a.begin(), a.rank() - 2)), b_batch(std::span(b.begin(), b.rank() - 2)),
      batch(std::span(out.begin(), batch_rank));
  if (b_batch.elements() == 1 && !ta && a_batch.elements() == batch.elements()) {
    p.m *= batch.elements();  // the batch of a is only more rows
    return multiply(c.workers, p);
  }
  if constexpr (std::is_floating_point_v<T>)
    if (a_batch.elements() == batch.elements() && b_batch.elements() == batch.elements() &&
        are_tiny(p, batch.elements()))
      return multiply_lanes(c, p, batch.elements());
  const Shape::Dims a_strides = broadcast_strides(a_batch, batch), b_strides = broadcast_strides(b_batch, batch);
  const int64_t entries = batch.elements();
  const auto entry = [&](int64_t e, const Workers& workers) {
    Product<T> one = p;
    one.a += batch_offset(e, batch, a_strides) * m * k;
    one.b += batch_offset(e, batch, b_strides) * k * n;
    one.out += e * m * n;
    multiply(workers, one);
  };
  const int64_t work = m * n * k;
  if (work >= kLeastShare || work * entries < kLeastShare) {
    for (int64_t e = 0; e < entries; ++e) entry(e, c.workers);
    return;
  }
  const int64_t share = std::max<int64_t>(1, kLeastShare / 4 / std::max<int64_t>(1, work));
  const Workers alone(1);
  const auto part = [&](std::size_t i, int) {
    const int64_t first = static_cast<int64_t>(i) * share;
    for (int64_t e = first; e < std::min(entries, first + share); ++e) entry(e, alone);
  };
  c.workers.run(static_cast<std::size_t>((entries + share - 1) / share), part);
}
}  // namespace

void matmul(const KernelCall& c) {
  dispatch(c.in[0].dtype, [&](auto type) { matmul_typed<typename decltype(type)::type>(c); });
}

}  // namespace gradtape::kernels
