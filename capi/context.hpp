// A context, and how a call of the C interface enters it: one thread at a time, with every exception turned into a
// status.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "capi/handles.hpp"
#include "gradtape/gradtape.h"
#include "run/evaluator.hpp"

namespace gradtape::core::capi {

// User callbacks that free something. Whatever drops the last reference queues the callback; it runs between calls.
class Deferred {
 public:
  struct Link {
    void (*free)(void*);
    void* data;
    Link* next = nullptr;
  };
  void push(Link* link) noexcept;
  bool waits() const noexcept { return any_.load(std::memory_order_acquire); }
  void run() noexcept;
  void close() noexcept;  // from now on callbacks run at once

 private:
  std::mutex mutex_;
  std::atomic<bool> any_{false};
  Link* head_ = nullptr;
  bool closed_ = false;
};

// Owns a user's data: calls free exactly once, when the last copy goes.
class UserData {
 public:
  // Frees at once if it cannot be built.
  UserData(std::shared_ptr<Deferred> deferred, void (*free)(void*), void* data);
  ~UserData();
  UserData(const UserData&) = delete;
  UserData& operator=(const UserData&) = delete;
  void* data() const { return data_; }

 private:
  std::shared_ptr<Deferred> deferred_;
  Deferred::Link* link_ = nullptr;
  void* data_;
};
using UserDataPtr = std::shared_ptr<UserData>;

class Context final : public Host {
 public:
  explicit Context(gt_context handle);
  ~Context();

  gt_context handle() const { return handle_; }
  Recorder& recorder() { return recorder_; }
  HandleTable& handles() { return handles_; }
  const std::shared_ptr<Deferred>& deferred() const { return deferred_; }

  // Looking up what a handle means. `what` begins the message of the error.
  Tensor read(gt_tensor handle, std::string_view what);  // the value of a variable is read: tapes note it
  Tensor peek(gt_tensor handle, std::string_view what);  // the same unnoticed
  Source source(gt_tensor handle, std::string_view what);
  VariablePtr variable(gt_tensor handle, std::string_view what);
  std::shared_ptr<Tape> tape(gt_tape handle, std::string_view what);
  std::shared_ptr<Function> function(gt_function handle, std::string_view what);
  std::shared_ptr<SparseMatrix> sparsity(gt_sparsity handle, std::string_view what);

  // New handles, noted in the innermost scope.
  gt_tensor publish(Object object);
  gt_tape publish_tape(std::shared_ptr<Tape> tape);
  // Writes handles for all tensors (null for empty ones), or none.
  void publish_all(std::span<const Tensor> tensors, gt_tensor* out);
  void publish_all(std::span<const Object> objects, gt_tensor* out);
  gt_status release(uint64_t handle);
  void evaluate(std::span<const Tensor> tensors) override;
  void evaluate_into(std::span<const Tensor> tensors, std::span<const Place> places) override {
    evaluator_.evaluate_into(tensors, places);
  }
  uint64_t working_memory(std::span<const Tensor> tensors) override { return evaluator_.working_memory(tensors); }
  Evaluator& evaluator() { return evaluator_; }
  // Whether a kernel of the context runs: a user's that calls the context finds it busy.
  bool evaluating() const { return recorder_.is_computing(); }
  void bound_pending() noexcept;  // a long recording without a read is computed in parts

  void begin_scope() { scopes_.emplace_back(); }
  void end_scope(std::span<const gt_tensor> keep);
  void drop_scope() noexcept;  // and every handle made in it
  // Calls what frees the user's data, where something waits to be freed.
  void run_deferred() noexcept {
    if (deferred_->waits()) run_waiting();
  }
  std::size_t scope_depth() const { return scopes_.size(); }

  struct Failure {
    Status code;
    std::string message;
    // A value was asked of a tensor that has none (SymbolicRead). The answer to that (a Jacobian row by row, an error
    // that says more) replaces the failure.
    bool symbolic = false;
  };
  void set_error(Failure failure) noexcept;
  void forget_symbolic_error() noexcept override {
    if (error && error->symbolic) error.reset();
  }
  Tensors choose(const Tensor& predicate, const Branch& yes, const Branch& no) override;
  std::optional<Failure> error;
  bool checks_sparse = false;  // GT_CHECK_SPARSE
  std::string unconnected;     // what the last NULL among gradients was of: told where a NULL comes back as an operand

  // A callback that leads to itself ends in an error before it ends the stack.
  static constexpr int kDeepest = 100;
  int depth = 0;                // calls of this context on the stack
  std::size_t scope_floor = 0;  // scopes opened outside the running callback

 private:
  template <class Item, class Publish>
  void publish_each(std::span<const Item> items, gt_tensor* out, Publish publish_one);
  void run_waiting() noexcept;
  [[noreturn]] void bad_handle(uint64_t bits, Kind wanted, std::string_view what);

  gt_context handle_;
  std::shared_ptr<Deferred> deferred_ = std::make_shared<Deferred>();
  Recorder recorder_;
  Evaluator evaluator_{recorder_};
  HandleTable handles_;
  std::vector<std::vector<uint64_t>> scopes_;
  std::size_t pending_limit_;
};

// Every recorder is a context's.
inline Context& context_of(const Recorder& recorder) { return static_cast<Context&>(recorder.host()); }

struct Home;  // the place of a context, which outlives it

// Enters the context for the length of a call.
class Entry {
 public:
  explicit Entry(gt_context handle);
  ~Entry();
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  gt_status status() const { return status_; }
  Context& context() { return *context_; }

 private:
  Context* context_ = nullptr;
  Home* home_ = nullptr;
  bool outermost_ = false;
  gt_status status_;
};

// While one of these lives, a function of the user's runs. The scopes around it are not its to end, and those that it
// began end with it.
class CallbackScope {
 public:
  explicit CallbackScope(Context& c)
      : context_(c), outer_floor_(std::exchange(c.scope_floor, c.scope_depth())), attempt_(c.recorder()) {}
  ~CallbackScope() {
    while (context_.scope_depth() > context_.scope_floor) context_.drop_scope();
    context_.scope_floor = outer_floor_;
  }
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  // Whether the function asked for a value of a tensor that has none.
  bool asked_symbolic() const { return attempt_.asked(); }

 private:
  Context& context_;
  std::size_t outer_floor_;
  Recorder::Attempt attempt_;
};

gt_status create_context(gt_context* out);
gt_status destroy_context(gt_context handle);
gt_status release_from_any_thread(gt_context ctx, uint64_t handle);

// The exception that is being handled, as a status and a message.
Context::Failure current_failure() noexcept;

// Runs body(Context&) inside the context; what it throws becomes the status, and the context's first error.
template <class Body>
gt_status guarded(gt_context ctx, Body&& body) noexcept {
  Entry entry(ctx);
  if (entry.status() != GT_OK) return entry.status();
  Context& c = entry.context();
  const Recorder::Mark mark = c.recorder().mark();
  try {
    if (c.depth > Context::kDeepest)
      fail(Status::failed_precondition, "callbacks call the context {} deep: does one lead to itself?", c.depth);
    body(c);
    c.recorder().commit();
    return GT_OK;
  } catch (...) {
    Context::Failure failure = current_failure();
    c.recorder().roll_back(mark);
    if (c.depth == 1) failure.symbolic = false;  // nobody is there to make anything of it
    const auto status = static_cast<gt_status>(failure.code);
    c.set_error(std::move(failure));
    return status;
  }
}
template <class Body>
auto guarded_object(gt_context ctx, Body&& body) noexcept {
  decltype(body(std::declval<Context&>())) result = nullptr;
  guarded(ctx, [&](Context& c) { result = body(c); });
  return result;
}

}  // namespace gradtape::core::capi
