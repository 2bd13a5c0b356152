// The registry's ops as parts of compositions: their list, their domains, and the ops that bring any tensor to the form
// of an op's sample.
#pragma once

#include "program.hpp"

namespace test {

struct SampleOf {
  std::string op;
  json attrs;
  std::vector<Input> inputs;
  bool elementwise;

  // Whether its inputs may have any shapes that broadcast.
  bool any_shape() const;
};

// All samples of all differentiable ops.
const std::vector<SampleOf>& catalogue();

// Values for which the sample's op is smooth: by the letter of an input, and by what the op does.
bool is_defined(char letter, const Values& values);
bool is_smooth(const std::string& op, const std::vector<Values>& inputs, const std::vector<Values>& outputs);

// Ops that bring any numbers into the domain of a letter; x itself where that is all numbers.
Ref into_domain(Program& p, Ref x, char letter, const Dims& shape);

}  // namespace test
