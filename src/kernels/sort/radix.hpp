// Sorting by bytes, lowest first, and by insertion: stable.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace gradtape::core::kernels {

// A key with the index that it comes from.
template <class K>
struct IndexedKey {
  K key;
  int32_t index;
};

// The part of an element that decides its order.
template <class K>
K sorting_key(const IndexedKey<K>& e) {
  return e.key;
}
inline uint32_t sorting_key(uint32_t key) { return key; }
inline uint64_t sorting_key(uint64_t key) { return key; }

// Sorts the n elements of a to `to`, which is a or b. Bytes that all keys share cost nothing.
template <class E>
void radix_sort(E* a, E* b, int64_t n, E* to) {
  constexpr std::size_t bytes = sizeof(sorting_key(*a));
  std::array<std::array<uint32_t, 256>, bytes> counts{};
  for (int64_t i = 0; i < n; ++i)
    for (std::size_t byte = 0; byte < bytes; ++byte) ++counts[byte][(sorting_key(a[i]) >> (8 * byte)) & 255];
  for (std::size_t byte = 0; byte < bytes; ++byte) {
    auto& count = counts[byte];
    if (count[(sorting_key(a[0]) >> (8 * byte)) & 255] == static_cast<uint32_t>(n)) continue;
    uint32_t sum = 0;
    for (uint32_t& c : count) sum += std::exchange(c, sum);
    for (int64_t i = 0; i < n; ++i) b[count[(sorting_key(a[i]) >> (8 * byte)) & 255]++] = a[i];
    std::swap(a, b);
  }
  if (a != to) std::copy_n(a, n, to);
}

constexpr int64_t kFew = 48;  // elements up to which insertion is faster than bytes

template <class E>
void insertion_sort(E* a, int64_t n) {
  for (int64_t i = 1; i < n; ++i) {
    const E x = a[i];
    int64_t j = i;
    for (; j > 0 && sorting_key(x) < sorting_key(a[j - 1]); --j) a[j] = a[j - 1];
    a[j] = x;
  }
}

}  // namespace gradtape::core::kernels
