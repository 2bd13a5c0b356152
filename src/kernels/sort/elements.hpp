// What is sorted: keys, integers whose order is that of the numbers, alone or with the places they come from.
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
// A number that has the key; of the zeros 0.
template <class T>
T number_of(Key<T> key, Key<T> flip) {
  using K = Key<T>;
  const K k = key ^ flip;
  if constexpr (std::is_floating_point_v<T>)
    return std::bit_cast<T>(k & kTopBit<K> ? k ^ kTopBit<K> : static_cast<K>(~k));
  else
    return static_cast<T>(k ^ kTopBit<K>);
}

// The forms: Element, made of a key and a place; its parts again, place only where it has one; a stable sort of n
// elements, with room for as many.
template <class K>
struct Alone {
  using Element = K;
  static constexpr bool has_place = false;
  static K of(K key, int32_t) { return key; }
  static K key(K e) { return e; }
  static void sort(K* a, K* room, int64_t n) { key_sorter<K>()(a, room, n); }
};
// In one integer, whose order is that of the keys, and of the places where these are equal.
struct Packed {
  using Element = uint64_t;
  static constexpr bool has_place = true;
  static uint64_t of(uint32_t key, int32_t place) { return uint64_t{key} << 32 | static_cast<uint32_t>(place); }
  static uint32_t key(uint64_t e) { return static_cast<uint32_t>(e >> 32); }
  static int32_t place(uint64_t e) { return static_cast<int32_t>(e); }
  static void sort(uint64_t* a, uint64_t* room, int64_t n) { key_sorter<uint64_t>()(a, room, n); }
};
template <class K>
struct Beside {
  using Element = Placed<K>;
  static constexpr bool has_place = true;
  static Placed<K> of(K key, int32_t place) { return {key, place}; }
  static K key(const Placed<K>& e) { return e.key; }
  static int32_t place(const Placed<K>& e) { return e.place; }
  static void sort(Placed<K>* a, Placed<K>* room, int64_t n) {
    if (n <= kFew)
      insertion_sort(a, n);
    else
      radix_sort(a, room, n, a);
  }
};

}  // namespace gradtape::core::kernels
