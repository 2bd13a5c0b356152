// Jacobians of a tape's recording.
#pragma once

#include <functional>

#include "autodiff/tape.hpp"

namespace gradtape::core {

enum class Mode : int32_t { automatic = 0, forward = 1, reverse = 2 };

struct JacobianOptions {
  bool zero_unconnected = false;
  Mode mode = Mode::automatic;
  uint64_t memory_budget = 0;
  bool sum_over_batch = false;
  std::function<bool(uint64_t done, uint64_t total)> progress;  // false: stop
};

// d target / d source for each source: [target..., source...]. Empty results: unconnected.
Tensors jacobian(const Tape& tape, const Tensor& target, std::span<const Source> sources,
                 const JacobianOptions& options);
// Sample by sample of target and source: [batch, target..., source...].
Tensor batch_jacobian(const Tape& tape, const Tensor& target, const Source& source, const JacobianOptions& options);

}  // namespace gradtape::core
