// The way from a source to a target through all that is recorded, on a tape or not. It is the one with the fewest places
// at which no derivative passes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "autodiff/tape.hpp"

namespace gradtape::core {

// Why no derivative goes back from the output of an op to one of its inputs.
enum class Block : uint8_t {
  none,
  unwatched,   // the input is the source, and the tape did not watch it
  too_early,   // the op ran before the input was watched
  not_begun,   // before the tape recorded
  paused,      // between two times at which it recorded
  ended,       // after the last
  unseen,      // while it recorded: in a custom gradient's forward function, or in a function's body
  integer,     // the input carries no derivative
  assignment,  // a variable was bound to the input
  by_nature,   // the op has no derivative
  no_partial,  // not by this input
  no_result,   // a user's gradient function gives none for this input
};

struct Hop {
  Tensor from;        // an input of the node
  Node* node;         // the op
  std::size_t input;  // which of its inputs
  Block block;
};
struct Route {
  Tensor source;
  std::vector<Hop> hops;  // from the source on
  std::size_t blocks = 0;
  std::string failure;  // of a gradient function of the user's
};
// Nothing: the target does not depend on the sources, or too little is known of what it was computed from.
std::optional<Route> best_route(const Tape& tape, const Tensor& target, const Tensors& sources);

// The time of a node against those at which the tape recorded: not_begun, paused, ended, or none.
Block when(const Recording& recording, uint64_t id);
// The id from which on the tape watches the tensor; 0: it does not, or always did.
uint64_t watched_since(const Recording& recording, const Tensor& t);
// Whether the node was computed and has forgotten its inputs.
bool has_forgotten(const Node& node);

}  // namespace gradtape::core
