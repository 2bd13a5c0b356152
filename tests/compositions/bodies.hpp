// Loops, branches and checkpoints as nodes of programs. Their bodies are chains of ops that keep the shape, given as
// attributes.
#pragma once

#include "program.hpp"

namespace test {

// The outputs of a node. Its op is one of the registry, or one of these on a value h and perhaps a sequence of rows x of
// its shape, with attributes "chain" (of the next h), "row" (of a result of each step) and others:
//   scan (h, x?): the last h, then the rows; "length", "reverse", "budget", "early": rows of h before the step
//   while (h): h after "length" steps
//   cond (h): "taken": the chain "chain", or else "row"
//   checkpoint (h): the chain
// An op that fails gives none.
std::vector<gt_tensor> apply_node(gt_context c, const std::string& op, const std::vector<gt_tensor>& in,
                                  const json& attrs);

// A chain of up to three ops that keep the shape.
json draw_chain(Random& random, const Dims& shape);

}  // namespace test
