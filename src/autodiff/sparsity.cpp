// Patterns of sparse Jacobians and Hessians, from the links of a recording.
#include "autodiff/sparsity.hpp"

#include <algorithm>
#include <chrono>

#include "autodiff/accumulate.hpp"
#include "autodiff/batch.hpp"
#include "autodiff/cost.hpp"
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
  if (t == p) return p;
  return entries_where(p, [&](int64_t i, int64_t j, int64_t) { return find_entry(t, i, j) >= 0; });
}

// A triangle and its mirror image.
Pattern with_mirror_image(const Pattern& triangle) {
  const Pattern t = transposed(triangle);
  Pattern whole{triangle.rows, triangle.columns, {0}, {}};
  for (int64_t i = 0; i < triangle.rows; ++i) {
    const auto row = [&](const Pattern& p) { return std::span(p.indices).subspan(p.offsets[i], p.row_length(i)); };
    std::ranges::set_union(row(triangle), row(t), std::back_inserter(whole.indices));
    whole.offsets.push_back(whole.nonzeros());
  }
  return whole;
}

Pattern in_triangle(Pattern whole, Triangle triangle) {
  if (triangle == Triangle::full) return whole;
  return entries_where(whole, [&](int64_t i, int64_t j, int64_t) { return is_in(triangle, i, j); });
}

void take_products(Sparsity& s, std::shared_ptr<const Compression> c) {
  s.method = SparseMethod::compress;
  s.forward_colours = c->forward;
  s.reverse_colours = c->reverse;
  s.peeled = c->peeled;
  s.few = std::move(c);
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
// Whether values come by accumulation. It computes factors for the entries of tensors on the way. Products compute each
// tensor once for each colour. There are as many colours as the longest row has entries, or more.
bool accumulates(const Sparsity& s, const Pattern& whole, const Path& path, std::span<const LinkSource> sources,
                 const char* function) {
  if (s.options.method == SparseMethod::compress) return false;
  const Accumulation links(path, sources, indices_of(s.options), false);
  if (s.options.method == SparseMethod::accumulate) {
    if (const Node* node = links.stopped_by())
      fail(Status::unsupported,
           "{}: {} ends the links along which values are accumulated; options.method GT_SPARSE_COMPRESS takes products "
           "with few vectors",
           function, name_with_composite(*node));
    return true;
  }
  // Measured: an element of a factor takes less time than one of products, which run over all colours and a path of many
  // tensors. Each entry is then gathered from them.
  constexpr double kOfProducts = 1.55, kGathered = 2;
  const double colours = static_cast<double>(longest_row(whole)), entries = static_cast<double>(whole.nonzeros());
  const double products = colours * elements_of_cost(cost_of(path.nodes)) + kGathered * entries;
  return !links.stopped_by() && links.elements() <= kOfProducts * products;
}
}  // namespace

const Compression& Sparsity::compression() const {
  if (few) return *few;
  const bool whole = options.triangle == Triangle::full;
  if (symmetric)
    few = compressed_hessian(whole ? pattern : with_mirror_image(pattern), options.triangle, nullptr);
  else
    few = std::make_shared<const Compression>(compress_jacobian(pattern, {.allowed = options.mode}));
  return *few;
}

Pattern hessian_entries(const Pattern& found, Triangle triangle) {
  return in_triangle(symmetric_part(found), triangle);
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
  s->made_from = identity_of(tape, target, sources);
  s->pattern = found.pattern(tape.recorder(), "gt_tape_jacobian_sparsity");
  const std::vector<LinkSource> columns = link_sources(tape, sources);
  if (accumulates(*s, s->pattern, tape.path(Tensors{target}, tape.tensors_of(sources)), columns,
                  "gt_tape_jacobian_sparsity")) {
    s->method = SparseMethod::accumulate;
  } else {
    const std::optional<Lattice> lattice = lattice_of_rows(found.by_row[0], found.columns);
    const JacobianTraits traits{.allowed = options.mode, .columns = lattice ? &*lattice : nullptr};
    take_products(*s, std::make_shared<const Compression>(compress_jacobian(s->pattern, traits)));
  }
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
  const Gradients gradients(tape, target, sources, "gt_tape_hessian_sparsity");
  const SparseLinks found = links_of_gradients(tape, gradients.by_source(), sources, indices_of(options));
  s->links = found.count();
  s->links_hash = found.hash();
  s->made_from = identity_of(tape, target, sources);
  Pattern whole = symmetric_part(found.pattern(tape.recorder(), "gt_tape_hessian_sparsity"));
  const Path path = tape.path(gradients.connected(), tape.tensors_of(sources));
  if (accumulates(*s, whole, path, link_sources(tape, sources), "gt_tape_hessian_sparsity")) {
    s->method = SparseMethod::accumulate;
  } else {
    const std::optional<Lattice> lattice =
        found.by_row.size() == 1 ? lattice_of_rows(found.by_row[0], found.columns) : std::nullopt;
    take_products(*s, compressed_hessian(whole, options.triangle, lattice ? &*lattice : nullptr));
  }
  s->pattern = in_triangle(std::move(whole), options.triangle);
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
