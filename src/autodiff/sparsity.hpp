// Sparse Jacobians and Hessians of a tape's recording: their patterns, and their values in the order of a pattern.
#pragma once

#include <memory>

#include "autodiff/jacobian.hpp"
#include "sparse/compression.hpp"
#include "sparse/pattern.hpp"

namespace gradtape::core {

struct Assembly;

// Values come by factors carried along the links of the recording, or from products with few vectors.
enum class SparseMethod : int32_t { automatic = 0, accumulate = 1, compress = 2 };
enum class Triangle : int32_t { full = 0, lower = 1, upper = 2 };
// The ways with index tensors that have no value, and with patterns by the user.
enum class OnIndices : int32_t { exact = 0, conservative = 1, trust = 2 };

struct SparseOptions {
  SparseMethod method = SparseMethod::automatic;
  Sweeps mode = Sweeps::automatic;
  Triangle triangle = Triangle::full;  // of a Hessian
  OnIndices dependence = OnIndices::exact;
  uint64_t memory_budget = 0;  // bytes; 0: the default
  Progress::Ask progress;
};

// A pattern with the recipe for its values. It never changes, but for what is found when it is first needed.
struct Sparsity {
  enum class Kind { jacobian, hessian, given };  // given: by the user
  Kind kind = Kind::given;
  bool symmetric = false;  // a Hessian, or a pattern that the user gave for one
  Pattern pattern;         // rows: the target's elements, or the sources'; columns: the sources', one after the other
  SparseOptions options;   // of its making
  // For gt_sparsity_describe.
  SparseMethod method = SparseMethod::automatic;  // the one that the values take
  int64_t links = 0;                              // of the target, or the gradients
  int64_t forward_colours = 0, reverse_colours = 0, peeled = 0;
  double seconds = 0;  // that finding it took

  uint64_t made_from = 0;                          // tape, target and sources: identity_of
  uint64_t links_hash = 0;                         // of the links that the pattern was made from
  mutable std::shared_ptr<const Compression> few;  // null: not made yet
  const Compression& compression() const;
  // The places of accumulated links' factors, for the links of this hash; null: not found yet.
  mutable std::shared_ptr<const Assembly> assembly;
  mutable uint64_t assembly_hash = 0;
};
using SparsityPtr = std::shared_ptr<const Sparsity>;

SparsityPtr jacobian_sparsity(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                              const SparseOptions& options);
// The target stands for the sum of its elements.
SparsityPtr hessian_sparsity(Tape& tape, const Tensor& target, std::span<const Source> sources,
                             const SparseOptions& options);
// The entries of a Hessian, in the triangle, of the links of a gradient.
Pattern hessian_entries(const Pattern& found, Triangle triangle);
// A pattern from outside, of which colours are made when it is first used.
SparsityPtr given_sparsity(Pattern pattern, bool symmetric, const SparseOptions& options);
// The values at the pattern's entries, row by row: [nonzeros].
Tensor sparse_values(Tape& tape, const Tensor& target, std::span<const Source> sources, const Sparsity& sparsity);

}  // namespace gradtape::core
