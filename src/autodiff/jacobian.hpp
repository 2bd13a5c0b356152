// Jacobians of a tape's recording.
#pragma once

#include "autodiff/basis_map.hpp"
#include "autodiff/tape.hpp"

namespace gradtape::core {

enum class Mode : int32_t { automatic = 0, forward = 1, reverse = 2 };

struct JacobianOptions {
  bool zero_unconnected = false;
  Mode mode = Mode::automatic;
  uint64_t memory_budget = 0;  // bytes; 0: the default
  bool sum_over_batch = false;
  Progress::Ask progress;
};

// The way of Mode::automatic, and the number of sweeps that it takes.
struct JacobianWay {
  const char* name;
  uint64_t sweeps;
};
JacobianWay automatic_way(const Tape& tape, const Tensor& target, std::span<const Source> sources);

// d target / d source for each source: [target..., source...]. Empty results: unconnected.
Tensors jacobian(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                 const JacobianOptions& options);
// Rows of the same, by target elements in row-major order. use(first, count, rows) is called for chunks that fit the
// budget. rows has [count, source...] for each source.
void jacobian_rows(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                   const JacobianOptions& options, const BasisMap::Use& use);
// How errors call the function, its result, and the function that does without a batch.
struct BatchNames {
  const char *function, *result, *whole;
  std::size_t least_rank;  // of target and source
};
inline constexpr BatchNames kBatchJacobian{"gt_tape_batch_jacobian", "Jacobian", "gt_tape_jacobian", 2};
// Sample by sample of target and source: [batch, target..., source...].
Tensor batch_jacobian(const Tape& tape, const Tensor& target, const Source& source, const JacobianOptions& options,
                      const BatchNames& names = kBatchJacobian);

// Throws unless a result of so many bytes can be had at all. way_out: what to call in its place.
void check_result(Recorder& recorder, const char* function, const Spec& spec, const char* way_out);
// Rules that are known in reverse only may be non-linear or read values: automatic mode leaves them to reverse mode.
bool has_reverse_only_rule(const Path& path);
// [source..., target...] as [target..., source...]; source_rank: the number of the source's axes.
Tensor source_first_to_last(const Tensor& j, std::size_t source_rank);
Shape concatenate(const Shape& a, const Shape& b);

}  // namespace gradtape::core
