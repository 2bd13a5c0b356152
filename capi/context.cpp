#include "capi/context.hpp"

#include <array>
#include <cstdlib>

#include "ops/registry.hpp"

namespace gradtape::capi {

// ---- Freeing the user's data
// ------------------------------------------------------------------------------------------

void Deferred::push(Link* link) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (!closed_) {
      link->next = head_;
      head_ = link;
      any_.store(true, std::memory_order_release);
      return;
    }
  }
  link->free(link->data);
  delete link;
}

void Deferred::run_all() noexcept {
  Link* link;
  {
    std::lock_guard lock(mutex_);
    any_.store(false, std::memory_order_relaxed);
    link = std::exchange(head_, nullptr);
  }
  while (link) {
    Link* next = link->next;
    link->free(link->data);
    delete link;
    link = next;
  }
}

void Deferred::close() noexcept {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  run();
}

UserData::UserData(std::shared_ptr<Deferred> deferred, void (*free)(void*), void* data)
    : deferred_(std::move(deferred)), data_(data) {
  if (free) link_ = new Deferred::Link{free, data};
}
UserData::~UserData() {
  if (link_) deferred_->push(link_);
}

// ---- Where contexts live
// ------------------------------------------------------------------------------------------------

namespace {
constexpr uint32_t kContexts = 1u << kContextBits;

// Never freed, so that any handle can be looked up at any time. state: life << 2 | what it is in.
struct Home {
  enum : uint64_t { vacant = 0, idle = 1, busy = 2, states = 3 };
  std::atomic<uint64_t> state{0};
  std::atomic<const void*> owner{nullptr};
  Context* context = nullptr;
  std::mutex mutex;  // of `releases`
  std::atomic<bool> asked{false};
  std::vector<uint64_t> releases;  // asked for by other threads while the context was busy
};

std::array<Home, kContexts>& homes() {
  static auto* all = new std::array<Home, kContexts>;
  return *all;
}

const void* this_thread() {
  thread_local const char mark = 0;
  return &mark;
}

uint64_t life_of(uint64_t state) { return state >> 2; }
uint32_t life_bits(uint64_t state) { return static_cast<uint32_t>(life_of(state) & ((1u << kContextLifeBits) - 1)); }

enum class Entered { fresh, nested, busy, gone };

Entered enter(gt_context handle, uint32_t& index) {
  const HandleParts p = unpack(bits_of(handle));
  if (p.kind != Kind::context) return Entered::gone;
  index = p.context;
  Home& home = homes()[index];
  uint64_t state = home.state.load(std::memory_order_acquire);
  if (life_bits(state) != p.context_life || (state & Home::states) == Home::vacant) return Entered::gone;
  if ((state & Home::states) == Home::idle &&
      home.state.compare_exchange_strong(state, (state & ~uint64_t{Home::states}) | Home::busy,
                                         std::memory_order_acq_rel)) {
    home.owner.store(this_thread(), std::memory_order_relaxed);
    return Entered::fresh;
  }
  if (life_bits(state) != p.context_life || (state & Home::states) == Home::vacant) return Entered::gone;
  return home.owner.load(std::memory_order_relaxed) == this_thread() ? Entered::nested : Entered::busy;
}

void leave(Home& home) {
  home.owner.store(nullptr, std::memory_order_relaxed);
  const uint64_t state = home.state.load(std::memory_order_relaxed);
  home.state.store((state & ~uint64_t{Home::states}) | Home::idle, std::memory_order_release);
}

void carry_out_releases(Home& home) noexcept {
  if (!home.asked.load(std::memory_order_acquire)) return;
  std::vector<uint64_t> asked;
  {
    std::lock_guard lock(home.mutex);
    home.asked.store(false, std::memory_order_relaxed);
    asked.swap(home.releases);
  }
  for (uint64_t handle : asked) home.context->release(handle);
}
}  // namespace

Entry::Entry(gt_context handle) {
  switch (enter(handle, index_)) {
    case Entered::gone: status_ = GT_INVALID_HANDLE; return;
    case Entered::busy: status_ = GT_BUSY; return;
    case Entered::fresh: outermost_ = true; break;
    case Entered::nested: break;
  }
  Home& home = homes()[index_];
  if (!outermost_ && home.context->evaluating()) {
    status_ = GT_BUSY;
    return;
  }
  status_ = GT_OK;
  context_ = home.context;
  ++context_->depth;
  if (outermost_) {
    carry_out_releases(home);
    context_->deferred()->run();
  }
}

Entry::~Entry() {
  if (!context_) return;
  Home& home = homes()[index_];
  if (outermost_) {
    carry_out_releases(home);
    context_->deferred()->run();
  }
  --context_->depth;
  if (outermost_) leave(home);
}

gt_status create_context(gt_context* out) {
  try {
    for (uint32_t i = 0; i < kContexts; ++i) {
      Home& home = homes()[i];
      uint64_t state = home.state.load(std::memory_order_relaxed);
      if ((state & Home::states) != Home::vacant) continue;
      const uint64_t next = (life_of(state) + 1) << 2;
      if (!home.state.compare_exchange_strong(state, next | Home::busy, std::memory_order_acq_rel)) continue;
      const HandleParts parts{Kind::context, i, life_bits(next), 0, 0};
      try {
        home.context = new Context(to_handle<gt_context>(pack(parts)), parts);
      } catch (...) {
        home.state.store(next | Home::vacant, std::memory_order_release);
        throw;
      }
      *out = home.context->handle();
      leave(home);
      return GT_OK;
    }
  } catch (...) {
    return static_cast<gt_status>(current_failure().code);
  }
  return GT_OUT_OF_MEMORY;
}

gt_status destroy_context(gt_context handle) {
  uint32_t index;
  switch (enter(handle, index)) {
    case Entered::gone: return GT_INVALID_HANDLE;
    case Entered::busy: return GT_BUSY;
    case Entered::nested: return GT_FAILED_PRECONDITION;
    case Entered::fresh: break;
  }
  Home& home = homes()[index];
  const std::shared_ptr<Deferred> deferred = home.context->deferred();
  delete std::exchange(home.context, nullptr);
  {
    std::lock_guard lock(home.mutex);
    home.releases.clear();
  }
  home.owner.store(nullptr, std::memory_order_relaxed);
  home.state.store(home.state.load(std::memory_order_relaxed) & ~uint64_t{Home::states}, std::memory_order_release);
  deferred->close();  // the user's callbacks find the context gone, not half there
  return GT_OK;
}

gt_status release_from_any_thread(gt_context ctx, uint64_t handle) {
  uint32_t index;
  const Entered entered = enter(ctx, index);
  if (entered == Entered::gone) return GT_INVALID_HANDLE;
  Home& home = homes()[index];
  if (entered == Entered::fresh) {
    const gt_status status = home.context->release(handle);
    leave(home);
    return status;
  }
  if (entered == Entered::nested && !home.context->evaluating()) return home.context->release(handle);
  try {
    std::lock_guard lock(home.mutex);
    home.releases.push_back(handle);
    home.asked.store(true, std::memory_order_release);
    return GT_OK;
  } catch (...) {
    return GT_OUT_OF_MEMORY;
  }
}

Context::Failure current_failure() noexcept {
  try {
    try {
      throw;
    } catch (const Error& e) {
      return {e.code(), e.message()};
    } catch (const std::bad_alloc&) {
      return {Status::out_of_memory, "out of memory"};
    } catch (const std::exception& e) {
      return {Status::internal, e.what()};
    } catch (...) {
      return {Status::internal, "an exception of unknown type"};
    }
  } catch (...) {
    return {Status::out_of_memory, {}};  // no memory for the message itself
  }
}

// ---- The context itself
// ----------------------------------------------------------------------------------------------

namespace {
// Nodes that may wait to be computed before the values of all live handles are computed unasked.
constexpr std::size_t kPendingLimit = std::size_t{1} << 18;
}  // namespace

Context::Context(gt_context handle, const HandleParts& parts)
    : handle_(handle),
      recorder_(Registry::instance().builtin("cast")),
      handles_(parts.context, parts.context_life),
      pending_limit_(kPendingLimit) {
  recorder_.owner = this;
  recorder_.evaluate = [this](const Tensor& t) { evaluate(std::span(&t, 1)); };
}

Context::~Context() { handles_.clear(); }

void Context::bad_handle(uint64_t bits, Kind wanted, std::string_view what) {
  if (bits == 0) fail(Status::invalid_handle, "{} is NULL", what);
  const HandleParts p = unpack(bits);
  const HandleParts own = unpack(bits_of(handle_));
  const bool known =
      p.kind == Kind::tensor || p.kind == Kind::tape || p.kind == Kind::context || p.kind == Kind::function;
  if (!known) fail(Status::invalid_handle, "{} is not a handle", what);
  if (p.kind != wanted) fail(Status::invalid_handle, "{} is a {}, not a {}", what, name_of(p.kind), name_of(wanted));
  if (p.context != own.context || p.context_life != own.context_life)
    fail(Status::invalid_handle, "{} is of another context", what);
  fail(Status::invalid_handle, "{} was released", what);
}

Place Context::place(gt_tensor handle, std::string_view what) {
  Object* object = handles_.find(bits_of(handle));
  if (object) {
    if (const auto* t = std::get_if<Tensor>(object)) return {*t, nullptr};
    if (const auto* v = std::get_if<VariablePtr>(object)) return {recorder_.value_of(*v), *v};
  }
  bad_handle(bits_of(handle), Kind::tensor, what);
}

Tensor Context::peek(gt_tensor handle, std::string_view what) { return place(handle, what).tensor; }

Tensor Context::read(gt_tensor handle, std::string_view what) {
  const Place p = place(handle, what);
  return p.variable ? recorder_.read(p.variable) : p.tensor;
}

VariablePtr Context::variable(gt_tensor handle, std::string_view what) {
  const Place p = place(handle, what);
  if (!p.variable) invalid("{} is not a variable: a tensor cannot be assigned; make it with gt_variable", what);
  return p.variable;
}

std::shared_ptr<Tape> Context::tape(gt_tape handle, std::string_view what) {
  if (Object* object = handles_.find(bits_of(handle)))
    if (const auto* t = std::get_if<std::shared_ptr<Tape>>(object)) return *t;
  bad_handle(bits_of(handle), Kind::tape, what);
}

std::shared_ptr<Function> Context::function(gt_function handle, std::string_view what) {
  if (Object* object = handles_.find(bits_of(handle)))
    if (const auto* f = std::get_if<std::shared_ptr<Function>>(object)) return *f;
  bad_handle(bits_of(handle), Kind::function, what);
}

gt_tensor Context::publish(Object object) {
  if (scopes_.empty()) return to_handle<gt_tensor>(handles_.add(std::move(object)));
  std::vector<uint64_t>& scope = scopes_.back();
  scope.push_back(0);  // room first: a handle that nobody knows of would leak
  try {
    scope.back() = handles_.add(std::move(object));
  } catch (...) {
    scope.pop_back();
    throw;
  }
  return to_handle<gt_tensor>(scope.back());
}

gt_tape Context::publish_tape(std::shared_ptr<Tape> tape) {
  return reinterpret_cast<gt_tape>(publish(std::move(tape)));
}

void Context::publish_all(std::span<const Tensor> tensors, gt_tensor* out) {
  std::size_t done = 0;
  try {
    for (; done < tensors.size(); ++done) out[done] = tensors[done] ? publish(tensors[done]) : nullptr;
  } catch (...) {
    while (done-- > 0) {
      handles_.remove(bits_of(out[done]));
      out[done] = nullptr;
    }
    throw;
  }
}

gt_status Context::release(uint64_t handle) {
  if (handles_.is_lent(handle)) return GT_FAILED_PRECONDITION;
  return std::holds_alternative<std::monostate>(handles_.remove(handle)) ? GT_INVALID_HANDLE : GT_OK;
}

void Context::evaluate(std::span<const Tensor> tensors) {
  const Evaluating running(*this);
  evaluator_.evaluate(tensors);
}

void Context::bound_pending() {
  if (recorder_.pending() < pending_limit_) return;
  Tensors held, computable;
  handles_.collect_tensors(held);
  for (const Tensor& t : held)
    if (!t.node()->symbolic && !t.node()->evaluated) computable.push_back(t);
  try {
    evaluate(computable);
  } catch (const Error&) {
    // What cannot be computed says so when it is read.
  }
  pending_limit_ = std::max(kPendingLimit, recorder_.pending() * 2);
}

void Context::end_scope(std::span<const gt_tensor> keep) {
  if (scopes_.size() <= scope_floor)
    fail(Status::failed_precondition, "gt_scope_end: no scope is open{}",
         scope_floor > 0 ? " that this callback began" : "");
  for (std::size_t i = 0; i < keep.size(); ++i) peek(keep[i], fmt::format("gt_scope_end: keep {}", i));
  std::vector<uint64_t> ending = std::move(scopes_.back());
  scopes_.pop_back();
  for (uint64_t handle : ending) {
    bool kept = false;
    for (gt_tensor k : keep) kept |= bits_of(k) == handle;
    if (!kept)
      release(handle);
    else if (!scopes_.empty())
      scopes_.back().push_back(handle);
  }
}

void Context::set_error(Failure failure) noexcept {
  if (error && !error->symbolic) return;
  error = std::move(failure);
}

}  // namespace gradtape::capi
