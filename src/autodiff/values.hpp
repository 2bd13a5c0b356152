// Values of tensors as numbers, for what looks at derivatives instead of carrying them.
#pragma once

#include <string>
#include <vector>

#include "graph/recorder.hpp"

namespace gradtape::core {

// Computes the tensor, which must not be symbolic.
std::vector<double> values_of(const Tensor& t);
Tensor tensor_of(Recorder& r, const Spec& spec, const std::vector<double>& values);

struct Extent {
  int64_t elements = 0, zeros = 0, nans = 0, infinities = 0;
  double least = 0, most = 0;  // of the finite ones
  bool is_zero() const { return elements > 0 && zeros == elements; }
  int64_t finite() const { return elements - nans - infinities; }
};
Extent extent_of(const Tensor& t);

}  // namespace gradtape::core
