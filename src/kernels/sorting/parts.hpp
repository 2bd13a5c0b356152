// All that is compiled for each instruction set. The order is that of use.

// clang-format off
#include "kernels/simd.hpp"
#include "kernels/sorting/network.hpp"
#include "kernels/sorting/partition.hpp"
#include "kernels/sorting/quicksort.hpp"
// clang-format on
