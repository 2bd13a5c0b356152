// Estimates of the time that derivatives take, by which a way to a Jacobian is chosen.
#pragma once

#include "autodiff/reverse.hpp"

namespace gradtape::core {

// Nanoseconds for the op of a node on one thread, roughly: only ratios count.
double cost_of(const Node& node);
double cost_of(std::span<Node* const> nodes);
// As many elements as are computed in that time.
double elements_of_cost(double nanoseconds);
// Those for the product of an m by k and a k by n matrix.
double cost_of_product(int64_t m, int64_t k, int64_t n);

// A tensor through which all of a target depends on the sources, which have `inputs` elements. The Jacobian is then the
// product of those by the tensor and of the tensor, with fewer rows. Empty: no such product is expected to take less time.
Tensor narrowest_cut(const Path& path, const Tensor& target, const Tensors& sources, int64_t inputs);

}  // namespace gradtape::core
