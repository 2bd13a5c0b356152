// All that is compiled for each instruction set. The order is that of use.

// clang-format off
#include "kernels/simd.hpp"
#include "kernels/lanes/vectors.hpp"
#include "kernels/lanes/elimination.hpp"
#include "kernels/lanes/reflectors.hpp"
#include "kernels/lanes/spectra.hpp"
#include "kernels/lanes/table.hpp"
// clang-format on
