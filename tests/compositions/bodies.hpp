// Loops, branches and checkpoints as nodes of programs. Their bodies are chains of ops that keep the shape, given as
// attributes.
#pragma once

#include "program.hpp"

namespace test {

// The outputs of a node of an op of the registry, or of one of these. Inputs are a value h, and of a scan perhaps rows x
// of h's shape. The attributes "chain" and "row" are chains of ops: of the next h, and of a result of each step.
// - scan gives the last h, then the rows. It takes "length", "reverse", "budget", and "early" for rows of the h before a step.
// - while gives h after "length" steps.
// - cond gives the chain "chain" where "taken", or else "row".
// - checkpoint gives the chain.
// An op that fails gives none.
std::vector<gt_tensor> apply_node(gt_context c, const std::string& op, const std::vector<gt_tensor>& in,
                                  const json& attrs);

// A chain of up to three ops that keep the shape.
json draw_chain(Random& random, const Dims& shape);

}  // namespace test
