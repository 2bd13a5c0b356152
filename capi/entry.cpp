// Entering contexts, one thread at a time; making and ending them; and gt_release, which disturbs nobody.
//
// A thread that releases a handle enters as well, where nobody is inside. A call that comes meanwhile waits for one
// release, and does not fail. A thread that meets somebody inside, or waiting, leaves a request, which takes no memory,
// and whoever is inside carries it out. No request is left behind when nobody is inside.
#include <pthread.h>

#include <array>
#include <thread>

#include "capi/context.hpp"

namespace gradtape::core::capi {

namespace {
constexpr int kHomeBits = 10, kNumberBits = kKindShift - kHomeBits;
constexpr uint64_t kLastNumber = (uint64_t{1} << kNumberBits) - 1;

// The states of a home: without a context, with one that nobody is in, or with one that somebody is in, and why.
enum class Inside : uint64_t { nobody = 0, idle = 1, call = 2, release = 3, end = 4 };
constexpr int kInsideBits = 3;

// The number of a home's context, and what goes on there: one word, so that both change at once.
struct State {
  uint64_t word;
  State(uint64_t number, Inside inside) : word(number << kInsideBits | static_cast<uint64_t>(inside)) {}
  explicit State(uint64_t w) : word(w) {}
  uint64_t number() const { return word >> kInsideBits; }
  Inside inside() const { return static_cast<Inside>(bit_field(word, 0, kInsideBits)); }
  State with(Inside inside) const { return {number(), inside}; }
  bool gone(uint64_t wanted) const {
    return number() != wanted || inside() == Inside::nobody || inside() == Inside::end;
  }
};
}  // namespace

// The place of a context in a table, named by the context's handle. It outlives the context, so that a stale handle is an
// error. Each place has lines of the cache to itself, since contexts belong to several threads.
struct alignas(64) Home {
  std::atomic<uint64_t> state{0};
  std::atomic<const void*> owner{nullptr};  // the thread whose call is inside
  std::atomic<uint32_t> waiting{0};         // calls that wait for a release to end
  std::atomic<uint32_t> asking{0};          // threads that may look into the context to leave a request
  ReleaseRequests<Object> requests;
  Context* context = nullptr;

  State now() const { return State(state.load(std::memory_order_seq_cst)); }
  void become(State next) { state.store(next.word, std::memory_order_seq_cst); }
  bool change(State from, State to) { return state.compare_exchange_strong(from.word, to.word); }
};

namespace {
// Never destroyed, so that any handle can be looked up at any time.
constinit std::array<Home, std::size_t{1} << kHomeBits> homes;

const void* this_thread() { return __builtin_thread_pointer(); }

struct Address {
  Home* home;
  uint64_t number;
};
Address address_of(gt_context handle) {
  const uint64_t number = bits_of(handle);
  if (kind_of(number) != Kind::context) return {nullptr, 0};
  return {&homes[bit_field(number, kNumberBits, kHomeBits)], bit_field(number, 0, kNumberBits)};
}

// Carries out requests: all of them, or as many as fit before a call waits, which then does the rest.
void carry_out_requests(Home& home, bool all) noexcept {
  while (all || home.waiting.load() == 0) {
    const uint64_t handle = home.requests.take();
    if (handle == 0) return;
    home.context->release(handle);
  }
}

void end_release(Home& home) noexcept {
  home.become(home.now().with(Inside::idle));
  if (home.waiting.load() != 0) home.state.notify_all();
}

// Follows each moment after which nobody may be inside, and each request: one of the two sees the other.
void sweep(Home& home) noexcept {
  while (home.requests.any()) {
    const State state = home.now();
    if (state.inside() != Inside::idle || home.waiting.load() != 0) return;  // whoever is inside, or comes, sees to it
    if (!home.change(state, state.with(Inside::release))) continue;
    carry_out_requests(home, false);
    end_release(home);
  }
}

enum class Entered { fresh, nested, busy, gone };

Entered entered(Home& home) {
  home.owner.store(this_thread(), std::memory_order_relaxed);
  return Entered::fresh;
}
Entered met_a_call(const Home& home) {
  return home.owner.load(std::memory_order_relaxed) == this_thread() ? Entered::nested : Entered::busy;
}

Entered enter_after_release(Home& home, uint64_t number) {
  constexpr int kSpins = 200;
  home.waiting.fetch_add(1);
  std::optional<Entered> result;
  for (int i = 0; !result; ++i) {
    const State state = home.now();
    if (state.gone(number)) {
      result = Entered::gone;
    } else if (state.inside() == Inside::call) {
      result = met_a_call(home);
    } else if (state.inside() == Inside::idle) {
      if (home.change(state, state.with(Inside::call))) result = entered(home);
    } else if (i > kSpins) {
      home.state.wait(state.word);
    }
  }
  home.waiting.fetch_sub(1);
  if (*result != Entered::fresh) sweep(home);  // others relied on this call
  return *result;
}

Entered enter(const Address& at) {
  if (!at.home) return Entered::gone;
  const State state = at.home->now();
  if (state.gone(at.number)) return Entered::gone;
  if (state.inside() == Inside::call) return met_a_call(*at.home);
  if (state.inside() == Inside::idle && at.home->change(state, state.with(Inside::call))) return entered(*at.home);
  return enter_after_release(*at.home, at.number);
}

void leave(Home& home) noexcept {
  home.owner.store(nullptr, std::memory_order_relaxed);
  home.become(home.now().with(Inside::idle));
  sweep(home);
}

// Over a fork the forking thread is inside all contexts that nobody is in, so that the child finds them whole. Those
// that other threads are in stay busy in the child.
std::mutex forking;
std::array<bool, std::size_t{1} << kHomeBits> held;

void before_fork() {
  forking.lock();
  for (std::size_t i = 0; i < homes.size(); ++i)
    for (;;) {
      const State state = homes[i].now();
      held[i] = state.inside() == Inside::idle && homes[i].change(state, state.with(Inside::release));
      if (held[i] || (state.inside() != Inside::idle && state.inside() != Inside::release)) break;
      std::this_thread::yield();
    }
  handle_pages.mutex().lock();
}
void after_fork(bool in_child) {
  handle_pages.mutex().unlock();
  for (std::size_t i = 0; i < homes.size(); ++i) {
    if (in_child) homes[i].waiting = homes[i].asking = 0;  // those threads are not here
    if (!held[i]) continue;
    end_release(homes[i]);
    sweep(homes[i]);
  }
  forking.unlock();
}
void prepare_for_forks() {
  static const int registered = pthread_atfork(
      before_fork, [] { after_fork(false); }, [] { after_fork(true); });
  if (registered != 0) throw std::bad_alloc();
}
}  // namespace

Entry::Entry(gt_context handle) {
  const Address at = address_of(handle);
  switch (enter(at)) {
    case Entered::gone: status_ = GT_INVALID_HANDLE; return;
    case Entered::busy: status_ = GT_BUSY; return;
    case Entered::fresh: outermost_ = true; break;
    case Entered::nested: break;
  }
  if (!outermost_ && at.home->context->evaluating()) {
    status_ = GT_BUSY;
    return;
  }
  status_ = GT_OK;
  home_ = at.home;
  context_ = home_->context;
  ++context_->depth;
  if (outermost_) {
    carry_out_requests(*home_, true);
    context_->run_deferred();
  }
}

Entry::~Entry() {
  if (!context_) return;
  if (outermost_) {
    carry_out_requests(*home_, true);
    context_->run_deferred();
  }
  --context_->depth;
  if (outermost_) leave(*home_);
}

gt_status create_context(gt_context* out) {
  try {
    prepare_for_forks();
    for (std::size_t i = 0; i < homes.size(); ++i) {
      Home& home = homes[i];
      const State state = home.now(), next(state.number() + 1, Inside::call);
      if (state.inside() != Inside::nobody || state.number() == kLastNumber || !home.change(state, next)) continue;
      try {
        const uint64_t handle = static_cast<uint64_t>(Kind::context) << kKindShift | i << kNumberBits | next.number();
        home.context = new Context(to_handle<gt_context>(handle));
      } catch (...) {
        home.become(next.with(Inside::nobody));
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
  const Address at = address_of(handle);
  switch (enter(at)) {
    case Entered::gone: return GT_INVALID_HANDLE;
    case Entered::busy: return GT_BUSY;
    case Entered::nested: return GT_FAILED_PRECONDITION;
    case Entered::fresh: break;
  }
  Home& home = *at.home;
  home.become({at.number, Inside::end});
  while (home.asking.load() != 0) std::this_thread::yield();
  home.requests.forget();
  const std::shared_ptr<Deferred> deferred = home.context->deferred();
  delete std::exchange(home.context, nullptr);
  home.owner.store(nullptr, std::memory_order_relaxed);
  home.become({at.number, Inside::nobody});
  deferred->close();  // the user's callbacks find the context gone, not half there
  return GT_OK;
}

gt_status release_from_any_thread(gt_context ctx, uint64_t handle) {
  const auto [home, number] = address_of(ctx);
  if (!home) return GT_INVALID_HANDLE;
  const State state = home->now();
  if (state.gone(number)) return GT_INVALID_HANDLE;
  if (state.inside() == Inside::call && met_a_call(*home) == Entered::nested && !home->context->evaluating())
    return home->context->release(handle);
  if (state.inside() == Inside::idle && home->waiting.load() == 0 && home->change(state, state.with(Inside::release))) {
    const gt_status status = home->context->release(handle);
    end_release(*home);
    sweep(*home);
    return status;
  }
  home->asking.fetch_add(1);  // the context does not end until it is 0 again
  Slot<Object>* slot = home->now().gone(number) ? nullptr : home->context->handles().slot(handle);
  if (slot) home->requests.add(*slot, handle);
  home->asking.fetch_sub(1);
  sweep(*home);
  return slot ? GT_OK : GT_INVALID_HANDLE;
}

}  // namespace gradtape::core::capi
