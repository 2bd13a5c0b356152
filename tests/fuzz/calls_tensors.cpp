// Calls about tensors and variables: made, read, lent, assigned, exchanged.
#include <algorithm>

#include "callbacks.hpp"
#include "calls.hpp"
#include "support/dlpack.hpp"

namespace fuzz {

namespace {
using test::DlManagedTensor;

void create(World& w) { w.made(new_tensor(w, draw_spec(w))); }

// Memory that the library borrows, until it says so.
struct Block {
  std::unique_ptr<char[]> bytes;
  void* data;
};
void free_block(void* block) {
  const std::unique_ptr<Block> owned(static_cast<Block*>(block));
  free_data(owned->data);
}
void borrow(World& w) {
  const gt_spec s = draw_spec(w);
  const size_t bytes = std::min(bytes_of(s), size_t{kMostElements} * 8);
  auto* block = new Block{draw_values(w, s.dtype, bytes), new_data(w)};
  const size_t said = w.wrong() ? bytes + w.in.pick<size_t>({1, SIZE_MAX}) : bytes;
  w.made(gt_tensor_borrow(w.context(), s.dtype, w.pointer(s.dims), static_cast<size_t>(s.rank),
                          w.pointer(block->bytes.get()), said, free_block, block));
}
void scalar(World& w) { w.made(gt_scalar(w.context(), w.in.pick<double>({1, 0.5, 2, 0, -1, 1e300, 3}))); }
void variable(World& w) {
  const gt_tensor initial = w.tensor();
  const gt_tensor v = gt_variable(w.context(), initial);
  if (!v) return;
  w.made(v);
  w.here().variables.push_back(v);
}
gt_tensor some_variable(World& w) {
  if (w.here().variables.empty()) variable(w);
  return w.variable();
}
void set_trainable(World& w) {
  const gt_tensor v = some_variable(w);
  w.checked("gt_variable_set_trainable", gt_variable_set_trainable(w.context(), v, w.in.below(2) != 0));
}
void variable_id(World& w) {
  const gt_tensor v = w.in.below(2) == 0 ? some_variable(w) : w.tensor();
  Room<uint64_t> id(1);
  uint64_t* out = w.pointer(id.data());
  if (w.checked("gt_variable_id", gt_variable_id(w.context(), v, out)) != GT_OK && out)
    id.expect_cleared("gt_variable_id");
}
using Assign = gt_status (*)(gt_context, gt_tensor, gt_tensor);
void assign(World& w, const char* name, Assign function) {
  const gt_tensor v = some_variable(w);
  // A value that fits is the variable itself, or what was made of it.
  const gt_tensor value = w.in.below(2) == 0 ? w.tensor() : gt_square(w.context(), v);
  w.checked(name, function(w.context(), v, value));
}

void shape(World& w) {
  Room<int64_t> dims(w.in.pick<size_t>({16, 0, 1, 3}));
  Room<size_t> rank(1);
  const gt_tensor t = w.tensor();
  const auto [data, n, honest] = w.array(dims);
  const gt_status s = w.checked("gt_tensor_shape", gt_tensor_shape(w.context(), t, data, n, w.pointer(rank.data())));
  if (s != GT_OK && honest && data) dims.expect_cleared("gt_tensor_shape");
}
void dtype(World& w) {
  Room<gt_dtype> d(1);
  gt_dtype* out = w.pointer(d.data());
  const gt_tensor t = w.tensor();
  if (w.checked("gt_tensor_dtype", gt_tensor_dtype(w.context(), t, out)) != GT_OK && out)
    d.expect_cleared("gt_tensor_dtype");
}
// How many bytes a tensor has; 64 where it is none.
size_t size_of(World& w, gt_tensor t) {
  int64_t dims[2 * GT_MAX_RANK];
  size_t rank = 0, n = 1;
  gt_dtype d = 0;
  if (gt_tensor_shape(w.here().ctx, t, dims, 2 * GT_MAX_RANK, &rank) != GT_OK) return 64;
  gt_tensor_dtype(w.here().ctx, t, &d);
  for (size_t i = 0; i < rank; ++i) n *= static_cast<size_t>(dims[i]);
  return n * fuzz::size_of(d);
}
void read(World& w) {
  const gt_tensor t = w.tensor();
  Room<char> room(w.wrong() ? w.in.byte() : size_of(w, t));
  w.checked("gt_tensor_read", gt_tensor_read(w.context(), t, w.pointer(room.data()), room.size()));
}
void borrow_data(World& w) {
  Room<const void*> data(1);
  Room<size_t> bytes(1);
  const gt_tensor t = w.tensor();
  const void** to = w.pointer(data.data());
  size_t* size = w.pointer(bytes.data());
  const gt_status s = w.checked("gt_tensor_borrow_data", gt_tensor_borrow_data(w.context(), t, to, size));
  if (s != GT_OK || !size) return;
  unsigned sum = 0;
  w.inside(w.here().ctx, 2);  // it stays where it is until the handle is released
  gt_dtype d;
  if (gt_tensor_dtype(w.here().ctx, t, &d) != GT_OK) return;
  for (size_t i = 0; i < bytes[0]; ++i) sum += static_cast<const unsigned char*>(data[0])[i];
  if (sum == UINT32_MAX) broken("gt_tensor_borrow_data", "bytes without end");
}
void eval(World& w) {
  std::vector<gt_tensor> tensors = w.tensors(4);
  const auto [data, n, honest] = w.array(tensors);
  w.checked("gt_eval", gt_eval(w.context(), data, n));
}

void to_dlpack(World& w) {
  Room<void*> out(1);
  const gt_tensor t = w.tensor();
  void** where = w.pointer(out.data());
  if (w.checked("gt_tensor_to_dlpack", gt_tensor_to_dlpack(w.context(), t, where)) == GT_OK)
    w.exported.push_back(out[0]);
  else if (where)
    out.expect_cleared("gt_tensor_to_dlpack");
}
struct Foreign {
  DlManagedTensor managed;
  int64_t shape[4], strides[4];
  double values[512];
  void* data;
};
void free_foreign(DlManagedTensor* managed) {
  const std::unique_ptr<Foreign> owned(static_cast<Foreign*>(managed->manager));
  free_data(owned->data);
}
Foreign* foreign(World& w) {
  auto* f = new Foreign{};
  f->data = new_data(w);
  DlManagedTensor& t = f->managed;
  t = {f->values, w.wrong() ? 2 : 1, 0, w.in.pick<int32_t>({1, 2, 0, 3}), 2, 64, 1, f->shape, f->strides, 0,
       f,         free_foreign};
  if (w.wrong()) t.ndim = w.in.pick<int32_t>({-1, INT32_MIN});
  if (w.wrong()) t.code = w.in.byte(), t.bits = w.in.pick<uint8_t>({32, 64, 8, 0, 3});
  if (w.wrong()) t.lanes = 4;
  for (int i = 0; i < 4; ++i) f->shape[i] = w.in.pick<int64_t>({2, 1, 3, 0, 4}), f->strides[i] = w.in.below(5);
  if (w.wrong()) f->shape[0] = w.in.pick<int64_t>({-1, INT64_MAX, INT64_MIN});
  if (w.in.below(2) == 0 && t.ndim <= 3) t.strides = nullptr;
  if (w.wrong()) t.shape = nullptr;
  t.byte_offset = w.in.pick<uint64_t>({0, 8, 4, 1});
  return f;
}
void from_dlpack(World& w) {
  const bool again = !w.exported.empty() && w.in.below(2) == 0;
  void* tensor = again ? w.exported.back() : &foreign(w)->managed;
  const gt_tensor t = gt_tensor_from_dlpack(w.context(), w.pointer(tensor));
  if (t) {
    if (again) std::erase(w.exported, tensor);
    w.made(t);
  } else if (!again) {
    delete_exported(tensor);  // it stayed the caller's
  }
}
}  // namespace

void delete_exported(void* dl_managed_tensor) {
  auto* managed = static_cast<test::DlManagedTensor*>(dl_managed_tensor);
  managed->deleter(managed);
}

void add_tensor_calls(std::vector<Call>& all) {
  const Call calls[] = {
      {"gt_tensor_create", 14, create},
      {"gt_tensor_borrow", 3, borrow},
      {"gt_scalar", 3, scalar},
      {"gt_variable", 4, variable},
      {"gt_variable_set_trainable", 1, set_trainable},
      {"gt_assign", 2, [](World& w) { assign(w, "gt_assign", gt_assign); }},
      {"gt_assign_add", 2, [](World& w) { assign(w, "gt_assign_add", gt_assign_add); }},
      {"gt_assign_sub", 2, [](World& w) { assign(w, "gt_assign_sub", gt_assign_sub); }},
      {"gt_tensor_shape", 1, shape},
      {"gt_tensor_dtype", 1, dtype},
      {"gt_tensor_read", 8, read},
      {"gt_tensor_borrow_data", 2, borrow_data},
      {"gt_eval", 9, eval},
      {"gt_variable_id", 1, variable_id},
      {"gt_tensor_to_dlpack", 2, to_dlpack},
      {"gt_tensor_from_dlpack", 2, from_dlpack},
  };
  all.insert(all.end(), std::begin(calls), std::end(calls));
}

}  // namespace fuzz
