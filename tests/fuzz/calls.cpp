// The table of all calls, and contexts: their making and end, errors, memory, scopes, handles.
#include "calls.hpp"

#include <algorithm>

#include "callbacks.hpp"

namespace fuzz {

const std::vector<Call>& calls() {
  static const std::vector<Call> all = [] {
    std::vector<Call> calls;
    add_context_calls(calls);
    add_tensor_calls(calls);
    add_op_calls(calls);
    add_tape_calls(calls);
    add_own_calls(calls);
    add_function_calls(calls);
    add_loop_calls(calls);
    add_sparse_calls(calls);
    return calls;
  }();
  return all;
}
size_t draw_call(Bytes& in) {
  static const std::vector<uint8_t> by_byte = [] {
    std::vector<uint8_t> table;
    for (size_t i = 0; i < calls().size(); ++i)
      table.insert(table.end(), static_cast<size_t>(calls()[i].weight), static_cast<uint8_t>(i));
    if (table.size() != 256) broken("calls", "their weights are not 256 together");
    return table;
  }();
  return by_byte[in.byte()];
}

void new_context(World& w) {
  gt_context ctx = nullptr;
  if (gt_context_create(w.pointer(&ctx)) != GT_OK) return;
  gt_memory_limit(ctx, 32 << 20);
  gt_set_threads(ctx, 2);
  w.pools.push_back({ctx, {}, {}, {}, {}, {}});
}

namespace {
// A text that goes out: in room of its own, from none to more than enough.
template <class F>
void ask_text(World& w, const char* call, F&& ask) {
  Room<char> room(w.in.pick<size_t>({300, 0, 1, 7, 4000}));
  size_t needed = 0;
  char* data = w.pointer(room.data());
  const gt_status s = w.checked(call, ask(data, room.size(), w.pointer(&needed)));
  if (s == GT_OK && data && room.size() > 0 && !std::memchr(data, 0, room.size()))
    broken(call, "a text without an end");
}

void set_interrupt(World& w) {
  const Data data(w);
  const auto stop = [](void*) -> int32_t { return 1; };
  const auto go_on = [](void*) -> int32_t { return 0; };
  const auto f = w.in.pick<gt_interrupt_fn>({go_on, nullptr, go_on, stop});
  w.checked("gt_set_interrupt", gt_set_interrupt(w.context(), f, data.data, data.free));
}

void context_create(World& w) {
  if (w.pools.size() < 3) new_context(w);
}
void context_destroy(World& w) {
  const gt_context ctx = w.context();
  if (w.checked("gt_context_destroy", gt_context_destroy(ctx)) != GT_OK) return;
  w.stale.push_back(ctx);
  std::erase_if(w.pools, [&](const Pool& p) {
    if (p.ctx == ctx) w.stale.insert(w.stale.end(), p.tensors.begin(), p.tensors.end());
    return p.ctx == ctx;
  });
}
void take_error(World& w) {
  Room<char> room(w.in.pick<size_t>({300, 0, 1, 20}));
  size_t needed = 0;
  const gt_context ctx = w.context();
  gt_take_error(ctx, w.pointer(room.data()), room.size(), w.pointer(&needed));
}
void set_error(World& w) {
  gt_status status = w.in.pick<gt_status>({GT_IO, GT_BUSY, GT_OK, GT_CANCELLED, 99, -1});
  w.checked("gt_set_error", gt_set_error(w.context(), status, draw_text(w)));
}
void memory_stats(World& w) {
  Sized info(w, gt_memory_info{});
  w.checked("gt_memory_stats", gt_memory_stats(w.context(), w.pointer(info.as<gt_memory_info>())));
}
void release(World& w) {
  const void* h = w.handle();
  const gt_status s = w.checked("gt_release", gt_release(w.context(), h));
  if (s == GT_OK) {
    w.gone(static_cast<gt_tensor>(const_cast<void*>(h)));
    std::erase(w.here().tapes, h);
    std::erase(w.here().sparsities, h);
    std::erase_if(w.here().functions, [&](const Function& f) { return f.handle == h; });
  }
}
void duplicate(World& w) {
  const gt_tensor t = w.tensor();
  w.made(gt_tensor_duplicate(w.context(), t));
}
void scope_end(World& w) {
  std::vector<gt_tensor> keep = w.tensors(2);
  const auto [data, n, honest] = w.array(keep);
  const gt_status s = w.checked("gt_scope_end", gt_scope_end(w.context(), data, n));
  if (s == GT_OK) w.prune();
}
void plan_describe(World& w) {
  std::vector<gt_tensor> tensors = w.tensors(2);
  const int32_t format =
      w.in.pick<int32_t>({GT_PLAN_TEXT, GT_PLAN_DOT, GT_PLAN_TIMES, GT_PLAN_TEXT, GT_PLAN_TIMES, -1});
  ask_text(w, "gt_plan_describe", [&](char* text, size_t capacity, size_t* needed) {
    const auto [data, n, honest] = w.array(tensors);
    return gt_plan_describe(w.context(), data, n, format, text, capacity, needed);
  });
}
void graph_describe(World& w) {
  std::vector<gt_tensor> tensors = w.tensors(2);
  const int32_t format = w.in.pick<int32_t>({GT_GRAPH_TEXT, GT_GRAPH_DOT, 2});
  ask_text(w, "gt_graph_describe", [&](char* text, size_t capacity, size_t* needed) {
    const auto [data, n, honest] = w.array(tensors);
    return gt_graph_describe(w.context(), data, n, format, text, capacity, needed);
  });
}
void function_describe(World& w) {
  const Function f = w.function();
  const int32_t format = w.in.pick<int32_t>({GT_PLAN_TEXT, GT_PLAN_DOT, GT_PLAN_TIMES, 3});
  ask_text(w, "gt_function_describe", [&](char* text, size_t capacity, size_t* needed) {
    return gt_function_describe(w.context(), f.handle, format, text, capacity, needed);
  });
}
void tensor_describe(World& w) {
  const gt_tensor t = w.tensor();
  ask_text(w, "gt_tensor_describe", [&](char* text, size_t capacity, size_t* needed) {
    return gt_tensor_describe(w.context(), t, text, capacity, needed);
  });
}
void op_describe(World& w) {
  const char* name = w.in.below(2) ? user_op(w.in.byte()) : draw_text(w);
  ask_text(w, "gt_op_describe",
           [&](char* text, size_t capacity, size_t* needed) { return gt_op_describe(name, text, capacity, needed); });
}
}  // namespace

void add_context_calls(std::vector<Call>& all) {
  const Call calls[] = {
      {"gt_version", 1,
       [](World&) {
         if (!gt_version()) broken("gt_version", "none");
       }},
      {"gt_abi_version", 1,
       [](World&) {
         if (gt_abi_version() != GT_ABI_VERSION) broken("gt_abi_version", "another library's");
       }},
      {"gt_status_name", 1,
       [](World& w) {
         if (!gt_status_name(w.in.byte() - 100)) broken("gt_status_name", "none");
       }},
      {"gt_context_create", 1, context_create},
      {"gt_context_destroy", 1, context_destroy},
      {"gt_take_error", 2, take_error},
      {"gt_set_error", 1, set_error},
      {"gt_random_seed", 1, [](World& w) { w.checked("gt_random_seed", gt_random_seed(w.context(), w.in.byte())); }},
      {"gt_set_threads", 1,
       [](World& w) {
         const int32_t n = w.in.pick<int32_t>({1, 2, 3, 0, -1, INT32_MAX});
         w.checked("gt_set_threads", gt_set_threads(w.context(), n));
       }},
      {"gt_set_interrupt", 1, set_interrupt},
      {"gt_memory_stats", 1, memory_stats},
      {"gt_memory_limit", 1,
       [](World& w) {
         const uint64_t bytes = w.in.pick<uint64_t>({32 << 20, 1 << 20, 30000, 1});
         w.checked("gt_memory_limit", gt_memory_limit(w.context(), bytes));
       }},
      {"gt_memory_trim", 1, [](World& w) { w.checked("gt_memory_trim", gt_memory_trim(w.context())); }},
      {"gt_release", 8, release},
      {"gt_tensor_duplicate", 4, duplicate},
      {"gt_scope_begin", 4, [](World& w) { w.checked("gt_scope_begin", gt_scope_begin(w.context())); }},
      {"gt_scope_end", 3, scope_end},
      {"gt_tensor_describe", 2, tensor_describe},
      {"gt_graph_describe", 2, graph_describe},
      {"gt_plan_describe", 3, plan_describe},
      {"gt_function_describe", 2, function_describe},
      {"gt_op_describe", 1, op_describe},
      {"gt_op_count", 1,
       [](World&) {
         if (gt_op_count() < 100) broken("gt_op_count", "too few");
       }},
      {"gt_op_name", 1,
       [](World& w) {
         gt_op_name(w.in.pick<size_t>({0, 5, SIZE_MAX, 100000}));
       }},
  };
  all.insert(all.end(), std::begin(calls), std::end(calls));
}

}  // namespace fuzz
