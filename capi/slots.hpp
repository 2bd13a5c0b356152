// Slots, in which the objects behind handles lie, and the numbers that handles are.
//
//   bit 63: 0 | 62-56: kind | 55-36: page | 35-28: slot of the page | 27-0: life of the slot
//
// Pages of slots are the process's and are lent to tables. A slot goes through its lives once, whichever table has it,
// so a number is given once in the life of the process. Neither a stale handle nor another table's ever comes to mean
// something. Slots, and pages, whose lives are used up retire.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace gradtape::core::capi {

inline constexpr int kLifeBits = 28, kSlotBits = 8, kPageBits = 20, kKindShift = kLifeBits + kSlotBits + kPageBits;
inline constexpr std::size_t kPageSlots = std::size_t{1} << kSlotBits;
constexpr uint64_t bit_field(uint64_t number, int from, int count) {
  return number >> from & ((uint64_t{1} << count) - 1);
}

template <class Object>
struct Slot {
  static constexpr uint64_t kVacant = uint64_t{1} << 63, kRetired = ~uint64_t{0};

  Object object{};
  std::atomic<uint64_t> handle{0};  // with kVacant: of the next object, but for its kind
  std::atomic<uint64_t> asked{0};   // the handle that another thread asks to release
  Slot* next_free = nullptr;
  Slot* next_asked = nullptr;  // in the list of requests
  bool lent = false;
};

template <class Object>
struct Page {
  std::atomic<uint64_t> owner{0};         // 0: nobody's
  std::unique_ptr<Slot<Object>[]> slots;  // kPageSlots of them, while it has an owner
  uint64_t index = 0;
  uint64_t life = 0;  // all earlier lives of its slots are over
  Page* next_free = nullptr;
};

// The pages of a process. It has no destructor to speak of: a handle can be looked up at any time.
template <class Object>
class Pages {
 public:
  // Each slot has this many lives, and there are this many pages: fewer serve tests.
  constexpr explicit Pages(uint64_t lives = uint64_t{1} << kLifeBits, uint64_t pages = uint64_t{1} << kPageBits)
      : lives_(lives), most_(pages) {}

  uint64_t lives() const { return lives_; }
  // Held while pages change hands, and over a fork.
  std::mutex& mutex() { return mutex_; }

  // The page that a handle names, or null. Any thread may ask.
  Page<Object>* find(uint64_t handle) const {
    const uint64_t index = bit_field(handle, kLifeBits + kSlotBits, kPageBits);
    Page<Object>* block = blocks_[index / kBlock].load(std::memory_order_acquire);
    return block ? block + index % kBlock : nullptr;
  }

  Page<Object>& lend(uint64_t owner) {
    auto slots = std::make_unique<Slot<Object>[]>(kPageSlots);
    const std::lock_guard lock(mutex_);
    Page<Object>& page = unused();
    for (std::size_t s = 0; s < kPageSlots; ++s)
      slots[s].handle.store(Slot<Object>::kVacant | ((page.index << kSlotBits | s) << kLifeBits | page.life),
                            std::memory_order_relaxed);
    page.slots = std::move(slots);
    page.owner.store(owner, std::memory_order_release);
    return page;
  }

  // Its slots are all vacant or retired.
  void give_back(Page<Object>& page) noexcept {
    page.owner.store(0, std::memory_order_relaxed);
    for (std::size_t s = 0; s < kPageSlots; ++s) {
      const uint64_t next = page.slots[s].handle.load(std::memory_order_relaxed);
      page.life = std::max(page.life, next == Slot<Object>::kRetired ? lives_ : bit_field(next, 0, kLifeBits));
    }
    page.slots.reset();
    if (page.life == lives_) return;
    const std::lock_guard lock(mutex_);
    page.next_free = std::exchange(free_, &page);
  }

 private:
  static constexpr std::size_t kBlock = 1024;

  Page<Object>& unused() {
    if (free_) return *std::exchange(free_, free_->next_free);
    if (made_ == most_) fail(Status::out_of_memory, "the process has given all the handles that there are");
    std::atomic<Page<Object>*>& block = blocks_[made_ / kBlock];
    if (made_ % kBlock == 0) block.store(new Page<Object>[kBlock], std::memory_order_release);
    Page<Object>& page = block.load(std::memory_order_relaxed)[made_ % kBlock];
    page.index = made_++;
    return page;
  }

  const uint64_t lives_, most_;
  std::mutex mutex_;
  std::array<std::atomic<Page<Object>*>, (std::size_t{1} << kPageBits) / kBlock> blocks_{};
  Page<Object>* free_ = nullptr;
  uint64_t made_ = 0;
};

// The objects of one owner. One thread at a time; find() alone may be called meanwhile.
template <class Object>
class SlotTable {
 public:
  SlotTable(Pages<Object>& pages, uint64_t owner) : pages_(pages), owner_(owner) {}
  ~SlotTable() {
    clear();
    for (Page<Object>* page : mine_) pages_.give_back(*page);
  }
  SlotTable(const SlotTable&) = delete;
  SlotTable& operator=(const SlotTable&) = delete;

  uint64_t add(uint8_t kind, Object object) {
    if (!free_) grow();
    Slot<Object>& slot = *std::exchange(free_, free_->next_free);
    const uint64_t handle =
        uint64_t{kind} << kKindShift | bit_field(slot.handle.load(std::memory_order_relaxed), 0, kKindShift);
    slot.object = std::move(object);
    slot.lent = false;
    slot.handle.store(handle, std::memory_order_relaxed);
    ++live_;
    return handle;
  }
  std::size_t live() const { return live_; }  // handles

  // Null: not a live handle of this table.
  Slot<Object>* find(uint64_t handle) const {
    if (handle & Slot<Object>::kVacant) return nullptr;
    Page<Object>* page = pages_.find(handle);
    if (!page || page->owner.load(std::memory_order_acquire) != owner_) return nullptr;
    Slot<Object>& slot = page->slots[bit_field(handle, kLifeBits, kSlotBits)];
    return slot.handle.load(std::memory_order_relaxed) == handle ? &slot : nullptr;
  }

  // Whether the handle is, or was, of another table that lives.
  bool is_foreign(uint64_t handle) const {
    const Page<Object>* page = pages_.find(handle);
    const uint64_t owner = page ? page->owner.load(std::memory_order_relaxed) : 0;
    return owner != 0 && owner != owner_;
  }

  Object remove(Slot<Object>& slot) {
    Object object = std::exchange(slot.object, Object{});
    --live_;
    const uint64_t number = bit_field(slot.handle.load(std::memory_order_relaxed), 0, kKindShift);
    const bool over = bit_field(number, 0, kLifeBits) + 1 == pages_.lives();
    slot.handle.store(over ? Slot<Object>::kRetired : Slot<Object>::kVacant | (number + 1), std::memory_order_relaxed);
    if (!over) slot.next_free = std::exchange(free_, &slot);
    return object;
  }

  template <class Visit>
  void for_each(Visit&& visit) {
    for (Page<Object>* page : mine_)
      for (std::size_t s = 0; s < kPageSlots; ++s)
        if (!(page->slots[s].handle.load(std::memory_order_relaxed) & Slot<Object>::kVacant)) visit(page->slots[s]);
  }

  void clear() noexcept {
    for_each([this](Slot<Object>& slot) { remove(slot); });
  }

 private:
  void grow() {
    mine_.push_back(nullptr);  // room first
    try {
      mine_.back() = &pages_.lend(owner_);
    } catch (...) {
      mine_.pop_back();
      throw;
    }
    for (std::size_t s = kPageSlots; s-- > 0;) {
      Slot<Object>& slot = mine_.back()->slots[s];
      slot.next_free = std::exchange(free_, &slot);
    }
  }

  Pages<Object>& pages_;
  const uint64_t owner_;
  Slot<Object>* free_ = nullptr;
  std::vector<Page<Object>*> mine_;
  std::size_t live_ = 0;
};

// Handles that other threads ask the owner of a table to release. The slots themselves are the list, so a request takes
// no memory. Any thread adds while the table lives; the owner takes.
template <class Object>
class ReleaseRequests {
 public:
  void add(Slot<Object>& slot, uint64_t handle) noexcept {
    const auto number = [](uint64_t h) { return bit_field(h, 0, kKindShift); };
    uint64_t before = slot.asked.load();
    do {
      if (before != 0 && number(before) >= number(handle)) return;  // of two lives of a slot the earlier is over
    } while (!slot.asked.compare_exchange_weak(before, handle));
    if (before != 0) return;  // the slot waits already
    slot.next_asked = first_.load();
    while (!first_.compare_exchange_weak(slot.next_asked, &slot)) {
    }
  }
  bool any() const noexcept { return first_.load() != nullptr; }

  // Takes any one of the handles, which may have become stale; 0: there is none.
  uint64_t take() noexcept {
    Slot<Object>* slot = first_.load();
    // Nobody else takes slots away, so that the first still has the same next when this succeeds.
    while (slot && !first_.compare_exchange_weak(slot, slot->next_asked)) {
    }
    return slot ? slot->asked.exchange(0) : 0;
  }
  void forget() noexcept { first_.store(nullptr); }

 private:
  std::atomic<Slot<Object>*> first_{nullptr};
};

}  // namespace gradtape::core::capi
