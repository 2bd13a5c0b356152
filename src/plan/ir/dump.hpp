// Programs, groups and plans as text with all that the passes decided: for the corpus of plans, and for GRADTAPE_DUMP.
#pragma once

#include <string>

#include "plan/pipeline.hpp"

namespace gradtape::core {

std::string dump(const Program& program);
// The steps, where there are any; else the groups, or the program.
std::string dump(const Draft& draft);

}  // namespace gradtape::core
