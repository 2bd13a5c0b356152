// The calls that the fuzzer makes: one for each function of gradtape.h.
#pragma once

#include <vector>

#include "world.hpp"

namespace fuzz {

struct Call {
  const char* function;
  int weight;  // how often it is drawn, of all 256
  void (*make)(World&);
};
// All of them; their weights are 256 together.
const std::vector<Call>& calls();
size_t draw_call(Bytes& in);

void add_context_calls(std::vector<Call>&);
void add_tensor_calls(std::vector<Call>&);
void add_op_calls(std::vector<Call>&);
void add_tape_calls(std::vector<Call>&);
void add_own_calls(std::vector<Call>&);
void add_function_calls(std::vector<Call>&);
void add_loop_calls(std::vector<Call>&);
void add_sparse_calls(std::vector<Call>&);

void new_context(World&);
void delete_exported(void* dl_managed_tensor);

}  // namespace fuzz
