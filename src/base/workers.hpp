// Threads that share out the items of a loop. One pool serves the process; a second loop that comes while it is busy
// runs on its own thread alone.
#pragma once

#include <cstddef>
#include <type_traits>

namespace gradtape::core {

// A reference to something callable with (item, worker).
class ItemFunction {
 public:
  template <class F>
  ItemFunction(F& f)  // NOLINT: a lambda is meant to convert
      : object_(const_cast<std::remove_const_t<F>*>(&f)),
        call_([](void* object, std::size_t item, int worker) { (*static_cast<F*>(object))(item, worker); }) {}
  void operator()(std::size_t item, int worker) const { call_(object_, item, worker); }

 private:
  void* object_;
  void (*call_)(void*, std::size_t, int);
};

class Workers {
 public:
  // 0: as many as the environment variable GRADTAPE_THREADS says, or as the machine has cores.
  explicit Workers(int threads = 0);
  int threads() const { return threads_; }

  // Calls f(item, worker) for each item in [0, n), the calling thread among the workers. worker < threads(). f must not
  // throw. Any worker may take any item.
  void run(std::size_t n, ItemFunction f) const;

 private:
  int threads_;
};

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
