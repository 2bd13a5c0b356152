// The checks of sparse derivatives of a composition, beside its dense ones.
#pragma once

#include "program.hpp"

namespace test {

// The fault of patterns and values of the program's Jacobian and Hessian, as text; empty if there is none.
std::string sparse_fault(const Program& p);
// The same of values in functions, maps, on outer tapes, and of programs inside checkpoints, branches and loops.
std::string sparse_fault_inside(const Program& p);
// The same of independent samples: whether gt_tape_batch_jacobian says yes wrongly.
std::string batch_fault(const Program& p);

// Counts of the cases that the checks have met.
struct SparseCounts {
  std::size_t accumulated = 0;                      // values along links
  std::size_t entries = 0, never = 0;               // of patterns; those that were 0 at each point
  std::size_t batches = 0, apart = 0, refused = 0;  // samples that the dense Jacobian keeps apart; of these refused
};
SparseCounts& sparse_counts();

}  // namespace test
