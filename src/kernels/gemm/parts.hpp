// All that is compiled for each instruction set. The order is that of use.

// clang-format off
#include "kernels/simd.hpp"
#include "kernels/gemm/tile.hpp"
#include "kernels/gemm/packing.hpp"
#include "kernels/gemm/blocks.hpp"
// clang-format on
