#include "kernels/sort/keys.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "kernels/sort/radix.hpp"

#define GRADTAPE_PARTS "kernels/sort/keys.inc"
#include "kernels/each_isa.inc"

namespace gradtape::core::kernels {

template <class K>
KeySorter<K> key_sorter() {
  static const KeySorter<K> best =
      best_of(baseline::Quicksort<K>::sorter, avx2::Quicksort<K>::sorter, avx512::Quicksort<K>::sorter);
  return best;
}
template KeySorter<uint32_t> key_sorter();
template KeySorter<uint64_t> key_sorter();

}  // namespace gradtape::core::kernels
