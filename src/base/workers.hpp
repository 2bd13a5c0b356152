// Workers: threads that share out the items of a loop. One pool serves the process; a second loop that comes while it
// is busy runs on its own thread alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "base/ceil_div.hpp"

namespace gradtape::core {

// A reference to something callable with (item, worker).
class ItemFunction {
 public:
  template <class F>
  ItemFunction(F& f)  // NOLINT: a lambda is meant to convert
      : object_(const_cast<std::remove_const_t<F>*>(&f)),
        call_([](void* object, int64_t item, int worker) { (*static_cast<F*>(object))(item, worker); }) {}
  void operator()(int64_t item, int worker) const { call_(object_, item, worker); }

 private:
  void* object_;
  void (*call_)(void*, int64_t, int);
};

class Workers {
 public:
  // 0: as many as the environment variable GRADTAPE_THREADS says, or as the machine has cores.
  explicit Workers(int threads = 0);
  int threads() const { return threads_; }

  // Calls f(item, worker) for each item in [0, n), the calling thread among the workers. worker < threads(). f must not
  // throw. Any worker may take any item.
  void run(int64_t n, ItemFunction f) const;

 private:
  int threads_;
};

// The number of items that are worth a thread of their own. worth: the work that is worth a thread; work: that of an
// item.
inline int64_t share_of(int64_t worth, int64_t work) {
  return std::max<int64_t>(1, worth / std::max<int64_t>(1, work));
}

// Calls f(first, last, worker) for each share [first, last) of the items [0, n): `share` items, in the last one perhaps
// fewer.
template <class F>
void for_each_share(const Workers& workers, int64_t n, int64_t share, F&& f) {
  const auto one = [&](int64_t item, int worker) { f(item * share, std::min(n, (item + 1) * share), worker); };
  workers.run(ceil_div(n, share), one);
}

// While one of these lives, OpenBLAS calls use the calling thread alone; the setting, which is the process's, comes
// back with the last of them.
class SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  ~SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;
};

}  // namespace gradtape::core
