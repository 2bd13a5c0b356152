// Functions of all pairs of n points and k others in d dimensions: their sizes, and the ways to compute them, in float32.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench::pairs {

struct Case {
  std::string program;
  long n, k, d;
  std::string name() const {
    return program + "/" + std::to_string(n) + "x" + std::to_string(k) + "x" + std::to_string(d);
  }
};
// The points [n, d], the others [k, d] and directions [n, d] of the points; results one behind the other.
using Run = std::function<void(const float* p, const float* c, const float* v, float* out)>;

// - distances: sum((p[:, None] - c)^2, -1).
// - roots: the gradients of the sum of the distances' roots.
// - means, as k-means has it: the sum of each point's least distance, and its gradients.
// - kernel: the sum of exp(-distance / 2) over k.
// - kernel_gradients: the gradients of the sum of those sums' squares.
// - kernel_product: the product of that function's Hessian by p with v.
// - forces of bodies of weight 1: sum((c - p[:, None]) / (distance + 0.01)^1.5, 1).
Run by_gradtape(const Case& c);
Run by_hand(const Case& c);
std::size_t outputs(const Case& c);  // numbers

}  // namespace bench::pairs
