// One program recorded in a context of its own, under two tapes.
#pragma once

#include "program.hpp"

namespace test {

using Handles = std::vector<gt_tensor>;

// Records the program on tensors for its sources, and derives it. Throws where the library says no.
class Evaluation {
 public:
  // step_by_step: each node's outputs are computed by themselves, before the next is recorded.
  Evaluation(gt_context c, const Program& p, Handles sources, bool step_by_step = false);

  gt_context c;
  gt_tape inner = nullptr, outer = nullptr;
  Handles sources;
  gt_tensor target = nullptr;

  // One tensor for each source.
  Handles jacobian(gt_tape tape, gt_tensor of, int32_t mode) const;
  Handles gradient(gt_tape tape, const Handles& of, const Handles& weights) const;
  // One tensor for each of them.
  Handles jvp(gt_tape tape, const Handles& of, const Handles& tangents) const;
  // The Hessian's blocks, row by row; its product with vectors; its diagonal: of the inner tape.
  Handles hessian(gt_tensor of, int32_t mode, uint64_t budget) const;
  Handles hvp(gt_tensor of, const Handles& vectors) const;
  Handles hessian_diagonal(gt_tensor of) const;
  // The sum of the target weighted, recorded on the inner tape.
  gt_tensor weighted(gt_tensor weights) const;
  void end(gt_tape tape) const;

  void must(gt_status status, const char* call) const;
};

// Leaves of the program at a point: its own values, moved.
Handles source_tensors(gt_context c, const Program& p, double step, const std::vector<Values>& direction);

// All entries of all tensors in a row.
Values values_of(gt_context c, const Handles& tensors);

}  // namespace test
