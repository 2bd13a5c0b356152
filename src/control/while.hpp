// while: a body repeated as long as a condition holds.
#pragma once

#include "control/loop.hpp"

namespace gradtape::core {

struct WhileOptions {
  int64_t max_steps = 0;       // 0: any number
  uint64_t memory_budget = 0;  // bytes for the carried values that reverse mode needs; 0: all are kept
  Tensors invariants;          // given to the condition and to the body, behind the carried values
  std::vector<uint8_t> flows;  // by carried value: a cotangent or tangent (close_loop)
};

// Returns the last carried values. condition: gives bool[] for the carried values.
Tensors while_loop(Recorder& r, std::string_view what, const Tensors& initial, const WhileOptions& options,
                   const FunctionBody& condition, const FunctionBody& body);

}  // namespace gradtape::core
