// Memory for each worker of a kernel, from the context's cache.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/buffer.hpp"
#include "graph/op.hpp"

namespace gradtape::kernels {

template <class T>
class Room {
 public:
  // size: elements for each worker (or as many parts as that is asked for), aligned as blocks are; they hold no values
  // at first.
  Room(const KernelCall& c, std::size_t size) : Room(c, size, c.workers.threads()) {}
  Room(const KernelCall& c, std::size_t size, int parts)
      : cache_(c.memory),
        each_((size * sizeof(T) + BlockCache::kAlignment - 1) / BlockCache::kAlignment * BlockCache::kAlignment),
        bytes_(BlockCache::block_size(std::max<std::size_t>(1, each_ * static_cast<std::size_t>(parts)))),
        data_(static_cast<std::byte*>(cache_.allocate(bytes_))) {}
  ~Room() { cache_.release(data_, bytes_); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  T* of(int worker) const { return reinterpret_cast<T*>(data_ + each_ * static_cast<std::size_t>(worker)); }

 private:
  BlockCache& cache_;
  std::size_t each_, bytes_;
  std::byte* data_;
};

}  // namespace gradtape::kernels
