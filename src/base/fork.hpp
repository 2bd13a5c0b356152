// Locks that a forked child finds free, and what they guard whole.
#pragma once

#include <pthread.h>

#include <new>
#include <shared_mutex>

namespace gradtape::core {

// `lock` gives the lock, which is the process's. Called once for each.
template <auto lock>
void hold_over_forks() {
  pthread_atfork([] { lock().lock(); }, [] { lock().unlock(); },
                 [] { new (&lock()) std::shared_mutex; });  // the child's thread is not the one that locked it
}

}  // namespace gradtape::core
