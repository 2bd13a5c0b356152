// Blocks of memory from the system, kept for reuse, and buffers that own or borrow them.
#include "base/buffer.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "base/ceil_div.hpp"
#include "base/error.hpp"

namespace gradtape::core {

namespace {
// Under a sanitizer every block is fresh and has exactly the size that was asked for. The sanitizer then sees reads
// after a release, and reads past a block's end.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t(bytes >= kHugePage ? kHugePage : BlockCache::kAlignment);
}
void* new_block(std::size_t bytes) {
  void* block = ::operator new(bytes, alignment_of(bytes));
  if (bytes >= kHugePage) (void)madvise(block, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);  // a hint
  return block;
}
void free_block(void* block, std::size_t bytes) { ::operator delete(block, alignment_of(bytes)); }
}  // namespace

std::size_t BlockCache::block_size(std::size_t bytes) {
  if (kSanitized) return bytes;
  // Eight sizes per power of two: at most an eighth is wasted, and sizes meet again.
  const std::size_t power = std::bit_floor(bytes < 512 ? std::size_t{512} : bytes);
  const std::size_t step = power / 8;
  return round_up(bytes, step);
}

BlockCache::~BlockCache() { trim_locked(); }

void* BlockCache::allocate(std::size_t bytes, std::string_view what) {
  if (void* block = take_cached(bytes)) return block;
  make_room(bytes, what);
  void* block = fresh(bytes, what);
  std::lock_guard lock(mutex_);
  add_live(bytes);
  return block;
}

void BlockCache::add_live(std::size_t bytes) {
  stats_.live += bytes;
  stats_.peak = std::max(stats_.peak, stats_.live);
}

void* BlockCache::take_cached(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  const auto it = free_.find(bytes);
  if (it == free_.end() || it->second.empty()) return nullptr;
  void* block = it->second.back();
  it->second.pop_back();
  stats_.cached -= bytes;
  add_live(bytes);
  return block;
}

void* BlockCache::fresh(std::size_t bytes, std::string_view what) {
  for (;;) try {
      return new_block(bytes);
    } catch (const std::bad_alloc&) {
      std::lock_guard lock(mutex_);
      if (stats_.cached == 0)
        fail(Status::out_of_memory, "{}: {} bytes are needed beside the {} in use, more than the system gives", what,
             bytes, stats_.live);
      trim_locked();
    }
}

bool BlockCache::fits(std::size_t bytes) const {
  const std::size_t used = stats_.live + stats_.cached + beside();
  return used <= stats_.limit && bytes <= stats_.limit - used;
}

// Blocks that are only kept for reuse go first, then plans that are only remembered.
void BlockCache::make_room(std::size_t bytes, std::string_view what) {
  {
    std::lock_guard lock(mutex_);
    if (fits(bytes)) return;
    trim_locked();
    if (fits(bytes)) return;
  }
  if (forget_plans) forget_plans();
  std::lock_guard lock(mutex_);
  if (!fits(bytes))
    fail(Status::out_of_memory, "{}: {} bytes are needed beside the {} in use, above the context's limit of {}", what,
         bytes, stats_.live + beside(), stats_.limit);
}

void BlockCache::release(void* block, std::size_t bytes) noexcept {
  {
    std::lock_guard lock(mutex_);
    stats_.live -= bytes;
    if (!kSanitized && bytes <= kMostCached && stats_.cached <= kMostCached - bytes) {
      try {
        free_[bytes].push_back(block);
        stats_.cached += bytes;
        return;
      } catch (const std::bad_alloc&) {
        // no memory to remember the block by: give it back
      }
    }
  }
  free_block(block, bytes);
}

BlockCache::Stats BlockCache::stats() const {
  std::lock_guard lock(mutex_);
  return stats_;
}
std::size_t BlockCache::most() const {
  const std::lock_guard lock(mutex_);
  static const std::size_t machine = static_cast<std::size_t>(std::max<long>(0, sysconf(_SC_PHYS_PAGES))) *
                                     static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return machine > 0 ? std::min(stats_.limit, machine) : stats_.limit;
}

void BlockCache::set_limit(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  stats_.limit = bytes;
  limited_ = bytes != SIZE_MAX;
  if (!fits(0)) trim_locked();
}
void BlockCache::trim() noexcept {
  std::lock_guard lock(mutex_);
  trim_locked();
}
void BlockCache::trim_locked() noexcept {
  for (auto& [bytes, blocks] : free_) {
    for (void* block : blocks) free_block(block, bytes);
    blocks.clear();
  }
  stats_.cached = 0;
}

template <std::size_t size>
struct Buffer::Inside : Buffer {
  explicit Inside(std::size_t bytes) : Buffer(memory, bytes, false) {}
  alignas(std::min<std::size_t>(size, 16)) std::byte memory[size];
};
struct Buffer::Block : Buffer {
  Block(std::shared_ptr<BlockCache> from, std::size_t bytes, std::string_view what)
      : Buffer(from->allocate(BlockCache::block_size(bytes), what), bytes, false), cache(std::move(from)) {}
  ~Block() { cache->release(data(), BlockCache::block_size(bytes())); }
  std::shared_ptr<BlockCache> cache;
};
struct Buffer::Borrowed : Buffer {
  Borrowed(const void* memory, std::size_t bytes, std::function<void()> release)
      : Buffer(const_cast<void*>(memory), bytes, true), release(std::move(release)) {}
  ~Borrowed() {
    if (release) release();
  }
  std::function<void()> release;
};

namespace {
constexpr std::size_t kNumber = 8;   // bytes of a buffer for one number
constexpr std::size_t kCounts = 16;  // of a shared object
}  // namespace

BufferPtr Buffer::make(const std::shared_ptr<BlockCache>& cache, std::size_t bytes, std::string_view what) {
  if (bytes <= kNumber) return std::make_shared<Inside<kNumber>>(bytes);
  if (bytes <= kInline) return std::make_shared<Inside<kInline>>(bytes);
  return std::make_shared<Block>(cache, bytes, what);
}
BufferPtr Buffer::borrow(const void* memory, std::size_t bytes, std::function<void()> release) {
  return std::make_shared<Borrowed>(memory, bytes, std::move(release));
}
std::size_t Buffer::own_bytes(std::size_t bytes) {
  if (bytes <= kNumber) return kCounts + sizeof(Inside<kNumber>);
  return kCounts + (bytes <= kInline ? sizeof(Inside<kInline>) : sizeof(Block));
}

}  // namespace gradtape::core
