// Memory for each worker of a kernel, from the context's cache.
#pragma once

#include "base/buffer.hpp"
#include "graph/kernel_call.hpp"

namespace gradtape::core::kernels {

template <class T>
class Room {
 public:
  // size: elements for each worker (or as many parts as that is asked for), aligned as blocks are; they hold no values
  // at first.
  Room(const KernelCall& c, std::size_t size) : Room(c, size, c.workers.threads()) {}
  Room(const KernelCall& c, std::size_t size, int parts)
      : each_((size * sizeof(T) + BlockCache::kAlignment - 1) / BlockCache::kAlignment * BlockCache::kAlignment),
        block_(c.memory, each_ * static_cast<std::size_t>(parts), c.name) {}

  T* of(int part) const { return reinterpret_cast<T*>(block_.data() + each_ * static_cast<std::size_t>(part)); }

 private:
  std::size_t each_;
  CacheBlock block_;
};

}  // namespace gradtape::core::kernels
