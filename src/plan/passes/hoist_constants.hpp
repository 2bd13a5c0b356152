// The part of a function's program that is the same in each call.
#pragma once

#include "plan/ir/program.hpp"

namespace gradtape::core {

// Takes those instructions out that depend on no variable leaf (variable: by leaf), as a program of their own with the
// same slots. The slots that it wants are constants of the program that is left. A function runs it once. It is
// empty if there are none, but for a dump.
Program hoist_constants(Program& program, const std::vector<uint8_t>& variable);

}  // namespace gradtape::core
