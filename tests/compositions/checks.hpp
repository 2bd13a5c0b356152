// The checks of every composition: each way to a derivative gives the same numbers.
#pragma once

#include "program.hpp"

namespace test {

// Named arrays, to be compared with those of another evaluation of the same program.
struct Derivatives {
  std::vector<std::pair<std::string, Values>> arrays;
};

// Value, Jacobians and Hessians of the target, by all modes and orders of modes. Throws std::runtime_error where the
// library says no.
Derivatives derivatives_of(const Program& p);

// The inconsistency of a program with these derivatives, as text; empty if there is none.
std::string inconsistency(const Program& p, const Derivatives& d);
// The same, with what the library says no to.
std::string inconsistency(const Program& p);
// The same among two evaluations.
std::string difference(const Derivatives& got, const Derivatives& want);

// How often differences could tell nothing: near a kink, or too steep.
struct Counts {
  std::size_t programs = 0, near_kinks = 0;
};
Counts& counts();

}  // namespace test
