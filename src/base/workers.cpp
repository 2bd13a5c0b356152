// The pool of threads behind Workers, safe over fork, and the setting of OpenBLAS.
#include "base/workers.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <new>
#include <thread>

#include "base/float_control.hpp"

extern "C" {
[[gnu::weak]] void openblas_set_num_threads(int n);
[[gnu::weak]] int openblas_get_num_threads(void);
}

namespace gradtape::core {

namespace {
constexpr int kMost = 256;
constexpr auto kSpin = std::chrono::microseconds(30);  // how long an idle worker looks for work before it sleeps

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

int machine_threads() {
  if (const char* text = std::getenv("GRADTAPE_THREADS"))
    if (const int n = std::atoi(text); n > 0) return std::min(n, kMost);
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::clamp(CPU_COUNT(&set), 1, kMost);
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMost);
}

// While one of these lives, threads that are made take no signals of the process, which are for the user's own threads.
// Faults are a thread's own: blocked, they would end the process without asking its handlers.
class WithoutSignals {
 public:
  WithoutSignals() {
    sigset_t all;
    sigfillset(&all);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  WithoutSignals(const WithoutSignals&) = delete;
  WithoutSignals& operator=(const WithoutSignals&) = delete;

 private:
  sigset_t before_;
};

// The job lies in the pool, so that a worker that wakes late finds a closed gate rather than a caller's dead stack.
class Pool {
 public:
  // False: the pool is taken.
  bool run(int64_t n, int threads, const ItemFunction& f) {
    std::unique_lock lock(submit_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    start(threads - 1);
    job_ = &f;
    control_ = FloatControl::of_this_thread();
    helpers_ = threads - 1;
    for (int w = 0; w < threads; ++w) {
      shares_[w].next.store(n * w / threads, std::memory_order_relaxed);
      shares_[w].end = n * (w + 1) / threads;
    }
    gate_.store(kOpen, std::memory_order_release);
    epoch_.fetch_add(1, std::memory_order_release);
    epoch_.notify_all();
    work(f, 0);
    gate_.fetch_and(~kOpen, std::memory_order_acq_rel);
    while (gate_.load(std::memory_order_acquire) != 0) relax();
    return true;
  }

 private:
  static constexpr uint32_t kOpen = 1u << 31;  // the rest counts the helpers inside

  // If the system gives no further thread, those that exist do the work.
  void start(int helpers) noexcept {
    if (started_ >= helpers) return;
    const WithoutSignals quiet;
    try {
      for (; started_ < helpers; ++started_) std::thread([this, worker = started_ + 1] { serve(worker); }).detach();
    } catch (const std::exception&) {
    }
  }
  // A worker takes its own share first: its cache may hold that memory from the loop before. Then it takes items that
  // the others have left.
  void work(const ItemFunction& f, int worker) {
    const int threads = helpers_ + 1;
    for (int k = 0; k < threads; ++k) {
      Share& share = shares_[(worker + k) % threads];
      while (share.next.load(std::memory_order_relaxed) < share.end) {
        const int64_t i = share.next.fetch_add(1, std::memory_order_relaxed);
        if (i < share.end) f(i, worker);
      }
    }
  }
  [[noreturn]] void serve(int worker) {
    uint64_t seen = 0;
    for (;;) {
      await(seen);
      seen = epoch_.load(std::memory_order_acquire);
      uint32_t gate = gate_.load(std::memory_order_acquire);
      while ((gate & kOpen) && !gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel)) {
      }
      if (!(gate & kOpen)) continue;
      if (worker <= helpers_) {
        control_.apply();  // numbers are those of the calling thread
        work(*job_, worker);
      }
      gate_.fetch_sub(1, std::memory_order_acq_rel);
    }
  }
  void await(uint64_t seen) {
    const auto end = std::chrono::steady_clock::now() + kSpin;
    do {
      for (int i = 0; i < 64; ++i) {
        if (epoch_.load(std::memory_order_acquire) != seen) return;
        relax();
      }
    } while (std::chrono::steady_clock::now() < end);
    epoch_.wait(seen, std::memory_order_acquire);
  }

  std::mutex submit_;
  int started_ = 0;
  std::atomic<uint64_t> epoch_{0};
  std::atomic<uint32_t> gate_{0};
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };
  std::array<Share, kMost> shares_;
  int helpers_ = 0;
  const ItemFunction* job_ = nullptr;
  FloatControl control_;
};

// The setting of OpenBLAS, and who relies on it.
struct Blas {
  std::mutex mutex;
  int users = 0, threads = 0;
};

// Never destroyed: the pool's threads outlive static destruction.
struct Shared {
  Pool pool;
  Blas blas;
};
alignas(Shared) std::byte memory[sizeof(Shared)];

// A forked child has none of the threads, and perhaps locks that nobody holds: it begins anew.
Shared& shared() {
  static std::once_flag once;
  std::call_once(once, [] {
    new (memory) Shared;
    pthread_atfork(nullptr, nullptr, [] { new (memory) Shared; });
  });
  return *std::launder(reinterpret_cast<Shared*>(memory));
}
}  // namespace

Workers::Workers(int threads) : threads_(threads > 0 ? std::min(threads, kMost) : machine_threads()) {}

void Workers::run(int64_t n, ItemFunction f) const {
  const int threads = static_cast<int>(std::min<int64_t>(threads_, n));
  if (threads > 1 && shared().pool.run(n, threads, f)) return;
  for (int64_t i = 0; i < n; ++i) f(i, 0);
}

SingleThreadedBlas::SingleThreadedBlas() {
  if (!openblas_set_num_threads || !openblas_get_num_threads) return;
  Blas& b = shared().blas;
  std::lock_guard lock(b.mutex);
  if (b.users++ > 0) return;
  b.threads = openblas_get_num_threads();
  if (b.threads != 1) openblas_set_num_threads(1);
}
SingleThreadedBlas::~SingleThreadedBlas() {
  if (!openblas_set_num_threads || !openblas_get_num_threads) return;
  Blas& b = shared().blas;
  std::lock_guard lock(b.mutex);
  if (--b.users == 0 && b.threads != 1) openblas_set_num_threads(b.threads);
}

}  // namespace gradtape::core
