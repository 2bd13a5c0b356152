// Makes a program that fails smaller.
#pragma once

#include <functional>

#include "program.hpp"

namespace test {

// What is wrong with a program; empty where nothing is.
using Judge = std::function<std::string(const Program&)>;

// Deletes nodes of a program while the judge finds the same wrong with it: the text before the first colon.
Program reduced(Program p, const Judge& judge);

}  // namespace test
