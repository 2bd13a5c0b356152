// The problems of ./run bench sparse. bench/peers/sparse_problems.py has the same, for peers.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gradtape/gradtape.hpp"

namespace bench::sparse {

using namespace gradtape;

struct Problem {
  std::string name;
  Shape shape;   // of the unknowns
  bool hessian;  // of f, which is a number then; else the Jacobian of f
  std::function<Tensor(const Tensor&)> f;

  std::int64_t unknowns() const {
    std::int64_t n = 1;
    for (std::int64_t d : shape) n *= d;
    return n;
  }
};

// Derivatives with few entries. The tensors in them belong to the context.
std::vector<Problem> sparse_problems(const Context& ctx);
// Smaller ones, whose Hessians are formed with their zeros.
std::vector<Problem> dense_problems(const Context& ctx);

}  // namespace bench::sparse
