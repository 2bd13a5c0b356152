// The links of a Jacobian or Hessian.
#include "autodiff/sparse_links.hpp"

#include "graph/attrs.hpp"

namespace gradtape::core {

int64_t SparseLinks::count() const {
  int64_t n = 0;
  for (const Links& links : by_row) n += static_cast<int64_t>(links.all().size());
  return n;
}

Pattern SparseLinks::pattern(Recorder& recorder, const char* function) const {
  check_size(recorder, function);
  if (by_row.size() == 1) return pattern_of(by_row[0], columns);
  Pattern whole{0, columns, {0}, {}};
  for (const Links& links : by_row) {
    const Pattern p = pattern_of(links, columns);
    for (int64_t i = 1; i <= p.rows; ++i) whole.offsets.push_back(whole.nonzeros() + p.offsets[i]);
    whole.indices.insert(whole.indices.end(), p.indices.begin(), p.indices.end());
    whole.rows += p.rows;
  }
  return whole;
}

void SparseLinks::check_size(Recorder& recorder, const char* function) const {
  const double limit = static_cast<double>(recorder.memory().most());
  for (const Links& links : by_row) {
    const double whole = static_cast<double>(links.shape().elements()) * static_cast<double>(columns);
    double entries = 0;
    for (const Link& link : links.all()) {
      double of_link = 1;
      for (const int64_t n : link.box) of_link *= static_cast<double>(n);
      entries += of_link;
    }
    entries = std::min(entries, whole);  // some may be pairs twice
    if (entries * sizeof(int32_t) > limit)
      fail(Status::out_of_memory,
           "{}: the pattern has {:.3g} entries of {} by {}, which take {:.3g} bytes, of at most {:.3g} that there are; "
           "gt_tape_jvp, gt_tape_gradient and gt_tape_hvp give products with the matrix",
           function, entries, links.shape().elements(), columns, entries * sizeof(int32_t), limit);
  }
}

namespace {
uint64_t hash_of(uint64_t h, const Affine& f) {
  h = hash_mix(h, static_cast<uint64_t>(f.first));
  for (const int64_t s : f.steps) h = hash_mix(h, static_cast<uint64_t>(s));
  return h;
}
uint64_t hash_of(uint64_t h, const Table& list) {
  if (!list) return hash_mix(h, 0);
  for (const int32_t i : *list) h = hash_mix(h, static_cast<uint64_t>(i) + 1);
  return h;
}
}  // namespace

uint64_t SparseLinks::hash() const { return hash_mix(hash_of_links(by_row), static_cast<uint64_t>(columns)); }

uint64_t hash_of_links(std::span<const Links> by_row) {
  uint64_t h = 0;
  for (const Links& links : by_row)
    for (const Link& link : links.all()) {
      for (const int64_t n : link.box) h = hash_mix(h, static_cast<uint64_t>(n));
      for (const Affine& row : link.rows) h = hash_of(h, row);
      h = hash_of(hash_of(hash_of(h, link.column), link.row_list), link.column_list);
    }
  return h;
}

uint64_t identity_of(const Tape& tape, const Tensor& target, std::span<const Source> sources) {
  // A tape that takes the address of one that is gone has recorded none of the target's ops.
  uint64_t h = hash_mix(reinterpret_cast<uintptr_t>(&tape), hash_mix(target.node()->id, target.index()));
  for (const Source& s : sources) h = hash_mix(h, hash_mix(s.tensor.node()->id, s.tensor.index()));
  return h;
}

std::vector<LinkSource> link_sources(const Tape& tape, std::span<const Source> sources) {
  std::vector<LinkSource> all;
  int64_t first = 0;
  for (const Source& s : sources) {
    for (const Tensor& t : tape.tensors_of(s)) all.push_back({t, first});
    first += s.tensor.shape().elements();
  }
  return all;
}
int64_t elements_of(std::span<const Source> sources) {
  int64_t n = 0;
  for (const Source& s : sources) n += s.tensor.shape().elements();
  return n;
}

SparseLinks links_of_jacobian(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                              Indices indices) {
  SparseLinks found{{}, elements_of(sources)};
  found.by_row = links_between(Tensors{target}, link_sources(tape, sources), tape.passable(), indices);
  return found;
}

Tensors connected_of(const Tensors& gradients) {
  Tensors some;
  for (const Tensor& g : gradients)
    if (g) some.push_back(g);
  return some;
}

SparseLinks links_of_gradients(const Tape& tape, const Tensors& gradients, std::span<const Source> sources,
                               Indices indices) {
  SparseLinks found{{}, elements_of(sources)};
  std::vector<Links> links =
      links_between(connected_of(gradients), link_sources(tape, sources), tape.passable(), indices);
  std::size_t next = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i)
    found.by_row.push_back(gradients[i] ? std::move(links[next++]) : Links(sources[i].tensor.shape()));
  return found;
}

Gradients::Gradients(Tape& tape, const Tensor& target, std::span<const Source> sources, const char* function)
    : none_(sources.size()) {
  if (is_floating(target.dtype())) recorded_.emplace(tape, function, target, sources);
}

Pattern entries_of(Tape& tape, const Tensor& target, std::span<const Source> sources, bool hessian,
                   const char* function) {
  Recorder& r = tape.recorder();
  if (!hessian) return links_of_jacobian(tape, target, sources, Indices::needed).pattern(r, function);
  const Gradients gradients(tape, target, sources, function);
  const SparseLinks found = links_of_gradients(tape, gradients.by_source(), sources, Indices::needed);
  return hessian_entries(found.pattern(r, function), Triangle::full);
}

}  // namespace gradtape::core
