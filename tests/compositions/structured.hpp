// Random programs of ops that move, drop, repeat and add up elements, for the patterns of their derivatives.
#pragma once

#include "program.hpp"

namespace test {

// The same for the same seed. A program has up to three sources, of all ranks, some of them empty, and about ten ops. A
// batch: all values have samples along axis 0, and ops mix them only by chance.
Program draw_structured(uint64_t seed, std::size_t ops = 10);

}  // namespace test
