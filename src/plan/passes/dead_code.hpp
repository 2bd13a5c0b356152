// Instructions whose results nobody needs.
#pragma once

#include "plan/ir/program.hpp"

namespace gradtape::core {

// Pass "dead_code". Drops each instruction of which no output is wanted or read by an instruction that stays. The order
// of the others stays.
void eliminate_dead_code(Program& program);

}  // namespace gradtape::core
