// Patterns of sparse Jacobians and Hessians, from the links of a recording.
#include "autodiff/sparsity.hpp"

#include <chrono>

#include "autodiff/dependence.hpp"
#include "autodiff/given_pattern.hpp"
#include "autodiff/sparse_links.hpp"
#include "sparse/lattice_of_links.hpp"

namespace gradtape::core {

namespace {
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

Sweeps sweeps_of(SweepMode mode) {
  switch (mode) {
    case SweepMode::forward: return Sweeps::forward;
    case SweepMode::reverse: return Sweeps::reverse;
    case SweepMode::both: return Sweeps::both;
    case SweepMode::automatic: break;
  }
  return Sweeps::automatic;
}

bool is_in(Triangle triangle, int64_t row, int64_t column) {
  if (triangle == Triangle::full) return true;
  return triangle == Triangle::lower ? column <= row : column >= row;
}
// The entries for which keep(row, column, place) holds.
template <class Keep>
Pattern entries_where(const Pattern& p, Keep&& keep) {
  Pattern kept{p.rows, p.columns, {0}, {}};
  kept.offsets.reserve(p.offsets.size());
  kept.indices.reserve(p.indices.size());
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t at = p.offsets[i]; at < p.offsets[i + 1]; ++at)
      if (keep(i, p.indices[at], at)) kept.indices.push_back(p.indices[at]);
    kept.offsets.push_back(kept.nonzeros());
  }
  return kept;
}
// A Hessian is symmetric: an entry whose mirror image is known to be 0 is 0.
Pattern symmetric_part(const Pattern& p) {
  const Pattern t = transposed(p);
  if (t == p) return t;
  return entries_where(p, [&](int64_t i, int64_t j, int64_t) { return find_entry(t, i, j) >= 0; });
}

void tell_colours(Sparsity& s, const Compression& c) {
  s.forward_colours = c.forward;
  s.reverse_colours = c.reverse;
  s.peeled = c.peeled;
}

// The colours of a Hessian are those of the whole matrix, whichever triangle is asked for.
std::shared_ptr<const Compression> compressed_hessian(const Pattern& whole, Triangle triangle, const Lattice* lattice) {
  auto c = std::make_shared<Compression>(compress_hessian(whole, lattice));
  if (triangle == Triangle::full) return c;
  std::vector<int64_t> read_at;
  entries_where(whole, [&](int64_t i, int64_t j, int64_t at) {
    if (is_in(triangle, i, j)) read_at.push_back(c->read_at[at]);
    return false;
  });
  c->read_at = std::move(read_at);
  return c;
}
}  // namespace

const Compression& Sparsity::compression() const {
  if (!few) {
    const JacobianTraits traits{.allowed = sweeps_of(options.mode)};
    few =
        std::make_shared<const Compression>(symmetric ? compress_hessian(pattern) : compress_jacobian(pattern, traits));
  }
  return *few;
}

SparsityPtr jacobian_sparsity(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                              const SparseOptions& options) {
  const Stopwatch watch;
  auto s = std::make_shared<Sparsity>();
  s->kind = Sparsity::Kind::jacobian;
  s->options = options;
  const SparseLinks found = links_of_jacobian(tape, target, sources, indices_of(options));
  s->links = found.count();
  s->links_hash = found.hash();
  s->pattern = found.pattern();
  s->method = SparseMethod::compress;
  const std::optional<Lattice> lattice = lattice_of_rows(found.by_row[0], found.columns);
  const JacobianTraits traits{.allowed = sweeps_of(options.mode), .columns = lattice ? &*lattice : nullptr};
  s->few = std::make_shared<const Compression>(compress_jacobian(s->pattern, traits));
  tell_colours(*s, *s->few);
  s->seconds = watch.seconds();
  return s;
}

SparsityPtr hessian_sparsity(Tape& tape, const Tensor& target, std::span<const Source> sources,
                             const SparseOptions& options) {
  const Stopwatch watch;
  auto s = std::make_shared<Sparsity>();
  s->kind = Sparsity::Kind::hessian;
  s->symmetric = true;
  s->options = options;
  const SparseLinks found = links_of_hessian(tape, target, sources, indices_of(options));
  s->links = found.count();
  s->links_hash = found.hash();
  const Pattern whole = symmetric_part(found.pattern());
  s->method = SparseMethod::compress;
  const std::optional<Lattice> lattice =
      found.by_row.size() == 1 ? lattice_of_rows(found.by_row[0], found.columns) : std::nullopt;
  s->few = compressed_hessian(whole, options.triangle, lattice ? &*lattice : nullptr);
  tell_colours(*s, *s->few);
  s->pattern = entries_where(whole, [&](int64_t i, int64_t j, int64_t) { return is_in(options.triangle, i, j); });
  s->seconds = watch.seconds();
  return s;
}

SparsityPtr given_sparsity(Pattern pattern, bool symmetric, const SparseOptions& options) {
  auto s = std::make_shared<Sparsity>();
  s->symmetric = symmetric;
  s->pattern = std::move(pattern);
  s->options = options;
  s->method = SparseMethod::compress;
  return s;
}

}  // namespace gradtape::core
