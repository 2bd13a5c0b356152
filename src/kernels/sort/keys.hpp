// Sorting of unsigned integers, in vectors.
#pragma once

#include <cstdint>

namespace gradtape::core::kernels {

// Sorts n keys, rising; workspace: as many.
template <class K>
using KeySorter = void (*)(K* keys, K* workspace, int64_t n);

template <class K>
KeySorter<K> key_sorter();  // for this machine

}  // namespace gradtape::core::kernels
