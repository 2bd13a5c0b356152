// Matrix products: shared out among the workers, by the kernel that suits their size.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/kernels.hpp"
#include "kernels/matmul/blas.hpp"
#include "kernels/matmul/gemm.hpp"
#include "kernels/matmul/small_gemm.hpp"
#include "kernels/matrix/lanes/over_lanes.hpp"
#include "kernels/workspace.hpp"
#include "math/scalar.hpp"

namespace gradtape::core::kernels {

namespace {
constexpr int64_t kSmall = 32 * 32 * 32;  // multiply-adds up to which the kernel for small products is faster
// Multiply-adds that a product must have to be shared out: below, one thread is as fast.
constexpr int64_t kLeastShared = 1 << 20;

template <class T>
void by_hand(const Product<T>& p) {
  const int64_t a_row = p.a.transposed ? 1 : p.a.step, a_step = p.a.transposed ? p.a.step : 1,
                b_row = p.b.transposed ? 1 : p.b.step, b_step = p.b.transposed ? p.b.step : 1;
  if constexpr (std::is_floating_point_v<T>) {
    small_gemm(p.m, p.n, p.k, {p.a.data, a_row, a_step}, {p.b.data, b_row, b_step}, p.out);
  } else {
    for (int64_t i = 0; i < p.m; ++i)
      for (int64_t j = 0; j < p.n; ++j) {
        T sum = T(0);
        for (int64_t l = 0; l < p.k; ++l)
          sum = math::wrap_add(sum,
                               math::wrap_multiply(p.a.data[i * a_row + l * a_step], p.b.data[l * b_row + j * b_step]));
        p.out[i * p.step + j] = sum;
      }
  }
}

// Whether BLAS takes it, as a matrix and a vector: its sizes are ints.
template <class T>
bool has_vector(const Product<T>& p) {
  return (p.m == 1 || p.n == 1) && std::max({p.m, p.n, p.k}) <= std::numeric_limits<int>::max();
}
template <class T>
void by_vector(const Product<T>& p) {
  if (p.n == 1)
    gemv(p.a.transposed, p.a.transposed ? p.k : p.m, p.a.transposed ? p.m : p.k, p.a.data, p.b.data, p.out);
  else
    gemv(!p.b.transposed, p.b.transposed ? p.n : p.k, p.b.transposed ? p.k : p.n, p.b.data, p.a.data, p.out);
}

// Products of one size, or parts of them.
template <class T>
class Multiplication {
 public:
  explicit Multiplication(const Product<T>& whole) : small_(whole.m * whole.n * whole.k <= kSmall) {
    if constexpr (std::is_floating_point_v<T>) vector_ = !small_ && has_vector(whole);
  }
  bool needs_workspace() const { return std::is_floating_point_v<T> && !small_ && !vector_; }

  // Elements of memory for a part of this size.
  std::size_t workspace(int64_t m, int64_t n, int64_t k, int64_t grain = 1) const {
    if constexpr (std::is_floating_point_v<T>)
      if (needs_workspace()) return gemm_workspace<T>(m, n, k, grain);
    return 0;
  }
  // done: only where a workspace is needed.
  void run(const Product<T>& part, T* workspace, const RowsDone* done = nullptr) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (vector_) return by_vector(part);
      if (!small_) return gemm<T>(part, workspace, done);
    }
    by_hand(part);
  }

 private:
  bool small_, vector_ = false;
};

// F: (first row, rows).
template <class F>
RowsDone rows_done(int64_t grain, F& f) {
  return {grain, const_cast<std::remove_const_t<F>*>(&f),
          [](void* state, int64_t first, int64_t rows) { (*static_cast<F*>(state))(first, rows); }};
}

// How a product is cut into parts for several workers: the result in a grid.
struct Grid {
  int64_t rows, columns;  // of a part

  int64_t down(int64_t m) const { return ceil_div(m, rows); }
  int64_t across(int64_t n) const { return ceil_div(n, columns); }
  int64_t parts(int64_t m, int64_t n) const { return down(m) * across(n); }
};
// At most `parts` parts of a size, each but the last a multiple of `grain`.
int64_t cut(int64_t size, int64_t parts, int64_t grain) {
  return std::min(size, round_up(ceil_div(size, parts), grain));
}
// The grid with the most parts, and of those the one that has the least to pack.
Grid grid_of(int64_t m, int64_t n, int64_t k, int threads, int tile_rows, int tile_columns) {
  Grid best{m, n};
  int64_t most = 1, least = m + n;
  if (m * n * k < kLeastShared) return best;
  for (int64_t down = 1; down <= threads; ++down)
    for (int64_t across = 1; down * across <= threads; ++across) {
      const Grid g{cut(m, down, tile_rows), cut(n, across, tile_columns)};
      const int64_t parts = g.parts(m, n);
      if (g.rows * g.columns * k < kLeastShared / 2 || parts < most) continue;
      if (parts == most && g.rows + g.columns >= least) continue;
      best = g;
      most = parts;
      least = g.rows + g.columns;
    }
  return best;
}

// One product, shared out among the workers; by rows where someone reads these as they are complete, unless that
// leaves a worker without a share.
template <class T>
void multiply(const KernelCall& c, const Product<T>& p, RowReader* reader = nullptr) {
  const Multiplication<T> multiplication(p);
  bool feeds = false;
  Grid grid{p.m, p.n};
  if constexpr (std::is_floating_point_v<T>)
    if (multiplication.needs_workspace()) {
      const auto& kernels = gemm_kernels<T>();
      const int threads = c.workers.threads();
      grid = grid_of(p.m, p.n, p.k, threads, kernels.tile_rows, kernels.tile_columns);
      if (reader && reader->grain < p.m) {
        const Grid rows{cut(p.m, grid.parts(p.m, p.n), reader->grain), p.n};
        feeds = rows.down(p.m) == grid.parts(p.m, p.n);
        if (feeds) grid = rows;
      }
    }
  if (feeds) reader->taken = true;
  const int64_t across = grid.across(p.n), grain = feeds ? reader->grain : 1;
  const Workspace<T> workspace(c, multiplication.workspace(grid.rows, grid.columns, p.k, grain));
  const auto part = [&](int64_t i, int worker) {
    const int64_t row = i / across * grid.rows, column = i % across * grid.columns;
    const int64_t rows = std::min(grid.rows, p.m - row), columns = std::min(grid.columns, p.n - column);
    const auto read = [&](int64_t first, int64_t count) { reader->read(reader->state, row + first, count, worker); };
    const RowsDone done = rows_done(grain, read);
    multiplication.run(p.part(row, rows, column, columns), workspace.of(worker), feeds ? &done : nullptr);
  };
  c.workers.run(grid.parts(p.m, p.n), part);
}

// Products of many tiny matrices; an operand has one for each product, or one for all.
constexpr int64_t kTiny = 64;  // entries of each of the three
template <class T>
bool are_tiny(const Product<T>& p, int64_t entries) {
  return p.m * p.k <= kTiny && p.k * p.n <= kTiny && p.m * p.n <= kTiny && p.k > 0 &&
         entries >= lane_kernels<T>().count;
}
template <class T>
void multiply_lanes(const KernelCall& c, const Product<T>& p, int64_t entries, bool one_a, bool one_b) {
  const auto& lanes = lane_kernels<T>();
  const int m = p.m, n = p.n, k = p.k;
  const int64_t part = kTiny * lanes.count;
  const LaneWorkspace<T> workspace(c, 5 * kTiny);
  over_lanes<T>(c, entries, p.m * p.n * p.k, [&](int64_t first, int matrices, int worker, int*) {
    T *own = workspace.of(worker), *out = own + 4 * part;
    const auto load = [&](const Operand<T>& x, bool one, int rows, int columns, T* to) {
      if (one) {
        for (int e = 0; e < rows * columns; ++e)
          std::fill_n(to + e * lanes.count, lanes.count, *x.from(e / columns, e % columns).data);
        return to;
      }
      const T* from = x.data + first * rows * columns;
      return load_lanes(from, matrices, x.transposed ? columns : rows, x.transposed ? rows : columns, x.transposed, to);
    };
    const T *a = load(p.a, one_a, m, k, own), *b = load(p.b, one_b, k, n, own + 2 * part);
    lanes.multiply(a, b, m, k, n, false, out);
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
  Product<T> p{m,
               n,
               k,
               {c.in[0].as<T>(), std::max<int64_t>(1, ta ? m : k), ta},
               {c.in[1].as<T>(), std::max<int64_t>(1, tb ? k : n), tb},
               c.out[0].as<T>(),
               std::max<int64_t>(1, n)};
  if (c.out[0].elements() == 0) return;
  const Shape a_batch(std::span(a.begin(), a.rank() - 2)), b_batch(std::span(b.begin(), b.rank() - 2)),
      batch(std::span(out.begin(), batch_rank));
  const bool one_a = a_batch.elements() == 1, one_b = b_batch.elements() == 1;
  if (one_b && !ta && a_batch.elements() == batch.elements()) {
    p.m *= batch.elements();  // the batch of a is only more rows
    return multiply(c, p, c.reader);
  }
  if constexpr (std::is_floating_point_v<T>)
    if ((one_a || a_batch.elements() == batch.elements()) && (one_b || b_batch.elements() == batch.elements()) &&
        are_tiny(p, batch.elements()))
      return multiply_lanes(c, p, batch.elements(), one_a, one_b);
  const Shape::Dims a_strides = broadcast_strides(a_batch, batch), b_strides = broadcast_strides(b_batch, batch);
  const int64_t entries = batch.elements();
  const auto entry = [&](int64_t e) {
    Product<T> one = p;
    one.a.data += batch_offset(e, batch, a_strides) * m * k;
    one.b.data += batch_offset(e, batch, b_strides) * k * n;
    one.out += e * m * n;
    return one;
  };
  const int64_t work = std::max<int64_t>(1, m * n * k);
  if (work >= kLeastShared) {
    for (int64_t e = 0; e < entries; ++e) multiply(c, entry(e));
    return;
  }
  const int64_t share = work * entries < kLeastShared ? entries : share_of(kLeastShared / 4, work);
  const Multiplication<T> multiplication(p);
  const Workspace<T> workspace(c, multiplication.workspace(m, n, k));
  for_each_share(c.workers, entries, share, [&](int64_t first, int64_t last, int worker) {
    for (int64_t e = first; e < last; ++e) multiplication.run(entry(e), workspace.of(worker));
  });
}
}  // namespace

void matmul(const KernelCall& c) {
  dispatch_numeric(c.in[0].dtype, [&]<class T>(Type<T>) { matmul_typed<T>(c); });
}

}  // namespace gradtape::core::kernels
