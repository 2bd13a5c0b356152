// Memory of tensor values: reference-counted buffers over a cache of blocks, or borrowed from the user.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace gradtape {

// Touching fresh pages costs ten times a reused block, so freed blocks of a context are kept, up to a bound. Blocks of
// 2 MiB and more lie on huge pages where the system gives them. Thread-safe: a buffer lent out (DLPack) may be given
// back on any thread.
class BlockCache {
 public:
  static constexpr std::size_t kMostCached = std::size_t{2} << 30;  // bytes kept unused
  static constexpr std::size_t kAlignment = 64;

  struct Stats {
    std::size_t live = 0, cached = 0, peak = 0;  // bytes in use, kept for reuse, most ever in use
    std::size_t limit = SIZE_MAX;                // of live and cached together
  };

  ~BlockCache();
  void* allocate(std::size_t bytes);  // bytes as rounded by block_size; throws out_of_memory above the limit
  void release(void* block, std::size_t bytes) noexcept;
  static std::size_t block_size(std::size_t bytes);

  Stats stats() const;
  void set_limit(std::size_t bytes);
  void trim() noexcept;  // gives all cached blocks back to the system

 private:
  void trim_locked() noexcept;

  mutable std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> free_;
  Stats stats_;
};

// A block for as long as this lives, uninitialised; none for 0 bytes.
class CacheBlock {
 public:
  CacheBlock(BlockCache& cache, std::size_t bytes)
      : cache_(cache),
        bytes_(bytes > 0 ? BlockCache::block_size(bytes) : 0),
        data_(bytes > 0 ? cache.allocate(bytes_) : nullptr) {}
  ~CacheBlock() {
    if (data_) cache_.release(data_, bytes_);
  }
  CacheBlock(const CacheBlock&) = delete;
  CacheBlock& operator=(const CacheBlock&) = delete;

  std::byte* data() const { return static_cast<std::byte*>(data_); }

 private:
  BlockCache& cache_;
  std::size_t bytes_;
  void* data_;
};

class Buffer {
 public:
  static constexpr std::size_t kInline = 64;

  // Uninitialised memory of a context's cache. Small values live inside the buffer itself.
  Buffer(std::shared_ptr<BlockCache> cache, std::size_t bytes);
  // Memory of the user's; release runs once, when the last reference goes.
  Buffer(const void* borrowed, std::size_t bytes, std::function<void()> release);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* data() { return data_; }
  const void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  bool borrowed() const { return borrowed_; }

 private:
  alignas(16) std::byte inline_[kInline];
  std::shared_ptr<BlockCache> cache_;
  std::function<void()> release_;
  void* data_;
  std::size_t bytes_;
  bool borrowed_ = false;
};

using BufferPtr = std::shared_ptr<Buffer>;

}  // namespace gradtape
