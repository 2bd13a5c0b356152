// Native code for people who profile: names for perf, and a dump.
#pragma once

#include <span>

#include "jit/unit.hpp"
#include "plan/ir/loop.hpp"

namespace gradtape::core::jit {

// Writes down a function that has been published, where the settings ask for that (GRADTAPE_JIT=perf, GRADTAPE_DUMP=jit).
void report(const Unit& unit, const Loop::NativeUnit& native, std::span<const uint8_t> code);

}  // namespace gradtape::core::jit
