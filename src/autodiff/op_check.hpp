// One part of a recording under test: its derivative rules against each other and against differences.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "autodiff/part.hpp"

namespace gradtape::core {

enum Comparison : uint32_t {
  kCompareModes = 1,        // reverse with forward mode
  kCompareDifferences = 2,  // with differences of the op
  kCompareLinearity = 4,    // the reverse rule is linear in the cotangent
  kCompareSymmetry = 8,     // the second derivative is symmetric
};
struct CheckOptions {
  uint32_t compare = kCompareModes | kCompareDifferences | kCompareLinearity;
  double tolerance = 0;  // relative; 0: by dtype
  uint64_t seed = 0;
};

struct OpFindings {
  std::string fault;   // empty: none was found
  double ratio = 0;    // how far the fault lies beyond its error
  std::string agreed;  // what was compared, and how well it agrees
};
// Computes the part's inputs, and the part at points nearby, in float64 where it is the library's own. Throws where an op
// has no gradient, or a function of the user's fails.
OpFindings check_part(const Part& part, const CheckOptions& options, std::mt19937_64& random);

}  // namespace gradtape::core
