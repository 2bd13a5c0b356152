// Reductions of values that are made of repeated operands: differences of all pairs, and the like.
#pragma once

#include "plan/ir/program.hpp"

namespace gradtape::core {

// Pass "orient". It takes reductions of values over at least three axes along which operands lie differently, and
// reductions of axes in the middle. An example is sum((p[:, None, :] - c[None, :, :])^2, axis=-1). The loop of such a
// reduction would gather every operand into tiles, or could not have the value's instructions at all. Here the
// reduction gets instructions of its own over the same axes in another order: batches, rows, columns
// (Instruction::batch). In that order all operands lie evenly; those that do not are copied, if they are small beside
// the space. The order is the one that is estimated to take least time. The instructions behind the value are cheap, or
// nothing else reads their results; values that are kept are read. Results change by rounding alone: sums are in the
// order of the new loop.
void orient(Program& program);

}  // namespace gradtape::core
