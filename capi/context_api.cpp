// Contexts, errors, handles and scopes.
#include <malloc.h>

#include <algorithm>

#include "capi/marshal.hpp"

using namespace gradtape::core;
using namespace gradtape::core::capi;

extern "C" {

const char* gt_version(void) { return GRADTAPE_VERSION; }
int32_t gt_abi_version(void) { return GRADTAPE_ABI; }

const char* gt_status_name(gt_status status) {
  static constexpr const char* names[] = {"GT_OK",
                                          "GT_INVALID_ARGUMENT",
                                          "GT_NOT_FOUND",
                                          "GT_FAILED_PRECONDITION",
                                          "GT_OUT_OF_MEMORY",
                                          "GT_INVALID_HANDLE",
                                          "GT_UNSUPPORTED",
                                          "GT_BUSY",
                                          "GT_CALLBACK_FAILED",
                                          "GT_IO",
                                          "GT_INTERNAL",
                                          "GT_ALREADY_EXISTS",
                                          "GT_CANCELLED"};
  return status >= 0 && status <= GT_CANCELLED ? names[status] : "GT_?";
}

gt_status gt_context_create(gt_context* out) {
  if (!out) return GT_INVALID_ARGUMENT;
  *out = nullptr;
  return create_context(out);
}

gt_status gt_context_destroy(gt_context ctx) { return destroy_context(ctx); }

gt_status gt_take_error(gt_context ctx, char* message, size_t capacity, size_t* needed) {
  gt_status code = GT_OK;
  clear_text(message, capacity, needed);
  const gt_status entered = guarded(ctx, [&](Context& c) {
    code = c.error ? static_cast<gt_status>(c.error->code) : GT_OK;
    write_text(c.error ? c.error->message : std::string_view(), message, capacity, needed);
    if (message || !needed) c.error.reset();
  });
  return entered == GT_OK ? code : entered;
}

gt_status gt_set_error(gt_context ctx, gt_status status, const char* message) {
  return guarded(ctx, [&](Context& c) {
    if (status <= GT_OK || status > GT_CANCELLED)
      invalid("gt_set_error: status must be one of GT_INVALID_ARGUMENT 1 to GT_CANCELLED 12, got {}", status);
    need_pointer(message, "gt_set_error: message");
    const bool symbolic = c.depth > 1 && status == GT_FAILED_PRECONDITION && c.recorder().attempt_asked();
    c.set_error({static_cast<Status>(status), message, symbolic});
  });
}
gt_status gt_random_seed(gt_context ctx, uint64_t key) {
  return guarded(ctx, [&](Context& c) { c.recorder().seed(key); });
}

gt_status gt_set_threads(gt_context ctx, int32_t threads) {
  return guarded(ctx, [&](Context& c) {
    if (threads < 0) invalid("gt_set_threads: threads must be >= 0, got {}; 0 means all cores", threads);
    c.evaluator().workers = Workers(threads);
  });
}

gt_status gt_set_interrupt(gt_context ctx, gt_interrupt_fn interrupted, void* user_data, void (*free)(void*)) {
  bool owned = false;
  const gt_status status = guarded(ctx, [&](Context& c) {
    auto owner = std::make_shared<UserData>(c.deferred(), free, user_data);
    owned = true;
    Interrupt::Question question;
    if (interrupted) question = [interrupted, owner] { return interrupted(owner->data()) != 0; };
    c.recorder().interrupt.set(std::move(question));
  });
  if (!owned && free) free(user_data);
  return status;
}

gt_status gt_memory_stats(gt_context ctx, gt_memory_info* out) {
  constexpr std::size_t head = sizeof out->struct_size;
  if (out && out->struct_size >= head && out->struct_size <= sizeof *out)
    std::memset(reinterpret_cast<char*>(out) + head, 0, out->struct_size - head);
  return guarded(ctx, [&](Context& c) {
    need_pointer(out, "gt_memory_stats: out");
    const BlockCache::Stats s = c.recorder().memory().stats();
    const gt_memory_info info{0,
                              s.live,
                              s.cached,
                              s.peak,
                              s.limit == SIZE_MAX ? 0 : s.limit,
                              s.plans,
                              s.graph,
                              c.recorder().nodes(),
                              c.handles().live(),
                              s.native_code};
    write_struct("gt_memory_stats", info, out);
  });
}
gt_status gt_memory_limit(gt_context ctx, uint64_t bytes) {
  return guarded(ctx, [&](Context& c) { c.recorder().memory().set_limit(bytes == 0 ? SIZE_MAX : bytes); });
}
gt_status gt_memory_trim(gt_context ctx) {
  return guarded(ctx, [&](Context& c) {
    c.evaluator().forget_plans();
    c.recorder().trim();
    c.recorder().memory().trim();
#ifdef __GLIBC__
    malloc_trim(0);  // the allocator keeps what plans and nodes were in
#endif
  });
}

gt_status gt_release(gt_context ctx, const void* handle) { return release_from_any_thread(ctx, bits_of(handle)); }

gt_tensor gt_tensor_duplicate(gt_context ctx, gt_tensor tensor) {
  return guarded_object(ctx, [&](Context& c) {
    Source s = c.source(tensor, "gt_tensor_duplicate: tensor");
    return s.variable ? c.publish(std::move(s.variable)) : c.publish(std::move(s.tensor));
  });
}

gt_status gt_scope_begin(gt_context ctx) {
  return guarded(ctx, [](Context& c) { c.begin_scope(); });
}

gt_status gt_scope_end(gt_context ctx, const gt_tensor* keep, size_t n_keep) {
  return guarded(ctx, [&](Context& c) {
    need_array(keep, n_keep, "gt_scope_end: keep");
    c.end_scope(std::span(keep, n_keep));
  });
}

}  // extern "C"
