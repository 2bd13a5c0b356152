// For tests of kernels: random numbers, and ops by name.
#pragma once

#include <random>

#include "support.hpp"

namespace test {

class Kernels : public testing::Test {
 public:
  std::vector<double> random(std::size_t n) {
    std::vector<double> v(n);
    for (double& x : v) x = std::uniform_real_distribution<double>(-2, 2)(random_);
    return v;
  }
  gt_tensor run(const char* op, const std::vector<gt_tensor>& in, const json& attrs = json::object(),
                std::size_t i = 0) {
    const auto out = apply(c, op, in, attrs);
    return i < out.size() ? out[i] : nullptr;
  }
  std::vector<double> values(gt_tensor t) { return numbers(c, t); }

  Ctx c;
  std::mt19937_64 random_{5};
};

}  // namespace test
