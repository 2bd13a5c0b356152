// The graph as a program.
#pragma once

#include "plan/lower/rules.hpp"
#include "plan/schedule.hpp"

namespace gradtape::core {

// Pass "lower". Views become layouts, each other node an instruction, after the rules have simplified it. Equal
// instructions become one. No IEEE result changes but by rounding. active: the rules that apply, in order.
Program lower(const Schedule& schedule, std::span<const Rule* const> active);

}  // namespace gradtape::core
