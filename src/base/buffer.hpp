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

// Touching fresh pages costs ten times a reused block, so freed blocks of a context are kept, up to a limit.
// Thread-safe: a buffer lent out (DLPack) may be given back on any thread.
class BlockCache {
 public:
  static constexpr std::size_t kLimit = std::size_t{512} << 20;  // bytes kept unused
  static constexpr std::size_t kAlignment = 64;

  ~BlockCache();
  void* allocate(std::size_t bytes);  // bytes as rounded by block_size
  void release(void* block, std::size_t bytes) noexcept;
  static std::size_t block_size(std::size_t bytes);

 private:
  std::mutex mutex_;
  std::map<std::size_t, std::vector<void*>> free_;
  std::size_t cached_ = 0;
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
  alignas(BlockCache::kAlignment) std::byte inline_[kInline];
  std::shared_ptr<BlockCache> cache_;
  std::function<void()> release_;
  void* data_;
  std::size_t bytes_;
  bool borrowed_ = false;
};

using BufferPtr = std::shared_ptr<Buffer>;

}  // namespace gradtape
