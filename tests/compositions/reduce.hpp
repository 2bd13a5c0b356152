// Makes a program that fails smaller.
#pragma once

#include <functional>

#include "program.hpp"

namespace test {

// The fault of a program, as text; empty if there is none.
using Judge = std::function<std::string(const Program&)>;

// Deletes nodes of a program while the judge finds the same wrong with it: the text before the first colon.
Program reduced(Program p, const Judge& judge);

}  // namespace test
