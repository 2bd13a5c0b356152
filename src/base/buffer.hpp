// Memory of tensor values: reference-counted buffers over a cache of blocks, or borrowed from the user.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace gradtape::core {

// Touching fresh pages costs ten times a reused block, so freed blocks of a context are kept, up to a bound. Blocks of
// 2 MiB and more lie on huge pages where the system gives them. Thread-safe: a buffer lent out (DLPack) may be given
// back on any thread.
class BlockCache {
 public:
  static constexpr std::size_t kMostCached = std::size_t{2} << 30;  // bytes kept unused
  static constexpr std::size_t kAlignment = 64;

  struct Stats {
    std::size_t live = 0, cached = 0, peak = 0;         // bytes in use, kept for reuse, most ever in use
    std::size_t limit = SIZE_MAX;                       // of live, cached and all beside blocks together
    std::size_t graph = 0, plans = 0, native_code = 0;  // bytes beside blocks
  };

  ~BlockCache();
  // bytes as rounded by block_size. what: who needs them, for the error: out_of_memory above the limit, or where the
  // system gives no more.
  void* allocate(std::size_t bytes, std::string_view what);
  void release(void* block, std::size_t bytes) noexcept;
  static std::size_t block_size(std::size_t bytes);

  // Memory that is no block but counts against the limit: the nodes of a graph, plans, and their native code. The
  // context's thread alone uses it.
  using Beside = std::size_t Stats::*;
  void count(Beside kind, std::size_t bytes, std::string_view what) {  // throws as allocate does
    if (limited_) make_room(bytes, what);
    stats_.*kind += bytes;
  }
  void discount(Beside kind, std::size_t bytes) noexcept { stats_.*kind -= bytes; }
  // Memory that is there already, in place of what it was before. Whoever asks for more meets the limit.
  void recount(Beside kind, std::size_t before, std::size_t bytes) noexcept { stats_.*kind += bytes - before; }

  Stats stats() const;
  void set_limit(std::size_t bytes);
  std::size_t most() const;  // bytes that a value may have at all: the limit, or the machine's memory
  void trim() noexcept;      // gives all cached blocks back to the system

  // Called where the limit is met, to let go of plans that are only remembered. Set by their owner.
  std::function<void()> forget_plans;

 private:
  void make_room(std::size_t bytes, std::string_view what);
  std::size_t beside() const { return stats_.graph + stats_.plans + stats_.native_code; }
  bool fits(std::size_t bytes) const;    // beside all that is in use
  void* take_cached(std::size_t bytes);  // null: there is none of this size
  void* fresh(std::size_t bytes, std::string_view what);
  void add_live(std::size_t bytes);
  void trim_locked() noexcept;

  mutable std::mutex mutex_;  // of all but what lies beside blocks, and limited_
  std::map<std::size_t, std::vector<void*>> free_;
  Stats stats_;
  bool limited_ = false;
};

// Bytes beside blocks that count for as long as this lives.
class Counted {
 public:
  Counted() = default;
  Counted(BlockCache& cache, BlockCache::Beside kind, std::size_t bytes, std::string_view what)
      : cache_(&cache), kind_(kind), bytes_(bytes) {
    cache.count(kind, bytes, what);
  }
  Counted(Counted&& other) noexcept { *this = std::move(other); }
  Counted& operator=(Counted&& other) noexcept {
    std::swap(cache_, other.cache_);
    std::swap(kind_, other.kind_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Counted() {
    if (cache_) cache_->discount(kind_, bytes_);
  }
  std::size_t bytes() const { return bytes_; }
  void recount(std::size_t bytes) noexcept {
    if (cache_) cache_->recount(kind_, std::exchange(bytes_, bytes), bytes);
  }

 private:
  BlockCache* cache_ = nullptr;
  BlockCache::Beside kind_ = nullptr;
  std::size_t bytes_ = 0;
};

// A block for as long as this lives, uninitialised; none for 0 bytes.
class CacheBlock {
 public:
  CacheBlock(BlockCache& cache, std::size_t bytes, std::string_view what)
      : cache_(cache),
        bytes_(bytes > 0 ? BlockCache::block_size(bytes) : 0),
        data_(bytes > 0 ? cache.allocate(bytes_, what) : nullptr) {}
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

class Buffer;
using BufferPtr = std::shared_ptr<Buffer>;

// The memory of a value. Each kind of buffer is made by a function of its own, and has no room for what others need.
class Buffer {
 public:
  static constexpr std::size_t kInline = 64;  // bytes of a value that lies inside its buffer

  // Uninitialised memory of a context's cache, or inside the buffer. what: for the error.
  static BufferPtr make(const std::shared_ptr<BlockCache>& cache, std::size_t bytes, std::string_view what);
  // Memory of the user's; release runs once, when the last reference goes.
  static BufferPtr borrow(const void* memory, std::size_t bytes, std::function<void()> release);
  // Bytes of a buffer of the cache itself, beside blocks: the object with its counts.
  static std::size_t own_bytes(std::size_t bytes);

  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void* data() { return data_; }
  const void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  bool borrowed() const { return borrowed_; }

 protected:
  Buffer(void* data, std::size_t bytes, bool borrowed) : data_(data), bytes_(bytes), borrowed_(borrowed) {}
  ~Buffer() = default;

 private:
  template <std::size_t size>
  struct Inside;
  struct Block;
  struct Borrowed;

  void* data_;
  std::size_t bytes_ : 63;
  std::size_t borrowed_ : 1;
};

}  // namespace gradtape::core
