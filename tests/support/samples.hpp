// The samples that an op's definition carries, as inputs with values.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "support.hpp"

namespace test {

using Values = std::vector<double>;

// kind: f: any, p: positive, u: in (-1, 1), g: above 1, s: well-conditioned matrices, i: indices, b: bools
struct Input : SampleInput {
  Values values;
};

inline std::vector<Input> parse_inputs(const std::string& text, std::mt19937_64& random) {
  std::vector<Input> inputs;
  for (SampleInput& sample : sample_inputs(text)) {
    Input in{std::move(sample), {}};
    std::uniform_real_distribution<double> unit(0, 1);
    const int64_t n = in.shape.empty() ? 1 : in.shape.back();
    for (std::size_t i = 0; i < count(in.shape); ++i) {
      const double u = unit(random), sign = unit(random) < 0.5 ? -1 : 1;
      const bool diagonal = static_cast<int64_t>(i) / n % n == static_cast<int64_t>(i) % n;
      switch (in.kind) {
        case 'p': in.values.push_back(0.3 + 1.7 * u); break;
        case 'u': in.values.push_back(sign * (0.1 + 0.7 * u)); break;
        case 'g': in.values.push_back(1.2 + 1.8 * u); break;
        case 's': in.values.push_back(sign * u + (diagonal ? 3 : 0)); break;
        case 'i': in.values.push_back(std::floor(u * static_cast<double>(in.limit))); break;
        case 'b': in.values.push_back(u < 0.5); break;
        default: in.values.push_back(sign * (0.2 + 1.3 * u));
      }
    }
    inputs.push_back(std::move(in));
  }
  return inputs;
}

}  // namespace test
