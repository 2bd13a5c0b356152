// A hash table of numbers: it says which of the entries of a list have a hash. Entries come and never go.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gradtape::core {

class HashIndex {
 public:
  static constexpr uint32_t kAbsent = UINT32_MAX;

  void reserve(std::size_t n) {
    if (const std::size_t places = std::bit_ceil(n + n / 2 + 8); places > entries_.size()) rehash(places);
  }
  // The entry of this hash for which same(entry) is true, or kAbsent.
  template <class Same>
  uint32_t find(uint64_t hash, Same&& same) const {
    if (entries_.empty()) return kAbsent;
    const uint32_t tag = tag_of(hash);
    for (std::size_t at = tag & mask();; at = (at + 1) & mask()) {
      const Entry& e = entries_[at];
      if (e.number == kAbsent || (e.tag == tag && same(e.number))) return e.number;
    }
  }
  // An entry that is not there yet.
  void add(uint64_t hash, uint32_t number) {
    if ((size_ + 1) * 4 > entries_.size() * 3) rehash(entries_.empty() ? 16 : entries_.size() * 2);
    place({tag_of(hash), number});
    ++size_;
  }

 private:
  struct Entry {
    uint32_t tag, number;
  };
  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32 ^ hash); }
  std::size_t mask() const { return entries_.size() - 1; }
  void place(const Entry& e) {
    std::size_t at = e.tag & mask();
    while (entries_[at].number != kAbsent) at = (at + 1) & mask();
    entries_[at] = e;
  }
  void rehash(std::size_t places) {
    std::vector<Entry> before(places, Entry{0, kAbsent});
    before.swap(entries_);
    for (const Entry& e : before)
      if (e.number != kAbsent) place(e);
  }

  std::vector<Entry> entries_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace gradtape::core
