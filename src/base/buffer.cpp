#include "base/buffer.hpp"

#include <bit>
#include <new>

namespace gradtape {

namespace {
// Under a sanitizer every block is fresh, so that reads after a release are seen.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kKeepBlocks = false;
#else
constexpr bool kKeepBlocks = true;
#endif

void free_block(void* block) { ::operator delete(block, std::align_val_t(BlockCache::kAlignment)); }
}  // namespace

std::size_t BlockCache::block_size(std::size_t bytes) {
  // Eight sizes per power of two: at most an eighth is wasted, and sizes meet again.
  const std::size_t power = std::bit_floor(bytes < 512 ? std::size_t{512} : bytes);
  const std::size_t step = power / 8;
  return (bytes + step - 1) / step * step;
}

BlockCache::~BlockCache() {
  for (auto& [bytes, blocks] : free_)
    for (void* block : blocks) free_block(block);
}

void* BlockCache::allocate(std::size_t bytes) {
  {
    std::lock_guard lock(mutex_);
    auto it = free_.find(bytes);
    if (it != free_.end() && !it->second.empty()) {
      void* block = it->second.back();
      it->second.pop_back();
      cached_ -= bytes;
      return block;
    }
  }
  return ::operator new(bytes, std::align_val_t(kAlignment));
}

void BlockCache::release(void* block, std::size_t bytes) noexcept {
  if (kKeepBlocks && bytes <= kLimit) {
    std::lock_guard lock(mutex_);
    if (cached_ + bytes <= kLimit) {
      try {
        free_[bytes].push_back(block);
        cached_ += bytes;
        return;
      } catch (const std::bad_alloc&) {
        // no memory to remember the block by: give it back
      }
    }
  }
  free_block(block);
}

Buffer::Buffer(std::shared_ptr<BlockCache> cache, std::size_t bytes) : data_(inline_), bytes_(bytes) {
  if (bytes <= kInline) return;
  data_ = cache->allocate(BlockCache::block_size(bytes));
  cache_ = std::move(cache);
}

Buffer::Buffer(const void* borrowed, std::size_t bytes, std::function<void()> release)
    : release_(std::move(release)), data_(const_cast<void*>(borrowed)), bytes_(bytes), borrowed_(true) {}

Buffer::~Buffer() {
  if (cache_) cache_->release(data_, BlockCache::block_size(bytes_));
  if (release_) release_();
}

}  // namespace gradtape
