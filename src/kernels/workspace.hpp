// Memory for each worker of a kernel, from the context's cache.
#pragma once

#include "base/buffer.hpp"
#include "base/ceil_div.hpp"
#include "graph/kernel_call.hpp"

namespace gradtape::core::kernels {

template <class T>
class Workspace {
 public:
  // size: elements for each worker (or as many parts as that is asked for), aligned as blocks are; they hold no values
  // at first.
  Workspace(const KernelCall& c, int64_t size) : Workspace(c, size, c.workers.threads()) {}
  Workspace(const KernelCall& c, int64_t size, int64_t parts)
      : each_(round_up(size * sizeof(T), BlockCache::kAlignment)), block_(c.memory, each_ * parts, c.name) {}

  T* of(int64_t part) const { return reinterpret_cast<T*>(block_.data() + each_ * part); }

 private:
  std::size_t each_;
  CacheBlock block_;
};

}  // namespace gradtape::core::kernels
