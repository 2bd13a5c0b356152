// A function while it is recorded: what stands for its inputs, for the variables it reads, and for random states.
#pragma once

#include <vector>

#include "graph/recording.hpp"

namespace gradtape {

struct Trace {
  struct Use {
    VariablePtr variable;
    Tensor outer;      // its value outside
    Tensor parameter;  // what the function reads in its place
  };
  Tensors inputs;
  std::vector<Use> variables;
  Tensors random_states;
};

}  // namespace gradtape
