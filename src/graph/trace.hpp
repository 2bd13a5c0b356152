// A function while it is recorded: the parameters that stand for its inputs, for the variables it reads, and for random
// states.
#pragma once

#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graph/recording.hpp"

namespace gradtape::core {

struct Trace {
  struct Use {
    VariablePtr variable;
    Tensor outer;      // its value outside
    Tensor parameter;  // the function reads it in place of the variable
  };
  const Trace* outer = nullptr;  // the body around this one, while both run
  uint64_t first_node = 0;       // by id: what was recorded before is from outside
  Tensors inputs;
  std::vector<Use> variables;               // in the order in which the body met them
  std::unordered_set<const Variable*> met;  // the same
  // By id of their nodes, which may be gone: values that the body assigned, and read afterwards.
  std::unordered_map<uint64_t, VariablePtr> reread;
  Tensors random_states;
  // The casts of scalars from outside without a dtype, which have values: by node, output and dtype.
  using Strengthened = std::tuple<uint64_t, uint32_t, Dtype>;
  std::map<Strengthened, Tensor> strengthened;
};

}  // namespace gradtape::core
