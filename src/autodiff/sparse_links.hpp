// The links of a Jacobian or Hessian of a tape's recording.
#pragma once

#include "autodiff/dependence.hpp"
#include "autodiff/sparsity.hpp"

namespace gradtape::core {

struct SparseLinks {
  std::vector<Links> by_row;  // of the target, or of the gradient by each source
  int64_t columns = 0;        // elements of all sources

  int64_t count() const;
  // Fails at once where the pattern is larger than the memory that there is.
  Pattern pattern(Recorder& recorder, const char* function) const;
  uint64_t hash() const;  // of all links, with the contents of their lists

 private:
  void check_size(Recorder& recorder, const char* function) const;
};
inline Indices indices_of(const SparseOptions& options) {
  return options.dependence == OnIndices::exact ? Indices::needed : Indices::known;
}
// The tensors that stand for the sources on the tape, with their columns.
std::vector<LinkSource> link_sources(const Tape& tape, std::span<const Source> sources);
int64_t elements_of(std::span<const Source> sources);

SparseLinks links_of_jacobian(const Tape& tape, const Tensor& target, std::span<const Source> sources, Indices indices);
Tensors connected_of(const Tensors& gradients);  // without the empty ones
// The gradients of a target, recorded on the tape while one of these lives. A target of integers has none.
class Gradients {
 public:
  Gradients(Tape& tape, const Tensor& target, std::span<const Source> sources, const char* function);
  const Tensors& by_source() const { return recorded_ ? recorded_->by_source() : none_; }  // empty: unconnected
  Tensors connected() const { return connected_of(by_source()); }

 private:
  Tensors none_;
  std::optional<Tape::Gradient> recorded_;
};
// A number for a target and sources on a tape. Another tape may have recorded more of the ops between them.
uint64_t identity_of(const Tape& tape, const Tensor& target, std::span<const Source> sources);
uint64_t hash_of_links(std::span<const Links> by_row);
// The same of gradients that the tape has recorded.
SparseLinks links_of_gradients(const Tape& tape, const Tensors& gradients, std::span<const Source> sources,
                               Indices indices);

// All entries that the Jacobian, or the Hessian, has by its links.
Pattern entries_of(Tape& tape, const Tensor& target, std::span<const Source> sources, bool hessian,
                   const char* function);

}  // namespace gradtape::core
