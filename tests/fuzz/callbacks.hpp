// Callbacks that use the input as well: calls inside them, outputs of any kind, any status.
#pragma once

#include "draws.hpp"

namespace fuzz {

// User data that is freed exactly once: a sanitizer sees a second time, World::finish a missing one.
void* new_data(World&);
void free_data(void*);
// The data, or NULL without a function that frees it.
struct Data {
  explicit Data(World& w);
  void* data = nullptr;
  void (*free)(void*) = nullptr;
};

gt_status body(gt_context, void*, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs, size_t capacity,
               size_t* n_outputs);
// One step of a loop: outputs like the inputs, most often, and sometimes those of body. A condition: a bool.
gt_status step(gt_context, void*, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs, size_t capacity,
               size_t* n_outputs);
gt_status condition(gt_context, void*, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs, size_t capacity,
                    size_t* n_outputs);
gt_status gradient(gt_context, void*, const gt_call*, const gt_tensor* output_gradients, gt_tensor* input_gradients);
int32_t progress(void*, uint64_t done, uint64_t total);
gt_status take_rows(gt_context, void*, int64_t first, int64_t count, const gt_tensor* rows, size_t n_rows);
// A definition with callbacks for some of its fields; number tells which.
gt_op_definition definition(unsigned number);
constexpr unsigned kUserOps = 8;
// fuzz_op_0 … and fuzz_rule, known to every context of the process.
void register_user_ops();
const char* user_op(unsigned number);

}  // namespace fuzz
