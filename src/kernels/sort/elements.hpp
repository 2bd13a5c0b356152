// Elements of a sort: keys, which are integers in the order of the numbers, alone or with the index they come from.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/sort/keys.hpp"
#include "kernels/sort/radix.hpp"

namespace gradtape::core::kernels {

template <class T>
using Key = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <class K>
constexpr K kTopBit = K(1) << (8 * sizeof(K) - 1);

// Rising as the numbers do, or falling where flip is all ones and not 0; -0 and 0 are one, nan is above all.
template <class T>
Key<T> key_of(T x, Key<T> flip) {
  using K = Key<T>;
  if constexpr (std::is_floating_point_v<T>) {
    const K bits = std::bit_cast<K>(x + T(0));
    const K key = (bits & kTopBit<K> ? ~bits : bits | kTopBit<K>)^flip;
    return x != x ? ~K(0) : key;
  } else {
    return (static_cast<K>(x) ^ kTopBit<K>)^flip;
  }
}
// A number that has the key. The key of both zeros gives 0.
template <class T>
T number_of(Key<T> key, Key<T> flip) {
  using K = Key<T>;
  const K k = key ^ flip;
  if constexpr (std::is_floating_point_v<T>)
    return std::bit_cast<T>(k & kTopBit<K> ? k ^ kTopBit<K> : static_cast<K>(~k));
  else
    return static_cast<T>(k ^ kTopBit<K>);
}

// A form of elements: `of` makes an Element of a key and an index, and the functions key and index take it apart. sort
// is stable, and its workspace holds as many elements.
// Keys without indices.
template <class K>
struct Alone {
  using Element = K;
  static constexpr bool has_index = false;
  static K of(K key, int32_t) { return key; }
  static K key(K e) { return e; }
  static void sort(K* a, K* workspace, int64_t n) { key_sorter<K>()(a, workspace, n); }
};
// Key and index in one integer, whose order is that of the keys, and of the indices if keys are equal.
struct Packed {
  using Element = uint64_t;
  static constexpr bool has_index = true;
  static uint64_t of(uint32_t key, int32_t index) { return uint64_t{key} << 32 | static_cast<uint32_t>(index); }
  static uint32_t key(uint64_t e) { return static_cast<uint32_t>(e >> 32); }
  static int32_t index(uint64_t e) { return static_cast<int32_t>(e); }
  static void sort(uint64_t* a, uint64_t* workspace, int64_t n) { key_sorter<uint64_t>()(a, workspace, n); }
};
// A key beside its index.
template <class K>
struct Beside {
  using Element = IndexedKey<K>;
  static constexpr bool has_index = true;
  static IndexedKey<K> of(K key, int32_t index) { return {key, index}; }
  static K key(const IndexedKey<K>& e) { return e.key; }
  static int32_t index(const IndexedKey<K>& e) { return e.index; }
  static void sort(IndexedKey<K>* a, IndexedKey<K>* workspace, int64_t n) {
    if (n <= kFew)
      insertion_sort(a, n);
    else
      radix_sort(a, workspace, n, a);
  }
};

}  // namespace gradtape::core::kernels
