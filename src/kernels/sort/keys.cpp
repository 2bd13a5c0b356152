// The sort of keys of this machine's instruction set.
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
  return table_for_this_machine<K>();
}
template KeySorter<uint32_t> key_sorter();
template KeySorter<uint64_t> key_sorter();

}  // namespace gradtape::core::kernels
