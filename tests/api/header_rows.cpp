// A call of each function of gradtape.h for contexts, tensors and ops, with arguments that can go wrong one by one.
#include "header_call.hpp"

namespace test {
namespace {

using S = Surroundings;

template <class F>
std::function<gt_status(S&, Call&)> assigning(F assign) {
  return [=](S& s, Call& c) {
    gt_tensor to = c.variable(s.variable), value = c.tensor(s.unread);
    return assign(c.context(), to, value);
  };
}

std::vector<Row> rows_of_values() {
  return {
      {"gt_version", [](S&, Call&) { return gt_version() ? GT_OK : GT_INTERNAL; }},
      {"gt_abi_version", [](S&, Call&) { return gt_abi_version() >= 0 ? GT_OK : GT_INTERNAL; }},
      {"gt_status_name",
       [](S&, Call& c) {
         const auto status = c.pick<gt_status>(GT_OK, {-1, 99});
         return gt_status_name(status) ? GT_OK : GT_INTERNAL;
       }},
      {"gt_context_create",
       [](S&, Call& c) {
         auto* out = c.output<gt_context>();
         c.begin();
         const gt_status status = gt_context_create(out);
         c.end();
         if (status == GT_OK) {
           EXPECT_EQ(gt_context_destroy(*out), GT_OK);
         }
         return status;
       }},
      {"gt_context_destroy",
       [](S& s, Call& c) {
         const gt_status status = gt_context_destroy(c.context());
         s.gone = status == GT_OK;
         return status;
       }},
      {"gt_take_error",
       [](S&, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         return gt_take_error(c.context(), text.data, text.n, needed);
       }},
      {"gt_set_error",
       [](S&, Call& c) {
         const auto status = c.pick<gt_status>(GT_IO, {GT_OK, -1, 99});
         const auto* message = c.pick<const char*>("of the caller", {nullptr});
         return gt_set_error(c.context(), status, message);
       }},
      {"gt_random_seed", [](S&, Call& c) { return gt_random_seed(c.context(), 7); }},
      {"gt_set_threads",
       [](S&, Call& c) {
         const auto threads = c.pick<int32_t>(1, {-1});
         return gt_set_threads(c.context(), threads);
       }},
      {"gt_set_interrupt",
       [](S&, Call& c) {
         return gt_set_interrupt(
             c.context(), [](void*) { return int32_t{0}; }, nullptr, nullptr);
       }},
      {"gt_memory_stats",
       [](S&, Call& c) {
         auto* info = c.keep(std::vector<gt_memory_info>(1));
         info->struct_size = c.pick(sizeof *info, {0, 5, SIZE_MAX});
         info = c.pointer(info);
         return gt_memory_stats(c.context(), info);
       }},
      {"gt_memory_limit", [](S&, Call& c) { return gt_memory_limit(c.context(), 0); }},
      {"gt_memory_trim", [](S&, Call& c) { return gt_memory_trim(c.context()); }},
      {"gt_release",
       [](S& s, Call& c) {
         gt_tape tape = c.pick(s.paused, {nullptr, s.stale_tape});
         return gt_release(c.context(), tape);
       }},
      {"gt_tensor_duplicate",
       [](S& s, Call& c) {
         gt_tensor t = c.tensor(s.x);
         return s.status_of(gt_tensor_duplicate(c.context(), t));
       }},
      {"gt_scope_begin", [](S&, Call& c) { return gt_scope_begin(c.context()); }},
      {"gt_scope_end",
       [](S& s, Call& c) {
         const auto keep = c.tensors({s.x, s.variable});
         return gt_scope_end(c.context(), keep.data, keep.n);
       }},
      {"gt_tensor_create",
       [](S& s, Call& c) {
         const int64_t size = c.pick<int64_t>(kLength, {-1, INT64_MAX, 3});
         const size_t rank = c.pick<size_t>(1, {0, 17, SIZE_MAX});
         const gt_dtype dtype = c.pick<gt_dtype>(GT_FLOAT32, {0, 6, -1});
         const int64_t* dims = c.pointer(c.keep(std::vector<int64_t>(9, size)));
         const float* data = c.pointer(numbers_given.data());
         const size_t n = bytes(c);
         return s.status_of(gt_tensor_create(c.context(), dtype, dims, rank, data, n));
       }},
      {"gt_tensor_borrow",
       [](S& s, Call& c) {
         const int64_t size = c.pick<int64_t>(kLength, {-1, INT64_MAX, 3});
         const gt_dtype dtype = c.pick<gt_dtype>(GT_FLOAT32, {0, 6, -1});
         const void* data = c.pick<const void*>(numbers_given.data(),
                                                {nullptr, reinterpret_cast<const char*>(numbers_given.data()) + 1});
         const int64_t* dims = c.pointer(&size);
         const size_t n = bytes(c);
         return s.status_of(gt_tensor_borrow(c.context(), dtype, dims, 1, data, n, count_free, &s));
       }},
      {"gt_scalar", [](S& s, Call& c) { return s.status_of(gt_scalar(c.context(), 2)); }},
      {"gt_variable",
       [](S& s, Call& c) {
         gt_tensor t = c.tensor(s.unread);
         return s.status_of(gt_variable(c.context(), t));
       }},
      {"gt_variable_set_trainable",
       [](S& s, Call& c) {
         gt_tensor t = c.variable(s.variable);
         return gt_variable_set_trainable(c.context(), t, 1);
       }},
      {"gt_variable_id",
       [](S& s, Call& c) {
         gt_tensor t = c.variable(s.variable);
         auto* id = c.output<uint64_t>();
         return gt_variable_id(c.context(), t, id);
       }},
      {"gt_assign", assigning(gt_assign)},
      {"gt_assign_add", assigning(gt_assign_add)},
      {"gt_assign_sub", assigning(gt_assign_sub)},
      {"gt_tensor_shape",
       [](S& s, Call& c) {
         const auto dims = c.outputs<int64_t>(1);
         gt_tensor t = c.tensor(s.x);
         size_t* rank = c.output<size_t>();
         return gt_tensor_shape(c.context(), t, dims.data, dims.n, rank);
       }},
      {"gt_tensor_dtype",
       [](S& s, Call& c) {
         gt_tensor t = c.tensor(s.x);
         auto* out = c.output<gt_dtype>();
         return gt_tensor_dtype(c.context(), t, out);
       }},
      {"gt_tensor_read",
       [](S& s, Call& c) {
         float* room = c.keep(std::vector<float>(kLength));
         gt_tensor t = c.tensor(s.sine);
         room = c.pointer(room);
         const size_t n = bytes(c);
         return gt_tensor_read(c.context(), t, room, n);
       }},
      {"gt_tensor_borrow_data",
       [](S& s, Call& c) {
         gt_tensor t = c.tensor(s.x);
         const void** data = c.output<const void*>();
         size_t* n = c.output<size_t>();
         return gt_tensor_borrow_data(c.context(), t, data, n);
       }},
      {"gt_eval",
       [](S& s, Call& c) {
         const auto in = c.tensors({s.y, s.sine});
         return gt_eval(c.context(), in.data, in.n);
       }},
      {"gt_tensor_to_dlpack",
       [](S& s, Call& c) {
         void** out = c.output<void*>();
         gt_tensor t = c.tensor(s.sine);
         const gt_status status = gt_tensor_to_dlpack(c.context(), t, out);
         c.end();
         if (status == GT_OK) static_cast<void (**)(void*)>(*out)[7](*out);  // the deleter
         return status;
       }},
      {"gt_tensor_from_dlpack",
       [](S& s, Call& c) {
         void* managed = nullptr;
         EXPECT_EQ(gt_tensor_to_dlpack(s.ctx, s.x, &managed), GT_OK);
         void* given = c.pointer(managed);
         gt_tensor t = gt_tensor_from_dlpack(c.context(), given);
         c.end();
         if (!t) static_cast<void (**)(void*)>(managed)[7](managed);  // it is still the caller's
         return s.status_of(t);
       }},
      {"gt_tensor_describe",
       [](S& s, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         gt_tensor t = c.tensor(s.x);
         return gt_tensor_describe(c.context(), t, text.data, text.n, needed);
       }},
      {"gt_graph_describe",
       [](S& s, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         const auto in = c.tensors({s.y});
         const int32_t format = c.pick<int32_t>(GT_GRAPH_DOT, {-1, 2});
         return gt_graph_describe(c.context(), in.data, in.n, format, text.data, text.n, needed);
       }},
      {"gt_op_count",
       [](S&, Call& c) {
         c.begin();
         return gt_op_count() > 0 ? GT_OK : GT_OUT_OF_MEMORY;
       }},
      {"gt_op_name",
       [](S&, Call& c) {
         const size_t index = c.pick<size_t>(3, {SIZE_MAX});
         c.begin();
         return gt_op_name(index) ? GT_OK : index == 3 ? GT_OUT_OF_MEMORY : GT_NOT_FOUND;
       }},
      {"gt_op_describe",
       [](S&, Call& c) {
         const auto text = c.text();
         size_t* needed = c.output<size_t>();
         const auto* op = c.pick<const char*>("tanh", {nullptr, "", "no_such_op"});
         c.begin();
         return gt_op_describe(op, text.data, text.n, needed);
       }},
  };
}

}  // namespace

const char* header() { return GRADTAPE_SOURCE "/include/gradtape/gradtape.h"; }
const std::vector<Row>& rows() {
  static const std::vector<Row> known = [] {
    std::vector<Row> all = rows_of_values();
    for (auto* more : {rows_of_programs, rows_of_loops, rows_of_sparse})
      for (Row& row : more()) all.push_back(std::move(row));
    return all;
  }();
  return known;
}

}  // namespace test
