// Random programs.
#pragma once

#include "program.hpp"

namespace test {

// A program of a handful of ops; the same for the same seed. Its values are away from kinks, poles and overflow.
Program draw_program(uint64_t seed);

}  // namespace test
