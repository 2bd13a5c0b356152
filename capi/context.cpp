#include "capi/context.hpp"

#include <algorithm>

#include "control/cond.hpp"
#include "ops/names.hpp"

namespace gradtape::core::capi {

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

void Deferred::run() noexcept {
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

Context::Failure current_failure() noexcept {
  try {
    try {
      throw;
    } catch (const SymbolicRead& e) {
      return {e.code(), e.message(), e.code() == Status::failed_precondition};
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

Context::Context(gt_context handle)
    : handle_(handle), recorder_(*this, op<"cast">), handles_(bits_of(handle)), pending_limit_(kPendingLimit) {}

Context::~Context() { handles_.clear(); }

void Context::bad_handle(uint64_t bits, Kind wanted, std::string_view what) {
  if (bits == 0)
    fail(Status::invalid_handle, "{} is NULL{}", what,
         unconnected.empty() || wanted != Kind::tensor ? "" : ": " + unconnected);
  const Kind kind = kind_of(bits);
  if (name_of(kind).empty()) fail(Status::invalid_handle, "{} is not a handle", what);
  if (kind != wanted) fail(Status::invalid_handle, "{} is a {}, not a {}", what, name_of(kind), name_of(wanted));
  if (handles_.is_foreign(bits)) fail(Status::invalid_handle, "{} is of another context", what);
  fail(Status::invalid_handle, "{} was released", what);
}

Source Context::source(gt_tensor handle, std::string_view what) {
  Object* object = handles_.find(bits_of(handle));
  if (object) {
    if (const auto* t = std::get_if<Tensor>(object)) return {*t, nullptr};
    if (const auto* v = std::get_if<VariablePtr>(object)) return {recorder_.value_of(*v), *v};
  }
  bad_handle(bits_of(handle), Kind::tensor, what);
}

Tensor Context::peek(gt_tensor handle, std::string_view what) { return source(handle, what).tensor; }

Tensor Context::read(gt_tensor handle, std::string_view what) {
  const Source s = source(handle, what);
  return s.variable ? recorder_.read(s.variable) : s.tensor;
}

VariablePtr Context::variable(gt_tensor handle, std::string_view what) {
  const Source s = source(handle, what);
  if (!s.variable) invalid("{} is not a variable: a tensor cannot be assigned; make it with gt_variable", what);
  return s.variable;
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

std::shared_ptr<SparseMatrix> Context::sparsity(gt_sparsity handle, std::string_view what) {
  if (Object* object = handles_.find(bits_of(handle)))
    if (const auto* s = std::get_if<std::shared_ptr<SparseMatrix>>(object)) return *s;
  bad_handle(bits_of(handle), Kind::sparsity, what);
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

template <class Item, class Publish>
void Context::publish_each(std::span<const Item> items, gt_tensor* out, Publish publish_one) {
  std::size_t done = 0;
  try {
    for (; done < items.size(); ++done) out[done] = publish_one(items[done]);
  } catch (...) {
    while (done-- > 0) {
      if (out[done] && !scopes_.empty()) scopes_.back().pop_back();
      handles_.remove(bits_of(std::exchange(out[done], nullptr)));
    }
    throw;
  }
}
void Context::publish_all(std::span<const Tensor> tensors, gt_tensor* out) {
  publish_each(tensors, out, [&](const Tensor& t) { return t ? publish(t) : nullptr; });
}
void Context::publish_all(std::span<const Object> objects, gt_tensor* out) {
  publish_each(objects, out, [&](const Object& o) { return publish(o); });
}

gt_status Context::release(uint64_t handle) {
  if (handles_.is_lent(handle)) return GT_FAILED_PRECONDITION;
  return std::holds_alternative<std::monostate>(handles_.remove(handle)) ? GT_INVALID_HANDLE : GT_OK;
}

void Context::evaluate(std::span<const Tensor> tensors) { evaluator_.evaluate(tensors); }

void Context::bound_pending() noexcept {
  if (recorder_.pending() < pending_limit_) return;
  try {
    Tensors held, computable;
    handles_.collect_tensors(held);
    for (const Tensor& t : held)
      if (!t.node()->symbolic && !t.node()->evaluated) computable.push_back(t);
    evaluate(computable);
  } catch (...) {
    // A tensor that cannot be computed says so when it is read.
  }
  pending_limit_ = std::max(kPendingLimit, recorder_.pending() * 2);
}

void Context::end_scope(std::span<const gt_tensor> keep) {
  if (scopes_.size() <= scope_floor)
    fail(Status::failed_precondition, "gt_scope_end: no scope is open{}",
         scope_floor > 0 ? " that this callback began" : "");
  for (std::size_t i = 0; i < keep.size(); ++i) peek(keep[i], fmt::format("gt_scope_end: keep {}", i));
  std::vector<uint64_t> kept;
  for (gt_tensor k : keep) kept.push_back(bits_of(k));
  std::ranges::sort(kept);
  std::vector<uint64_t>& ending = scopes_.back();
  const auto leaves = std::stable_partition(ending.begin(), ending.end(),
                                            [&](uint64_t handle) { return !std::ranges::binary_search(kept, handle); });
  if (scopes_.size() > 1) scopes_[scopes_.size() - 2].insert(scopes_[scopes_.size() - 2].end(), leaves, ending.end());
  ending.erase(leaves, ending.end());
  drop_scope();
}

void Context::drop_scope() noexcept {
  const std::vector<uint64_t> ending = std::move(scopes_.back());
  scopes_.pop_back();
  for (uint64_t handle : ending) release(handle);
}

void Context::run_waiting() noexcept {
  const CallbackScope scope(*this);
  deferred_->run();
}

Tensors Context::choose(const Tensor& predicate, const Branch& yes, const Branch& no) {
  return cond(
      recorder_, "cond", predicate, {}, [&](const Tensors&) { return yes(); }, [&](const Tensors&) { return no(); });
}

void Context::set_error(Failure failure) noexcept {
  if (error && !error->symbolic) return;
  error = std::move(failure);
}

}  // namespace gradtape::core::capi
