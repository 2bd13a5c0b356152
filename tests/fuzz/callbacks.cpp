// The callbacks of callbacks.hpp.
#include "callbacks.hpp"

#include <algorithm>

namespace fuzz {

namespace {
gt_status some_status(World& w) {
  if (w.in.byte() < 240) return GT_OK;
  return w.in.pick<gt_status>({GT_CALLBACK_FAILED, GT_INVALID_ARGUMENT, GT_NOT_FOUND, GT_FAILED_PRECONDITION,
                               GT_OUT_OF_MEMORY, GT_INVALID_HANDLE, GT_UNSUPPORTED, GT_BUSY, GT_IO, GT_ALREADY_EXISTS,
                               GT_CANCELLED, -1, 77});
}
// Handles that are lent: among those that calls draw from, while the callback runs.
class Lent {
 public:
  Lent(World& w, gt_context ctx, const gt_tensor* some, size_t n)
      : w_(w), ctx_(ctx), all_(some, some + (some ? n : 0)) {
    if (Pool* p = w.pool(ctx)) p->tensors.insert(p->tensors.end(), all_.begin(), all_.end());
  }
  ~Lent() {
    Pool* p = w_.pool(ctx_);
    if (!p) return;
    for (gt_tensor t : all_) std::erase(p->tensors, t);
  }

 private:
  World& w_;
  gt_context ctx_;
  std::vector<gt_tensor> all_;
};
// A tensor to be given to the library: new, lent, one that others hold, none.
gt_tensor to_give(World& w, gt_context ctx, gt_tensor lent) {
  Pool* p = w.pool(ctx);
  switch (w.in.below(8)) {
    case 6: return lent;
    case 7: return nullptr;
    case 5: return gt_tensor_duplicate(ctx, lent);
    default: break;
  }
  if (!p || p->tensors.empty()) return gt_tensor_duplicate(ctx, lent);
  const size_t back = w.in.below(std::min<size_t>(p->tensors.size(), 8));
  const gt_tensor t = p->tensors[p->tensors.size() - 1 - back];
  if (w.in.below(4) != 0) return gt_tensor_duplicate(ctx, t);
  std::erase(p->tensors, t), std::erase(p->variables, t);
  return t;
}
void give(World& w, gt_context ctx, gt_tensor lent, gt_tensor* outputs, size_t capacity, size_t* n) {
  size_t count = std::min<size_t>(w.in.pick<size_t>({1, 1, 2, 1, 0, 3, 1, 5}), capacity);
  for (size_t i = 0; i < count; ++i) outputs[i] = to_give(w, ctx, lent);
  *n = count;
  if (w.in.byte() == 255) *n = w.in.pick<size_t>({capacity + 1, SIZE_MAX, 0});
}
gt_spec read_spec(const gt_spec* specs, size_t n, size_t i) { return i < n ? specs[i] : spec_of(GT_FLOAT32, {}); }
}  // namespace

void* new_data(World& w) {
  ++w.borrowed;
  return new int(1);
}
void free_data(void* data) {
  delete static_cast<int*>(data);
  --world->borrowed;
  if (!world->pools.empty()) world->inside(world->pools.front().ctx, 1);
}
Data::Data(World& w) {
  if (w.in.below(4) == 3) return;
  data = new_data(w), free = free_data;
}

gt_status body(gt_context ctx, void* data, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs,
               size_t capacity, size_t* n_outputs) {
  World& w = *world;
  if (data) ++*static_cast<int*>(data);  // it lives
  if (!w.spend()) return GT_CANCELLED;
  const Lent lent(w, ctx, inputs, n_inputs);
  w.inside(ctx, 8);
  give(w, ctx, n_inputs > 0 ? inputs[0] : nullptr, outputs, capacity, n_outputs);
  return some_status(w);
}

gt_status step(gt_context ctx, void* data, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs,
               size_t capacity, size_t* n_outputs) {
  World& w = *world;
  if (w.in.below(8) == 7) return body(ctx, data, inputs, n_inputs, outputs, capacity, n_outputs);
  if (data) ++*static_cast<int*>(data);
  if (!w.spend()) return GT_CANCELLED;
  const Lent lent(w, ctx, inputs, n_inputs);
  w.inside(ctx, 2);
  *n_outputs = std::min(n_inputs, capacity);
  for (size_t i = 0; i < *n_outputs; ++i) switch (w.in.below(5)) {
      case 0: outputs[i] = gt_sin(ctx, inputs[i]); break;
      case 1: outputs[i] = gt_multiply(ctx, inputs[i], inputs[0]); break;
      case 2: outputs[i] = gt_add(ctx, inputs[i], w.tensor()); break;
      case 3: outputs[i] = gt_square(ctx, inputs[i]); break;
      default: outputs[i] = inputs[i];
    }
  return some_status(w);
}
gt_status condition(gt_context ctx, void*, const gt_tensor* inputs, size_t n_inputs, gt_tensor* outputs, size_t,
                    size_t* n_outputs) {
  World& w = *world;
  if (!w.spend()) return GT_CANCELLED;
  const gt_tensor x = n_inputs > 0 && w.in.below(4) != 3 ? inputs[0] : w.tensor();
  const gt_tensor most = gt_reduce_max(ctx, x, nullptr, 0, 0), bound = gt_scalar(ctx, 1.5);
  outputs[0] = gt_less(ctx, most, bound);
  gt_release(ctx, most), gt_release(ctx, bound);
  *n_outputs = 1;
  return some_status(w);
}

gt_status gradient(gt_context ctx, void* data, const gt_call* call, const gt_tensor* output_gradients,
                   gt_tensor* input_gradients) {
  World& w = *world;
  if (data) ++*static_cast<int*>(data);
  if (!w.spend()) return GT_CANCELLED;
  const Lent inputs(w, ctx, call->inputs, call->n_inputs), outputs(w, ctx, call->outputs, call->n_outputs);
  const Lent gradients(w, ctx, output_gradients, call->n_outputs);
  w.inside(ctx, 4);
  for (size_t i = 0; i < call->n_inputs; ++i) {
    const gt_tensor dy = call->n_outputs > 0 ? output_gradients[0] : nullptr;
    switch (w.in.below(4)) {
      case 0: input_gradients[i] = gt_multiply(ctx, dy, call->inputs[i]); break;
      case 1: input_gradients[i] = dy; break;
      case 2: input_gradients[i] = nullptr; break;
      default: input_gradients[i] = to_give(w, ctx, call->inputs[i]);
    }
  }
  return some_status(w);
}

int32_t progress(void*, uint64_t, uint64_t) {
  World& w = *world;
  if (!w.spend()) return 1;
  if (!w.pools.empty()) w.inside(w.pools.front().ctx, 2);
  return w.in.byte() == 255;
}

gt_status take_rows(gt_context ctx, void*, int64_t, int64_t, const gt_tensor* rows, size_t n_rows) {
  World& w = *world;
  if (!w.spend()) return GT_CANCELLED;
  const Lent lent(w, ctx, rows, n_rows);
  w.inside(ctx, 2);
  return some_status(w);
}

namespace {
gt_status infer(gt_context ctx, void*, const gt_spec* inputs, size_t n_inputs, const gt_attr*, size_t, gt_spec* outputs,
                size_t capacity, size_t* n_outputs) {
  World& w = *world;
  if (!w.spend()) return GT_CANCELLED;
  w.inside(ctx, 1);
  *n_outputs = std::min(w.in.pick<size_t>({1, 1, 1, 2, 0}), capacity);
  for (size_t i = 0; i < *n_outputs; ++i) {
    outputs[i] = read_spec(inputs, n_inputs, i);
    if (w.in.byte() > 250) outputs[i].rank = w.in.pick<int32_t>({-1, 17, 0, 3});
    if (w.in.byte() > 250) outputs[i].dims[0] = w.in.pick<int64_t>({-1, INT64_MAX, 0, 5});
    if (w.in.byte() > 250) outputs[i].dtype = w.in.pick<gt_dtype>({0, 99, GT_BOOL, GT_INT32});
  }
  if (w.in.byte() > 250) *n_outputs = SIZE_MAX;
  return some_status(w);
}
gt_status compute(void*, const gt_spec* input_specs, const void* const* inputs, size_t n_inputs, const gt_attr*, size_t,
                  const gt_spec* output_specs, void* const* outputs, size_t n_outputs) {
  World& w = *world;
  if (!w.spend()) return GT_CANCELLED;
  unsigned sum = 0;
  for (size_t i = 0; i < n_inputs; ++i)
    for (size_t k = 0; bytes_of(input_specs[i]) != SIZE_MAX && k < bytes_of(input_specs[i]); ++k)
      sum += static_cast<const unsigned char*>(inputs[i])[k];
  for (size_t i = 0; i < n_outputs; ++i)
    if (const size_t n = bytes_of(output_specs[i]); n != SIZE_MAX && n > 0)
      std::memset(outputs[i], output_specs[i].dtype == GT_BOOL ? 1 : static_cast<int>(sum & 63), n);
  if (!w.pools.empty()) w.inside(w.pools.front().ctx, 1);  // GT_BUSY, but for gt_release
  return some_status(w);
}
gt_status tangent(gt_context ctx, void*, const gt_call* call, const gt_tensor* in, gt_tensor* out) {
  World& w = *world;
  if (!w.spend()) return GT_CANCELLED;
  const Lent inputs(w, ctx, call->inputs, call->n_inputs);
  w.inside(ctx, 2);
  for (size_t i = 0; i < call->n_outputs; ++i)
    if (call->n_inputs > 0)
      out[i] = w.in.below(3) == 0 || !in[0] ? to_give(w, ctx, in[0]) : gt_multiply(ctx, in[0], call->inputs[0]);
  return some_status(w);
}
gt_status batch(gt_context ctx, void*, const gt_call* call, const uint8_t* batched, int64_t size, gt_tensor* out) {
  World& w = *world;
  if (!w.spend() || size < 0) return GT_CANCELLED;
  unsigned sum = 0;
  for (size_t i = 0; i < call->n_inputs; ++i) sum += batched[i];
  const Lent inputs(w, ctx, call->inputs, call->n_inputs);
  w.inside(ctx, 2);
  for (size_t i = 0; i < call->n_outputs; ++i)
    out[i] =
        sum > 0 && call->n_inputs > 0 && w.in.below(4) > 0 ? gt_square(ctx, call->inputs[0]) : to_give(w, ctx, nullptr);
  return some_status(w);
}
gt_status composite(gt_context ctx, void* data, const gt_tensor* inputs, size_t n_inputs, const gt_attr*, size_t,
                    gt_tensor* outputs, size_t capacity, size_t* n_outputs) {
  return body(ctx, data, inputs, n_inputs, outputs, capacity, n_outputs);
}
}  // namespace

gt_op_definition definition(unsigned number) {
  gt_op_definition d{};
  d.struct_size = sizeof d;
  d.doc = number % 2 == 0 ? "An op of the fuzzer." : nullptr;
  if (number < 6) d.infer = infer, d.compute = compute;
  if (number == 1 || number == 3 || number == 5) d.gradient = gradient;
  if (number == 2 || number == 3) d.tangent = tangent;
  if (number >= 4 && number < 6) d.batch = batch;
  if (number >= 6) d.composite = composite;
  return d;
}
const char* user_op(unsigned number) {
  static const char* const names[kUserOps] = {"fuzz_op_0", "fuzz_op_1", "fuzz_op_2", "fuzz_op_3",
                                              "fuzz_op_4", "fuzz_op_5", "fuzz_op_6", "fuzz_op_7"};
  return names[number % kUserOps];
}
void register_user_ops() {
  builtin_ops();  // before there are others
  for (unsigned i = 0; i < kUserOps; ++i) {
    const gt_op_definition d = definition(i);
    if (gt_register_op(user_op(i), &d, nullptr, nullptr) != GT_OK) broken("gt_register_op", user_op(i));
  }
  if (gt_register_gradient("fuzz_rule", gradient, nullptr, nullptr) != GT_OK)
    broken("gt_register_gradient", "fuzz_rule");
}

}  // namespace fuzz
